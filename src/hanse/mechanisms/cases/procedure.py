"""A procedure, declared once as a table: stages, flags, roles, actions, conditions, deadlines.

Every procedure maps its own stages onto the same few statuses, so that lists, queues and a
resident's progress read alike for all matters. There is no status for a draft: what is not yet
submitted belongs to one city alone and is no case.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.foundation.worded import Worded
from hanse.foundation.working_days import Term, TermUnit
from hanse.mechanisms.exchange.operations import Purpose

if TYPE_CHECKING:
    from hanse.mechanisms.cases.case import Case
    from hanse.mechanisms.cases.step import Step
    from hanse.mechanisms.exchange.context import Context

OPENING: Final = "open"
"""The name of the action that begins every case."""


class Status(Worded):
    """Where a case stands, in the words that all procedures share."""

    SUBMITTED = "submitted", "已提交", "Submitted"
    IN_PROGRESS = "in_progress", "办理中", "In progress"
    RETURNED = "returned", "待补正", "Returned for correction"
    DECIDED = "decided", "已决定", "Decided, being carried out"
    COMPLETED = "completed", "已办结", "Completed"
    REFUSED = "refused", "不予办理", "Refused"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"

    @property
    def is_closed(self) -> bool:
        """Whether the matter is over."""
        return self in (Status.COMPLETED, Status.REFUSED, Status.WITHDRAWN)


class SubjectKind(StrEnum):
    """Whom a case is about, and so how its subject is written."""

    PERSON = "person"
    """A citizen identity number; every access to the case is journaled for that person."""
    ENTERPRISE = "enterprise"
    """A unified social credit code."""
    THING = "thing"
    """Any other identifier, of at most 64 characters."""


class NoForm(BaseModel):
    """An action that needs no data."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Role:
    """A part that a city plays. A seat that is not required may stay empty."""

    name: str
    title: Text
    is_required: bool = True


@dataclass(frozen=True)
class Stage:
    """A procedure's own word for where a case stands, within one of the common statuses."""

    name: str
    title: Text
    status: Status


@dataclass(frozen=True)
class Flag:
    """Something that may be so at any stage: `disputed`, `paid`."""

    name: str
    title: Text


@dataclass(frozen=True)
class Condition:
    """A flag that must be set, or must not be, before an action; and why, for people."""

    flag: str
    reason: Text
    is_set: bool = True


@dataclass(frozen=True)
class DocumentKind:
    """A kind of paper that steps may carry."""

    name: str
    title: Text
    media_types: tuple[str, ...] = ("application/pdf", "image/jpeg", "image/png")
    bytes_max: int = 20 * 1_048_576
    retention: str = "case"
    """Class of retention, as the archive's rules name it."""


@dataclass(frozen=True)
class FormTerm:
    """A term whose length the form of the action that starts or extends it says."""

    field: str
    """An integer field of that form."""
    unit: TermUnit


TermRule = Term | FormTerm | Callable[[Any], Term]
"""A term; or the form's field that says it; or, where a service's parameters hold it, the function
that reads it from them."""

Effect = Callable[[Transaction, "Case", "Step", "Context"], None]
"""What a service does when a step has been recorded, in every city, in the step's transaction.

It is given the case as it stands after the step. At the keeper a `Problem` that it raises refuses
the step; elsewhere the step stands, and the city's disagreement is recorded.
"""

Rule = Callable[["Case", Any, date], None]
"""A pure check of the service on the case, the typed form and the local day; raises `Problem`."""


@dataclass(frozen=True)
class Deadline:
    """By when a role must have acted, and what happens if it has not.

    What is overdue is never silent: at the instant it passes, a step says so once, `sets` are set,
    the case moves to `to` if that is given, and the seat `escalates_to` is notified and finds the
    case in its queue.
    """

    name: str
    title: Text
    term: TermRule
    actor: str
    escalates_to: str
    extension: TermRule | None = None
    """By how much an action that `extends` lengthens it, once, with a reason. Of the same unit."""
    sets: tuple[str, ...] = ()
    to: str | None = None
    effect: Effect | None = None


@dataclass(frozen=True)
class Action:
    """A row of the table: who may do what, from where, on which conditions, leading where."""

    name: str
    title: Text
    by: tuple[str, ...]
    from_stages: tuple[str, ...] = ()
    """Empty for the opening alone."""
    to: str | None = None
    """The stage it leads to; None where the case stays in its stage."""
    when: tuple[Condition, ...] = ()
    sets: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    form: type[BaseModel] = NoForm
    needs_reason: bool = False
    documents: tuple[str, ...] = ()
    """Kinds of papers that must come with it; others may."""
    is_expected: bool = True
    """Whether the case stands in its roles' queues for it. False for what is only possible, as
    withdrawing is."""
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    notifies: tuple[str, ...] = ()
    """Roles whose organisations are told."""
    tells_subject: bool = True
    """Whether the step shows in the progress of the person or enterprise it is about."""
    hands_keeping_to: str | None = None
    """The role whose city keeps the case from the next step on."""
    rule: Rule | None = None
    effect: Effect | None = None


@dataclass(frozen=True)
class Procedure:
    """The declared course of one matter. Its name is `field.matter`; ValueError if inconsistent.

    Agreements grant by the matter's name, as in `pension_transfer.*`, never by version. A case
    keeps the version with which it was opened. Of several versions, the newest that is in force
    opens new cases.
    """

    name: str
    version: int
    title: Text
    purpose: Purpose
    """Why cities tell each other: what an agreement's grant must name."""
    subject: SubjectKind
    roles: tuple[Role, ...]
    keeper: str
    """The role whose city keeps the case: the competent authority's."""
    stages: tuple[Stage, ...]
    opening: Action
    actions: tuple[Action, ...]
    flags: tuple[Flag, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    documents: tuple[DocumentKind, ...] = ()
    in_force_from: date | None = None
    one_open_per_subject: bool = True
    """Whether a second open case about the same subject is refused as a duplicate."""
    migrates_from: Mapping[int, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By older version: the stage here for each stage there; running cases move only by a step."""

    def __post_init__(self) -> None:
        from hanse.mechanisms.cases.consistency import faults_of

        if faults := faults_of(self):
            raise ValueError(f"procedure {self.name}: " + "; ".join(faults))

    @property
    def matter(self) -> str:
        """The second part of the name: what the operations and the grants are called by."""
        return self.name.partition(".")[2]

    def role(self, name: str) -> Role | None:
        """The role of that name."""
        return _named(self.roles, name)

    def stage(self, name: str) -> Stage | None:
        """The stage of that name."""
        return _named(self.stages, name)

    def flag(self, name: str) -> Flag | None:
        """The flag of that name."""
        return _named(self.flags, name)

    def deadline(self, name: str) -> Deadline | None:
        """The deadline of that name."""
        return _named(self.deadlines, name)

    def action(self, name: str) -> Action | None:
        """The action of that name, the opening among them."""
        return _named((self.opening, *self.actions), name)

    def document(self, name: str) -> DocumentKind | None:
        """The kind of document of that name."""
        return _named(self.documents, name)


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Declared = TypeVar("_Declared", bound=_Named)


def _named(declared: tuple[_Declared, ...], name: str) -> _Declared | None:
    for one in declared:
        if one.name == name:
            return one
    return None


def known(declared: _Declared | None) -> _Declared:
    """What a consistent declaration must hold; LookupError where it does not."""
    if declared is None:
        raise LookupError("the procedure does not declare it")
    return declared
