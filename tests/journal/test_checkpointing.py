"""Heads are stored before they are shown, never twice of one size, never backwards."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from hanse.foundation.errors import Problem
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.journal import log, witness
from hanse.mechanisms.journal.checkpoints import Checkpoint, parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosigned_by, sign_checkpoint
from hanse.mechanisms.journal.parties import witness_keys
from tests.exchange.cities import Town
from tests.journal.league_journals import (
    add_entries,
    charter_of,
    checkpointed,
    cosign_by,
    old_size,
    sign_head,
)

League = Callable[..., list[Town]]


def test_all_other_cities_cosign_a_head_that_extends_the_last(make_league: League) -> None:
    first, *others = make_league(3)
    for count in (1, 300, 2):
        add_entries(first, count)
        note = checkpointed(first, others)
        charter = charter_of(first).document
        assert len(cosigned_by(note, witness_keys(charter, first.city))) == 2
        for one in others:
            assert old_size(one, charter, first.city) == parse_checkpoint(note.text).size


def test_an_unchanged_journal_is_not_signed_again(make_league: League) -> None:
    first, _ = make_league(2)
    note = sign_head(first)
    first.clock.advance(seconds=10)
    assert sign_head(first) == note


def test_a_journal_from_an_old_backup_signs_nothing(make_league: League) -> None:
    first, _ = make_league(2)
    with reading(first.engine) as transaction:
        before = log.head(transaction)
    add_entries(first, 5)
    sign_head(first)
    with committing(first.engine) as transaction:
        log._store_head(transaction, before)
        transaction.execute(
            text("DELETE FROM journal_entries WHERE position >= :size"), {"size": before.size}
        )
    with pytest.raises(Problem, match="journal_rolled_back"):
        sign_head(first)
    add_entries(first, 5)
    with pytest.raises(Problem, match="journal_rolled_back"):
        sign_head(first)


def test_a_fork_shown_to_a_witness_is_refused_kept_and_journaled(make_league: League) -> None:
    first, other = make_league(2)
    note = checkpointed(first, [other])
    head = parse_checkpoint(note.text)
    add_entries(first, 5)
    checkpointed(first, [other])
    forged = Checkpoint(head.origin, head.size, bytes(32))
    shown = sign_checkpoint(forged, first.key, 0)
    charter = charter_of(first).document
    size = old_size(other, charter, first.city)
    assert cosign_by(other, shown, [], 0) == []
    assert cosign_by(other, shown, [], size) == []
    with reading(other.engine) as transaction:
        (alarm,) = witness.alarms(transaction)
        assert alarm["size"] == head.size
        assert alarm["shown"] == shown.encode().decode()
        newest = log.rows_from(transaction, log.size(transaction) - 1, 1)[0]
        assert newest.kind == "witness.alarm"
    assert old_size(other, charter, first.city) == size


def test_what_a_stranger_signs_raises_no_alarm(make_league: League) -> None:
    first, other = make_league(2)
    head = parse_checkpoint(checkpointed(first, [other]).text)
    forged = sign_checkpoint(Checkpoint(head.origin, head.size, bytes(32)), other.key, 0)
    assert cosign_by(other, forged, [], head.size) == []
    with reading(other.engine) as transaction:
        assert witness.alarms(transaction) == []
