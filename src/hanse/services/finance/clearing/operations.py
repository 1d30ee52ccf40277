"""Clearing between the cities: the service's face."""

from datetime import date
from typing import Any

import orjson
from sqlalchemy import select

from hanse.foundation.clock import from_ms
from hanse.foundation.iso20022 import write
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, Service, operation
from hanse.services.finance.clearing import (
    city,
    city_book,
    formats,
    house,
    house_book,
    house_funds,
    public,
    unwinding,
)
from hanse.services.finance.clearing.codes import CycleState
from hanse.services.finance.clearing.contracts import (
    CycleQuestion,
    Cycles,
    CycleView,
    Nothing,
    Result,
    StandardDocument,
)
from hanse.services.finance.clearing.tables import cycles

CYCLES_SHOWN = 20


@operation("clearing.cycle", Text("查询清算场次", "A cycle"), reach=Reach.CITY)
def cycle(transaction: Transaction, request: CycleQuestion, context: Context) -> CycleView:
    """A cycle as this city knows it: its own cut, and the house's result."""
    found = _view(transaction, request.cycle)
    if found is None:
        raise city.CYCLE_UNKNOWN()
    return found


@operation("clearing.cycles", Text("清算场次列表", "The newest cycles"), reach=Reach.CITY)
def newest(transaction: Transaction, request: Nothing, context: Context) -> Cycles:
    """The newest cycles of this city, newest first."""
    names = [one.cycle for one in city_book.newest(transaction, CYCLES_SHOWN)]
    names = names or [
        row.cycle
        for row in transaction.rows(
            select(cycles.c.cycle).order_by(cycles.c.number.desc()).limit(CYCLES_SHOWN)
        )
    ]
    views = [_view(transaction, name) for name in names]
    return Cycles(cycles=tuple(one for one in views if one is not None))


@operation("clearing.pacs029", Text("轧差报文 pacs.029", "Positions, pacs.029"), reach=Reach.CITY)
def pacs029(transaction: Transaction, request: CycleQuestion, context: Context) -> StandardDocument:
    """What every party receives or pays in a cycle, as a pacs.029, once it is netted."""
    result, currency, _ = _netted(transaction, request.cycle, context)
    message = formats.settlement_request(result, context.new_id(), context.now, currency)
    return StandardDocument(document=write(message).decode("utf-8"))


@operation("clearing.pacs009", Text("结算报文 pacs.009", "Payments, pacs.009"), reach=Reach.CITY)
def pacs009(transaction: Transaction, request: CycleQuestion, context: Context) -> StandardDocument:
    """What this city's own parties pay and receive in a cycle, as a pacs.009, once it is netted."""
    result, currency, day = _netted(transaction, request.cycle, context)
    message = formats.own_transfers(
        result, context.city, context.new_id(), context.now, day, currency
    )
    return StandardDocument(document=write(message).decode("utf-8"))


def _netted(transaction: Transaction, name: str, context: Context) -> tuple[Result, str, date]:
    """The newest result of a cycle that this city has cut, its currency and its day."""
    made = city_book.cut_row(transaction, name)
    if made is None:
        raise city.CYCLE_UNKNOWN()
    if made.result is None:
        raise formats.NOTHING_TO_SETTLE()
    day = from_ms(made.cut_at_ms).astimezone(ledger.ZONE).date()
    return Result.model_validate_json(made.result), made.currency, day


def _view(transaction: Transaction, name: str) -> CycleView | None:
    made, held = city_book.cut_row(transaction, name), house_book.row(transaction, name)
    if made is None and held is None:
        return None
    values: dict[str, Any] = {"cycle": name}
    if made is not None:
        values |= {
            "house": made.house,
            "after_sequence": made.after_sequence,
            "up_to_sequence": made.up_to_sequence,
            "result": Result.model_validate_json(made.result) if made.result else None,
            "state": CycleState.SETTLED if made.settled_version is not None else None,
        }
    if held is not None:
        values |= {
            "state": next(one for one in CycleState if one == held.state),
            "submitted": tuple(sorted(house_book.submitted(transaction, name))),
            "acknowledged": tuple(sorted(house_book.acknowledged(transaction, name, held.version))),
            "result": house_book.result_of(held),
            "notes": tuple(orjson.loads(held.notes)),
        }
    return CycleView(**values)


SERVICE = Service(
    name="finance.clearing",
    title=Text("资金清算与结算", "Clearing and settlement"),
    operations=(
        house.open_cycle,
        house.submit,
        house.acknowledge,
        house_funds.fund,
        house_funds.liquidity,
        unwinding.unwind,
        city.lines,
        cycle,
        newest,
        pacs029,
        pacs009,
    ),
    topics=(city.cut, city.result, city.settled),
    answer_handlers={city.lines.name: house.lines_answered},
    due=(house.collect_due, unwinding.due),
    two_people=("clearing.fund", "clearing.unwind"),
    summary=public.SUMMARY,
    layers=(public.LAYER,),
    publications=(public.PUBLICATION,),
)
