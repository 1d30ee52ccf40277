"""The only place that reads the wall clock. Everything inward is handed the time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present instant, timezone-aware in UTC."""


def wall_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


def shifted(seconds: float) -> Clock:
    """The machine's time with so many seconds added: a clock that is wrong, for trials."""
    shift = timedelta(seconds=seconds)
    return lambda: wall_clock() + shift


def monotonic_seconds() -> float:
    """Seconds that never go back: for durations, never for dates."""
    return time.perf_counter()


def to_ms(instant: datetime) -> int:
    """An instant as whole milliseconds since 1970, the form in which the store keeps it."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return int(instant.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """The instant of `to_ms`, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def iso(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, the form in which instants cross the wire."""
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
