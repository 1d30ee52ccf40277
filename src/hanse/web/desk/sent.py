"""What this organisation has sent to other cities, and how far each message has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import func, select

from hanse.foundation.clock import from_ms
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.parts import Mark, Tone
from hanse.mechanisms.exchange.tables import messages_out
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

ROWS_MAX: Final = 100
MESSAGES_BACK_MAX: Final = 5_000
"""Only the last so many messages of the node are looked through: one short look."""
STATES: Final[Mapping[str, Mark]] = {
    "pending": Mark(Text("待送达", "On the way"), Tone.CAUTION),
    "owed": Mark(Text("已送达，待答复", "Delivered, answer owed"), Tone.CAUTION),
    "done": Mark(Text("已答复", "Answered"), Tone.GOOD),
    "refused": Mark(Text("被拒绝", "Refused"), Tone.BAD),
    "dead": Mark(Text("未能送达", "Not delivered"), Tone.BAD),
}
TOLD: Final = Mark(Text("已送达", "Delivered"), Tone.GOOD)


@dataclass(frozen=True)
class Sent:
    """One message, without what is in it."""

    id: str
    city: str
    operation: str
    kind: str
    state: str
    attempts: int
    at: datetime
    settled_at: datetime | None
    problem: Mapping[str, Any] | None

    @property
    def mark(self) -> Mark:
        """Its state in words."""
        if self.state == "done" and self.kind != "request":
            return TOLD
        return STATES.get(self.state, Mark(Text(self.state, self.state)))

    @property
    def reason(self) -> Text | None:
        """Why it was refused or not delivered."""
        texts = (self.problem or {}).get("texts") or {}
        title, hint = texts.get("title"), texts.get("hint")
        if not title or not hint:
            return None
        return Text(f"{title['zh']}。{hint['zh']}", f"{title['en']}. {hint['en']}")


async def sent_page(visit: Visit) -> Result:
    """The newest messages of the visitor's organisation."""
    organisation = visit.who.organisation
    found = await visit.read(lambda tx: _newest(tx, organisation))
    registry = visit.node.registry
    titles = {name: one.title for name, one in registry.operations.items()}
    titles |= {name: one.title for name, one in registry.topics.items()}
    waits = [one for one in found if one.state in ("pending", "owed", "dead")]
    return Shown("desk/sent.html", {"sent": found, "titles": titles, "waits": len(waits)})


def _newest(transaction: Transaction, organisation: str) -> list[Sent]:
    last = select(func.max(messages_out.c.number)).scalar_subquery()
    rows = transaction.rows(
        select(
            messages_out.c.message_id,
            messages_out.c.peer,
            messages_out.c.operation,
            messages_out.c.kind,
            messages_out.c.state,
            messages_out.c.attempts,
            messages_out.c.created_at_ms,
            messages_out.c.settled_at_ms,
            messages_out.c.problem,
        )
        .where(
            messages_out.c.number > last - MESSAGES_BACK_MAX,
            messages_out.c.organisation == organisation,
            messages_out.c.kind.in_(("request", "event")),
        )
        .order_by(messages_out.c.number.desc())
        .limit(ROWS_MAX)
    )
    return [
        Sent(
            id=row.message_id,
            city=row.peer,
            operation=row.operation,
            kind=row.kind,
            state=row.state,
            attempts=row.attempts,
            at=from_ms(row.created_at_ms),
            settled_at=None if row.settled_at_ms is None else from_ms(row.settled_at_ms),
            problem=None if row.problem is None else orjson.loads(row.problem),
        )
        for row in rows
    ]
