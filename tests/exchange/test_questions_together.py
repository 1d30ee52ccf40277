"""Questions put with one statement: each is checked for itself, and the limit holds among them."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange.desk import Question
from hanse.mechanisms.exchange.limits import ExchangeLimits
from hanse.mechanisms.exchange.tables import messages_out
from hanse.mechanisms.league import store as league_store
from tests.exchange.cities import Town, carry

MakeLeague = Callable[..., list[Town]]
NAMES = ("a", "b", "c", "d", "e")


def question(name: str, *, city: str = "510600", purpose: str | None = "trial") -> Question:
    data = {"name": name, "amount": 1}
    return Question(
        city, "trial.add", data, "bureau", purpose=purpose, message_id=f"id-{name}", is_fresh=True
    )


def put_in(transaction: Transaction, town: Town, questions: Sequence[Question]) -> list[str | None]:
    """Put them together; gives the code of each one's refusal."""
    league = league_store.load(transaction, town.city)
    refusals = town.desk.put_fresh(transaction, league, questions, town.clock.now)
    return [None if one is None else one.code for one in refusals]


def put(town: Town, *questions: Question) -> list[str | None]:
    with committing(town.engine) as transaction:
        return put_in(transaction, town, questions)


def test_a_refused_question_writes_nothing_and_holds_up_no_other(make_league: MakeLeague) -> None:
    asker, asked = make_league(2)
    refused = (question("x", city="999999"), question("y", purpose=None), question("z" * 2_000_000))
    codes = put(asker, question("a"), *refused, question("b"))
    assert codes == [None, "city_unknown", "purpose_required", "data_invalid", None]
    assert [one.message_id for one in asker.waiting("510600")] == ["id-a", "id-b"]
    assert len(asker.rows(select(messages_out))) == 2
    assert carry(asker, asked) == []
    assert {row.state for row in asker.rows(select(messages_out.c.state))} == {"done"}


def test_the_queues_limit_holds_among_questions_put_together(make_league: MakeLeague) -> None:
    asker, _ = make_league(2, limits=ExchangeLimits(pending_per_peer_max=2))
    codes = put(asker, *(question(name) for name in NAMES))
    assert codes == [None, None, "outbox_full", "outbox_full", "outbox_full"]
    assert len(asker.waiting("510600")) == 2


def test_a_full_queue_to_one_city_refuses_no_other_city(make_league: MakeLeague) -> None:
    asker, *_ = make_league(3, limits=ExchangeLimits(pending_per_peer_max=1))
    codes = put(asker, question("a"), question("b"), question("c", city="510700"))
    assert codes == [None, "outbox_full", None]


def test_the_queues_limit_holds_among_several_pieces_of_one_commit(make_league: MakeLeague) -> None:
    asker, _ = make_league(2, limits=ExchangeLimits(pending_per_peer_max=2))
    with committing(asker.engine) as transaction:
        side = asker.side(transaction)
        for name in NAMES[:2]:
            with transaction.savepoint():
                asker.desk.put_question(transaction, side.league, question(name), asker.clock.now)
        with pytest.raises(Problem, match="outbox_full"), transaction.savepoint():
            asker.desk.put_question(transaction, side.league, question("c"), asker.clock.now)
        assert put_in(transaction, asker, [question("d")]) == ["outbox_full"]
    assert [one.message_id for one in asker.waiting("510600")] == ["id-a", "id-b"]


def test_what_is_undone_gives_its_place_in_the_queue_back(make_league: MakeLeague) -> None:
    asker, _ = make_league(2, limits=ExchangeLimits(pending_per_peer_max=2))

    def undone(transaction: Transaction) -> None:
        with transaction.savepoint():
            assert put_in(transaction, asker, [question("a"), question("b")]) == [None, None]
            raise ValueError("undone")

    with committing(asker.engine) as transaction:
        with pytest.raises(ValueError, match="undone"):
            undone(transaction)
        assert put_in(transaction, asker, [question("c"), question("d")]) == [None, None]
    assert [one.message_id for one in asker.waiting("510600")] == ["id-c", "id-d"]
    assert put(asker, question("e")) == ["outbox_full"]
