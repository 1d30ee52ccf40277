"""What the clock makes due in cases: deadlines that pass, and steps that a city still lacks."""

from typing import Final

from sqlalchemy import select

from hanse.foundation.clock import to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import book, copies, keeper
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.tables import due
from hanse.mechanisms.exchange.context import Context

PASSED_PER_RUN_MAX: Final = 200


def run(transaction: Transaction, family: Family, context: Context) -> int:
    """Number a step for each deadline that has passed, once; then resend what is lacking.

    The row that makes a deadline due goes with the step that says it passed, in one transaction:
    a node that dies in between does it again whole, and never twice.
    """
    rows = transaction.rows(
        select(due.c.passes_at_ms, due.c.case_id, due.c.name)
        .where(due.c.procedure == family.name, due.c.passes_at_ms <= to_ms(context.now))
        .order_by(due.c.passes_at_ms)
        .limit(PASSED_PER_RUN_MAX)
    )
    # Sorted here, because stores order texts differently and the same seed is the same run.
    for _, case_id, name in sorted(tuple(row) for row in rows):
        case = book.need(transaction, family.name, case_id)
        state = case.deadlines.get(name)
        if state is None or state.standing != "running" or not case.is_open:
            continue  # an effect of a deadline before it in this run has ended it
        keeper.pass_deadline(transaction, family, case, name, context)
    return len(rows) + copies.resend(transaction, family, context)
