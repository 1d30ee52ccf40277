"""How often a grant may be used: the arithmetic of fixed windows, in minutes and days of UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from hanse.foundation.clock import iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

RATE_EXCEEDED = ProblemKind(
    "rate_exceeded",
    429,
    Text("调用次数超过协议上限", "The grant was used as often as it may be"),
    Text("请于 {again_at} 之后重试", "Try again after {again_at}"),
    detail=Text("上限为 {limit} 次（{window}）", "The limit is {limit} in one {window}"),
    retry=True,
)


class WindowKind(StrEnum):
    """How long a window is."""

    MINUTE = "minute"
    DAY = "day"

    @property
    def length(self) -> timedelta:
        """The window's length."""
        return LENGTHS[self]


LENGTHS: Final = {WindowKind.MINUTE: timedelta(minutes=1), WindowKind.DAY: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class RateWindow:
    """The uses counted since the start of a window."""

    kind: WindowKind
    start: datetime
    count: int = 0

    @classmethod
    def at(cls, kind: WindowKind, at: datetime) -> "RateWindow":
        """The empty window in which an instant lies."""
        instant = at.astimezone(UTC).replace(second=0, microsecond=0)
        if kind is WindowKind.DAY:
            instant = instant.replace(hour=0, minute=0)
        return cls(kind, instant)

    @property
    def end(self) -> datetime:
        """The first instant after the window."""
        return self.start + self.kind.length

    def used(self, limit: int, at: datetime) -> "RateWindow":
        """The window after one more use at an instant, in this window or in a later one.

        An instant before the window counts in it: a clock that was set back gives no uses back.
        Raises `rate_exceeded`, whose value `retry_after_seconds` says how long to wait.
        """
        current = self if at < self.end else RateWindow.at(self.kind, at)
        if current.count >= limit:
            raise RATE_EXCEEDED(
                limit=limit,
                window=self.kind.value,
                again_at=iso(current.end),
                retry_after_seconds=current.seconds_left(at),
            )
        return RateWindow(current.kind, current.start, current.count + 1)

    def seconds_left(self, at: datetime) -> int:
        """Whole seconds until the window's end, rounded up; 0 after it."""
        return max(0, -((at - self.end) // timedelta(seconds=1)))
