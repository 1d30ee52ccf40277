"""The one writer of a node: many pieces of work share one commit, and only it commits.

While a commit is being synced to disk the next pieces of work gather; they form the next group.
So the cost of a durable commit is shared by all who wait, and nobody waits for a timer.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import structlog
from sqlalchemy import Engine

from hanse.foundation.clock import monotonic_seconds
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import Randomness, system_randomness
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.foundation.store.transaction import TransactionLost

NODE_BUSY = ProblemKind(
    "node_busy",
    503,
    Text("节点繁忙", "The node is busy"),
    Text("未产生任何变更，请稍后重试", "Nothing was changed; try again shortly"),
    retry=True,
)
STORE_FAILED = ProblemKind(
    "store_failed",
    503,
    Text("数据库无法写入", "The store can't be written"),
    Text("未产生变更，请稍后重试并通知运维", "Nothing was changed; try again, tell the operator"),
    retry=True,
)

log = structlog.get_logger("hanse.writer")
WORK_WAITING_MAX = 10_000
WORK_PER_COMMIT_MAX = 256
Result = TypeVar("Result")
_Work = tuple[Callable[[Transaction], Any], "Future[Any]"]


class Writer:
    """A thread that owns the store's write transactions."""

    def __init__(
        self,
        engine: Engine,
        *,
        before_group: Callable[[Transaction], None] = lambda transaction: None,
        on_commit: Callable[[int, float], None] = lambda pieces, seconds: None,
        randomness: Randomness = system_randomness,
    ) -> None:
        self._engine = engine
        self._randomness = randomness
        self._before_group = before_group
        self._on_commit = on_commit
        self._waiting: queue.Queue[_Work | None] = queue.Queue(WORK_WAITING_MAX)
        self._thread = threading.Thread(target=self._run, name="hanse-writer", daemon=True)
        self._stopped = False
        self._stopping = threading.Lock()
        self.failed = False
        """Whether the last group could not be committed."""

    def start(self) -> None:
        """Begin to take work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what was taken, then end."""
        with self._stopping:
            was_stopped, self._stopped = self._stopped, True
        if not was_stopped:
            self._waiting.put(None)
            self._thread.join()

    @property
    def waiting(self) -> int:
        """How many pieces of work wait."""
        return self._waiting.qsize()

    async def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Do a piece of work in the next group; returns once that group is on disk."""
        return await asyncio.wrap_future(self.submit(work))

    def submit(self, work: Callable[[Transaction], Result]) -> "Future[Result]":
        """As `run`, for a caller that is not a coroutine."""
        future: Future[Result] = Future()
        future.set_running_or_notify_cancel()  # what was taken is done, though its caller hangs up
        with self._stopping:
            if self._stopped:
                raise NODE_BUSY()
            try:
                self._waiting.put_nowait((work, future))
            except queue.Full:
                raise NODE_BUSY() from None
        return future

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while True:
                first = self._waiting.get()
                if first is None:
                    return
                group = [first]
                ended = self._gather(group)
                self._commit(connection, group)
                if ended:
                    return

    def _gather(self, group: list[_Work]) -> bool:
        while len(group) < WORK_PER_COMMIT_MAX:
            try:
                work = self._waiting.get_nowait()
            except queue.Empty:
                return False
            if work is None:
                return True
            group.append(work)
        return False

    def _commit(self, connection: Any, group: list[_Work]) -> None:
        started = monotonic_seconds()
        done: list[tuple[Future[Any], Any, BaseException | None]] = []
        transaction = Transaction(connection, self._randomness)
        try:
            with connection.begin():
                self._before_group(transaction)
                for work, future in group:
                    done.append((future, *self._one(transaction, work)))
                transaction.finish()
        except (Exception, TransactionLost) as error:
            self.failed = True
            log.error("store_failed", pieces=len(group), exc_info=error.__cause__ or error)
            for _, future in group:
                problem = STORE_FAILED()
                problem.__cause__ = error
                future.set_exception(problem)
            return
        self.failed = False
        for call in transaction.after_commit:
            call()
        for future, result, error_of_work in done:
            if error_of_work is None:
                future.set_result(result)
            else:
                future.set_exception(error_of_work)
        self._on_commit(len(group), monotonic_seconds() - started)

    def _one(
        self, transaction: Transaction, work: Callable[[Transaction], Any]
    ) -> tuple[Any, BaseException | None]:
        """One piece of work under its own savepoint: its failure is its own."""
        try:
            with transaction.savepoint():
                return work(transaction), None
        except Exception as error:
            return None, error
