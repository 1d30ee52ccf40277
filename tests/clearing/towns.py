"""Three cities whose books owe each other, and a clearing house that the charter names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from hanse.foundation.languages import Text
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.mechanisms.clearing.books import CLEARED_ACCOUNT, CLEARED_TRANSFER, intercity_account
from hanse.mechanisms.exchange.due import run_due
from hanse.mechanisms.exchange.housekeeping import StreamRequest
from hanse.mechanisms.exchange.message import Kind, Message
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.ledger import (
    Account,
    AccountCode,
    Chart,
    Side,
    Transfer,
    TransferCode,
    derived_id,
)
from hanse.services.finance.clearing.operations import SERVICE
from tests.exchange.cities import (
    START,
    Clock,
    Town,
    agreement_between,
    carry,
    found_league,
    make_town,
)

HOUSE, SECOND, THIRD = "510100", "510600", "510700"
CITIES = (HOUSE, SECOND, THIRD)
BOOK = Chart(
    book="clearing.trial",
    title=Text("试验账簿", "A trial book"),
    accounts=(
        AccountCode(1, Text("往来", "Between cities"), Side.DEBIT),
        AccountCode(2, Text("其他", "Anything else"), Side.CREDIT),
        CLEARED_ACCOUNT,
    ),
    transfers=(TransferCode(1, Text("转账", "Transfer")), CLEARED_TRANSFER),
)
GRANT: dict[str, Any] = {
    "operations": [
        *(f"clearing.{one}" for one in ("submit", "acknowledge", "lines", "liquidity")),
        *(f"clearing.{one}" for one in ("cut", "result", "settled")),
    ],
    "purposes": ["clearing"],
}
SETTLEMENT = {"clearing_house": HOUSE, "currency": "CNY", "submit_minutes": 30}
TOPICS = ("clearing.cut", "clearing.result", "clearing.settled")


@dataclass
class League:
    """The cities, and what they do."""

    towns: dict[str, Town]
    clock: Clock

    def owes(
        self, debtor: str, creditor: str, amount: int, reference: str, *, at: str = "both"
    ) -> None:
        """Book that one city's bank owes another's, at both of them or at one alone."""
        if at in ("both", creditor):
            self._book(creditor, debtor, amount, reference)
        if at in ("both", debtor):
            self._book(debtor, creditor, -amount, reference)

    def _book(self, city: str, peer: str, amount: int, reference: str) -> None:
        account, rest = intercity_account("bank", peer, "bank"), "rest"
        debit, credit = (account, rest) if amount > 0 else (rest, account)
        with committing(self.towns[city].engine) as transaction:
            ledger.open_accounts(
                transaction,
                [Account(account, BOOK.book, 1), Account(rest, BOOK.book, 2)],
                self.clock.now,
            )
            one = Transfer(
                derived_id(city, peer, reference), debit, credit, abs(amount), 1,
                reference=reference, effective=date(2026, 11, 25),
            )  # fmt: skip
            ledger.require(ledger.transfer(transaction, [one], self.clock.now))

    def call(self, operation: str, data: Any, city: str = HOUSE) -> Message:
        return self.towns[city].call(operation, data, organisation="clearing-centre")

    def done(self, operation: str, data: Any, city: str = HOUSE) -> dict[str, Any]:
        reply = self.call(operation, data, city)
        assert reply.kind is Kind.ANSWER, reply.data
        found: dict[str, Any] = reply.data
        return found

    def fund(self, city: str, amount: int, number: str = "1", house: str = HOUSE) -> None:
        self.done("clearing.fund", {"city": city, "amount_fen": amount, "number": number}, house)

    def rest(self, *silent: str) -> None:
        """Carry everything until nothing waits; silent cities neither send nor take."""
        live = [town for city, town in self.towns.items() if city not in silent]
        for _ in range(40):
            for sender in live:
                for receiver in live:
                    if sender is not receiver:
                        carry(sender, receiver)
            if not any(a.waiting(b.city) for a in live for b in live if a is not b):
                return
        raise AssertionError("it does not come to rest")

    def due(self, city: str = HOUSE) -> int:
        """The clock's work at a city."""
        town = self.towns[city]
        with committing(town.engine) as transaction:
            league = league_store.load(transaction, city)
            return run_due(town.exchange, town.desk, transaction, league, self.clock.now)

    def cycle(self, name: str, city: str = HOUSE) -> dict[str, Any]:
        return self.done("clearing.cycle", {"cycle": name}, city)

    def position(self, city: str, peer: str) -> int:
        """What the city's book says that the peer owes it and has not settled."""
        return self._net(city, intercity_account("bank", peer, "bank"))

    def funds(self, city: str, house: str = HOUSE) -> int:
        return -self._net(house, f"clearing/funds/{city}")

    def _net(self, city: str, account: str) -> int:
        with reading(self.towns[city].engine) as transaction:
            held = ledger.states(transaction, {account})
            return held[0].balance.net_debit if held else 0

    def errors(self) -> list[Exception]:
        return [error for town in self.towns.values() for error in town.errors]

    def audits(self) -> list[ledger.Finding]:
        found = []
        for town in self.towns.values():
            with reading(town.engine) as transaction:
                found += ledger.audit(transaction)
        return found

    def close(self) -> None:
        for town in self.towns.values():
            town.engine.dispose()


def make_league(fresh_store: Callable[[str], str], **settlement: Any) -> League:
    """The three cities, subscribed to each other's clearing."""
    clock = Clock()
    towns = []
    for city in CITIES:
        engine = open_engine(fresh_store(city))
        metadata.create_all(engine)
        towns.append(make_town(city, engine, clock, [SERVICE]))
    found_league(
        towns,
        [agreement_between(towns, START, [GRANT])],
        START,
        settlement=SETTLEMENT | settlement,
    )
    league = League({town.city: town for town in towns}, clock)
    for town in towns:
        for other in towns:
            if other is not town:
                for topic in TOPICS:
                    asked = StreamRequest(topic=topic).model_dump(mode="json")
                    town.ask(other.city, "stream.subscribe", asked)
    league.rest()
    return league
