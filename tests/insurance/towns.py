"""Two cities without sockets: the tests carry, lose, double and delay every message themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import reading
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.message import Kind, Message
from hanse.services.social.insurance.operations import SERVICE
from hanse.services.social.insurance.parameters import DEFAULTS
from tests.exchange.cities import START, Clock, Town, agreement_between, found_league, make_town
from tests.insurance.conftest import CATALOGUE, WORKED_LINES

TREATER, INSURER = "510100", "510600"
GRANTS: tuple[dict[str, Any], ...] = (
    {
        "operations": ["insurance.settle", "insurance.undo"],
        "purposes": ["medical-settlement"],
    },
    {
        "operations": ["insurance.month_lines", "insurance.close_month", "insurance.prepaid"],
        "purposes": ["medical-clearing"],
    },
)


@dataclass
class Two:
    """The treating and the insuring city."""

    treater: Town
    insurer: Town
    clock: Clock

    def claim(self, person: str, number: str, operation: str = "insurance.claim") -> Message:
        """The hospital sends the bill of the worked example."""
        bill = {
            "insured_city": INSURER,
            "person": person,
            "visit": number,
            "number": number,
            "level": "third",
            "care": "inpatient",
            "admitted_on": "2026-11-10",
            "discharged_on": "2026-11-20",
            "lines": WORKED_LINES,
        }
        return self.treater.call(operation, bill, organisation="hospital")

    def reverse(self, number: str) -> Message:
        """The hospital takes it back."""
        asked = {"visit": number, "number": number}
        return self.treater.call("insurance.reverse", asked, organisation="hospital")

    def state(self, number: str) -> dict[str, Any]:
        asked = {"visit": number, "number": number}
        reply = self.treater.call("insurance.claim_state", asked, organisation="hospital")
        assert reply.kind is Kind.ANSWER, reply.data
        found: dict[str, Any] = reply.data
        return found

    def owed(self) -> tuple[int, int]:
        """What either city holds of what the insurer owes, in fen."""
        return (
            _net(self.treater, f"intercity/medical-insurance/{INSURER}/medical-insurance"),
            -_net(self.insurer, f"intercity/medical-insurance/{TREATER}/medical-insurance"),
        )

    def audits(self) -> list[ledger.Finding]:
        found = []
        for town in (self.treater, self.insurer):
            with reading(town.engine) as transaction:
                found += ledger.audit(transaction)
        return found


def _net(town: Town, account: str) -> int:
    with reading(town.engine) as transaction:
        held = ledger.states(transaction, {account})
        return held[0].balance.net_debit if held else 0


def two_cities(fresh_store: Callable[[str], str]) -> Two:
    """The cities in a league, with a catalogue."""
    clock = Clock()
    towns = []
    parameters = dict.fromkeys((one.name for one in SERVICE.operations), DEFAULTS)
    for city in (TREATER, INSURER):
        engine = open_engine(fresh_store(city))
        metadata.create_all(engine)
        towns.append(make_town(city, engine, clock, [SERVICE], parameters=parameters))
    found_league(towns, [agreement_between(towns, START, GRANTS)], START)
    towns[0].call("insurance.set_items", {"items": CATALOGUE})
    return Two(towns[0], towns[1], clock)


def insured(two: Two, number: int) -> str:
    """A generated person, insured and filed."""
    person = make_citizen_id("510602", date(1986, 5, 4), number)
    enrolled = {"person": person, "scheme": "310", "valid_from": "2020-01-01"}
    filed = {"person": person, "kind": "long_term", "city": TREATER, "valid_from": "2026-01-01"}
    assert two.insurer.call("insurance.enrol", enrolled).kind is Kind.ANSWER
    assert two.insurer.call("insurance.file", filed).kind is Kind.ANSWER
    return person
