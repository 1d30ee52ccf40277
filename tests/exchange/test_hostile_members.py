"""A member that sends nonsense under its own good signature disturbs nobody, not even itself."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.mechanisms.exchange.core import Outgoing
from hanse.mechanisms.exchange.delivery import Sealed, seal_response
from hanse.mechanisms.exchange.limits import JSON_DEPTH_MAX
from hanse.mechanisms.exchange.message import Kind, Message, read_line
from hanse.mechanisms.exchange.streams import STREAM_GAP
from hanse.mechanisms.exchange.tables import deliveries, messages_in, messages_out
from tests.exchange.cities import Town
from tests.exchange.test_requests_and_answers import counter
from tests.exchange.test_streams import heard, say, subscribe

Pair = tuple[Town, Town]


def good(asker: Town, **changes: Any) -> bytes:
    """The line of a request that would be answered, with changes."""
    message = asker.exchange.new_message(
        Kind.REQUEST, "trial.add", "510600", {"name": "a"}, organisation="bureau",
        now=asker.clock.now, purpose="trial", agreement="trial",
    )  # fmt: skip
    return replace(message, **changes).to_line()


def attributes(asker: Town, **changes: Any) -> bytes:
    """As `good`, with attributes of the wire changed as they stand in the JSON."""
    return orjson.dumps(orjson.loads(good(asker)) | changes)


def outgoing(line: bytes) -> Outgoing:
    message = orjson.loads(line)
    return Outgoing(
        message["id"], "510600", Kind.REQUEST, "trial.add", line, None, "bureau", None, 0, 0, None
    )


def deliver(asker: Town, asked: Town, lines: list[bytes]) -> list[Message]:
    sealed = asker.seal(asked.city, [outgoing(line) for line in lines])
    return [read_line(line) for line in asked.take(sealed).body.splitlines()]


def nothing_taken(asked: Town) -> bool:
    return not asked.rows(select(messages_in)) and not asked.rows(select(deliveries))


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 2**63},
        {"sequence": 2**64 - 1},
        {"sequence": 0},
        {"sequence": True},
        {"sequence": "1"},
        {"id": "a\u0000b"},
        {"id": ""},
        {"id": "x" * 129},
        {"purpose": "trial\u0000"},
        {"purpose": None},
        {"agreement": "\u0000"},
        {"source": "urn:hanse:510100:bu\u0000reau"},
        {"source": "urn:hanse:510100"},
        {"type": "hanse.request.trial\u0000.add"},
        {"type": "hanse.wish.trial.add"},
        {"dataref": "sha-256:\u0000"},
        {"salt": "short"},
        {"specversion": "2.0"},
        {"unknown": 1},
        {"data": {"name": "a\u0000b"}},
        {"data": {"a\u0000b": 1}},
        {"data": "\\\u0000"},
    ],
    ids=str,
)
def test_an_attribute_that_cannot_be_meant_refuses_the_delivery(
    pair: Pair, changes: dict[str, Any]
) -> None:
    asker, asked = pair
    with pytest.raises(Problem, match="message_malformed"):
        deliver(asker, asked, [good(asker), attributes(asker, **changes)])
    assert nothing_taken(asked)
    assert [one.kind for one in deliver(asker, asked, [good(asker)])] == [Kind.ANSWER]


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_data_may_nest_only_so_deep(pair: Pair) -> None:
    asker, asked = pair
    (reply,) = deliver(asker, asked, [good(asker, data=nested(JSON_DEPTH_MAX - 1))])
    assert reply.data["code"] == "data_invalid"
    with pytest.raises(Problem, match="message_malformed"):
        deliver(asker, asked, [good(asker, data=nested(JSON_DEPTH_MAX))])
    assert counter(asked) == 0


@pytest.mark.parametrize(
    "data",
    [
        {"name": "a", "x" * 600_000: 1},
        {"name": "a", **{f"{number}" + "y" * 5_000: 1 for number in range(100)}},
        {"name": "a", "amount": 2**64 - 1},
        {"name": "a", "amount": 1e308},
        ["a"],
        "a",
        None,
    ],
    ids=lambda data: str(data)[:20],
)
def test_data_that_does_not_fit_is_refused_alone(pair: Pair, data: Any) -> None:
    asker, asked = pair
    replies = deliver(asker, asked, [good(asker), good(asker, data=data), good(asker)])
    assert [one.kind for one in replies] == [Kind.ANSWER, Kind.REFUSAL, Kind.ANSWER]
    assert replies[1].data["code"] == "data_invalid"
    assert len(replies[1].to_line()) < 20_000
    assert counter(asked) == 2


def answered_by(asked: Town, sealed: Sealed, lines: list[bytes], asker: Town) -> Sealed:
    """An answer that the asked city signs whatever it says."""
    assert sealed.parts is not None
    return seal_response(
        lines, asked.signer, sealed.parts, charter_version=1, now=asker.clock.now,
        nonce=asked.exchange.randomness(16),
    )  # fmt: skip


@pytest.mark.parametrize("expected", ["9" * 5_000, str(2**63), "-1", "0", "x", "١"])
def test_a_gap_that_cannot_be_meant_replays_nothing(pair: Pair, expected: str) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    say(publisher, "news")
    waiting = publisher.waiting(receiver.city)
    sealed = publisher.seal(receiver.city, waiting)
    problem = STREAM_GAP(expected=1).as_dict()
    problem["values"]["expected"] = expected
    event = read_line(waiting[0].line)
    reply = receiver.exchange.new_message(
        Kind.REFUSAL, event.operation, publisher.city, problem, organisation=receiver.city,
        now=receiver.clock.now, in_reply_to=event.id,
    )  # fmt: skip
    answer = answered_by(receiver, sealed, [reply.to_line()], publisher)
    assert publisher.settle(waiting, sealed, answer) == waiting
    (row,) = publisher.rows(select(messages_out).where(messages_out.c.kind == "event"))
    assert row.state == "pending"
    sealed = publisher.seal(receiver.city, waiting)
    assert publisher.settle(waiting, sealed, receiver.take(sealed)) == []
    assert heard(receiver) == ["news"]


@pytest.mark.parametrize("values", [None, [], "x", {"expected": None}], ids=str)
def test_a_refusal_without_its_values_is_only_a_refusal(pair: Pair, values: Any) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    say(publisher, "news")
    waiting = publisher.waiting(receiver.city)
    sealed = publisher.seal(receiver.city, waiting)
    problem = STREAM_GAP(expected=1).as_dict() | {"values": values}
    event = read_line(waiting[0].line)
    reply = receiver.exchange.new_message(
        Kind.REFUSAL, event.operation, publisher.city, problem, organisation=receiver.city,
        now=receiver.clock.now, in_reply_to=event.id,
    )  # fmt: skip
    answer = answered_by(receiver, sealed, [reply.to_line()], publisher)
    assert publisher.settle(waiting, sealed, answer) == waiting


def test_an_answer_with_too_few_lines_settles_nothing(pair: Pair) -> None:
    asker, asked = pair
    for _ in range(2):
        asker.ask("510600", "trial.add", {"name": "a"}, purpose="trial")
    waiting = asker.waiting("510600")
    sealed = asker.seal("510600", waiting)
    whole = asked.take(sealed)
    short = answered_by(asked, sealed, whole.body.splitlines()[:1], asker)
    with pytest.raises(Problem, match="reply_mismatch"):
        asker.settle(waiting, sealed, short)
    assert {row.state for row in asker.rows(select(messages_out))} == {"pending"}
    assert asker.settle(waiting, sealed, whole) == []


def test_an_answer_to_another_delivery_does_not_verify(pair: Pair) -> None:
    asker, asked = pair
    asker.ask("510600", "trial.add", {"name": "a"}, purpose="trial")
    waiting = asker.waiting("510600")
    first = asker.seal("510600", waiting)
    second = asker.seal("510600", waiting)
    answer = asked.take(first)
    with pytest.raises(Problem, match="signature_wrong"):
        asker.settle(waiting, second, answer)
    changed = replace(answer, body=answer.body.replace(b'"value":1', b'"value":2'))
    with pytest.raises(Problem, match="digest_mismatch"):
        asker.settle(waiting, first, changed)
    assert asker.settle(waiting, first, answer) == []


def test_a_third_city_cannot_answer_for_the_asked_one(
    make_league: Callable[..., list[Town]],
) -> None:
    asker, asked, third = make_league(3)
    asker.ask("510600", "trial.add", {"name": "a"}, purpose="trial")
    waiting = asker.waiting("510600")
    sealed = asker.seal("510600", waiting)
    honest = asked.take(sealed)
    forged = answered_by(third, sealed, honest.body.splitlines(), asker)
    with pytest.raises(Problem, match="reply_mismatch"):
        asker.settle(waiting, sealed, forged)
    assert asker.settle(waiting, sealed, honest) == []


def test_a_late_answer_for_nothing_is_refused_and_settles_nothing(pair: Pair) -> None:
    asker, asked = pair
    late = asked.exchange.new_message(
        Kind.ANSWER, "trial.add", "510100", {"value": 7}, organisation="510600",
        now=asked.clock.now, in_reply_to="nothing",
    )  # fmt: skip
    sealed = asked.seal("510100", [replace(outgoing(late.to_line()), peer="510100")])
    (reply,) = [read_line(line) for line in asker.take(sealed).body.splitlines()]
    assert (reply.kind, reply.data["code"]) == (Kind.REFUSAL, "answer_unasked")
    assert asker.rows(select(messages_out)) == []


def test_a_text_that_only_writes_about_nul_is_taken(pair: Pair) -> None:
    asker, asked = pair
    (reply,) = deliver(asker, asked, [good(asker, data={"name": "\\u0000 \\\\u0000"})])
    assert reply.kind is Kind.ANSWER


@pytest.mark.parametrize(
    ("expires", "code"),
    [
        ("2026-11-25T00:59:59Z", "message_expired"),
        ("2026-11-25T01:00:00.000Z", "message_expired"),
        ("2026-11-25T09:00:00+08:00", "message_expired"),
        ("2026-11-25T01:00:01", "message_malformed"),
        ("tomorrow", "message_malformed"),
        ("2026-11-25T01:00:01Z", None),
    ],
)
def test_a_request_is_not_done_after_its_own_end(
    pair: Pair, expires: str, code: str | None
) -> None:
    asker, asked = pair
    line = good(asker, expires_at=expires)
    (reply,) = deliver(asker, asked, [line])
    if code is not None:
        assert (reply.kind, reply.data["code"]) == (Kind.REFUSAL, code)
        assert counter(asked) == 0
        return
    assert (reply.kind, counter(asked)) == (Kind.ANSWER, 1)
    asker.clock.advance(hours=1)
    assert deliver(asker, asked, [line]) == [reply]
    assert counter(asked) == 1
