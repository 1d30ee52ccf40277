"""Steps that this city has proposed to a keeper: visible until they are numbered or refused."""

import json
from typing import Any

from sqlalchemy import select, update

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.contracts import ProposalView
from hanse.mechanisms.cases.tables import proposals
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.tables import messages_out

PROPOSALS_SHOWN_MAX = 20


def note(
    transaction: Transaction,
    *,
    proposal: str,
    case_id: str,
    procedure: str,
    role: str,
    action: str,
    message_id: str,
    context: Context,
) -> None:
    """Keep what was proposed, by whom, and which message carries it."""
    transaction.insert(
        proposals,
        {
            "proposal_id": proposal,
            "case_id": case_id,
            "procedure": procedure,
            "organisation": context.caller.organisation,
            "role": role,
            "action": action,
            "message_id": message_id,
            "state": "proposed",
            "made_at_ms": to_ms(context.now),
        },
    )


def recorded(transaction: Transaction, proposal: str) -> None:
    """The keeper's numbered step has come back."""
    transaction.execute(
        update(proposals)
        .where(proposals.c.proposal_id == proposal)
        .values(state="recorded", problem=None)
    )


def refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """The keeper refused it for good; nothing changed anywhere."""
    transaction.execute(
        update(proposals)
        .where(proposals.c.message_id == context.message_id, proposals.c.state == "proposed")
        .values(state="refused", problem=json.dumps(problem, ensure_ascii=False))
    )


def of_case(transaction: Transaction, case_id: str) -> tuple[ProposalView, ...]:
    """The proposals that have not come back, newest first, with what became of their messages."""
    rows = transaction.rows(
        select(
            proposals, messages_out.c.state.label("carried"), messages_out.c.problem.label("why")
        )
        .outerjoin(messages_out, messages_out.c.message_id == proposals.c.message_id)
        .where(proposals.c.case_id == case_id, proposals.c.state != "recorded")
        .order_by(proposals.c.made_at_ms.desc())
        .limit(PROPOSALS_SHOWN_MAX)
    )
    return tuple(_view(row) for row in rows)


def _view(row: Any) -> ProposalView:
    undelivered = row.state == "proposed" and row.carried == "dead"
    problem = row.why if undelivered else row.problem
    return ProposalView(
        proposal=row.proposal_id,
        role=row.role,
        action=row.action,
        state="undelivered" if undelivered else row.state,
        problem=None if problem is None else json.loads(problem),
        made_at=from_ms(row.made_at_ms),
    )
