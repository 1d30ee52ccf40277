"""The audit of another city's journal: whether its history was changed, split or cut, and where.

The journal is read as its tiles. It is held against the checkpoints that we cosigned as its
witness (the roots that it once signed), against a reference (an earlier copy, or else the hash
tiles that it serves) to name the place, and against the deliveries that we have with that city.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import Frontier, leaf_hash
from hanse.mechanisms.journal.checkpoints import Checkpoint, parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosigned_by, open_checkpoint
from hanse.mechanisms.journal.entries import entry_seconds, read_entry
from hanse.mechanisms.journal.notes import Note, parse_note
from hanse.mechanisms.journal.parties import (
    log_keys,
    origin_of,
    valid_cosignatures,
    witness_keys,
)
from hanse.mechanisms.journal.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    parse_entry_bundle,
    parse_hash_tile,
    tile_width,
)
from hanse.mechanisms.league.charter import Charter

FINDINGS_MAX: Final = 100
COMPARED_MAX: Final = 4_096
"""Entries from the first difference on that are compared one by one to name it."""


class Finding(StrEnum):
    """What an audit can find."""

    UNSIGNED = "unsigned"
    """The served checkpoint is not a checkpoint of this city."""
    QUORUM = "quorum_missing"
    """Fewer witnesses than the charter asks for cosigned the served checkpoint."""
    TRUNCATED = "truncated"
    """The journal ends before what was signed and cosigned."""
    RESTORED = "restored"
    """The journal shows again, as its newest, a head that it had long passed."""
    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    REWRITTEN = "rewritten"
    """History differs between two heads; what exactly happened there can't be told."""
    FORKED = "forked"
    """The city signed two histories that contradict each other; both notes are the proof."""
    WITNESS_LIES = "witness_lies"
    """One witness cosigned both of two contradicting checkpoints."""
    TIME_FALSE = "time_false"
    """An entry's time lies outside the cosignatures around it, or goes back."""
    DELIVERY_MISSING = "delivery_missing"
    """A delivery that the city answered us is not in its journal."""


@dataclass(frozen=True)
class Found:
    """One finding: what, from which position to which, and what proves it."""

    what: Finding
    first: int
    last: int
    detail: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remembered:
    """A checkpoint of the journal that we, or someone we believe, saw and kept."""

    note: Note
    at_seconds: int | None = None
    """When we cosigned it; None where its time is not known."""

    @property
    def checkpoint(self) -> Checkpoint:
        """The head that it signs."""
        return parse_checkpoint(self.note.text)


class Source(Protocol):
    """A journal as its files: over HTTP, or in a folder. Raises Problem where one is missing."""

    def checkpoint(self) -> bytes:
        """The signed note."""
        ...

    def tile(self, tile: Tile) -> bytes:
        """A tile's bytes."""
        ...


@dataclass(frozen=True)
class Known:
    """What the auditor knows by itself."""

    remembered: Sequence[Remembered] = ()
    deliveries: Sequence[str] = ()
    """Commitments that must stand in the journal, of deliveries which the city answered."""
    reference: Source | None = None
    """An earlier copy of the journal."""
    skew_seconds: float = 300.0


@dataclass
class Report:
    """What an audit looked at and found."""

    city: str
    size: int = 0
    entries_read: int = 0
    witnesses: int = 0
    found: list[Found] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found

    def add(
        self, what: Finding, first: int, last: int, detail: str = "", notes: tuple[str, ...] = ()
    ) -> None:
        """Note a finding, up to the limit."""
        if len(self.found) < FINDINGS_MAX:
            self.found.append(Found(what, first, last, detail, notes))


def audit(source: Source, charter: Charter, city: str, known: Known) -> Report:
    """Read the whole journal and say what is wrong with it; nothing is raised for a lie."""
    report = Report(city)
    note = _open(source, charter, city, report)
    if note is None:
        return report
    served = parse_checkpoint(note.text)
    report.size = served.size
    heads = sorted(known.remembered, key=lambda one: one.checkpoint.size)
    _compare_heads(note, heads, charter, report)
    _Reading(source, served, heads, known, report).run()
    _look_for_lies(note, heads, charter, report)
    return report


def _open(source: Source, charter: Charter, city: str, report: Report) -> Note | None:
    try:
        note = parse_note(source.checkpoint())
        open_checkpoint(note, origin_of(charter, city), log_keys(charter, city))
        times = cosigned_by(note, witness_keys(charter, city))
    except Problem as problem:
        report.add(Finding.UNSIGNED, 0, 0, problem.code)
        return None
    report.witnesses = len(valid_cosignatures(charter, city, times))
    if report.witnesses < charter.witness_quorum:
        detail = f"{report.witnesses} of {charter.witness_quorum}"
        report.add(Finding.QUORUM, 0, parse_checkpoint(note.text).size, detail)
    return note


def _compare_heads(
    note: Note, heads: Sequence[Remembered], charter: Charter, report: Report
) -> None:
    """The served head against those that we know."""
    served = parse_checkpoint(note.text)
    for one in heads:
        head = one.checkpoint
        if head.size == served.size and head.root != served.root:
            notes = (one.note.encode().decode(), note.encode().decode())
            report.add(Finding.FORKED, 0, served.size, "two roots of one size", notes)
    if not heads or heads[-1].checkpoint.size <= served.size:
        return
    newest = heads[-1].checkpoint
    was_head = any(one.checkpoint == served for one in heads)
    what = Finding.RESTORED if was_head else Finding.TRUNCATED
    notes = (heads[-1].note.encode().decode(), note.encode().decode())
    report.add(what, served.size, newest.size, f"{newest.size} entries were signed", notes)


class _Reading:
    """One pass over the entries, in constant memory."""

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
        self.tree = Frontier()
        self.reference: Frontier | None = Frontier()
        self.roots: dict[int, list[Remembered | None]] = {served.size: [None]}
        for one in heads:
            if one.checkpoint.size <= served.size:
                self.roots.setdefault(one.checkpoint.size, []).append(one)
        self.times = [
            (one.checkpoint.size, one.at_seconds) for one in heads if one.at_seconds is not None
        ]
        self.next_time = 0
        self.latest = 0.0
        self.good = 0
        """The last known size at which the entries gave the root that was signed."""
        self.ours: list[bytes] = []
        self.theirs: list[bytes] = []
        self.first_difference: int | None = None
        self.wanted = Counter(known.deliveries)
        self.broken = False

    def run(self) -> None:
        """Read, and compare at each known size."""
        for position, entry, expected in self._entries():
            leaf = leaf_hash(entry)
            self._compare_leaf(position, leaf, expected)
            self._look_at(position, entry)
            self.tree.append(leaf)
            if self.reference is not None:
                if expected is None:
                    self.reference = None
                else:
                    self.reference.append(expected)
            self.report.entries_read += 1
            self._check_roots(self.tree.size)
            if self.broken:
                break
        if self.broken and self.first_difference is not None:
            self._fill()
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
        """The leaves of a bundle as the reference has them."""
        source = self.known.reference or self.source
        width = self._reference_width(index)
        if not width:
            return []
        tile = Tile(0, index, width)
        try:
            return parse_hash_tile(tile, source.tile(tile))
        except Problem:
            return []

    def _reference_width(self, index: int) -> int:
        size = self.served.size
        if self.known.reference is not None:
            size = parse_checkpoint(parse_note(self.known.reference.checkpoint()).text).size
        return tile_width(0, index, size)

    def _compare_leaf(self, position: int, leaf: bytes, expected: bytes | None) -> None:
        if self.first_difference is None:
            if expected is None or leaf == expected:
                return
            self.first_difference = position
        if len(self.theirs) < COMPARED_MAX:
            self.theirs.append(leaf)
            if expected is not None:
                self.ours.append(expected)

    def _look_at(self, position: int, entry: bytes) -> None:
        try:
            read = read_entry(entry)
            seconds = entry_seconds(read)
        except Problem as problem:
            self.report.add(Finding.CHANGED, position, position, problem.code)
            return
        if self.wanted[read.commitment]:
            self.wanted[read.commitment] -= 1
        self._check_time(position, seconds)

    def _check_time(self, position: int, seconds: float) -> None:
        skew = self.known.skew_seconds
        while self.next_time < len(self.times) and self.times[self.next_time][0] <= position:
            self.next_time += 1
        before = self.times[self.next_time - 1][1] if self.next_time else None
        after = self.times[self.next_time][1] if self.next_time < len(self.times) else None
        early = before is not None and seconds < before - skew
        late = after is not None and seconds > after + skew
        if early or late:
            detail = f"{seconds:.0f} is not from {before} to {after}"
            self.report.add(Finding.TIME_FALSE, position, position, detail)
        elif seconds < self.latest - skew:
            detail = f"{self.latest - seconds:.0f} s before an earlier entry"
            self.report.add(Finding.TIME_FALSE, position, position, detail)
        self.latest = max(self.latest, seconds)

    def _check_roots(self, size: int) -> None:
        for one in self.roots.get(size, ()):
            head = self.served if one is None else one.checkpoint
            if self.tree.root() != head.root:
                self._differs(size, head, one)
                return
            self.good = size

    def _differs(self, size: int, head: Checkpoint, one: Remembered | None) -> None:
        """The entries up to here are not those whose root was signed."""
        self.broken = True
        trusted = self.known.reference is not None or (
            self.reference is not None and self.reference.root() == head.root
        )
        if self.first_difference is None or not trusted:
            self.first_difference = None
            self.report.add(Finding.REWRITTEN, self.good, size, "between two signed heads")

    def _fill(self) -> None:
        """Read on a little past the first difference, so that what is shifted can be seen."""
        start = self.tree.size
        for position, entry, expected in self._rest(start):
            if len(self.theirs) >= COMPARED_MAX:
                return
            self.theirs.append(leaf_hash(entry))
            if expected is not None:
                self.ours.append(expected)
            del position

    def _rest(self, start: int) -> Iterator[tuple[int, bytes, bytes | None]]:
        for position, entry, expected in self._entries():
            if position >= start:
                yield position, entry, expected

    def _conclude(self) -> None:
        complete = self.tree.size == self.served.size or self.broken
        if self.first_difference is not None:
            self._name_difference(self.first_difference)
        if complete and not self.broken:
            missing = +self.wanted
            for commitment in missing:
                self.report.add(Finding.DELIVERY_MISSING, 0, self.served.size, commitment)

    def _name_difference(self, first: int) -> None:
        for what, start, end in named_differences(self.ours, self.theirs):
            self.report.add(what, first + start, first + end)


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


def _look_for_lies(
    note: Note, heads: Sequence[Remembered], charter: Charter, report: Report
) -> None:
    """Entries that give the served root and not a remembered one: the city signed both."""
    rewritten = {Finding.REWRITTEN, Finding.CHANGED, Finding.REMOVED, Finding.INSERTED}
    pairs = [one.notes for one in report.found if one.what is Finding.FORKED]
    if not pairs and any(one.what in rewritten | {Finding.REORDERED} for one in report.found):
        broken = _contradicted(note, heads, report)
        if broken is not None:
            notes = (broken.note.encode().decode(), note.encode().decode())
            size = broken.checkpoint.size
            report.add(Finding.FORKED, 0, size, "a signed head is no part of the other", notes)
            pairs.append(notes)
    keys = witness_keys(charter, report.city)
    for first, second in pairs:
        both = _cosigners(first, keys) & _cosigners(second, keys)
        for name in sorted(both):
            report.add(Finding.WITNESS_LIES, 0, report.size, name, (first, second))


def _contradicted(note: Note, heads: Sequence[Remembered], report: Report) -> Remembered | None:
    """The remembered head that the served tree, if it is really the served root's, contradicts."""
    size = parse_checkpoint(note.text).size
    if report.served_root_holds is not True:
        return None
    return next((one for one in heads if one.checkpoint.size in report.bad_sizes(size)), None)


def _cosigners(note: str, keys: Sequence[object]) -> set[str]:
    try:
        return set(cosigned_by(parse_note(note.encode()), keys))  # type: ignore[arg-type]
    except Problem:
        return set()
