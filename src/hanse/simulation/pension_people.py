"""Generated workers who move: relations that add up, of nobody who exists."""

import random
from datetime import date
from typing import Any

from hanse.foundation.identifiers import make_citizen_id, make_uscc
from hanse.services.social.pensions.parameters import DEFAULTS
from hanse.services.social.pensions.personal_account import account_years, booked_for
from hanse.services.social.pensions.records import Contribution

GENERATED = "生成人员（非真实）"
FIRST_YEAR, LAST_YEAR = 2018, 2023
UNPROVED = {"years": [2018, 2019, 2020], "paid_on": "2022-06-01"}
"""A one-off back payment without any document: it cannot move (人社厅发〔2019〕94号)."""


def citizen(city: str, number: int) -> str:
    """A made-up number of a worker of that city; its check character is right, no more."""
    return make_citizen_id(city, date(1982 + number % 6, 1 + number % 12, 3), 600 + number)


def agency(city: str) -> dict[str, Any]:
    """The city's social insurance agency under a made-up credit code."""
    code = make_uscc(7_000_000 + int(city) % 1_000, region=city, department="12")
    return {"city": city, "code": code, "name": "社会保险事务中心"}


def fund_account(city: str) -> dict[str, Any]:
    """A made-up account of the receiving fund."""
    return {"bank": "生成银行", "holder": "社会保险基金财政专户", "number": f"{city}0000000001"}


def leaving(chance: random.Random, city: str, citizen_id: str, household: str) -> dict[str, Any]:
    """The relation at the origin: some years at a wage that grows."""
    monthly = chance.randrange(4_000, 9_000) * 100
    rows = [
        _row(city, year, tuple(range(1, 13)), monthly + 30_000 * (year - FIRST_YEAR))
        for year in range(chance.randrange(FIRST_YEAR, LAST_YEAR), LAST_YEAR + 1)
    ]
    return _relation(rows, city, citizen_id, household, LAST_YEAR + 1)


def whole(city: str, citizen_id: str, household: str) -> dict[str, Any]:
    """Six whole years at the same wage: what a demonstration shows."""
    rows = [
        _row(city, year, tuple(range(1, 13)), 600_000) for year in range(FIRST_YEAR, LAST_YEAR + 1)
    ]
    return _relation(rows, city, citizen_id, household, LAST_YEAR + 1)


def with_unproved_years(relation: dict[str, Any], city: str) -> dict[str, Any]:
    """The same worker, who also paid three early years at once and has no document for them."""
    rows = [_row(city, year, tuple(range(1, 13)), 400_000) for year in range(2018, 2021)]
    rows += [_row(city, year, tuple(range(1, 13)), 600_000) for year in range(2021, 2024)]
    person = relation["person"]
    whole = _relation(rows, city, person["citizen_id"], person["household_region"], LAST_YEAR + 1)
    return {**whole, "back_payments": [UNPROVED]}


def arriving(
    city: str,
    citizen_id: str,
    household: str,
    months: tuple[int, ...] = (8, 9, 10),
    year: int = 2026,
) -> dict[str, Any]:
    """The first months at the new place."""
    rows = [_row(city, year, months, 550_000)]
    return _relation(rows, city, citizen_id, household, year)


def application(
    certificate: dict[str, Any], destination: str, organisations: tuple[str, str]
) -> dict[str, Any]:
    """What the worker hands in at the new place; `organisations`: the agency, the supervisor."""
    agency_, supervisor = organisations
    here = {"city": destination, "organisation": agency_}
    return {
        "subject": certificate["person"]["citizen_id"],
        "seats": {
            "applicant": here,
            "destination": here,
            "origin": {"city": certificate["agency"]["city"], "organisation": agency_},
            "treasury": {"city": certificate["agency"]["city"], "organisation": "node"},
            "supervisor": {"city": destination, "organisation": supervisor},
        },
        "role": "applicant",
        "data": {
            "certificate": certificate,
            "household_region": certificate["person"]["household_region"],
            "insured_here_since": certificate["issued_on"][:7],
        },
    }


def letter(
    certificate: dict[str, Any], destination: str, number: str, written_on: str, mode: str
) -> dict[str, Any]:
    """The new agency's letter of consent."""
    return {
        "number": number,
        "certificate": certificate["number"],
        "citizen_id": certificate["person"]["citizen_id"],
        "origin": certificate["agency"]["city"],
        "agency": agency(destination),
        "funds_to": fund_account(destination),
        "destination": "normal",
        "mode": mode,
        "written_on": written_on,
    }


def miscounted(sheet: dict[str, Any], number: str) -> dict[str, Any]:
    """A sheet that adds up and breaks the rules: one yuan too much in the first pooled line."""
    wrong = {**sheet, "number": number, "pool": [dict(line) for line in sheet["pool"]]}
    wrong["pool"][0]["amount"] += 100
    for name in ("pool_total", "total", "cash"):
        wrong[name] += 100
    return wrong


def _row(city: str, year: int, months: tuple[int, ...], monthly: int) -> Contribution:
    row = Contribution(
        city=city,
        year=year,
        months=months,
        base=monthly * len(months),
        unit_rate=1_600,
        individual_rate=800,
        booked=0,
    )
    return row.model_copy(update={"booked": booked_for(row)})


def _relation(
    rows: list[Contribution], city: str, citizen_id: str, household: str, no_interest_from: int
) -> dict[str, Any]:
    account = account_years(
        rows, DEFAULTS.interest.basis_points, without_interest_from=no_interest_from
    )
    return {
        "person": {
            "name": GENERATED,
            "citizen_id": citizen_id,
            "household_region": household,
            "household": "resident",
        },
        "agency": agency(city),
        "first_insured": f"{rows[0].year}-{rows[0].months[0]:02d}",
        "contributions": [row.model_dump(mode="json") for row in rows],
        "account": [year.model_dump(mode="json") for year in account],
    }
