"""The account bank: it approves and holds, confirms, reverses, each for the acquirer alone.

A refusal is an answer, not an error: the serial stands in the book as failed, so that the same
serial can never succeed later, and the acquirer is told why.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.desk import NOTHING_OWED
from hanse.mechanisms.journal.access import Access, record_access
from hanse.services.finance.deposits import book, holding, interest, postings, rules, states
from hanse.services.finance.deposits.book import Business, DepositAccount
from hanse.services.finance.deposits.codes import (
    Action,
    Kind,
    Product,
    Role,
    State,
)
from hanse.services.finance.deposits.contracts import (
    AdjustRequest,
    AuthoriseRequest,
    Confirm,
    Decision,
    DepositRequest,
    Refusal,
    Reverse,
    Serial,
    TransferRequest,
    document_of,
)
from hanse.services.finance.deposits.problems import (
    AGENT_NOT_ALLOWED,
    AGREEMENT_MISSING,
    ALREADY_REVERSED,
    DAY_CLOSED,
    FUNDS_SHORT,
    HOLDER_DIFFERS,
    NEVER_BOOKED,
    NOT_ADJUSTABLE,
    NOT_THE_ACQUIRER,
    REVERSAL_EXCEEDS_FUNDS,
    SERIAL_REUSED,
)
from hanse.services.finance.deposits.recall_contracts import RecallRequest

Payment = AuthoriseRequest | DepositRequest | TransferRequest


@dataclass(frozen=True)
class Caller:
    """The acquiring bank that asks, in another city or in this one."""

    city: str
    bank: str


def approve(
    transaction: Transaction,
    kind: Kind,
    request: Payment,
    caller: Caller,
    context: Context,
) -> Decision:
    """Check a payment and hold its money; the same request again gives the same decision."""
    known = before(transaction, kind, request, request.serial, caller)
    if known is not None:
        return known
    new = Business(
        role=Role.ACCOUNT,
        serial=request.serial,
        bank=request.account_bank,
        peer_city=caller.city,
        peer_bank=caller.bank,
        kind=kind,
        state=State.HELD,
        amount_fen=request.amount_fen,
        fee_fen=request.fee_fen,
        booked_on=book.business_date(transaction, context.now),
        request=document_of(request),
    )
    holder: str | None = None
    try:
        account = book.account(transaction, request.account, request.account_bank)
        holder = account.holder_id
        new = replace(new, card=account.card)
        new = _checked(transaction, new, account, request, context)
        refusal = _held(transaction, new, context)
    except Problem as problem:
        refusal = problem
    named = isinstance(request, AuthoriseRequest) and request.holder_id == holder
    if not named or caller.city == context.city:  # else the exchange has journaled it already
        note_access(transaction, holder, refusal, caller, context)
    return _keep(transaction, new, refusal, context)


def adjust(
    transaction: Transaction, request: AdjustRequest, caller: Caller, context: Context
) -> Decision:
    """Hold the opposite of a serial that ended in success, once."""
    original = book.need_locked(transaction, Role.ACCOUNT, request.original)
    kind = Kind.ADJUST_CREDIT if original.kind is Kind.WITHDRAW else Kind.ADJUST_DEBIT
    known = before(transaction, kind, request, request.serial, caller)
    if known is not None:
        return known
    new = replace(
        original,
        serial=request.serial,
        kind=kind,
        state=State.HELD,
        booked_on=book.business_date(transaction, context.now),
        interest_fen=0,
        request=document_of(request),
        booked=False,
        corrects=request.original.text,
        refusal=None,
        reason=None,
    )
    refusal: Problem | None
    if not undoable(transaction, original, caller):
        refusal = NOT_ADJUSTABLE()
    else:
        refusal = _held(transaction, new, context)
    account = book.account(transaction, original.card or "")
    note_access(transaction, account.holder_id, refusal, caller, context)
    return _keep(transaction, new, refusal, context)


def confirm(
    transaction: Transaction, request: Confirm, caller: Caller, context: Context
) -> Decision:
    """Book what was held: the acquirer has paid. Repeated, it books nothing again."""
    check_caller(request.serial, caller)
    held = book.need_locked(transaction, Role.ACCOUNT, request.serial)
    if held.state in (State.REVERSED, State.FAILED):
        kind = ALREADY_REVERSED if held.state is State.REVERSED else NEVER_BOOKED
        return decision_of(held, kind())
    if held.state is State.SUCCESS:
        return decision_of(held)
    moved = postings.legs_of(transaction, held)
    postings.post(transaction, held, len(moved), context.now)
    if held.interest_fen:
        customer = postings.parties(transaction, held).customer
        postings.pay_interest(transaction, held, customer, context.now)
    state = states.require(Role.ACCOUNT, held.state, Action.CONFIRM)
    return decision_of(book.change(transaction, held, context.now, state=state, booked=True))


def reverse(
    transaction: Transaction, request: Reverse, caller: Caller, context: Context
) -> Decision:
    """Undo a serial. One that never came is noted, so that it is refused if it comes later."""
    check_caller(request.serial, caller)
    found = book.locked(transaction, Role.ACCOUNT, request.serial)
    if found is None:
        return decision_of(_never(transaction, request, caller, context))
    if found.state in (State.REVERSED, State.FAILED):
        return decision_of(found)
    if found.state is State.HELD:
        moved = postings.legs_of(transaction, found)
        postings.release(transaction, found, len(moved), context.now)
    elif found.state is not State.ASKED:  # of a recall that waits nothing is held
        refusal = _undone(transaction, found, context)
        if refusal is not None:
            return decision_of(found, refusal)
    state = states.require(Role.ACCOUNT, found.state, Action.REVERSED)
    reversed_ = book.change(
        transaction, found, context.now, state=state, booked=False, reason=request.reason
    )
    return decision_of(tell_asker(transaction, reversed_, context))


def tell_asker(transaction: Transaction, decided: Business, context: Context) -> Business:
    """Give another city the answer that a recall's question is owed, once."""
    if decided.waits is None:
        return decided
    try:
        with transaction.savepoint():
            context.answer(transaction, decided.peer_city, decided.waits, decision_of(decided))
    except Problem as problem:
        if problem.kind is not NOTHING_OWED:  # else the question was erased meanwhile
            raise
    return book.change(transaction, decided, context.now, waits=None)


def check_customer(account: DepositAccount, name: str, holder_id: str | None) -> None:
    """The person at the counter is the account's holder, as far as is stated."""
    if name != account.holder_name or (holder_id is not None and holder_id != account.holder_id):
        raise HOLDER_DIFFERS()


def check_payer(transaction: Transaction, account: DepositAccount, fen: int, day: date) -> None:
    """An account from which money may leave: its status, agreement and limits."""
    problem = rules.stopped(account.status, pays=True)
    if problem is not None:
        raise problem
    if not account.agreement_signed:
        raise AGREEMENT_MISSING()
    spent = book.spent_on(transaction, account.card, day)
    rules.check_limits(fen, spent, account.item_limit_fen, account.day_limit_fen)


def before(
    transaction: Transaction,
    kind: Kind,
    request: Payment | AdjustRequest | RecallRequest,
    serial: Serial,
    caller: Caller,
) -> Decision | None:
    """What was decided about this serial earlier, if anything was."""
    check_caller(serial, caller)
    held = book.locked(transaction, Role.ACCOUNT, serial)
    if held is None:
        return None
    if held.request is None:  # a reversal came first
        return decision_of(held, ALREADY_REVERSED())
    if held.kind is not kind or held.request != document_of(request):
        raise SERIAL_REUSED()
    return decision_of(held)


def check_caller(serial: Serial, caller: Caller) -> None:
    """Only the acquirer acts on its serial."""
    if (serial.acquirer_city, serial.acquirer_bank) != (caller.city, caller.bank):
        raise NOT_THE_ACQUIRER(city=serial.acquirer_city, bank=serial.acquirer_bank)


def _checked(
    transaction: Transaction,
    new: Business,
    account: DepositAccount,
    request: Payment,
    context: Context,
) -> Business:
    """The serial once it may be held, with its interest; raises the refusal."""
    parameters = context.parameters
    day = new.booked_on
    same = new.bank == new.peer_bank
    rules.check_system_limit(new.amount_fen, day, parameters)
    rules.check_fee(new.kind, new.amount_fen, new.fee_fen, day, parameters, same=same)
    if not isinstance(request, AuthoriseRequest):
        check_customer(account, request.holder_name, None)
        problem = rules.stopped(account.status, pays=False)
        if problem is not None:
            raise problem
        return new
    if request.agent_id == request.holder_id:
        raise AGENT_NOT_ALLOWED()
    check_customer(account, request.holder_name, request.holder_id)
    check_payer(transaction, account, new.amount_fen, day)
    return replace(new, interest_fen=_interest(account, new, context))


def _interest(account: DepositAccount, new: Business, context: Context) -> int:
    early = (
        account.product is Product.TIME
        and account.matures_on is not None
        and new.booked_on < account.matures_on
    )
    if not early:
        return 0
    return interest.early_interest_fen(
        new.amount_fen, account.opened_on, new.booked_on, context.parameters
    )


def _held(transaction: Transaction, new: Business, context: Context) -> Problem | None:
    postings.open_positions(transaction, new, context.parameters, context.now)
    moved = postings.legs_of(transaction, new)
    return holding.hold(transaction, new, moved, context)


def undoable(transaction: Transaction, original: Business, caller: Caller) -> bool:
    """Whether the caller's own serial succeeded and nothing has undone it."""
    return (
        original.state is State.SUCCESS
        and original.corrects is None
        and (original.peer_city, original.peer_bank) == (caller.city, caller.bank)
        and not book.adjusted(transaction, Role.ACCOUNT, original.serial)
    )


def _undone(transaction: Transaction, found: Business, context: Context) -> Problem | None:
    closed = book.closed_through(transaction)
    if closed is not None and found.booked_on <= closed:
        return DAY_CLOSED()
    today = book.business_date(transaction, context.now)
    refusal = postings.undo(transaction, found, today, context.now)
    if refusal is not None and refusal.kind is FUNDS_SHORT:
        return REVERSAL_EXCEEDS_FUNDS()
    return refusal


def _never(
    transaction: Transaction, request: Reverse, caller: Caller, context: Context
) -> Business:
    return book.add(
        transaction,
        Business(
            role=Role.ACCOUNT,
            serial=request.serial,
            bank=request.account_bank,
            peer_city=caller.city,
            peer_bank=caller.bank,
            kind=request.kind,
            state=State.REVERSED,
            amount_fen=request.amount_fen,
            fee_fen=request.fee_fen,
            booked_on=book.business_date(transaction, context.now),
            reason=request.reason,
        ),
        context.now,
    )


def _keep(
    transaction: Transaction, new: Business, problem: Problem | None, context: Context
) -> Decision:
    if problem is not None:
        new = replace(new, state=State.FAILED, interest_fen=0, refusal=refusal_of(problem))
    return decision_of(book.add(transaction, new, context.now))


def decision_of(business: Business, problem: Problem | None = None) -> Decision:
    """Where a serial stands, as the acquirer is told it."""
    refusal = business.refusal if problem is None else refusal_of(problem)
    return Decision(
        serial=business.serial,
        state=business.state,
        booked_on=business.booked_on,
        refusal=refusal,
    )


def refusal_of(problem: Problem) -> Refusal:
    """A problem as an answer carries it."""
    return Refusal(
        code=problem.code,
        zh=f"{problem.detail.zh}。{problem.hint.zh}",
        en=f"{problem.detail.en}. {problem.hint.en}",
    )


def refusal_in(problem: dict[str, Any]) -> Refusal:
    """The refusal in a problem that another city sent."""
    texts = problem.get("texts", {})
    detail, hint = texts.get("detail", {}), texts.get("hint", {})
    return Refusal(
        code=str(problem.get("code", "unknown"))[:64],
        zh=f"{detail.get('zh', '')}。{hint.get('zh', '')}"[:500],
        en=f"{detail.get('en', '')}. {hint.get('en', '')}"[:500],
    )


def note_access(
    transaction: Transaction,
    holder_id: str | None,
    refusal: Problem | None,
    caller: Caller,
    context: Context,
) -> None:
    """Journal the access for the account's real holder, whoever was named at the counter."""
    if holder_id is None or not context.person_key:
        return
    access = Access(
        city=caller.city,
        organisation=caller.bank,
        operation=context.operation,
        message_id=context.message_id,
        outcome="answered" if refusal is None else refusal.code,
        purpose=context.purpose,
        agreement=context.agreement,
    )
    record_access(transaction, context.person_key, holder_id, access, context.now)
