"""What the members do: report on their milestones, give their figures, correct both openly."""

from datetime import date
from typing import Annotated, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.figures import Figure
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Reach, operation, topic
from hanse.mechanisms.league.document_types import Identifier
from hanse.services.governance.taskforces import book, rules
from hanse.services.governance.taskforces.contracts import (
    REPORTS_MAX,
    Account,
    Contract,
    GroupId,
    MilestoneNumber,
    Period,
    Plan,
    Report,
    Value,
)
from hanse.services.governance.taskforces.purposes import TASKFORCES

MILESTONE_NOT_OURS = ProblemKind(
    "taskforce_milestone_not_ours",
    403,
    Text("该节点不由本市负责", "That milestone is not this city's"),
    Text("请由{city}报告", "Leave it to {city}"),
)
MILESTONE_UNKNOWN = ProblemKind(
    "taskforce_milestone_unknown",
    404,
    Text("计划中没有该节点或指标", "The plan has no such milestone or indicator"),
    Text("请核对{named}", "Check {named}"),
)
MILESTONE_BLOCKED = ProblemKind(
    "taskforce_milestone_blocked",
    409,
    Text("前置节点尚未完成", "What must come first is not done"),
    Text("请先完成节点{milestones}", "First complete milestones {milestones}"),
)
REPORTS_FULL = ProblemKind(
    "taskforce_reports_full",
    409,
    Text("报告或更正次数过多", "There are too many reports or corrections"),
    Text("最多{count_max}次", "There may be {count_max}"),
)
PERIOD_AHEAD = ProblemKind(
    "taskforce_period_ahead",
    422,
    Text("统计月份尚未开始", "That month has not begun"),
    Text("最晚可报{latest}", "{latest} is the latest"),
)
NOT_MEMBER = ProblemKind(
    "taskforce_not_member",
    403,
    Text("本市不是该工作组成员", "This city is no member of the group"),
    Text("成员城市：{cities}", "Members: {cities}"),
)


class ReportWork(Contract):
    """What this city has done on its milestone."""

    group: GroupId
    milestone: MilestoneNumber
    is_done: Annotated[bool, titled("已完成", "Done")] = False
    account: Account


class GiveFigure(Contract):
    """This city's figure of a month; given again it is a correction."""

    group: GroupId
    indicator: Annotated[Identifier, titled("指标代码", "Indicator")]
    period: Period
    figure: Annotated[Figure, titled("数值", "Figure")]


class Given(Contract):
    """What was kept, and how many cities are being told."""

    number: Annotated[int, titled("序号", "Number")]
    cities_told: Annotated[int, titled("正在通知的城市数", "Cities being told")]


@operation("taskforces.report", Text("报告节点进展", "Report on a milestone"), reach=Reach.CITY)
def report(transaction: Transaction, request: ReportWork, context: Context) -> Given:
    """Report on a milestone of this city; done only after what must come first. All are told."""
    plan = _plan(transaction, request.group)
    milestone = next((one for one in plan.milestones if one.number == request.milestone), None)
    if milestone is None or milestone.dropped_because is not None:
        raise MILESTONE_UNKNOWN(named=request.milestone)
    if milestone.city != context.city:
        raise MILESTONE_NOT_OURS(city=milestone.city)
    today = local_day(context.now)
    if request.is_done:
        _check_not_blocked(transaction, plan, milestone.number, today, context)
    number = book.last_report(transaction, request.group, request.milestone, context.city) + 1
    if number > REPORTS_MAX:
        raise REPORTS_FULL(count_max=REPORTS_MAX)
    kept = Report(**request.model_dump(), number=number, reported_on=today)
    book.keep_report(transaction, kept, context.city)
    return Given(number=number, cities_told=context.publish(transaction, "taskforces.work", kept))


def _plan(transaction: Transaction, group: str) -> Plan:
    """The plan of a group that is not dissolved."""
    if book.need_group(transaction, group).is_dissolved:
        raise rules.GROUP_DISSOLVED()
    plan = book.plan(transaction, group)
    if plan is None:
        raise book.GROUP_UNKNOWN(group=group)
    return plan


def _check_not_blocked(
    transaction: Transaction, plan: Plan, number: int, today: date, context: Context
) -> None:
    said = book.reports_of(transaction, [plan.group])
    standings = {
        one.number: rules.standing(
            one,
            [said[key] for key in ((plan.group, one.number, one.city),) if key in said],
            today,
            context.parameters,
        )
        for one in plan.milestones
    }
    milestone = next(one for one in plan.milestones if one.number == number)
    blocking = rules.blocked_by(milestone, standings)
    if blocking:
        raise MILESTONE_BLOCKED(milestones=", ".join(map(str, blocking)))


@operation("taskforces.give_figure", Text("报送指标", "Give a figure"), reach=Reach.CITY)
def give_figure(transaction: Transaction, request: GiveFigure, context: Context) -> Given:
    """Give this city's figure of a month that has begun, or correct it; all are told."""
    group = book.need_group(transaction, request.group)
    if context.city not in group.members:
        raise NOT_MEMBER(cities=", ".join(group.members))
    plan = _plan(transaction, request.group)
    if request.indicator not in [one.code for one in plan.indicators]:
        raise MILESTONE_UNKNOWN(named=request.indicator)
    latest = f"{local_day(context.now):%Y-%m}"
    if request.period > latest:
        raise PERIOD_AHEAD(latest=latest)
    value = Value(**request.model_dump(), version=1)
    version = book.last_version(transaction, value, context.city) + 1
    if version > REPORTS_MAX:
        raise REPORTS_FULL(count_max=REPORTS_MAX)
    value = value.model_copy(update={"version": version})
    book.keep_figure(transaction, value, context.city)
    told = context.publish(transaction, "taskforces.figure", value)
    return Given(number=version, cities_told=told)


@topic("taskforces.work", Text("节点进展报告", "A report on a milestone"), purpose=TASKFORCES)
def work_received(transaction: Transaction, report: Report, context: Context) -> None:
    """Keep a city's report. It counts where the plan charges that city with the milestone."""
    city = context.caller.city
    last = book.last_report(transaction, report.group, report.milestone, city)
    if report.number <= last:
        raise rules.GROUP_VERSION_WRONG(expected=last + 1)
    book.keep_report(transaction, report, city)


@topic("taskforces.figure", Text("指标数据", "A figure"), purpose=TASKFORCES)
def figure_received(transaction: Transaction, value: Value, context: Context) -> None:
    """Keep a city's figure. It counts where the city is a member of the group."""
    city = context.caller.city
    last = book.last_version(transaction, value, city)
    if value.version <= last:
        raise rules.GROUP_VERSION_WRONG(expected=last + 1)
    book.keep_figure(transaction, value, city)


OPERATIONS: Final[tuple[Operation, ...]] = (report, give_figure)
