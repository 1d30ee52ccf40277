"""The acquiring bank: what its counter begins, pays, reverses; and what the answers do.

The node's commit is the authority to pay: a withdrawal's cash leaves the counter only after `pay`
was answered, for then the money is booked here and the confirmation is on its way for certain. A
counter that lost the answer asks for the serial's state.
"""

from dataclasses import replace
from datetime import date

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.services.finance.deposits import (
    account_side,
    asking,
    book,
    fees,
    holding,
    outcomes,
    postings,
    rules,
    states,
    waiting,
)
from hanse.services.finance.deposits.account_side import refusal_of
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import (
    HELD_ONCE_APPROVED,
    Action,
    Kind,
    ReverseReason,
    Role,
    State,
)
from hanse.services.finance.deposits.contracts import (
    Adjustment,
    CounterDeposit,
    CounterRequest,
    CounterTransfer,
    CounterWithdrawal,
    Serial,
    document_of,
)
from hanse.services.finance.deposits.parameters import DepositsParameters
from hanse.services.finance.deposits.problems import (
    DAY_CLOSED,
    DAY_NOT_CLOSED,
    IDENTITY_MISSING,
    NOT_ADJUSTABLE,
    SERIAL_REUSED,
)
from hanse.services.finance.deposits.recall_contracts import AskBack

DUE_PER_RUN_MAX = 100
_KINDS = {
    CounterWithdrawal: Kind.WITHDRAW,
    CounterDeposit: Kind.DEPOSIT,
    CounterTransfer: Kind.TRANSFER,
}


def begin(transaction: Transaction, request: CounterRequest, context: Context) -> Business:
    """Take a customer's business: check, hold what is this bank's own, ask the account bank.

    The same request with the same serial number gives the serial as it stands. A refusal changes
    nothing: the customer keeps the cash.
    """
    bank, parameters = asking.require_bank(context), context.parameters
    day = book.business_date(transaction, context.now)
    kind = _KINDS[type(request)]
    serial = serial_of(context, day, request.serial)
    known = before(transaction, serial, request)
    if known is not None:
        return known
    same = bank == request.account_bank
    fee = request.fee_fen
    if fee is None:
        free = same and kind is not Kind.WITHDRAW
        ceiling = fees.ceiling(kind, request.amount_fen, day, parameters, same_bank=same)
        fee = 0 if free else ceiling
    rules.check_system_limit(request.amount_fen, day, parameters)
    rules.check_fee(kind, request.amount_fen, fee, day, parameters, same=same)
    _check_identity(request, parameters)
    new = Business(
        role=Role.ACQUIRER,
        serial=serial,
        bank=bank,
        peer_city=request.account_city,
        peer_bank=request.account_bank,
        kind=kind,
        state=State.ASKED,
        amount_fen=request.amount_fen,
        fee_fen=fee,
        booked_on=day,
        card=_payer(transaction, request, fee, bank, context),
        request=document_of(request),
        due_at_ms=outcomes.due_in(context, parameters.answer_seconds),
        waits=context.message_id,
    )
    return ask(transaction, new, context)


def begin_adjustment(transaction: Transaction, request: Adjustment, context: Context) -> Business:
    """Undo a serial of an ended business date by a new one with the opposite legs."""
    day = book.business_date(transaction, context.now)
    serial = serial_of(context, day, request.serial)
    known = before(transaction, serial, request)
    if known is not None:
        return known
    original = book.need(transaction, Role.ACQUIRER, request.original)
    check_own(original, context)
    closed = book.closed_through(transaction)
    if closed is None or original.booked_on > closed:
        raise DAY_NOT_CLOSED()
    wanted = original.state is State.SUCCESS and original.corrects is None
    if not wanted or book.adjusted(transaction, Role.ACQUIRER, original.serial):
        raise NOT_ADJUSTABLE()
    new = replace(
        original,
        serial=serial,
        kind=Kind.ADJUST_CREDIT if original.kind is Kind.WITHDRAW else Kind.ADJUST_DEBIT,
        state=State.ASKED,
        booked_on=day,
        request=document_of(request),
        booked=False,
        corrects=original.serial.text,
        refusal=None,
        reason=None,
        due_at_ms=outcomes.due_in(context, context.parameters.answer_seconds),
        waits=context.message_id,
    )
    return ask(transaction, new, context)


def pay(transaction: Transaction, serial: Serial, context: Context) -> Business:
    """Book an approved withdrawal and confirm it: from this commit on the cash may be paid."""
    held = book.need_locked(transaction, Role.ACQUIRER, serial)
    if held.state in (State.PAID, State.SUCCESS):
        return held
    return outcomes.settle_own(transaction, held, context)


def reverse(
    transaction: Transaction, serial: Serial, reason: ReverseReason, context: Context
) -> Business:
    """Begin to undo a serial of this bank: before its business date ends, and once."""
    found = book.need_locked(transaction, Role.ACQUIRER, serial)
    state = states.require(Role.ACQUIRER, found.state, Action.REVERSE)
    closed = book.closed_through(transaction)
    if found.booked and closed is not None and found.booked_on <= closed:
        raise DAY_CLOSED()
    if not found.booked:
        outcomes.release_own(transaction, found, context)
    due = outcomes.due_in(context, context.parameters.repeat_seconds)
    reversing = book.change(
        transaction, found, context.now, state=state, reason=reason, due_at_ms=due
    )
    return outcomes.reverse_there(
        transaction, waiting.tell(transaction, reversing, context), context
    )


def do_due(transaction: Transaction, context: Context) -> int:
    """Reverse what was not answered or collected in time; ask again what was not confirmed."""
    book.lock(transaction)
    found = book.due(transaction, context.now, DUE_PER_RUN_MAX)
    for one in found:
        try:
            with transaction.savepoint():
                _act(transaction, one, context)
        except Problem as problem:  # such as an agreement that is suspended: later again
            again = outcomes.due_in(context, context.parameters.repeat_seconds)
            refusal = refusal_of(problem)
            book.change(transaction, one, context.now, due_at_ms=again, refusal=refusal)
    return len(found)


def _act(transaction: Transaction, found: Business, context: Context) -> None:
    if found.state in (State.ASKED, State.HELD):
        timeout = found.state is State.ASKED
        reason = ReverseReason.TIMEOUT if timeout else ReverseReason.NOT_COLLECTED
        reverse(transaction, found.serial, reason, context)
        return
    due = outcomes.due_in(context, context.parameters.repeat_seconds)
    again = book.change(transaction, found, context.now, due_at_ms=due)
    if again.state is State.PAID:
        outcomes.confirm_there(transaction, again, context)
    elif again.state is State.REVERSING:
        outcomes.reverse_there(transaction, again, context)


def serial_of(context: Context, day: date, number: str) -> Serial:
    """A serial of the calling bank on a business date."""
    return Serial(
        acquirer_city=context.city,
        acquirer_bank=context.caller.organisation,
        business_date=day,
        serial=number,
    )


def before(
    transaction: Transaction, serial: Serial, request: CounterRequest | Adjustment | AskBack
) -> Business | None:
    """The same request, taken earlier; SERIAL_REUSED where its number has other content."""
    found = book.locked(transaction, Role.ACQUIRER, serial)
    if found is not None and found.request != document_of(request):
        raise SERIAL_REUSED()
    return found


def check_own(found: Business, context: Context) -> None:
    """Only the acquirer acts on its serial."""
    account_side.check_caller(
        found.serial, account_side.Caller(context.city, context.caller.organisation)
    )


def _check_identity(request: CounterRequest, parameters: DepositsParameters) -> None:
    is_large = request.amount_fen >= parameters.identity_from_fen
    if isinstance(request, CounterDeposit) and is_large and request.depositor_id is None:
        raise IDENTITY_MISSING(from_fen=parameters.identity_from_fen)


def _payer(
    transaction: Transaction, request: CounterRequest, fee: int, bank: str, context: Context
) -> str | None:
    """The own customer's account that pays a transfer, once it may pay."""
    if not isinstance(request, CounterTransfer):
        return None
    payer = book.account(transaction, request.payer_account, bank)
    account_side.check_customer(payer, request.payer_name, request.payer_id)
    day = book.business_date(transaction, context.now)
    account_side.check_payer(transaction, payer, request.amount_fen, day)
    return payer.card


def ask(transaction: Transaction, new: Business, context: Context) -> Business:
    """Hold this bank's own side, where it is not held only once approved, and ask."""
    postings.open_positions(transaction, new, context.parameters, context.now)
    if new.kind not in HELD_ONCE_APPROVED:
        moved = postings.legs_of(transaction, new)
        refusal = holding.hold(transaction, new, moved, context)
        if refusal is not None:
            raise refusal
    book.add(transaction, new, context.now)
    asked = asking.payment(transaction, new, context)
    return outcomes.after(transaction, new, asked, outcomes.decided, context)
