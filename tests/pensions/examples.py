"""Made-up relations to change one thing of, and the real calendar. No person here is real."""

from datetime import date
from importlib import resources
from typing import Any

from hanse.foundation.identifiers import make_citizen_id, make_uscc
from hanse.foundation.working_days import Calendar
from hanse.services.social.pensions.contracts import InformationSheet, Letter
from hanse.services.social.pensions.months import MONTHS_A_YEAR
from hanse.services.social.pensions.parameters import DEFAULTS, PensionParameters
from hanse.services.social.pensions.personal_account import account_years, booked_for
from hanse.services.social.pensions.records import AccountYear, Contribution
from hanse.services.social.pensions.transfer_amount import transfer_amount

CALENDAR = Calendar.from_toml(
    (resources.files("hanse.leagues") / "calendar_cn.toml").read_text("utf-8")
)
CHENGDU, DEYANG, MIANYANG, ZIYANG = "510100", "510600", "510700", "512000"
MAN = make_citizen_id(DEYANG, date(1980, 6, 1), 101)
WHOLE_YEAR = tuple(range(1, MONTHS_A_YEAR + 1))


def row(year: int, base: int, months: tuple[int, ...] = WHOLE_YEAR, **changes: Any) -> Contribution:
    """Months of a year with what the rules book for them; `base` in fen for all of them."""
    values = {
        "city": DEYANG,
        "year": year,
        "months": months,
        "base": base,
        "unit_rate": 1_600,
        "individual_rate": 800,
        "booked": 0,
        **changes,
    }
    bare = Contribution.model_validate(values)
    if "booked" in changes:
        return bare
    return bare.model_copy(update={"booked": booked_for(bare)})


def stay(city: str, first: int, count: int, **changes: Any) -> list[Contribution]:
    """Rows for `count` months at a place from the month `first` on, as `months.month_of` counts."""
    by_year: dict[int, list[int]] = {}
    for month in range(first, first + count):
        by_year.setdefault(month // MONTHS_A_YEAR, []).append(month % MONTHS_A_YEAR + 1)
    return [
        row(year, 500_000 * len(months), tuple(months), city=city, **changes)
        for year, months in by_year.items()
    ]


FIVE_YEARS = tuple(
    row(year, yuan * 100)
    for year, yuan in (
        (2019, 60_000),
        (2020, 60_000),
        (2021, 66_000),
        (2022, 72_000),
        (2023, 78_000),
    )
)


def account_of(rows: tuple[Contribution, ...], made_in: int = 2024) -> tuple[AccountYear, ...]:
    return account_years(rows, DEFAULTS.interest.basis_points, without_interest_from=made_in)


def person(**changes: Any) -> dict[str, Any]:
    return {
        "name": "生成人员甲",
        "citizen_id": MAN,
        "household_region": ZIYANG,
        "household": "resident",
        **changes,
    }


def agency(city: str, number: int = 1) -> dict[str, Any]:
    return {
        "city": city,
        "code": make_uscc(number, region=city, department="12"),
        "name": "社会保险事务中心（生成）",
    }


def letter(**changes: Any) -> Letter:
    values = {
        "number": "L-1",
        "certificate": "C-1",
        "citizen_id": MAN,
        "origin": DEYANG,
        "agency": agency(CHENGDU),
        "funds_to": {
            "bank": "生成银行",
            "holder": "社会保险基金财政专户",
            "number": "510100000001",
        },
        "destination": "normal",
        "mode": "city_66",
        "written_on": "2024-03-01",
        **changes,
    }
    return Letter.model_validate(values)


def sheet_values(
    rows: tuple[Contribution, ...] = FIVE_YEARS,
    account: tuple[AccountYear, ...] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    account = account if account is not None else account_of(rows)
    amount = transfer_amount(rows, account)
    return {
        "number": "S-1",
        "letter": "L-1",
        "person": person(),
        "origin": agency(DEYANG, 2),
        "destination": CHENGDU,
        "first_insured": f"{rows[0].year}-{rows[0].months[0]:02d}",
        "contributions": [one.model_dump(mode="json") for one in rows],
        "account": [one.model_dump(mode="json") for one in account],
        "pool": [one.model_dump(mode="json") for one in amount.pool],
        "mode": "city_66",
        "account_total": amount.account,
        "pool_total": amount.pool_total,
        "total": amount.total,
        "cash": amount.total,
        "made_on": "2024-03-20",
        **changes,
    }


def sheet(**changes: Any) -> InformationSheet:
    return InformationSheet.model_validate(sheet_values(**changes))


def parameters(**changes: Any) -> PensionParameters:
    from dataclasses import replace

    return replace(DEFAULTS, **changes)
