"""The node's face to its operator: state of the peers, the outbox, dead letters and re-send."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Depends, FastAPI, Path, Query
from sqlalchemy import select

from hanse.foundation.clock import from_ms, iso
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange import outbox
from hanse.mechanisms.exchange.tables import messages_out
from hanse.node.status import node_status
from hanse.node.tokens import OPERATOR, Agency

if TYPE_CHECKING:
    from hanse.node.node import Node

PAGE_ROWS_MAX = 200
MessageId = Annotated[str, Path(max_length=128, pattern=r"^[\x21-\x7e]+$")]
State = Literal["pending", "owed", "done", "refused", "dead"]


def add_operator_routes(
    app: FastAPI, node: "Node", agency: Callable[..., Awaitable[Agency]]
) -> None:
    """Routes for tokens that allow `operator`."""

    async def operator(caller: Annotated[Agency, Depends(agency)]) -> Agency:
        caller.require(OPERATOR)
        return caller

    Operator = Annotated[Agency, Depends(operator)]  # noqa: N806 - a type

    @app.get("/api/operator/status", summary="节点状态 / State of the node", tags=["operator"])
    async def status(_: Operator) -> dict[str, Any]:
        return await node_status(node)

    @app.get("/api/operator/outbox", summary="发件箱 / The outbox", tags=["operator"])
    async def list_outbox(
        _: Operator,
        state: Annotated[State, Query()] = "dead",
        peer: Annotated[str | None, Query(pattern=r"^[1-9][0-9]{5}$")] = None,
        before: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    ) -> dict[str, Any]:
        rows = await node.read(lambda tx: outbox_page(tx, state, peer, before))
        return {"messages": rows}

    @app.post(
        "/api/operator/outbox/{message_id}/resend",
        summary="重发死信 / Send a dead letter again",
        tags=["operator"],
    )
    async def resend(_: Operator, message_id: MessageId) -> dict[str, str]:
        await node.writer.run(lambda tx: outbox.resend(node.exchange, tx, message_id, node.clock()))
        return {"message_id": message_id, "state": "pending"}


def outbox_page(
    transaction: Transaction, state: str, peer: str | None, before: int | None
) -> list[dict[str, Any]]:
    """One page of the outbox, newest first, without any message's content."""
    query = select(messages_out).where(messages_out.c.state == state)
    if peer is not None:
        query = query.where(messages_out.c.peer == peer)
    if before is not None:
        query = query.where(messages_out.c.number < before)
    rows = transaction.rows(query.order_by(messages_out.c.number.desc()).limit(PAGE_ROWS_MAX))
    return [
        {
            "number": row.number,
            "message_id": row.message_id,
            "peer": row.peer,
            "kind": row.kind,
            "operation": row.operation,
            "state": row.state,
            "attempts": row.attempts,
            "sequence": row.sequence,
            "problem": row.problem,
            "created_at": iso(from_ms(row.created_at_ms)),
        }
        for row in rows
    ]
