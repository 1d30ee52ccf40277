"""When a record is published, when its repair may be asked for, and when it ends by itself.

A period runs from its first day to the day of the same number: on that day it is over. So a record
with a minimum of three months decided on 10 May may be repaired from 10 August, and one that ends
after a year is no longer shown, shared or used from 10 May of the next.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.regions import same_province
from hanse.foundation.working_days import Calendar, Reckoning, add_months
from hanse.services.market.credit.contracts import Decision
from hanse.services.market.credit.parameters import CreditParameters
from hanse.services.market.credit.rule_sets import RuleSet, rules_on

CREDIT_PUBLISHED_BEFORE_DECIDED = ProblemKind(
    "credit_published_before_decided",
    422,
    Text("公示日期早于决定日期", "The publication is dated before the decision"),
    Text("请核对决定日期{decided_on}", "Check the date of the decision, {decided_on}"),
)

SAMR_PUBLISH_WORKING_DAYS: Final = 20
SAMR_PUSH_WORKING_DAYS: Final = 10
SAMR_RECEIVED_WORKING_DAYS: Final = 10
SAMR_WITHDRAW_WORKING_DAYS: Final = 3


@dataclass(frozen=True)
class Publication:
    """What the rules say of one decision.

    `repair_from` is None where no early end is possible, `until` where the source ends it.
    """

    rules: RuleSet
    published: bool
    starts: date | None
    repair_from: date | None
    until: date | None
    reckonings: tuple[Reckoning[date], ...]


def publication_of(
    decision: Decision, published_on: date, parameters: CreditParameters
) -> Publication:
    """The periods of a decision that is put up on `published_on`.

    Raises `credit_rules_unknown` and `credit_published_before_decided`.
    """
    if published_on < decision.decided_on:
        raise CREDIT_PUBLISHED_BEFORE_DECIDED(decided_on=decision.decided_on)
    rules = rules_on(decision.system, decision.decided_on)
    span = rules.span(decision, parameters)
    start = decision.decided_on if span.from_decision else published_on
    reckonings = []
    repair_from, until = None, decision.ends_on
    if span.minimum_months == 0:
        repair_from = start
    elif span.minimum_months is not None:
        earliest = add_months(start, span.minimum_months)
        reckonings.append(earliest)
        repair_from = earliest.due
    if span.maximum_months is not None:
        end = add_months(start, span.maximum_months)
        reckonings.append(end)
        until = end.due
    if span.follows_restriction and decision.restricted_until is not None and until is not None:
        until = max(until, decision.restricted_until)
    starts = published_on if span.published else None
    return Publication(rules, span.published, starts, repair_from, until, tuple(reckonings))


@dataclass(frozen=True)
class PublishDeadlines:
    """By when a market regulator must publish; `push` only towards another province."""

    push: Reckoning[date] | None
    publish: Reckoning[date]


def samr_publish_deadlines(
    decision: Decision, calendar: Calendar, received_on: date | None = None
) -> PublishDeadlines:
    """SAMR Order 45, articles 9 and 10, from the day of the decision.

    In one province 20 working days. Across provinces 10 to push it to the place of registration,
    which publishes within 10 of receiving it; until `received_on` is known, the last day of the
    push stands for it.
    """
    if same_province(decision.authority_region, decision.subject_region):
        publish = calendar.add_working_days(decision.decided_on, SAMR_PUBLISH_WORKING_DAYS)
        return PublishDeadlines(None, publish)
    push = calendar.add_working_days(decision.decided_on, SAMR_PUSH_WORKING_DAYS)
    received = push.due if received_on is None else received_on
    return PublishDeadlines(push, calendar.add_working_days(received, SAMR_RECEIVED_WORKING_DAYS))


def samr_withdrawal_deadline(changed_on: date, calendar: Calendar) -> Reckoning[date]:
    """By when the record of a changed or annulled decision is taken back (Order 45, article 11)."""
    return calendar.add_working_days(changed_on, SAMR_WITHDRAW_WORKING_DAYS)
