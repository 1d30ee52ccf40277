"""How often a grant may be used: counted in the transaction of the use, so no restart forgets."""

from datetime import datetime

from sqlalchemy import select

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.tables import grant_use
from hanse.mechanisms.league.allowances import Authorisation
from hanse.mechanisms.league.rate_windows import RateWindow, WindowKind


def count_use(
    transaction: Transaction, authorisation: Authorisation, caller: str, now: datetime
) -> None:
    """Count one use in each limited window; a use over the limit is refused and not counted."""
    for kind, limit in (
        (WindowKind.MINUTE, authorisation.rate_per_minute),
        (WindowKind.DAY, authorisation.rate_per_day),
    ):
        if limit is not None:
            _count(transaction, authorisation, caller, kind, limit, now)


def _count(
    transaction: Transaction,
    authorisation: Authorisation,
    caller: str,
    kind: WindowKind,
    limit: int,
    now: datetime,
) -> None:
    key = {
        "agreement": authorisation.agreement,
        "grant_id": authorisation.grant,
        "caller": caller,
        "window": str(kind),
    }
    row = transaction.row(
        select(grant_use.c.start_ms, grant_use.c.used).where(
            *(grant_use.c[name] == value for name, value in key.items())
        )
    )
    window = (
        RateWindow.at(kind, now)
        if row is None
        else RateWindow(kind, from_ms(row.start_ms), row.used)
    )
    used = window.used(limit, now)
    transaction.upsert(
        grant_use,
        {**key, "start_ms": to_ms(used.start), "used": used.count},
        lambda new: {"start_ms": new.start_ms, "used": new.used},
    )
