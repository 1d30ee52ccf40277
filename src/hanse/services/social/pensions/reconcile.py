"""Whether an information sheet agrees with the letter, the rules and the money that arrived.

A sheet that contradicts itself never parses. What is found here is returned to the origin, with
every difference named at once; an empty list means that the relation can be merged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.services.social.pensions.codes import Finding
from hanse.services.social.pensions.contracts import InformationSheet, Letter
from hanse.services.social.pensions.parameters import PensionParameters
from hanse.services.social.pensions.personal_account import booked_for, year_interest
from hanse.services.social.pensions.transfer_amount import pool_lines

FINDINGS_MAX = 50


@dataclass(frozen=True)
class Difference:
    """One thing that differs, in words that carry no personal data."""

    finding: Finding
    words: Text


def differences(
    sheet: InformationSheet,
    letter: Letter,
    funds_received: int,
    parameters: PensionParameters,
) -> tuple[Difference, ...]:
    """All that differs, at most 50; `funds_received` in fen."""
    found = [
        *_against_letter(sheet, letter),
        *_booked(sheet),
        *_interest(sheet, parameters.interest.basis_points),
        *_pool(sheet),
    ]
    if funds_received != sheet.cash:
        sent, came = Money(sheet.cash), Money(funds_received)
        found.append(
            Difference(
                Finding.FUNDS_DIFFER,
                Text(f"信息表{sent}元，到账{came}元", f"the sheet says {sent}, {came} arrived"),
            )
        )
    return tuple(found[:FINDINGS_MAX])


def _against_letter(sheet: InformationSheet, letter: Letter) -> list[Difference]:
    checks = (
        (Finding.LETTER_DIFFERS, sheet.letter == letter.number),
        (Finding.PERSON_DIFFERS, sheet.person.citizen_id == letter.citizen_id),
        (
            Finding.PLACE_DIFFERS,
            (sheet.origin.city, sheet.destination) == (letter.origin, letter.agency.city),
        ),
        (Finding.MODE_DIFFERS, sheet.mode == letter.mode),
    )
    return [Difference(finding, finding.text) for finding, agrees in checks if not agrees]


def _booked(sheet: InformationSheet) -> list[Difference]:
    return [
        _amounts(Finding.BOOKED_DIFFERS, row.year, row.booked, booked_for(row))
        for row in sheet.contributions
        if row.booked != booked_for(row)
    ]


def _interest(sheet: InformationSheet, rates: Mapping[int, int]) -> list[Difference]:
    """Years whose rate is known, but the sheet's own, which is left to the new place.

    A part that stays takes its share of the interest with it, so a partial sheet is not checked.
    """
    if sheet.left_behind:
        return []
    found = []
    for year in sheet.account:
        if year.year not in rates and year.year < sheet.made_on.year:
            continue
        rows = [row for row in sheet.contributions if row.year == year.year]
        rate = rates.get(year.year, 0) if year.year < sheet.made_on.year else 0
        right = year_interest(year.opening, rows, rate)
        if year.interest != right:
            found.append(_amounts(Finding.INTEREST_DIFFERS, year.year, year.interest, right))
    return found


def _pool(sheet: InformationSheet) -> list[Difference]:
    right = {line.year: line for line in pool_lines(sheet.contributions)}
    stated = {line.year: line for line in sheet.pool}
    return [
        _amounts(
            Finding.POOL_DIFFERS,
            year,
            stated[year].amount if year in stated else 0,
            right[year].amount if year in right else 0,
        )
        for year in sorted(right.keys() | stated.keys())
        if right.get(year) != stated.get(year)
    ]


def _amounts(finding: Finding, year: int, stated: int, right: int) -> Difference:
    one, other = Money(stated), Money(right)
    return Difference(
        finding,
        Text(
            f"{year}年{finding.text.zh}：信息表{one}元，应为{other}元",
            f"{finding.text.en} in {year}: the sheet says {one}, the rules {other}",
        ),
    )
