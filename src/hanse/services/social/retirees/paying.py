"""Paying: the month's run with its arrears, and what was paid after a loss claimed back.

Money moves in the city's ledger. A payment's id follows from its benefit and its month, so that a
month is never paid twice, however often a run is repeated. The instruction to the bank is the
answer's row; carrying it to the bank is the agency's.
"""

from collections.abc import Sequence
from typing import Annotated, Final

from sqlalchemy import select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.money import Fen
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.mechanisms.ledger import Account, Flags, Transfer
from hanse.services.social.retirees import book, chart, rules
from hanse.services.social.retirees.codes import PaymentKind
from hanse.services.social.retirees.contracts import Contract, Identifier, OfPerson, Recipient
from hanse.services.social.retirees.months import YearMonth, read_month
from hanse.services.social.retirees.parameters import RetireesParameters
from hanse.services.social.retirees.tables import payments

RUN_NOT_DUE = ProblemKind(
    "retirees_run_not_due",
    409,
    Text("该月发放日未到", "The month's payment run is not due yet"),
    Text("请于 {run_on} 或之后发放", "Run it on {run_on} or later"),
)
RUN_LONG_PAST = ProblemKind(
    "retirees_run_long_past",
    409,
    Text("不得补做以前月份的发放", "A run of an earlier month is not made afterwards"),
    Text("请发放 {month}：未发月份将一并补发", "Run {month}: months not paid come with it"),
)
NOTHING_OVERPAID = ProblemKind(
    "retirees_nothing_overpaid",
    409,
    Text("没有需追回的月份", "No month was paid after the loss"),
    Text("无须追回", "There is nothing to recover"),
)

RECIPIENTS_PER_RUN_MAX: Final = 500
MONTHS_PER_RECIPIENT_MAX: Final = 600


class Run(Contract):
    """One piece of a month's run: the recipients after one of them, in the order of numbers."""

    month: Annotated[YearMonth, titled("发放月份", "Month")]
    after: Annotated[str, titled("上一页最后一人", "After", max_length=18)] = ""


class Payment(OfPerson):
    """An instruction to pay one month of one benefit."""

    benefit_id: Identifier
    month: Annotated[YearMonth, titled("所属月份", "Month")]
    kind: Annotated[PaymentKind, titled("类别", "Kind")]
    amount: Annotated[Fen, titled("金额（分）", "Amount in fen")]


class RunDone(Contract):
    """What was paid, and who was left out because nothing certifies them."""

    payments: Annotated[tuple[Payment, ...], titled("发放明细", "Payments")]
    suspended: Annotated[tuple[str, ...], titled("暂停人员", "Suspended")]
    total: Annotated[Fen, titled("合计（分）", "Total in fen")]
    next_after: Annotated[str | None, titled("续页", "Where the next piece begins")]


class Fund(Contract):
    """Means that the fund made available."""

    reference: Identifier
    amount: Annotated[Fen, titled("金额（分）", "Amount in fen")]


class FundState(Contract):
    """The book of benefits as it stands, in fen."""

    deposit: Annotated[int, titled("支出户余额（分）", "Deposit")]
    benefits: Annotated[int, titled("已发待遇（分）", "Benefits paid")]
    overpaid: Annotated[int, titled("应收多发（分）", "Overpaid, not recovered")]


class NoQuestion(Contract):
    """Nothing has to be said."""


@operation("retirees.fund", Text("登记基金拨款", "Means received"), reach=Reach.CITY)
def fund(transaction: Transaction, request: Fund, context: Context) -> FundState:
    """Book means that the fund made available for benefits."""
    open_books(transaction, context)
    one = Transfer(
        id=ledger.derived_id("retirees-fund", request.reference),
        debit=chart.DEPOSIT,
        credit=chart.FUND,
        amount=request.amount,
        code=chart.FUNDED,
        reference=request.reference,
    )
    ledger.require(ledger.transfer(transaction, [one], context.now))
    return _fund_state(transaction)


@operation("retirees.funds", Text("查询待遇资金", "The book of benefits"), reach=Reach.CITY)
def funds(transaction: Transaction, request: NoQuestion, context: Context) -> FundState:
    """What is there to pay benefits from, what was paid, and what is claimed back."""
    open_books(transaction, context)
    return _fund_state(transaction)


@operation("retirees.run", Text("发放当月待遇", "Pay a month"), reach=Reach.CITY)
def run(transaction: Transaction, request: Run, context: Context) -> RunDone:
    """Pay the month to everybody who is certified, and what they missed before with it."""
    parameters: RetireesParameters = context.parameters
    month, today = read_month(request.month), book.day_of(context.now)
    coming = rules.first_run_after(today, parameters.payment_run_day)
    if month >= coming:
        raise RUN_NOT_DUE(run_on=rules.run_on(month, parameters.payment_run_day))
    if month < coming - 1:
        raise RUN_LONG_PAST(month=rules.written(coming - 1))
    found = book.page(transaction, request.after, RECIPIENTS_PER_RUN_MAX)
    due: list[Payment] = []
    suspended: list[str] = []
    for recipient in found:
        pays, left_out = _due_of(transaction, recipient, month, context)
        due.extend(pays)
        if left_out:
            suspended.append(recipient.citizen_id)
    _pay(transaction, due, month, context)
    more = len(found) == RECIPIENTS_PER_RUN_MAX
    return RunDone(
        payments=tuple(due),
        suspended=tuple(suspended),
        total=sum(one.amount for one in due),
        next_after=found[-1].citizen_id if more else None,
    )


@operation(
    "retirees.recover",
    Text("登记追回多发待遇", "Overpaid months recovered"),
    reach=Reach.CITY,
    person=lambda request: request.citizen_id,
)
def recover(transaction: Transaction, request: OfPerson, context: Context) -> FundState:
    """Note that what was paid after a loss has been given back, all of it."""
    rows = transaction.rows(
        select(payments).where(
            payments.c.citizen_id == request.citizen_id, payments.c.overpaid == 1
        )
    )
    if not rows:
        raise NOTHING_OVERPAID()
    _book(
        transaction,
        [
            Transfer(
                id=ledger.derived_id("retirees-back", row.benefit_id, str(row.month)),
                debit=chart.DEPOSIT,
                credit=chart.OVERPAID,
                amount=row.amount_fen,
                code=chart.RECOVERED,
                reference=row.benefit_id,
            )
            for row in rows
        ],
        context,
    )
    transaction.execute(
        update(payments)
        .where(payments.c.citizen_id == request.citizen_id, payments.c.overpaid == 1)
        .values(overpaid=2)
    )
    return _fund_state(transaction)


def claim_back(
    transaction: Transaction, recipient: Recipient, lost_in: int, context: Context
) -> tuple[Payment, ...]:
    """Book the months that were paid after the month of a loss as claimed back."""
    rows = transaction.rows(
        select(payments)
        .where(
            payments.c.citizen_id == recipient.citizen_id,
            payments.c.month > lost_in,
            payments.c.overpaid == 0,
        )
        .order_by(payments.c.month, payments.c.benefit_id)
    )
    _book(
        transaction,
        [
            Transfer(
                id=ledger.derived_id("retirees-over", row.benefit_id, str(row.month)),
                debit=chart.OVERPAID,
                credit=chart.BENEFITS,
                amount=row.amount_fen,
                code=chart.CLAIMED,
                reference=row.benefit_id,
            )
            for row in rows
        ],
        context,
    )
    transaction.execute(
        update(payments)
        .where(payments.c.citizen_id == recipient.citizen_id, payments.c.month > lost_in)
        .values(overpaid=1)
    )
    return tuple(
        Payment(
            citizen_id=row.citizen_id,
            benefit_id=row.benefit_id,
            month=rules.written(row.month),
            kind=row.kind,
            amount=row.amount_fen,
        )
        for row in rows
    )


def open_books(transaction: Transaction, context: Context) -> None:
    """Open the accounts where they are not open yet. The deposit cannot be overdrawn."""
    ledger.open_accounts(
        transaction,
        [
            Account(chart.DEPOSIT, chart.BOOK, chart.DEPOSIT_CODE, net_credit_cap=0),
            Account(chart.BENEFITS, chart.BOOK, chart.BENEFITS_CODE),
            Account(chart.OVERPAID, chart.BOOK, chart.OVERPAID_CODE),
            Account(chart.FUND, chart.BOOK, chart.FUND_CODE),
        ],
        context.now,
    )


def _due_of(
    transaction: Transaction, recipient: Recipient, month: int, context: Context
) -> tuple[list[Payment], bool]:
    """What the run pays a recipient, and whether a benefit was left out as suspended."""
    parameters: RetireesParameters = context.parameters
    paid = book.paid_months(transaction, recipient.citizen_id)
    today = book.day_of(context.now)
    lost_in = None if recipient.lost_on is None else rules.month_at(recipient.lost_on)
    found: list[Payment] = []
    left_out = False
    for benefit in recipient.benefits:
        due = book.due_of(recipient, benefit, today, parameters)
        months = rules.months_to_pay(
            read_month(benefit.since),
            month,
            paid.get(benefit.benefit_id, frozenset()),
            due,
            lost_in,
            parameters,
        )
        left_out |= lost_in is None and rules.is_suspended(due, month, parameters)
        found.extend(
            Payment(
                citizen_id=recipient.citizen_id,
                benefit_id=benefit.benefit_id,
                month=rules.written(one),
                kind=PaymentKind.REGULAR if one == month else PaymentKind.ARREARS,
                amount=benefit.monthly,
            )
            for one in months[-MONTHS_PER_RECIPIENT_MAX:]
        )
    return found, left_out


def _pay(transaction: Transaction, due: Sequence[Payment], month: int, context: Context) -> None:
    open_books(transaction, context)
    _book(
        transaction,
        [
            Transfer(
                id=ledger.derived_id("retirees-pay", one.benefit_id, one.month),
                debit=chart.BENEFITS,
                credit=chart.DEPOSIT,
                amount=one.amount,
                code=chart.PAID if one.kind is PaymentKind.REGULAR else chart.ARREARS_PAID,
                reference=one.benefit_id,
            )
            for one in due
        ],
        context,
    )
    transaction.insert(
        payments,
        [
            {
                "benefit_id": one.benefit_id,
                "month": read_month(one.month),
                "run_month": month,
                "citizen_id": one.citizen_id,
                "kind": str(one.kind),
                "amount_fen": one.amount,
                "overpaid": 0,
            }
            for one in due
        ],
    )


def _book(transaction: Transaction, transfers: Sequence[Transfer], context: Context) -> None:
    """All or none of them, in as many batches as the ledger's limit asks for."""
    size = ledger.TRANSFERS_PER_BATCH_MAX
    for start in range(0, len(transfers), size):
        batch = transfers[start : start + size]
        linked = [one._replace(flags=one.flags | Flags.LINKED) for one in batch[:-1]]
        ledger.require(ledger.transfer(transaction, [*linked, batch[-1]], context.now))


def _fund_state(transaction: Transaction) -> FundState:
    return FundState(
        deposit=ledger.state(transaction, chart.DEPOSIT).on_its_side,
        benefits=ledger.state(transaction, chart.BENEFITS).on_its_side,
        overpaid=ledger.state(transaction, chart.OVERPAID).on_its_side,
    )
