"""The network before a node: a TCP proxy that can be slow, or cut, whenever it is told to."""

import asyncio
import contextlib
from dataclasses import dataclass, field

CHUNK_BYTES = 16_384
SLOW_SECONDS = 0.05
"""How long each chunk is held while the network is slow."""


@dataclass
class Proxy:
    """Listens where the charter says that the node is, and passes everything on to it."""

    host: str
    port: int
    behind: int
    """The port on which the node really listens."""
    slow: bool = False
    cut: bool = False
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._pass, self.host, self.port, backlog=1024)

    @property
    def listening(self) -> int:
        """The port that it listens on, where the system chose one."""
        sockets = self._server.sockets if self._server is not None else ()
        return int(sockets[0].getsockname()[1]) if sockets else 0

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        self.drop()

    def drop(self) -> None:
        """Reset every connection that is open."""
        for writer in list(self._open):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self.cut:
                writer.transport.abort()
                return
            there, back = await asyncio.open_connection(self.host, self.behind)
        except OSError:
            writer.transport.abort()
            return
        finally:
            self._open.discard(writer)
        self._open |= {writer, back}
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            for one in (writer, back):
                self._open.discard(one)
                one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # the other side may be gone already
            while chunk := await reader.read(CHUNK_BYTES):
                if self.slow:
                    await asyncio.sleep(SLOW_SECONDS)
                writer.write(chunk)
                await writer.drain()
            writer.write_eof()
