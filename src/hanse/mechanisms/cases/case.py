"""A case as its steps have made it, and how the next step changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from hanse.mechanisms.cases.actor import Seat
from hanse.mechanisms.cases.deadlines import DeadlineState
from hanse.mechanisms.cases.procedure import OPENING, Procedure, Status, known
from hanse.mechanisms.cases.step import FIRST_PREVIOUS, MIGRATE, OVERDUE, Document, Step

UNOPENED: Final = ""
"""The stage of a case that no step has begun."""
DOCUMENTS_PER_CASE_MAX: Final = 500


@dataclass(frozen=True)
class Case:
    """Where a matter stands after its last step. Only steps change it."""

    id: str
    procedure: str
    version: int
    subject: str
    seats: Mapping[str, Seat]
    keeper: str
    """The city that numbers the next step."""
    stage: str
    status: Status
    opened_at: datetime
    changed_at: datetime
    number: int = 0
    head: str = FIRST_PREVIOUS
    flags: frozenset[str] = frozenset()
    deadlines: Mapping[str, DeadlineState] = field(default_factory=lambda: MappingProxyType({}))
    data: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """By action, the form that it was last taken with."""
    documents: tuple[Document, ...] = ()
    escalated: tuple[str, ...] = ()
    """Roles to whom something overdue was escalated and is not done."""

    @property
    def is_open(self) -> bool:
        """Whether the matter is not over."""
        return not self.status.is_closed

    @property
    def cities(self) -> tuple[str, ...]:
        """The cities with a seat, each once."""
        return tuple(dict.fromkeys(seat.city for seat in self.seats.values()))

    def roles_of(self, city: str, organisation: str) -> tuple[str, ...]:
        """The roles in which that organisation may act."""
        return tuple(role for role, seat in self.seats.items() if seat.holds(city, organisation))


def unopened(
    procedure: Procedure, case_id: str, subject: str, seats: Mapping[str, Seat], now: datetime
) -> Case:
    """A case before its first step."""
    return Case(
        id=case_id,
        procedure=procedure.name,
        version=procedure.version,
        subject=subject,
        seats=MappingProxyType(dict(seats)),
        keeper=seats[procedure.keeper].city if procedure.keeper in seats else "",
        stage=UNOPENED,
        status=Status.SUBMITTED,
        opened_at=now,
        changed_at=now,
    )


def applied(procedure: Procedure, case: Case, step: Step, digest: str) -> Case:
    """The case after a step that was judged. `procedure` is the step's version."""
    if step.action == OVERDUE and step.is_by_time:
        after = _after_overdue(procedure, case, step)
    elif step.action == MIGRATE:
        after = _after_migration(procedure, case, step)
    else:
        after = _after_action(procedure, case, step)
    deadlines = dict(case.deadlines) | {one.name: one for one in step.deadlines}
    escalated = {
        declared.escalates_to
        for declared in procedure.deadlines
        if declared.name in deadlines and deadlines[declared.name].standing == "overdue"
    }
    stage = known(procedure.stage(after.stage))
    return replace(
        after,
        status=stage.status,
        number=step.number,
        head=digest,
        changed_at=step.at,
        deadlines=MappingProxyType(deadlines),
        documents=(*case.documents, *step.documents),
        escalated=() if stage.status.is_closed else tuple(sorted(escalated)),
    )


def _after_action(procedure: Procedure, case: Case, step: Step) -> Case:
    action = known(procedure.action(step.action))
    keeper = case.keeper
    if action.hands_keeping_to is not None:
        keeper = case.seats[action.hands_keeping_to].city
    return replace(
        case,
        stage=action.to or case.stage,
        keeper=keeper,
        flags=(case.flags - frozenset(action.clears)) | frozenset(action.sets),
        data=MappingProxyType({**case.data, step.action: step.data}),
        opened_at=step.at if step.action == OPENING else case.opened_at,
    )


def _after_overdue(procedure: Procedure, case: Case, step: Step) -> Case:
    declared = known(procedure.deadline(str(step.data["deadline"])))
    return replace(
        case, stage=declared.to or case.stage, flags=case.flags | frozenset(declared.sets)
    )


def _after_migration(procedure: Procedure, case: Case, step: Step) -> Case:
    return replace(
        case,
        version=procedure.version,
        stage=procedure.migrates_from[case.version][case.stage],
    )
