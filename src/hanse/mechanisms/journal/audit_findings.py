"""What an audit of a journal can find, and what the auditor brings along."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from hanse.mechanisms.journal.checkpoints import Checkpoint, parse_checkpoint
from hanse.mechanisms.journal.notes import Note
from hanse.mechanisms.journal.tiles import Tile

FINDINGS_MAX: Final = 100


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
