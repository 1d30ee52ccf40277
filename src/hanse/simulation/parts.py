"""Everything that has joined the simulation: a new part adds its import and its line."""

from hanse.simulation.briefing_part import BRIEFING
from hanse.simulation.cases_part import CASES
from hanse.simulation.clearing_part import CLEARING
from hanse.simulation.credit_part import CREDIT
from hanse.simulation.deposits_part import DEPOSITS
from hanse.simulation.exchange_part import EXCHANGE
from hanse.simulation.hostile_part import HOSTILE
from hanse.simulation.insurance_part import INSURANCE
from hanse.simulation.league_part import LEAGUE
from hanse.simulation.ledger_part import LEDGER
from hanse.simulation.part import Part
from hanse.simulation.pensions_part import PENSIONS
from hanse.simulation.results_part import RESULTS
from hanse.simulation.retirees_part import RETIREES
from hanse.simulation.traffic_part import TRAFFIC

ALWAYS: frozenset[str] = frozenset({LEAGUE.name, EXCHANGE.name, HOSTILE.name})
"""What no run is without: the others ride on it."""
NEEDS = {PENSIONS.name: frozenset({CASES.name})}
"""What joins with a part because that rides on it."""
PARTS: tuple[Part, ...] = (
    LEAGUE,
    EXCHANGE,
    HOSTILE,
    LEDGER,
    CASES,
    TRAFFIC,
    CREDIT,
    RETIREES,
    INSURANCE,
    PENSIONS,
    RESULTS,
    DEPOSITS,
    CLEARING,
    BRIEFING,
)
