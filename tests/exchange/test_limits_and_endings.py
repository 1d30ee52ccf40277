"""What ends or limits an exchange: rates, expiry, reused ids, dead letters, full queues."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import Problem
from hanse.foundation.languages import Text
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.exchange import outbox
from hanse.mechanisms.exchange.limits import ExchangeLimits
from hanse.mechanisms.exchange.message import read_line
from hanse.mechanisms.exchange.settle import REPLY_MISMATCH
from hanse.mechanisms.exchange.tables import grant_use, messages_in, messages_out
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.agreement_records import next_statement
from hanse.mechanisms.league.agreements import StatementKind
from hanse.mechanisms.league.documents import Signed, sign
from tests.exchange.cities import Town, carry
from tests.exchange.trial import value_of

Pair = tuple[Town, Town]


def counter(town: Town, name: str = "a") -> int:
    with reading(town.engine) as transaction:
        return value_of(transaction, name)


def add(asker: Town, **options: Any) -> str:
    return asker.ask("510600", "trial.add", {"name": "a"}, purpose="trial", **options)


def reply(asker: Town, message_id: str) -> dict[str, Any]:
    (row,) = asker.rows(select(messages_out).where(messages_out.c.message_id == message_id))
    data: dict[str, Any] = read_line(row.answer).data
    return data


@pytest.mark.parametrize(("limit", "window"), [("rate_per_minute", 60), ("rate_per_day", 86_400)])
def test_a_grant_is_used_only_so_often_and_again_in_the_next_window(
    make_league: Callable[..., list[Town]], limit: str, window: int
) -> None:
    grants = [{"operations": ["trial.add"], "purposes": ["trial"], limit: 2}]
    asker, asked = make_league(2, grants)
    for _ in range(3):
        add(asker)
    assert len(carry(asker, asked)) == 1
    assert counter(asked) == 2
    (row,) = asked.rows(select(grant_use))
    assert row.used == 2
    asker.clock.advance(seconds=window)
    assert carry(asker, asked) == []
    assert counter(asked) == 3


def test_an_id_with_another_content_is_refused_for_ever(pair: Pair) -> None:
    asker, asked = pair
    first = add(asker, message_id="order-1")
    carry(asker, asked)
    (row,) = asker.rows(select(messages_out).where(messages_out.c.message_id == first))
    other = replace(read_line(row.line), data={"name": "b", "amount": 5}).to_line()
    with committing(asker.engine) as transaction:
        transaction.execute(update(messages_out).values(line=other, state="pending"))
    for _ in range(2):
        carry(asker, asked)
        assert reply(asker, first)["code"] == "message_id_reused"
        with committing(asker.engine) as transaction:
            transaction.execute(update(messages_out).values(state="pending"))
    assert (counter(asked), counter(asked, "b")) == (1, 0)
    with pytest.raises(Problem, match="message_id_reused"):
        asker.ask("510600", "trial.add", {"name": "b"}, purpose="trial", message_id="order-1")


def test_an_agreement_suspended_meanwhile_stops_what_waits(pair: Pair) -> None:
    asker, _ = pair
    add(asker)
    (waiting,) = asker.waiting("510600")
    with committing(asker.engine) as transaction:
        record = asker.side(transaction).league.records[0]
        statement = next_statement(
            record,
            asker.city,
            StatementKind.SUSPEND,
            Text("复核", "review"),
            issued_at=asker.clock.now,
        )
        signed = Signed(statement, (sign(statement, asker.city, "k1", asker.key),))
        league_store.accept_statement(transaction, signed.to_bytes(), asker.clock.now)
    with committing(asker.engine) as transaction:
        league = asker.side(transaction).league
        problem = asker.desk.uncovered(league, waiting, asker.clock.now)
        assert problem is not None
        assert problem.code == "agreement_suspended"
        outbox.bury(asker.exchange, transaction, waiting, problem, asker.clock.now)
    (row,) = asker.rows(select(messages_out))
    assert row.state == "dead"
    assert "agreement_suspended" in row.problem
    assert asker.settled == {waiting.message_id: None}


def test_the_answering_city_asks_its_own_agreements_too(pair: Pair) -> None:
    """The asker believes that the agreement holds; the asked city has ended it."""
    asker, asked = pair
    asked_id = add(asker)
    with committing(asked.engine) as transaction:
        record = asked.side(transaction).league.records[0]
        statement = next_statement(
            record, asked.city, StatementKind.END, Text("终止", "ended"), issued_at=asked.clock.now
        )
        signed = Signed(statement, (sign(statement, asked.city, "k1", asked.key),))
        league_store.accept_statement(transaction, signed.to_bytes(), asked.clock.now)
    carry(asker, asked)
    assert reply(asker, asked_id)["code"] == "agreement_ended"
    assert counter(asked) == 0


def test_an_expired_agreement_covers_nothing(pair: Pair) -> None:
    asker, asked = pair
    asker.clock.advance(days=366)
    with pytest.raises(Problem, match="agreement_expired"):
        add(asker)
    assert asker.rows(select(messages_out)) == []
    assert asked.rows(select(messages_in)) == []


def test_a_message_that_no_delivery_carried_becomes_a_dead_letter_and_is_sent_again(
    pair: Pair,
) -> None:
    asker, asked = pair
    asked_id = add(asker)
    waiting = asker.waiting("510600")
    problem = REPLY_MISMATCH()
    with committing(asker.engine) as transaction:
        assert not outbox.failed(asker.exchange, transaction, waiting, problem, asker.clock.now)
    asker.clock.advance(hours=73)
    with committing(asker.engine) as transaction:
        dead = outbox.failed(asker.exchange, transaction, waiting, problem, asker.clock.now)
    assert dead == waiting
    (row,) = asker.rows(select(messages_out))
    assert (row.state, row.attempts, row.line) == ("dead", 2, waiting[0].line)
    assert asker.waiting("510600") == []
    with committing(asker.engine) as transaction:
        outbox.resend(asker.exchange, transaction, asked_id, asker.clock.now)
    (again,) = asker.waiting("510600")
    assert again.line == waiting[0].line
    assert again.expires_at_ms > to_ms(asker.clock.now)
    assert carry(asker, asked) == []
    assert counter(asked) == 1


def test_a_full_queue_refuses_more_and_takes_again_when_it_empties(
    make_league: Callable[..., list[Town]],
) -> None:
    asker, asked = make_league(2, limits=ExchangeLimits(pending_per_peer_max=2))
    add(asker)
    add(asker)
    with pytest.raises(Problem, match="outbox_full"):
        add(asker)
    assert len(asker.waiting("510600")) == 2
    carry(asker, asked)
    add(asker)


def test_a_reply_that_answers_another_message_settles_nothing(pair: Pair) -> None:
    asker, asked = pair
    first, second = add(asker), add(asker)
    waiting = asker.waiting("510600")
    sealed = asker.seal("510600", waiting)
    answer = asked.take(sealed)
    swapped = list(reversed(waiting))
    again = asker.settle(swapped, sealed, answer)
    assert {one.message_id for one in again} == {first, second}
    rows = asker.rows(select(messages_out.c.state))
    assert {row.state for row in rows} == {"pending"}


def test_a_question_without_the_declared_form_does_not_leave(pair: Pair) -> None:
    asker, _ = pair
    with pytest.raises(Problem, match="data_invalid") as refused:
        asker.ask("510600", "trial.add", {"name": "a", "amount": "many"}, purpose="trial")
    assert "many" not in str(refused.value.as_dict())
    assert asker.rows(select(messages_out)) == []


@pytest.mark.parametrize(
    ("city", "operation", "purpose", "organisation", "code"),
    [
        ("510600", "trial.give", "trial", "bureau", "operation_unknown"),
        ("510100", "trial.add", "trial", "bureau", "city_is_own"),
        ("999999", "trial.add", "trial", "bureau", "city_unknown"),
        ("510600", "trial.add", None, "bureau", "purpose_required"),
        ("510600", "trial.add", "other", "bureau", "purpose_not_granted"),
        ("510600", "trial.add", "trial", "stranger", "organisation_not_granted"),
    ],
)
def test_what_is_not_covered_does_not_leave(
    pair: Pair, city: str, operation: str, purpose: str | None, organisation: str, code: str
) -> None:
    asker, _ = pair
    data = {"city": "510600", "message_id": "x", "value": 1}
    data = data if operation == "trial.give" else {"name": "a"}
    with pytest.raises(Problem, match=code):
        asker.ask(city, operation, data, purpose=purpose, organisation=organisation)
    assert asker.rows(select(messages_out)) == []
