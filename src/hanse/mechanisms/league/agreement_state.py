"""Where an agreement stands at an instant, folded from its versions and statements alone.

The whole course of a record is laid out once as periods; a state is a look into it, and the next
period's start is the instant until which the state holds. The fold does not depend on the order in
which statements are given, and no period follows one that has ended.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.league.agreement_records import AgreementRecord
from hanse.mechanisms.league.agreements import (
    Agreement,
    Statement,
    StatementKind,
)


class Status(StrEnum):
    """Where an agreement stands."""

    DRAFTED = "drafted"
    AWAITING_SIGNATURES = "awaiting_signatures"
    AGREED_NOT_YET_IN_FORCE = "agreed_not_yet_in_force"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"
    EXPIRED = "expired"


STATUS_TITLES: Final = {
    Status.DRAFTED: Text("拟订中", "drafted"),
    Status.AWAITING_SIGNATURES: Text("待签署", "awaiting signatures"),
    Status.AGREED_NOT_YET_IN_FORCE: Text("已签署，尚未生效", "agreed, not yet in force"),
    Status.IN_FORCE: Text("生效", "in force"),
    Status.SUSPENDED: Text("中止", "suspended"),
    Status.ENDED: Text("终止", "ended"),
    Status.EXPIRED: Text("期满", "expired"),
}
UNSIGNED: Final = frozenset({Status.DRAFTED, Status.AWAITING_SIGNATURES})
OVER: Final = frozenset({Status.ENDED, Status.EXPIRED})
SINCE_EVER: Final = datetime.min.replace(tzinfo=UTC)
WARNING_DAYS: Final = (60, 30, 7)


@dataclass(frozen=True)
class Period:
    """A stretch of time in which nothing changes; it ends where the next one starts."""

    start: datetime
    agreement: Agreement
    """The version that counts."""
    status: Status
    by: tuple[str, ...] = ()
    """Who suspended or ended it."""


@dataclass(frozen=True)
class AgreementState:
    """Where an agreement stands at an instant."""

    agreement: Agreement
    """The version that counts."""
    status: Status
    since: datetime | None
    """Since when it has this status; None where that is not known, or since ever."""
    by: tuple[str, ...]
    """Who suspended or ended it."""
    missing_signatures: tuple[str, ...]
    """Who has yet to sign; empty once it is agreed."""
    expires_in: timedelta | None
    """How long until it ends or expires, as things stand; None where it is over or unsigned."""
    changes_at: datetime | None
    """The first instant after this one at which the status or its authors may differ."""


@dataclass(frozen=True)
class ExpiryWarning:
    """An agreement ends soon. (agreement, version, days_before) names the warning once."""

    agreement: str
    version: int
    days_before: int
    days_left: int
    ends_at: datetime
    text: Text


class Course:
    """The course of one agreement: its record laid out in time."""

    def __init__(self, record: AgreementRecord) -> None:
        self.record = record
        self.periods = _periods(record)
        self._starts = [period.start for period in self.periods]

    def period(self, at: datetime) -> Period:
        """The period in which an instant lies."""
        return self.periods[self._index(at)]

    def changes_after(self, at: datetime) -> datetime | None:
        """The start of the next period, or None."""
        following = self._index(at) + 1
        return self._starts[following] if following < len(self._starts) else None

    def ends_after(self, at: datetime) -> datetime | None:
        """When the agreement is next over, as things stand; None where it already is."""
        index = self._index(at)
        if self.periods[index].status in OVER:
            return None
        return next((one.start for one in self.periods[index:] if one.status in OVER), None)

    def in_force(self, agreement: Agreement) -> Iterable[tuple[datetime, datetime]]:
        """The spans in which this version is in force, each with the instant that ends it."""
        for index, period in enumerate(self.periods):
            if period.status is Status.IN_FORCE and period.agreement is agreement:
                yield period.start, self._starts[index + 1]

    def state(self, at: datetime) -> AgreementState:
        """The state at an instant."""
        period = self.period(at)
        signed = next(one for one in self.record.versions if one.document is period.agreement)
        end = self.ends_after(at)
        return AgreementState(
            agreement=period.agreement,
            status=period.status,
            since=self._since(at),
            by=period.by,
            missing_signatures=self.record.missing_signatures(signed),
            expires_in=None if end is None else end - at,
            changes_at=self.changes_after(at),
        )

    def _since(self, at: datetime) -> datetime | None:
        index = self._index(at)
        while index > 0 and self.periods[index - 1].status is self.periods[index].status:
            index -= 1
        return None if index == 0 else self.periods[index].start

    def _index(self, at: datetime) -> int:
        return bisect_right(self._starts, at) - 1


def state_at(record: AgreementRecord, at: datetime) -> AgreementState:
    """The state of an agreement at an instant; a `Course` answers many such questions.

    Signatures are taken as verified: `agreement_records` lets no others in.
    """
    return Course(record).state(at)


def warnings(
    courses: Iterable[Course], at: datetime, days_before: Sequence[int] = WARNING_DAYS
) -> tuple[ExpiryWarning, ...]:
    """One warning for each agreement that ends within the days, by the nearest mark it passed."""
    found = (_warning(course, at, sorted(days_before)) for course in courses)
    return tuple(
        sorted((one for one in found if one), key=lambda one: (one.ends_at, one.agreement))
    )


def _warning(course: Course, at: datetime, days_before: Sequence[int]) -> ExpiryWarning | None:
    end = course.ends_after(at)
    if end is None:
        return None
    days_left = -((at - end) // timedelta(days=1))
    mark = next((days for days in days_before if end - at <= timedelta(days=days)), None)
    if mark is None:
        return None
    agreement = course.period(at).agreement
    return ExpiryWarning(
        agreement=agreement.id,
        version=agreement.version,
        days_before=mark,
        days_left=days_left,
        ends_at=end,
        text=Text(
            f"协议“{agreement.title.zh}”（{agreement.id}）将在 {days_left} 日内到期，请及时续签",
            f"Agreement {agreement.title.en} ({agreement.id}) ends within {days_left} days; "
            "renew it in time",
        ),
    )


def _periods(record: AgreementRecord) -> tuple[Period, ...]:
    if not record.agreed:
        latest = record.versions[-1]
        status = Status.AWAITING_SIGNATURES if latest.signatures else Status.DRAFTED
        return (Period(SINCE_EVER, latest.document, status),)
    versions = [one.document for one in record.agreed]
    statements = [one.document for one in record.statements]
    instants = {SINCE_EVER}
    instants.update(moment for one in versions for moment in (one.valid_from, one.valid_until))
    instants.update(one.effective_at for one in statements)
    end = _end(versions, statements)
    pauses = sorted(
        (one for one in statements if one.kind is not StatementKind.END),
        key=lambda one: (one.effective_at, one.sequence),
        reverse=True,
    )
    last: dict[str, StatementKind] = {}
    periods: list[Period] = []
    for start in sorted(instants):
        while pauses and pauses[-1].effective_at <= start:
            pause = pauses.pop()
            last[pause.city] = pause.kind
        if end is not None and end.start <= start:
            periods.append(end)
            break
        period = _period(start, _counting(versions, start), last)
        if not periods or _differ(periods[-1], period):
            periods.append(period)
    return tuple(periods)


def _differ(one: Period, other: Period) -> bool:
    return one.agreement is not other.agreement or (one.status, one.by) != (other.status, other.by)


def _end(versions: list[Agreement], statements: list[Statement]) -> Period | None:
    """The last period, where a notice has been given by a party of the version that it meets."""
    ends = [
        one
        for one in statements
        if one.kind is StatementKind.END
        and one.city in _counting(versions, one.effective_at).parties
    ]
    if not ends:
        return None
    start = min(one.effective_at for one in ends)
    by = sorted({one.city for one in ends if one.effective_at == start})
    return Period(start, _counting(versions, start), Status.ENDED, tuple(by))


def _period(start: datetime, agreement: Agreement, last: dict[str, StatementKind]) -> Period:
    """What holds from an instant at which something may change, until the next such."""
    if start < agreement.valid_from:
        return Period(start, agreement, Status.AGREED_NOT_YET_IN_FORCE)
    if start >= agreement.valid_until:
        return Period(start, agreement, Status.EXPIRED)
    suspending = tuple(
        sorted(city for city in agreement.parties if last.get(city) is StatementKind.SUSPEND)
    )
    status = Status.SUSPENDED if suspending else Status.IN_FORCE
    return Period(start, agreement, status, suspending)


def _counting(versions: list[Agreement], at: datetime) -> Agreement:
    """The highest version that has begun, or the one that begins first."""
    begun = [one for one in versions if one.valid_from <= at]
    if begun:
        return max(begun, key=lambda one: one.version)
    return min(versions, key=lambda one: (one.valid_from, -one.version))
