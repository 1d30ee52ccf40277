"""Charters spread by themselves: each carries its own proof, so any member may hand it on."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Final

import structlog

from hanse.foundation.errors import Problem
from hanse.node.charter_wire import CHARTERS_AT_ONCE_MAX

if TYPE_CHECKING:
    from hanse.node.node import Node

ROUND_SECONDS: Final = 60.0
log = structlog.get_logger("hanse.league")


class LeagueSync:
    """Keeps this node's charter, and its peers', at the newest version that either knows."""

    def __init__(self, node: "Node") -> None:
        self._node = node
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Ask the members for what was changed while we were down, until cancelled: all of them
        at once, then one after another, since even all of them may have been down with us."""
        for peer in list(self._node.couriers):
            self._ask(peer)
        while True:
            for peer in list(self._node.couriers):
                await asyncio.sleep(ROUND_SECONDS)
                self._ask(peer)
            if not self._node.couriers:
                await asyncio.sleep(ROUND_SECONDS)

    def _ask(self, peer: str) -> None:
        if peer not in self._tasks:
            self._start(peer, self._fetch(peer, self._node.league.version))

    def peer_has(self, peer: str, version: int) -> None:
        """A peer named the version that it holds; whoever is behind is brought up."""
        own = self._node.league.version
        if version != own and peer not in self._tasks:
            work = self._fetch(peer, own) if version > own else self._send(peer, version)
            self._start(peer, work)

    def changed(self) -> None:
        """Our charter changed: hand it to every member, the addresses old and new."""
        version = self._node.league.version
        for peer in self._node.couriers:
            if peer not in self._tasks and version:
                self._start(peer, self._send(peer, version - 1))

    async def stop(self) -> None:
        """End what is under way."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, peer: str, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks[peer] = task
        task.add_done_callback(lambda _: self._tasks.pop(peer, None))

    async def _fetch(self, peer: str, after: int) -> None:
        try:
            while documents := await self._node.client.fetch_charters(peer, after):
                held = await self._node.take_charters(documents)
                if held <= after:
                    return
                after = held
        except Problem as problem:
            log.info("charter_not_fetched", peer=peer, code=problem.code)

    async def _send(self, peer: str, after: int) -> None:
        try:
            documents = await self._node.charters_after(after, CHARTERS_AT_ONCE_MAX)
            await self._node.client.send_charters(peer, documents)
        except Problem as problem:
            log.info("charter_not_sent", peer=peer, code=problem.code)
        else:
            courier = self._node.couriers.get(peer)
            if courier is not None:
                courier.wake()
