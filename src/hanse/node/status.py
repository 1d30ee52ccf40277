"""How a node stands, in one page: for the operator, the command line and the readiness probe."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from hanse.foundation.clock import iso
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.tables import messages_out

if TYPE_CHECKING:
    from hanse.node.node import Node


async def node_status(node: "Node") -> dict[str, Any]:
    """The charter, the agreements and their expiry, the peers and what waits for them."""
    now = node.clock()
    states = await node.read(_outbox_counts)
    return {
        "city": node.config.city,
        "ready": is_ready(node),
        "charter_version": node.league.version,
        "agreements": node.league.describe_agreements(now),
        "warnings": [text.as_dict() for text in node.league.warnings(now)],
        "services": [service.name for service in node.registry.services],
        "journal": await node.witnessing.status(),
        "writer_waiting": node.writer.waiting,
        "peers": [
            {
                "city": peer,
                "pending": states.get((peer, "pending"), 0),
                "owed": states.get((peer, "owed"), 0),
                "dead": states.get((peer, "dead"), 0),
                "failures": courier.failures,
                "last_success": iso(courier.last_success) if courier.last_success else None,
                "last_problem": courier.last_problem.as_dict() if courier.last_problem else None,
            }
            for peer, courier in sorted(node.couriers.items())
        ],
    }


def is_ready(node: "Node") -> bool:
    """Whether the node can answer: started, able to commit, and under a charter in force."""
    return node.ready and not node.writer.failed and node.league.in_force(node.clock())


def _outbox_counts(transaction: Transaction) -> dict[tuple[str, str], int]:
    rows = transaction.rows(
        select(messages_out.c.peer, messages_out.c.state, func.count().label("messages"))
        .where(messages_out.c.state.in_(("pending", "owed", "dead")))
        .group_by(messages_out.c.peer, messages_out.c.state)
    )
    return {(row.peer, row.state): row.messages for row in rows}
