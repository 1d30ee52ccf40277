"""What everybody reads: groups with their counts, one whole, what is overdue, indicators."""

from collections import Counter
from decimal import Decimal
from typing import Annotated, Final

from hanse.foundation.figures import Reckoned
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Reach, operation
from hanse.mechanisms.league.document_types import CityCode, Identifier
from hanse.services.governance.taskforces import book, rules
from hanse.services.governance.taskforces.contracts import (
    Contract,
    Group,
    GroupId,
    Indicator,
    Milestone,
    MilestoneNumber,
    Period,
    Plan,
    Report,
    Standing,
)

MONTHS_SHOWN: Final = 24


class GroupsQuestion(Contract):
    """A page of groups, by their numbers."""

    after: GroupId | None = None


class GroupLine(Contract):
    """A group, and how many of its milestones stand where."""

    group: Annotated[Group, titled("工作组", "Group")]
    milestones: Annotated[dict[Standing, int], titled("节点统计", "Milestones by standing")]


class GroupsPage(Contract):
    """Groups, and where the next page begins."""

    groups: Annotated[tuple[GroupLine, ...], titled("工作组", "Groups")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


class GroupName(Contract):
    """A group by its number."""

    group: GroupId


class MilestoneView(Contract):
    """A milestone, where it stands, and the last report of the city in charge."""

    milestone: Annotated[Milestone, titled("节点", "Milestone")]
    standing: Annotated[Standing, titled("状态", "Standing")]
    blocked_by: Annotated[tuple[int, ...], titled("等待前置节点", "Waits for")]
    postponed_days: Annotated[int, titled("较原计划推迟天数", "Days later than first planned")]
    last_report: Annotated[Report | None, titled("最近报告", "Last report")] = None


class GroupView(Contract):
    """A group whole."""

    group: Annotated[Group, titled("工作组", "Group")]
    plan_version: Annotated[int | None, titled("计划版本", "Version of the plan")] = None
    milestones: Annotated[tuple[MilestoneView, ...], titled("节点", "Milestones")] = ()


class OverdueLine(Contract):
    """A milestone that is overdue."""

    group: GroupId
    mayor: Annotated[Text, titled("牵头市长", "Mayor in charge")]
    milestone: Annotated[Milestone, titled("节点", "Milestone")]
    days: Annotated[int, titled("逾期天数", "Days overdue")]


class OverduePage(Contract):
    """What is overdue in the groups of a page, the longest first."""

    milestones: Annotated[tuple[OverdueLine, ...], titled("逾期节点", "Overdue")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


class IndicatorQuestion(GroupName):
    """An indicator of a group."""

    indicator: Annotated[Identifier, titled("指标代码", "Indicator")]


class IndicatorPoint(Contract):
    """A month of an indicator."""

    period: Period
    figures: Annotated[dict[CityCode, Reckoned], titled("各市数值", "Figures by city")]
    missing: Annotated[tuple[CityCode, ...], titled("未报城市", "Cities missing")]
    together: Annotated[Reckoned | None, titled("汇总值", "Together")] = None
    progress_percent: Annotated[Reckoned | None, titled("完成进度（%）", "Progress, per cent")] = (
        None
    )


class IndicatorSeries(Contract):
    """An indicator and its last months, as a chart draws them."""

    indicator: Annotated[Indicator, titled("指标", "Indicator")]
    points: Annotated[tuple[IndicatorPoint, ...], titled("各月", "Months")]


class ReportsQuestion(GroupName):
    """The reports on a milestone."""

    milestone: MilestoneNumber


class Reports(Contract):
    """The reports of the city in charge, the latest first; 100 at most."""

    reports: Annotated[tuple[Report, ...], titled("报告", "Reports")]


@operation("taskforces.groups", Text("工作组列表", "List groups"), reach=Reach.CITY)
def groups(transaction: Transaction, request: GroupsQuestion, context: Context) -> GroupsPage:
    """A page of groups, with how their milestones stand today."""
    shown, plans, said, after = _page(transaction, request)
    return GroupsPage(
        groups=tuple(
            GroupLine(
                group=one,
                milestones=dict(Counter(_standings(plans.get(one.id), said, context).values())),
            )
            for one in shown
        ),
        next_after=after,
    )


def _page(
    transaction: Transaction, request: GroupsQuestion
) -> tuple[list[Group], dict[str, Plan], book.Said, str | None]:
    """A page of groups with plans and last reports: three queries, however many there are."""
    found = book.page(transaction, request.after)
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    names = [one.id for one in shown]
    plans, said = book.plans_of(transaction, names), book.reports_of(transaction, names)
    return shown, plans, said, shown[-1].id if more else None


def _standings(plan: Plan | None, said: book.Said, context: Context) -> dict[int, Standing]:
    if plan is None:
        return {}
    today = local_day(context.now)
    return {
        one.number: rules.standing(one, _counted(plan.group, one, said), today, context.parameters)
        for one in plan.milestones
    }


def _counted(group: str, milestone: Milestone, said: book.Said) -> list[Report]:
    """The last report, if the city in charge made it: nobody else's counts."""
    found = said.get((group, milestone.number, milestone.city))
    return [] if found is None else [found]


@operation("taskforces.view", Text("查看工作组", "View a group"), reach=Reach.CITY)
def view(transaction: Transaction, request: GroupName, context: Context) -> GroupView:
    """A group with its milestones: how each stands, what it waits for, how far it was put off."""
    group = book.need_group(transaction, request.group)
    plan = book.plan(transaction, request.group)
    first = book.first_plan(transaction, request.group)
    if plan is None or first is None:
        return GroupView(group=group)
    said = book.reports_of(transaction, [group.id])
    standings = _standings(plan, said, context)
    return GroupView(
        group=group,
        plan_version=plan.version,
        milestones=tuple(
            MilestoneView(
                milestone=one,
                standing=standings[one.number],
                blocked_by=rules.blocked_by(one, standings),
                postponed_days=rules.postponed_days(one, first),
                last_report=next(iter(_counted(group.id, one, said)), None),
            )
            for one in plan.milestones
        ),
    )


@operation("taskforces.overdue", Text("逾期节点", "What is overdue"), reach=Reach.CITY)
def overdue(transaction: Transaction, request: GroupsQuestion, context: Context) -> OverduePage:
    """The overdue milestones of a page of groups, the longest first, with the mayor in charge."""
    shown, plans, said, after = _page(transaction, request)
    today = local_day(context.now)
    lines = [
        OverdueLine(
            group=group.id,
            mayor=group.mayor,
            milestone=milestone,
            days=(today - milestone.due_on).days,
        )
        for group in shown
        if not group.is_dissolved and group.id in plans
        for milestone in plans[group.id].milestones
        if _standings(plans[group.id], said, context)[milestone.number] is Standing.OVERDUE
    ]
    lines.sort(key=lambda one: (-one.days, one.group, one.milestone.number))
    return OverduePage(milestones=tuple(lines), next_after=after)


@operation("taskforces.reports", Text("节点报告", "Reports on a milestone"), reach=Reach.CITY)
def reports(transaction: Transaction, request: ReportsQuestion, context: Context) -> Reports:
    """What the city in charge has reported on a milestone."""
    plan = book.plan(transaction, request.group)
    found = () if plan is None else plan.milestones
    milestone = next((one for one in found if one.number == request.milestone), None)
    if milestone is None:
        raise book.GROUP_UNKNOWN(group=request.group)
    history = book.report_history(transaction, request.group, request.milestone, milestone.city)
    return Reports(reports=tuple(history))


@operation("taskforces.indicator", Text("指标进度", "An indicator"), reach=Reach.CITY)
def indicator(
    transaction: Transaction, request: IndicatorQuestion, context: Context
) -> IndicatorSeries:
    """An indicator's last 24 months; put together only where every member has given its figure."""
    group = book.need_group(transaction, request.group)
    plan = book.plan(transaction, request.group)
    planned = plan.indicators if plan else ()
    found = next((one for one in planned if one.code == request.indicator), None)
    if found is None:
        raise book.GROUP_UNKNOWN(group=request.group)
    months: dict[str, dict[str, Decimal]] = {}
    for row in book.figures_of(transaction, group.id, found.code, group.members, MONTHS_SHOWN):
        months.setdefault(row.period, {})[row.city] = book.as_decimal(row)
    shown = sorted(months.items())[-MONTHS_SHOWN:]
    return IndicatorSeries(
        indicator=found,
        points=tuple(_point(found, period, figures, group) for period, figures in shown),
    )


def _point(
    indicator: Indicator, period: str, figures: dict[str, Decimal], group: Group
) -> IndicatorPoint:
    together = rules.together(indicator, figures, group.members)
    return IndicatorPoint(
        period=period,
        figures=figures,
        missing=tuple(city for city in group.members if city not in figures),
        together=together,
        progress_percent=None if together is None else rules.progress_percent(indicator, together),
    )


OPERATIONS: Final[tuple[Operation, ...]] = (groups, view, overdue, reports, indicator)
