"""The exchange's layer of the public map: what passed between this city and each other today."""

from datetime import datetime, timedelta, timezone
from typing import Final

from sqlalchemy import func, select

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.parts import HAPPENINGS_MAX, Happening, MapLayer
from hanse.mechanisms.exchange.tables import deliveries

CITIES_TIME: Final = timezone(timedelta(hours=8))
"""The time of every city of China, which has no summer time."""


def day_begins(now: datetime) -> datetime:
    """When the cities' day began."""
    return now.astimezone(CITIES_TIME).replace(hour=0, minute=0, second=0, microsecond=0)


def exchanged_today(transaction: Transaction, now: datetime) -> list[Happening]:
    """Signed deliveries with each city since the day began, both ways; none of their contents."""
    rows = transaction.rows(
        select(
            deliveries.c.peer,
            func.count().label("passed"),
            func.max(deliveries.c.created_at_ms).label("last_ms"),
        )
        .where(deliveries.c.created_at_ms >= to_ms(day_begins(now)))
        .group_by(deliveries.c.peer)
        .order_by(func.max(deliveries.c.created_at_ms).desc())
        .limit(HAPPENINGS_MAX)
    )
    words = Text("今日与本节点互通 {count} 批", "{count} deliveries with this city today")
    return [
        Happening(row.peer, words.format(count=row.passed), from_ms(row.last_ms), weight=row.passed)
        for row in rows
    ]


EXCHANGED_TODAY: Final = MapLayer(
    name="exchanged",
    title=Text("今日互通", "Exchanged today"),
    empty=Text("今日尚无往来", "Nothing yet today"),
    read=exchanged_today,
)
