"""The house's operations on funds: paid in and out, and what a city can pay and lacks."""

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.mechanisms.ledger import Transfer, derived_id
from hanse.services.finance.clearing import chart, funds, house
from hanse.services.finance.clearing import house_book as book
from hanse.services.finance.clearing.city import CLEARING, require_house
from hanse.services.finance.clearing.codes import CycleState
from hanse.services.finance.clearing.contracts import (
    Fund,
    FundState,
    Liquidity,
    LiquidityQuestion,
    Result,
)

NOT_ITS_FUNDS = ProblemKind(
    "clearing_not_its_funds",
    403,
    Text("只能查询本市的清算资金", "A city sees its own funds alone"),
    Text("请查询 {city}", "Ask about {city}"),
)


@operation("clearing.fund", Text("缴存清算资金", "Funds in or out"), reach=Reach.CITY)
def fund(transaction: Transaction, request: Fund, context: Context) -> FundState:
    """Book a city's funds at the house, in or out; a cycle that waits for them goes on.

    A city that was the house before pays funds out, and takes them in for its own last cycle.
    """
    account, central = chart.funds(request.city).id, chart.CENTRAL_ACCOUNT.id
    was_house = request.pays_out and ledger.states(transaction, {account})
    if not was_house and not book.open_rows(transaction):
        require_house(context, context.city)
    funds.open_(transaction, [request.city], context)
    debit, credit = (account, central) if request.pays_out else (central, account)
    if request.amount_fen:
        moved = Transfer(
            derived_id("clearing", "fund", request.city, request.number),
            debit,
            credit,
            request.amount_fen,
            chart.FUNDED,
            reference=request.number,
        )
        ledger.require(ledger.transfer(transaction, [moved], context.now))
    for held in book.open_rows(transaction):
        result = book.result_of(held)
        if held.state == CycleState.SHORT and result is not None and not request.pays_out:
            house.settle(transaction, held.cycle, result, context)
    available = funds.available(transaction, request.city)
    return FundState(city=request.city, available_fen=available)


@operation("clearing.liquidity", Text("查询清算资金", "A city's means"), purposes=(CLEARING,))
def liquidity(transaction: Transaction, request: LiquidityQuestion, context: Context) -> Liquidity:
    """What a city can pay at this house, and what the open cycle asks of it. The house's own
    agencies may ask about every city, another city about itself."""
    require_house(context, context.city)
    if context.caller.city not in (context.city, request.city):
        raise NOT_ITS_FUNDS(city=context.caller.city)
    bound = funds.bounds(transaction, context, [request.city])[request.city]
    waiting = book.open_rows(transaction)
    result = book.result_of(waiting[0]) if waiting else None
    position = _position(result, request.city)
    return Liquidity(
        city=request.city,
        funds_fen=bound.funds or 0,
        cap_fen=bound.cap,
        available_fen=bound.available or 0,
        cycle=waiting[0].cycle if waiting else None,
        position_fen=position,
        missing_fen=max(0, -position - (bound.funds or 0)),
    )


def _position(result: Result | None, city: str) -> int:
    cities = () if result is None else result.cities
    return sum(one.net_fen for one in cities if one.party == city)
