"""What the simulated cities agreed on, operation by operation, and what must come of a message."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hanse.simulation.model import Book, Sent

BUREAU: Final = "bureau"
"""The organisation of every city that asks."""
ANSWER: Final = frozenset({"answer"})
RECEIPT: Final = frozenset({"receipt"})
RETRYABLE: Final = frozenset({"rate_exceeded", "stream_gap", "case_time_backwards"})
"""Refusals after which the same message may succeed: nothing of them is recorded."""
DENIED: Final = frozenset(
    {
        "no_agreement",
        "agreement_not_between",
        "operation_not_granted",
        "purpose_not_granted",
        "organisation_not_granted",
        "agreement_not_in_force",
        "agreement_suspended",
        "agreement_ended",
        "agreement_expired",
        "grant_out_of_period",
    }
)


@dataclass(frozen=True)
class Taken:
    """A request or an event as the model reads it at its receiver."""

    peer: str
    message_id: str
    data: dict[str, Any]
    at: datetime
    sequence: int


def _nothing(*_given: object) -> None:
    """Most messages change nothing in a part's model."""


@dataclass(frozen=True)
class Term:
    """One operation or topic: the grant that covers it, and a prediction of its handling."""

    agreement: str
    purpose: str
    wanted: Callable[["Book", Taken], frozenset[str]]
    """`answer`, `receipt` or the codes of refusals: what a message that is granted must get."""
    taken: Callable[["Book", Taken, str, dict[str, Any]], None] = _nothing
    """Notes what a message did at its receiver, given its outcome and the answer's data."""
    told: Callable[["Book", "Sent", dict[str, Any]], None] = _nothing
    """Notes what an answer did at its asker."""
    refused: Callable[["Book", "Sent", str], None] = _nothing
    """Notes what a refusal for good did at its asker, given its code."""
    fields: tuple[str, ...] = ("*",)
    organisation: str | None = None
    """Who alone may ask, in every city; None: whoever."""
    rate_per_minute: int | None = None
    minutes: int | None = None
    """How long the agreement lives; None: as long as the simulation."""
    is_event: bool = False


def paths(value: Any, place: str = "") -> Iterator[str]:
    """The places of all values in data, written as an agreement names fields."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, place + "[]")
    else:
        yield place


def beyond(value: Any, fields: Sequence[str]) -> list[str]:
    """The places in data that no granted field covers."""
    if "*" in fields:
        return []
    return sorted(
        {
            place
            for place in paths(value)
            if not any(place == one or place.startswith((f"{one}.", f"{one}[]")) for one in fields)
        }
    )
