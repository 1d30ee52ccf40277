"""What happens now in the cities, by the layers that the services declare."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.parts import HAPPENINGS_MAX, Happening, MapLayer, Tone
from hanse.web.visit import Visit

SECONDS_OLD_MAX: Final = 5.0
WORST_FIRST: Final = (Tone.BAD, Tone.CAUTION, Tone.GOOD, Tone.PLAIN)
SHOWN_PER_CITY_MAX: Final = 4


@dataclass(frozen=True)
class ShownLayer:
    """A layer and what it has now."""

    layer: MapLayer
    happenings: tuple[Happening, ...]

    def of(self, city: str) -> tuple[Happening, ...]:
        """What it has of one city."""
        return tuple(one for one in self.happenings if one.city == city)

    def first_of(self, city: str) -> tuple[Happening, ...]:
        """As many of them as a card shows."""
        return self.of(city)[:SHOWN_PER_CITY_MAX]


async def now(visit: Visit) -> list[ShownLayer]:
    """Every layer of the services that this node offers."""
    moment = visit.now
    layers = [layer for service in visit.node.registry.services for layer in service.layers]

    def read(transaction: Transaction) -> list[ShownLayer]:
        return [_shown(layer, transaction, moment) for layer in layers]

    return await visit.read_recent("happenings", SECONDS_OLD_MAX, read)


def worst(layers: list[ShownLayer], city: str) -> Tone:
    """How a city's mark on the map looks: as the gravest of what happens there."""
    found = {one.tone for shown in layers for one in shown.of(city)}
    return next((tone for tone in WORST_FIRST if tone in found), Tone.PLAIN)


def _shown(layer: MapLayer, transaction: Transaction, moment: datetime) -> ShownLayer:
    return ShownLayer(layer, tuple(layer.read(transaction, moment))[:HAPPENINGS_MAX])
