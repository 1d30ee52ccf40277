"""Proof files: that one entry is in a log, as text that is checked offline (C2SP tlog-proof).

c2sp.org/tlog-proof@v1
extra <base64>              optional, and authenticated by nothing
index <index of the entry>
<base64 hash>               the inclusion path, from the leaf's sibling upwards
<blank line>
<the log's checkpoint, a signed note with its cosignatures>
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.merkle import HASH_BYTES, SIZE_MAX, verify_inclusion
from hanse.mechanisms.journal.checkpoints import Checkpoint, parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosigned_by, open_checkpoint
from hanse.mechanisms.journal.encoding import (
    from_base64,
    from_decimal,
    hash_from_base64,
    to_base64,
)
from hanse.mechanisms.journal.notes import NOTE_BYTES_MAX, Note, parse_note
from hanse.mechanisms.journal.verifier_keys import NoteKey

PROOF_SUFFIX: Final = ".tlog-proof"
PATH_HASHES_MAX: Final = 63
EXTRA_BYTES_MAX: Final = 65_536
PROOF_BYTES_MAX: Final = NOTE_BYTES_MAX + 131_072
_HEADER: Final = "c2sp.org/tlog-proof@v1"
_EXTRA: Final = "extra "
_INDEX: Final = "index "

_RESEND = Text("请重新索取证明文件", "Ask for the proof file again")
PROOF_TOO_LARGE = ProblemKind(
    "tlog_proof_too_large", 413, Text("证明文件过大", "The proof file is too large"), _RESEND
)
PROOF_HEADER = ProblemKind(
    "tlog_proof_header_unknown",
    400,
    Text("不是可识别的证明文件", "This is not a proof file of a known version"),
    Text("首行须为 c2sp.org/tlog-proof@v1", "Its first line is c2sp.org/tlog-proof@v1"),
)
PROOF_EXTRA = ProblemKind(
    "tlog_proof_extra_invalid",
    400,
    Text("证明文件的附加数据无效", "The extra data of the proof is not valid"),
    Text("附加数据须为 1 至 65536 字节的 Base64", "Give base64 of 1 to 65536 bytes, or no line"),
)
PROOF_INDEX = ProblemKind(
    "tlog_proof_index_invalid",
    400,
    Text("证明文件的条目序号无效", "The entry's index in the proof is not valid"),
    Text("序号须为无前导零的十进制数", "Write the index in decimal without leading zeros"),
)
PROOF_PATH = ProblemKind(
    "tlog_proof_path_invalid",
    400,
    Text("证明文件的包含路径无效", "The inclusion path of the proof is not valid"),
    Text("至多 63 行，每行一个 Base64 杂凑值，后接空行", "At most 63 base64 hashes, then a blank"),
)
PROOF_NOT_INCLUDED = ProblemKind(
    "tlog_proof_entry_not_included",
    422,
    Text("该条目不在检查点所示的日志中", "The entry is not in the log that the checkpoint shows"),
    Text("请勿采信该条目，并通知见证方", "Do not rely on the entry, and tell the witnesses"),
)
PROOF_QUORUM = ProblemKind(
    "tlog_proof_quorum_missing",
    422,
    Text("联署的见证方不足", "Too few witnesses cosigned"),
    Text("请索取联署齐全的证明", "Ask for a proof that a quorum has cosigned"),
    detail=Text("需 {quorum} 个见证方，仅有 {count} 个", "{count} witnesses of {quorum} cosigned"),
)


@dataclass(frozen=True, slots=True)
class LogProof:
    """That the log of `note`'s checkpoint holds an entry at `index`. Nothing is verified yet.

    `extra` is for the reader's application; it is not authenticated. Empty means none.
    """

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    def __post_init__(self) -> None:
        if not 0 <= self.index <= SIZE_MAX:
            raise PROOF_INDEX()
        if len(self.path) > PATH_HASHES_MAX or any(len(one) != HASH_BYTES for one in self.path):
            raise PROOF_PATH()
        if len(self.extra) > EXTRA_BYTES_MAX:
            raise PROOF_EXTRA()
        parse_checkpoint(self.note.text)

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that the proof leads to; to be believed only after `verify_proof`."""
        return parse_checkpoint(self.note.text)

    def encode(self) -> bytes:
        """The proof file."""
        lines = [_HEADER, _EXTRA + to_base64(self.extra), f"{_INDEX}{self.index}"]
        if not self.extra:
            del lines[1]
        lines += [to_base64(one) for one in self.path]
        return "".join(line + "\n" for line in lines).encode() + b"\n" + self.note.encode()


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a reader believes: one log's keys, the witnesses' keys, and how many must cosign."""

    origin: str
    log_keys: Sequence[NoteKey]
    witness_keys: Sequence[NoteKey]
    quorum: int


@dataclass(frozen=True, slots=True)
class VerifiedProof:
    """What a verified proof shows: the signed checkpoint, and who cosigned it, and when."""

    checkpoint: Checkpoint
    witnesses: dict[str, int]


def parse_proof(data: bytes) -> LogProof:
    """The proof of a file, unverified; a Problem says which part is malformed."""
    if len(data) > PROOF_BYTES_MAX:
        raise PROOF_TOO_LARGE()
    head, _, note = data.partition(b"\n\n")
    lines = head.decode("ascii").split("\n") if head.isascii() else [""]
    if lines.pop(0) != _HEADER:
        raise PROOF_HEADER()
    extra = _parsed_extra(lines.pop(0)) if lines and lines[0].startswith(_EXTRA) else b""
    index = _parsed_index(lines)
    return LogProof(index, _parsed_path(lines[1:]), parse_note(note), extra)


def verify_proof(proof: LogProof, leaf: bytes, trust: Trust) -> VerifiedProof:
    """What the proof shows of the entry with this leaf hash, to a reader with this trust.

    The leaf hash comes from the entry itself, never from the proof. Refused, in this order: a
    checkpoint that the log did not sign, too few witnesses, and an entry that is not included.
    """
    checkpoint = open_checkpoint(proof.note, trust.origin, trust.log_keys)
    witnesses = cosigned_by(proof.note, trust.witness_keys)
    if len(witnesses) < trust.quorum:
        raise PROOF_QUORUM(count=len(witnesses), quorum=trust.quorum)
    if not verify_inclusion(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise PROOF_NOT_INCLUDED()
    return VerifiedProof(checkpoint, witnesses)


def _parsed_extra(line: str) -> bytes:
    try:
        extra = from_base64(line.removeprefix(_EXTRA))
    except ValueError:
        raise PROOF_EXTRA() from None
    if not extra:
        raise PROOF_EXTRA()
    return extra


def _parsed_index(lines: Sequence[str]) -> int:
    if not lines or not lines[0].startswith(_INDEX):
        raise PROOF_INDEX()
    try:
        return from_decimal(lines[0].removeprefix(_INDEX))
    except ValueError:
        raise PROOF_INDEX() from None


def _parsed_path(lines: Iterable[str]) -> tuple[bytes, ...]:
    try:
        return tuple(hash_from_base64(line) for line in lines)
    except ValueError:
        raise PROOF_PATH() from None
