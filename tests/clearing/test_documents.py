"""A cycle's result as pacs.029 and pacs.009: by the schema, and with the sums of the result."""

from collections.abc import Callable, Iterator

import pytest

from hanse.foundation.iso20022 import Agent, InstitutionTransfers, SettlementRequest, read
from tests.clearing.towns import HOUSE, SECOND, THIRD, League, make_league
from tests.iso20022.schemas import faults


@pytest.fixture
def league(fresh_store: Callable[[str], str]) -> Iterator[League]:
    """A settled cycle of three cities, and one in which nothing was owed."""
    made = make_league(fresh_store)
    for city in (HOUSE, SECOND, THIRD):
        made.fund(city, 100_000)
    made.owes(HOUSE, SECOND, 5_000, "a")
    made.owes(SECOND, THIRD, 3_000, "b")
    for name in ("day-1", "day-2"):
        made.done("clearing.open", {"cycle": name})
        made.rest()
    yield made
    made.close()


def document(league: League, kind: str, city: str = HOUSE, cycle: str = "day-1") -> bytes:
    text = league.done(f"clearing.{kind}", {"cycle": cycle}, city)["document"]
    return str(text).encode()


def test_a_pacs029_moves_every_partys_net_position(league: League) -> None:
    found = document(league, "pacs029")
    reading = read(found)
    assert faults(found, reading.name) == []
    message = reading.message
    assert isinstance(message, SettlementRequest)
    moved = {
        one.participant: one.amount.minor if one.is_credit else -one.amount.minor
        for one in message.movements
    }
    assert moved == {
        Agent(HOUSE, "bank"): -5_000,
        Agent(SECOND, "bank"): 2_000,
        Agent(THIRD, "bank"): 3_000,
    }
    assert message.cycle == "day-1"
    there = read(document(league, "pacs029", SECOND)).message
    assert isinstance(there, SettlementRequest)
    assert there.movements == message.movements, "every city writes the same"


@pytest.mark.parametrize(("city", "fen"), [(HOUSE, -5_000), (SECOND, 2_000), (THIRD, 3_000)])
def test_a_pacs009_pays_a_citys_own_positions(league: League, city: str, fen: int) -> None:
    found = document(league, "pacs009", city)
    reading = read(found)
    assert faults(found, reading.name) == []
    assert isinstance(reading.message, InstitutionTransfers)
    [one] = reading.message.transfers
    own, house = Agent(city, "bank"), Agent(HOUSE, "clearing-house")
    assert (one.debtor, one.creditor) == ((own, house) if fen < 0 else (house, own))
    assert one.amount.minor == abs(fen)


@pytest.mark.parametrize("kind", ["pacs029", "pacs009"])
@pytest.mark.parametrize(
    ("cycle", "code"),
    [("day-2", "clearing_nothing_to_settle"), ("none", "clearing_cycle_unknown")],
)
def test_a_cycle_without_a_position_has_no_document(
    league: League, kind: str, cycle: str, code: str
) -> None:
    assert league.call(f"clearing.{kind}", {"cycle": cycle}).data["code"] == code
