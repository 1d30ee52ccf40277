"""The month's clearing: both cities' lines compared one by one, then closed and owed as a sum."""

from typing import Any

import orjson
from sqlalchemy import delete, select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.social.insurance import shared_lines
from hanse.services.social.insurance.contracts import (
    CloseMonth,
    MonthClosed,
    MonthLines,
    MonthQuestion,
    NamedDifference,
    Reconcile,
    Reconciled,
    SettledLine,
)
from hanse.services.social.insurance.insurer import RECONCILIATION_PURPOSE, day_of
from hanse.services.social.insurance.reconciliation import differences
from hanse.services.social.insurance.tables import reconciliations

DIFFERENCES_MAX = 10_000
MONTH_NOT_OVER = ProblemKind(
    "insurance_month_not_over",
    409,
    Text("该月尚未结束", "The month is not over"),
    Text("请在次月清算{month}", "Clear {month} when it is over"),
)
MONTH_DIFFERS = ProblemKind(
    "insurance_month_differs",
    409,
    Text("两市该月的合计不一致", "The two cities' sums of the month differ"),
    Text("请先对账并处理差异：本市{ours}分", "Reconcile first: this city has {ours} fen"),
)


@operation(
    "insurance.month_lines",
    Text("月度结算明细", "Lines of a month"),
    purposes=(RECONCILIATION_PURPOSE,),
)
def month_lines(transaction: Transaction, request: MonthQuestion, context: Context) -> MonthLines:
    """The lines of a month that this city owes the asking one, without any person."""
    found = shared_lines.page(
        transaction,
        shared_lines.INSURER,
        context.caller.city,
        request.month,
        request.after,
        request.count,
    )
    page = tuple(found[: request.count])
    more = len(found) > request.count
    return MonthLines(lines=page, after=page[-1].line if more else None)


@operation("insurance.reconcile", Text("月度对账", "Reconcile a month"), reach=Reach.CITY)
def reconcile(transaction: Transaction, request: Reconcile, context: Context) -> Reconciled:
    """Compare this city's lines of a month with those of an insuring city, each difference named.
    The other city is asked page by page; the answer comes when the last page has."""
    asked = _ask_page(transaction, request.insured_city, request.month, "", context)
    transaction.insert(
        reconciliations,
        {
            "asked": asked,
            "waits": context.message_id,
            "insured_city": request.insured_city,
            "month": request.month,
            "lines": "[]",
        },
    )
    raise Owed


def _ask_page(transaction: Transaction, city: str, month: str, after: str, context: Context) -> str:
    return context.ask(
        transaction,
        city,
        month_lines.name,
        MonthQuestion(month=month, after=after),
        purpose=RECONCILIATION_PURPOSE.code,
    )


def page_answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """Keep a page; after the last one compare, and answer the agency that waits."""
    which = reconciliations.c.asked == context.message_id
    row = transaction.row(select(reconciliations).where(which))
    if row is None:
        return
    page = MonthLines.model_validate(answer)
    lines = orjson.loads(row.lines) + [one.model_dump(mode="json") for one in page.lines]
    if page.after is not None:
        asked = _ask_page(transaction, row.insured_city, row.month, page.after, context)
        text = orjson.dumps(lines).decode()
        transaction.execute(update(reconciliations).where(which).values(asked=asked, lines=text))
        return
    transaction.execute(delete(reconciliations).where(which))
    theirs = [SettledLine.model_validate(one) for one in lines]
    found = _compared(transaction, row.insured_city, row.month, theirs, context)
    context.answer(transaction, context.city, row.waits, found)


def _compared(
    transaction: Transaction,
    insured_city: str,
    month: str,
    theirs: list[SettledLine],
    context: Context,
) -> Reconciled:
    mine = shared_lines.all_of(transaction, shared_lines.TREATER, insured_city, month)
    ours = shared_lines.as_settled(mine, insured_city, context.city)
    named = [
        NamedDifference(
            kind=one.kind,
            line=one.settlement,
            field=one.field,
            insurer=one.insurer,
            treater=one.treater,
        )
        for one in differences(shared_lines.as_settled(theirs, insured_city, context.city), ours)
    ]
    return Reconciled(
        month=month,
        insured_city=insured_city,
        lines=len(ours),
        owed_fen=sum(one.fund_fen for one in ours),
        differences=tuple(named[:DIFFERENCES_MAX]),
    )


@operation(
    "insurance.close_month",
    Text("月度清算确认", "Close a month"),
    purposes=(RECONCILIATION_PURPOSE,),
)
def close_month(transaction: Transaction, request: CloseMonth, context: Context) -> MonthClosed:
    """The treating city closes a month with the insuring one: both must hold the same sum. What
    comes later belongs to a later month, and the sum is owed in the next clearing cycle."""
    if request.month >= str(day_of(context.now))[:7]:
        raise MONTH_NOT_OVER(month=request.month)
    peer = context.caller.city
    held = shared_lines.all_of(transaction, shared_lines.INSURER, peer, request.month)
    owed, count = sum(one.owed_fen for one in held), len(held)
    if (owed, count) != (request.owed_fen, request.lines):
        raise MONTH_DIFFERS(ours=owed)
    shared_lines.close(transaction, shared_lines.INSURER, peer, request.month, day_of(context.now))
    return MonthClosed(month=request.month, lines=count, owed_fen=owed)


@operation("insurance.clear_month", Text("发起月度清算", "Clear a month"), reach=Reach.CITY)
def clear_month(transaction: Transaction, request: Reconcile, context: Context) -> MonthClosed:
    """Ask an insuring city to close a month by this city's sum; closed here when it agrees."""
    if request.month >= str(day_of(context.now))[:7]:
        raise MONTH_NOT_OVER(month=request.month)
    held = shared_lines.all_of(
        transaction, shared_lines.TREATER, request.insured_city, request.month
    )
    asking = CloseMonth(
        month=request.month, lines=len(held), owed_fen=sum(one.owed_fen for one in held)
    )
    asked = context.ask(
        transaction,
        request.insured_city,
        close_month.name,
        asking,
        purpose=RECONCILIATION_PURPOSE.code,
    )
    transaction.insert(
        reconciliations,
        {
            "asked": asked,
            "waits": context.message_id,
            "insured_city": request.insured_city,
            "month": request.month,
            "lines": "[]",
        },
    )
    raise Owed


def month_closed(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """The insuring city has closed the month by our sum: so do we."""
    which = reconciliations.c.asked == context.message_id
    row = transaction.row(select(reconciliations).where(which))
    if row is None:
        return
    transaction.execute(delete(reconciliations).where(which))
    shared_lines.close(
        transaction, shared_lines.TREATER, row.insured_city, row.month, day_of(context.now)
    )
    closed = MonthClosed.model_validate(answer)
    context.answer(transaction, context.city, row.waits, closed)


def month_refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """The sums differ: nothing is closed; the agency is told to reconcile."""
    which = reconciliations.c.asked == context.message_id
    row = transaction.row(select(reconciliations).where(which))
    if row is None:
        return
    transaction.execute(delete(reconciliations).where(which))
    refused = MonthClosed(month=row.month, lines=0, owed_fen=0, problem=problem)
    context.answer(transaction, context.city, row.waits, refused)
