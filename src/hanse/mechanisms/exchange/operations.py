"""Declared once: an operation is one typed function, a topic one typed event.

From the declaration come the exchange endpoint, the agencies' REST and OpenAPI, the command, the
name that agreements grant, the evidence and the metric. Nothing is registered globally: a service
lists what it declares, and a node is given its services.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import BaseModel

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.faces import Face, PublicFace
from hanse.mechanisms.exchange.parts import (
    CredentialCheck,
    MapLayer,
    Need,
    Part,
    Publication,
)
from hanse.mechanisms.journal.access import Deferral

if TYPE_CHECKING:
    from hanse.mechanisms.exchange.context import Context

OPERATION_UNKNOWN = ProblemKind(
    "operation_unknown",
    404,
    Text("没有该业务操作", "There is no such operation"),
    Text("请在接口目录中查找“{operation}”", "Look up {operation} in the node's list of operations"),
)

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


class Reach(StrEnum):
    """Who may call an operation."""

    LEAGUE = "league"
    """Other cities under an agreement, and the city's own agencies."""
    CITY = "city"
    """The city's own agencies only; another city is refused whatever it holds."""


class Basis(StrEnum):
    """What a call between cities must be covered by."""

    AGREEMENT = "agreement"
    CHARTER = "charter"
    """Membership is enough: the league's own housekeeping, never a resident's data."""


@dataclass(frozen=True)
class Purpose:
    """A declared purpose of asking, with the words that people see."""

    code: str
    title: Text


@dataclass(frozen=True)
class Operation:
    """A named request and its answer. `handler(transaction, request, context) -> answer`."""

    name: str
    title: Text
    request: type[BaseModel]
    answer: type[BaseModel]
    handler: Callable[[Transaction, Any, "Context"], Any]
    reach: Reach
    basis: Basis
    purposes: tuple[Purpose, ...]
    person: Callable[[Any], str] | None
    """Whose data a request reads or writes; each such access is journaled for that person."""
    deferral: Callable[[Any, datetime], Deferral | None] | None
    """Until when the law keeps the person from being told, if it does."""
    description: str

    @property
    def purpose_codes(self) -> tuple[str, ...]:
        """The codes that a request may name."""
        return tuple(purpose.code for purpose in self.purposes)


@dataclass(frozen=True)
class Topic:
    """A named event. Its handler runs once in each city that receives it, in the stream's order."""

    name: str
    title: Text
    data: type[BaseModel]
    handler: Callable[[Transaction, Any, "Context"], None]
    purpose: Purpose
    """Why cities tell each other: what an agreement's grant must name."""
    description: str


AnswerHandler = Callable[[Transaction, dict[str, Any], "Context"], None]
DueWork = Callable[[Transaction, "Context"], int]
"""Does what the clock has made due, a bounded piece at a time; gives how much that was."""


@dataclass(frozen=True)
class Service:
    """One line of cooperation: its operations, topics and parameters."""

    name: str
    title: Text
    operations: tuple[Operation, ...] = ()
    topics: tuple[Topic, ...] = ()
    answer_handlers: Mapping[str, AnswerHandler] = field(default_factory=dict)
    """By operation: what the asking city does when another city's answer arrives."""
    refusal_handlers: Mapping[str, AnswerHandler] = field(default_factory=dict)
    """By operation: the same for a final refusal; it is given the RFC 9457 object."""
    due: tuple[DueWork, ...] = ()
    """What is run again and again, so that deadlines and time-outs happen by themselves."""
    parameters: Any = None
    """The rules' parameters with their visible defaults; a node's configuration replaces them."""
    faces: tuple[Face, ...] = ()
    """The field's own protocols, as the city's agencies speak them to their node."""
    public_faces: tuple[PublicFace, ...] = ()
    """What anybody may read at the node without a token."""
    two_people: tuple[str, ...] = ()
    """Operations that an officer at a page only proposes, and another confirms: payments."""
    summary: Text | None = None
    """What it is for, in a sentence that a resident understands."""
    needs: tuple[Need, ...] = ()
    """By which wants of people and enterprises the portal leads to it."""
    layers: tuple[MapLayer, ...] = ()
    """What it adds to the public map."""
    publications: tuple[Publication, ...] = ()
    """What it adds to the published information."""
    credentials: tuple[CredentialCheck, ...] = ()
    """The kinds of credential that it issues and how anybody checks them."""
    parts: tuple[Part, ...] = ()
    """What it adds to the resident's page and to the desk."""


def operation(
    name: str,
    title: Text,
    *,
    reach: Reach = Reach.LEAGUE,
    basis: Basis = Basis.AGREEMENT,
    purposes: tuple[Purpose, ...] = (),
    person: Callable[[Any], str] | None = None,
    deferral: Callable[[Any, datetime], Deferral | None] | None = None,
) -> Callable[[Callable[[Transaction, Any, "Context"], Any]], Operation]:
    """Declare the decorated function as an operation; its types are the request and the answer."""

    def declare(handler: Callable[[Transaction, Any, "Context"], Any]) -> Operation:
        _check_name(name)
        request, answer = _models(handler)
        if answer is None:
            raise TypeError(f"operation {name} answers nothing: name its answer's model")
        if reach is Reach.LEAGUE and basis is Basis.AGREEMENT and not purposes:
            raise TypeError(f"operation {name} of the league declares no purpose")
        return Operation(
            name=name,
            title=title,
            request=request,
            answer=answer,
            handler=handler,
            reach=reach,
            basis=basis,
            purposes=purposes,
            person=person,
            deferral=deferral,
            description=(handler.__doc__ or "").strip(),
        )

    return declare


def topic(
    name: str, title: Text, *, purpose: Purpose
) -> Callable[[Callable[[Transaction, Any, "Context"], None]], Topic]:
    """Declare the decorated function as what a city does when the event reaches it."""

    def declare(handler: Callable[[Transaction, Any, "Context"], None]) -> Topic:
        _check_name(name)
        data, _ = _models(handler)
        return Topic(
            name=name,
            title=title,
            data=data,
            handler=handler,
            purpose=purpose,
            description=(handler.__doc__ or "").strip(),
        )

    return declare


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"a declared name is field.verb in small letters, not {name!r}")


def _models(handler: Callable[..., Any]) -> tuple[type[BaseModel], type[BaseModel] | None]:
    """The request's and the answer's model, from the handler's annotations."""
    from hanse.mechanisms.exchange.context import Context

    hints = get_type_hints(handler, localns={"Context": Context})
    answer = hints.pop("return", None)
    models = [hint for hint in hints.values() if _is_model(hint)]
    if len(hints) != 3 or len(models) != 1:
        raise TypeError(f"{handler.__qualname__} is not (Transaction, model, Context)")
    if answer is not None and answer is not type(None) and not _is_model(answer):
        raise TypeError(f"{handler.__qualname__} answers with a pydantic model or nothing")
    return models[0], answer if _is_model(answer) else None


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


@dataclass(frozen=True)
class Registry:
    """The operations and topics of one node's services, by name."""

    services: tuple[Service, ...]
    operations: dict[str, Operation] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    answer_handlers: dict[str, AnswerHandler] = field(default_factory=dict)
    refusal_handlers: dict[str, AnswerHandler] = field(default_factory=dict)

    @classmethod
    def of(cls, services: Iterable[Service]) -> "Registry":
        """Collect services; a name that two of them declare is an error."""
        registry = cls(tuple(services))
        for service in registry.services:
            for declared in service.operations:
                if registry.operations.setdefault(declared.name, declared) is not declared:
                    raise ValueError(f"operation {declared.name} is declared twice")
            for event in service.topics:
                if registry.topics.setdefault(event.name, event) is not event:
                    raise ValueError(f"topic {event.name} is declared twice")
            registry.answer_handlers.update(service.answer_handlers)
            registry.refusal_handlers.update(service.refusal_handlers)
        return registry

    def operation(self, name: str) -> Operation:
        """The operation of that name, or a refusal."""
        found = self.operations.get(name)
        if found is None:
            raise OPERATION_UNKNOWN(operation=name)
        return found

    def topic(self, name: str) -> Topic:
        """The topic of that name, or a refusal."""
        found = self.topics.get(name)
        if found is None:
            raise OPERATION_UNKNOWN(operation=name)
        return found
