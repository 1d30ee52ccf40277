"""By when each step of a transfer is due: 66号, article 8, each day with its reckoning in words."""

from dataclasses import dataclass
from datetime import date

from hanse.foundation.working_days import Calendar, Reckoning
from hanse.services.social.pensions.parameters import TransferLimits


@dataclass(frozen=True)
class TransferDeadlines:
    """The three steps, each from the day on which what it waits for arrived."""

    review: Reckoning[date]
    origin: Reckoning[date]
    receive: Reckoning[date]


def review_due(applied_on: date, calendar: Calendar, limits: TransferLimits) -> Reckoning[date]:
    """The new agency accepts or refuses, from the day of application."""
    return calendar.add_working_days(applied_on, limits.terms.review)


def origin_due(letter_on: date, calendar: Calendar, limits: TransferLimits) -> Reckoning[date]:
    """The origin sends sheet and funds, from the day the letter arrived."""
    return calendar.add_working_days(letter_on, limits.terms.origin)


def receive_due(arrived_on: date, calendar: Calendar, limits: TransferLimits) -> Reckoning[date]:
    """The new agency finishes, from the day on which relation and funds were both there."""
    return calendar.add_working_days(arrived_on, limits.terms.receive)


def unmovable_notice_due(
    letter_on: date, calendar: Calendar, limits: TransferLimits
) -> Reckoning[date]:
    """The worker is told in writing what cannot move, from the day the letter arrived."""
    return calendar.add_working_days(letter_on, limits.unmovable_notice)


def claim_due(claimed_on: date, calendar: Calendar, limits: TransferLimits) -> Reckoning[date]:
    """An application for the pension is decided (社会保险经办条例, article 18)."""
    return calendar.add_working_days(claimed_on, limits.claim)


def latest_deadlines(
    applied_on: date, calendar: Calendar, limits: TransferLimits
) -> TransferDeadlines:
    """All three, if each step uses its whole time and the next begins that day."""
    review = review_due(applied_on, calendar, limits)
    origin = origin_due(review.due, calendar, limits)
    return TransferDeadlines(review, origin, receive_due(origin.due, calendar, limits))
