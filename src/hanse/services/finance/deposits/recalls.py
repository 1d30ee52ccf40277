"""Recalls: a bank asks a payment back after its day, the payee's bank decides, the money returns.

The return is a serial of its own, `Kind.RETURN`, of the bank that asks: held at the payee's bank
once it agrees, then booked at both and confirmed, like any other. Without an answer by the deadline
it is reversed, and nothing has moved.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hanse.foundation.clock import to_ms
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.finance.deposits import (
    account_side,
    asking,
    book,
    counter,
    outcomes,
    recall_side,
    waiting,
)
from hanse.services.finance.deposits.account_side import Caller, decision_of
from hanse.services.finance.deposits.asking import UNIVERSAL_DEPOSIT
from hanse.services.finance.deposits.book import SICHUAN, Business
from hanse.services.finance.deposits.codes import Kind, Role, State
from hanse.services.finance.deposits.contracts import (
    LINES_PER_PAGE_MAX,
    Decision,
    SerialState,
)
from hanse.services.finance.deposits.problems import (
    DAY_NOT_CLOSED,
    NOT_RECALLABLE,
    RECALL_REASON_MISSING,
    SERIAL_UNKNOWN,
    USE_THE_COUNTER,
)
from hanse.services.finance.deposits.recall_contracts import (
    AskBack,
    RecallDecision,
    RecallQuery,
    RecallRequest,
    WaitingRecall,
    WaitingRecalls,
)


@operation("deposits.recall", Text("追回付款", "Recall a payment"), purposes=(UNIVERSAL_DEPOSIT,))
def recall(transaction: Transaction, request: RecallRequest, context: Context) -> Decision:
    """The payer's bank asks a payment back; owed until the payee's bank has decided."""
    if context.is_own_agency:
        raise USE_THE_COUNTER()
    caller = Caller(context.caller.city, context.caller.organisation)
    decision = recall_side.receive(transaction, request, caller, context)
    if decision.state is State.ASKED:
        raise Owed
    return decision


@operation("deposits.ask_back", Text("申请追回", "Ask a payment back"), reach=Reach.CITY)
def ask_back(transaction: Transaction, request: AskBack, context: Context) -> SerialState:
    """Ask back a payment of the calling bank whose business date has ended."""
    return waiting.state_of(begin(transaction, request, context))


def begin(transaction: Transaction, request: AskBack, context: Context) -> Business:
    """Begin a recall; the same request again gives it as it stands."""
    asking.require_bank(context)
    day = book.business_date(transaction, context.now)
    serial = counter.serial_of(context, day, request.serial)
    known = counter.before(transaction, serial, request)
    if known is not None:
        return known
    original = book.need(transaction, Role.ACQUIRER, request.original)
    counter.check_own(original, context)
    closed = book.closed_through(transaction)
    if closed is None or original.booked_on > closed:
        raise DAY_NOT_CLOSED()
    wanted = original.state is State.SUCCESS and original.kind is Kind.TRANSFER
    if not wanted or book.adjusted(transaction, Role.ACQUIRER, original.serial):
        raise NOT_RECALLABLE()
    new = replace(
        original,
        serial=serial,
        kind=Kind.RETURN,
        state=State.ASKED,
        fee_fen=0,
        booked_on=day,
        request=request.model_dump(mode="json"),
        booked=False,
        corrects=original.serial.text,
        refusal=None,
        reason=None,
        due_at_ms=_end_of(_deadline(day, context)),
        waits=None,
    )
    return counter.ask(transaction, new, context)


@operation("deposits.recalls", Text("待决追回", "Recalls to decide"), reach=Reach.CITY)
def waiting_recalls(
    transaction: Transaction, request: RecallQuery, context: Context
) -> WaitingRecalls:
    """What the calling bank is asked to give back, the oldest first."""
    bank = context.caller.organisation
    found = book.recalls(transaction, bank, request.after, LINES_PER_PAGE_MAX + 1)
    shown = found[:LINES_PER_PAGE_MAX]
    more = len(found) > LINES_PER_PAGE_MAX
    return WaitingRecalls(
        recalls=tuple(_shown(one, context) for one in shown),
        next_after=book.dated_place_of(shown[-1]) if more else None,
    )


@operation("deposits.decide_recall", Text("答复追回", "Decide a recall"), reach=Reach.CITY)
def decide(transaction: Transaction, request: RecallDecision, context: Context) -> Decision:
    """Give a payment back that is asked for, or say why not. A decision is final."""
    if request.accepted == (request.reason is not None):
        raise RECALL_REASON_MISSING()
    found = book.need_locked(transaction, Role.ACCOUNT, request.serial)
    if found.bank != context.caller.organisation or found.kind is not Kind.RETURN:
        raise SERIAL_UNKNOWN()
    if request.reason is None:
        decided = recall_side.give_back(transaction, found, context)
    else:
        decided = recall_side.refuse(transaction, found, request.reason, context)
    decision = decision_of(decided)
    caller = Caller(context.city, context.caller.organisation)
    account = book.account(transaction, found.card or "")
    account_side.note_access(transaction, account.holder_id, None, caller, context)
    if found.peer_city == context.city:
        outcomes.decided(transaction, decision, asking.from_own_city(context))
    return decision


def _shown(one: Business, context: Context) -> WaitingRecall:
    asked = RecallRequest.model_validate(one.request)
    return WaitingRecall(
        serial=one.serial,
        original=asked.original,
        reason=asked.reason,
        peer_city=one.peer_city,
        peer_bank=one.peer_bank,
        amount_fen=one.amount_fen,
        due_on=_deadline(one.serial.business_date, context),
    )


def _deadline(day: date, context: Context) -> date:
    """The last day of the payee's bank to answer what was asked on a day."""
    count = context.parameters.recall_working_days
    return context.league.calendar.add_working_days(day, count).due


def _end_of(day: date) -> int:
    midnight = datetime.combine(day + timedelta(days=1), time.min, SICHUAN)
    return to_ms(midnight)
