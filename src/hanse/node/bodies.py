"""Large bodies: streamed to and from disk in small chunks, named by their SHA-256.

A body goes to the peer before the message that refers to it. Its transfer is signed over its
digest, so it is refused before its first byte if the sender is not a member. What arrives is
hashed while it is written and takes its name only when the whole is right and synced.
"""

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import urlsplit

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.http_signatures import RequestParts
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.bodies import open_body_request, seal_body_request
from hanse.mechanisms.exchange.core import Outgoing
from hanse.mechanisms.exchange.delivery import NONCE_BYTES
from hanse.mechanisms.exchange.tables import bodies

if TYPE_CHECKING:
    from hanse.node.node import Node

CHUNK_BYTES: Final = 262_144
BODIES_PREFIX: Final = "/hanse/v1/bodies/"
_DIGEST: Final = re.compile(r"sha-256:[0-9a-f]{64}")

BODY_NAME_WRONG = ProblemKind(
    "body_name_wrong",
    400,
    Text("附件名称须为其摘要", "A body is named by its digest"),
    Text("使用 sha-256:<十六进制>", "Use sha-256:<hex>"),
)
BODY_TOO_LARGE = ProblemKind(
    "body_too_large",
    413,
    Text("附件过大", "The body is too large"),
    Text("附件不超过 {bytes_max} 字节", "A body has at most {bytes_max} bytes"),
)
BODY_DIGEST_WRONG = ProblemKind(
    "body_digest_wrong",
    400,
    Text("附件内容与摘要不符", "The body does not match its digest"),
    Text("请重新发送", "Send it again"),
)
BODY_MISSING = ProblemKind(
    "body_missing",
    404,
    Text("没有该附件", "There is no such body"),
    Text("请先上传附件", "Upload the body first"),
)


class Bodies:
    """The bodies of one node."""

    def __init__(self, node: "Node") -> None:
        self._node = node
        self.folder = node.config.bodies_folder
        self._pushed: set[tuple[str, str]] = set()
        """Peer and digest of what went ahead of a delivery that is still to be settled."""

    def path(self, digest: str) -> Path:
        """Where a body stands. Only a digest names one, so no path leads elsewhere."""
        if not _DIGEST.fullmatch(digest):
            raise BODY_NAME_WRONG()
        return self.folder / digest.replace(":", "-")

    async def take(self, request: RequestParts, chunks: AsyncIterator[bytes]) -> None:
        """Take a peer's body."""
        digest = request.path.removeprefix(BODIES_PREFIX)
        self.path(digest)
        sender = open_body_request(request, digest, self._node.league, self._node.clock())
        length = request.headers.get("content-length", "")
        bytes_max = self._node.config.limits.body_bytes_max
        if len(length) > len(str(bytes_max)) or (length.isdigit() and int(length) > bytes_max):
            raise BODY_TOO_LARGE(bytes_max=bytes_max)
        await self.store(digest, sender, chunks)

    async def store(self, digest: str | None, peer: str, chunks: AsyncIterator[bytes]) -> str:
        """Write a body to disk and note whose it is; gives its digest."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix="incoming-", delete=False) as file:
            temporary = Path(file.name)
            try:
                found, size = await self._write(file, chunks)
                if digest is not None and found != digest:
                    raise BODY_DIGEST_WRONG()
                await asyncio.to_thread(_settle_file, file, temporary, self.path(found))
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        row = {
            "digest": found,
            "peer": peer,
            "size_bytes": size,
            "stored_at_ms": to_ms(self._node.clock()),
        }
        await self._node.writer.run(
            lambda tx: tx.upsert(bodies, row, lambda new: {"stored_at_ms": new.stored_at_ms})
        )
        return found

    async def _write(self, file: Any, chunks: AsyncIterator[bytes]) -> tuple[str, int]:
        hasher = hashlib.sha256()
        size = 0
        bytes_max = self._node.config.limits.body_bytes_max
        async for chunk in chunks:
            size += len(chunk)
            if size > bytes_max:
                raise BODY_TOO_LARGE(bytes_max=bytes_max)
            hasher.update(chunk)
            await asyncio.to_thread(file.write, chunk)
        return f"sha-256:{hasher.hexdigest()}", size

    async def push(self, address: str, peer: str, digest: str) -> None:
        """Send a body to a peer, unless it went ahead of the same message before."""
        if (peer, digest) in self._pushed:
            return
        path = self.path(digest)
        if not path.is_file():
            raise BODY_MISSING()
        headers = seal_body_request(
            self._node.signer,
            authority=urlsplit(address).netloc,
            path=BODIES_PREFIX + digest,
            digest=digest,
            charter_version=self._node.league.version,
            now=self._node.clock(),
            nonce=self._node.randomness(NONCE_BYTES),
        )
        headers["content-length"] = str(path.stat().st_size)
        with path.open("rb") as file:
            await self._node.client.put(
                address + BODIES_PREFIX + digest, _read_chunks(file), headers
            )
        self._pushed.add((peer, digest))

    def settled(self, peer: str, carried: Sequence[Outgoing]) -> None:
        """A delivery was answered: a peer that asks for a body now does not have it."""
        self._pushed.difference_update((peer, one.body) for one in carried if one.body)


def can_never_go(problem: Problem) -> bool:
    """Whether pushing the body again would fail again: it is gone here, or too large there."""
    return problem.kind is BODY_MISSING or problem.values.get("status") == BODY_TOO_LARGE.status


def _settle_file(file: Any, temporary: Path, final: Path) -> None:
    """On disk under its final name, or not at all."""
    file.flush()
    os.fsync(file.fileno())
    temporary.replace(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _read_chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk
