"""The house by the clock and by decision: what it does without a city that is late, short of funds,
or in dispute. Each rule stands by its name in the result; what it takes out is in the next cycle.
"""

from collections.abc import Collection, Iterable
from typing import Any

from hanse.foundation.clock import to_ms
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.clearing.obligations import city_of
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.finance.clearing import funds, house
from hanse.services.finance.clearing import house_book as book
from hanse.services.finance.clearing.codes import CycleState, LeftOut
from hanse.services.finance.clearing.contracts import Taken, Unwind
from hanse.services.finance.clearing.matching import PairKey


@operation("clearing.unwind", Text("撤出清算", "Take a city out of a cycle"), reach=Reach.CITY)
def unwind(transaction: Transaction, request: Unwind, context: Context) -> Taken:
    """Take a city's obligations out of a cycle, for a reason; they are in the next one."""
    held = house.own_cycle(transaction, request.cycle, context)
    if held.state == CycleState.SETTLED:
        raise house.CYCLE_FINAL()
    _unwind(transaction, held, {request.city}, LeftOut.DECIDED, context, request.reason)
    return house.taken(transaction, request.cycle)


def _unwind(
    transaction: Transaction,
    held: Any,
    out: Collection[str],
    rule: LeftOut,
    context: Context,
    reason: str = "",
) -> None:
    """Take cities out by a rule, say so, and net the rest again."""
    cities = dict.fromkeys(sorted(out), rule)
    _note_out(transaction, held.cycle, cities, rule, reason)
    house.net(transaction, held.cycle, context, cities)


def _note_out(
    transaction: Transaction, cycle: str, out: Iterable[str], rule: LeftOut, reason: str = ""
) -> None:
    words = f"撤出 / taken out {', '.join(out)}: {rule} {rule.text.zh} / {rule.text.en}"
    book.note(transaction, cycle, f"{words}: {reason}" if reason else words)


def _unwind_disputed(transaction: Transaction, held: Any, context: Context) -> None:
    """Take out the pairs that a city disputes; of one that names none, all of its pairs."""
    pairs: dict[PairKey, LeftOut] = {}
    cities: dict[str, LeftOut] = {}
    for code, word in book.acknowledged(transaction, held.cycle, held.version).items():
        if word.accepted:
            continue
        own = [pair for pair in book.disputed_in(word) if code in map(city_of, pair)]
        pairs |= dict.fromkeys(own, LeftOut.DISPUTED)
        if not own:
            cities[code] = LeftOut.DISPUTED
    names = [*cities, *(f"{first} {second}" for first, second in pairs)]
    _note_out(transaction, held.cycle, names, LeftOut.DISPUTED)
    house.net(transaction, held.cycle, context, cities, pairs)


def due(transaction: Transaction, context: Context) -> int:
    """What the house does by the clock: goes on without a silent city, unwinds by the rules."""
    done = 0
    for held in book.open_rows(transaction):
        if held.due_at_ms is None or held.due_at_ms > to_ms(context.now):
            continue
        book.change(transaction, held.cycle, due_at_ms=None)
        done += 1
        if held.state == CycleState.CUT:
            house.go_on(transaction, held.cycle, context, late=True)
        elif held.state == CycleState.MATCHING:
            house.net(transaction, held.cycle, context)
        elif held.state == CycleState.NETTED:
            result = book.result_of(held)
            words = book.acknowledged(transaction, held.cycle, held.version)
            silent = house.concerned(result) - words.keys() if result else set()
            _unwind(transaction, held, silent, LeftOut.NO_WORD, context)
        elif held.state == CycleState.DISPUTED:
            _unwind_disputed(transaction, held, context)
        elif held.state == CycleState.SHORT:
            short = _shortest(transaction, held)
            _unwind(transaction, held, short, LeftOut.FUNDS_NEVER_CAME, context)
    return done


def _shortest(transaction: Transaction, held: Any) -> set[str]:
    """The cities that can't pay their positions now."""
    result = book.result_of(held)
    if result is None:
        return set()
    return {
        one.party
        for one in result.cities
        if one.net_fen + funds.available(transaction, one.party) < 0
    }
