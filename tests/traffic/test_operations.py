"""Traffic notices between two towns: told in order, acknowledged, exported, refused."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.clock import iso
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange import streams
from hanse.mechanisms.exchange.message import Kind
from hanse.services.safety.traffic.operations import SERVICE
from hanse.services.safety.traffic.tables import notices, receipts, versions
from tests.exchange.cities import (
    START,
    Clock,
    Town,
    agreement_between,
    carry,
    found_league,
    make_town,
)

GRANTS: list[dict[str, Any]] = [
    {
        "operations": ["traffic.notice", "traffic.receipt", "traffic.in_force"],
        "purposes": ["traffic-safety"],
    },
]
Towns = tuple[Town, Town]


@pytest.fixture
def towns(fresh_store: Callable[[str], str]) -> Iterator[Towns]:
    clock = Clock()
    made = []
    for city in ("510100", "510600"):
        engine = open_engine(fresh_store(city))
        metadata.create_all(engine)
        names = [one.name for one in SERVICE.operations] + [one.name for one in SERVICE.topics]
        parameters = dict.fromkeys(names, SERVICE.parameters)
        made.append(make_town(city, engine, clock, [SERVICE], parameters=parameters))
    found_league(made, [agreement_between(made, START, GRANTS)], START)
    with committing(made[1].engine) as transaction:
        streams.set_subscription(transaction, "510100", "traffic.notice", subscribed=True)
    yield made[0], made[1]
    for town in made:
        town.engine.dispose()


def notice(**changes: Any) -> dict[str, Any]:
    return {
        "id": "510600-A1",
        "version": 1,
        "issuer": "510600",
        "kind": "accident",
        "road": "G5",
        "from_stake_m": 12_300,
        "to_stake_m": 15_000,
        "direction": "up",
        "issued_at": iso(START),
        "updated_at": iso(START),
        "start": iso(START),
        "expected_end": iso(START + timedelta(hours=2)),
        "public_from": iso(START),
        "measure": "lane_closed",
        "affected_cities": ["510100", "510600"],
        "description": {"zh": "试验"},
        "level": "local",
        "status": "issued",
        **changes,
    }


def lifted(version: int) -> dict[str, Any]:
    return notice(version=version, status="lifted", lifted_at=iso(START), updated_at=iso(START))


def test_a_notice_is_told_acknowledged_and_lifted(towns: Towns) -> None:
    other, issuer = towns
    assert issuer.call("traffic.publish", notice()).data["cities_told"] == 1
    assert carry(issuer, other) == []
    found = other.call("traffic.in_force", {"road": "G5"}).data["notices"]
    assert [one["notice"]["id"] for one in found] == ["510600-A1"]
    state = issuer.call("traffic.acknowledgements", {"notice": "510600-A1"}).data
    assert (state["missing"], state["telephone"]) == (["510100"], [])
    other.call("traffic.acknowledge", {"notice": "510600-A1", "version": 1})
    assert carry(other, issuer) == []
    state = issuer.call("traffic.acknowledgements", {"notice": "510600-A1"}).data
    assert state["missing"] == []
    issuer.call("traffic.publish", lifted(2))
    assert carry(issuer, other) == []
    assert other.call("traffic.in_force", {"road": "G5"}).data["notices"] == []
    assert len(other.rows(select(versions))) == 2


def test_a_city_that_has_not_acknowledged_in_ten_minutes_is_telephoned(towns: Towns) -> None:
    _, issuer = towns
    issuer.call("traffic.publish", notice())
    issuer.clock.advance(minutes=10)
    state = issuer.call("traffic.acknowledgements", {"notice": "510600-A1"}).data
    assert state["telephone"] == ["510100"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 2}, "traffic_version_gap"),
        ({"level": "IV"}, "traffic_level_wrong"),
        ({"status": "lifted", "lifted_at": iso(START)}, "traffic_transition_refused"),
        ({"id": "510100-A1", "issuer": "510100"}, "traffic_not_the_issuer"),
        (
            {"kind": "works", "measure": "closed", "level": "local"},
            "traffic_not_announced_beforehand",
        ),
    ],
)
def test_a_notice_against_the_rules_is_refused_and_nothing_kept(
    towns: Towns, changes: dict[str, Any], code: str
) -> None:
    other, issuer = towns
    reply = issuer.call("traffic.publish", notice(**changes))
    assert reply.kind is Kind.REFUSAL
    assert reply.data["code"] == code
    assert issuer.rows(select(notices)) == []
    assert issuer.waiting(other.city) == []


def test_a_city_does_not_acknowledge_for_another(towns: Towns) -> None:
    other, issuer = towns
    issuer.call("traffic.publish", notice())
    receipt = {
        "notice": "510600-A1",
        "version": 1,
        "city": "510700",
        "acknowledged_at": iso(START),
    }
    other.ask("510600", "traffic.receipt", receipt, purpose="traffic-safety")
    assert carry(other, issuer) == []
    assert issuer.rows(select(receipts)) == []


def test_what_is_in_force_leaves_as_datex2_and_comes_back(towns: Towns) -> None:
    _, issuer = towns
    issuer.call("traffic.publish", notice())
    document = issuer.call("traffic.datex2", {"road": "G5"}).data["document"]
    assert "SituationPublication" in document
    read = issuer.call("traffic.read_datex2", {"document": document}).data
    assert [one["id"] for one in read["notices"]] == ["510600-A1"]
    assert read["unread"] == []
    broken = issuer.call("traffic.read_datex2", {"document": document[:-20]})
    assert broken.kind is Kind.REFUSAL


def test_what_a_work_zone_feed_cannot_hold_is_named(towns: Towns) -> None:
    _, issuer = towns
    issuer.call("traffic.publish", notice())
    feed = issuer.call("traffic.wzdx", {"road": "G5"}).data
    assert [one["notice"] for one in feed["left_out"]] == ["510600-A1"]
    assert feed["left_out"][0]["reason"]["zh"]


def test_a_city_that_joins_after_the_first_version_takes_what_comes(towns: Towns) -> None:
    other, issuer = towns
    with committing(issuer.engine) as transaction:
        streams.set_subscription(transaction, other.city, "traffic.notice", subscribed=False)
    issuer.call("traffic.publish", notice())
    with committing(issuer.engine) as transaction:
        streams.set_subscription(transaction, other.city, "traffic.notice", subscribed=True)
    assert issuer.call("traffic.publish", notice(version=2)).kind is Kind.ANSWER
    assert issuer.call("traffic.publish", notice(id="510600-A2")).kind is Kind.ANSWER
    assert carry(issuer, other) == []
    assert held(other, "510600-A1") == 2
    assert held(other, "510600-A2") == 1


def held(town: Town, name: str) -> int | None:
    rows = town.rows(select(versions.c.version).where(versions.c.notice == name))
    return max((row.version for row in rows), default=None)
