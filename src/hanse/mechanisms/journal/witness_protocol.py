"""The witness protocol: the request for a cosignature and the decision on it (C2SP tlog-witness).

    POST <prefix>/add-checkpoint

    old <size that the witness last cosigned>
    <base64 hash>               the consistency proof, at most 63 lines
    <blank line>
    <the log's new checkpoint, a signed note>

`decide` is pure. The caller runs it, stores what it accepts and signs in one transaction of one
writer: two requests that are decided on the same stored size must not both be stored, or the
later one could roll the witness back.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.merkle import EMPTY_ROOT, HASH_BYTES, SIZE_MAX, verify_consistency
from hanse.mechanisms.journal.checkpoints import Checkpoint, parse_checkpoint
from hanse.mechanisms.journal.cosignatures import open_checkpoint, verify_cosignature
from hanse.mechanisms.journal.encoding import from_decimal, hash_from_base64, to_base64
from hanse.mechanisms.journal.notes import (
    NOTE_BYTES_MAX,
    NOTE_SIGNATURE,
    NOTE_TOO_LARGE,
    Note,
    NoteSignature,
    parse_note,
    parse_signature_lines,
)
from hanse.mechanisms.journal.verifier_keys import NoteKey

PROOF_LINES_MAX: Final = 63
REQUEST_BYTES_MAX: Final = NOTE_BYTES_MAX + 4_096
SIZE_TYPE: Final = "text/x.tlog.size"
LINES_TYPE: Final = "text/plain; charset=utf-8"
PROBLEM_TYPE: Final = "application/problem+json"
_OLD: Final = "old "

REQUEST_MALFORMED = ProblemKind(
    "witness_request_malformed",
    400,
    Text("见证请求格式错误", "The request to the witness is malformed"),
    Text(
        "依次为 old 行、至多 63 行杂凑值、空行、检查点",
        "Send the old line, at most 63 hashes, a blank line and the checkpoint",
    ),
)
ANSWER_MALFORMED = ProblemKind(
    "witness_answer_malformed",
    502,
    Text("见证方的答复格式错误", "The answer of the witness is malformed"),
    Text("请联系该见证方", "Contact the witness"),
)
LOG_UNKNOWN = ProblemKind(
    "witness_log_unknown",
    404,
    Text("见证方未登记该日志", "The witness does not know the log"),
    Text("请先在章程中登记日志及其公钥", "Register the log and its key in the charter first"),
)
OLD_SIZE_AHEAD = ProblemKind(
    "witness_old_size_ahead",
    400,
    Text("旧大小超过检查点的大小", "The old size is larger than the checkpoint's"),
    Text("请提交更新的检查点", "Send a later checkpoint"),
)
SIZE_CONFLICT = ProblemKind(
    "witness_size_conflict",
    409,
    Text("旧大小不是见证方最后联署的大小", "The old size is not what was last cosigned"),
    Text("请从见证方答复的大小起证明", "Prove from the size in the answer"),
)
EMPTY_ROOT_WRONG = ProblemKind(
    "witness_empty_root_wrong",
    422,
    Text("空树的根杂凑值不符", "The root of the empty tree is wrong"),
    Text("空树的根为空串的 SHA-256", "The empty tree's root is the SHA-256 of nothing"),
)
ROOT_CHANGED = ProblemKind(
    "witness_root_changed",
    422,
    Text("相同大小的根杂凑值不同，日志已分叉", "The log signed two roots of one size: it forked"),
    Text("请保存两份检查点作为证据", "Keep both checkpoints: together they are the evidence"),
)
PROOF_WRONG = ProblemKind(
    "witness_proof_wrong",
    422,
    Text("一致性证明不成立", "The consistency proof does not verify"),
    Text("请由日志重新生成证明", "Compute the proof from the log again"),
)


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request for a cosignature, well formed and otherwise unverified."""

    old_size: int
    path: tuple[bytes, ...]
    note: Note

    def __post_init__(self) -> None:
        if not 0 <= self.old_size <= SIZE_MAX or len(self.path) > PROOF_LINES_MAX:
            raise REQUEST_MALFORMED()
        if any(len(one) != HASH_BYTES for one in self.path):
            raise REQUEST_MALFORMED()
        parse_checkpoint(self.note.text)

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint as sent; its origin says which `KnownLog` to look up."""
        return parse_checkpoint(self.note.text)

    def encode(self) -> bytes:
        """The body of the request."""
        lines = [f"{_OLD}{self.old_size}", *(to_base64(one) for one in self.path), ""]
        return "".join(line + "\n" for line in lines).encode() + self.note.encode()


@dataclass(frozen=True, slots=True)
class KnownLog:
    """What a witness holds of one log: its keys, and the head that it last cosigned, if any."""

    origin: str
    keys: tuple[NoteKey, ...]
    size: int = 0
    root: bytes = EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a request, and what to do before it is sent.

    `accepted` is the checkpoint to store as the latest, and then to cosign; its answer is
    `cosigned`. `forked` says that the log itself signed a contradiction of what the witness
    holds: the request is evidence, and to be kept.
    """

    status: int
    content_type: str
    body: bytes
    problem: Problem | None = None
    accepted: Checkpoint | None = None
    forked: bool = False


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """The request of a body. Its Problems are answered by `refusal`: 413 for size, else 400."""
    if len(body) > REQUEST_BYTES_MAX:
        raise NOTE_TOO_LARGE()
    head, blank, note = body.partition(b"\n\n")
    if not blank or not head.isascii():
        raise REQUEST_MALFORMED()
    old_line, *proof_lines = head.decode("ascii").split("\n")
    if not old_line.startswith(_OLD):
        raise REQUEST_MALFORMED()
    try:
        old_size = from_decimal(old_line.removeprefix(_OLD))
        path = tuple(hash_from_base64(line) for line in proof_lines)
    except ValueError:
        raise REQUEST_MALFORMED() from None
    return AddCheckpoint(old_size, path, parse_note(note))


def decide(request: AddCheckpoint, log: KnownLog | None) -> Decision:
    """Whether the witness may cosign, in the standard's order of checks.

    `log` is what the witness holds of the request's origin, None where it does not know it.
    """
    if log is None:
        return refusal(LOG_UNKNOWN())
    try:
        checkpoint = open_checkpoint(request.note, log.origin, log.keys)
        _require_extension(request, checkpoint, log)
    except Problem as problem:
        if problem.kind is SIZE_CONFLICT:
            return _conflict(problem, log, request.checkpoint)
        return refusal(problem, forked=problem.kind is ROOT_CHANGED)
    return Decision(200, LINES_TYPE, b"", accepted=checkpoint)


def refusal(problem: Problem, forked: bool = False) -> Decision:
    """The answer that carries a refusal, as RFC 9457 problem details."""
    body = json.dumps(problem.as_dict(), ensure_ascii=False).encode()
    return Decision(problem.kind.status, PROBLEM_TYPE, body, problem, forked=forked)


def cosigned(decision: Decision, signatures: Sequence[NoteSignature]) -> Decision:
    """The decision that accepted, with the witness's signature lines as its answer."""
    body = "".join(signature.line() for signature in signatures).encode()
    return Decision(decision.status, LINES_TYPE, body, accepted=decision.accepted)


def parse_size(body: bytes) -> int:
    """The size that a witness answers with status 409; ANSWER_MALFORMED for anything else."""
    try:
        text = body.decode("ascii")
        if not text.endswith("\n"):
            raise ValueError("a size ends with a newline")
        return from_decimal(text[:-1])
    except ValueError:
        raise ANSWER_MALFORMED() from None


def with_cosignatures(note: Note, body: bytes, keys: Sequence[NoteKey]) -> Note:
    """The checkpoint's note with those lines of a witness's answer that our own keys verify.

    Lines of unknown keys are left out. ANSWER_MALFORMED where it is no list of signature
    lines. NOTE_SIGNATURE where a line of a known key does not verify: it is not added, since
    it would spoil the note for every reader.
    """
    checkpoint = parse_checkpoint(note.text)
    known = {(key.name, key.id): key for key in keys}
    try:
        signatures = parse_signature_lines(body)
    except Problem:
        raise ANSWER_MALFORMED() from None
    lines = []
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if verify_cosignature(checkpoint, key, signature) is None:
            raise NOTE_SIGNATURE(name=key.name)
        lines.append(signature)
    return note.with_signatures(lines)


def monitor_path(origin: str) -> str:
    """Where a witness serves its latest checkpoint of a log, below the monitoring prefix."""
    return f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"


def _require_extension(request: AddCheckpoint, checkpoint: Checkpoint, log: KnownLog) -> None:
    if request.old_size > checkpoint.size:
        raise OLD_SIZE_AHEAD()
    if request.old_size != log.size:
        raise SIZE_CONFLICT()
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise EMPTY_ROOT_WRONG()
    if checkpoint.size == log.size and checkpoint.root != log.root:
        raise ROOT_CHANGED()
    if not verify_consistency(log.size, log.root, checkpoint.size, checkpoint.root, request.path):
        raise PROOF_WRONG()


def _conflict(problem: Problem, log: KnownLog, checkpoint: Checkpoint) -> Decision:
    forked = checkpoint.size == log.size and checkpoint.root != log.root
    return Decision(409, SIZE_TYPE, f"{log.size}\n".encode(), problem, forked=forked)
