"""Public credit between two towns: asked by purpose, filtered by grant, repaired everywhere."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.identifiers import make_uscc
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange import streams
from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.mechanisms.exchange.tables import messages_out
from hanse.services.market.credit.operations import SERVICE
from hanse.services.market.credit.tables import copies, records, repairs
from tests.exchange.cities import (
    START,
    Clock,
    Town,
    agreement_between,
    carry,
    found_league,
    make_town,
)

SUBJECT = make_uscc(1_234_567, region="510600")
GRANTS: list[dict[str, Any]] = [
    {
        "operations": ["credit.record"],
        "purposes": ["tendering"],
        "fields": [
            "subject",
            "as_of",
            "serious_list",
            "records[].decision_number",
            "records[].source_city",
            "records[].record_id",
            "records[].version",
        ],
    },
    {"operations": ["credit.changed", "credit.listed"], "purposes": ["credit-sync"]},
]
Towns = tuple[Town, Town]


@pytest.fixture
def towns(fresh_store: Callable[[str], str]) -> Iterator[Towns]:
    clock = Clock()
    made = []
    for city in ("510100", "510600"):
        engine = open_engine(fresh_store(city))
        metadata.create_all(engine)
        parameters = {one.name: SERVICE.parameters for one in SERVICE.operations}
        made.append(make_town(city, engine, clock, [SERVICE], parameters=parameters))
    calendar = {
        "name": "cn", "version": "1", "source": "test", "first_day": "2026-01-01",
        "horizon": "2026-12-31", "rest_days": [], "working_weekends": [],
    }  # fmt: skip
    found_league(made, [agreement_between(made, START, GRANTS)], START, calendar=calendar)
    yield made[0], made[1]
    for town in made:
        town.engine.dispose()


def decision(**changes: Any) -> dict[str, Any]:
    decided = START - timedelta(days=120)
    return {
        "subject": SUBJECT,
        "system": "credit_china",
        "kind": "penalty",
        "subject_region": "510600",
        "authority": make_uscc(7_654_321, region="510600"),
        "authority_region": "510600",
        "decision_number": "川罚〔2026〕1号",
        "decided_on": decided.date().isoformat(),
        "content": "试验数据",
        "penalties": ["large_fine"],
        "severity": "general",
        "duty": "done",
        **changes,
    }


def shown_to(asker: Town, asked: Town) -> dict[str, Any]:
    message_id = asker.ask("510600", "credit.record", {"subject": SUBJECT}, purpose="tendering")
    assert carry(asker, asked) == []
    (row,) = asker.rows(select(messages_out).where(messages_out.c.message_id == message_id))
    reply = read_line(row.answer)
    assert reply.kind is Kind.ANSWER, reply.data
    data: dict[str, Any] = reply.data
    return data


def publish(town: Town, **changes: Any) -> dict[str, Any]:
    reply = town.call("credit.publish", decision(**changes))
    assert reply.kind is Kind.ANSWER, reply.data
    data: dict[str, Any] = reply.data
    return data


def application(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    reference = {name: record[name] for name in ("source_city", "record_id", "version")}
    return {
        "application": {
            "subject": record["subject"],
            "record": reference,
            "materials": [
                {"material": "duty_proof", "digest": "0" * 64},
                {"material": "commitment", "digest": "1" * 64},
            ],
        },
        "duty_done": True,
        "harm_removed": True,
        "same_kind_again": False,
        "severely_again": False,
        "on_abnormal_list": False,
        **changes,
    }


def test_another_city_is_shown_only_the_granted_fields_of_usable_records(towns: Towns) -> None:
    asker, asked = towns
    published = publish(asked)
    data = shown_to(asker, asked)
    assert data["records"] == [
        {
            "decision_number": "川罚〔2026〕1号",
            "source_city": "510600",
            "record_id": published["record_id"],
            "version": 1,
        }
    ]
    assert "content" not in str(data)


def test_a_record_whose_period_is_over_is_not_shown(
    towns: Towns,
) -> None:
    asker, asked = towns
    publish(asked)
    asked.clock.advance(days=300)
    asker.clock = asked.clock
    assert shown_to(asker, asked)["records"] == []


def test_a_minor_record_is_not_published_and_not_shown(towns: Towns) -> None:
    asker, asked = towns
    publish(asked, penalties=["warning"], severity="minor")
    assert shown_to(asker, asked)["records"] == []


def test_a_repair_is_told_to_the_city_that_was_shown_the_record(towns: Towns) -> None:
    asker, asked = towns
    record = publish(asked)
    shown_to(asker, asked)
    (copy,) = asker.rows(select(copies))
    assert (copy.record_id, copy.status) == (record["record_id"], "published")
    with committing(asked.engine) as transaction:
        streams.set_subscription(transaction, "510100", "credit.changed", subscribed=True)
    state = asked.call("credit.apply_repair", application(record)).data
    assert state["status"] == "submitted"
    assert state["reckoning"]["calendar_version"]
    for action in ("accept", "approve", "sync"):
        step = {"application_id": state["application_id"], "action": action}
        reply = asked.call("credit.decide_repair", step)
        assert reply.kind is Kind.ANSWER, reply.data
    assert shown_to(asker, asked)["records"] == []
    assert carry(asked, asker) == []
    (copy,) = asker.rows(select(copies))
    assert (copy.status, copy.version) == ("repaired", 2)


def test_a_repair_before_the_minimum_period_is_refused_and_nothing_changed(towns: Towns) -> None:
    _, asked = towns
    record = publish(asked, decided_on=(START - timedelta(days=10)).date().isoformat())
    reply = asked.call("credit.apply_repair", application(record))
    assert reply.kind is Kind.REFUSAL
    assert reply.data["code"] == "credit_repair_too_early"
    assert asked.rows(select(repairs)) == []


def test_a_step_out_of_turn_is_refused_and_the_case_unchanged(towns: Towns) -> None:
    _, asked = towns
    record = publish(asked)
    state = asked.call("credit.apply_repair", application(record)).data
    (before,) = asked.rows(select(repairs))
    step = {"application_id": state["application_id"], "action": "sync"}
    reply = asked.call("credit.decide_repair", step)
    assert reply.data["code"] == "credit_repair_action_not_allowed"
    (after,) = asked.rows(select(repairs))
    assert tuple(after) == tuple(before)


def test_a_second_application_for_a_record_is_refused(towns: Towns) -> None:
    _, asked = towns
    record = publish(asked)
    first = asked.call("credit.apply_repair", application(record)).data
    reply = asked.call("credit.apply_repair", application(record))
    assert reply.data["code"] == "credit_application_open"
    assert first["application_id"] in reply.data["texts"]["hint"]["en"]
    assert len(asked.rows(select(repairs))) == 1


def test_another_citys_record_is_not_changed_here(towns: Towns) -> None:
    asker, asked = towns
    record = publish(asked)
    reference = {name: record[name] for name in ("source_city", "record_id", "version")}
    withdrawal = {"record": reference, "changed_on": START.date().isoformat(), "reason": "试验"}
    reply = asker.call("credit.withdraw", withdrawal)
    assert reply.data["code"] == "credit_record_of_another_city"
    reply = asked.call("credit.withdraw", withdrawal)
    assert reply.data["status"] == "withdrawn"
    (row,) = asked.rows(select(records))
    assert row.version == 2


def test_the_joint_list_is_the_same_in_both_cities(towns: Towns) -> None:
    asker, asked = towns
    with committing(asked.engine) as transaction:
        streams.set_subscription(transaction, "510100", "credit.listed", subscribed=True)
    entry = {
        "subject": SUBJECT,
        "source_city": "510600",
        "entry_id": "e1",
        "authority": make_uscc(7_654_321, region="510600"),
        "decision_number": "川列〔2026〕1号",
        "listed_on": START.date().isoformat(),
        "grounds": "试验数据",
    }
    assert asked.call("credit.list", entry).data == {"cities_told": 1}
    assert carry(asked, asker) == []
    own = asker.call("credit.record", {"subject": SUBJECT})
    assert own.data["serious_list"] is True
    wrong = asker.call("credit.list", entry)
    assert wrong.data["code"] == "credit_list_entry_source_wrong"


def test_a_code_that_fails_its_check_is_refused(towns: Towns) -> None:
    _, asked = towns
    broken = SUBJECT[:-1] + ("0" if SUBJECT[-1] != "0" else "1")
    reply = asked.call("credit.publish", decision(subject=broken))
    assert reply.data["code"] == "data_invalid"
    assert asked.rows(select(records)) == []
