"""What the account bank's decisions do in the acquirer's book, and the steps that they lead to."""

from collections.abc import Callable
from datetime import timedelta

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.services.finance.deposits import (
    asking,
    book,
    holding,
    postings,
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
    Decision,
    Refusal,
)


def decided(transaction: Transaction, decision: Decision, context: Context) -> None:
    """What the account bank's decision about a payment does here. A late one does nothing."""
    found = book.locked(transaction, Role.ACQUIRER, decision.serial)
    if found is None or found.peer_city != context.caller.city or found.state is not State.ASKED:
        return
    if decision.state is State.ASKED:
        return  # a recall, which a person there decides
    if decision.state is not State.HELD:
        _fail(transaction, found, decision.refusal, context)
        return
    state = states.require(Role.ACQUIRER, found.state, Action.APPROVE)
    due = due_in(context, context.parameters.collect_seconds)
    held = book.change(transaction, found, context.now, state=state, due_at_ms=due)
    refusal = None
    if held.kind in HELD_ONCE_APPROVED:
        refusal = _hold_own(transaction, held, context)
    if refusal is not None:
        held = _give_up(transaction, held, refusal, context)
    elif held.kind is not Kind.WITHDRAW:
        held = settle_own(transaction, held, context)
    waiting.tell(transaction, held, context)


def _hold_own(transaction: Transaction, held: Business, context: Context) -> Problem | None:
    """Hold this bank's side of what was approved; gives why it can't, such as a closed account."""
    moved = postings.legs_of(transaction, held)
    try:
        with transaction.savepoint():
            return holding.hold(transaction, held, moved, context)
    except Problem as problem:
        return problem


def refused(transaction: Transaction, message_id: str, refusal: Refusal, context: Context) -> None:
    """The question itself was refused for good: nothing is held at the account bank."""
    book.lock(transaction)
    found = book.asked_with(transaction, message_id)
    if found is not None and found.state is State.ASKED:
        _fail(transaction, found, refusal, context)


def noted(transaction: Transaction, message_id: str, refusal: Refusal, context: Context) -> None:
    """A confirmation or reversal was refused as a message: keep why, for people to see."""
    book.lock(transaction)
    found = book.asked_with(transaction, message_id)
    if found is not None and found.state in (State.PAID, State.REVERSING):
        book.change(transaction, found, context.now, refusal=refusal)


def confirmed(transaction: Transaction, decision: Decision, context: Context) -> None:
    """The account bank has booked what was paid, or says why it could not."""
    found = book.locked(transaction, Role.ACQUIRER, decision.serial)
    if found is None or found.peer_city != context.caller.city or found.state is not State.PAID:
        return
    if decision.state is not State.SUCCESS:
        book.change(transaction, found, context.now, refusal=decision.refusal)
        return
    state = states.require(Role.ACQUIRER, found.state, Action.CONFIRM)
    book.change(transaction, found, context.now, state=state, due_at_ms=None)


def reversed_(transaction: Transaction, decision: Decision, context: Context) -> None:
    """The account bank has undone a serial, or may no more."""
    found = book.locked(transaction, Role.ACQUIRER, decision.serial)
    if (
        found is None
        or found.peer_city != context.caller.city
        or found.state is not State.REVERSING
    ):
        return
    if decision.state not in (State.REVERSED, State.FAILED):
        state = states.require(Role.ACQUIRER, found.state, Action.KEEP)
        book.change(
            transaction,
            found,
            context.now,
            state=state,
            refusal=decision.refusal,
            due_at_ms=None,
        )
        return
    if found.booked:
        today = book.business_date(transaction, context.now)
        refusal = postings.undo(transaction, found, today, context.now)
        if refusal is not None:  # cash that is not there yet: asked again when it is due
            book.change(transaction, found, context.now, refusal=refusal_of(refusal))
            return
    state = states.require(Role.ACQUIRER, found.state, Action.REVERSED)
    book.change(
        transaction,
        found,
        context.now,
        state=state,
        booked=False,
        due_at_ms=None,
    )


def settle_own(transaction: Transaction, held: Business, context: Context) -> Business:
    """Book this bank's side of what was approved, and confirm it."""
    state = states.require(Role.ACQUIRER, held.state, Action.PAY)
    moved = postings.legs_of(transaction, held)
    postings.post(transaction, held, len(moved), context.now)
    due = due_in(context, context.parameters.repeat_seconds)
    paid = book.change(transaction, held, context.now, state=state, booked=True, due_at_ms=due)
    return confirm_there(transaction, paid, context)


def release_own(transaction: Transaction, found: Business, context: Context) -> None:
    """Let go what this bank holds of a serial that will not be booked."""
    if found.kind in HELD_ONCE_APPROVED and found.state is State.ASKED:
        return
    moved = postings.legs_of(transaction, found)
    postings.release(transaction, found, len(moved), context.now)


def _fail(
    transaction: Transaction, found: Business, refusal: Refusal | None, context: Context
) -> None:
    """End a serial that the account bank will not book; what was held here is let go."""
    release_own(transaction, found, context)
    state = states.require(Role.ACQUIRER, found.state, Action.REFUSE)
    failed = book.change(
        transaction, found, context.now, state=state, refusal=refusal, due_at_ms=None
    )
    waiting.tell(transaction, failed, context)


def _give_up(
    transaction: Transaction, held: Business, refusal: Problem, context: Context
) -> Business:
    """Reverse what was approved and can't be paid, or credited, here."""
    state = states.require(Role.ACQUIRER, held.state, Action.REVERSE)
    reversing = book.change(
        transaction,
        held,
        context.now,
        state=state,
        reason=ReverseReason.CASH_SHORT
        if held.kind is Kind.WITHDRAW
        else ReverseReason.NOT_CREDITED,
        refusal=refusal_of(refusal),
        due_at_ms=due_in(context, context.parameters.repeat_seconds),
    )
    return reverse_there(transaction, reversing, context)


def confirm_there(transaction: Transaction, paid: Business, context: Context) -> Business:
    """Tell the account bank that the serial is paid."""
    asked = asking.confirm(transaction, paid, context)
    return after(transaction, paid, asked, confirmed, context)


def reverse_there(transaction: Transaction, reversing: Business, context: Context) -> Business:
    """Ask the account bank to undo the serial."""
    asked = asking.reverse(transaction, reversing, context)
    return after(transaction, reversing, asked, reversed_, context)


def after(
    transaction: Transaction,
    business: Business,
    asked: asking.Asked,
    take: Callable[[Transaction, Decision, Context], None],
    context: Context,
) -> Business:
    """Note which message asks; or, of a bank of this city, let its decision take effect."""
    if isinstance(asked, str):
        return book.change(transaction, business, context.now, asked=asked)
    take(transaction, asked, asking.from_own_city(context))
    return book.need(transaction, Role.ACQUIRER, business.serial)


def due_in(context: Context, seconds: int) -> int:
    """The instant after so many seconds, as the store keeps it."""
    return to_ms(context.now + timedelta(seconds=seconds))
