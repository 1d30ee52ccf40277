"""The queues: what waits, what is owed, what is dead, and sending it again."""

from typing import Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange import outbox as queue
from hanse.node.operator_api import PAGE_ROWS_MAX, outbox_page
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

STATES: Final = {
    "dead": Text("死信", "Dead"),
    "pending": Text("待发", "Waiting"),
    "owed": Text("待对方答复", "Answer owed"),
    "refused": Text("被拒绝", "Refused"),
    "done": Text("已完成", "Done"),
}
NUMBER_MAX: Final = 2**63
NONE_CHOSEN = ProblemKind(
    "no_message_chosen",
    400,
    Text("没有选择报文", "No message was chosen"),
    Text("请选择要重发的死信", "Choose dead letters to send again"),
)


async def outbox(visit: Visit) -> Result:
    """One page of one state, newest first."""
    return await _page(visit, None, 0)


async def resend(visit: Visit) -> Result:
    """Send again what was chosen; each stands for itself."""
    chosen = [value for name, value in visit.form.items() if name.startswith("message-")]
    now, exchange = visit.now, visit.node.exchange
    if not chosen:
        return await _page(visit, NONE_CHOSEN(), 0)

    def again(transaction: Transaction) -> int:
        for message in chosen[:PAGE_ROWS_MAX]:
            queue.resend(exchange, transaction, message, now)
        return len(chosen)

    try:
        done = await visit.node.writer.run(again)
    except Problem as problem:
        return await _page(visit, problem, 0)
    return await _page(visit, None, done)


async def _page(visit: Visit, problem: Problem | None, done: int) -> Shown:
    state = visit.query.get("state", "dead")
    state = state if state in STATES else "dead"
    peer = visit.query.get("peer", "")
    city = peer if peer in visit.node.league.cities else None
    before = _number(visit.query.get("before", ""))
    rows = await visit.read(lambda tx: outbox_page(tx, state, city, before))
    values = {
        "states": STATES,
        "state": state,
        "peer": city or "",
        "rows": rows,
        "next": rows[-1]["number"] if len(rows) == PAGE_ROWS_MAX else None,
        "problem": problem,
        "done": done,
    }
    return Shown("operator/outbox.html", values, 200 if problem is None else problem.kind.status)


def _number(text: str) -> int | None:
    is_plain = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if is_plain and int(text) < NUMBER_MAX else None
