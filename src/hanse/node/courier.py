"""A courier carries this node's messages to one peer, in two lanes.

Requests and answers go from memory in a few deliveries at a time; whatever queued meanwhile goes
together in the next. Events go one delivery at a time from their rows, so that their order holds.
The rows in the outbox are the truth: after a restart, a full queue or a failure they are re-read.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog

from hanse.foundation.clock import monotonic_seconds
from hanse.foundation.errors import Problem
from hanse.mechanisms.exchange import outbox
from hanse.mechanisms.exchange.core import Outgoing
from hanse.mechanisms.exchange.limits import DELIVERY_BYTES_MAX, MESSAGES_PER_DELIVERY_MAX
from hanse.mechanisms.exchange.message import Kind
from hanse.mechanisms.exchange.settle import REPLY_MISMATCH
from hanse.node.peer_problems import LATER_WANTED

if TYPE_CHECKING:
    from hanse.node.node import Node

QUEUE_LENGTH_MAX: Final = 10_000
ROUTE_CHECK_SECONDS: Final = 1.0
log = structlog.get_logger("hanse.courier")


class Courier:
    """What goes to one peer."""

    def __init__(self, node: "Node", peer: str) -> None:
        self.node = node
        self.peer = peer
        self.queue: deque[Outgoing] = deque()
        self.held: set[str] = set()
        """Ids that are queued or on their way, so that no row is taken up twice."""
        self.unread = True
        """Whether there may be rows that are not in the queue."""
        self.in_flight = 0
        self.failures = 0
        self.not_before = 0.0
        self.last_problem: Problem | None = None
        self.last_success: datetime | None = None
        self._wake = asyncio.Event()
        self._wake_events = asyncio.Event()
        self._wake_events.set()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to carry."""
        for lane in (self._carry_requests(), self._carry_events()):
            self._spawn(lane)
        self._wake.set()

    async def stop(self) -> None:
        """End; what is on its way is re-read and sent again at the next start."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def take(self, outgoing: Outgoing) -> None:
        """A message of ours was committed."""
        if outgoing.kind is Kind.EVENT:
            self._wake_events.set()
            return
        if len(self.queue) >= QUEUE_LENGTH_MAX:
            self.unread = True
        elif outgoing.message_id not in self.held:
            self.held.add(outgoing.message_id)
            self.queue.append(outgoing)
        self._wake.set()

    def look_again(self) -> None:
        """There may be rows that another process wrote."""
        if self.queue or self.in_flight:
            return
        self.unread = True
        self._wake.set()
        self._wake_events.set()

    def wake(self) -> None:
        """Try at once, whatever the back-off says: the route has changed."""
        self.not_before = 0.0
        self._wake.set()
        self._wake_events.set()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_requests(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while True:
                await self._wait_turn()
                if self.in_flight >= self.node.config.limits.deliveries_in_flight_max:
                    break
                if not self.queue and self.unread:
                    await self._reread()
                batch = self._next_batch()
                if not batch:
                    break
                self.in_flight += 1
                self._spawn(self._deliver_requests(batch))

    async def _reread(self) -> None:
        self.unread = False
        after = 0
        while len(self.queue) < QUEUE_LENGTH_MAX:
            position = after
            waiting, after = await self.node.read(
                lambda tx, position=position: outbox.pending(  # type: ignore[misc]
                    tx, self.peer, events=False, after=position, limit=1_000
                )
            )
            if not waiting:
                return
            for outgoing in waiting:
                if outgoing.message_id not in self.held:
                    self.held.add(outgoing.message_id)
                    self.queue.append(outgoing)
        self.unread = True

    def _next_batch(self) -> list[Outgoing]:
        batch: list[Outgoing] = []
        size = 0
        while self.queue and len(batch) < MESSAGES_PER_DELIVERY_MAX:
            size += len(self.queue[0].line) + 1
            if batch and size > DELIVERY_BYTES_MAX:
                break
            batch.append(self.queue.popleft())
        return batch

    async def _deliver_requests(self, batch: list[Outgoing]) -> None:
        try:
            again, delay = await self._deliver(batch)
        finally:
            self.in_flight -= 1
        returning = {one.message_id for one in again}
        self.held -= {one.message_id for one in batch} - returning
        if delay:
            asyncio.get_running_loop().call_later(delay, self._put_back, again)
        else:
            self._put_back(again)

    def _put_back(self, again: Sequence[Outgoing]) -> None:
        self.queue.extendleft(reversed(again))
        self._wake.set()

    async def _carry_events(self) -> None:
        while True:
            await self._wake_events.wait()
            self._wake_events.clear()
            while True:
                await self._wait_turn()
                waiting, _ = await self.node.read(
                    lambda tx: outbox.pending(
                        tx, self.peer, events=True, limit=MESSAGES_PER_DELIVERY_MAX
                    )
                )
                if not waiting:
                    break
                _, delay = await self._deliver(_within_bytes(waiting))
                await asyncio.sleep(delay)

    async def _deliver(self, batch: Sequence[Outgoing]) -> tuple[list[Outgoing], float]:
        """One delivery; gives what must be sent again, and the seconds to wait before it.

        A peer that could not be reached is left alone for a while. A peer that wants single
        messages later still gets all others at once.
        """
        try:
            again = list(await self.node.deliver(self.peer, batch))
        except Problem as problem:
            self._back_off(problem)
            return await self._failed(batch, problem), 0.0
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("courier_failed", peer=self.peer)
            self._back_off(REPLY_MISMATCH())
            return list(batch), 0.0
        self.failures = 0
        self.last_problem = None
        self.last_success = self.node.clock()
        if not again:
            return [], 0.0
        remaining = await self._failed(again, LATER_WANTED())
        attempts = min((one.attempts for one in remaining), default=0)
        return remaining, self._seconds(attempts)

    async def _failed(self, batch: Sequence[Outgoing], problem: Problem) -> list[Outgoing]:
        dead = await self.node.writer.run(
            lambda tx: outbox.failed(self.node.exchange, tx, batch, problem, self.node.clock())
        )
        buried = {one.message_id for one in dead}
        return [
            replace(one, attempts=one.attempts + 1) for one in batch if one.message_id not in buried
        ]

    def _seconds(self, attempts: int) -> float:
        limits = self.node.config.limits
        seconds = min(limits.retry_seconds_min * 2.0 ** min(attempts, 30), limits.retry_seconds_max)
        return seconds * (0.75 + 0.5 * self.node.randomness(1)[0] / 255)

    def _back_off(self, problem: Problem) -> None:
        seconds = self._seconds(self.failures)
        self.failures += 1
        self.not_before = monotonic_seconds() + seconds
        self.last_problem = problem
        self.node.metrics.delivery_failures.labels(self.peer, problem.code).inc()
        log.info("delivery_failed", peer=self.peer, code=problem.code, retry_in_s=round(seconds, 1))

    async def _wait_turn(self) -> None:
        while (wait := self.not_before - monotonic_seconds()) > 0:
            await asyncio.sleep(min(wait, ROUTE_CHECK_SECONDS))


def _within_bytes(waiting: Sequence[Outgoing]) -> Sequence[Outgoing]:
    size = 0
    for index, outgoing in enumerate(waiting):
        size += len(outgoing.line) + 1
        if size > DELIVERY_BYTES_MAX and index:
            return waiting[:index]
    return waiting
