"""The house's side in its store: cycles, submissions, compared lines, acknowledgements."""

from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from pydantic import TypeAdapter
from sqlalchemy import func, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.store import Transaction
from hanse.services.finance.clearing.codes import CycleState
from hanse.services.finance.clearing.contracts import (
    Acknowledgement,
    Difference,
    PairName,
    Result,
    SettledCycle,
    Submission,
)
from hanse.services.finance.clearing.matching import Lines, PairKey, key_of, view_of
from hanse.services.finance.clearing.tables import (
    acknowledgements,
    compared,
    cycles,
    submissions,
)

Disputed: Final = TypeAdapter(tuple[PairName, ...])


def row(transaction: Transaction, cycle: str) -> Any:
    """A cycle of this house, if there is one."""
    return transaction.row(select(cycles).where(cycles.c.cycle == cycle))


def open_rows(transaction: Transaction) -> list[Any]:
    """Cycles that are not settled, oldest first."""
    return list(
        transaction.rows(
            select(cycles)
            .where(cycles.c.state != str(CycleState.SETTLED))
            .order_by(cycles.c.number)
            .limit(100)
        )
    )


def settled(transaction: Transaction, count: int) -> tuple[SettledCycle, ...]:
    """The newest cycles that are settled, oldest first."""
    rows = transaction.rows(
        select(cycles.c.cycle, cycles.c.version)
        .where(cycles.c.state == str(CycleState.SETTLED))
        .order_by(cycles.c.number.desc())
        .limit(count)
    )
    return tuple(SettledCycle(cycle=row.cycle, version=row.version) for row in reversed(list(rows)))


def begin(transaction: Transaction, cycle: str, now: datetime, minutes: int) -> None:
    """Begin a cycle that waits for submissions."""
    newest = transaction.value(select(func.max(cycles.c.number)))
    transaction.insert(
        cycles,
        {
            "cycle": cycle,
            "number": int(newest or 0) + 1,
            "state": str(CycleState.CUT),
            "version": 0,
            "cut_at_ms": to_ms(now),
            "due_at_ms": to_ms(now + timedelta(minutes=minutes)),
            "notes": "[]",
        },
    )


def change(transaction: Transaction, cycle: str, **values: Any) -> None:
    """Change a cycle."""
    transaction.execute(update(cycles).where(cycles.c.cycle == cycle).values(**values))


def note(transaction: Transaction, cycle: str, words: str) -> None:
    """Add a note that everybody sees."""
    held = row(transaction, cycle)
    notes = [*orjson.loads(held.notes), words]
    change(transaction, cycle, notes=orjson.dumps(notes).decode())


def keep_submission(transaction: Transaction, city: str, submission: Submission) -> bool:
    """Keep a city's side; False where it has submitted before."""
    if city in submitted(transaction, submission.cycle):
        return False
    transaction.insert(
        submissions,
        {"cycle": submission.cycle, "city": city, "document": submission.model_dump_json()},
    )
    return True


def submitted(transaction: Transaction, cycle: str) -> dict[str, Submission]:
    """The submissions of a cycle by city."""
    rows = transaction.rows(select(submissions).where(submissions.c.cycle == cycle))
    return {one.city: Submission.model_validate_json(one.document) for one in rows}


def begin_compare(
    transaction: Transaction, cycle: str, city: str, own: str, other: str, asked: str
) -> None:
    """Note that a city is asked for the lines of a pair."""
    transaction.insert(
        compared,
        {
            "cycle": cycle,
            "city": city,
            "own": own,
            "other": other,
            "asked": asked or None,
            "lines": "{}",
            "complete": False,
        },
    )


def comparing(transaction: Transaction, asked: str) -> Any:
    """What a question for lines is about."""
    return transaction.row(select(compared).where(compared.c.asked == asked))


def comparing_own(transaction: Transaction, cycle: str, own: str, other: str) -> Any:
    """What was begun for a pair of the house's own city."""
    return transaction.row(
        select(compared).where(
            compared.c.cycle == cycle, compared.c.own == own, compared.c.other == other
        )
    )


def add_lines(
    transaction: Transaction, found: Any, lines: dict[str, int], asked: str | None
) -> None:
    """Add a page; `asked` is the question for the next one, None where that was the last."""
    held = orjson.loads(found.lines) | lines
    transaction.execute(
        update(compared)
        .where(
            compared.c.cycle == found.cycle,
            compared.c.city == found.city,
            compared.c.own == found.own,
            compared.c.other == found.other,
        )
        .values(lines=orjson.dumps(held).decode(), asked=asked, complete=asked is None)
    )


def all_compared(transaction: Transaction, cycle: str) -> bool:
    """Whether every page that was asked for has come."""
    which = (compared.c.cycle == cycle) & ~compared.c.complete
    found = transaction.value(select(func.count()).select_from(compared).where(which))
    return not found


def compared_lines(transaction: Transaction, cycle: str) -> dict[PairKey, dict[str, Lines]]:
    """By pair and city: the lines, from the first party's view, where all of them have come."""
    found: dict[PairKey, dict[str, Lines]] = {}
    which = (compared.c.cycle == cycle) & compared.c.complete
    for one in transaction.rows(select(compared).where(which)):
        lines = {
            reference: view_of(one.own, one.other, amount)
            for reference, amount in orjson.loads(one.lines).items()
        }
        found.setdefault(key_of(one.own, one.other), {})[one.city] = lines
    return found


def acknowledge(transaction: Transaction, city: str, word: Acknowledgement) -> None:
    """Keep a city's word on a version; its first one stands."""
    known = acknowledged(transaction, word.cycle, word.version)
    if city not in known:
        transaction.insert(
            acknowledgements,
            {
                "cycle": word.cycle,
                "version": word.version,
                "city": city,
                "accepted": word.accepted,
                "reason": word.reason,
                "pairs": Disputed.dump_json(word.pairs).decode(),
            },
        )


def acknowledged(transaction: Transaction, cycle: str, version: int) -> dict[str, Any]:
    """By city: its word on a version."""
    rows = transaction.rows(
        select(acknowledgements).where(
            acknowledgements.c.cycle == cycle, acknowledgements.c.version == version
        )
    )
    return {one.city: one for one in rows}


def disputed_in(word: Any) -> list[PairKey]:
    """The pairs that a city's word disputes."""
    return [(one.first, one.second) for one in Disputed.validate_json(word.pairs)]


def differences_before(transaction: Transaction, held: Any) -> tuple[Difference, ...]:
    """The differences that the cycle before named."""
    number = held.number - 1
    before = transaction.row(select(cycles).where(cycles.c.number == number))
    result = None if before is None else result_of(before)
    return () if result is None else result.differences


def result_of(held: Any) -> Result | None:
    """The newest result of a cycle."""
    return Result.model_validate_json(held.result) if held.result else None
