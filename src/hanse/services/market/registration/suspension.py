"""Suspension of business: three years in all, then it is deemed resumed (articles 40 to 43)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import add_years
from hanse.services.market.registration.parameters import RegistrationParameters

SUSPENSION_TOO_LONG = ProblemKind(
    "registration_suspension_too_long",
    422,
    Text("歇业累计超过上限", "The suspensions are too long in all"),
    Text("歇业最迟至{latest}", "It may last until {latest} at most"),
)
SUSPENSION_DATES_WRONG = ProblemKind(
    "registration_suspension_dates_wrong",
    422,
    Text("歇业起止日期有误", "The suspension's days are wrong"),
    Text("歇业期间须先后排列、互不重叠", "Suspensions end after they begin and do not overlap"),
)
SUSPENSION_FILED_LATE = ProblemKind(
    "registration_suspension_filed_late",
    409,
    Text("延长歇业未提前备案", "The extension is filed too late"),
    Text("最迟应于{latest}备案", "It had to be filed by {latest}"),
)


@dataclass(frozen=True)
class Suspension:
    """One suspension, from its first day to the day before business goes on."""

    since: date
    until: date


def resumed_on(
    earlier: Sequence[Suspension], since: date, parameters: RegistrationParameters
) -> date:
    """The day on which a suspension begun `since` is deemed ended: three years in all are used."""
    used = sum((one.until - one.since).days for one in earlier)
    return add_years(since, parameters.suspension_years).due - timedelta(days=used)


def check_suspension(
    earlier: Sequence[Suspension], wanted: Suspension, parameters: RegistrationParameters
) -> None:
    """Refuse a suspension that overlaps another or makes them longer than three years in all."""
    every = [*earlier, wanted]
    if any(one.until <= one.since for one in every):
        raise SUSPENSION_DATES_WRONG()
    if any(one.until > two.since for one, two in pairwise(every)):
        raise SUSPENSION_DATES_WRONG()
    latest = resumed_on(earlier, wanted.since, parameters)
    if wanted.until > latest:
        raise SUSPENSION_TOO_LONG(latest=latest)


def check_extension(
    earlier: Sequence[Suspension],
    current: Suspension,
    until: date,
    filed_on: date,
    parameters: RegistrationParameters,
) -> Suspension:
    """The suspension with its later end; an extension is filed 30 days before the present one."""
    latest = current.until - timedelta(days=parameters.suspension_notice_days)
    if filed_on > latest:
        raise SUSPENSION_FILED_LATE(latest=latest)
    if until <= current.until:
        raise SUSPENSION_DATES_WRONG()
    longer = Suspension(current.since, until)
    check_suspension(earlier, longer, parameters)
    return longer
