"""Evidence of one message, in one file that is checked offline with nothing but the charter.

It leads from the message to the cosigned head of a city's journal: message -> root of its
delivery -> signatures of both cities -> entry of the journal -> checkpoint -> the witnesses.
`verify` is pure. Each thing that can be wrong has a code of its own.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identity import from_base64url
from hanse.foundation.languages import Text
from hanse.foundation.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from hanse.mechanisms.exchange.message import Message, read_line
from hanse.mechanisms.exchange.message import commitment as message_commitment
from hanse.mechanisms.journal.checkpoints import Checkpoint
from hanse.mechanisms.journal.cosignatures import cosigned_by, open_checkpoint
from hanse.mechanisms.journal.delivery_entries import Exchanged
from hanse.mechanisms.journal.entries import commitment, details_bytes, read_entry
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.parties import (
    log_keys,
    origin_of,
    valid_cosignatures,
    witness_keys,
)
from hanse.mechanisms.league.charter import Charter, KeyUse, SignedCharter, read_charter
from hanse.mechanisms.league.charter_changes import tally

FORMAT: Final = "hanse evidence v1"
EVIDENCE_BYTES_MAX: Final = 16_777_216
CHARTERS_MAX: Final = 1_000
_PARAMETERS: Final = re.compile(r'"@signature-params": \([^\n]*\);([^\n]*)\Z')
_ANSWERED: Final = '"signature";req;key="hanse"'

_ASK_AGAIN = Text("请向出具方重新索取证据文件", "Ask for the evidence file again")
_DO_NOT_RELY = Text("请勿采信，并保存该文件", "Do not rely on it, and keep the file")


def _kind(code: str, zh: str, en: str, hint: Text = _DO_NOT_RELY) -> ProblemKind:
    return ProblemKind(f"evidence_{code}", 422, Text(zh, en), hint)


MALFORMED = ProblemKind(
    "evidence_malformed",
    400,
    Text("证据文件格式错误", "The evidence file is malformed"),
    _ASK_AGAIN,
    detail=Text("错误位置：{place}", "Wrong at {place}"),
)
CHARTER_OTHER = _kind(
    "charter_other",
    "证据所依据的章程不在所给章程之中",
    "The charter that the evidence names is not among those given",
    Text("请提供第 {version} 版章程", "Give version {version} of the charter"),
)
MESSAGE_CHANGED = _kind(
    "message_changed", "报文与其承诺值不符", "The message is not what was committed to"
)
NOT_IN_DELIVERY = _kind(
    "not_in_delivery", "报文不在已签名的投递中", "The message is not in the signed delivery"
)
BASE_MALFORMED = _kind("base_malformed", "签名原文格式错误", "A signature base is malformed")
KEY_NOT_LISTED = _kind(
    "key_not_listed",
    "签名密钥当时未列入章程",
    "The charter did not list the signing key at that time",
)
SIGNATURE_INVALID = _kind(
    "signature_invalid", "投递签名不成立", "A signature of the delivery does not verify"
)
ANSWER_UNBOUND = _kind(
    "answer_unbound", "答复签名未绑定该请求", "The answer is not bound to this request"
)
PARTIES_WRONG = _kind(
    "parties_wrong",
    "签名城市与报文或日志不符",
    "The signing cities are not those of the messages and of the journal",
)
ENTRY_CHANGED = _kind(
    "entry_changed", "日志条目与其内容不符", "The journal entry does not commit to its details"
)
ENTRY_OTHER = _kind(
    "entry_other_delivery", "日志条目属于另一投递", "The journal entry is of another delivery"
)
NOT_IN_JOURNAL = _kind(
    "not_in_journal", "条目不在检查点所示的日志中", "The entry is not in the checkpoint's journal"
)
QUORUM = _kind(
    "quorum_missing",
    "联署城市不足章程规定数",
    "Fewer cities cosigned than the charter asks for",
    Text("请等待联署后重新出具", "Have it made again once a quorum has cosigned"),
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Hash = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
Path = Annotated[tuple[Hash, ...], Field(max_length=63)]
Base = Annotated[str, Field(max_length=65_536)]
Encoded = Annotated[str, Field(max_length=16_384, pattern=r"^[A-Za-z0-9_-]+$")]


class CharterName(_Part):
    """Which charter to check with."""

    league: Annotated[str, Field(max_length=128)]
    version: Annotated[int, Field(ge=1)]
    digest: Annotated[str, Field(max_length=128)]


class Leaf(_Part):
    """One message of a delivery. `line` is absent where it was erased; the rest still proves."""

    commitment: Hash
    path: Path
    line: Annotated[str | None, Field(max_length=8_388_608)] = None


class Signed(_Part):
    """What a city signed: the RFC 9421 signature base and its signature."""

    base: Base
    signature: Encoded


class Exchange(_Part):
    """One message and its reply in a delivery of `count` messages, at the same `index`."""

    index: Annotated[int, Field(ge=0)]
    count: Annotated[int, Field(ge=1)]
    message: Leaf
    reply: Leaf
    request: Signed
    response: Signed


class JournalEntry(_Part):
    """The entry of the delivery in the journal of `city`, opened."""

    city: Annotated[str, Field(pattern=r"^[1-9]\d{5}$")]
    position: Annotated[int, Field(ge=0)]
    entry: Annotated[str, Field(max_length=65_535)]
    details: Annotated[str, Field(max_length=65_536)]
    salt: Hash
    path: Path


class Evidence(_Part):
    """The evidence file. Hashes, salts and signatures are base64url without padding."""

    format: Literal["hanse evidence v1"]
    charter: CharterName
    exchange: Exchange
    journal: JournalEntry
    checkpoint: Annotated[str, Field(max_length=262_144)]


@dataclass(frozen=True)
class Verified:
    """What the evidence proves. `message` or `reply` is None where its contents were erased."""

    sender: str
    receiver: str
    message: Message | None
    reply: Message | None
    signed_at: datetime
    answered_at: datetime
    journal: str
    position: int
    checkpoint: Checkpoint
    witnesses: dict[str, int]


def read_evidence(data: bytes) -> Evidence:
    """The evidence of a file, unverified; MALFORMED names the place."""
    if len(data) > EVIDENCE_BYTES_MAX:
        raise MALFORMED(place="size")
    try:
        return Evidence.model_validate(orjson.loads(data))
    except orjson.JSONDecodeError:
        raise MALFORMED(place="JSON") from None
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise MALFORMED(place=place[:200]) from None


def verify(data: bytes, charters: Sequence[bytes]) -> Verified:
    """What the file proves to a reader who trusts the first of these charters.

    Each further charter must follow the one before, signed by its threshold.
    """
    evidence = read_evidence(data)
    charter = _charter(evidence.charter, charters)
    request, response = evidence.exchange.request, evidence.exchange.response
    asked, answered = _Read.of(request.base), _Read.of(response.base)
    message = _check_leaf(evidence.exchange, evidence.exchange.message, asked.root)
    reply = _check_leaf(evidence.exchange, evidence.exchange.reply, answered.root)
    _check_signature(charter, asked, request, "hanse-delivery")
    _check_signature(charter, answered, response, "hanse-answer")
    if answered.answers != _bytes(request.signature):
        raise ANSWER_UNBOUND()
    _check_parties(evidence, asked.city, answered.city, message, reply)
    checkpoint, witnesses = _check_journal(charter, evidence, asked, answered)
    return Verified(
        sender=asked.city,
        receiver=answered.city,
        message=message,
        reply=reply,
        signed_at=asked.created,
        answered_at=answered.created,
        journal=evidence.journal.city,
        position=evidence.journal.position,
        checkpoint=checkpoint,
        witnesses=witnesses,
    )


def trusted_charters(documents: Sequence[bytes]) -> list[SignedCharter]:
    """The charters, each proven by the one before; the first is trusted as it is given."""
    if not 1 <= len(documents) <= CHARTERS_MAX:
        raise MALFORMED(place="charters")
    charters = sorted(
        (read_charter(one) for one in documents), key=lambda one: one.document.version
    )
    for before, after in pairwise(charters):
        follows = after.document.previous == before.digest
        if not follows or not tally(before, after).is_complete:
            raise CHARTER_OTHER(version=before.document.version + 1)
    return charters


@dataclass(frozen=True)
class _Read:
    """What is needed of a signature base."""

    base: bytes
    root: bytes
    answers: bytes | None
    city: str
    key_id: str
    created: datetime
    nonce: str
    tag: str

    @classmethod
    def of(cls, base: str) -> "_Read":
        parameters = _PARAMETERS.search(base)
        if parameters is None:
            raise BASE_MALFORMED()
        values = dict(re.findall(r'(\w+)="?([^";]*)"?', parameters[1]))
        lines = dict(line.partition(": ")[::2] for line in base.split("\n")[:-1])
        if len(lines) != base.count("\n"):
            raise BASE_MALFORMED()
        answered = lines.get(_ANSWERED)
        try:
            city, _, key_id = values["keyid"].partition("/")
            return cls(
                base=base.encode(),
                root=_field(lines['"hanse-root"']),
                answers=None if answered is None else _field(answered),
                city=city,
                key_id=key_id,
                created=datetime.fromtimestamp(int(values["created"]), UTC),
                nonce=values["nonce"],
                tag=values["tag"],
            )
        except (KeyError, ValueError, OverflowError, OSError):
            raise BASE_MALFORMED() from None


def _charter(named: CharterName, documents: Sequence[bytes]) -> Charter:
    for one in trusted_charters(documents):
        if one.digest == named.digest and one.document.version == named.version:
            return one.document
    raise CHARTER_OTHER(version=named.version)


def _check_leaf(exchange: Exchange, leaf: Leaf, root: bytes) -> Message | None:
    committed = _bytes(leaf.commitment)
    path = [_bytes(one) for one in leaf.path]
    if leaf.line is not None and message_commitment(leaf.line.encode()) != committed:
        raise MESSAGE_CHANGED()
    if not verify_inclusion(committed, exchange.index, exchange.count, path, root):
        raise NOT_IN_DELIVERY()
    return None if leaf.line is None else read_line(leaf.line.encode())


def _check_signature(charter: Charter, read: _Read, signed: Signed, tag: str) -> None:
    if read.tag != tag:
        raise BASE_MALFORMED()
    try:
        key = charter.key(read.city, read.key_id, read.created, KeyUse.EXCHANGE).public_key
    except Problem:
        raise KEY_NOT_LISTED() from None
    if not key.verify(_bytes(signed.signature), read.base):
        raise SIGNATURE_INVALID()


def _check_parties(
    evidence: Evidence, sender: str, receiver: str, message: Message | None, reply: Message | None
) -> None:
    fits = sender != receiver and evidence.journal.city in (sender, receiver)
    if message is not None:
        fits = fits and (message.sender.city, message.recipient) == (sender, receiver)
    if reply is not None:
        fits = fits and (reply.sender.city, reply.recipient) == (receiver, sender)
    if message is not None and reply is not None:
        fits = fits and reply.in_reply_to == message.id
    if not fits:
        raise PARTIES_WRONG()


def _check_journal(
    charter: Charter, evidence: Evidence, asked: _Read, answered: _Read
) -> tuple[Checkpoint, dict[str, int]]:
    journal = evidence.journal
    entry = read_entry(journal.entry.encode())
    if entry.commitment != commitment(_bytes(journal.salt), journal.details.encode()):
        raise ENTRY_CHANGED()
    received = journal.city == answered.city
    peer = asked.city if received else answered.city
    shared = Exchanged(
        nonce=asked.nonce,
        request_root=asked.root,
        request_base=asked.base,
        request_signature=_bytes(evidence.exchange.request.signature),
        response_root=answered.root,
        response_base=answered.base,
        response_signature=_bytes(evidence.exchange.response.signature),
    )
    kind = "delivery.received" if received else "delivery.sent"
    if journal.details.encode() != details_bytes(shared.details(peer)) or entry.kind != kind:
        raise ENTRY_OTHER()
    note = parse_note(evidence.checkpoint.encode())
    origin = origin_of(charter, journal.city)
    checkpoint = open_checkpoint(note, origin, log_keys(charter, journal.city))
    path = [_bytes(one) for one in journal.path]
    leaf = leaf_hash(journal.entry.encode())
    if not verify_inclusion(leaf, journal.position, checkpoint.size, path, checkpoint.root):
        raise NOT_IN_JOURNAL()
    times = cosigned_by(note, witness_keys(charter, journal.city))
    witnesses = valid_cosignatures(charter, journal.city, times)
    if len(witnesses) < charter.witness_quorum:
        raise QUORUM()
    return checkpoint, witnesses


def _bytes(text: str) -> bytes:
    try:
        return from_base64url(text)
    except ValueError:
        raise MALFORMED(place="base64url") from None


def _field(text: str) -> bytes:
    if len(text) < 2 or text[0] != ":" or text[-1] != ":":
        raise ValueError("not a byte sequence")
    data = b64decode(text[1:-1], validate=True)
    if not data or len(data) > HASH_BYTES * 512:
        raise ValueError("of no possible length")
    return data
