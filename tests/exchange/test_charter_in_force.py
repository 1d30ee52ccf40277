"""Without a charter in force nobody is asked and nobody is answered; a newer charter heals it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange.tables import deliveries, messages_in, messages_out
from hanse.mechanisms.league import charter_proposals
from hanse.mechanisms.league import store as league_store
from tests.exchange.cities import Town, carry, signed_by
from tests.exchange.test_requests_and_answers import counter

Pair = tuple[Town, Town]
LAPSED_DAYS = 3_651


def ask(asker: Town) -> str:
    return asker.ask("510600", "league.ping", {})


def prolong(towns: Pair) -> None:
    """Give both towns the next charter, signed by both before the old one ended."""
    with committing(towns[0].engine) as transaction:
        current = league_store.current_charter(transaction)
    assert current is not None
    longer = charter_proposals.with_validity(
        current.document,
        issued_at=towns[0].clock.now,
        valid_until=current.document.valid_until + timedelta(days=3650),
    )
    document = signed_by(longer, towns).to_bytes()
    for town in towns:
        with committing(town.engine) as transaction:
            league_store.accept_charters(transaction, [document], current.digest, town.clock.now)


def test_a_lapsed_charter_stops_a_delivery_and_changes_nothing(pair: Pair) -> None:
    asker, asked = pair
    ask(asker)
    asker.clock.advance(days=LAPSED_DAYS)
    with pytest.raises(Problem, match="charter_not_in_force"):
        carry(asker, asked)
    assert asked.rows(select(messages_in)) == []
    assert asked.rows(select(deliveries)) == []
    assert [row.state for row in asker.rows(select(messages_out))] == ["pending"]


def test_a_question_under_a_lapsed_charter_does_not_leave(pair: Pair) -> None:
    asker, _ = pair
    asker.clock.advance(days=LAPSED_DAYS)
    with pytest.raises(Problem, match="charter_not_in_force"):
        ask(asker)
    assert asker.rows(select(messages_out)) == []


def test_an_own_agency_is_answered_all_the_same(pair: Pair) -> None:
    """A city's own agencies need no charter: what is inside a city is the city's own matter."""
    _, asked = pair
    asked.clock.advance(days=LAPSED_DAYS)
    asked.call("trial.add", {"name": "a"})
    assert counter(asked) == 1


def test_what_waited_is_answered_under_the_next_charter(pair: Pair) -> None:
    asker, asked = pair
    ask(asker)
    asker.clock.advance(days=LAPSED_DAYS)
    with pytest.raises(Problem, match="charter_not_in_force"):
        carry(asker, asked)
    prolong(pair)
    assert carry(asker, asked) == []
