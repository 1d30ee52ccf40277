"""By when what is due: the terms of the regulation, each with its reckoning in words."""

from datetime import date

from hanse.foundation.working_days import Calendar, Reckoning, add_months
from hanse.services.market.registration.parameters import RegistrationParameters


def decision_due(
    filed_on: date, calendar: Calendar, parameters: RegistrationParameters
) -> Reckoning[date]:
    """Three working days from filing; what is complete is registered on the spot (article 19)."""
    return calendar.add_working_days(filed_on, parameters.decide_working_days)


def extended_decision_due(
    filed_on: date, calendar: Calendar, parameters: RegistrationParameters
) -> Reckoning[date]:
    """Three more for a complex matter, with the approval of the head."""
    due = decision_due(filed_on, calendar, parameters).due
    return calendar.add_working_days(due, parameters.extension_working_days)


def change_due(
    decided_on: date, calendar: Calendar, parameters: RegistrationParameters
) -> Reckoning[date]:
    """Within 30 days of the decision, the permit or the parent's change (article 24)."""
    return calendar.add_calendar_days(decided_on, parameters.change_days)


def file_due(requested_on: date, parameters: RegistrationParameters) -> Reckoning[date]:
    """The old authority hands its file over within three months (实施细则 article 62)."""
    return add_months(requested_on, parameters.file_transfer_months)


def objection_until(
    noticed_on: date, calendar: Calendar, parameters: RegistrationParameters
) -> Reckoning[date]:
    """The public notice of a simple deregistration: 20 days (article 33)."""
    return calendar.add_calendar_days(noticed_on, parameters.notice_days)


def apply_until(
    noticed_on: date, calendar: Calendar, parameters: RegistrationParameters
) -> Reckoning[date]:
    """To apply after the notice: 20 days more."""
    ended = objection_until(noticed_on, calendar, parameters).due
    return calendar.add_calendar_days(ended, parameters.apply_days)


def departments_until(
    sent_on: date, calendar: Calendar, parameters: RegistrationParameters
) -> Reckoning[date]:
    """A self-employed household needs no notice; departments have 10 days to object."""
    return calendar.add_calendar_days(sent_on, parameters.departments_days)


def creditors_told_by(
    formed_on: date, calendar: Calendar, parameters: RegistrationParameters
) -> Reckoning[date]:
    """A liquidation group notifies within 10 days of being formed (article 32)."""
    return calendar.add_calendar_days(formed_on, parameters.creditors_days)


def deregistered_by(
    liquidated_on: date, calendar: Calendar, parameters: RegistrationParameters
) -> Reckoning[date]:
    """Within 30 days after the liquidation (article 32)."""
    return calendar.add_calendar_days(liquidated_on, parameters.liquidated_days)


def approval_is_stale(
    approved_on: date,
    valid_until: date | None,
    applied_on: date,
    parameters: RegistrationParameters,
) -> bool:
    """Whether an approval must be confirmed: it has ended, or it names no end and is over 90 days
    old (实施细则 article 22)."""
    if valid_until is not None:
        return applied_on > valid_until
    return (applied_on - approved_on).days > parameters.approval_days
