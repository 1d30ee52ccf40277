"""Entries take their places with the commit of their effect, or neither happens."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, select, text

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import root, verify_consistency, verify_inclusion
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.entries import commitment, read_entry
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.journal.tiles import ENTRIES, Tile, parse_entry_bundle, tiles_of
from tests.exchange.cities import START, Town


@pytest.fixture
def engine(fresh_store: Callable[[str], str]) -> Iterator[Engine]:
    made = open_engine(fresh_store("journal"))
    metadata.create_all(made)
    yield made
    made.dispose()


def fill(engine: Engine, count: int) -> None:
    with committing(engine) as transaction:
        for number in range(count):
            details = {"organisation": f"bureau-{number}", "count": number}
            log.record(transaction, "token.revoked", details, at=START)


def test_the_tree_is_that_of_the_entries_and_every_proof_verifies(engine: Engine) -> None:
    roots = {}
    for count in (1, 2, 254, 300, 43):
        fill(engine, count)
        with reading(engine) as transaction:
            head = log.head(transaction)
            roots[head.size] = head.root()
    with reading(engine) as transaction:
        assert log.verify_stored(transaction) == 600
        rows = transaction.rows(select(journal_entries).order_by(journal_entries.c.position))
        leaves = [bytes(row.leaf) for row in rows]
        assert root(leaves) == roots[600]
        for position in (0, 1, 255, 256, 511, 512, 599):
            path = log.inclusion_path(transaction, position, 600)
            assert verify_inclusion(leaves[position], position, 600, path, roots[600])
        for old, old_root in roots.items():
            path = log.consistency_path(transaction, old, 600)
            assert verify_consistency(old, old_root, 600, roots[600], path)


def test_entries_open_to_their_details(engine: Engine) -> None:
    fill(engine, 3)
    with reading(engine) as transaction:
        for row in log.rows_from(transaction, 0, 3):
            entry = read_entry(bytes(row.entry))
            assert entry.commitment == commitment(bytes(row.salt), bytes(row.details))
            assert b"bureau" not in bytes(row.entry)


def test_tiles_of_the_store_hold_every_entry_once(engine: Engine) -> None:
    fill(engine, 300)
    with reading(engine) as transaction:
        found = []
        for tile in tiles_of(300):
            data = log.tile_bytes(transaction, tile, 300)
            if tile.level == ENTRIES:
                found += parse_entry_bundle(tile, data)
        assert found == [bytes(row.entry) for row in log.rows_from(transaction, 0, 300)]
        with pytest.raises(Problem, match="tile_outside_tree"):
            log.tile_bytes(transaction, Tile(0, 1, 45), 300)


def test_a_savepoint_that_fails_takes_its_evidence_along(engine: Engine) -> None:
    with committing(engine) as transaction:
        log.record(transaction, "token.revoked", {"organisation": "a", "count": 1}, at=START)
        with pytest.raises(KeyError), transaction.savepoint():  # noqa: PT012
            log.record(transaction, "token.revoked", {"organisation": "b", "count": 1}, at=START)
            log.record(transaction, "no.such_kind", {}, at=START)
    with reading(engine) as transaction:
        (row,) = log.rows_from(transaction, 0, 10)
        assert b'"a"' in bytes(row.details)


def test_details_are_exactly_the_published_fields(engine: Engine) -> None:
    with committing(engine) as transaction:
        for details in ({"organisation": "a"}, {"organisation": "a", "count": 1, "more": 2}):
            with pytest.raises(Problem, match="journal_details_wrong"):
                log.record(transaction, "token.revoked", details, at=START)
    with reading(engine) as transaction:
        assert log.size(transaction) == 0


@pytest.mark.parametrize("damage", ["entry", "missing", "surplus", "leaf"])
def test_damage_of_the_store_is_found(engine: Engine, damage: str) -> None:
    fill(engine, 5)
    statement = {
        "entry": "UPDATE journal_entries SET entry = salt WHERE position = 3",
        "leaf": "UPDATE journal_entries SET leaf = salt WHERE position = 3",
        "missing": "DELETE FROM journal_entries WHERE position = 3",
        "surplus": "UPDATE journal_entries SET position = 5 WHERE position = 4",
    }[damage]
    with committing(engine) as transaction:
        transaction.execute(text(statement))
    with reading(engine) as transaction, pytest.raises(Problem, match="journal_damaged"):
        log.verify_stored(transaction)


def test_without_its_journal_a_city_answers_nothing_and_keeps_nothing(
    pair: tuple[Town, Town],
) -> None:
    asker, asked = pair
    asker.ask("510600", "trial.add", {"name": "x"}, purpose="trial")
    waiting = asker.waiting("510600")
    sealed = asker.seal("510600", waiting)
    with committing(asked.engine) as transaction:
        transaction.execute(text("ALTER TABLE journal_entries RENAME TO elsewhere"))
    with pytest.raises(Exception, match="journal_entries"):
        asked.take(sealed)
    assert asked.rows(text("SELECT * FROM messages_in")) == []
    assert asked.rows(text("SELECT * FROM trial_counters")) == []
    assert asked.rows(text("SELECT * FROM deliveries")) == []
    with committing(asked.engine) as transaction:
        transaction.execute(text("ALTER TABLE elsewhere RENAME TO journal_entries"))
    assert asker.settle(waiting, sealed, asked.take(sealed)) == []
