"""Universal deposit and withdrawal: what banks ask each other, and what counters ask their node."""

from collections.abc import Callable
from typing import Any

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Reach, Service, operation
from hanse.mechanisms.exchange.parts import Need
from hanse.services.finance.deposits import (
    account_side,
    asking,
    book,
    counter,
    days,
    messages,
    outcomes,
    own_accounts,
    recall_messages,
    recalls,
    reconcile,
    reports,
    statements,
    waiting,
)
from hanse.services.finance.deposits.account_side import Caller, refusal_in
from hanse.services.finance.deposits.asking import UNIVERSAL_DEPOSIT
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import Kind, ReverseReason, Role, State
from hanse.services.finance.deposits.contracts import (
    LINES_PER_PAGE_MAX,
    AccountState,
    Adjustment,
    AdjustRequest,
    AuthoriseRequest,
    BookPage,
    BookQuery,
    CashState,
    CloseDay,
    ClosedDay,
    Confirm,
    CounterCash,
    CounterDeposit,
    CounterTransfer,
    CounterWithdrawal,
    Decision,
    DepositRequest,
    LossNoted,
    LossReport,
    OpenAccount,
    OwnAccount,
    Position,
    PositionQuery,
    ReportQuery,
    Reverse,
    Serial,
    SerialName,
    SerialState,
    StandardDocument,
    StatementPage,
    StatementQuery,
    StatusChange,
    TransferRequest,
    UnfinishedPage,
    UnfinishedQuery,
    UnfinishedSerial,
)
from hanse.services.finance.deposits.parameters import DEFAULTS
from hanse.services.finance.deposits.problems import USE_THE_COUNTER

PURPOSES = (UNIVERSAL_DEPOSIT,)


@operation(
    "deposits.authorise",
    Text("通兑授权", "Authorise a withdrawal"),
    purposes=PURPOSES,
    person=lambda request: str(request.holder_id),
)
def authorise(transaction: Transaction, request: AuthoriseRequest, context: Context) -> Decision:
    """Check limits, funds and status of an account, and hold the amount and the fee."""
    return account_side.approve(transaction, Kind.WITHDRAW, request, _caller(context), context)


@operation("deposits.deposit", Text("通存入账", "Credit a deposit"), purposes=PURPOSES)
def deposit(transaction: Transaction, request: DepositRequest, context: Context) -> Decision:
    """Cash was counted for an account: hold its credit until the acquirer confirms."""
    return account_side.approve(transaction, Kind.DEPOSIT, request, _caller(context), context)


@operation("deposits.transfer", Text("转账入账", "Credit a transfer"), purposes=PURPOSES)
def transfer(transaction: Transaction, request: TransferRequest, context: Context) -> Decision:
    """A customer of the acquirer pays into an account: hold its credit until it is confirmed."""
    return account_side.approve(transaction, Kind.TRANSFER, request, _caller(context), context)


@operation("deposits.adjust", Text("跨行调账", "Adjust a serial"), purposes=PURPOSES)
def adjust(transaction: Transaction, request: AdjustRequest, context: Context) -> Decision:
    """Hold the opposite of a serial whose day has ended, once."""
    return account_side.adjust(transaction, request, _caller(context), context)


@operation("deposits.confirm", Text("确认", "Confirm a serial"), purposes=PURPOSES)
def confirm(transaction: Transaction, request: Confirm, context: Context) -> Decision:
    """The acquirer has paid: book what was held."""
    return account_side.confirm(transaction, request, _caller(context), context)


@operation("deposits.reverse", Text("冲正", "Reverse a serial"), purposes=PURPOSES)
def reverse(transaction: Transaction, request: Reverse, context: Context) -> Decision:
    """Undo a serial of the asking acquirer, idempotent by acquirer, date and number."""
    return account_side.reverse(transaction, request, _caller(context), context)


@operation(
    "deposits.report_loss",
    Text("挂失", "Report a card lost"),
    purposes=PURPOSES,
    person=lambda request: str(request.holder_id),
)
def report_loss(transaction: Transaction, request: LossReport, context: Context) -> LossNoted:
    """Stop payments from an account at once, reported at any bank of the league."""
    return own_accounts.report_loss(transaction, request, context)


@operation("deposits.book", Text("对账明细", "Serials for reconciliation"), purposes=PURPOSES)
def book_page(transaction: Transaction, request: BookQuery, context: Context) -> BookPage:
    """The serials with the asking city of one business date, without anything personal."""
    found = book.of_date(
        transaction,
        request.business_date,
        context.caller.city,
        request.after,
        LINES_PER_PAGE_MAX + 1,
    )
    shown = found[:LINES_PER_PAGE_MAX]
    more = len(found) > LINES_PER_PAGE_MAX
    return BookPage(
        lines=tuple(reconcile.line_of(one) for one in shown),
        next_after=book.place_of(shown[-1]) if more else None,
    )


@operation("deposits.open_account", Text("开户", "Open an account"), reach=Reach.CITY)
def open_account(transaction: Transaction, request: OpenAccount, context: Context) -> AccountState:
    """Open an account of the calling bank."""
    return own_accounts.open_account(transaction, request, context)


@operation("deposits.account", Text("查询账户", "Look at an account"), reach=Reach.CITY)
def account(transaction: Transaction, request: OwnAccount, context: Context) -> AccountState:
    """An account of the calling bank, with its balance."""
    held = book.account(transaction, request.account, context.caller.organisation)
    return own_accounts.state_of(transaction, held)


@operation("deposits.set_status", Text("账户状态变更", "Change a status"), reach=Reach.CITY)
def set_status(transaction: Transaction, request: StatusChange, context: Context) -> AccountState:
    """Freeze or close an account of the calling bank, or open it again after a loss report."""
    return own_accounts.set_status(transaction, request, context)


@operation("deposits.bring_cash", Text("调入现金", "Bring cash to the counter"), reach=Reach.CITY)
def bring_cash(transaction: Transaction, request: CounterCash, context: Context) -> CashState:
    """Bring cash from the vault to the counter of the calling bank."""
    return own_accounts.bring_cash(transaction, request, context)


@operation("deposits.position", Text("查询城际头寸", "Inter-city position"), reach=Reach.CITY)
def position(transaction: Transaction, request: PositionQuery, context: Context) -> Position:
    """What another bank owes the calling one."""
    return own_accounts.position_of(transaction, request, context)


@operation("deposits.withdraw", Text("柜台通兑", "Withdraw at the counter"), reach=Reach.CITY)
def withdraw(transaction: Transaction, request: CounterWithdrawal, context: Context) -> SerialState:
    """Ask the account bank. Pay no cash before `deposits.pay` was answered."""
    return _state_or_owed(transaction, counter.begin(transaction, request, context), context)


@operation("deposits.pay", Text("付现", "Pay the cash"), reach=Reach.CITY)
def pay(transaction: Transaction, request: SerialName, context: Context) -> SerialState:
    """Book an approved withdrawal and confirm it; after this answer the cash is the customer's."""
    return waiting.state_of(counter.pay(transaction, _serial(request, context), context))


@operation("deposits.pay_in", Text("柜台通存", "Pay in at the counter"), reach=Reach.CITY)
def pay_in(transaction: Transaction, request: CounterDeposit, context: Context) -> SerialState:
    """The cash was counted. If the serial fails or is reversed, it goes back to the customer."""
    return _state_or_owed(transaction, counter.begin(transaction, request, context), context)


@operation("deposits.send", Text("柜台转账", "Transfer at the counter"), reach=Reach.CITY)
def send(transaction: Transaction, request: CounterTransfer, context: Context) -> SerialState:
    """Pay from an account of the calling bank into one of any bank of the league."""
    return _state_or_owed(transaction, counter.begin(transaction, request, context), context)


@operation("deposits.undo", Text("柜台冲正", "Reverse at the counter"), reach=Reach.CITY)
def undo(transaction: Transaction, request: SerialName, context: Context) -> SerialState:
    """Reverse a serial of the calling bank before its business date ends."""
    serial = _serial(request, context)
    return waiting.state_of(counter.reverse(transaction, serial, ReverseReason.TELLER, context))


@operation("deposits.correct", Text("调账", "Adjust after the day's end"), reach=Reach.CITY)
def correct(transaction: Transaction, request: Adjustment, context: Context) -> SerialState:
    """Undo a serial of an ended business date by a new one with the opposite legs."""
    return _state_or_owed(
        transaction, counter.begin_adjustment(transaction, request, context), context
    )


@operation("deposits.status", Text("查询流水", "Look at a serial"), reach=Reach.CITY)
def status(transaction: Transaction, request: SerialName, context: Context) -> SerialState:
    """Where a serial of the calling bank stands: what a counter asks that lost an answer."""
    return waiting.state_of(book.need(transaction, Role.ACQUIRER, _serial(request, context)))


@operation("deposits.unfinished", Text("未终结流水", "What has not ended"), reach=Reach.CITY)
def unfinished(
    transaction: Transaction, request: UnfinishedQuery, context: Context
) -> UnfinishedPage:
    """The calling bank's serials that have not ended: what an operator must watch."""
    bank = context.caller.organisation
    found = book.unfinished(transaction, bank, request.after, LINES_PER_PAGE_MAX + 1)
    shown = found[:LINES_PER_PAGE_MAX]
    more = len(found) > LINES_PER_PAGE_MAX
    return UnfinishedPage(
        serials=tuple(
            UnfinishedSerial(
                **dict(waiting.state_of(one)),
                role=one.role,
                peer_city=one.peer_city,
                peer_bank=one.peer_bank,
            )
            for one in shown
        ),
        next_after=book.dated_place_of(shown[-1]) if more else None,
    )


@operation("deposits.close_day", Text("日终", "End the business date"), reach=Reach.CITY)
def close_day(transaction: Transaction, request: CloseDay, context: Context) -> ClosedDay:
    """End the city's business date; what comes later belongs to the next one."""
    asking.require_bank(context)
    return days.close(transaction, request.business_date, context)


@operation("deposits.statement", Text("对账单 camt.053", "Statement, camt.053"), reach=Reach.CITY)
def statement(transaction: Transaction, request: StatementQuery, context: Context) -> StatementPage:
    """A page of an account's statement from one day to another, as a camt.053."""
    return statements.page(transaction, request, context)


@operation("deposits.notice", Text("到账通知 camt.054", "Notice, camt.054"), reach=Reach.CITY)
def notice(transaction: Transaction, request: StatementQuery, context: Context) -> StandardDocument:
    """The newest entries of an account within these days, as a camt.054."""
    return StandardDocument(document=statements.notice(transaction, request, context))


@operation("deposits.report", Text("日间账户报告 camt.052", "Report, camt.052"), reach=Reach.CITY)
def report(transaction: Transaction, request: ReportQuery, context: Context) -> StandardDocument:
    """An account's business date so far, with what is reserved, as a camt.052."""
    return StandardDocument(document=reports.report(transaction, request, context))


@operation("deposits.pacs008", Text("提交 pacs.008", "Send a pacs.008"), reach=Reach.CITY)
def pacs008(
    transaction: Transaction, request: StandardDocument, context: Context
) -> StandardDocument:
    """Begin the payments of a pacs.008 of the calling bank; gives the pacs.002 of this moment."""
    return StandardDocument(document=messages.take_pacs008(transaction, request.document, context))


def payment_decided(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """The account bank's answer to a payment."""
    _take(outcomes.decided, transaction, answer, context)


def confirmation_answered(
    transaction: Transaction, answer: dict[str, Any], context: Context
) -> None:
    """The account bank's answer to a confirmation."""
    _take(outcomes.confirmed, transaction, answer, context)


def reversal_answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """The account bank's answer to a reversal."""
    _take(outcomes.reversed_, transaction, answer, context)


def _take(
    take: Callable[[Transaction, Decision, Context], None],
    transaction: Transaction,
    answer: dict[str, Any],
    context: Context,
) -> None:
    """Let a decision take effect where it is about the serial that its question was about.

    The answer to an older question of a serial does nothing: the newer one is answered too.
    """
    decision = Decision.model_validate(answer)
    asked = book.asked_with(transaction, context.message_id)
    if asked is not None and asked.serial == decision.serial:
        take(transaction, decision, context)


def payment_refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """The account bank's node refused the message itself, so nothing is held there."""
    refusal = refusal_in(problem)
    outcomes.refused(transaction, context.message_id, refusal, context)


def step_refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """A confirmation or reversal was refused as a message: it is noted, and asked again later."""
    outcomes.noted(transaction, context.message_id, refusal_in(problem), context)


def _caller(context: Context) -> Caller:
    if context.is_own_agency:  # else its own side of the business would be in no book
        raise USE_THE_COUNTER()
    return Caller(context.caller.city, context.caller.organisation)


def _serial(request: SerialName, context: Context) -> Serial:
    return counter.serial_of(context, request.business_date, request.serial)


def _state_or_owed(transaction: Transaction, business: Business, context: Context) -> SerialState:
    """The state; where the account bank has not decided yet, the answer comes when it has."""
    if business.state is State.ASKED and business.waits == context.message_id:
        raise Owed
    return waiting.state_of(business)


SERVICE = Service(
    name="finance.deposits",
    title=Text("通存通兑", "Universal deposit and withdrawal"),
    operations=(
        authorise,
        deposit,
        transfer,
        adjust,
        confirm,
        reverse,
        report_loss,
        book_page,
        open_account,
        account,
        set_status,
        bring_cash,
        position,
        withdraw,
        pay,
        pay_in,
        send,
        undo,
        correct,
        status,
        unfinished,
        close_day,
        statement,
        notice,
        report,
        pacs008,
        recalls.recall,
        recalls.ask_back,
        recalls.waiting_recalls,
        recalls.decide,
        recall_messages.take_camt056,
        recall_messages.pacs004,
    ),
    answer_handlers={
        "deposits.authorise": payment_decided,
        "deposits.deposit": payment_decided,
        "deposits.transfer": payment_decided,
        "deposits.adjust": payment_decided,
        "deposits.recall": payment_decided,
        "deposits.confirm": confirmation_answered,
        "deposits.reverse": reversal_answered,
    },
    refusal_handlers={
        "deposits.authorise": payment_refused,
        "deposits.deposit": payment_refused,
        "deposits.transfer": payment_refused,
        "deposits.adjust": payment_refused,
        "deposits.recall": payment_refused,
        "deposits.confirm": step_refused,
        "deposits.reverse": step_refused,
    },
    due=(counter.do_due,),
    parameters=DEFAULTS,
    two_people=("deposits.adjust", "deposits.correct"),
    summary=Text(
        "在联盟任一城市的银行存款、取款",
        "Pay in and draw at any bank of the league",
    ),
    needs=(Need(Text("我要在另一城市存取款", "I bank in another city")),),
)
