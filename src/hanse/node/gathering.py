"""Questions that wait for the same commit are one piece of work and one statement.

While the writer is busy, calls gather. What sixty-four clients ask one by one then costs the store
about as much as one call with sixty-four questions; a client that is alone waits for nobody.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.desk import Question
from hanse.node.writer import Writer

GATHERED_QUESTIONS_MAX: Final = 1_000

Put = Problem | bytes | None
"""A refusal; the answer where it is there already; or None where it must be awaited."""
PutAll = Callable[[Transaction, Sequence[Question]], list[Put]]
_Outcome = list[Put] | Exception


@dataclass
class _Gathered:
    """Calls that wait for the writer together; it takes them when it comes to them."""

    calls: list[Sequence[Question]] = field(default_factory=list)
    count: int = 0
    outcomes: "asyncio.Future[list[_Outcome]]" = field(init=False)


class Gathering:
    """Hands the writer what waits, all in one piece."""

    def __init__(self, writer: Writer, put_all: PutAll) -> None:
        self._writer = writer
        self._put_all = put_all
        self._lock = threading.Lock()
        self._open: _Gathered | None = None

    async def put(self, questions: Sequence[Question]) -> list[Put]:
        """Put the questions of one call; gives what became of each once that is on disk."""
        with self._lock:
            gathered = self._open
            if gathered is None or gathered.count + len(questions) > GATHERED_QUESTIONS_MAX:
                gathered = _Gathered()
                submitted: Future[Any] = self._writer.submit(partial(self._taken, gathered))
                gathered.outcomes = asyncio.wrap_future(submitted)
                self._open = gathered
            place = len(gathered.calls)
            gathered.calls.append(questions)
            gathered.count += len(questions)
        # One caller that hangs up must not take the others' outcomes away.
        outcome = (await asyncio.shield(gathered.outcomes))[place]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _taken(self, gathered: _Gathered, transaction: Transaction) -> list[_Outcome]:
        """In the writer's thread: nothing is added to these calls any more."""
        with self._lock:
            if self._open is gathered:
                self._open = None
        try:
            with transaction.savepoint():
                every = [question for call in gathered.calls for question in call]
                found = iter(self._put_all(transaction, every))
                return [[next(found) for _ in call] for call in gathered.calls]
        except Exception:  # somebody's question fails in a way of its own: each call by itself
            return [self._alone(transaction, call) for call in gathered.calls]

    def _alone(self, transaction: Transaction, call: Sequence[Question]) -> _Outcome:
        try:
            with transaction.savepoint():
                return self._put_all(transaction, call)
        except Exception as error:
            return error
