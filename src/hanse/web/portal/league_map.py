"""The schematic map of the league: who is a member, and with whom this city exchanged today."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.parts import Tone
from hanse.mechanisms.league.view import LeagueView
from hanse.web.portal.happenings import ShownLayer, worst
from hanse.web.portal.places import HEIGHT, WIDTH, Point, drawn

WIDTHS: Final = ((1, 2), (50, 4), (1_000, 6), (20_000, 8))
"""From so many exchanges on, a line is so wide."""


@dataclass(frozen=True)
class DrawnCity:
    """A city's mark."""

    city: str
    name: Text
    at: Point
    tone: Tone
    count: int
    """How much happens there."""
    is_own: bool


@dataclass(frozen=True)
class DrawnLine:
    """A line between two cities."""

    start: Point
    end: Point
    width: int = 0
    """0 where nothing passed today that this node knows of."""


@dataclass(frozen=True)
class LeagueMap:
    """All that is drawn."""

    cities: tuple[DrawnCity, ...]
    lines: tuple[DrawnLine, ...]
    width: int = WIDTH
    height: int = HEIGHT


def league_map(league: LeagueView, own: str, layers: Sequence[ShownLayer]) -> LeagueMap:
    """The map as it looks from one city's node; every pair is joined, for every pair may speak."""
    points = drawn(league.cities)
    weights = {one.city: one.weight for shown in layers for one in shown.happenings if one.weight}
    lines = [
        DrawnLine(points[first], points[second]) for first, second in combinations(league.cities, 2)
    ]
    lines += [
        DrawnLine(points[own], points[city], width_of(weight))
        for city, weight in weights.items()
        if own in points and city in points
    ]
    found = list(layers)
    cities = [
        DrawnCity(
            city=city,
            name=league.name(city),
            at=points[city],
            tone=worst(found, city),
            count=sum(len(shown.of(city)) for shown in found),
            is_own=city == own,
        )
        for city in league.cities
    ]
    return LeagueMap(tuple(cities), tuple(lines))


def width_of(weight: int) -> int:
    """How wide a line of that weight is drawn."""
    return max((width for least, width in WIDTHS if weight >= least), default=0)
