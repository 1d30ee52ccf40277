"""Two or three cities with a bank each, generated customers, and words for what counters do."""

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.foundation.working_days import Calendar
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.due import run_due
from hanse.mechanisms.exchange.message import Kind as MessageKind
from hanse.mechanisms.exchange.message import Message
from hanse.services.finance.deposits import book, chart, reconcile
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import Role
from hanse.services.finance.deposits.contracts import Serial
from hanse.services.finance.deposits.operations import SERVICE
from hanse.services.finance.deposits.parameters import DEFAULTS
from tests.exchange.cities import (
    START,
    Clock,
    Town,
    agreement_between,
    carry,
    found_league,
    make_town,
)

CHENGDU, DEYANG, MIANYANG = "510100", "510600", "510700"
BANKS = {
    CHENGDU: "city-commercial-bank",
    DEYANG: "rural-commercial-bank",
    MIANYANG: "city-commercial-bank",
}
OTHER_BANK = "other-bank"
"""Another bank of Chengdu."""
TODAY = date(2026, 11, 25)
BETWEEN = ("authorise", "deposit", "transfer", "adjust", "recall", "confirm", "reverse")
GRANTS = {
    "operations": [f"deposits.{name}" for name in (*BETWEEN, "report_loss", "book")],
    "purposes": ["universal-deposit"],
}
CALENDAR = Calendar.from_toml(
    (resources.files("hanse.leagues") / "calendar_cn.toml").read_text("utf-8")
)
HOLDER = make_citizen_id("510104", date(1990, 3, 7), 12)
OTHER_HOLDER = make_citizen_id("510104", date(1960, 3, 7), 14)
NAME = "生成客户"


MONEY_TABLES = (
    "deposits_accounts",
    "deposits_serials",
    "deposits_days",
    "ledger_accounts",
    "ledger_transfers",
    "ledger_pendings",
)


@dataclass
class League:
    """The towns of a test, by city."""

    towns: dict[str, Town]
    clock: Clock
    numbers: Any

    def call(
        self, city: str, operation: str, refused: str | None = None, **data: Any
    ) -> dict[str, Any]:
        """Call an operation as the city's bank; gives the answer, after the refusal expected."""
        name = f"deposits.{operation}"
        reply = self.towns[city].call(name, data, organisation=BANKS[city])
        return _checked(reply, refused)

    def open(self, city: str, fen: int = 1_000_000, **changes: Any) -> str:
        """A generated customer's account at the city's bank; gives its number."""
        card = f"62{city}{next(self.numbers):08d}"
        values = {"account": card, "holder_name": NAME, "holder_id": HOLDER, "cash_fen": fen}
        self.call(city, "open_account", **{**values, **changes})
        return card

    def cash(self, city: str, fen: int = 10_000_000) -> None:
        """Cash for the counter."""
        self.call(city, "bring_cash", reference=f"C{next(self.numbers)}", amount_fen=fen)

    def begin(
        self,
        city: str,
        operation: str,
        account_city: str,
        card: str,
        fen: int,
        refused: str | None = None,
        **changes: Any,
    ) -> str:
        """A customer's business at the counter; gives its serial number."""
        number = changes.pop("serial", None) or f"S{next(self.numbers)}"
        data = {
            "serial": number,
            "account_city": account_city,
            "account_bank": BANKS[account_city],
            "account": card,
            "holder_name": NAME,
            "amount_fen": fen,
            "fee_fen": 0,
        }
        if operation == "withdraw":
            data["holder_id"] = HOLDER
        if operation == "send":
            data["payer_name"] = NAME
        self.call(city, operation, refused, **{**data, **changes})
        return number

    def step(
        self, city: str, operation: str, number: str, refused: str | None = None, day: date = TODAY
    ) -> dict[str, Any]:
        """`pay`, `undo` or `status` of a serial."""
        return self.call(city, operation, refused, business_date=day.isoformat(), serial=number)

    def state(self, city: str, number: str, day: date = TODAY) -> str:
        """Where a serial of the city's bank stands."""
        return str(self.step(city, "status", number, day=day)["state"])

    def carry(self, rounds: int = 4) -> None:
        """Let every message arrive, and every answer to it."""
        for _ in range(rounds):
            for sender, receiver in itertools.permutations(self.towns.values(), 2):
                carry(sender, receiver)

    def balance(self, city: str, card: str) -> tuple[int, int]:
        """Balance and what is available of an account, in fen."""
        found = self.call(city, "account", account=card)
        return int(found["balance_fen"]), int(found["available_fen"])

    def ledger(self, city: str, account: str) -> int:
        """The posted balance of a ledger account on its side, in fen; 0 where there is none."""
        with reading(self.towns[city].engine) as transaction:
            found = ledger.states(transaction, {account})
        return found[0].on_its_side if found else 0

    def money(self, city: str, peer: str) -> dict[str, int]:
        """Cash, fees and position of the city's bank, in fen."""
        bank = BANKS[city]
        return {
            "cash": self.ledger(city, chart.cash(bank)),
            "fees": self.ledger(city, chart.fees(bank)),
            "position": self.ledger(city, chart.intercity(bank, peer, BANKS[peer])),
        }

    def find(self, city: str, role: Role, acquirer: str, number: str) -> Business | None:
        """A serial in a city's book."""
        serial = self.serial(acquirer, number)
        with reading(self.towns[city].engine) as transaction:
            return book.find(transaction, role, serial)

    def find_at(self, city: str, role: Role, serial: dict[str, Any]) -> Business:
        """A serial in a city's book by its whole name."""
        with reading(self.towns[city].engine) as transaction:
            return book.need(transaction, role, Serial.model_validate(serial))

    def serial(self, city: str, number: str, day: date = TODAY) -> Serial:
        """The whole name of a serial of the city's bank."""
        return Serial(
            acquirer_city=city, acquirer_bank=BANKS[city], business_date=day, serial=number
        )

    def differences(
        self, one: str, other: str, day: date = TODAY, today: date = TODAY
    ) -> list[reconcile.Finding]:
        """What differs between two cities' books about each other."""
        lines = []
        for city, peer in ((one, other), (other, one)):
            with reading(self.towns[city].engine) as transaction:
                found = book.of_date(transaction, day, peer, "", 10_000)
            lines.append([reconcile.line_of(business) for business in found])
        return reconcile.compare(lines[0], lines[1], today)

    def image(self) -> list[Any]:
        """Everything that money or a serial is, to see that nothing changed."""
        found = []
        for city, town in sorted(self.towns.items()):
            for name in ("deposits_accounts", "deposits_serials", "deposits_days"):
                found.append(
                    (city, name, sorted(map(repr, town.rows(metadata.tables[name].select()))))
                )
            for name in ("ledger_accounts", "ledger_transfers", "ledger_pendings"):
                rows = town.rows(metadata.tables[name].select())
                found.append((city, name, sorted(map(repr, rows))))
        return found


def _checked(reply: Message, refused: str | None) -> dict[str, Any]:
    code = reply.data["code"] if reply.kind is MessageKind.REFUSAL else None
    assert code == refused, reply.data
    return dict(reply.data)


def found_banks(
    make_store: Any,
    cities: Sequence[str] = (CHENGDU, DEYANG),
    settlement: dict[str, Any] | None = None,
    **parameters: Any,
) -> League:
    """A league of these cities in which banks serve each other's customers."""
    clock = Clock()
    values = dataclasses.replace(DEFAULTS, **parameters)
    towns = []
    for city in cities:
        engine = open_engine(make_store(city))
        metadata.create_all(engine)
        by_operation = {one.name: values for one in SERVICE.operations}
        by_operation[SERVICE.name] = values
        towns.append(make_town(city, engine, clock, [SERVICE], parameters=by_operation))
    banks = [f"{city}/{bank}" for city, bank in BANKS.items() if city in cities]
    banks.append(f"{CHENGDU}/{OTHER_BANK}")
    grants = [{**GRANTS, "organisations": banks}]
    found_league(
        towns,
        [agreement_between(towns, START, grants)],
        START,
        calendar=CALENDAR.as_values(),
        settlement=settlement,
    )
    return League({town.city: town for town in towns}, clock, itertools.count(1))


def advance(league: League, **parts: float) -> None:
    """Let time pass everywhere, and every node do what is due."""
    league.clock.now += timedelta(**parts)
    for town in league.towns.values():
        with committing(town.engine) as transaction:
            side = town.side(transaction)
            run_due(town.exchange, town.desk, transaction, side.league, league.clock.now)


def close(league: League) -> None:
    """Let go of the stores."""
    for town in league.towns.values():
        town.engine.dispose()
