"""Answers that are large: too many for one delivery, or one that no message can hold."""

from collections.abc import Callable, Iterator
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction, metadata, open_engine
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.limits import DELIVERY_BYTES_MAX, MESSAGE_BYTES_MAX
from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.mechanisms.exchange.operations import Service, operation
from hanse.mechanisms.exchange.tables import messages_in, messages_out
from tests.exchange.cities import (
    START,
    Clock,
    Town,
    agreement_between,
    carry,
    found_league,
    make_town,
)
from tests.exchange.trial import PURPOSE, counters, trial_metadata, value_of

Pair = tuple[Town, Town]
NEARLY_WHOLE = MESSAGE_BYTES_MAX - 1_000
ROUNDS_MAX = 10


class Fetch(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    length: Annotated[int, titled("长度", "Length", ge=0, le=2_000_000)]


class Page(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, titled("内容", "Text", max_length=2_000_000)]


@operation("archive.fetch", Text("取档", "Fetch"), purposes=(PURPOSE,))
def fetch(transaction: Transaction, request: Fetch, context: Context) -> Page:
    """Count the request and answer with a text of the length that was asked for."""
    value = value_of(transaction, "fetched") + 1
    transaction.upsert(
        counters, {"name": "fetched", "value": value}, lambda new: {"value": new.value}
    )
    return Page(text="x" * request.length)


ARCHIVE = Service(name="archive", title=Text("档案", "Archive"), operations=(fetch,))


@pytest.fixture
def archives(fresh_store: Callable[[str], str], clock: Clock) -> Iterator[Pair]:
    """An asker and an archive."""
    towns = []
    for city in ("510100", "510600"):
        engine = open_engine(fresh_store(city))
        metadata.create_all(engine)
        trial_metadata.create_all(engine)
        towns.append(make_town(city, engine, clock, [ARCHIVE]))
    grants = [{"operations": ["archive.fetch"], "purposes": ["trial"]}]
    found_league(towns, [agreement_between(towns, START, grants)], START)
    yield towns[0], towns[1]
    for town in towns:
        town.engine.dispose()


def fetched(town: Town) -> int:
    with reading(town.engine) as transaction:
        return value_of(transaction, "fetched")


def ask(asker: Town, length: int) -> str:
    return asker.ask("510600", "archive.fetch", {"length": length}, purpose="trial")


def test_answers_beyond_one_delivery_are_given_when_asked_again(archives: Pair) -> None:
    asker, asked = archives
    ids = [ask(asker, NEARLY_WHOLE) for _ in range(24)]
    waiting = asker.waiting(asked.city)
    sealed = asker.seal(asked.city, waiting)
    answer = asked.take(sealed)
    assert len(answer.body) <= DELIVERY_BYTES_MAX
    replies = [read_line(line) for line in answer.body.splitlines()]
    deferred = [one for one in replies if one.kind is Kind.REFUSAL]
    assert 0 < len(deferred) < len(replies)
    assert {one.data["code"] for one in deferred} == {"reply_deferred"}
    assert fetched(asked) == 24
    assert len(asker.settle(waiting, sealed, answer)) == len(deferred)
    for _ in range(ROUNDS_MAX):
        carry(asker, asked)
    assert fetched(asked) == 24
    rows = {row.message_id: row for row in asker.rows(select(messages_out))}
    assert [rows[one].state for one in ids] == ["done"] * 24


def test_an_answer_that_no_message_can_hold_is_refused_alone_and_undoes_its_effect(
    archives: Pair,
) -> None:
    asker, asked = archives
    small, large, last = ask(asker, 10), ask(asker, MESSAGE_BYTES_MAX + 1), ask(asker, 20)
    assert carry(asker, asked) == []
    rows = {row.message_id: row for row in asker.rows(select(messages_out))}
    assert [rows[one].state for one in (small, large, last)] == ["done", "refused", "done"]
    assert read_line(rows[large].answer).data["code"] == "message_too_large"
    assert fetched(asked) == 2
    assert len(asked.rows(select(messages_in))) == 3


def test_an_own_agency_is_refused_the_same_and_nothing_changed(archives: Pair) -> None:
    _, asked = archives
    reply = asked.call("archive.fetch", {"length": MESSAGE_BYTES_MAX + 1})
    assert (reply.kind, reply.data["code"]) == (Kind.REFUSAL, "message_too_large")
    assert fetched(asked) == 0
