"""Stretches of road under all their numbers, and where detours lead.

The same carriageway may bear two numbers with two sets of stakes, and city streets go by name.
Which road is which is a fact about the land: the league's configuration brings it as a
`RoadTable`; nothing here knows any road.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hanse.foundation.languages import titled
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.places import Line, RoadSection, StakeMetres, road_key
from hanse.services.safety.traffic.vocabulary import Direction

PIECES_MAX: Final = 256
"""Under how many numbers one stretch is followed: far more than any road bears."""

Compass = Literal["northbound", "eastbound", "southbound", "westbound", "inner-loop", "outer-loop"]

_OPPOSITE = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}


@dataclass(frozen=True)
class Stretch:
    """A piece of one road, lower stake first; an end without a stake is open."""

    road: str
    low_m: int | None
    high_m: int | None
    direction: Direction

    def meets(self, other: "Stretch") -> bool:
        """Whether some traffic passes both. Stretches that only touch end to end do not meet."""
        if road_key(self.road) != road_key(other.road):
            return False
        if self.direction is _OPPOSITE.get(other.direction):
            return False
        low = max(_low(self), _low(other))
        high = min(_high(self), _high(other))
        return low < high or (low == high and (_is_point(self) or _is_point(other)))


def _low(stretch: Stretch) -> float:
    return -1.0 if stretch.low_m is None else stretch.low_m


def _high(stretch: Stretch) -> float:
    return float("inf") if stretch.high_m is None else stretch.high_m


def _is_point(stretch: Stretch) -> bool:
    return stretch.low_m is not None and stretch.low_m == stretch.high_m


def stretch_of(place: Notice | RoadSection) -> Stretch:
    """The stretch that a notice concerns or that a section travels."""
    low, high = place.from_stake_m, place.to_stake_m
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Stretch(place.road, low, high, place.direction)


class CommonSection(BaseModel):
    """Where one carriageway is measured twice. Between the ends the measures run in proportion."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alias_from_m: Annotated[StakeMetres, titled("别名起点桩号", "Lower stake of the alias, m")]
    alias_to_m: Annotated[StakeMetres, titled("别名终点桩号", "Upper stake of the alias, m")]
    road_from_m: Annotated[
        StakeMetres, titled("对应道路桩号（起）", "The road's stake at the alias's lower one, m")
    ]
    road_to_m: Annotated[
        StakeMetres, titled("对应道路桩号（止）", "The road's stake at the alias's upper one, m")
    ]

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.alias_from_m >= self.alias_to_m or self.road_from_m == self.road_to_m:
            raise ValueError("a common section has a length, and the alias's lower stake first")
        return self


class RoadAlias(BaseModel):
    """That `alias` is another number or name of `road`: along a common section, or everywhere.

    Without a common section both have the same stakes. Where the stakes of the two run against
    each other, `common.road_from_m` is the greater, and up on the one is down on the other.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    alias: Annotated[Line, titled("别名或共线编号", "The other number or name")]
    road: Annotated[Line, titled("道路编号", "The road")]
    common: Annotated[CommonSection | None, titled("共线路段", "Common section")] = None

    @model_validator(mode="after")
    def _names_two_roads(self) -> Self:
        if road_key(self.alias) == road_key(self.road):
            raise ValueError("a road is no alias of itself")
        return self

    def translate(self, stretch: Stretch) -> Stretch | None:
        """The stretch in the road's own numbers, or None where it lies outside the alias.

        The result is rounded outward to whole metres.
        """
        if road_key(stretch.road) != road_key(self.alias):
            return None
        common = self.common
        if common is None:
            return Stretch(self.road, stretch.low_m, stretch.high_m, stretch.direction)
        begin, end = common.alias_from_m, common.alias_to_m
        low = begin if stretch.low_m is None else max(begin, stretch.low_m)
        high = end if stretch.high_m is None else min(end, stretch.high_m)
        if low > high:
            return None
        slope = Fraction(common.road_to_m - common.road_from_m, end - begin)
        ends = sorted(common.road_from_m + (stake - begin) * slope for stake in (low, high))
        turned = _OPPOSITE.get(stretch.direction, stretch.direction)
        return Stretch(
            self.road, floor(ends[0]), ceil(ends[1]), turned if slope < 0 else stretch.direction
        )


class RoadTable(BaseModel):
    """What the league knows of its roads: the aliases, and where rising stakes lead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    aliases: Annotated[
        tuple[RoadAlias, ...], titled("别名与共线", "Aliases and common sections", max_length=2_000)
    ] = ()
    upward: Annotated[
        Mapping[str, Compass], titled("上行方向", "Compass direction of rising stakes, by road")
    ] = {}

    @cached_property
    def _by_name(self) -> dict[str, tuple[RoadAlias, ...]]:
        names: dict[str, list[RoadAlias]] = {}
        for alias in self.aliases:
            names.setdefault(road_key(alias.alias), []).append(alias)
        return {name: tuple(found) for name, found in names.items()}

    def everywhere(self, stretch: Stretch) -> tuple[Stretch, ...]:
        """The stretch under all the numbers that lead on from it, itself first.

        On the way to any of them each alias is followed once at most, so that a table that runs
        in a circle ends.
        """
        walked: list[tuple[Stretch, frozenset[RoadAlias]]] = [(stretch, frozenset())]
        for piece, used in walked:  # grows as it is walked
            for alias in self._by_name.get(road_key(piece.road), ()):
                translated = None if alias in used else alias.translate(piece)
                if translated is not None and len(walked) < PIECES_MAX:
                    walked.append((translated, used | {alias}))
        return tuple(dict.fromkeys(piece for piece, _ in walked))

    def meet(self, one: Stretch, other: Stretch) -> bool:
        """Whether some traffic passes both, whatever the numbers under which they are given."""
        ours, theirs = self.everywhere(one), self.everywhere(other)
        return any(mine.meets(their) for mine in ours for their in theirs)
