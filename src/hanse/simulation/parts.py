"""Everything that has joined the simulation: a new part adds its import and its line."""

from hanse.simulation.exchange_part import EXCHANGE
from hanse.simulation.hostile_part import HOSTILE
from hanse.simulation.league_part import LEAGUE
from hanse.simulation.ledger_part import LEDGER
from hanse.simulation.part import Part

PARTS: tuple[Part, ...] = (
    LEAGUE,
    EXCHANGE,
    HOSTILE,
    LEDGER,
)
