"""Cities whose nodes are started and stopped one by one, in one thread's loop, over real HTTP."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hanse.foundation.clock import wall_clock
from hanse.node.config import load
from hanse.node.node import Node
from hanse.node.server import serving
from hanse.node.zone import TOKENS_NAME, Zone
from hanse.services import ALL
from tests.node.running import Running

SECONDS_MAX = 60


@dataclass
class Places:
    """The cities of a folder; none runs at first."""

    folder: Path
    loop: asyncio.AbstractEventLoop
    stacks: dict[str, contextlib.AsyncExitStack] = field(default_factory=dict)
    zone: Zone = field(init=False)

    def __post_init__(self) -> None:
        tokens = json.loads((self.folder / TOKENS_NAME).read_text("utf-8"))
        self.zone = Zone({}, {}, tokens)

    def start(self, *cities: str) -> None:
        """Start these cities' nodes."""
        for city in cities:
            self._run(self._start(city))

    def stop(self, *cities: str) -> None:
        """Stop them as an operator does."""
        for city in cities:
            self._run(self.stacks.pop(city).aclose())

    def running(self) -> Running:
        """The cities as the other tests know them."""
        return Running(self.zone, self.loop, self.folder)

    async def _start(self, city: str) -> None:
        stack = self.stacks[city] = contextlib.AsyncExitStack()
        node = Node(load(self.folder / city / "node.toml"), ALL, clock=wall_clock)
        self.zone.addresses[city] = await stack.enter_async_context(serving(node))
        self.zone.nodes[city] = node

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(SECONDS_MAX)


@contextlib.contextmanager
def places(folder: Path) -> Iterator[Places]:
    """The cities of a folder; what runs at the end is stopped."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="places", daemon=True)
    thread.start()
    found = Places(folder, loop)
    try:
        yield found
    finally:
        found.stop(*list(found.stacks))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(SECONDS_MAX)
        loop.close()


def configured(folder: Path, city: str, change: Callable[[str], str]) -> None:
    """Change a node's configuration."""
    path = folder / city / "node.toml"
    path.write_text(change(path.read_text("utf-8")), "utf-8")


def impatient(folder: Path) -> None:
    """Let every node try again after a few hundredths of a second."""
    limits = "\n[limits]\nretry_seconds_min = 0.05\nretry_seconds_max = 0.2\n"
    for path in folder.glob("*/node.toml"):
        configured(folder, path.parent.name, lambda text: text + limits)
