"""Prepayments between cities: set by the last quarter, told to the treating city, watched there."""

from sqlalchemy import func, select, update

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.social.insurance import shared_lines
from hanse.services.social.insurance.bookings import book_prepayment
from hanse.services.social.insurance.contracts import (
    FundQuestion,
    FundState,
    Kept,
    Prepaid,
    Prepay,
)
from hanse.services.social.insurance.insurer import RECONCILIATION_PURPOSE
from hanse.services.social.insurance.parameters import InsuranceParameters
from hanse.services.social.insurance.prepayment import alarm, prepayment_fen
from hanse.services.social.insurance.tables import prepayments


@operation("insurance.prepay", Text("核定并拨付预付金", "Pay in advance"), reach=Reach.CITY)
def prepay(transaction: Transaction, request: Prepay, context: Context) -> Prepaid:
    """Set the prepayment to a city by its last quarter: pay, and tell, what is new of it."""
    parameters: InsuranceParameters = context.parameters
    wanted = prepayment_fen(request.quarter_fen, parameters.prepayment)
    held = _held(transaction, shared_lines.INSURER, request.treated_city)
    paid = Prepaid(
        insured_city=context.city, amount_fen=max(0, wanted - held), number=context.new_id()
    )
    _keep(transaction, shared_lines.INSURER, request.treated_city, paid, context)
    context.ask(
        transaction,
        request.treated_city,
        prepaid.name,
        paid,
        purpose=RECONCILIATION_PURPOSE.code,
    )
    return paid


@operation(
    "insurance.prepaid",
    Text("预付金到账通知", "A prepayment was made"),
    purposes=(RECONCILIATION_PURPOSE,),
)
def prepaid(transaction: Transaction, request: Prepaid, context: Context) -> Kept:
    """Hold another city's money in advance for the bills of its people."""
    mine = request.model_copy(update={"insured_city": context.caller.city})
    _keep(transaction, shared_lines.TREATER, context.caller.city, mine, context)
    return Kept(kept=1)


@operation("insurance.fund", Text("预付金使用情况", "State of a prepayment"), reach=Reach.CITY)
def fund(transaction: Transaction, request: FundQuestion, context: Context) -> FundState:
    """How much of an insuring city's prepayment is drawn here, and whether it must top up."""
    parameters: InsuranceParameters = context.parameters
    held = _held(transaction, shared_lines.TREATER, request.insured_city)
    drawn = shared_lines.drawn_fen(transaction, request.insured_city)
    return FundState(
        insured_city=request.insured_city,
        prepaid_fen=held,
        drawn_fen=drawn,
        alarm=alarm(drawn, held, parameters.prepayment),
    )


def _held(transaction: Transaction, role: str, peer: str) -> int:
    total = transaction.value(
        select(func.coalesce(func.sum(prepayments.c.amount_fen), 0)).where(
            prepayments.c.role == role, prepayments.c.peer == peer
        )
    )
    return int(total or 0)


def _keep(transaction: Transaction, role: str, peer: str, paid: Prepaid, context: Context) -> None:
    which = (prepayments.c.role == role) & (prepayments.c.peer == peer)
    transaction.execute(update(prepayments).where(which).values(is_current=False))
    transaction.insert(
        prepayments,
        {
            "number": paid.number,
            "role": role,
            "peer": peer,
            "amount_fen": paid.amount_fen,
            "is_current": True,
        },
    )
    book_prepayment(transaction, context, role, peer, paid.number, paid.amount_fen)
