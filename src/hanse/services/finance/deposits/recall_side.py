"""The payee's bank and a recall: kept until a person decides, for the money is the payee's.

Nothing is held before that. A recall that can't be is refused at once, as an answer.
"""

from dataclasses import replace

from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.services.finance.deposits import account_side, book, holding, postings, states
from hanse.services.finance.deposits.account_side import Caller, decision_of, refusal_of
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import Action, Kind, RecallRefusal, Role, State
from hanse.services.finance.deposits.contracts import Decision, Refusal, document_of
from hanse.services.finance.deposits.problems import FUNDS_SHORT, NOT_RECALLABLE
from hanse.services.finance.deposits.recall_contracts import RecallRequest


def receive(
    transaction: Transaction, request: RecallRequest, caller: Caller, context: Context
) -> Decision:
    """Keep a recall of the caller's own payment; its decision comes later, unless it can't be."""
    original = book.need_locked(transaction, Role.ACCOUNT, request.original)
    known = account_side.before(transaction, Kind.RETURN, request, request.serial, caller)
    if known is not None:
        return known
    new = replace(
        original,
        serial=request.serial,
        kind=Kind.RETURN,
        state=State.ASKED,
        fee_fen=0,
        interest_fen=0,
        booked_on=book.business_date(transaction, context.now),
        request=document_of(request),
        booked=False,
        corrects=request.original.text,
        refusal=None,
        reason=None,
        waits=None if caller.city == context.city else context.message_id,
    )
    is_transfer = original.kind is Kind.TRANSFER
    if not (is_transfer and account_side.undoable(transaction, original, caller)):
        refusal = refusal_of(NOT_RECALLABLE())
        new = replace(new, state=State.FAILED, refusal=refusal, waits=None)
    account = book.account(transaction, original.card or "")
    account_side.note_access(transaction, account.holder_id, None, caller, context)
    return decision_of(book.add(transaction, new, context.now))


def give_back(transaction: Transaction, recall: Business, context: Context) -> Business:
    """Hold the payee's money for the return; FUNDS_SHORT where it is spent, and nothing changes."""
    state = states.require(Role.ACCOUNT, recall.state, Action.APPROVE)
    today = book.business_date(transaction, context.now)
    held = replace(recall, booked_on=today)
    moved = postings.legs_of(transaction, held)
    refusal = holding.hold(transaction, held, moved, context)
    if refusal is not None:
        raise FUNDS_SHORT() if refusal.kind is FUNDS_SHORT else refusal
    held = book.change(transaction, held, context.now, state=state)
    return account_side.tell_asker(transaction, held, context)


def refuse(
    transaction: Transaction, recall: Business, why: RecallRefusal, context: Context
) -> Business:
    """Keep the payee's money, for a reason that ISO 20022 names."""
    state = states.require(Role.ACCOUNT, recall.state, Action.REFUSE)
    refusal = Refusal(code=str(why), zh=why.text.zh, en=why.text.en)
    failed = book.change(transaction, recall, context.now, state=state, refusal=refusal)
    return account_side.tell_asker(transaction, failed, context)
