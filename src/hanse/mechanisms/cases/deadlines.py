"""A deadline as it is kept: its reckoning, its pauses, its extension, its date, and why.

Suspending moves the date when the case is resumed, by the pause that was actually taken: a term in
working days by the working days of the pause, in calendar days, months and years by its days, in
hours by its length. A day counts in the calendar of the league that was in force when the date was
reckoned; past that calendar's horizon there is a refusal, never a guess.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict

from hanse.foundation.clock import iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.working_days import (
    TERM_COUNT_MAX,
    Calendar,
    Reckoning,
    Term,
    TermUnit,
    add_hours,
    add_months,
    add_years,
)

LEAGUE_ZONE: Final = timezone(timedelta(hours=8), "CST")
"""The civil time of the cities, in which days begin and end."""
PAUSES_MAX: Final = 20

DEADLINE_PAUSES_TOO_MANY = ProblemKind(
    "case_deadline_pauses_too_many",
    409,
    Text("期限中止次数过多", "The deadline was paused too often"),
    Text("最多中止{pauses_max}次，请作出决定", "At most {pauses_max} pauses: decide the case"),
)
DEADLINE_EXTENDED_ALREADY = ProblemKind(
    "case_deadline_extended_already",
    409,
    Text("该期限已延长过", "The deadline was extended before"),
    Text("请于{due}前办理", "Act by {due}"),
)
DEADLINE_NOT_RUNNING = ProblemKind(
    "case_deadline_not_running",
    409,
    Text("该期限未在计算中", "That deadline is not running"),
    Text("请查看案件的期限", "Look at the case's deadlines"),
)

DeadlineStanding = Literal["running", "paused", "done", "overdue"]


class Pause(BaseModel):
    """A time in which a deadline did not run; `until` is None while it lasts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    begun_at: Annotated[datetime, titled("中止时间", "Paused at")]
    until: Annotated[datetime | None, titled("恢复时间", "Resumed at")] = None
    reason: Annotated[str | None, titled("理由", "Reason", max_length=2_000)] = None


class DeadlineState(BaseModel):
    """A deadline of one case. Every change of it is a step, so all cities hold the same."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, titled("期限", "Deadline", max_length=40)]
    begun_at: Annotated[datetime, titled("起算时间", "Began at")]
    count: Annotated[int, titled("期限数", "Length", ge=1, le=TERM_COUNT_MAX)]
    unit: Annotated[TermUnit, titled("单位", "Unit")]
    calendar_version: Annotated[str | None, titled("日历版本", "Calendar", max_length=64)] = None
    pauses: Annotated[tuple[Pause, ...], titled("中止", "Pauses", max_length=PAUSES_MAX)] = ()
    extension_count: Annotated[
        int | None, titled("延长", "Extended by", ge=1, le=TERM_COUNT_MAX)
    ] = None
    extension_reason: Annotated[str | None, titled("延长理由", "Why", max_length=2_000)] = None
    due: Annotated[str, titled("届满", "Due", max_length=40)]
    """The last day, or for hours the last instant, in ISO 8601."""
    passes_at: Annotated[datetime, titled("逾期时间", "Passes at")]
    """The first instant at which it is overdue."""
    standing: Annotated[DeadlineStanding, titled("状态", "Standing")] = "running"
    ended_at: Annotated[datetime | None, titled("办结时间", "Ended at")] = None
    explanation: Annotated[Text, titled("计算说明", "How it was reckoned")]

    @property
    def is_open(self) -> bool:
        """Whether what it asks for has not been done."""
        return self.standing != "done"

    @property
    def passes_at_ms(self) -> int:
        """`passes_at` as the store keeps it."""
        return int(self.passes_at.timestamp() * 1000)


def local_day(now: datetime) -> date:
    """The day of an instant where the cities are."""
    return now.astimezone(LEAGUE_ZONE).date()


def begun(name: str, term: Term, now: datetime, calendar: Calendar) -> DeadlineState:
    """A deadline that starts now."""
    return _reckoned(
        name=name, begun_at=now, term=term, pauses=(), extension=None, reason=None,
        calendar=calendar,
    )  # fmt: skip


def ended(state: DeadlineState, now: datetime) -> DeadlineState:
    """What it asked for was done; a pause that lasted ends with it."""
    return state.model_copy(update={"standing": "done", "ended_at": _whole(now)})


def passed(state: DeadlineState) -> DeadlineState:
    """Its time is over and nothing was done."""
    return state.model_copy(update={"standing": "overdue"})


def paused(state: DeadlineState, now: datetime, reason: str | None) -> DeadlineState:
    """It does not run from now on; its date stands until it is resumed."""
    if state.standing != "running":
        raise DEADLINE_NOT_RUNNING()
    if len(state.pauses) >= PAUSES_MAX:
        raise DEADLINE_PAUSES_TOO_MANY(pauses_max=PAUSES_MAX)
    pause = Pause(begun_at=_whole(now), reason=reason)
    return state.model_copy(update={"standing": "paused", "pauses": (*state.pauses, pause)})


def resumed(state: DeadlineState, now: datetime, calendar: Calendar) -> DeadlineState:
    """It runs again, and its date is later by the pause that was taken."""
    if state.standing != "paused":
        raise DEADLINE_NOT_RUNNING()
    last = state.pauses[-1].model_copy(update={"until": _whole(now)})
    return _again(state, calendar, pauses=(*state.pauses[:-1], last))


def extended(state: DeadlineState, term: Term, reason: str, calendar: Calendar) -> DeadlineState:
    """Its date is later by the extension; only once."""
    if state.standing != "running":
        raise DEADLINE_NOT_RUNNING()
    if state.extension_count is not None:
        raise DEADLINE_EXTENDED_ALREADY(due=state.due)
    if term.unit is not state.unit:
        raise ValueError(f"deadline {state.name} is extended in another unit")
    return _again(state, calendar, extension=term.count, reason=reason)


def agrees(state: DeadlineState, calendar: Calendar) -> bool:
    """Whether this calendar gives the same date; True where it is another version's reckoning."""
    if state.calendar_version not in (None, calendar.version):
        return True
    again = _reckoned(
        name=state.name,
        begun_at=state.begun_at,
        term=Term(state.count, state.unit),
        pauses=tuple(pause for pause in state.pauses if pause.until is not None),
        extension=state.extension_count,
        reason=state.extension_reason,
        calendar=calendar,
    )
    return (again.due, again.passes_at) == (state.due, state.passes_at)


def _again(
    state: DeadlineState,
    calendar: Calendar,
    *,
    pauses: tuple[Pause, ...] | None = None,
    extension: int | None = None,
    reason: str | None = None,
) -> DeadlineState:
    return _reckoned(
        name=state.name,
        begun_at=state.begun_at,
        term=Term(state.count, state.unit),
        pauses=state.pauses if pauses is None else pauses,
        extension=state.extension_count if extension is None else extension,
        reason=state.extension_reason if reason is None else reason,
        calendar=calendar,
    )


def _reckoned(
    *,
    name: str,
    begun_at: datetime,
    term: Term,
    pauses: tuple[Pause, ...],
    extension: int | None,
    reason: str | None,
    calendar: Calendar,
) -> DeadlineState:
    whole = Term(term.count + (extension or 0), term.unit)
    due, version, words, taken = _due(_whole(begun_at), whole, pauses, calendar)
    parts = [words]
    if extension is not None:
        added = Term(extension, term.unit).text
        parts.append(Text(f"含延长{added.zh}。", f"This includes an extension of {added.en}."))
    if pauses and any(pause.until for pause in pauses):
        parts.append(Text(f"含中止顺延{taken.zh}。", f"It moved by the pauses taken: {taken.en}."))
    return DeadlineState(
        name=name,
        begun_at=_whole(begun_at),
        count=term.count,
        unit=term.unit,
        calendar_version=version,
        pauses=pauses,
        extension_count=extension,
        extension_reason=reason,
        due=due.isoformat() if not isinstance(due, datetime) else iso(due),
        passes_at=_passes_at(due),
        explanation=Text("".join(one.zh for one in parts), " ".join(one.en for one in parts)),
    )


def _due(
    begun_at: datetime, term: Term, pauses: tuple[Pause, ...], calendar: Calendar
) -> tuple[date | datetime, str | None, Text, Text]:
    """The last day or instant, the calendar that was asked, and in words how and what moved it."""
    finished = [(pause.begun_at, pause.until) for pause in pauses if pause.until is not None]
    if term.unit is TermUnit.HOURS:
        reckoned = add_hours(begun_at.astimezone(LEAGUE_ZONE), term.count)
        length = sum((until - start for start, until in finished), timedelta())
        seconds = int(length.total_seconds())
        taken = Text(f"{seconds}秒", f"{seconds} seconds")
        words = reckoned.explanation
        if length:
            moved = f"{(reckoned.due + length).astimezone(LEAGUE_ZONE):%Y-%m-%d %H:%M %Z}"
            words = Text(f"{words.zh}顺延至{moved}。", f"{words.en} Moved to {moved}.")
        return (reckoned.due + length).astimezone(UTC), None, words, taken
    start = local_day(begun_at)
    spans = [(local_day(one), local_day(other)) for one, other in finished]
    if term.unit is TermUnit.WORKING_DAYS:
        days = sum(_working_days(calendar, one, other) for one, other in spans)
        found = calendar.add_working_days(start, term.count + days)
    else:
        days = sum((other - one).days for one, other in spans)
        found = _calendar_term(start, term, days, calendar)
    taken = Term(days, term.unit if term.unit is TermUnit.WORKING_DAYS else TermUnit.CALENDAR_DAYS
                 ).text if days else Text("0日", "0 days")  # fmt: skip
    return found.due, found.calendar_version, found.explanation, taken


def _calendar_term(start: date, term: Term, days: int, calendar: Calendar) -> Reckoning[date]:
    if term.unit is TermUnit.CALENDAR_DAYS:
        return calendar.add_calendar_days(start, term.count + days)
    add = add_months if term.unit is TermUnit.MONTHS else add_years
    plain = add(start, term.count)
    if not days:
        return plain
    due = plain.due + timedelta(days=days)
    words = Text(f"{plain.explanation.zh}顺延至{due}。", f"{plain.explanation.en} Moved to {due}.")
    return Reckoning(start, term, None, due, words)


def _working_days(calendar: Calendar, paused_on: date, resumed_on: date) -> int:
    """Working days after the one up to and with the other."""
    length = (resumed_on - paused_on).days
    return sum(calendar.is_working_day(paused_on + timedelta(days=n + 1)) for n in range(length))


def _passes_at(due: date | datetime) -> datetime:
    if isinstance(due, datetime):
        return due
    return datetime.combine(due + timedelta(days=1), time(), LEAGUE_ZONE).astimezone(UTC)


def _whole(instant: datetime) -> datetime:
    """In UTC to the millisecond, so that what is written and read again is the same."""
    exact = instant.astimezone(UTC)
    return exact.replace(microsecond=exact.microsecond // 1000 * 1000)
