"""What makes a declared procedure consistent: checked when it is declared, before any case."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from hanse.foundation.working_days import Term
from hanse.mechanisms.cases.procedure import FormTerm

if TYPE_CHECKING:
    from hanse.mechanisms.cases.procedure import Action, Deadline, Procedure

STAGES_MAX: Final = 60
ACTIONS_MAX: Final = 200
FLAGS_MAX: Final = 30
DEADLINES_MAX: Final = 40
ROLES_MAX: Final = 12

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PROCEDURE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}")
_OWN: Final = ("overdue", "migrate")
"""Names of the steps that the mechanism takes itself."""


def faults_of(procedure: "Procedure") -> list[str]:
    """Everything that is wrong with a declaration, in words; nothing if it is consistent."""
    if not _PROCEDURE.fullmatch(procedure.name) or procedure.version < 1:
        return ["a procedure is named field.matter in small letters, with a version from 1"]
    return [
        *_names(procedure),
        *_roles(procedure),
        *_stages(procedure),
        *_deadlines(procedure),
        *(fault for action in _all(procedure) for fault in _action(procedure, action)),
    ]


def _all(procedure: "Procedure") -> tuple["Action", ...]:
    return (procedure.opening, *procedure.actions)


def _names(procedure: "Procedure") -> Iterator[str]:
    kinds: tuple[tuple[str, Iterable[Any], int], ...] = (
        ("role", procedure.roles, ROLES_MAX),
        ("stage", procedure.stages, STAGES_MAX),
        ("flag", procedure.flags, FLAGS_MAX),
        ("deadline", procedure.deadlines, DEADLINES_MAX),
        ("document", procedure.documents, FLAGS_MAX),
        ("action", _all(procedure), ACTIONS_MAX),
    )
    for kind, declared, count_max in kinds:
        names = [one.name for one in declared]
        if len(names) > count_max:
            yield f"more than {count_max} of {kind}"
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{kind} {name} is declared twice"
            if (kind, name) == ("role", "clock"):
                yield "role clock stands for time itself"
            if not _NAME.fullmatch(name):
                yield f"{kind} {name!r} is not a name in small letters"
    for action in procedure.actions:
        if action.name in _OWN or action.name == "open":
            yield f"action {action.name}: the mechanism takes that step itself"


def _roles(procedure: "Procedure") -> Iterator[str]:
    keeper = procedure.role(procedure.keeper)
    if keeper is None or not keeper.is_required:
        yield f"the keeper {procedure.keeper} is no required role"


def _stages(procedure: "Procedure") -> Iterator[str]:
    opening = procedure.opening
    if opening.name != "open" or opening.from_stages or opening.to is None or opening.when:
        yield "the opening is named open, comes from no stage or condition, and leads to one"
    reached = {opening.to}
    reached |= {one.to for one in procedure.actions} | {one.to for one in procedure.deadlines}
    for old in procedure.migrates_from.values():
        reached |= set(old.values())
    left = {name for action in procedure.actions for name in action.from_stages}
    for stage in procedure.stages:
        if stage.name not in reached:
            yield f"nothing leads to stage {stage.name}"
        if not stage.status.is_closed and stage.name not in left:
            yield f"nothing leads out of stage {stage.name}, which is not closed"
    for action in procedure.actions:
        if not action.from_stages:
            yield f"action {action.name} comes from no stage"
    for version, stages in procedure.migrates_from.items():
        if not 1 <= version < procedure.version:
            yield f"version {version} is not older"
        yield from _unknown(procedure.stage, stages.values(), "a migration", "stage")


def _deadlines(procedure: "Procedure") -> Iterator[str]:
    started = {name for action in _all(procedure) for name in action.starts}
    for one in procedure.deadlines:
        place = f"deadline {one.name}"
        yield from _unknown(procedure.role, (one.actor, one.escalates_to), place, "role")
        yield from _unknown(procedure.flag, one.sets, place, "flag")
        if one.to is not None:
            yield from _unknown(procedure.stage, (one.to,), place, "stage")
        if one.name not in started:
            yield f"nothing starts {place}"
        yield from _terms_in_forms(procedure, one, place)
        if (
            isinstance(one.term, Term | FormTerm)
            and isinstance(one.extension, Term | FormTerm)
            and one.term.unit is not one.extension.unit
        ):
            yield f"{place} is extended in another unit"


def _terms_in_forms(procedure: "Procedure", one: "Deadline", place: str) -> Iterator[str]:
    """A term that a form says needs that field in the form of every action that asks for it."""
    for action in _all(procedure):
        asked = (one.name in action.starts, one.term), (one.name in action.extends, one.extension)
        for is_asked, rule in asked:
            if (
                is_asked
                and isinstance(rule, FormTerm)
                and rule.field not in action.form.model_fields
            ):
                yield f"{place}: the form of {action.name} has no field {rule.field}"


def _action(procedure: "Procedure", action: "Action") -> Iterator[str]:
    place = f"action {action.name}"
    if not action.by:
        yield f"{place} is nobody's"
    yield from _unknown(procedure.role, (*action.by, *action.notifies), place, "role")
    yield from _unknown(procedure.stage, action.from_stages, place, "stage")
    flags = (*action.sets, *action.clears, *(one.flag for one in action.when))
    yield from _unknown(procedure.flag, flags, place, "flag")
    yield from _unknown(procedure.document, action.documents, place, "document")
    if action.to is not None:
        yield from _unknown(procedure.stage, (action.to,), place, "stage")
    if action.hands_keeping_to is not None:
        yield from _unknown(procedure.role, (action.hands_keeping_to,), place, "role")
    touched = (
        *action.starts, *action.ends, *action.pauses, *action.resumes, *action.extends
    )  # fmt: skip
    yield from _unknown(procedure.deadline, touched, place, "deadline")
    for name in action.extends:
        deadline = procedure.deadline(name)
        if deadline is not None and deadline.extension is None:
            yield f"{place} extends {name}, which has no extension"
        if not action.needs_reason:
            yield f"{place} extends a deadline and so needs a reason"


def _unknown(known: Any, names: Iterable[str], place: str, kind: str) -> Iterator[str]:
    for name in names:
        if known(name) is None:
            yield f"{place} names {kind} {name}, which is not declared"
