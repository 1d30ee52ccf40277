"""One pass over a journal's entries: which signed roots they give, and where they differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import Frontier, leaf_hash
from hanse.mechanisms.journal.audit_findings import Finding, Known, Remembered, Report, Source
from hanse.mechanisms.journal.checkpoints import Checkpoint, parse_checkpoint
from hanse.mechanisms.journal.entries import entry_seconds, read_entry
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    parse_entry_bundle,
    parse_hash_tile,
    tile_width,
)

COMPARED_MAX: Final = 4_096
"""Entries from the first difference on that are compared one by one to name it."""


class Reading:
    """Reads all entries in bounded memory; then `conclude` says what was found."""

    def __init__(
        self,
        source: Source,
        served: Checkpoint,
        heads: Sequence[Remembered],
        known: Known,
        report: Report,
    ) -> None:
        self.source = source
        self.served = served
        self.known = known
        self.report = report
        self.contradicted: list[Remembered] = []
        """Signed heads that the entries do not give."""
        self.served_holds: bool | None = None
        """Whether the entries give the served root; None where they end before."""
        self._tree = Frontier()
        self._reference: Frontier | None = Frontier()
        self._reference_size = served.size
        if known.reference is not None:
            note = parse_note(known.reference.checkpoint())
            self._reference_size = parse_checkpoint(note.text).size
        self._heads: dict[int, list[Remembered]] = {}
        for one in heads:
            self._heads.setdefault(one.checkpoint.size, []).append(one)
        self._times = [
            (one.checkpoint.size, one.at_seconds) for one in heads if one.at_seconds is not None
        ]
        self._next_time = 0
        self._latest = 0.0
        self._good = 0
        self._bad: int | None = None
        self._reference_holds = known.reference is not None
        self._ours: list[bytes] = []
        self._theirs: list[bytes] = []
        self._first_difference: int | None = None
        self._wanted = Counter(known.deliveries)

    def run(self) -> None:
        """Read, compare at each known size, and name what differs."""
        for position, entry, expected in self._entries():
            leaf = leaf_hash(entry)
            self._compare_leaf(position, leaf, expected)
            self._look_at(position, entry)
            self._tree.append(leaf)
            if expected is None or self._reference is None:
                self._reference = None
            else:
                self._reference.append(expected)
            self.report.entries_read += 1
            self._check_roots(self._tree.size)
        self._conclude()

    def _entries(self) -> Iterator[tuple[int, bytes, bytes | None]]:
        size = self.served.size
        for index in range(-(-size // TILE_WIDTH)):
            first = index * TILE_WIDTH
            tile = Tile(ENTRIES, index, tile_width(ENTRIES, index, size))
            try:
                entries = parse_entry_bundle(tile, self.source.tile(tile))
            except Problem as problem:
                detail = f"{problem.code}: no entries from here on"
                self.report.add(Finding.TRUNCATED, first, size, detail)
                return
            expected = self._expected(index)
            for offset, entry in enumerate(entries):
                leaf = expected[offset] if offset < len(expected) else None
                yield first + offset, entry, leaf

    def _expected(self, index: int) -> list[bytes]:
        """The leaves of a bundle as the reference has them; none past its end."""
        source = self.known.reference or self.source
        width = tile_width(0, index, self._reference_size)
        if not width:
            return []
        tile = Tile(0, index, width)
        try:
            return parse_hash_tile(tile, source.tile(tile))
        except Problem:
            return []

    def _compare_leaf(self, position: int, leaf: bytes, expected: bytes | None) -> None:
        if self._first_difference is None:
            if expected is None or leaf == expected:
                return
            self._first_difference = position
        if len(self._theirs) < COMPARED_MAX:
            self._theirs.append(leaf)
            if expected is not None:
                self._ours.append(expected)

    def _look_at(self, position: int, entry: bytes) -> None:
        try:
            read = read_entry(entry)
            seconds = entry_seconds(read)
        except Problem as problem:
            self.report.add(Finding.CHANGED, position, position, problem.code)
            return
        if self._wanted[read.commitment]:
            self._wanted[read.commitment] -= 1
        self._check_time(position, seconds)

    def _check_time(self, position: int, seconds: float) -> None:
        skew = self.known.skew_seconds
        while self._next_time < len(self._times) and self._times[self._next_time][0] <= position:
            self._next_time += 1
        before = self._times[self._next_time - 1][1] if self._next_time else None
        after = self._times[self._next_time][1] if self._next_time < len(self._times) else None
        early = before is not None and seconds < before - skew
        late = after is not None and seconds > after + skew
        if early or late:
            detail = f"{seconds:.0f} is not from {before} to {after}"
            self.report.add(Finding.TIME_FALSE, position, position, detail)
        elif seconds < self._latest - skew:
            detail = f"{self._latest - seconds:.0f} s before an earlier entry"
            self.report.add(Finding.TIME_FALSE, position, position, detail)
        if not late:
            self._latest = max(self._latest, seconds)

    def _check_roots(self, size: int) -> None:
        root = self._tree.root() if size in self._heads or size == self.served.size else b""
        for one in self._heads.get(size, ()):
            if root == one.checkpoint.root:
                self._good = size if self._bad is None else self._good
            else:
                self.contradicted.append(one)
                self._note_bad(size, one.checkpoint.root)
        if size == self.served.size:
            self.served_holds = root == self.served.root
            if not self.served_holds:
                self._note_bad(size, self.served.root)

    def _note_bad(self, size: int, signed: bytes) -> None:
        if self._bad is not None:
            return
        self._bad = size
        if self._reference is not None and self._reference.root() == signed:
            self._reference_holds = True

    def _conclude(self) -> None:
        named = 0
        if self._first_difference is not None and (self._reference_holds or self._bad is None):
            first = self._first_difference
            for what, start, end in named_differences(self._ours, self._theirs):
                self.report.add(what, first + start, first + end)
                named += 1
        if self._bad is not None and not named:
            self.report.add(Finding.REWRITTEN, self._good, self._bad, "between two signed heads")
        if self._tree.size == self.served.size:
            for commitment in +self._wanted:
                self.report.add(Finding.DELIVERY_MISSING, 0, self.served.size, commitment)


def named_differences(
    ours: Sequence[bytes], theirs: Sequence[bytes]
) -> Iterator[tuple[Finding, int, int]]:
    """What turned `ours` into `theirs`; both begin at the first difference.

    Positions are offsets in `ours`; for what was inserted, in `theirs`. The ends of the two are
    cut by the reader's window, so a shift alone at the end is no difference.
    """
    start = 0
    while start < min(len(ours), len(theirs)) and ours[start] == theirs[start]:
        start += 1
    if start >= min(len(ours), len(theirs)):
        return
    here = {leaf: at for at, leaf in enumerate(theirs)}
    there = {leaf: at for at, leaf in enumerate(ours)}
    gone = there.keys() - here.keys()
    new = here.keys() - there.keys()
    shift = _shift(ours, theirs)
    if shift > 0:
        for at in _surplus(theirs, there, shift):
            yield Finding.INSERTED, at, at
        return
    if shift < 0:
        for at in _surplus(ours, here, -shift):
            yield Finding.REMOVED, at, at
        return
    changed = sorted(there[leaf] for leaf in gone)
    for at in changed:
        yield Finding.CHANGED, at, at
    moved = [
        at
        for at in range(min(len(ours), len(theirs)))
        if ours[at] != theirs[at] and ours[at] not in gone and theirs[at] not in new
    ]
    if moved:
        yield Finding.REORDERED, moved[0], moved[-1]


def _shift(ours: Sequence[bytes], theirs: Sequence[bytes]) -> int:
    """By how many places the last common entries stand later in `theirs`; 0 where it is none."""
    here = {leaf: at for at, leaf in enumerate(theirs)}
    for at in range(len(ours) - 1, -1, -1):
        if ours[at] in here:
            return here[ours[at]] - at
    return 0


def _surplus(entries: Sequence[bytes], others: dict[bytes, int], most: int) -> list[int]:
    """The first places whose entries the other side has not at all, at most so many."""
    return [at for at, leaf in enumerate(entries) if leaf not in others][:most]
