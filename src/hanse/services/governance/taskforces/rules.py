"""When a group and its plan are in order, how a milestone stands, how far an indicator is. Pure.

The policy names the fields and the mayor in charge. What is marked [P] is local.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.governance.taskforces.contracts import (
    Aggregate,
    Group,
    Indicator,
    Milestone,
    Plan,
    Report,
    Standing,
)

GROUP_NOT_LEADER = ProblemKind(
    "taskforce_not_leader",
    403,
    Text("仅牵头城市可办理", "Only the leading city does this"),
    Text("请由{city}办理", "Leave it to {city}"),
)
GROUP_VERSION_WRONG = ProblemKind(
    "taskforce_version_wrong",
    409,
    Text("版本不符", "That is not the next version"),
    Text("下一版本为{expected}", "The next version is {expected}"),
)
GROUP_MEMBERS_WRONG = ProblemKind(
    "taskforce_members_wrong",
    422,
    Text("成员城市有误", "The members are wrong"),
    Text("请核对：{cities}", "Check {cities}"),
)
GROUP_DISSOLVED = ProblemKind(
    "taskforce_dissolved",
    409,
    Text("工作组已撤销", "The group is dissolved"),
    Text("请设立新的工作组", "Set up another"),
)
PLAN_TIMES_WRONG = ProblemKind(
    "taskforce_plan_times_wrong",
    422,
    Text("计划期限有误", "The plan's days are wrong"),
    Text("请核对节点：{milestones}", "Check milestones {milestones}"),
)
PLAN_MILESTONES_WRONG = ProblemKind(
    "taskforce_plan_milestones_wrong",
    422,
    Text("节点编号或责任方有误", "A milestone's number, city or order is wrong"),
    Text("请核对节点：{milestones}", "Check milestones {milestones}"),
)
PLAN_MILESTONE_LOST = ProblemKind(
    "taskforce_plan_milestone_lost",
    422,
    Text("已列入的节点不得删除", "A milestone that was planned can't be left out"),
    Text("请保留并说明撤销理由：{milestones}", "Keep it and say why it is dropped: {milestones}"),
)
PLAN_INDICATORS_WRONG = ProblemKind(
    "taskforce_plan_indicators_wrong",
    422,
    Text("指标有误", "An indicator is wrong"),
    Text(
        "代码不得重复，基期与目标不得相同：{codes}", "Each once, its target not its base: {codes}"
    ),
)


@dataclass(frozen=True)
class TaskforceParameters:
    """What a league may set otherwise."""

    soon_days: int = 14
    """[P] how many days before its day a milestone counts as due soon."""


DEFAULTS: Final = TaskforceParameters()


def leader_of(group: str) -> str:
    """The city that leads: the one whose code its number begins with."""
    return group[:6]


def check_group(group: Group, held: Group | None, members: Collection[str]) -> None:
    """The next version: of members of the league, the leading city among them."""
    expected = 1 if held is None else held.version + 1
    if group.version != expected:
        raise GROUP_VERSION_WRONG(expected=expected)
    if held is not None and held.is_dissolved:
        raise GROUP_DISSOLVED()
    wrong = [city for city in group.members if city not in members]
    if leader_of(group.id) not in group.members:
        wrong.append(leader_of(group.id))
    if wrong:
        raise GROUP_MEMBERS_WRONG(cities=", ".join(wrong))


def check_plan(plan: Plan, held: Plan | None, group: Group) -> None:
    """The next version: in order, within its time, of members, with nothing left out unsaid."""
    expected = 1 if held is None else held.version + 1
    if plan.version != expected:
        raise GROUP_VERSION_WRONG(expected=expected)
    if group.is_dissolved:
        raise GROUP_DISSOLVED()
    _check_milestones(plan, group)
    _check_days(plan)
    kept = {one.number for one in plan.milestones}
    lost = [one.number for one in (held.milestones if held else ()) if one.number not in kept]
    if lost:
        raise PLAN_MILESTONE_LOST(milestones=_numbers(lost))
    codes = [one.code for one in plan.indicators]
    wrong = {one.code for one in plan.indicators if one.base == one.target}
    wrong |= {code for code in codes if codes.count(code) > 1}
    if wrong:
        raise PLAN_INDICATORS_WRONG(codes=", ".join(sorted(wrong)))


def _check_milestones(plan: Plan, group: Group) -> None:
    numbers = [one.number for one in plan.milestones]
    wrong = {one.number for one in plan.milestones if one.city not in group.members}
    wrong |= {
        one.number
        for one in plan.milestones
        for before in one.after
        if before not in numbers or before == one.number
    }
    if numbers != [*range(1, len(numbers) + 1)]:
        wrong |= set(numbers)
    if wrong:
        raise PLAN_MILESTONES_WRONG(milestones=_numbers(sorted(wrong)))


def _check_days(plan: Plan) -> None:
    """Within the plan's time, and never before what must come first; so no circle can be."""
    due = {one.number: one.due_on for one in plan.milestones}
    wrong = [
        one.number
        for one in plan.milestones
        if not plan.begins_on <= one.due_on <= plan.ends_on
        or any(due[before] >= one.due_on for before in one.after)
    ]
    if wrong or plan.begins_on >= plan.ends_on:
        raise PLAN_TIMES_WRONG(milestones=_numbers(wrong) or "-")


def _numbers(found: Iterable[int]) -> str:
    return ", ".join(map(str, found))


def standing(
    milestone: Milestone, reports: Sequence[Report], today: date, parameters: TaskforceParameters
) -> Standing:
    """Where it stands: its last report counts; done late is what was reported after its day."""
    if milestone.dropped_because is not None:
        return Standing.DROPPED
    last = max(reports, key=lambda one: one.number, default=None)
    if last is not None and last.is_done:
        return Standing.DONE if last.reported_on <= milestone.due_on else Standing.LATE
    left = (milestone.due_on - today).days
    if left < 0:
        return Standing.OVERDUE
    return Standing.SOON if left <= parameters.soon_days else Standing.OPEN


def blocked_by(milestone: Milestone, standings: Mapping[int, Standing]) -> tuple[int, ...]:
    """The milestones that must come first and are not done."""
    over = (Standing.DONE, Standing.LATE, Standing.DROPPED)
    return tuple(one for one in milestone.after if standings[one] not in over)


def postponed_days(milestone: Milestone, first: Plan) -> int:
    """By how many days it is due later than when it was first planned; earlier is negative."""
    planned = {one.number: one.due_on for one in first.milestones}
    was = planned.get(milestone.number, milestone.due_on)
    return (milestone.due_on - was).days


def together(
    indicator: Indicator, figures: Mapping[str, Decimal], members: Sequence[str]
) -> Decimal | None:
    """The group's figure, half-up to four places; None while a member's is missing."""
    if any(city not in figures for city in members):
        return None
    total = sum((figures[city] for city in members), Decimal(0))
    if indicator.aggregate is Aggregate.MEAN:
        total /= len(members)
    return total.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def progress_percent(indicator: Indicator, figure: Decimal) -> Decimal:
    """How far from base to target, in per cent to one place: below 0 it went the other way."""
    share = (figure - indicator.base) / (indicator.target - indicator.base)
    return (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
