"""What the public sees of clearing: that a cycle was settled, and never what any city owes."""

from datetime import datetime
from typing import Final

from sqlalchemy import select

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.parts import (
    HAPPENINGS_MAX,
    Happening,
    MapLayer,
    Publication,
    Table,
    Tone,
)
from hanse.mechanisms.exchange.today import day_begins
from hanse.services.finance.clearing.contracts import Result
from hanse.services.finance.clearing.tables import cuts

CYCLES_MAX: Final = 20
SUMMARY: Final = Text(
    "各市之间的应收应付定期轧差结算，每笔只结一次",
    "What the cities owe each other is netted and settled in cycles, each transfer once",
)


def _settled(transaction: Transaction, since: datetime | None) -> list[tuple[Result, datetime]]:
    found = select(cuts.c.result, cuts.c.cut_at_ms).where(cuts.c.settled_version.is_not(None))
    if since is not None:
        found = found.where(cuts.c.cut_at_ms >= to_ms(since))
    rows = transaction.rows(found.order_by(cuts.c.number.desc()).limit(CYCLES_MAX))
    return [
        (Result.model_validate_json(row.result), from_ms(row.cut_at_ms))
        for row in rows
        if row.result is not None
    ]


def settled_today(transaction: Transaction, now: datetime) -> list[Happening]:
    """The cities whose balances today's cycles settled."""
    words = Text("清算场次 {cycle} 已结算", "Clearing cycle {cycle} is settled")
    return [
        Happening(one.party, words.format(cycle=result.cycle), at, Tone.GOOD)
        for result, at in _settled(transaction, day_begins(now))
        for one in result.cities
    ][:HAPPENINGS_MAX]


def newest(transaction: Transaction, now: datetime) -> list[Table]:
    """The newest cycles that were settled."""
    columns = (
        Text("场次", "Cycle"),
        Text("切分时间", "Cut at"),
        Text("参与城市", "Cities"),
        Text("净额对数", "Pairs netted"),
    )
    rows = tuple(
        (result.cycle, at, len(result.cities), len(result.pairs))
        for result, at in _settled(transaction, None)
    )
    empty = Text("尚无已结算场次", "No cycle is settled yet")
    return [Table(Text("清算场次", "Clearing cycles"), columns, rows, empty)]


LAYER: Final = MapLayer(
    "settled",
    Text("今日结算", "Settled today"),
    Text("今日尚未结算", "Nothing settled yet today"),
    settled_today,
)
PUBLICATION: Final = Publication("clearing", Text("清算与结算", "Clearing and settlement"), newest)
