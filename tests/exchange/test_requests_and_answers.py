"""Requests and answers: granted, filtered, recorded once, and refused without effect."""

from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.mechanisms.exchange.tables import deliveries, messages_in, messages_out
from tests.exchange.cities import Town, carry
from tests.exchange.trial import value_of

Pair = tuple[Town, Town]


def counter(town: Town, name: str = "a") -> int:
    with reading(town.engine) as transaction:
        return value_of(transaction, name)


def reply_data(asker: Town, message_id: str) -> Any:
    (row,) = asker.rows(select(messages_out).where(messages_out.c.message_id == message_id))
    return read_line(row.answer).data


def state(asker: Town, message_id: str) -> str:
    (row,) = asker.rows(select(messages_out).where(messages_out.c.message_id == message_id))
    return str(row.state)


def test_an_answer_holds_only_the_granted_fields(pair: Pair) -> None:
    asker, asked = pair
    asked_id = asker.ask("510600", "trial.add", {"name": "a", "amount": 2}, purpose="trial")
    assert carry(asker, asked) == []
    assert reply_data(asker, asked_id) == {"value": 2}
    assert asker.settled.keys() == {asked_id}
    (row,) = asked.rows(select(messages_in).where(messages_in.c.peer == "510100"))
    assert b"of the city" not in row.answer


def test_both_sides_record_the_delivery_with_its_signatures(pair: Pair) -> None:
    asker, asked = pair
    asker.ask("510600", "trial.add", {"name": "a"}, purpose="trial")
    carry(asker, asked)
    (sent,) = asker.rows(select(deliveries))
    (taken,) = asked.rows(select(deliveries))
    assert (sent.direction, taken.direction) == ("out", "in")
    for column in (
        "nonce",
        "request_base",
        "request_signature",
        "response_base",
        "response_leaves",
    ):
        assert getattr(sent, column) == getattr(taken, column)
    assert asker.key.public.verify(taken.request_signature, taken.request_base)
    assert asked.key.public.verify(sent.response_signature, sent.response_base)


def test_a_lost_answer_is_given_again_and_nothing_happens_twice(pair: Pair) -> None:
    asker, asked = pair
    asked_id = asker.ask("510600", "trial.add", {"name": "a"}, purpose="trial")
    assert len(carry(asker, asked, lose_answer=True)) == 1
    assert len(carry(asker, asked, lose_answer=True)) == 1
    assert carry(asker, asked) == []
    assert counter(asked) == 1
    assert reply_data(asker, asked_id) == {"value": 1}


def test_a_lost_request_is_sent_again(pair: Pair) -> None:
    asker, asked = pair
    asker.ask("510600", "trial.add", {"name": "a"}, purpose="trial")
    assert len(carry(asker, asked, lose_request=True)) == 1
    assert counter(asked) == 0
    assert carry(asker, asked) == []
    assert counter(asked) == 1


def test_a_refusal_of_the_handler_undoes_what_it_changed_and_is_final(pair: Pair) -> None:
    asker, asked = pair
    first = asker.ask("510600", "trial.add", {"name": "a", "amount": 99}, purpose="trial")
    second = asker.ask("510600", "trial.add", {"name": "a", "amount": 2}, purpose="trial")
    carry(asker, asked)
    assert counter(asked) == 99
    assert state(asker, first) == "done"
    assert state(asker, second) == "refused"
    assert reply_data(asker, second)["code"] == "trial_too_much"


def test_a_failure_of_the_handler_changes_nothing_and_is_tried_again(pair: Pair) -> None:
    asker, asked = pair
    asked_id = asker.ask("510600", "trial.add", {"name": "broken"}, purpose="trial")
    assert len(carry(asker, asked)) == 1
    assert counter(asked, "broken") == 0
    assert state(asker, asked_id) == "pending"
    assert [type(error) for error in asked.errors] == [RuntimeError]
    assert asked.rows(select(messages_in).where(messages_in.c.peer == "510100")) == []


def test_a_retryable_refusal_is_not_recorded(pair: Pair) -> None:
    asker, asked = pair
    asker.ask("510600", "trial.add", {"name": "not-now"}, purpose="trial")
    assert len(carry(asker, asked)) == 1
    assert asked.rows(select(messages_in).where(messages_in.c.peer == "510100")) == []
    assert counter(asked, "not-now") == 0


def test_an_owed_answer_comes_later_and_settles_the_request(pair: Pair) -> None:
    asker, asked = pair
    asked_id = asker.ask("510600", "trial.add_later", {"name": "a"}, purpose="trial")
    carry(asker, asked)
    assert state(asker, asked_id) == "owed"
    assert asker.settled == {}
    given = asked.call("trial.give", {"city": "510100", "message_id": asked_id, "value": 7})
    assert given.kind is Kind.ANSWER
    assert carry(asked, asker) == []
    assert state(asker, asked_id) == "done"
    assert reply_data(asker, asked_id) == {"value": 7}
    assert asker.settled.keys() == {asked_id}


def test_an_owed_answer_is_given_once(pair: Pair) -> None:
    asker, asked = pair
    asked_id = asker.ask("510600", "trial.add_later", {"name": "a"}, purpose="trial")
    carry(asker, asked)
    asked.call("trial.give", {"city": "510100", "message_id": asked_id, "value": 7})
    again = asked.call("trial.give", {"city": "510100", "message_id": asked_id, "value": 8})
    assert again.kind is Kind.REFUSAL
    assert again.data["code"] == "nothing_owed"
    carry(asked, asker)
    assert reply_data(asker, asked_id) == {"value": 7}


def test_the_same_question_with_its_own_id_is_asked_once(pair: Pair) -> None:
    asker, asked = pair
    for _ in range(3):
        asker.ask("510600", "trial.add", {"name": "a"}, purpose="trial", message_id="order-1")
    carry(asker, asked)
    assert counter(asked) == 1


def test_an_own_agency_sees_every_field_and_repeats_without_effect(pair: Pair) -> None:
    _, asked = pair
    for _ in range(2):
        answer = asked.call("trial.add", {"name": "a"}, message_id="call-1")
        assert answer.data == {"value": 1, "secret": "of the city"}
    assert counter(asked) == 1
    with pytest.raises(Problem, match="message_id_reused"):
        asked.call("trial.add", {"name": "b"}, message_id="call-1")
    assert counter(asked, "b") == 0


def test_a_late_answer_that_overtakes_the_receipt_settles_once(pair: Pair) -> None:
    """The receipt of an owed answer is lost; the answer comes, and then the receipt again."""
    asker, asked = pair
    asked_id = asker.ask("510600", "trial.add_later", {"name": "a"}, purpose="trial")
    waiting = asker.waiting("510600")
    sealed = asker.seal("510600", waiting)
    receipt = asked.take(sealed)
    asked.call("trial.give", {"city": "510100", "message_id": asked_id, "value": 7})
    carry(asked, asker)
    assert state(asker, asked_id) == "done"
    asker.settle(waiting, sealed, receipt)
    assert state(asker, asked_id) == "done"
    assert reply_data(asker, asked_id) == {"value": 7}
    assert asker.exchange.pending["510600"] == 0


def test_what_a_handler_wrote_before_it_owed_its_answer_stays(pair: Pair) -> None:
    asker, asked = pair
    asker.ask("510600", "trial.add_later", {"name": "kept"}, purpose="trial")
    carry(asker, asked)
    assert counter(asked, "kept") == 1
