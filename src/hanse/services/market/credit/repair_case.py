"""An application for repair: who may do what when, and by when it is due.

    SUBMITTED -> NOT_ACCEPTED | ACCEPTED -> APPROVED | REFUSED;  APPROVED -> SYNCED -> IN_EFFECT

Who determined the misconduct decides its repair; the credit website forwards, and decides only what
it handles itself. The applicant may take the application back before it is decided. A repair that
rests on false material is revoked, whenever that is found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import Calendar, Reckoning, add_days
from hanse.services.market.credit.codes import (
    CreditSystem,
    Material,
    RecordAction,
    RepairAction,
    RepairActor,
    RepairBasis,
    RepairStatus,
)
from hanse.services.market.credit.parameters import CreditParameters
from hanse.services.market.credit.repair_conditions import check_asked

REPAIR_ACTION_NOT_ALLOWED = ProblemKind(
    "credit_repair_action_not_allowed",
    409,
    Text("当前状态不能进行该操作", "This cannot be done in the application's present state"),
    Text("目前可以：{allowed_zh}", "What can be done now: {allowed_en}"),
)
REPAIR_ACTOR_WRONG = ProblemKind(
    "credit_repair_actor_wrong",
    403,
    Text("不由该方办理", "This is for another to do"),
    Text("请由{actor_zh}办理", "Leave it to: {actor_en}"),
)
REPAIR_REASON_MISSING = ProblemKind(
    "credit_repair_reason_missing",
    422,
    Text("须说明理由", "A reason is needed"),
    Text("请填写理由", "Give the reason"),
)
REPAIR_EXTENDED_ALREADY = ProblemKind(
    "credit_repair_extended_already",
    409,
    Text("办理期限已延长过", "The time was extended before"),
    Text("请于{due}前作出决定", "Decide by {due}"),
)
REPAIR_DATE_BACKWARDS = ProblemKind(
    "credit_repair_date_backwards",
    409,
    Text("日期早于上一步骤", "The date is before that of the last step"),
    Text("日期不得早于{last}", "Use no date before {last}"),
)


@dataclass(frozen=True)
class Transition:
    """Where an action leads, and who may take it. AUTHORITY stands for whoever handles the case."""

    to: RepairStatus
    actor: RepairActor
    needs_reason: bool = False


_REVOKE: Final = Transition(RepairStatus.REVOKED, RepairActor.AUTHORITY, needs_reason=True)
_ABANDON: Final = Transition(RepairStatus.ABANDONED, RepairActor.APPLICANT)

TRANSITIONS: Final[Mapping[RepairStatus, Mapping[RepairAction, Transition]]] = {
    RepairStatus.SUBMITTED: {
        RepairAction.ACCEPT: Transition(RepairStatus.ACCEPTED, RepairActor.AUTHORITY),
        RepairAction.NOT_ACCEPT: Transition(
            RepairStatus.NOT_ACCEPTED, RepairActor.AUTHORITY, needs_reason=True
        ),
        RepairAction.ABANDON: _ABANDON,
    },
    RepairStatus.ACCEPTED: {
        RepairAction.EXTEND: Transition(
            RepairStatus.ACCEPTED, RepairActor.AUTHORITY, needs_reason=True
        ),
        RepairAction.APPROVE: Transition(RepairStatus.APPROVED, RepairActor.AUTHORITY),
        RepairAction.REFUSE: Transition(
            RepairStatus.REFUSED, RepairActor.AUTHORITY, needs_reason=True
        ),
        RepairAction.ABANDON: _ABANDON,
    },
    RepairStatus.APPROVED: {
        RepairAction.SYNC: Transition(RepairStatus.SYNCED, RepairActor.SITE),
        RepairAction.REVOKE: _REVOKE,
    },
    RepairStatus.SYNCED: {
        RepairAction.TAKE_EFFECT: Transition(RepairStatus.IN_EFFECT, RepairActor.HOLDER),
        RepairAction.REVOKE: _REVOKE,
    },
    RepairStatus.IN_EFFECT: {RepairAction.REVOKE: _REVOKE},
    RepairStatus.NOT_ACCEPTED: {},
    RepairStatus.REFUSED: {},
    RepairStatus.ABANDONED: {},
    RepairStatus.REVOKED: {},
}
"""Every status with what may be done in it; all else is refused and changes nothing."""


@dataclass(frozen=True)
class RepairStep:
    """One thing that was done, by whom, when and why."""

    action: RepairAction
    actor: RepairActor
    on: date
    reason: str | None = None


@dataclass(frozen=True)
class RepairCase:
    """An application with its history and what is due next."""

    system: CreditSystem
    basis: RepairBasis
    handler: RepairActor
    """AUTHORITY, or SITE where the credit website handles the matter itself."""
    submitted_on: date
    status: RepairStatus
    due: Reckoning[date] | None
    steps: tuple[RepairStep, ...] = ()

    @property
    def last_on(self) -> date:
        """The day of the last step."""
        return self.steps[-1].on if self.steps else self.submitted_on

    def is_overdue(self, on: date) -> bool:
        """Whether the next step should have been taken before `on`."""
        return self.due is not None and on > self.due.due

    def allowed(self, actor: RepairActor) -> tuple[RepairAction, ...]:
        """What `actor` may do now."""
        return tuple(
            action
            for action, transition in TRANSITIONS[self.status].items()
            if actor is self._actor_of(transition)
        )

    def _actor_of(self, transition: Transition) -> RepairActor:
        by_handler = transition.actor is RepairActor.AUTHORITY
        return self.handler if by_handler else transition.actor


def submit(
    system: CreditSystem,
    basis: RepairBasis,
    on: date,
    calendar: Calendar,
    parameters: CreditParameters,
    handler: RepairActor = RepairActor.AUTHORITY,
) -> RepairCase:
    """A new case, once `check_application` has passed; acceptance is due first."""
    if handler not in (RepairActor.AUTHORITY, RepairActor.SITE):
        raise ValueError(f"an application is handled by the authority or the site, not {handler}")
    due = calendar.add_working_days(on, parameters.repair_accept_working_days)
    return RepairCase(system, basis, handler, on, RepairStatus.SUBMITTED, due)


def take_step(
    case: RepairCase,
    step: RepairStep,
    calendar: Calendar,
    parameters: CreditParameters,
    missing: tuple[Material, ...] = (),
) -> RepairCase:
    """The case after a step; a refusal leaves the case as it was.

    `missing` names papers that a refusal to accept still asks for; only what may be asked counts.
    """
    transition = TRANSITIONS[case.status].get(step.action)
    if transition is None:
        raise REPAIR_ACTION_NOT_ALLOWED(**_possible(case))
    actor = case._actor_of(transition)
    if step.actor is not actor:
        raise REPAIR_ACTOR_WRONG(actor_zh=actor.text.zh, actor_en=actor.text.en)
    if step.on < case.last_on:
        raise REPAIR_DATE_BACKWARDS(last=case.last_on)
    if transition.needs_reason and not (step.reason or "").strip():
        raise REPAIR_REASON_MISSING()
    check_asked(missing, case.basis, case.submitted_on, case.system)
    due = _next_due(case, step, transition.to, calendar, parameters)
    return replace(case, status=transition.to, due=due, steps=(*case.steps, step))


def effect_on_record(case: RepairCase) -> RecordAction | None:
    """What the case does to its record now: repair or lift it, restore it, or nothing yet.

    From SYNCED on publishing, sharing and measures stop; a repair revoked after that restores them.
    """
    if case.status in (RepairStatus.SYNCED, RepairStatus.IN_EFFECT):
        temporary = case.basis is RepairBasis.REORGANISATION
        return RecordAction.LIFT if temporary else RecordAction.REPAIR
    was_synced = any(step.action is RepairAction.SYNC for step in case.steps)
    if case.status is RepairStatus.REVOKED and was_synced:
        return RecordAction.RESTORE
    return None


def _possible(case: RepairCase) -> dict[str, str]:
    labels = [action.text for action in TRANSITIONS[case.status]]
    none = Text("无，已办结", "nothing, it is closed")
    return {
        "allowed_zh": "、".join(label.zh for label in labels) or none.zh,
        "allowed_en": ", ".join(label.en for label in labels) or none.en,
    }


def _next_due(
    case: RepairCase,
    step: RepairStep,
    to: RepairStatus,
    calendar: Calendar,
    parameters: CreditParameters,
) -> Reckoning[date] | None:
    if step.action is RepairAction.EXTEND:
        assert case.due is not None  # noqa: S101 - an accepted case always has one
        if any(earlier.action is RepairAction.EXTEND for earlier in case.steps):
            raise REPAIR_EXTENDED_ALREADY(due=case.due.due)
        return calendar.add_working_days(case.due.due, parameters.repair_extension_working_days)
    match to:
        case RepairStatus.ACCEPTED if case.handler is RepairActor.SITE:
            return calendar.add_working_days(case.submitted_on, parameters.repair_site_working_days)
        case RepairStatus.ACCEPTED:
            return calendar.add_working_days(step.on, parameters.repair_decide_working_days)
        case RepairStatus.APPROVED:
            return calendar.add_working_days(step.on, parameters.repair_sync_working_days)
        case RepairStatus.SYNCED:
            return add_days(step.on, parameters.repair_honour_days)
        case _:
            return None
