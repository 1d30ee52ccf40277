"""How a mechanism or service joins the simulation: its load, its model and its invariants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData

from hanse.mechanisms.exchange.operations import Service
from hanse.simulation.terms import Term

if TYPE_CHECKING:
    from hanse.simulation.world import World

Act = Callable[["World", Random], str | None]
"""Does one thing with the randomness of its step alone; gives it in words, None if not possible."""


class Violation(AssertionError):  # noqa: N818 - the word of the field
    """Something that must always hold does not."""


@dataclass(frozen=True)
class Part:
    """What one mechanism or service brings into the simulation."""

    name: str
    covers: tuple[str, ...]
    """The packages below `hanse` that it stands for, such as `services.safety.traffic`."""
    load: Mapping[str, tuple[int, Act]]
    """What a step may do, by name, with its weight."""
    check: Callable[["World", bool], None]
    """Raises Violation; the flag says that everything was healed and has come to rest."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """The names of acts that are faults, with the fault that allows each."""
    beside: Mapping[str, tuple[int, Act]] | None = None
    """What happens beside the step's own act in so many of a hundred steps, with dice of its own:
    a part that joins so leaves the other parts' steps as they were."""
    services: tuple[Service, ...] = ()
    """What the simulated nodes offer for it."""
    tables: MetaData | None = None
    """Its tables, where they are not a node's own."""
    terms: Mapping[str, Term] = field(default_factory=dict)
    """By operation or topic: what was agreed, and what must come of a message."""
    state: Callable[[], Any] | None = None
    """Makes what the model of one city holds for this part: `book.parts[name]`."""
    calm: Callable[["World", Random], None] | None = None
    """What people do once all faults are over, before the league is to come to rest."""


def require(holds: bool, rule: str, *details: object) -> None:
    """Raise Violation with the rule and what broke it."""
    if not holds:
        raise Violation(f"{rule}: {' '.join(map(str, details))}")
