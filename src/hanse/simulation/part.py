"""How a mechanism or service joins the simulation: its load, its model and its invariants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

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
    """The packages under `hanse.mechanisms` or `hanse.services` that it stands for."""
    load: Mapping[str, tuple[int, Act]]
    """What a step may do, by name, with its weight."""
    check: Callable[["World", bool], None]
    """Raises Violation; the flag says that everything was healed and has come to rest."""
    faults: Mapping[str, str] | None = None
    """The names of acts that are faults, with the fault that allows each."""
    beside: Mapping[str, tuple[int, Act]] | None = None
    """What happens beside the step's own act in so many of a hundred steps, with dice of its own:
    a part that joins so leaves the other parts' steps as they were."""


def require(holds: bool, rule: str, *details: object) -> None:
    """Raise Violation with the rule and what broke it."""
    if not holds:
        raise Violation(f"{rule}: {' '.join(map(str, details))}")
