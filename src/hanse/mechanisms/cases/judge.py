"""The single truth about a case: what may be done, by whom, and why not.

What a role's buttons show, what is refused, which desk a case waits at, what a resident is told to
expect and the diagram in the documentation all come from here. It is pure: all cities run it on
the same case and come to the same end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from pydantic import BaseModel

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import Calendar, Term
from hanse.mechanisms.cases import deadlines
from hanse.mechanisms.cases.actor import Actor
from hanse.mechanisms.cases.case import DOCUMENTS_PER_CASE_MAX, UNOPENED, Case
from hanse.mechanisms.cases.deadlines import DeadlineState
from hanse.mechanisms.cases.procedure import Action, FormTerm, Procedure, TermRule, known
from hanse.mechanisms.cases.step import MIGRATE, STEP_NUMBER_MAX, Document
from hanse.mechanisms.exchange.core import validated

_NONE: Final = Text("无", "nothing")

CASE_ROLE_WRONG = ProblemKind(
    "case_role_wrong",
    403,
    Text("不由该方办理", "This is for another to do"),
    Text("请由{roles_zh}办理", "Leave it to: {roles_en}"),
)
CASE_NOT_YOUR_SEAT = ProblemKind(
    "case_not_your_seat",
    403,
    Text("该机构不是本案该角色的一方", "That organisation has no such seat in the case"),
    Text("请由案件登记的机构办理", "Leave it to the organisation that the case names"),
)
CASE_ACTION_UNKNOWN = ProblemKind(
    "case_action_unknown",
    404,
    Text("该程序没有此步骤", "The procedure has no such action"),
    Text("目前可以：{allowed_zh}", "What can be done now: {allowed_en}"),
)
CASE_ACTION_NOT_ALLOWED = ProblemKind(
    "case_action_not_allowed",
    409,
    Text("当前阶段不能办理该步骤", "This cannot be done at the case's present stage"),
    Text(
        "案件处于“{stage_zh}”；目前可以：{allowed_zh}",
        "The case stands at {stage_en}; what can be done now: {allowed_en}",
    ),
)
CASE_CONDITION_FAILS = ProblemKind(
    "case_condition_fails",
    409,
    Text("尚不具备办理条件", "A condition of this step is not met"),
    Text("{reason_zh}；目前可以：{allowed_zh}", "{reason_en}; what can be done now: {allowed_en}"),
)
CASE_REASON_MISSING = ProblemKind(
    "case_reason_missing",
    422,
    Text("须说明理由", "A reason is needed"),
    Text("请填写理由", "Give the reason"),
)
CASE_DOCUMENT_MISSING = ProblemKind(
    "case_document_missing",
    422,
    Text("缺少材料", "A document is missing"),
    Text("请附上：{kinds_zh}", "Attach: {kinds_en}"),
)
CASE_DOCUMENT_WRONG = ProblemKind(
    "case_document_wrong",
    422,
    Text("材料不符合要求", "A document is not acceptable"),
    Text(
        "{kind_zh}须为{media_types}，不超过{bytes_max}字节",
        "{kind_en}: one of {media_types}, of at most {bytes_max} bytes",
    ),
)
CASE_DOCUMENTS_TOO_MANY = ProblemKind(
    "case_documents_too_many",
    409,
    Text("案件材料过多", "The case holds too many documents"),
    Text("最多{count_max}件", "It holds at most {count_max}"),
)
CASE_TOO_LONG = ProblemKind(
    "case_too_long",
    409,
    Text("案件步骤过多", "The case has too many steps"),
    Text("请办结本案，另立新案", "Close it, and open another"),
)
CASE_TIME_BACKWARDS = ProblemKind(
    "case_time_backwards",
    409,
    Text("时间早于上一步骤", "The time is before that of the last step"),
    Text("请核对节点时钟；不得早于{last}", "Check the node's clock; no time before {last}"),
    retry=True,
)
CASE_SEAT_EMPTY = ProblemKind(
    "case_seat_empty",
    422,
    Text("缺少一方", "A seat of the case is empty"),
    Text("请填写：{roles_zh}", "Name: {roles_en}"),
)
CASE_MIGRATION_IMPOSSIBLE = ProblemKind(
    "case_migration_impossible",
    409,
    Text("案件不能转入该程序版本", "The case cannot move to that version"),
    Text("可转入的版本：{versions}", "Versions that it can move to: {versions}"),
)


@dataclass(frozen=True)
class Move:
    """What somebody wants to do in a case."""

    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Allowed:
    """The move is right: its typed form, and the deadlines as it leaves them."""

    action: Action
    form: BaseModel
    deadlines: tuple[DeadlineState, ...]


@dataclass(frozen=True)
class Refusal:
    """The move is refused, with the reason and what can be done; the case is as it was."""

    problem: Problem

    @property
    def reason(self) -> Text:
        """Why."""
        return self.problem.detail

    @property
    def next(self) -> Text:
        """What can be done."""
        return self.problem.hint


def judge(
    procedure: Procedure,
    case: Case,
    actor: Actor,
    move: Move,
    now: datetime,
    calendar: Calendar,
    parameters: Any = None,
) -> Allowed | Refusal:
    """Whether the move may be made now, and what it does to the deadlines; changes nothing."""
    try:
        return _judged(procedure, case, actor, move, now, calendar, parameters)
    except Problem as problem:
        return Refusal(problem)


def possible(procedure: Procedure, case: Case, role: str) -> tuple[Action, ...]:
    """What a role may do now, before anything is known of forms and papers."""
    if case.stage == UNOPENED:
        return (procedure.opening,) if role in procedure.opening.by else ()
    return tuple(
        action
        for action in procedure.actions
        if role in action.by and case.stage in action.from_stages and _holds(action, case)
    )


def barred(
    procedure: Procedure, case: Case, roles: tuple[str, ...]
) -> tuple[tuple[Action, Text], ...]:
    """What these roles have in the procedure and may not do now, each with the reason in words."""
    allowed = {action.name for role in roles for action in possible(procedure, case, role)}
    return tuple(
        (action, _why_not(procedure, case, action))
        for action in procedure.actions
        if action.name not in allowed and any(role in action.by for role in roles)
    )


def _why_not(procedure: Procedure, case: Case, action: Action) -> Text:
    if case.stage not in action.from_stages:
        stages = [known(procedure.stage(name)).title for name in action.from_stages]
        zh, en = "、".join(one.zh for one in stages), ", ".join(one.en for one in stages)
        return Text(f"须在以下阶段办理：{zh}", f"Only at the stage: {en}")
    failing = [one for one in action.when if (one.flag in case.flags) != one.is_set]
    return failing[0].reason if failing else procedure.title


def awaited(procedure: Procedure, case: Case) -> dict[str, tuple[Action, ...]]:
    """By role, what the case waits for; roles for whom nothing is expected are left out."""
    found = {
        role: tuple(one for one in possible(procedure, case, role) if one.is_expected)
        for role in case.seats
    }
    return {role: actions for role, actions in found.items() if actions}


def _judged(
    procedure: Procedure,
    case: Case,
    actor: Actor,
    move: Move,
    now: datetime,
    calendar: Calendar,
    parameters: Any,
) -> Allowed:
    action = procedure.action(move.action)
    if action is None:
        raise CASE_ACTION_UNKNOWN(**_choices(procedure, case, actor.role))
    _check_actor(procedure, case, actor, action)
    _check_place(procedure, case, actor, action)
    if case.number and now < case.changed_at:
        raise CASE_TIME_BACKWARDS(last=case.changed_at.isoformat())
    if case.number >= STEP_NUMBER_MAX:
        raise CASE_TOO_LONG()
    if action is procedure.opening:
        _check_seats(procedure, case)
    form = validated(action.form, dict(move.data))
    if action.needs_reason and not (move.reason or "").strip():
        raise CASE_REASON_MISSING()
    _check_documents(procedure, case, action, move.documents)
    if action.rule is not None:
        action.rule(case, form, deadlines.local_day(now))
    terms = partial(_term, parameters=parameters, form=form)
    changed = _deadlines_after(procedure, case, action, move.reason, now, calendar, terms)
    return Allowed(action, form, changed)


def _check_actor(procedure: Procedure, case: Case, actor: Actor, action: Action) -> None:
    if actor.role not in action.by:
        titles = [one.title for one in procedure.roles if one.name in action.by]
        raise CASE_ROLE_WRONG(**_words("roles", titles))
    seat = case.seats.get(actor.role)
    if seat is None or not seat.holds(actor.city, actor.organisation):
        raise CASE_NOT_YOUR_SEAT()


def _check_place(procedure: Procedure, case: Case, actor: Actor, action: Action) -> None:
    opens = action is procedure.opening
    if opens != (case.stage == UNOPENED) or not (opens or case.stage in action.from_stages):
        stage = procedure.stage(case.stage)
        title = Text("未立案", "not opened") if stage is None else stage.title
        choices = _choices(procedure, case, actor.role)
        raise CASE_ACTION_NOT_ALLOWED(stage_zh=title.zh, stage_en=title.en, **choices)
    for condition in action.when:
        if (condition.flag in case.flags) != condition.is_set:
            raise CASE_CONDITION_FAILS(
                reason_zh=condition.reason.zh,
                reason_en=condition.reason.en,
                **_choices(procedure, case, actor.role),
            )


def _holds(action: Action, case: Case) -> bool:
    return all((one.flag in case.flags) == one.is_set for one in action.when)


def _check_seats(procedure: Procedure, case: Case) -> None:
    empty = [one.title for one in procedure.roles if one.is_required and one.name not in case.seats]
    if empty or any(procedure.role(name) is None for name in case.seats):
        raise CASE_SEAT_EMPTY(**_words("roles", empty or [one.title for one in procedure.roles]))


def _check_documents(
    procedure: Procedure, case: Case, action: Action, documents: tuple[Document, ...]
) -> None:
    given = {document.kind for document in documents}
    missing = [
        one.title for one in procedure.documents if one.name in action.documents
        and one.name not in given
    ]  # fmt: skip
    if missing:
        raise CASE_DOCUMENT_MISSING(**_words("kinds", missing))
    if len(case.documents) + len(documents) > DOCUMENTS_PER_CASE_MAX:
        raise CASE_DOCUMENTS_TOO_MANY(count_max=DOCUMENTS_PER_CASE_MAX)
    for document in documents:
        kind = procedure.document(document.kind)
        if kind is None:
            known = [one.title for one in procedure.documents] or [_NONE]
            raise CASE_DOCUMENT_MISSING(**_words("kinds", known))
        if document.media_type not in kind.media_types or document.size_bytes > kind.bytes_max:
            raise CASE_DOCUMENT_WRONG(
                kind_zh=kind.title.zh,
                kind_en=kind.title.en,
                media_types=", ".join(kind.media_types),
                bytes_max=kind.bytes_max,
            )


def _deadlines_after(
    procedure: Procedure,
    case: Case,
    action: Action,
    reason: str | None,
    now: datetime,
    calendar: Calendar,
    terms: Callable[[TermRule], Term],
) -> tuple[DeadlineState, ...]:
    """The deadlines that the action changes, in the order: end, pause, resume, extend, start."""
    changed: dict[str, DeadlineState] = {}
    stage = procedure.stage(action.to or case.stage)
    closes = stage is not None and stage.status.is_closed
    for name, state in case.deadlines.items():
        if state.is_open and (closes or name in action.ends):
            changed[name] = deadlines.ended(state, now)
        elif name in action.pauses and state.standing == "running":
            changed[name] = deadlines.paused(state, now, reason)
        elif name in action.resumes and state.standing == "paused":
            changed[name] = deadlines.resumed(state, now, calendar)
    for name in action.extends:
        running = case.deadlines.get(name)
        declared = procedure.deadline(name)
        if running is None or declared is None or declared.extension is None:
            raise deadlines.DEADLINE_NOT_RUNNING()
        term = terms(declared.extension)
        changed[name] = deadlines.extended(running, term, reason or "", calendar)
    for name in action.starts:
        begins = known(procedure.deadline(name))
        changed[name] = deadlines.begun(name, terms(begins.term), now, calendar)
    return tuple(changed.values())


def _term(rule: TermRule, *, parameters: Any, form: BaseModel) -> Term:
    if isinstance(rule, FormTerm):
        return Term(getattr(form, rule.field), rule.unit)
    return rule if isinstance(rule, Term) else rule(parameters)


def _choices(procedure: Procedure, case: Case, role: str) -> dict[str, str]:
    return _words("allowed", [one.title for one in possible(procedure, case, role)] or [_NONE])


def _words(name: str, titles: list[Text]) -> dict[str, str]:
    return {
        f"{name}_zh": "、".join(one.zh for one in titles),
        f"{name}_en": ", ".join(one.en for one in titles),
    }


def judge_migration(old: Procedure, new: Procedure, case: Case, actor: Actor) -> None:
    """Raise unless its keeper may move a running case to a newer version of its procedure."""
    seat = case.seats.get(actor.role)
    if actor.role != new.keeper or seat is None or not seat.holds(actor.city, actor.organisation):
        raise CASE_NOT_YOUR_SEAT()
    stages = new.migrates_from.get(case.version, {})
    flags = all(new.flag(name) is not None for name in case.flags)
    running = (name for name, state in case.deadlines.items() if state.is_open)
    if (
        old.name != new.name
        or case.stage not in stages
        or not flags
        or any(new.deadline(name) is None for name in running)
        or any(new.role(name) is None for name in case.seats)
    ):
        known = new.version if case.stage in stages else "-"
        raise CASE_MIGRATION_IMPOSSIBLE(versions=known)


__all__ = [
    "MIGRATE",
    "Allowed",
    "Move",
    "Refusal",
    "awaited",
    "judge",
    "judge_migration",
    "possible",
]
