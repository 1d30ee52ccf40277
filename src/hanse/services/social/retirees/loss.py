"""Loss of entitlement: who reports it by when, and when a death is sure enough to stop paying."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import Calendar, Reckoning
from hanse.services.social.retirees.codes import DeathSource, LossKind
from hanse.services.social.retirees.parameters import RetireesParameters

LOSS_IN_FUTURE = ProblemKind(
    "retirees_loss_in_future",
    422,
    Text("丧失资格的日期晚于今天", "The loss is dated after today"),
    Text("请核对日期", "Check the date"),
)
LOSS_UNCONFIRMED = ProblemKind(
    "retirees_loss_unconfirmed",
    409,
    Text("尚无部门确认死亡日期", "No authority has said when the person died"),
    Text(
        "请取得公安、卫生健康或民政部门的死亡日期",
        "Have the date from public security, the health authority or civil affairs",
    ),
)
DEATH_DATES_CONFLICT = ProblemKind(
    "retirees_death_dates_conflict",
    409,
    Text("各部门的死亡日期不一致", "The authorities give different dates of death"),
    Text(
        "请人工核实后注明采用的日期和理由",
        "Decide by hand, and give the date and the reason",
    ),
)
ALIVE_AFTER_DEATH = ProblemKind(
    "retirees_alive_after_death",
    409,
    Text("死亡日期之后仍有认证记录", "The person was certified after the date of death"),
    Text(
        "请人工核实认证是否为他人冒用，并注明理由",
        "Find out by hand whether another was taken for the person, and give the reason",
    ),
)
DEATH_DATE_NOT_GIVEN = ProblemKind(
    "retirees_death_date_not_given",
    422,
    Text("采用的日期不是任何部门给出的日期", "No authority gives the date that was decided on"),
    Text("请从部门给出的日期中选择", "Choose one of the dates given"),
)


@dataclass(frozen=True)
class DeathRecord:
    """One authority's word on when a person died."""

    source: DeathSource
    died_on: date


@dataclass(frozen=True)
class ByHand:
    """What an official decided where the sources contradict each other."""

    lost_on: date
    reason: str


def report_deadline(
    lost_on: date, calendar: Calendar, parameters: RetireesParameters
) -> Reckoning[date]:
    """By when family and employer report a loss: 20 working days (article 25)."""
    return calendar.add_working_days(lost_on, parameters.report_working_days)


def confirmed_loss(
    kind: LossKind,
    records: Sequence[DeathRecord],
    told_on: date | None,
    last_evidence: date,
    today: date,
    by_hand: ByHand | None = None,
) -> date:
    """The day of a loss that is sure, or why it is not: then payment goes on.

    A death needs an authority's date, and all authorities must agree; another loss has the day
    that the investigation found. Evidence of life after it needs a decision by hand.
    """
    dates = {record.died_on for record in records}
    if kind is LossKind.DEATH:
        if not dates:
            raise LOSS_UNCONFIRMED()
        if len(dates) > 1 and by_hand is None:
            raise DEATH_DATES_CONFLICT()
        if by_hand is not None and by_hand.lost_on not in dates:
            raise DEATH_DATE_NOT_GIVEN()
        lost_on = by_hand.lost_on if by_hand is not None else dates.pop()
    elif by_hand is not None:
        lost_on = by_hand.lost_on
    elif told_on is not None:
        lost_on = told_on
    else:
        raise LOSS_UNCONFIRMED()
    if lost_on > today:
        raise LOSS_IN_FUTURE()
    if kind is LossKind.DEATH and last_evidence > lost_on and by_hand is None:
        raise ALIVE_AFTER_DEATH()
    return lost_on
