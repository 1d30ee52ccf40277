"""What a refusal does at the asking city, answers owed to own agencies, and work the clock makes
due."""

from sqlalchemy import select

from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange.due import run_due
from hanse.mechanisms.exchange.message import Kind
from hanse.mechanisms.exchange.tables import messages_in
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.league import store as league_store
from tests.exchange.cities import Town, carry
from tests.exchange.trial import told, value_of

Pair = tuple[Town, Town]


def texts(town: Town) -> list[str]:
    return [row.text for row in town.rows(select(told))]


def due(town: Town) -> int:
    with committing(town.engine) as transaction:
        league = league_store.load(transaction, town.city)
        return run_due(town.exchange, town.desk, transaction, league, town.clock.now)


def counter(town: Town, name: str) -> int:
    with committing(town.engine) as transaction:
        return value_of(transaction, name)


def test_a_final_refusal_reaches_the_askers_handler_once(pair: Pair) -> None:
    asker, asked = pair
    asked_id = asker.ask("510600", "trial.add", {"name": "a", "amount": 101}, purpose="trial")
    carry(asker, asked, lose_answer=True)
    assert texts(asker) == []
    carry(asker, asked)
    carry(asker, asked)
    assert texts(asker) == [f"{asked_id[:8]} trial_too_much"]


def test_a_retryable_refusal_is_not_told_to_the_asker(pair: Pair) -> None:
    asker, asked = pair
    asker.ask("510600", "trial.add", {"name": "not-now"}, purpose="trial")
    assert len(carry(asker, asked)) == 1
    assert texts(asker) == []


def test_an_answer_owed_to_an_own_agency_is_recorded_told_and_journaled(pair: Pair) -> None:
    _, asked = pair
    receipt = asked.call("trial.add_later", {"name": "a"}, message_id="call-1")
    assert receipt.kind is Kind.RECEIPT
    assert asked.call("trial.add_later", {"name": "a"}, message_id="call-1") == receipt
    before = len(asked.rows(select(journal_entries)))
    given = {"city": asked.city, "message_id": "call-1", "value": 7}
    assert asked.call("trial.give", given).kind is Kind.ANSWER
    assert asked.waiting(asked.city) == []
    assert asked.settled["call-1"] is not None
    again = asked.call("trial.add_later", {"name": "a"}, message_id="call-1")
    assert (again.kind, again.data["value"]) == (Kind.ANSWER, 7)
    (row,) = asked.rows(select(messages_in.c.outcome).where(messages_in.c.message_id == "call-1"))
    assert row.outcome == "answered"
    assert counter(asked, "a") == 1
    assert len(asked.rows(select(journal_entries))) == before + 2


def test_due_work_is_done_piece_by_piece_until_nothing_is_due(pair: Pair) -> None:
    _, asked = pair
    asked.call("trial.add", {"name": "due", "amount": 2})
    assert [due(asked) for _ in range(4)] == [1, 1, 0, 0]
    assert counter(asked, "due") == 0


def test_due_work_that_fails_undoes_itself_alone_and_is_tried_again(pair: Pair) -> None:
    _, asked = pair
    asked.call("trial.add", {"name": "due-broken"})
    asked.call("trial.add", {"name": "due"})
    assert [due(asked), due(asked)] == [0, 0]
    assert (counter(asked, "due-broken"), counter(asked, "due")) == (1, 1)
    assert [type(error) for error in asked.errors] == [RuntimeError, RuntimeError]
