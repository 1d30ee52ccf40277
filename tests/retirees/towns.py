"""Three towns: one pays, one is lived in, one checks certificates. Generated people only."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from hanse.foundation.identifiers import make_citizen_id
from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.mechanisms.exchange.tables import messages_out
from hanse.services.social.retirees.operations import SERVICE
from tests.exchange.cities import (
    NAMES,
    START,
    Clock,
    Town,
    agreement_between,
    carry,
    found_league,
    make_town,
)

PAYER, HOME, CHECKER = "510600", "510100", "510700"
PERSON = make_citizen_id("510600", date(1958, 3, 7), 123)
NAME = "生成的退休人员"
TODAY = START.date()
CALENDAR = {
    "name": "cn", "version": "1", "source": "test", "first_day": "2024-01-01",
    "horizon": "2029-12-31", "rest_days": [], "working_weekends": [],
}  # fmt: skip
GRANTS: list[dict[str, Any]] = [
    {
        "operations": ["retirees.assist", "retirees.status_list"],
        "organisations": [f"{city}/bureau" for city in (PAYER, HOME, CHECKER)],
        "purposes": ["retiree-certification"],
    },
    {"operations": ["retirees.compare_measures"], "purposes": ["uniform-measures"]},
]


def members(towns: list[Town], start: datetime = START) -> list[dict[str, Any]]:
    """Charter entries in which each town's key may issue credentials too."""
    return [
        {
            "city": town.city,
            "name": NAMES[town.city].as_dict(),
            "address": "https://node.test",
            "keys": [
                {
                    "id": "k1",
                    **town.key.public.as_dict(),
                    "uses": ["exchange", "charter", "witness", "credential"],
                    "valid_from": start - timedelta(days=1),
                }
            ],
        }
        for town in towns
    ]


def make(engines: dict[str, Any], services: tuple[Any, ...] = (SERVICE,)) -> dict[str, Town]:
    """The towns on one clock, in one league."""
    clock = Clock()
    towns = []
    for city, engine in engines.items():
        parameters = {
            one.name: service.parameters for service in services for one in service.operations
        }
        town = make_town(city, engine, clock, list(services), parameters=parameters)
        town.exchange.credential_keys = {"k1": town.key}
        towns.append(town)
    grants = agreement_between(towns, START, GRANTS, valid_until=START + timedelta(days=900))
    found_league(towns, [grants], START, calendar=CALENDAR, members=members(towns))
    return {town.city: town for town in towns}


def done(town: Town, operation: str, data: Any) -> dict[str, Any]:
    """An own call that must be answered."""
    reply = town.call(operation, data)
    assert reply.kind is Kind.ANSWER, reply.data
    assert town.errors == []
    answer: dict[str, Any] = reply.data
    return answer


def refused(town: Town, operation: str, data: Any) -> str:
    """The code of an own call that must be refused, after which nothing has changed."""
    before = everything(town)
    reply = town.call(operation, data)
    assert reply.kind is Kind.REFUSAL, reply.data
    assert everything(town) == before
    code: str = reply.data["code"]
    return code


def everything(town: Town) -> dict[str, list[Any]]:
    """Every row that the service and its money hold."""
    from hanse.foundation.store import metadata

    names = ("retirees_", "credentials", "ledger_")
    return {
        table.name: sorted(map(str, town.rows(select(table))))
        for table in metadata.sorted_tables
        if table.name.startswith(names)
    }


def approval(**changes: Any) -> dict[str, Any]:
    return {
        "citizen_id": PERSON,
        "name": NAME,
        "residence": HOME,
        "benefit": {
            "benefit_id": "B1",
            "scheme": "employee_pension",
            "since": "2026-12",
            "monthly": 312_345,
        },
        "conditions_met": ["pension_age", "contribution_years"],
        "papers": ["identity", "application", "bank_account"],
        "identified_on": TODAY.isoformat(),
        **changes,
    }


def evidence(number: str = "E1", **changes: Any) -> dict[str, Any]:
    return {
        "citizen_id": PERSON,
        "evidence_id": number,
        "name": NAME,
        "kind": "inpatient",
        "channel": "comparison",
        "on": TODAY.isoformat(),
        "source": "生成的医院",
        **changes,
    }


def exchange_all(towns: dict[str, Town]) -> None:
    """Carry what waits between all towns until nothing waits."""
    for _ in range(4):
        for one in towns.values():
            for other in towns.values():
                if one is not other:
                    carry(one, other)


def replies(town: Town, operation: str) -> list[Any]:
    """The replies to this town's questions by that operation, in their order."""
    rows = town.rows(select(messages_out).where(messages_out.c.operation == operation))
    return [read_line(row.answer) for row in rows if row.answer is not None]
