"""Generated relations as an agency would keep them, and two towns that keep pensions."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from typing import Any

from hanse.foundation.store import open_engine
from hanse.foundation.working_days import Calendar
from hanse.mechanisms.exchange.message import Kind
from hanse.node.schema import metadata
from hanse.services.social.pensions.months import month_of
from hanse.services.social.pensions.operations import SERVICE
from hanse.services.social.pensions.parameters import PensionParameters, PoolingSchedule
from hanse.services.social.pensions.personal_account import account_years
from hanse.services.social.pensions.records import Contribution
from tests.exchange.cities import START, Clock, Town, agreement_between, found_league, make_town
from tests.pensions.examples import CHENGDU, DEYANG, FIVE_YEARS, MAN, agency, person, row, stay

CALENDAR = Calendar.from_toml(
    (resources.files("hanse.leagues") / "calendar_cn.toml").read_text("utf-8")
)
POOLS = replace(
    SERVICE.parameters,
    pooling=PoolingSchedule.model_validate(
        {"entries": [{"effective_from": "2010-01-01", "mode": "province_relation_only"}]}
    ),
)
GRANTS: list[dict[str, Any]] = [
    {"operations": ["pension.certificate"], "purposes": ["pension-transfer"]},
    {"operations": ["pension_transfer.*"], "purposes": ["pension-transfer"]},
]


def relation(
    rows: tuple[Contribution, ...] = FIVE_YEARS,
    *,
    city: str = DEYANG,
    without_interest_from: int = 2024,
    **changes: Any,
) -> dict[str, Any]:
    """A relation as `pension.keep` takes it."""
    account = account_years(
        rows,
        SERVICE.parameters.interest.basis_points,
        without_interest_from=without_interest_from,
    )
    whole = {
        "person": person(),
        "agency": agency(city, 2),
        "first_insured": f"{rows[0].year}-{rows[0].months[0]:02d}",
        "contributions": [one.model_dump(mode="json") for one in rows],
        "account": [one.model_dump(mode="json") for one in account],
    }
    return {**whole, **changes}


def newly_insured(city: str = CHENGDU, **changes: Any) -> dict[str, Any]:
    """Three months at the new place in the year of the move."""
    rows = tuple(stay(city, month_of(2026, 7), 3))
    return relation(rows, city=city, without_interest_from=2026, **changes)


def make_towns(
    fresh_store: Callable[[str], str],
    parameters: PensionParameters | None = None,
    cities: tuple[str, ...] = (CHENGDU, DEYANG),
) -> Iterator[tuple[Town, ...]]:
    """Towns with the pension service, in one league."""
    clock, made = Clock(START - timedelta(days=80)), []
    for city in cities:
        engine = open_engine(fresh_store(city))
        metadata.create_all(engine)
        chosen = parameters or SERVICE.parameters
        by_name = {one.name: chosen for one in SERVICE.operations} | {SERVICE.name: chosen}
        made.append(make_town(city, engine, clock, [SERVICE], parameters=by_name))
    at = clock.now
    found_league(made, [agreement_between(made, at, GRANTS)], at, calendar=CALENDAR.as_values())
    yield tuple(made)
    for town in made:
        town.engine.dispose()


def done(town: Town, operation: str, data: dict[str, Any]) -> dict[str, Any]:
    """Call an own operation that must succeed."""
    reply = town.call(operation, data, organisation="social-insurance")
    assert reply.kind is Kind.ANSWER, reply.data
    answer: dict[str, Any] = reply.data
    return answer


def refused(town: Town, operation: str, data: dict[str, Any]) -> str:
    """Call an own operation that must be refused; gives the code."""
    reply = town.call(operation, data, organisation="social-insurance")
    assert reply.kind is Kind.REFUSAL, reply.data
    return str(reply.data["code"])


__all__ = ["CALENDAR", "MAN", "done", "make_towns", "newly_insured", "refused", "relation", "row"]
