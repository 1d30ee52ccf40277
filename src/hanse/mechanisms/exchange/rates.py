"""How often a grant may be used: counted in the transaction of the use, so no restart forgets."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.tables import grant_use
from hanse.mechanisms.league.allowances import Authorisation
from hanse.mechanisms.league.rate_windows import RateWindow, WindowKind

Place = tuple[str, str, WindowKind]
_WINDOW = select(grant_use.c.start_ms, grant_use.c.used).where(
    grant_use.c.agreement == bindparam("agreement_"),
    grant_use.c.grant_id == bindparam("grant_"),
    grant_use.c.caller == bindparam("caller_"),
    grant_use.c.window == bindparam("window_"),
)


@dataclass
class GrantUse:
    """The uses that one caller makes of its grants: read once for a delivery, written once."""

    caller: str
    windows: dict[Place, RateWindow] = field(default_factory=dict)
    changed: set[Place] = field(default_factory=set)

    def count(self, transaction: Transaction, authorisation: Authorisation, now: datetime) -> None:
        """Count one use in each limited window; a use over the limit is refused, not counted."""
        used: dict[Place, RateWindow] = {}
        for kind, limit in (
            (WindowKind.MINUTE, authorisation.rate_per_minute),
            (WindowKind.DAY, authorisation.rate_per_day),
        ):
            if limit is not None:
                place = (authorisation.agreement, authorisation.grant, kind)
                used[place] = self._window(transaction, place, now).used(limit, now)
        self.windows |= used
        self.changed |= used.keys()

    def save(self, transaction: Transaction) -> None:
        """Write what was counted."""
        transaction.upsert(
            grant_use,
            [
                {
                    "agreement": place[0],
                    "grant_id": place[1],
                    "caller": self.caller,
                    "window": str(place[2]),
                    "start_ms": to_ms(self.windows[place].start),
                    "used": self.windows[place].count,
                }
                for place in sorted(self.changed)
            ],
            lambda new: {"start_ms": new.start_ms, "used": new.used},
        )

    def _window(self, transaction: Transaction, place: Place, now: datetime) -> RateWindow:
        if place not in self.windows:
            agreement, grant, kind = place
            row = transaction.row(
                _WINDOW,
                {
                    "agreement_": agreement,
                    "grant_": grant,
                    "caller_": self.caller,
                    "window_": str(kind),
                },
            )
            self.windows[place] = (
                RateWindow.at(kind, now)
                if row is None
                else RateWindow(kind, from_ms(row.start_ms), row.used)
            )
        return self.windows[place]
