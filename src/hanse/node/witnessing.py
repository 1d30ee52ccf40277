"""Checkpoints of our journal, cosigned by the other cities, and theirs cosigned by us."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import structlog

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.keys import Keystore, PrivateKey
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import checkpointing, witness
from hanse.mechanisms.journal import log as journal
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosign, cosigned_by
from hanse.mechanisms.journal.notes import Note
from hanse.mechanisms.journal.parties import origin_of, usable, witness_keys
from hanse.mechanisms.journal.witness_protocol import (
    AddCheckpoint,
    Decision,
    cosigned,
    parse_add_checkpoint,
    parse_size,
    refusal,
    with_cosignatures,
)
from hanse.mechanisms.league.charter import Charter, KeyUse
from hanse.mechanisms.league.view import CHARTER_NOT_IN_FORCE

if TYPE_CHECKING:
    from hanse.node.node import Node

ADD_CHECKPOINT_PATH: Final = "/hanse/v1/witness/add-checkpoint"
ATTEMPTS: Final = 2
"""The second follows a conflict, from the size that the witness named."""
logger = structlog.get_logger("hanse.journal")

NOTE_KEY_MISSING = ProblemKind(
    "journal_key_missing",
    500,
    Text("没有可签署检查点的密钥", "There is no key that can sign checkpoints"),
    Text(
        "请在章程中为本市登记用途为 {use} 的 Ed25519 或 ML-DSA-44 密钥，并存入密钥库",
        "List an Ed25519 or ML-DSA-44 key with use {use} in the charter, and keep it here",
    ),
)

QUORUM_MISSING = ProblemKind(
    "journal_quorum_missing",
    503,
    Text("检查点联署的城市不足", "Too few cities cosigned the checkpoint"),
    Text("请检查与其他城市的连接", "Check the connections to the other cities"),
    detail=Text("需 {quorum} 个，仅有 {count} 个", "{count} of {quorum} cosigned"),
    retry=True,
)


class Witnessing:
    """One node as the log of its own journal and as a witness of the others'."""

    def __init__(self, node: "Node") -> None:
        self._node = node
        self._keys: dict[str, PrivateKey] = {}
        self._sizes: dict[str, int] = {}
        """What each witness last cosigned of ours, as far as we know."""
        self._running = asyncio.Lock()
        self.last_problem: Problem | None = None
        self.cosigned_size = 0

    async def run(self) -> None:
        """Keep the journal's head signed and cosigned, until cancelled."""
        while True:
            await asyncio.sleep(self._node.config.journal.checkpoint_seconds)
            try:
                if await self._node.read(_is_due):
                    await self.checkpoint_now()
            except Problem as problem:
                self.last_problem = problem
                logger.error("checkpoint_failed", code=problem.code)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self._node.note_error("checkpoint", error)

    async def checkpoint_now(self) -> Note:
        """Sign the head, have it cosigned, keep it; gives the note with what it got.

        Where too few witnesses answered, the note is kept without them, and the next checkpoint
        covers it.
        """
        async with self._running:
            node = self._node
            charter = self._charter()
            origin = origin_of(charter, node.config.city)
            key = await self._key(KeyUse.EXCHANGE)
            note = await node.writer.run(
                lambda tx: checkpointing.checkpoint(tx, origin, key, node.clock())
            )
            size = parse_checkpoint(note.text).size
            note = await self._gather(charter, note)
            witnesses = cosigned_by(note, witness_keys(charter, node.config.city, node.clock()))
            if len(witnesses) < charter.witness_quorum:
                self.last_problem = QUORUM_MISSING(
                    count=len(witnesses), quorum=charter.witness_quorum
                )
                logger.warning("quorum_missing", size=size, count=len(witnesses))
                return note
            await node.writer.run(
                lambda tx: checkpointing.keep_cosigned(tx, size, note, node.clock())
            )
            self.last_problem, self.cosigned_size = None, size
            return note

    async def add_checkpoint(self, body: bytes) -> Decision:
        """Answer a request for a cosignature; what is accepted is durable before it is signed."""
        node = self._node
        try:
            request = parse_add_checkpoint(body)
            charter = self._charter()
            key = await self._key(KeyUse.WITNESS)
        except Problem as problem:
            return refusal(problem)
        considered = await node.writer.run(
            lambda tx: witness.consider(tx, charter, node.config.city, request, node.clock())
        )
        decision = considered.decision
        if decision.accepted is None:
            return decision
        name = origin_of(charter, node.config.city)
        return cosigned(decision, [cosign(decision.accepted, key, name, considered.at_seconds)])

    async def status(self) -> dict[str, Any]:
        """How the journal stands, for the operator."""
        size = await self._node.read(journal.size)
        return {
            "size": size,
            "cosigned_size": self.cosigned_size,
            "problem": self.last_problem.as_dict() if self.last_problem else None,
            "alarms": await self._node.read(witness.alarms),
        }

    async def _gather(self, charter: Charter, note: Note) -> Note:
        """The note with every cosignature that the other cities give now."""
        peers = [city for city in charter.cities if city != self._node.config.city]
        answers = await asyncio.gather(*(self._ask(charter, peer, note) for peer in peers))
        for lines in answers:
            note = note.with_signatures(lines)
        return note

    async def _ask(self, charter: Charter, peer: str, note: Note) -> Sequence[Any]:
        """One city's signature lines; none where it can't or won't."""
        try:
            return await self._ask_from(charter, peer, note)
        except Problem as problem:
            logger.info("not_cosigned", peer=peer, code=problem.code)
            return ()

    async def _ask_from(self, charter: Charter, peer: str, note: Note) -> Sequence[Any]:
        node = self._node
        size = parse_checkpoint(note.text).size
        for _ in range(ATTEMPTS):
            old = self._sizes.get(peer, 0)
            if old > size:
                return ()
            path = await node.read(partial(journal.consistency_path, old_size=old, tree_size=size))
            request = AddCheckpoint(old, tuple(path), note)
            status, body = await node.client.send(peer, ADD_CHECKPOINT_PATH, request.encode())
            if status == 409:
                self._sizes[peer] = parse_size(body)
                continue
            if status != 200:
                logger.warning("witness_refused", peer=peer, status=status)
                return ()
            self._sizes[peer] = size
            keys = [
                key
                for key in witness_keys(charter, node.config.city, node.clock())
                if key.name == origin_of(charter, peer)
            ]
            bare = Note(note.text, note.signatures)
            given = with_cosignatures(bare, body, keys)
            return [one for one in given.signatures if one not in bare.signatures]
        return ()

    def _charter(self) -> Charter:
        charter = self._node.league.charter
        if charter is None:
            raise CHARTER_NOT_IN_FORCE()
        return charter

    async def _key(self, use: KeyUse) -> PrivateKey:
        """Our key for that use: the node's own where its suite can sign notes, else another."""
        node = self._node
        charter = self._charter()
        allowed = {key.id: key for key in usable(charter, node.config.city, use, node.clock())}
        if node.signer.key_id in allowed:
            return node.signer.key
        for key_id in allowed:
            if key_id not in self._keys:
                opened = await asyncio.to_thread(self._open, key_id)
                if opened is None:
                    continue
                self._keys[key_id] = opened
            return self._keys[key_id]
        raise NOTE_KEY_MISSING(use=use.value)

    def _open(self, key_id: str) -> PrivateKey | None:
        config = self._node.config
        try:
            return Keystore(config.keys_folder).load(key_id, config.passphrase())
        except Problem as problem:
            if problem.code == "key_not_found":
                return None
            raise


def _is_due(transaction: Transaction) -> bool:
    """Whether the journal has grown since its newest cosigned checkpoint."""
    newest = checkpointing.newest_row(transaction)
    if newest is None or newest.cosigned is None:
        return True
    return bool(newest.size != journal.size(transaction))
