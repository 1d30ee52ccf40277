"""Deadlines as they are kept: reckoned, paused, extended, passed once, and explained."""

from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.working_days import Calendar, Term, TermUnit
from hanse.mechanisms.cases import deadlines
from hanse.mechanisms.cases.deadlines import LEAGUE_ZONE
from hanse.mechanisms.cases.tables import due, notices, tasks
from tests.cases.play import acted, answered, fire, held, history, opened, refused, settle_all
from tests.cases.play import move as asked
from tests.exchange.cities import Town

CHINA = Calendar.from_toml(
    (resources.files("hanse.leagues") / "calendar_cn.toml").read_text("utf-8")
)
WORKING = TermUnit.WORKING_DAYS


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=LEAGUE_ZONE)


@pytest.mark.parametrize(
    ("start", "count", "due_on"),
    [
        ("2026-02-09", 15, "2026-03-06"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-04-30", 5, "2026-05-11"),
    ],
)
def test_section_0_3_examples(start: str, count: int, due_on: str) -> None:
    state = deadlines.begun("d", Term(count, WORKING), at(start), CHINA)
    assert state.due == due_on
    assert state.calendar_version == CHINA.version
    assert state.passes_at == at(due_on, 0) + timedelta(days=1)
    assert state.explanation.zh
    assert state.explanation.en


def test_a_day_begins_and_ends_where_the_cities_are() -> None:
    late = datetime(2026, 4, 29, 17, 0, tzinfo=UTC)  # 1 in the morning of the 30th there
    assert deadlines.local_day(late) == date(2026, 4, 30)
    assert deadlines.begun("d", Term(3, WORKING), late, CHINA).due == "2026-05-08"


def test_resuming_moves_the_date_by_the_working_days_of_the_pause() -> None:
    state = deadlines.begun("d", Term(10, WORKING), at("2026-03-02"), CHINA)
    assert state.due == "2026-03-16"
    stopped = deadlines.paused(state, at("2026-03-04"), "wait")
    assert stopped.due == state.due
    # Thursday, Friday, Monday and Tuesday are working days of the pause; the weekend is not.
    again = deadlines.resumed(stopped, at("2026-03-10"), CHINA)
    assert again.due == "2026-03-20"
    assert "4个工作日" in again.explanation.zh
    assert "4 working days" in again.explanation.en


@pytest.mark.parametrize("n_days", [0, 1, 5, 20, 60])
def test_what_was_left_before_a_pause_is_left_after_it(n_days: int) -> None:
    state = deadlines.begun("d", Term(12, WORKING), at("2026-03-02"), CHINA)
    stop, go = at("2026-03-05"), at("2026-03-05") + timedelta(days=n_days)
    again = deadlines.resumed(deadlines.paused(state, stop, None), go, CHINA)
    left = CHINA.add_working_days(go.date(), 12 - 3)
    assert again.due == left.due.isoformat()


def test_a_pause_of_hours_is_its_length() -> None:
    state = deadlines.begun("d", Term(48, TermUnit.HOURS), at("2026-03-06"), CHINA)
    assert state.passes_at == at("2026-03-08")
    stopped = deadlines.paused(state, at("2026-03-06", 12), None)
    again = deadlines.resumed(stopped, at("2026-03-07", 13), CHINA)
    assert again.passes_at == at("2026-03-09", 11)
    assert "90000 seconds" in again.explanation.en


@pytest.mark.parametrize(
    ("unit", "count", "due_on", "later"),
    [
        (TermUnit.CALENDAR_DAYS, 10, "2026-03-12", "2026-03-16"),
        (TermUnit.MONTHS, 1, "2026-04-02", "2026-04-06"),
        (TermUnit.YEARS, 1, "2027-03-02", "2027-03-06"),
    ],
)
def test_a_pause_in_days_moves_other_terms_by_days(
    unit: TermUnit, count: int, due_on: str, later: str
) -> None:
    state = deadlines.begun("d", Term(count, unit), at("2026-03-02"), CHINA)
    assert state.due == due_on
    again = deadlines.resumed(
        deadlines.paused(state, at("2026-03-03"), None), at("2026-03-07"), CHINA
    )
    # 2026-04-06 is the Qingming rest day: months and years are moved by no holiday.
    assert again.due == later


def test_it_is_extended_once_and_the_words_say_so() -> None:
    state = deadlines.begun("d", Term(10, WORKING), at("2026-03-02"), CHINA)
    longer = deadlines.extended(state, Term(5, WORKING), "complex", CHINA)
    assert longer.due == "2026-03-23"
    assert "延长5个工作日" in longer.explanation.zh
    assert longer.extension_reason == "complex"
    with pytest.raises(Problem, match="case_deadline_extended_already"):
        deadlines.extended(longer, Term(5, WORKING), "again", CHINA)
    with pytest.raises(ValueError, match="another unit"):
        deadlines.extended(state, Term(5, TermUnit.HOURS), "x", CHINA)


def test_past_the_calendars_horizon_there_is_an_error() -> None:
    state = deadlines.begun("d", Term(1, WORKING), at("2026-12-20"), CHINA)
    with pytest.raises(Problem, match="calendar_horizon_passed"):
        deadlines.begun("d", Term(400, WORKING), at("2026-12-20"), CHINA)
    with pytest.raises(Problem, match="calendar_horizon_passed"):
        deadlines.extended(state, Term(400, WORKING), "x", CHINA)


def test_what_does_not_run_is_not_paused_and_what_runs_is_not_resumed() -> None:
    state = deadlines.begun("d", Term(10, WORKING), at("2026-03-02"), CHINA)
    with pytest.raises(Problem, match="case_deadline_not_running"):
        deadlines.resumed(state, at("2026-03-03"), CHINA)
    done = deadlines.ended(state, at("2026-03-03"))
    with pytest.raises(Problem, match="case_deadline_not_running"):
        deadlines.paused(done, at("2026-03-04"), None)
    for number in range(deadlines.PAUSES_MAX):
        state = deadlines.resumed(
            deadlines.paused(state, at("2026-03-03", number % 24), None), at("2026-03-04"), CHINA
        )
    with pytest.raises(Problem, match="case_deadline_pauses_too_many"):
        deadlines.paused(state, at("2026-03-05"), None)


def test_another_citys_reckoning_is_checked_with_the_same_calendar() -> None:
    state = deadlines.begun("d", Term(10, WORKING), at("2026-03-02"), CHINA)
    assert deadlines.agrees(state, CHINA)
    assert not deadlines.agrees(state.model_copy(update={"due": "2026-03-17"}), CHINA)
    other = state.model_copy(update={"due": "2026-03-17", "calendar_version": "other"})
    assert deadlines.agrees(other, CHINA)


def test_what_is_overdue_fires_once_everywhere_and_is_escalated(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    assert fire(keeper) == 0
    keeper.clock.advance(days=10)
    assert fire(origin) == 0
    assert fire(keeper) == 1
    assert fire(keeper) == 0
    settle_all(pair)
    assert history(keeper, case) == history(origin, case)
    assert len(history(keeper, case)) == 2
    assert held(origin, case).deadlines["accept"].standing == "overdue"
    assert held(origin, case).escalated == ("origin",)
    (row,) = origin.rows(select(tasks))
    assert (row.role, row.is_escalated) == ("origin", True)
    words = [row.words for row in origin.rows(select(notices)) if "逾期" in row.words]
    assert len(words) == 1
    acted(keeper, case, "destination", "accept")
    settle_all(pair)
    assert held(origin, case).escalated == ()
    assert held(origin, case).deadlines["accept"].standing == "done"


def test_a_paused_deadline_does_not_fire_and_fires_by_its_new_date(pair: list[Town]) -> None:
    keeper, _ = pair
    case = opened(keeper)
    acted(keeper, case, "destination", "accept")
    first = held(keeper, case).deadlines["decide"]
    acted(keeper, case, "destination", "suspend", reason="an expert is asked")
    keeper.clock.advance(days=60)
    assert refused(keeper, "act", asked(case, "destination", "extend", reason="x")) == (
        "case_deadline_not_running"
    )
    fire(keeper)
    assert held(keeper, case).deadlines["decide"].standing == "paused"
    assert held(keeper, case).deadlines["send"].standing == "overdue"
    acted(keeper, case, "destination", "resume")
    second = held(keeper, case).deadlines["decide"]
    assert second.passes_at > keeper.clock.now > first.passes_at
    assert fire(keeper) == 0
    settle_all(pair)
    keeper.clock.now = second.passes_at - timedelta(milliseconds=1)
    assert fire(keeper) == 0
    keeper.clock.now = second.passes_at
    assert fire(keeper) == 1
    assert "objected" in held(keeper, case).flags
    settle_all(pair)
    assert history(pair[1], case) == history(keeper, case)


def test_a_closed_case_has_no_deadline_that_runs(pair: list[Town]) -> None:
    keeper, _ = pair
    case = opened(keeper)
    acted(keeper, case, "applicant", "withdraw")
    settle_all(pair)
    assert keeper.rows(select(due)) == []
    assert not held(keeper, case).deadlines["accept"].is_open
    keeper.clock.advance(days=100)
    assert fire(keeper) == 0


def test_the_timeline_says_each_reckoning_in_words(pair: list[Town]) -> None:
    keeper, _ = pair
    case = opened(keeper)
    told = answered(keeper, "timeline", {"case": case})
    (state,) = told["steps"][0]["deadlines"]
    assert "3个工作日" in state["explanation"]["zh"]
    (matter,) = answered(keeper, "progress", {"subject": "licence-1"})["matters"]
    assert "3 working days" in matter["due"][0]["en"]
    assert matter["waits_for"] == [{"zh": "「destination」", "en": "destination"}]
