"""Checkpoints: the head of a log as text, after C2SP tlog-checkpoint v1.0.0.

    <origin>
    <tree size>
    <base64 root hash>
    <extension line>, discouraged by the standard, any number

A checkpoint also knows the two messages that cosigners sign over it (C2SP tlog-cosignature).
"""

from dataclasses import dataclass
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.merkle import HASH_BYTES, SIZE_MAX
from hanse.mechanisms.journal.encoding import (
    from_decimal,
    has_controls,
    hash_from_base64,
    is_utf8,
    to_base64,
)

ORIGIN_BYTES_MAX: Final = 255
EXTENSION_BYTES_MAX: Final = 1024
EXTENSIONS_MAX: Final = 16
TIME_SECONDS_MAX: Final = 2**63 - 1
_SUBTREE_LABEL: Final = b"subtree/v1\n\0"

_RESEND = Text("请向日志所属城市重新索取检查点", "Fetch the checkpoint again from the log's city")
CHECKPOINT_LINES = ProblemKind(
    "checkpoint_lines_malformed",
    400,
    Text("检查点应为三行以上且每行以换行结束", "A checkpoint has three lines or more, each ended"),
    _RESEND,
)
CHECKPOINT_ORIGIN = ProblemKind(
    "checkpoint_origin_invalid",
    400,
    Text("检查点的日志标识无效", "The checkpoint's origin is not valid"),
    Text("日志标识须为 1 至 255 字节且不含控制字符", "An origin has 1 to 255 bytes, no controls"),
)
CHECKPOINT_SIZE = ProblemKind(
    "checkpoint_size_invalid",
    400,
    Text("检查点的树大小无效", "The checkpoint's tree size is not valid"),
    Text("树大小须为无前导零的十进制数", "Write the size in decimal without leading zeros"),
)
CHECKPOINT_ROOT = ProblemKind(
    "checkpoint_root_invalid",
    400,
    Text("检查点的根杂凑值无效", "The checkpoint's root hash is not valid"),
    Text("根杂凑值须为 32 字节的标准 Base64", "The root is standard base64 of 32 bytes"),
)
CHECKPOINT_EXTENSION = ProblemKind(
    "checkpoint_extension_invalid",
    400,
    Text("检查点的扩展行无效", "An extension line of the checkpoint is not valid"),
    Text(
        "扩展行至多 16 行，每行 1 至 1024 字节且不含控制字符",
        "At most 16 extension lines, each of 1 to 1024 bytes without controls",
    ),
)
COSIGNATURE_TIME = ProblemKind(
    "cosignature_time_invalid",
    400,
    Text("联署时间超出范围", "The time of the cosignature is out of range"),
    Text("时间须为 1970 年以来的整秒数", "Give whole seconds since 1970"),
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log `origin`: its `size` in entries and its Merkle `root`."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _is_line(self.origin, ORIGIN_BYTES_MAX):
            raise CHECKPOINT_ORIGIN()
        if not 0 <= self.size <= SIZE_MAX:
            raise CHECKPOINT_SIZE()
        if len(self.root) != HASH_BYTES:
            raise CHECKPOINT_ROOT()
        if len(self.extensions) > EXTENSIONS_MAX or not all(
            _is_line(line, EXTENSION_BYTES_MAX) for line in self.extensions
        ):
            raise CHECKPOINT_EXTENSION()

    def text(self) -> str:
        """The note text that a log signs; it ends with a newline."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        return "".join(line + "\n" for line in lines)

    def subtree_message(self, cosigner: str, time_seconds: int) -> bytes:
        """What an ML-DSA-44 cosigner signs: the whole tree as a subtree/v1 structure.

        Extension lines are not in it. COSIGNATURE_TIME where the time does not fit.
        """
        _require_time(time_seconds)
        name, origin = cosigner.encode(), self.origin.encode()
        return b"".join(
            (
                _SUBTREE_LABEL,
                len(name).to_bytes(1, "big") + name,
                time_seconds.to_bytes(8, "big"),
                len(origin).to_bytes(1, "big") + origin,
                (0).to_bytes(8, "big"),
                self.size.to_bytes(8, "big"),
                self.root,
            )
        )


def cosignature_message(text: str, time_seconds: int) -> bytes:
    """What an Ed25519 cosigner signs: the whole note text, below a header and the time.

    COSIGNATURE_TIME where the time does not fit.
    """
    _require_time(time_seconds)
    return f"cosignature/v1\ntime {time_seconds}\n{text}".encode()


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text; a Problem names the line that is wrong.

    The root of an empty tree is not checked here: who answers for it is the verifier.
    """
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) < 3:
        raise CHECKPOINT_LINES()
    origin, size_line, root_line, *extensions = lines
    try:
        size = from_decimal(size_line)
    except ValueError:
        raise CHECKPOINT_SIZE() from None
    try:
        root = hash_from_base64(root_line)
    except ValueError:
        raise CHECKPOINT_ROOT() from None
    return Checkpoint(origin, size, root, tuple(extensions))


def _is_line(text: str, bytes_max: int) -> bool:
    return is_utf8(text) and 0 < len(text.encode()) <= bytes_max and not has_controls(text)


def _require_time(time_seconds: int) -> None:
    if not 0 <= time_seconds <= TIME_SECONDS_MAX:
        raise COSIGNATURE_TIME()
