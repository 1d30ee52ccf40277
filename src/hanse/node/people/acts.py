"""Four eyes: an act that one person proposes is done when another confirms it.

What is proposed lies in the store until then, with who proposed it and until when it may be
confirmed. Confirming is a change of state that happens once; whoever confirmed must not have
proposed, whatever their rights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.node.people.tables import acts
from hanse.node.people.who import Who

DAYS_MAX: Final = 7
"""Then nobody may confirm it any more; who still wants it proposes it again."""
PAGE_MAX: Final = 50

ACT_UNKNOWN = ProblemKind(
    "act_unknown",
    404,
    Text("没有该待复核事项", "There is no such act"),
    Text("请从待复核列表进入", "Begin at the list of what waits"),
)
SAME_PERSON = ProblemKind(
    "act_same_person",
    403,
    Text("提交人不能自行复核", "Whoever proposed it can't confirm it"),
    Text("请由另一人复核", "Have another person confirm it"),
)
ACT_DECIDED = ProblemKind(
    "act_decided",
    409,
    Text("该事项已经处理或已过期", "The act was decided already, or it is too late"),
    Text(
        "请查看其结果；如仍需办理请重新提交", "See what became of it; propose it again if need be"
    ),
)


class State(StrEnum):
    """Where an act stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    """Confirmed by another person; its outcome follows."""
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"


STATE_WORDS: Final = {
    State.WAITING: Text("待复核", "Waits for confirmation"),
    State.CONFIRMED: Text("已复核，办理中", "Confirmed, under way"),
    State.DONE: Text("已办理", "Done"),
    State.FAILED: Text("办理未成功", "Could not be done"),
    State.REFUSED: Text("已退回", "Refused"),
}


@dataclass(frozen=True)
class Proposed:
    """What is proposed: which act, with which data."""

    act: str
    data: Any


def propose(transaction: Transaction, proposed: Proposed, who: Who, now: datetime) -> str:
    """Keep an act until another person confirms it; gives its number."""
    number = new_id(transaction.randomness)
    transaction.insert(
        acts,
        {
            "number": number,
            "act": proposed.act,
            "data": proposed.data,
            "organisation": who.organisation,
            "proposed_by": who.account,
            "proposed_name": who.name,
            "proposed_at_ms": to_ms(now),
            "expires_at_ms": to_ms(now + timedelta(days=DAYS_MAX)),
            "state": str(State.WAITING),
            "decided_by": None,
            "decided_name": None,
            "decided_at_ms": None,
            "outcome": None,
        },
    )
    details = {"act": proposed.act, "account": who.account, "number": number}
    log.record(transaction, "act.proposed", details, at=now)
    return number


def decide(
    transaction: Transaction, number: str, who: Who, now: datetime, *, confirms: bool
) -> Row[Any]:
    """Confirm or refuse an act; gives it. Refused for its proposer, and when it is decided."""
    held = find(transaction, number, who.organisation)
    if confirms and held.proposed_by == who.account:
        raise SAME_PERSON()
    if held.state != State.WAITING or held.expires_at_ms <= to_ms(now):
        raise ACT_DECIDED()
    state = State.CONFIRMED if confirms else State.REFUSED
    changed = transaction.execute(
        update(acts)
        .where(acts.c.number == number, acts.c.state == str(State.WAITING))
        .values(
            state=str(state),
            decided_by=who.account,
            decided_name=who.name,
            decided_at_ms=to_ms(now),
        )
    )
    if changed.rowcount != 1:
        raise ACT_DECIDED()
    details = {"act": held.act, "account": who.account, "number": number, "decision": str(state)}
    log.record(transaction, "act.decided", details, at=now)
    return held


def finish(transaction: Transaction, number: str, state: State, outcome: Any) -> None:
    """Note what became of a confirmed act."""
    transaction.execute(
        update(acts)
        .where(acts.c.number == number, acts.c.state == str(State.CONFIRMED))
        .values(state=str(state), outcome=outcome)
    )


def find(transaction: Transaction, number: str, organisation: str) -> Row[Any]:
    """An act of an organisation, or a refusal: those of others are not there."""
    row = transaction.row(
        select(acts).where(acts.c.number == number, acts.c.organisation == organisation)
    )
    if row is None:
        raise ACT_UNKNOWN()
    return row


def page(transaction: Transaction, organisation: str, *, waiting: bool) -> Sequence[Row[Any]]:
    """The newest acts of an organisation: those that wait, or all others."""
    is_waiting = acts.c.state == str(State.WAITING)
    return transaction.rows(
        select(acts)
        .where(acts.c.organisation == organisation, is_waiting if waiting else ~is_waiting)
        .order_by(acts.c.proposed_at_ms.desc(), acts.c.number)
        .limit(PAGE_MAX)
    )
