"""Three towns under one charter that hear what each publishes. All that they say is made up."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select

from hanse.foundation.store import metadata
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange import streams
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.message import Kind, Party
from hanse.mechanisms.league.documents import add_signature, read_signed, sign
from hanse.services.governance.briefing.operations import SERVICE as BRIEFING
from hanse.services.governance.conference.operations import SERVICE as CONFERENCE
from hanse.services.governance.experts.operations import SERVICE as EXPERTS
from hanse.services.governance.forum.operations import SERVICE as FORUM
from hanse.services.governance.press.operations import SERVICE as PRESS
from hanse.services.governance.taskforces.operations import SERVICE as TASKFORCES
from tests.cases.play import settle_all
from tests.exchange.cities import (
    NAMES,
    START,
    Clock,
    Town,
    agreement_between,
    found_league,
    make_town,
)
from tests.registration.test_registration_rules import CALENDAR

A, B, C = CITIES = ("510100", "510600", "510700")
OFFICE = "bureau"
SERVICES = (EXPERTS, BRIEFING, CONFERENCE, PRESS, FORUM, TASKFORCES)


def members(towns: list[Town]) -> list[dict[str, Any]]:
    """Charter entries with a key that signs charters, and two organisations each."""
    return [
        {
            "city": town.city,
            "name": NAMES[town.city].as_dict(),
            "address": "https://node.test",
            "keys": [
                {
                    "id": "k1",
                    **town.key.public.as_dict(),
                    "uses": ["exchange", "charter", "witness"],
                    "valid_from": START - timedelta(days=1),
                }
            ],
            "organisations": [
                {"id": OFFICE, "name": {"zh": "联席会议办公室", "en": "Joint office"}},
                {"id": "planning", "name": {"zh": "规划局", "en": "Planning bureau"}},
            ],
        }
        for town in towns
    ]


def make(engines: dict[str, Any]) -> dict[str, Town]:
    """The towns on one clock; one agreement grants all that the services tell each other."""
    clock = Clock()
    towns = []
    for city, engine in engines.items():
        parameters: dict[str, Any] = {}
        for one in SERVICES:
            named = [one.name, *(each.name for each in one.operations)]
            named += [each.name for each in one.topics]
            parameters |= dict.fromkeys(named, one.parameters)
        towns.append(make_town(city, engine, clock, list(SERVICES), parameters=parameters))
    agreement = agreement_between(
        towns, START, grants_of(towns[0]), valid_until=START + timedelta(days=900)
    )
    found_league(towns, [agreement], START, calendar=CALENDAR.as_values(), members=members(towns))
    for town in towns:
        with committing(town.engine) as transaction:
            for peer in engines:
                for topic in town.exchange.registry.topics:
                    if peer != town.city and topic.partition(".")[0] != "league":
                        streams.set_subscription(transaction, peer, topic, subscribed=True)
    return {town.city: town for town in towns}


def grants_of(town: Town) -> list[dict[str, Any]]:
    """One grant for each purpose that the services declare."""
    by_purpose: dict[str, list[str]] = {}
    for service in SERVICES:
        for one in service.operations:
            for purpose in one.purposes:
                by_purpose.setdefault(purpose.code, []).append(one.name)
        for topic in service.topics:
            by_purpose.setdefault(topic.purpose.code, []).append(topic.name)
    return [{"operations": names, "purposes": [code]} for code, names in by_purpose.items()]


def settle(towns: dict[str, Town]) -> None:
    """Carry what waits between all towns until nothing waits."""
    settle_all(list(towns.values()))
    for town in towns.values():
        assert town.errors == []


def done(town: Town, operation: str, data: Any, organisation: str = OFFICE) -> dict[str, Any]:
    """An own call that must be answered."""
    reply = town.call(operation, data, organisation=organisation)
    assert reply.kind is Kind.ANSWER, reply.data
    assert town.errors == []
    answer: dict[str, Any] = reply.data
    return answer


def refused(town: Town, operation: str, data: Any, organisation: str = OFFICE) -> str:
    """The code of an own call that must be refused, after which nothing has changed."""
    before = everything(town)
    reply = town.call(operation, data, organisation=organisation)
    assert reply.kind is Kind.REFUSAL, reply.data
    assert town.errors == []
    assert everything(town) == before, "a refusal changed something"
    code: str = reply.data["code"]
    return code


def everything(town: Town) -> dict[str, list[Any]]:
    """Every row of the services, of cases and of what waits to be sent."""
    prefixes = (
        "briefing_", "case", "conference_", "experts_", "forum_", "messages_out", "press_",
        "streams_out", "taskforces_",
    )  # fmt: skip
    return {
        table.name: sorted(map(str, town.rows(select(table))))
        for table in metadata.sorted_tables
        if table.name.startswith(prefixes)
    }


def forge(town: Town, topic: str, data: BaseModel) -> None:
    """Publish what the town's own operations would not, as a city that misbehaves could."""
    with committing(town.engine) as transaction:
        context = Context(
            city=town.city,
            caller=Party(town.city, OFFICE),
            operation=topic,
            message_id="forged",
            now=town.clock.now,
            league=town.side(transaction).league,
            parameters=None,
            randomness=town.exchange.randomness,
            outlet=town.desk,
        )
        context.publish(transaction, topic, data)


def signed(town: Town, model: Any, document: str) -> str:
    """The document with this town's signature, made with its key."""
    read = read_signed(document.encode(), model)
    signature = sign(read.document, town.city, "k1", town.key)
    return add_signature(read, signature).to_bytes().decode()
