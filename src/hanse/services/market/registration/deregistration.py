"""Simple deregistration (article 33), declared once.

A public notice of 20 days; who objects ends it; without an objection the entity applies within 20
days after. A self-employed household has no notice: its departments have 10 days. What passes by
time is taken by the authority's own node.
"""

from typing import Any, Final

from hanse.foundation.languages import Text
from hanse.foundation.working_days import Term, TermUnit
from hanse.mechanisms.cases import (
    OPENING,
    Action,
    Deadline,
    Procedure,
    Role,
    Stage,
    Status,
    SubjectKind,
)
from hanse.services.market.registration import conditions, effects
from hanse.services.market.registration.contracts import DeregistrationNotice
from hanse.services.market.registration.parameters import DEFAULTS
from hanse.services.market.registration.purposes import REGISTRATION


def _of(parameters: Any) -> Any:
    return DEFAULTS if parameters is None else parameters


def _days(count: int) -> Term:
    return Term(count, TermUnit.CALENDAR_DAYS)


def _notice(parameters: Any) -> Term:
    return _days(_of(parameters).notice_days)


def _apply(parameters: Any) -> Term:
    """Twenty days from the notice's last day. The step that begins them is taken when that day is
    over, so on the day after it, which is the first of the twenty."""
    return _days(_of(parameters).apply_days - 1)


def _departments(parameters: Any) -> Term:
    return _days(_of(parameters).departments_days)


def _decide(parameters: Any) -> Term:
    return Term(_of(parameters).decide_working_days, TermUnit.WORKING_DAYS)


DEREGISTRATION: Final = Procedure(
    name="market.simple_deregistration",
    version=1,
    title=Text("简易注销跨市通办", "Simple deregistration"),
    purpose=REGISTRATION,
    subject=SubjectKind.ENTERPRISE,
    roles=(
        Role("window", Text("受理窗口", "Window")),
        Role("authority", Text("登记机关", "Registration authority")),
        Role("timekeeper", Text("登记机关节点", "The authority's node")),
        Role("objector", Text("提出异议的部门", "Department that may object"), is_required=False),
    ),
    keeper="authority",
    stages=(
        Stage("received", Text("已受理", "Received"), Status.SUBMITTED),
        Stage("announced", Text("公示中", "Public notice"), Status.IN_PROGRESS),
        Stage("circulated", Text("征求部门意见", "Departments asked"), Status.IN_PROGRESS),
        Stage("may_apply", Text("公示期满，可申请", "May be applied for"), Status.RETURNED),
        Stage("applied", Text("已申请注销", "Applied for"), Status.IN_PROGRESS),
        Stage("deregistered", Text("已注销", "Deregistered"), Status.COMPLETED),
        Stage("objected", Text("有异议，终止", "Objected to"), Status.REFUSED),
        Stage("refused", Text("不予注销", "Refused"), Status.REFUSED),
        Stage("lapsed", Text("逾期未申请，失效", "Lapsed"), Status.WITHDRAWN),
        Stage("withdrawn", Text("已撤回", "Withdrawn"), Status.WITHDRAWN),
    ),
    opening=Action(
        OPENING,
        Text("受理简易注销", "Take it"),
        by=("window",),
        to="received",
        form=DeregistrationNotice,
        notifies=("authority",),
        rule=conditions.notice_is_right,
        effect=effects.on_notice,
    ),
    actions=(
        Action(
            "announce",
            Text("发布公示", "Give public notice"),
            by=("authority",),
            from_stages=("received",),
            to="announced",
            starts=("objection",),
            notifies=("window", "objector"),
            rule=conditions.needs_public_notice,
        ),
        Action(
            "circulate",
            Text("征求部门意见", "Ask the departments"),
            by=("authority",),
            from_stages=("received",),
            to="circulated",
            is_expected=False,
            starts=("departments",),
            notifies=("objector",),
            rule=conditions.needs_no_public_notice,
        ),
        Action(
            "object",
            Text("提出异议", "Object"),
            by=("objector", "authority"),
            from_stages=("announced", "circulated"),
            to="objected",
            needs_reason=True,
            is_expected=False,
            ends=("objection", "departments"),
            notifies=("window", "authority"),
        ),
        Action(
            "end_notice",
            Text("公示期满", "The notice has ended"),
            by=("timekeeper",),
            from_stages=("announced",),
            to="may_apply",
            is_expected=False,
            ends=("objection",),
            starts=("apply",),
            notifies=("window",),
        ),
        Action(
            "apply",
            Text("申请注销", "Apply"),
            by=("window",),
            from_stages=("may_apply",),
            to="applied",
            ends=("apply",),
            starts=("decide",),
            notifies=("authority",),
            effect=effects.on_ending_applied_for,
        ),
        Action(
            "no_objection",
            Text("部门无异议", "No department objected"),
            by=("timekeeper",),
            from_stages=("circulated",),
            to="applied",
            is_expected=False,
            ends=("departments",),
            starts=("decide",),
            notifies=("authority",),
        ),
        Action(
            "deregister",
            Text("准予注销", "Deregister"),
            by=("authority",),
            from_stages=("applied",),
            to="deregistered",
            ends=("decide",),
            notifies=("window",),
            effect=effects.on_deregistration,
        ),
        Action(
            "refuse",
            Text("不予注销", "Refuse"),
            by=("authority",),
            from_stages=("received", "applied"),
            to="refused",
            needs_reason=True,
            is_expected=False,
            ends=("decide",),
            notifies=("window",),
        ),
        Action(
            "withdraw",
            Text("撤回", "Withdraw"),
            by=("window",),
            from_stages=("received", "announced", "circulated", "may_apply"),
            to="withdrawn",
            needs_reason=True,
            is_expected=False,
            ends=("objection", "departments", "apply"),
            notifies=("authority",),
        ),
    ),
    deadlines=(
        Deadline(
            "objection",
            Text("公示期", "Public notice"),
            _notice,
            actor="objector",
            escalates_to="authority",
            effect=effects.on_notice_ended,
        ),
        Deadline(
            "departments",
            Text("部门提出意见", "Departments' objections"),
            _departments,
            actor="objector",
            escalates_to="authority",
            effect=effects.on_departments_silent,
        ),
        Deadline(
            "apply",
            Text("提出注销申请", "Apply"),
            _apply,
            actor="window",
            escalates_to="authority",
            to="lapsed",
        ),
        Deadline(
            "decide",
            Text("作出决定", "Decide"),
            _decide,
            actor="authority",
            escalates_to="authority",
        ),
    ),
)
