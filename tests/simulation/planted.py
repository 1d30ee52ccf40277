"""Planted bugs of the parts that joined beside the exchange, each with a seed that finds it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import pytest

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Planted:
    """A bug, and the run that must find it."""

    plant: Callable[[Patch], None]
    seed: int
    steps: int
    parts: frozenset[str]
    """Which parts join the exchange in it."""

    @property
    def name(self) -> str:
        """What the test is called."""
        return self.plant.__name__


PLANTED: list[Planted] = []


def planted_in(*modules: ModuleType) -> list[Planted]:
    """The bugs of these modules, in the order in which they stand there."""
    names = {module.__name__ for module in modules}
    return [one for one in PLANTED if one.plant.__module__ in names]


def found_by(
    seed: int, steps: int, *parts: str
) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Plant a bug that this seed finds within so many steps of these parts."""

    def note(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        PLANTED.append(Planted(plant, seed, steps, frozenset(parts)))
        return plant

    return note
