"""How often a grant may be used in a minute and in a day."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.league.leagues import UNHURRIED, refused

from hanse.mechanisms.league.grants import RATE_EXCEEDED, RateWindow, WindowKind

MINUTE, DAY = WindowKind
NOON = datetime(2026, 3, 1, 12, 0, 30, 500_000, tzinfo=UTC)


def test_windows_are_minutes_and_days_of_utc() -> None:
    beijing = NOON.astimezone(timezone(timedelta(hours=8)))
    for at in (NOON, beijing):
        minute, day = RateWindow.at(MINUTE, at), RateWindow.at(DAY, at)
        assert minute.start == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        assert minute.end == datetime(2026, 3, 1, 12, 1, tzinfo=UTC)
        assert day.start == datetime(2026, 3, 1, tzinfo=UTC)
        assert day.end == datetime(2026, 3, 2, tzinfo=UTC)


def test_uses_are_counted_up_to_the_limit() -> None:
    window = RateWindow.at(MINUTE, NOON)
    for count in (1, 2, 3):
        window = window.used(3, NOON)
        assert window.count == count
    with refused("rate_exceeded", limit=3, window="minute", retry_after_seconds=30):
        window.used(3, NOON)
    assert window.count == 3


def test_a_refusal_may_be_tried_again_and_says_when() -> None:
    assert RATE_EXCEEDED.retry
    full = RateWindow(DAY, RateWindow.at(DAY, NOON).start, 5)
    with refused("rate_exceeded", again_at="2026-03-02T00:00:00.000Z") as caught:
        full.used(5, NOON)
    assert caught.value.kind.status == 429
    assert caught.value.values["retry_after_seconds"] == 12 * 3600 - 30


@pytest.mark.parametrize(
    ("seconds", "count"),
    [(-3600, 6), (-31, 6), (-30.5, 6), (0, 6), (29.499, 6), (29.5, 1), (3600, 1)],
)
def test_a_later_window_begins_anew_and_an_earlier_instant_does_not(
    seconds: float, count: int
) -> None:
    """A clock that was set back gives no uses back."""
    window = RateWindow(MINUTE, NOON.replace(second=0, microsecond=0), 5)
    assert window.used(10, NOON + timedelta(seconds=seconds)).count == count


def test_a_limit_that_was_lowered_refuses_at_once() -> None:
    window = RateWindow(MINUTE, RateWindow.at(MINUTE, NOON).start, 5)
    with refused("rate_exceeded"):
        window.used(2, NOON)


INSTANTS = st.lists(st.integers(0, 600_000), min_size=1, max_size=40).map(sorted)


@UNHURRIED
@given(INSTANTS, st.integers(1, 5))
def test_no_window_holds_more_uses_than_the_limit(offsets: list[int], limit: int) -> None:
    window = RateWindow.at(MINUTE, NOON)
    uses: dict[datetime, int] = {}
    for offset in offsets:
        at = NOON + timedelta(milliseconds=offset)
        start = RateWindow.at(MINUTE, at).start
        if uses.get(start, 0) == limit:
            with refused("rate_exceeded") as caught:
                window.used(limit, at)
            wait = timedelta(seconds=caught.value.values["retry_after_seconds"])
            assert start + MINUTE.length <= at + wait < start + MINUTE.length + timedelta(seconds=1)
            assert window.used(limit, at + wait).count == 1
        else:
            window = window.used(limit, at)
            uses[start] = uses.get(start, 0) + 1
            assert window == RateWindow(MINUTE, start, uses[start])
