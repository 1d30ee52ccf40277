"""What the tests do with cases: open, act, carry everything, look, and compare."""

from itertools import permutations
from typing import Any

from sqlalchemy import select

from hanse.foundation.store.transaction import committing
from hanse.mechanisms.cases import book
from hanse.mechanisms.cases.case import Case
from hanse.mechanisms.cases.tables import steps
from hanse.mechanisms.exchange.due import run_due
from hanse.mechanisms.exchange.message import Kind
from tests.exchange.cities import Town, carry

ROUNDS_MAX = 40
DESK = "bureau"


def seats(applicant: str = "510100", **more: Any) -> dict[str, Any]:
    return {
        "applicant": {"city": applicant},
        "destination": {"city": "510100", "organisation": DESK},
        "origin": {"city": "510600", "organisation": DESK},
        **more,
    }


def application(subject: str = "licence-1", **changes: Any) -> dict[str, Any]:
    return {
        "subject": subject,
        "seats": seats(),
        "role": "applicant",
        "data": {"area": 100},
        **changes,
    }


def opened(town: Town, **changes: Any) -> str:
    """Open a case at its keeper; gives its number."""
    data = answered(town, "start", application(**changes))
    return str(data["case"])


def answered(town: Town, verb: str, data: dict[str, Any], **options: Any) -> dict[str, Any]:
    reply = town.call(f"move.{verb}", data, **options)
    assert reply.kind is Kind.ANSWER, reply.data
    found: dict[str, Any] = reply.data
    return found


def refused(town: Town, verb: str, data: dict[str, Any], **options: Any) -> str:
    reply = town.call(f"move.{verb}", data, **options)
    assert reply.kind is Kind.REFUSAL, reply.data
    return str(reply.data["code"])


def move(case: str, role: str, action: str, **more: Any) -> dict[str, Any]:
    return {"case": case, "role": role, "action": action, **more}


def acted(town: Town, case: str, role: str, action: str, **more: Any) -> dict[str, Any]:
    return answered(town, "act", move(case, role, action, **more))


def settle_all(towns: list[Town]) -> None:
    """Carry what waits, both ways, until nothing does."""
    for _ in range(ROUNDS_MAX):
        waiting = [(one, other) for one, other in permutations(towns, 2) if one.waiting(other.city)]
        if not waiting:
            return
        for one, other in waiting:
            carry(one, other)
    raise AssertionError("the cities do not come to rest")


def fire(town: Town) -> int:
    """Run what the clock has made due."""
    with committing(town.engine) as transaction:
        league = town.side(transaction).league
        return run_due(town.exchange, town.desk, transaction, league, town.clock.now)


def history(town: Town, case: str) -> list[str]:
    rows = town.rows(select(steps.c.digest).where(steps.c.case_id == case).order_by(steps.c.number))
    return [row.digest for row in rows]


def held(town: Town, case: str) -> Case:
    with committing(town.engine) as transaction:
        return book.need(transaction, "trial.move", case)
