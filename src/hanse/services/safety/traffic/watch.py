"""What a city must keep an eye on: what is in force, what is overdue, who has not acknowledged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hanse.services.safety.traffic.contracts import (
    ListedNotice,
    Notice,
    NoticeList,
    NoticeQuery,
    NoticeReceipt,
    page,
)
from hanse.services.safety.traffic.parameters import DEFAULTS, TrafficParameters
from hanse.services.safety.traffic.places import RoadSection
from hanse.services.safety.traffic.roads import RoadTable, Stretch, stretch_of
from hanse.services.safety.traffic.vocabulary import Direction, Standing


def standing(notice: Notice, at: datetime) -> Standing:
    """What the notice means at `at`.

    A notice is over when it was lifted, never because its expected end has passed: from then it
    stays in force and is overdue, to be confirmed or extended by its issuer (RULES 14).
    """
    if notice.lifted_at is not None and notice.lifted_at <= at:
        return Standing.LIFTED
    if at < notice.start:
        return Standing.UPCOMING
    if notice.expected_end is not None and notice.expected_end <= at:
        return Standing.OVERDUE_CONFIRM
    return Standing.IN_FORCE


def in_force(notice: Notice, at: datetime) -> bool:
    """Whether drivers must reckon with the notice at `at`; an overdue one still counts."""
    return standing(notice, at) in {Standing.IN_FORCE, Standing.OVERDUE_CONFIRM}


def concerns(notice: Notice, section: RoadSection, roads: RoadTable) -> bool:
    """Whether somebody who travels the section meets the notice, under whatever road number.

    The other numbers that a notice names come without stakes: under them it is taken to lie
    anywhere, unless the league's table says where.
    """
    others = (Stretch(name, None, None, Direction.BOTH) for name in notice.also_signed_as)
    travelled = stretch_of(section)
    return any(roads.meet(travelled, place) for place in (stretch_of(notice), *others))


def answer(
    notices: Iterable[Notice], query: NoticeQuery, now: datetime, roads: RoadTable
) -> NoticeList:
    """The notices in force that a query asks about, by number, one page of them."""
    at = query.at or now
    section = query.section
    found = (
        ListedNotice(notice=notice, standing=standing(notice, at))
        for notice in sorted(notices, key=lambda notice: notice.id)
        if (query.after is None or notice.id > query.after)
        and in_force(notice, at)
        and (query.city is None or query.city in {notice.issuer, *notice.affected_cities})
        and (section is None or concerns(notice, section, roads))
    )
    return page(found, at)


@dataclass(frozen=True)
class Escalation:
    """A city to be telephoned: it has not acknowledged this version in time."""

    notice: str
    version: int
    city: str
    due_at: datetime


def acknowledgement_due_at(sent_at: datetime, parameters: TrafficParameters = DEFAULTS) -> datetime:
    """Until when a notice sent at `sent_at` is to be acknowledged."""
    return sent_at + timedelta(minutes=parameters.acknowledgement_minutes)


def unacknowledged(
    notice: Notice, cities: Iterable[str], receipts: Iterable[NoticeReceipt]
) -> tuple[str, ...]:
    """The cities that have not acknowledged this version, in order; the issuer owes nothing.

    Versions arrive in order, so a receipt for a later version covers the earlier ones.
    """
    done = {
        receipt.city
        for receipt in receipts
        if receipt.notice == notice.id and receipt.version >= notice.version
    }
    return tuple(sorted(set(cities) - done - {notice.issuer}))


def escalations(
    notice: Notice,
    sent_at: datetime,
    cities: Iterable[str],
    receipts: Iterable[NoticeReceipt],
    at: datetime,
    parameters: TrafficParameters = DEFAULTS,
) -> tuple[Escalation, ...]:
    """Whom to telephone at `at` about this version, sent to `cities` at `sent_at` (RULES 14)."""
    due_at = acknowledgement_due_at(sent_at, parameters)
    if at < due_at:
        return ()
    return tuple(
        Escalation(notice.id, notice.version, city, due_at)
        for city in unacknowledged(notice, cities, receipts)
    )
