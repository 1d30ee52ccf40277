"""How often one visitor may do what costs: fixed windows, counted in this process alone.

A node behind several processes multiplies what its rates allow by their number; what protects an
account (its lockout) is therefore in the store.
"""

from dataclasses import dataclass
from typing import Final

from hanse.foundation.clock import monotonic_seconds
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

COUNTERS_MAX: Final = 50_000
TOO_OFTEN = ProblemKind(
    "too_often",
    429,
    Text("操作过于频繁", "This was asked for too often"),
    Text("请在 {seconds} 秒后重试", "Try again in {seconds} seconds"),
)


@dataclass(frozen=True)
class Rate:
    """At most so many within so many seconds, for each visitor."""

    name: str
    count: int
    seconds: int


class Counters:
    """The counters of one node."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def note(self, rate: Rate, visitor: str) -> None:
        """Count one, or refuse it."""
        now = monotonic_seconds()
        if len(self._windows) >= COUNTERS_MAX:
            self._windows = {
                key: window
                for key, window in self._windows.items()
                if now - window[0] < rate.seconds
            }
            if len(self._windows) >= COUNTERS_MAX:
                raise TOO_OFTEN(seconds=rate.seconds)
        begun, count = self._windows.get((rate.name, visitor), (now, 0))
        if now - begun >= rate.seconds:
            begun, count = now, 0
        if count >= rate.count:
            raise TOO_OFTEN(seconds=max(1, round(rate.seconds - (now - begun))))
        self._windows[rate.name, visitor] = (begun, count + 1)
