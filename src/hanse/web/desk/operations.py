"""Every operation as a page: its form from the request's model, its answer as facts and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.operations import families_of
from hanse.mechanisms.exchange.faces import Outcome
from hanse.mechanisms.exchange.operations import Basis, Operation, Reach, Service
from hanse.mechanisms.exchange.parts import Block
from hanse.web.desk.steps import grown
from hanse.web.entry.fields import Typed, fields_of
from hanse.web.entry.reading import WHOLE, checked, data_of
from hanse.web.entry.showing import blocks_of
from hanse.web.names import city_names
from hanse.web.outcomes import answer_of
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

OPERATION_NOT_AT_DESK = ProblemKind(
    "desk_operation_not_here",
    404,
    Text("工作台没有该业务", "There is no such operation at the desk"),
    Text("请从业务目录中选择", "Choose one from the list"),
)


@dataclass(frozen=True)
class Offered:
    """A service and those of its operations that the visitor may use at the desk."""

    service: Service
    operations: tuple[Operation, ...]


def offered(visit: Visit) -> list[Offered]:
    """What the visitor may do, by service; the steps of cases have pages of their own."""
    found = []
    for service in visit.node.registry.services:
        matters = {family.matter for family in families_of(service.operations)}
        operations = tuple(
            one
            for one in service.operations
            if one.name.partition(".")[0] not in matters
            and one.basis is Basis.AGREEMENT
            and visit.who.may(one.name)
        )
        if operations:
            found.append(Offered(service, operations))
    return found


async def catalogue(visit: Visit) -> Result:
    """All that the visitor may do."""
    words = visit.query.get("q", "")[:100].casefold().split()
    found = []
    for one in offered(visit):
        kept = tuple(
            operation
            for operation in one.operations
            if all(
                word in f"{operation.title.zh} {operation.title.en} {operation.name}".casefold()
                for word in words
            )
        )
        if kept:
            found.append(Offered(one.service, kept))
    return Shown("desk/operations.html", {"offered": found, "words": visit.query.get("q", "")})


async def form(visit: Visit) -> Result:
    """An operation's form, filled with what the address gives."""
    return _shown(visit, _operation(visit), dict(visit.query), {}, None, None, is_sent=False)


async def apply(visit: Visit) -> Result:
    """Apply it here or ask another city, and show the answer beneath the form."""
    operation = _operation(visit)
    values = grown(visit.form)
    if "more" in visit.form:
        return _shown(visit, operation, values, {}, None, None)
    data, faults = checked(operation.request, data_of(operation.request, values))
    if data is None:
        return _shown(visit, operation, values, faults, None, None)
    try:
        if _needs_two(visit, operation):
            return await visit.propose_call(operation.name, data)
        answer = await _applied(visit, operation, data, values)
    except Problem as problem:
        return _shown(visit, operation, values, {}, problem, None)
    return _shown(visit, operation, values, {}, None, answer)


async def _applied(
    visit: Visit, operation: Operation, data: dict[str, Any], values: Mapping[str, str]
) -> dict[str, Any]:
    city = values.get("to_city", "")
    purpose = values.get("for_purpose") or None
    outcome: Outcome
    if city and city != visit.node.config.city and operation.reach is Reach.LEAGUE:
        outcome = await visit.ask(
            city, operation.name, data, purpose=purpose or "", key=values.get("key")
        )
    else:
        outcome = await visit.call(operation.name, data, purpose=purpose, key=values.get("key"))
    return answer_of(outcome)


def _needs_two(visit: Visit, operation: Operation) -> bool:
    """Whether another person must confirm it."""
    return any(operation.name in one.two_people for one in visit.node.registry.services)


def _operation(visit: Visit) -> Operation:
    for one in offered(visit):
        for operation in one.operations:
            if operation.name == visit.path["name"]:
                return operation
    raise OPERATION_NOT_AT_DESK()


def _shown(
    visit: Visit,
    operation: Operation,
    values: Mapping[str, str],
    faults: Mapping[str, Text],
    problem: Problem | None,
    answer: dict[str, Any] | None,
    *,
    is_sent: bool = True,
) -> Shown:
    names = city_names(visit.node.league)
    typed = Typed(values, faults, names, is_sent)
    blocks: Sequence[Block] = ()
    if answer is not None:
        blocks = blocks_of(Text("结果", "Answer"), operation.answer, answer, names)
    return Shown(
        "desk/operation.html",
        {
            "operation": operation,
            "fields": fields_of(operation.request, typed),
            "whole_fault": faults.get(WHOLE),
            "problem": problem,
            "answered": answer is not None,
            "blocks": blocks,
            "needs_two": _needs_two(visit, operation),
            "cities": names if operation.reach is Reach.LEAGUE else {},
            "to_city": values.get("to_city", ""),
            "for_purpose": values.get("for_purpose", ""),
            "own": visit.node.config.city,
            "key": new_id(visit.node.randomness),
        },
        problem.kind.status if problem else 422 if faults else 200,
    )
