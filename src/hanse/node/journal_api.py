"""The journal over HTTP, for anyone: it holds no personal data.

GET  /hanse/v1/journal/checkpoint         the newest cosigned head, a C2SP signed note
GET  /hanse/v1/journal/tile/...           C2SP tlog-tiles: hash tiles and entry bundles
POST /hanse/v1/witness/add-checkpoint     C2SP tlog-witness: asks for our cosignature
"""

from functools import partial
from typing import TYPE_CHECKING, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import checkpointing, log
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.tiles import TILE_OUTSIDE, Tile, parse_tile_path
from hanse.mechanisms.journal.witness_protocol import REQUEST_BYTES_MAX
from hanse.node.witnessing import ADD_CHECKPOINT_PATH

if TYPE_CHECKING:
    from hanse.node.node import Node

JOURNAL_PREFIX: Final = "/hanse/v1/journal/"
PREFIXES: Final = (JOURNAL_PREFIX, "/hanse/v1/witness/")
CHECKPOINT_PATH: Final = JOURNAL_PREFIX + "checkpoint"
NOTE_TYPE: Final = "text/plain; charset=utf-8"
TILE_TYPE: Final = "application/octet-stream"

NOT_PUBLISHED = ProblemKind(
    "journal_not_published",
    404,
    Text("尚未发布检查点", "No checkpoint is published yet"),
    Text("请稍后重试", "Try again shortly"),
    retry=True,
)


async def answer(
    node: "Node", method: str, path: str, body: bytes
) -> tuple[int, bytes, dict[str, str]]:
    """The status, body and headers for one of these paths."""
    if path == ADD_CHECKPOINT_PATH and method == "POST":
        decision = await node.witnessing.add_checkpoint(body)
        return decision.status, decision.body, {"content-type": decision.content_type}
    if path == CHECKPOINT_PATH and method == "GET":
        note = await node.read(checkpointing.published)
        if note is None:
            raise NOT_PUBLISHED()
        return 200, note, {"content-type": NOTE_TYPE, "cache-control": "no-cache"}
    if path.startswith(JOURNAL_PREFIX) and method == "GET":
        tile = parse_tile_path(path.removeprefix(JOURNAL_PREFIX))
        data = await node.read(partial(_published_tile, tile=tile))
        lasting = "public, max-age=604800, immutable"
        return 200, data, {"content-type": TILE_TYPE, "cache-control": lasting}
    return 404, b"", {}


def body_bytes_max(path: str) -> int:
    """The largest body that one of these paths takes."""
    return REQUEST_BYTES_MAX if path == ADD_CHECKPOINT_PATH else 0


def _published_tile(transaction: Transaction, tile: Tile) -> bytes:
    """A tile of the tree that the published checkpoint names, never of what is beyond it."""
    note = checkpointing.published(transaction)
    if note is None:
        raise TILE_OUTSIDE()
    size = parse_checkpoint(parse_note(note).text).size
    return log.tile_bytes(transaction, tile, size)
