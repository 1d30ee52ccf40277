"""A league of towns whose journals are checkpointed and cosigned from hand to hand."""

from collections.abc import Sequence
from datetime import datetime

from hanse.foundation.keys import PrivateKey
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.journal import checkpointing, log, witness
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosign
from hanse.mechanisms.journal.notes import Note, NoteSignature, parse_note
from hanse.mechanisms.journal.parties import origin_of
from hanse.mechanisms.journal.tiles import Tile
from hanse.mechanisms.journal.witness_protocol import AddCheckpoint
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.charter import Charter, SignedCharter
from tests.exchange.cities import Town


def charter_of(town: Town) -> SignedCharter:
    with reading(town.engine) as transaction:
        found = league_store.current_charter(transaction)
    assert found is not None
    return found


def sign_head(town: Town, key: PrivateKey | None = None) -> Note:
    """The town's signed head, stored and committed."""
    charter = charter_of(town).document
    with committing(town.engine) as transaction:
        origin = origin_of(charter, town.city)
        return checkpointing.checkpoint(transaction, origin, key or town.key, town.clock.now)


def cosign_by(town: Town, note: Note, path: Sequence[bytes], old: int) -> list[NoteSignature]:
    """One witness's lines on a head; none where it refuses."""
    charter = charter_of(town).document
    with committing(town.engine) as transaction:
        request = AddCheckpoint(old, tuple(path), note)
        found = witness.consider(transaction, charter, town.city, request, town.clock.now)
    if found.decision.accepted is None:
        return []
    name = origin_of(charter, town.city)
    return [cosign(found.decision.accepted, town.key, name, found.at_seconds)]


def old_size(town: Town, charter: Charter, city: str) -> int:
    with reading(town.engine) as transaction:
        row = witness.latest(transaction, origin_of(charter, city))
    return 0 if row is None else int(row.size)


def checkpointed(town: Town, witnesses: Sequence[Town]) -> Note:
    """The town's head, cosigned by all of these and kept."""
    note = sign_head(town)
    size = parse_checkpoint(note.text).size
    charter = charter_of(town).document
    for one in witnesses:
        old = old_size(one, charter, town.city)
        with reading(town.engine) as transaction:
            path = log.consistency_path(transaction, old, size)
        note = note.with_signatures(cosign_by(one, note, path, old))
    with committing(town.engine) as transaction:
        checkpointing.keep_cosigned(transaction, size, note, town.clock.now)
    return note


def add_entries(town: Town, count: int, at: datetime | None = None) -> None:
    """Entries that mean nothing, one commit."""
    with committing(town.engine) as transaction:
        for number in range(count):
            details = {"organisation": f"bureau-{number}", "count": number}
            log.record(transaction, "token.revoked", details, at=at or town.clock.now)


class Served:
    """A town's journal as a source for audits, read from its store as it is."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def checkpoint(self) -> bytes:
        with reading(self.town.engine) as transaction:
            note = checkpointing.published(transaction)
        assert note is not None
        return note

    def tile(self, tile: Tile) -> bytes:
        with reading(self.town.engine) as transaction:
            size = parse_checkpoint(parse_note(self.checkpoint()).text).size
            return log.tile_bytes(transaction, tile, size)
