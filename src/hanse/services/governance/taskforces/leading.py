"""What the leading city does: sets the group up, changes it, and publishes its plan."""

from typing import Annotated, Final

from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Reach, operation, topic
from hanse.services.governance.taskforces import book, rules
from hanse.services.governance.taskforces.contracts import Contract, Group, GroupId, Plan
from hanse.services.governance.taskforces.purposes import TASKFORCES


class Told(Contract):
    """A version that every city is being told of."""

    group: GroupId
    version: Annotated[int, titled("版本", "Version")]
    cities_told: Annotated[int, titled("正在通知的城市数", "Cities being told")]


@operation("taskforces.set_up", Text("设立或变更工作组", "Set up a group"), reach=Reach.CITY)
def set_up(transaction: Transaction, request: Group, context: Context) -> Told:
    """Set up a group that this city leads, change it, or dissolve it; every city is told."""
    if rules.leader_of(request.id) != context.city:
        raise rules.GROUP_NOT_LEADER(city=rules.leader_of(request.id))
    held = book.group(transaction, request.id)
    rules.check_group(request, held, context.league.cities)
    book.keep_group(transaction, request)
    told = context.publish(transaction, "taskforces.group", request)
    return Told(group=request.id, version=request.version, cities_told=told)


@operation("taskforces.plan_work", Text("发布工作计划", "Publish a plan"), reach=Reach.CITY)
def plan_work(transaction: Transaction, request: Plan, context: Context) -> Told:
    """Publish the plan of a group that this city leads, or its next version; all are told."""
    if rules.leader_of(request.group) != context.city:
        raise rules.GROUP_NOT_LEADER(city=rules.leader_of(request.group))
    group = book.need_group(transaction, request.group)
    rules.check_plan(request, book.plan(transaction, request.group), group)
    book.keep_plan(transaction, request)
    told = context.publish(transaction, "taskforces.plan", request)
    return Told(group=request.group, version=request.version, cities_told=told)


@topic("taskforces.group", Text("专题工作组", "A special group"), purpose=TASKFORCES)
def group_received(transaction: Transaction, group: Group, context: Context) -> None:
    """Keep what the leading city says of its group. A version is complete in itself."""
    if rules.leader_of(group.id) != context.caller.city:
        raise rules.GROUP_NOT_LEADER(city=rules.leader_of(group.id))
    held = book.group(transaction, group.id)
    if held is not None and group.version <= held.version:
        raise rules.GROUP_VERSION_WRONG(expected=held.version + 1)
    book.keep_group(transaction, group)


@topic("taskforces.plan", Text("工作计划", "A work plan"), purpose=TASKFORCES)
def plan_received(transaction: Transaction, plan: Plan, context: Context) -> None:
    """Keep the leading city's plan of its group. A version is complete in itself."""
    if rules.leader_of(plan.group) != context.caller.city:
        raise rules.GROUP_NOT_LEADER(city=rules.leader_of(plan.group))
    held = book.plan(transaction, plan.group)
    if held is not None:
        if plan.version <= held.version:
            raise rules.GROUP_VERSION_WRONG(expected=held.version + 1)
        kept = {one.number for one in plan.milestones}
        lost = [one.number for one in held.milestones if one.number not in kept]
        if lost:
            raise rules.PLAN_MILESTONE_LOST(milestones=", ".join(map(str, lost)))
    book.keep_plan(transaction, plan)


OPERATIONS: Final[tuple[Operation, ...]] = (set_up, plan_work)
