"""A field's own protocol at a node: how its requests become calls, and answers its responses.

A hospital speaks FHIR to its own node, a bank ISO 20022. A service declares such a face as two pure
functions: one reads a request into calls of declared operations, one writes what they answered. So
rights, agreements, evidence and record are those of the operations, whatever they were asked in.

What a city has published for everybody is read without any of these: a `PublicFace` is one function
that only reads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from hanse.foundation.errors import Problem
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction

if TYPE_CHECKING:
    from hanse.mechanisms.league.view import LeagueView

CALLS_MAX: Final = 200
"""Calls that one request may become."""
ALL_CITIES: Final = "all"


@dataclass(frozen=True)
class FaceRequest:
    """What came in over HTTP, after the face's prefix."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)


@dataclass(frozen=True)
class FaceCall:
    """One call of an operation: at the own node, or at another city where `to` names it.

    `ALL_CITIES` stands for every other city: one call each.
    """

    operation: str
    data: Any
    to: str | None = None
    purpose: str | None = None


@dataclass(frozen=True)
class FaceAnswer:
    """What goes out."""

    status: int
    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A refusal as its RFC 9457 object: of this node, or as another city worded it."""

    problem: Mapping[str, Any]

    @classmethod
    def of(cls, problem: Problem) -> "Refused":
        """A refusal of this node."""
        return cls(problem.as_dict())


Outcome = dict[str, Any] | Refused | None
"""What a call came to: its answer, its refusal, or nothing yet: the other city owes it."""


@dataclass(frozen=True)
class Face:
    """A declared protocol under one prefix of the node's paths."""

    prefix: str
    title: Text
    read: Callable[[FaceRequest], Sequence[FaceCall] | FaceAnswer]
    """The calls of a request, or the answer at once. Raises Problem for what it can't read."""
    write: Callable[[FaceRequest, Sequence[FaceCall], Sequence[Outcome]], FaceAnswer]
    refuse: Callable[[Refused], FaceAnswer]
    """A refusal in the protocol's own words."""


@dataclass(frozen=True)
class Publisher:
    """The city whose node is asked for what is public, and the league as it stands."""

    city: str
    league: "LeagueView"
    now: datetime


@dataclass(frozen=True)
class PublicFace:
    """What anybody may read without a token, under one prefix of the node's paths.

    `answer` reads what was published and nothing else; it may raise Problem. The node answers GET
    and HEAD alone, with an entity tag, so that whoever comes again is told that nothing changed.
    """

    prefix: str
    title: Text
    answer: Callable[[Transaction, FaceRequest, Publisher], FaceAnswer]
