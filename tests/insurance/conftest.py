"""Two cities: people of Ziyang, hospitals of Chengdu, and a clock that the tests move."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store.transaction import reading
from hanse.mechanisms import ledger
from tests.node.running import Answer, Running, make_zone, run_zone

CHENGDU, ZIYANG = "510100", "512000"
START = datetime(2026, 11, 25, 1, tzinfo=UTC)
CATALOGUE = [
    {"item": "A001", "item_class": "A"},
    {"item": "B001", "item_class": "B", "self_share_bp": 1_000},
    {"item": "C001", "item_class": "C"},
    {"item": "A002", "item_class": "A", "ceiling_fen": 0},
]
WORKED_LINES = [
    {"item": "A001", "quantity": "1", "price_fen": 1_200_000},
    {"item": "B001", "quantity": "1", "price_fen": 2_000_000},
    {"item": "C001", "quantity": "1", "price_fen": 300_000},
    {"item": "A002", "quantity": "1", "price_fen": 100_000},
]


@dataclass
class Cities:
    """The running zone, its clock, and people who are insured in Ziyang."""

    zone: Running
    moved: timedelta = timedelta()
    people: int = field(default=0)

    def person(self, filing: str | None = "long_term", account_fen: int = 0) -> str:
        """A generated person who is insured in Ziyang and filed for Chengdu."""
        self.people += 1
        number = make_citizen_id("512002", date(1986, 5, 4), self.people)
        enrolled = {
            "person": number,
            "scheme": "310",
            "valid_from": "2020-01-01",
            "account_fen": account_fen,
        }
        assert self.post(ZIYANG, "insurance.enrol", enrolled).status == 200
        if filing is not None:
            filed = {"person": number, "kind": filing, "city": CHENGDU, "valid_from": "2026-01-01"}
            if filing != "long_term":
                filed["valid_to"] = "2027-06-30"
            assert self.post(ZIYANG, "insurance.file", filed).status == 200
        return number

    def post(self, city: str, operation: str, data: Any, **options: Any) -> Answer:
        """A call of the insurance agency at its own node."""
        options.setdefault("organisation", "medical-insurance")
        return self.zone.post(city, f"/api/{operation}", data, **options)

    def hospital(self, operation: str, data: Any, **options: Any) -> Answer:
        """A call of Chengdu's hospital at its own node."""
        return self.post(CHENGDU, operation, data, organisation="hospital", **options)

    def bill(self, person: str, number: str, **values: Any) -> dict[str, Any]:
        """The bill of the worked example."""
        return {
            "insured_city": ZIYANG,
            "person": person,
            "visit": f"V{number}",
            "number": number,
            "level": "third",
            "care": "inpatient",
            "admitted_on": "2026-11-10",
            "discharged_on": "2026-11-20",
            "lines": WORKED_LINES,
        } | values

    def ledger(self, city: str, account: str) -> int:
        """Posted debits less credits of an account, in fen; 0 where it was never opened."""
        with reading(self.zone.zone.nodes[city].engine) as transaction:
            found = ledger.states(transaction, {account})
            return found[0].balance.net_debit if found else 0

    def books(self) -> tuple[int, int]:
        """What either city holds of what Ziyang owes Chengdu: the same, with the other sign."""
        return (
            self.ledger(CHENGDU, f"intercity/medical-insurance/{ZIYANG}/medical-insurance"),
            -self.ledger(ZIYANG, f"intercity/medical-insurance/{CHENGDU}/medical-insurance"),
        )


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cities]:
    """The two cities, with a catalogue in Chengdu."""
    folder = make_zone(tmp_path_factory.mktemp("insurance"), CHENGDU, ZIYANG)
    found: list[Cities] = []
    clock: Callable[[], datetime] = _clock(found)
    with run_zone(folder, clock=clock) as zone:
        found.append(Cities(zone))
        assert found[0].post(CHENGDU, "insurance.set_items", {"items": CATALOGUE}).status == 200
        yield found[0]


def _clock(found: list[Cities]) -> Callable[[], datetime]:
    from hanse.foundation.clock import monotonic_seconds

    began = monotonic_seconds()

    def now() -> datetime:
        moved = found[0].moved if found else timedelta()
        return START + timedelta(seconds=monotonic_seconds() - began) + moved

    return now
