"""Three towns with windows and registers, and an application as a window takes it. Generated."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from hanse.foundation.identifiers import make_citizen_id, make_uscc
from hanse.foundation.store import metadata
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.cases import book as case_book
from hanse.mechanisms.exchange import streams
from hanse.mechanisms.exchange.due import run_due
from hanse.mechanisms.exchange.message import Kind
from hanse.services.market.registration.operations import SERVICE
from tests.cases.play import settle_all
from tests.exchange.cities import (
    START,
    Clock,
    Town,
    agreement_between,
    found_league,
    make_town,
)
from tests.registration.test_registration_rules import CALENDAR
from tests.retirees.towns import members

WINDOW, AUTHORITY, FORMER = "510100", "510600", "510700"
DESK = "bureau"
REPRESENTATIVE = make_citizen_id("510104", date(1980, 5, 6), 301)
LIAISON = make_citizen_id("510104", date(1985, 5, 6), 302)
CODE = make_uscc(4_321, region=AUTHORITY)
TODAY = START.date()
NAME = "德阳生成明远商贸有限公司"
DIGEST = "sha-256:" + "0" * 64
GRANTS: list[dict[str, Any]] = [
    {
        "operations": [
            "registration_application.*",
            "simple_deregistration.*",
            "registration.reserve_name",
            "registration.entity",
            "registration.bans",
            "registration.status_list",
            "registration.changed",
        ],
        "purposes": ["business-registration"],
    },
    {"operations": ["registration.compare"], "purposes": ["uniform-conditions"]},
]
SEATS = {
    "window": {"city": WINDOW, "organisation": DESK},
    "authority": {"city": AUTHORITY, "organisation": DESK},
    "head": {"city": AUTHORITY, "organisation": "head"},
}


def make(engines: dict[str, Any], start: datetime = START) -> dict[str, Town]:
    """The towns on one clock, in one league, each hearing the others' registers."""
    clock = Clock(start)
    towns = []
    for city, engine in engines.items():
        named = [one.name for one in SERVICE.operations] + [SERVICE.name]
        parameters = dict.fromkeys(named, SERVICE.parameters)
        town = make_town(city, engine, clock, [SERVICE], parameters=parameters)
        town.exchange.credential_keys = {"k1": town.key}
        towns.append(town)
    agreement = agreement_between(towns, start, GRANTS, valid_until=start + timedelta(days=900))
    found_league(
        towns, [agreement], start, calendar=CALENDAR.as_values(), members=members(towns, start)
    )
    for town in towns:
        with committing(town.engine) as transaction:
            for peer in engines:
                if peer != town.city:
                    streams.set_subscription(
                        transaction, peer, "registration.changed", subscribed=True
                    )
    return {town.city: town for town in towns}


def application(**changes: Any) -> dict[str, Any]:
    person = {"name": "生成的代表", "citizen_id": REPRESENTATIVE}
    return {
        "matter": "set_up",
        "entity_type": "company",
        "name": NAME,
        "trade_name": "明远",
        "industry": "F5122",
        "scope": ["wholesale", "retail"],
        "domicile": {"region": "510603", "address": "生成路1号"},
        "capital": 100_000_000,
        "representative": person,
        "shareholders": [
            {"name": "生成的股东", "citizen_id": LIAISON, "amount": 60_000_000,
             "due_on": "2030-12-31"},
            {"name": "生成的公司", "uscc": make_uscc(99, region=FORMER), "amount": 40_000_000,
             "due_on": "2030-12-31"},
        ],
        "liaison": {"name": "生成的联络员", "citizen_id": LIAISON},
        "conditions_met": ["name_free", "domicile_one", "representative_fit"],
        "papers": ["application", "identity", "domicile_proof", "articles"],
        "papers_digest": DIGEST,
        **changes,
    }  # fmt: skip


def change(**changes: Any) -> dict[str, Any]:
    return application(
        matter="change",
        uscc=CODE,
        decided_on=TODAY.isoformat(),
        conditions_met=["representative_fit"],
        papers=["application", "decision"],
        **changes,
    )


def moving_in(**changes: Any) -> dict[str, Any]:
    return application(
        matter="move_in",
        uscc=CODE,
        domicile={"region": "510703", "address": "生成路2号"},
        decided_on=TODAY.isoformat(),
        conditions_met=["before_moving", "domicile_one", "representative_fit"],
        papers=["application", "decision", "domicile_proof"],
        **changes,
    )


def call(town: Town, operation: str, data: Any, organisation: str = DESK) -> Any:
    return town.call(operation, data, organisation=organisation)


def done(town: Town, operation: str, data: Any, organisation: str = DESK) -> dict[str, Any]:
    reply = call(town, operation, data, organisation)
    assert reply.kind is Kind.ANSWER, reply.data
    assert town.errors == []
    answer: dict[str, Any] = reply.data
    return answer


def everything(town: Town) -> dict[str, list[Any]]:
    names = ("registration_", "credentials", "case")
    return {
        table.name: sorted(map(str, town.rows(select(table))))
        for table in metadata.sorted_tables
        if table.name.startswith(names)
    }


def refused(town: Town, operation: str, data: Any, organisation: str = DESK) -> str:
    """The code of a call that must be refused, after which nothing has changed."""
    before = everything(town)
    reply = call(town, operation, data, organisation)
    assert reply.kind is Kind.REFUSAL, reply.data
    assert everything(town) == before
    return str(reply.data["code"])


def request(form: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "subject": form.get("uscc") or form["name"],
        "seats": SEATS,
        "role": "window",
        "data": form,
        **changes,
    }


def opened(towns: dict[str, Town], form: dict[str, Any] | None = None, **changes: Any) -> str:
    """A case that a window has taken, and that every city has answered about."""
    asked = request(form or application(), **changes)
    taken = done(towns[WINDOW], "registration_application.start", asked)
    settle_all(list(towns.values()))
    return str(taken["case"])


def step(case: str, role: str, action: str, **more: Any) -> dict[str, Any]:
    return {"case": case, "role": role, "action": action, **more}


def act(
    towns: dict[str, Town], city: str, case: str, role: str, action: str, **more: Any
) -> dict[str, Any]:
    organisation = more.pop("organisation", DESK)
    matter = more.pop("matter", "registration_application")
    taken = done(towns[city], f"{matter}.act", step(case, role, action, **more), organisation)
    settle_all(list(towns.values()))
    return taken


def stage(town: Town, case: str, matter: str = "registration_application") -> str:
    with committing(town.engine) as transaction:
        found = case_book.load(transaction, f"market.{matter}", case)
    assert found is not None
    return found.stage


def due(
    town: Town, case: str, name: str = "decide", matter: str = "registration_application"
) -> str:
    with committing(town.engine) as transaction:
        found = case_book.load(transaction, f"market.{matter}", case)
    assert found is not None
    return found.deadlines[name].due


def flags(town: Town, case: str) -> frozenset[str]:
    with committing(town.engine) as transaction:
        found = case_book.load(transaction, "market.registration_application", case)
    assert found is not None
    return found.flags


def licensed(towns: dict[str, Town], form: dict[str, Any] | None = None, **changes: Any) -> str:
    """An entity of the register of the authority's city."""
    case = opened(towns, form, **changes)
    act(towns, AUTHORITY, case, "authority", "approve")
    act(towns, AUTHORITY, case, "authority", "license", data={"uscc": CODE})
    return case


def let_time_pass(towns: dict[str, Town]) -> None:
    """Every node does what the clock has made due, and tells the others."""
    for town in towns.values():
        with committing(town.engine) as transaction:
            side = town.side(transaction)
            run_due(town.exchange, side.outlet, transaction, side.league, town.clock.now)
        assert town.errors == []
    settle_all(list(towns.values()))
