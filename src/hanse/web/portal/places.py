"""Where cities lie on the schematic map: by the seat of their government, else on a ring."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SEATS: Final[Mapping[str, tuple[float, float]]] = {
    "510100": (104.07, 30.67),
    "510300": (104.78, 29.34),
    "510600": (104.40, 31.13),
    "510700": (104.68, 31.47),
    "510900": (105.59, 30.53),
    "511000": (105.06, 29.58),
    "511100": (103.77, 29.55),
    "511300": (106.11, 30.84),
    "511400": (103.85, 30.08),
    "511500": (104.64, 28.75),
    "511800": (103.00, 29.99),
    "512000": (104.63, 30.12),
}
"""Degrees east and north, rounded to a kilometre. A city that is not listed is put on a ring."""
WIDTH: Final = 640
HEIGHT: Final = 460
MARGIN_X: Final = 70
MARGIN_Y: Final = 52


@dataclass(frozen=True)
class Point:
    """A place in the drawing."""

    x: int
    y: int


def drawn(cities: Sequence[str]) -> dict[str, Point]:
    """Where each city is drawn."""
    if not cities:
        return {}
    if all(city in SEATS for city in cities) and len(cities) > 1:
        return _by_seat(cities)
    middle_x, middle_y = WIDTH / 2, HEIGHT / 2
    found = {}
    for index, city in enumerate(cities):
        turn = 2 * math.pi * index / len(cities) - math.pi / 2
        x = middle_x + (middle_x - MARGIN_X) * math.cos(turn)
        y = middle_y + (middle_y - MARGIN_Y) * math.sin(turn)
        found[city] = Point(round(x), round(y))
    return found


def _by_seat(cities: Sequence[str]) -> dict[str, Point]:
    """Equal scales east and north, as large as the drawing allows."""
    north = sum(SEATS[city][1] for city in cities) / len(cities)
    narrowing = math.cos(math.radians(north))
    flat = {city: (SEATS[city][0] * narrowing, SEATS[city][1]) for city in cities}
    left, right = min(x for x, _ in flat.values()), max(x for x, _ in flat.values())
    low, high = min(y for _, y in flat.values()), max(y for _, y in flat.values())
    scale = min(
        (WIDTH - 2 * MARGIN_X) / max(right - left, 0.01),
        (HEIGHT - 2 * MARGIN_Y) / max(high - low, 0.01),
    )
    off_x = (WIDTH - (right - left) * scale) / 2
    off_y = (HEIGHT - (high - low) * scale) / 2
    return {
        city: Point(round(off_x + (x - left) * scale), round(off_y + (high - y) * scale))
        for city, (x, y) in flat.items()
    }
