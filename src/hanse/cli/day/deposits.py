"""The day of universal deposit: every city's banks serve the customers of all the others."""

import asyncio
import dataclasses
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, Stage, at_most
from hanse.foundation import iso20022
from hanse.foundation.clock import monotonic_seconds
from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.finance.deposits import book, reconcile
from hanse.services.finance.deposits.codes import FINAL, Role, State
from hanse.services.finance.deposits.contracts import BookLine, Serial
from hanse.services.finance.deposits.operations import SERVICE as DEPOSITS

SERVICE = DEPOSITS.name
BANKS = ("city-commercial-bank", "rural-commercial-bank")
CUSTOMERS_PER_BANK = 4
ROUNDS = 3
OPENING_FEN = 500_000
CASH_FEN = 50_000_000
COLLECT_SECONDS = 2
"""In the day nobody waits five minutes for a customer who does not come back."""
SETTLE_SECONDS_MAX = 40.0
POLL_SECONDS = 0.2
PURPOSE = "universal-deposit"
LINES_MAX = 10_000


@dataclass(frozen=True)
class Customer:
    """A generated customer: numbers with right check characters, and nothing else."""

    city: str
    bank: str
    card: str
    holder_id: str

    @property
    def name(self) -> str:
        """Named as what it is."""
        return f"生成客户{self.card[-4:]}"


def customers_of(cities: list[str]) -> list[Customer]:
    """The generated customers, the same for every seed."""
    numbers = itertools.count(1)
    return [
        Customer(
            city,
            bank,
            f"629{city}{next(numbers):07d}",
            make_citizen_id("510104", date(1980, 1, 1 + number), 2 * number + 1),
        )
        for city in cities
        for bank in BANKS
        for number in range(CUSTOMERS_PER_BANK)
    ]


class DepositsPart:
    """`finance/deposits` in the day."""

    service = SERVICE
    title = Text("通存通兑", "Universal deposit and withdrawal")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        cities = len(stage.zone.nodes)
        opened = cities * len(BANKS) * (CUSTOMERS_PER_BANK + 1)
        served = cities * len(BANKS) * ROUNDS * 4
        return opened + served + cities * (13 + cities)

    async def play(self, stage: Stage) -> None:
        """Open, pay out, pay in, transfer, refuse, reverse, run out of time; then compare books."""
        cities = sorted(stage.zone.nodes)
        customers = customers_of(cities)
        await self._open(stage, cities, customers)
        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(self._serve, stage, city, bank, number, customers)
                for city in cities
                for bank in BANKS
                for number in range(ROUNDS)
            ],
        )
        await asyncio.gather(*(self._go_wrong(stage, city, customers) for city in cities))
        _hurry(stage)
        await asyncio.gather(*(self._walk_away(stage, city, customers) for city in cities))
        await self._end(stage, cities, customers)

    async def _open(self, stage: Stage, cities: list[str], customers: list[Customer]) -> None:
        async def cash(city: str, bank: str) -> None:
            data = {"reference": "morning", "amount_fen": CASH_FEN}
            await stage.own(SERVICE, city, bank, "deposits.bring_cash", data)

        async def account(customer: Customer) -> None:
            data = {
                "account": customer.card,
                "holder_name": customer.name,
                "holder_id": customer.holder_id,
                "cash_fen": OPENING_FEN,
            }
            await stage.own(SERVICE, customer.city, customer.bank, "deposits.open_account", data)

        work: list[Callable[[], Awaitable[Any]]] = [
            partial(cash, city, bank) for city in cities for bank in BANKS
        ]
        work += [partial(account, customer) for customer in customers]
        await at_most(CONCURRENT_CALLS_MAX, work)

    async def _serve(
        self, stage: Stage, city: str, bank: str, number: int, customers: list[Customer]
    ) -> None:
        """One customer of another city withdraws, one is paid cash into, one is transferred to."""
        chance = stage.chance(f"deposits {city} {bank} {number}")
        others = [one for one in customers if one.city != city]
        own = [one for one in customers if (one.city, one.bank) == (city, bank)]
        fen = chance.randrange(1, 300) * 100
        begin = partial(self._begin, stage, city, bank)
        taken = await begin("withdraw", f"W{number}", chance.choice(others), fen)
        stage.remember(f"withdrawal {city} {bank} {number}", taken["state"])
        name = {"business_date": taken["serial"]["business_date"], "serial": f"W{number}"}
        await stage.own(SERVICE, city, bank, "deposits.pay", name)
        paid = await begin("pay_in", f"D{number}", chance.choice(others), fen)
        stage.remember(f"deposit {city} {bank} {number}", [paid["state"], paid["fee_fen"]])
        payer = chance.choice(own)
        sent = await begin(
            "send",
            f"T{number}",
            chance.choice(others),
            fen,
            payer_account=payer.card,
            payer_name=payer.name,
            payer_id=payer.holder_id,
        )
        stage.remember(f"transfer {city} {bank} {number}", [sent["state"], sent["fee_fen"]])

    async def _go_wrong(self, stage: Stage, city: str, customers: list[Customer]) -> None:
        """What a counter must survive: refusals, a teller's error, a customer who walks away."""
        bank = BANKS[0]
        others = [one for one in customers if one.city != city]
        chance = stage.chance(f"deposits wrong {city}")
        begin = partial(self._begin, stage, city, bank)
        poor = await begin("withdraw", "X1", chance.choice(others), OPENING_FEN * 3)
        self._refused(stage, f"refused {city}", poor)
        stranger = dataclasses.replace(chance.choice(others), holder_id=others[0].holder_id)
        stranger = dataclasses.replace(stranger, card="6299999999999999999")
        unknown = await begin("pay_in", "X2", stranger, 100)
        self._refused(stage, f"unknown {city}", unknown)
        await begin(
            "withdraw",
            "X3",
            chance.choice(others),
            100,
            fee_fen=10**6,
            refused="deposits_fee_above_ceiling",
        )
        held = await begin("withdraw", "X4", chance.choice(others), 10_000)
        name = {"business_date": held["serial"]["business_date"], "serial": "X4"}
        await stage.own(SERVICE, city, bank, "deposits.pay", name)
        await stage.own(SERVICE, city, bank, "deposits.undo", name)
        ended = await self._ended(stage, city, bank, name)
        stage.remember(f"reversed {city}", ended)

    async def _walk_away(self, stage: Stage, city: str, customers: list[Customer]) -> None:
        """A customer does not wait for the cash: the node reverses by itself."""
        others = [one for one in customers if one.city != city]
        customer = stage.chance(f"deposits walks away {city}").choice(others)
        held = await self._begin(stage, city, BANKS[1], "withdraw", "X5", customer, 10_000)
        name = {"business_date": held["serial"]["business_date"], "serial": "X5"}
        ended = await self._ended(stage, city, BANKS[1], name)
        stage.remember(f"not collected {city}", [held["state"], ended])

    @staticmethod
    def _refused(stage: Stage, what: str, said: dict[str, Any]) -> None:
        """Remember by which rule the card's bank refused; that it has not is a failure of the day,
        as when the machine is so busy that the business timed out."""
        if said.get("refusal") is None:
            stage.failures.append(f"deposits, {what}: {said['state']}, no refusal")
            return
        stage.remember(what, [said["state"], said["refusal"]["code"]])

    async def _begin(
        self,
        stage: Stage,
        city: str,
        bank: str,
        operation: str,
        serial: str,
        customer: Customer,
        fen: int,
        *,
        refused: str | None = None,
        **extra: Any,
    ) -> Any:
        data = {
            "serial": serial,
            "account_city": customer.city,
            "account_bank": customer.bank,
            "account": customer.card,
            "holder_name": customer.name,
            "amount_fen": fen,
            **extra,
        }
        if operation == "withdraw":
            data["holder_id"] = customer.holder_id
        return await stage.own(SERVICE, city, bank, f"deposits.{operation}", data, refused=refused)

    async def _ended(self, stage: Stage, city: str, bank: str, name: dict[str, str]) -> str:
        """In which state this serial ends, which must be that it was reversed."""
        serial = Serial.model_validate({"acquirer_city": city, "acquirer_bank": bank, **name})
        ending = monotonic_seconds() + SETTLE_SECONDS_MAX
        state: State | None = None
        while state not in FINAL and monotonic_seconds() < ending:
            state = await stage.zone.nodes[city].read(partial(_state, serial))
            await asyncio.sleep(POLL_SECONDS)
        if state is not State.REVERSED:
            stage.failures.append(f"{city} {serial.text}: {state}, not reversed")
        return str(state)

    async def _end(self, stage: Stage, cities: list[str], customers: list[Customer]) -> None:
        """Wait until every serial has ended; end the day in every city; compare all books."""
        ending = monotonic_seconds() + SETTLE_SECONDS_MAX
        while monotonic_seconds() < ending:
            open_ = [await node.read(book.count_open) for node in stage.zone.nodes.values()]
            if not any(open_):
                break
            await asyncio.sleep(POLL_SECONDS)
        day = await stage.zone.nodes[cities[0]].read(partial(_business_date, stage))
        for city in cities:
            await stage.own(
                SERVICE, city, BANKS[0], "deposits.close_day", {"business_date": day.isoformat()}
            )
            await self._compare(stage, city, day)
            await self._statement(stage, city, day, customers)

    async def _statement(
        self, stage: Stage, city: str, day: date, customers: list[Customer]
    ) -> None:
        """One customer's day as a camt.053, which must balance to be read at all."""
        customer = next(one for one in customers if one.city == city)
        period = {"from_day": day.isoformat(), "to_day": day.isoformat()}
        answer = await stage.own(
            SERVICE,
            city,
            customer.bank,
            "deposits.statement",
            {"account": customer.card, **period},
        )
        statement = iso20022.read(answer["document"].encode("utf-8")).message
        if isinstance(statement, iso20022.Statement):
            amounts = sorted(one.amount.minor for one in statement.entries)
            stage.remember(f"statement {city}", amounts)
        else:
            stage.failures.append(f"{city}: the statement is none")

    async def _compare(self, stage: Stage, city: str, day: date) -> None:
        """What the other cities' nodes tell of their books, against this city's own."""
        answers = await stage.others(
            SERVICE,
            city,
            BANKS[0],
            "deposits.book",
            {"business_date": day.isoformat()},
            purpose=PURPOSE,
        )
        for one in answers:
            there = [BookLine.model_validate(line) for line in one["answer"]["lines"]]
            here = await stage.zone.nodes[city].read(partial(_lines, day, one["city"]))
            findings = reconcile.compare(here, there, day)
            stage.remember(f"books {city} {one['city']}", [len(here), len(findings)])
            stage.failures += [f"{city} {one['city']}: {finding}" for finding in findings]


def _lines(day: date, peer: str, transaction: Transaction) -> list[BookLine]:
    return [reconcile.line_of(one) for one in book.of_date(transaction, day, peer, "", LINES_MAX)]


def _business_date(stage: Stage, transaction: Transaction) -> date:
    return book.business_date(transaction, stage.now)


def _state(serial: Serial, transaction: Transaction) -> State:
    return book.need(transaction, Role.ACQUIRER, serial).state


def _hurry(stage: Stage) -> None:
    """From here on no node waits long for a customer who does not come back."""
    for node in stage.zone.nodes.values():
        parameters = dict(node.exchange.parameters)
        for name, value in parameters.items():
            if name == SERVICE or name.startswith("deposits."):
                parameters[name] = dataclasses.replace(value, collect_seconds=COLLECT_SECONDS)
        node.exchange.parameters = parameters
