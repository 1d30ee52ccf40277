"""Planted attacks on a journal, each found and named with its place."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import Frontier, consistency_path, leaf_hash
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.journal import checkpointing, log
from hanse.mechanisms.journal.audit import audit
from hanse.mechanisms.journal.audit_findings import Finding, Report, Source
from hanse.mechanisms.journal.audit_knowledge import knowledge
from hanse.mechanisms.journal.checkpoints import Checkpoint, parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosign, sign_checkpoint
from hanse.mechanisms.journal.notes import Note, parse_note
from hanse.mechanisms.journal.parties import origin_of
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.journal.tiles import (
    ENTRIES,
    TILE_OUTSIDE,
    TILE_WIDTH,
    Tile,
    entry_bundle,
    hash_tile,
)
from tests.exchange.cities import Town, carry
from tests.journal.league_journals import (
    Served,
    add_entries,
    charter_of,
    checkpointed,
    cosign_by,
)

League = Callable[..., list[Town]]


class Copy:
    """A journal in memory, as a folder of tiles would hold it: a mirror, or a lie."""

    def __init__(self, note: bytes, entries: Sequence[bytes], said: int | None = None) -> None:
        self.note = note
        self.entries = list(entries)
        self.said = len(entries) if said is None else said

    def checkpoint(self) -> bytes:
        return self.note

    def tile(self, tile: Tile) -> bytes:
        first = tile.index * TILE_WIDTH
        if first + tile.width > len(self.entries) or tile.level > 0:
            raise TILE_OUTSIDE()
        if tile.level == ENTRIES:
            return entry_bundle(self.entries[first : first + tile.width])
        leaves = [leaf_hash(one) for one in self.entries]
        return hash_tile(lambda level, index: leaves[index], tile)

    def root(self) -> bytes:
        tree = Frontier()
        tree.extend(leaf_hash(one) for one in self.entries)
        return tree.root()


class Scene:
    """A city with two heads of its journal that two others cosigned; one of them audits."""

    def __init__(self, towns: list[Town]) -> None:
        self.city, self.auditor, self.third = towns
        self.auditor.ask("510100", "trial.add", {"name": "x"}, purpose="trial")
        carry(self.auditor, self.city)
        add_entries(self.city, 290)
        self.others = [self.auditor, self.third]
        self.first = checkpointed(self.city, self.others)
        self.city.clock.advance(hours=1)
        add_entries(self.city, 10)
        self.second = checkpointed(self.city, self.others)
        with reading(self.city.engine) as transaction:
            rows = transaction.rows(
                select(journal_entries.c.entry).order_by(journal_entries.c.position)
            )
        self.entries = [bytes(row.entry) for row in rows]
        self.mirror = Copy(self.second.encode(), self.entries)

    def audit(
        self,
        source: Source | None = None,
        mirror: Source | None = None,
        by: Town | None = None,
    ) -> Report:
        auditor = by or self.auditor
        charter = charter_of(auditor).document
        with reading(auditor.engine) as transaction:
            known = knowledge(transaction, charter, auditor.city, self.city.city, mirror)
        return audit(source or Served(self.city), charter, self.city.city, known)

    def lie(self, entries: Sequence[bytes], witnesses: Sequence[Town] = ()) -> Copy:
        """Other entries under a head that the city signs all the same."""
        lie = Copy(b"", entries)
        head = Checkpoint(parse_checkpoint(self.second.text).origin, len(lie.entries), lie.root())
        note = sign_checkpoint(head, self.city.key, 0)
        lie.note = self.cosigned(note, head, witnesses).encode()
        return lie

    def cosigned(self, note: Note, head: Checkpoint, witnesses: Sequence[Town]) -> Note:
        charter = charter_of(self.city).document
        at = int(self.city.clock.now.timestamp())
        lines = [cosign(head, one.key, origin_of(charter, one.city), at) for one in witnesses]
        return note.with_signatures(lines)


@pytest.fixture
def scene(make_league: League) -> Scene:
    return Scene(make_league(3))


def places(report: Report, what: Finding) -> list[tuple[int, int]]:
    return [(one.first, one.last) for one in report.found if one.what is what]


def kinds(report: Report) -> set[Finding]:
    return {one.what for one in report.found}


def test_an_honest_journal_is_clean(scene: Scene) -> None:
    report = scene.audit()
    assert report.clean, report.found
    assert report.entries_read == report.size == len(scene.entries)
    assert report.witnesses == 2


def test_an_entry_changed_in_the_store_is_named(scene: Scene) -> None:
    with committing(scene.city.engine) as transaction:
        transaction.execute(
            text(
                "UPDATE journal_entries SET entry = "
                "(SELECT entry FROM journal_entries WHERE position = 11) WHERE position = 100"
            )
        )
    report = scene.audit()
    assert kinds(report) == {Finding.CHANGED}
    assert places(report, Finding.CHANGED) == [(100, 100)]


@pytest.mark.parametrize(
    ("what", "place", "change"),
    [
        (Finding.CHANGED, (100, 100), lambda all_: [*all_[:100], all_[100] + b" ", *all_[101:]]),
        (Finding.REMOVED, (100, 100), lambda all_: all_[:100] + all_[101:]),
        (Finding.INSERTED, (100, 100), lambda all_: [*all_[:100], b"new", *all_[100:]]),
        (
            Finding.REORDERED,
            (100, 101),
            lambda all_: [*all_[:100], all_[101], all_[100], *all_[102:]],
        ),
    ],
)
def test_rewritten_history_is_a_fork_and_a_mirror_names_the_place(
    scene: Scene, what: Finding, place: tuple[int, int], change: Callable[[Any], list[bytes]]
) -> None:
    lie = scene.lie(change(scene.entries))
    with_mirror = scene.audit(lie, scene.mirror)
    assert place in places(with_mirror, what)
    assert Finding.FORKED in kinds(with_mirror) or len(lie.entries) < len(scene.entries)
    alone = scene.audit(lie)
    assert places(alone, Finding.REWRITTEN) == [(0, parse_checkpoint(scene.first.text).size)]
    assert Finding.FORKED in kinds(alone) or Finding.TRUNCATED in kinds(alone)


def test_a_fork_shows_both_notes_and_the_witness_that_signed_both(scene: Scene) -> None:
    lie = scene.lie([*scene.entries[:-1], b"other"], [scene.third])
    report = scene.audit(lie, scene.mirror)
    forks = [one for one in report.found if one.what is Finding.FORKED]
    assert (scene.second.encode().decode(), lie.note.decode()) in [one.notes for one in forks]
    lies = [one.detail for one in report.found if one.what is Finding.WITNESS_LIES]
    assert lies == ["trial.hanse/510700"]


def test_a_fork_shown_to_two_witnesses_is_found_by_each(scene: Scene) -> None:
    """Both heads extend the last common one, and each witness honestly cosigned what it saw."""
    old = parse_checkpoint(scene.second.text).size
    lie = scene.lie([*scene.entries, *(b"other %d" % number for number in range(10))])
    leaves = [leaf_hash(one) for one in lie.entries]
    lines = cosign_by(scene.third, parse_note(lie.note), consistency_path(leaves, old), old)
    assert len(lines) == 1
    lie.note = parse_note(lie.note).with_signatures(lines).encode()
    add_entries(scene.city, 10)
    checkpointed(scene.city, [scene.auditor])
    seen_by_auditor, seen_by_third = scene.audit(lie), scene.audit(by=scene.third)
    assert Finding.FORKED in kinds(seen_by_auditor)
    assert Finding.FORKED in kinds(seen_by_third)
    notes = [one.notes for one in seen_by_auditor.found if one.what is Finding.FORKED]
    assert any(lie.note.decode() in pair for pair in notes)


def test_a_truncated_journal_is_named_where_it_ends(scene: Scene) -> None:
    short = Copy(scene.second.encode(), scene.entries[:256])
    report = scene.audit(short)
    assert places(report, Finding.TRUNCATED) == [(256, len(scene.entries))]
    cut = scene.lie(scene.entries[:280])
    assert places(scene.audit(cut), Finding.TRUNCATED) == [(280, len(scene.entries))]


def test_a_restored_old_state_is_named(scene: Scene) -> None:
    size = parse_checkpoint(scene.first.text).size
    report = scene.audit(Copy(scene.first.encode(), scene.entries[:size]))
    assert kinds(report) == {Finding.RESTORED}
    assert places(report, Finding.RESTORED) == [(size, len(scene.entries))]


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_false_time_is_named(make_league: League, hours: int) -> None:
    scene = Scene(make_league(3))
    scene.city.clock.advance(hours=1)
    position = len(scene.entries)
    add_entries(scene.city, 1, scene.city.clock.now + timedelta(hours=hours))
    checkpointed(scene.city, scene.others)
    assert places(scene.audit(), Finding.TIME_FALSE) == [(position, position)]


def test_a_delivery_that_was_answered_and_left_out_is_missed(scene: Scene) -> None:
    kept = [one for one in scene.entries if b"delivery.received" not in one]
    assert len(kept) == len(scene.entries) - 1
    report = scene.audit(scene.lie([*kept, b"{}"]))
    assert Finding.DELIVERY_MISSING in kinds(report)


def test_a_head_without_its_signatures_is_not_believed(scene: Scene) -> None:
    lie = Copy(scene.lie(scene.entries).note, scene.entries)
    assert kinds(scene.audit(lie)) == {Finding.QUORUM}
    other = sign_checkpoint(parse_checkpoint(scene.second.text), scene.auditor.key, 0)
    assert kinds(scene.audit(Copy(other.encode(), scene.entries))) == {Finding.UNSIGNED}


def test_the_published_tiles_are_those_of_the_published_head(scene: Scene) -> None:
    add_entries(scene.city, 1)
    with reading(scene.city.engine) as transaction:
        assert checkpointing.published(transaction) == scene.second.encode()
        with pytest.raises(Problem, match="tile_outside_tree"):
            log.tile_bytes(transaction, Tile(0, 1, 200), len(scene.entries))
