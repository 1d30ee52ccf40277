"""Universal deposit in the simulation: counters serve other banks' customers, and go wrong.

Counters lose answers and send again, pay late or never, take back; customers are poor, strangers,
or have lost their card; cities confirm and reverse serials that are not theirs.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import select

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.services.finance.deposits import chart
from hanse.services.finance.deposits.operations import SERVICE
from hanse.services.finance.deposits.tables import accounts, serials
from hanse.simulation.acts import called, fire, put_question
from hanse.simulation.deposits_model import (
    BANK,
    CASH_FEN,
    OPENING_FEN,
    Account,
    Deposits,
    Name,
    Served,
    deposits,
    name_of,
)
from hanse.simulation.exchange_part import ROUND, heal
from hanse.simulation.founding import NAMES
from hanse.simulation.model import Book, Sent
from hanse.simulation.part import Part, require
from hanse.simulation.terms import ANSWER, DENIED, RECEIPT, Taken, Term
from hanse.simulation.town import Town
from hanse.simulation.world import World, two

AGREEMENT: Final = "deposits"
PURPOSE: Final = "universal-deposit"
CUSTOMERS: Final = 3
"""The first pays transfers at the own counter; the others are served by other cities' banks."""
RECENT: Final = 4
ROUNDS_MAX: Final = 60
ENDED: Final = frozenset({"success", "reversed", "failed"})
NOT_NOW: Final = frozenset({"deposits_action_not_now", "deposits_serial_unknown"})
NOT_A_BANK: Final = frozenset({"deposits_not_a_bank"})


def _card(city: str, number: int) -> str:
    return f"629{city}{number:07d}"


def _holder(city: str, number: int) -> str:
    return make_citizen_id(city, date(1980, 1, 1 + number), 2 * number + 1)


def _prepare(world: World, town: Town) -> str | None:
    """The counter's cash, then each account: one thing at a time."""
    book = world.books[town.city]
    known = deposits(book)
    covered = book.in_force(AGREEMENT, world.clock(town))
    wanted = ANSWER if covered else NOT_A_BANK
    if not known.cash:

        def brought(answer: dict[str, Any], sent: list[Sent]) -> None:
            known.cash = True

        data: dict[str, Any] = {"reference": "morning", "amount_fen": CASH_FEN}
        return called(world, town, "deposits.bring_cash", data, wanted=wanted, note=brought).words
    for number in range(CUSTOMERS):
        card = _card(town.city, number)
        if card in known.accounts:
            continue
        data = {
            "account": card,
            "holder_name": card,
            "holder_id": _holder(town.city, number),
            "cash_fen": OPENING_FEN,
        }

        def opened(answer: dict[str, Any], sent: list[Sent], of: int = number) -> None:
            one = Account(_card(town.city, of), _holder(town.city, of))
            known.accounts[one.card] = one

        return called(world, town, "deposits.open_account", data, wanted=wanted, note=opened).words
    return None


def serve(world: World, rng: Random) -> str | None:
    """A customer of another bank takes out, pays in, or is paid by a customer of this one."""
    town, other = two(world, rng)
    for one in (town, other):
        if (words := _prepare(world, one)) is not None:
            return words
    number = rng.randrange(1, CUSTOMERS)
    kind = rng.choice(("withdraw", "withdraw", "pay_in", "send"))
    data = {
        "serial": f"{rng.getrandbits(40):010x}",
        "account_city": other.city,
        "account_bank": BANK,
        "account": _card(other.city, number if rng.random() < 0.9 else 99),
        "holder_name": _card(other.city, number),
        "amount_fen": rng.choice((100, 10_000, 200_000)) * rng.randrange(1, 3),
    }
    if kind == "withdraw":
        stranger = rng.random() < 0.1
        data["holder_id"] = _holder(other.city, 0 if stranger else number)
    if kind == "send":
        payer = _card(town.city, 0)
        data |= {"payer_account": payer, "payer_name": payer, "payer_id": _holder(town.city, 0)}
    return _begin(world, town, Served(kind, str(data["serial"]), data, other.city))


def _begin(world: World, town: Town, one: Served) -> str:
    book = world.books[town.city]
    known = deposits(book)
    wanted = RECEIPT | {"deposits_funds_short", "deposits_over_day_limit"}
    if one.kind != "send":
        wanted = RECEIPT
    if not book.in_force(AGREEMENT, world.clock(town)):
        wanted = NOT_A_BANK

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        require(len(sent) == 1, "the account bank is asked once", len(sent))
        one.name, one.fee = name_of(sent[0].data["serial"]), sent[0].data["fee_fen"]
        known.served.append(one)

    operation = f"deposits.{one.kind}"
    return called(world, town, operation, one.data, wanted=wanted, note=note).words


def again(world: World, rng: Random) -> str | None:
    """A counter that lost the answer sends the same, or another content under its number."""
    town = rng.choice(world.towns)
    book, one = world.books[town.city], _recent(world, rng, town)
    if one is None or one.name is None or one.name[1] != _today(world, town):
        return None
    data, wanted = dict(one.data), ANSWER | RECEIPT
    if rng.random() < 0.3:
        data["amount_fen"] += 100
        wanted = frozenset({"deposits_serial_reused"})
    if not book.in_force(AGREEMENT, world.clock(town)):
        wanted = NOT_A_BANK

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        require(not sent, "a serial that is sent again asks nobody", len(sent))

    return called(world, town, f"deposits.{one.kind}", data, wanted=wanted, note=note).words


def _today(world: World, town: Town) -> str:
    return (world.clock(town) + timedelta(hours=8)).date().isoformat()


def _recent(world: World, rng: Random, town: Town) -> Served | None:
    found = deposits(world.books[town.city]).served[-RECENT:]
    return rng.choice(found) if found else None


def go_on(world: World, rng: Random) -> str | None:
    """A counter pays the cash, takes a serial back, or looks where it stands."""
    town = rng.choice(world.towns)
    book, one = world.books[town.city], _recent(world, rng, town)
    if one is None or one.name is None:
        return None
    verb = rng.choice(("pay", "pay", "pay", "undo", "status"))
    if verb == "pay" and one.kind != "withdraw":
        verb = "status"
    wanted = ANSWER | NOT_NOW if verb != "status" else ANSWER
    if not book.in_force(AGREEMENT, world.clock(town)):
        wanted = wanted | DENIED

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        if verb == "pay":
            paid = answer["state"] in ("paid", "success")
            require(paid, "cash is handed over where it is booked", answer["state"])
            one.paid = True
        one.undone = one.undone or verb == "undo"
        same = (answer["amount_fen"], answer["fee_fen"]) == (one.data["amount_fen"], one.fee)
        require(same, "a serial keeps its amounts", answer, one)

    data = {"business_date": one.name[1], "serial": one.number}
    return called(world, town, f"deposits.{verb}", data, wanted=wanted, note=note).words


def interfere(world: World, rng: Random) -> str | None:
    """A city confirms or reverses a serial that is another one's, or reports a card lost."""
    town, other = two(world, rng)
    known = deposits(world.books[other.city])
    card = _card(other.city, rng.randrange(1, CUSTOMERS))
    if rng.random() < 0.3:
        holder = _holder(other.city, rng.randrange(CUSTOMERS))
        data: dict[str, Any] = {"account_bank": BANK, "account": card, "holder_id": holder}
        return put_question(world, town, other.city, "deposits.report_loss", data, PURPOSE)
    foreign = [name for name in known.decided if name[0] != town.city]
    if not foreign:
        return None
    city, day, number = rng.choice(foreign[-RECENT:])
    serial = {
        "acquirer_city": city, "acquirer_bank": BANK, "business_date": day, "serial": number,
    }  # fmt: skip
    if rng.random() < 0.5:
        return put_question(
            world, town, other.city, "deposits.confirm", {"serial": serial}, PURPOSE
        )
    data = {
        "serial": serial, "account_bank": BANK, "kind": "withdraw",
        "amount_fen": 100, "fee_fen": 0, "reason": "teller",
    }  # fmt: skip
    return put_question(world, town, other.city, "deposits.reverse", data, PURPOSE)


def find_again(world: World, rng: Random) -> str | None:
    """A customer has the card again, and the bank opens the account."""
    town = rng.choice(world.towns)
    lost = [one for one in deposits(world.books[town.city]).accounts.values() if one.lost]
    if not lost:
        return None
    one = rng.choice(lost)

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        one.lost = False

    data = {"account": one.card, "status": "open"}
    return called(world, town, "deposits.set_status", data, note=note).words


def _is_foreign(taken: Taken) -> bool:
    return bool(taken.data["serial"]["acquirer_city"] != taken.peer)


def _wanted_payment(operation: str) -> Callable[[Book, Taken], frozenset[str]]:
    def wanted(book: Book, taken: Taken) -> frozenset[str]:
        known = deposits(book).decided.get(name_of(taken.data["serial"]))
        if known is None or not known.asked[0]:
            return ANSWER
        same = known.asked == (operation, json.dumps(taken.data, sort_keys=True))
        return ANSWER if same else frozenset({"deposits_serial_reused"})

    return wanted


def _decided(operation: str) -> Callable[[Book, Taken, str, dict[str, Any]], None]:
    def note(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
        asked = (operation, json.dumps(taken.data, sort_keys=True))
        state = deposits(book).approve(name_of(taken.data["serial"]), asked, taken.data)
        require(answer["state"] == state, "a payment is held or refused", answer, state)

    return note


def _wanted_confirm(book: Book, taken: Taken) -> frozenset[str]:
    if _is_foreign(taken):
        return frozenset({"deposits_not_the_acquirer"})
    known = name_of(taken.data["serial"]) in deposits(book).decided
    return ANSWER if known else frozenset({"deposits_serial_unknown"})


def _confirmed(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    state = deposits(book).confirm(name_of(taken.data["serial"]))
    require(answer["state"] == state, "what was held is booked", answer, state)


def _wanted_reverse(book: Book, taken: Taken) -> frozenset[str]:
    return frozenset({"deposits_not_the_acquirer"}) if _is_foreign(taken) else ANSWER


def _reversed(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    name, said = name_of(taken.data["serial"]), answer["state"]
    state = deposits(book).reverse(name, taken.data, said)
    require(said == state, "a reversal takes back what was held or booked", answer, state)


def _wanted_loss(book: Book, taken: Taken) -> frozenset[str]:
    one = deposits(book).accounts.get(taken.data["account"])
    if one is None:
        return frozenset({"deposits_account_unknown"})
    is_hers = one.holder == taken.data["holder_id"]
    return ANSWER if is_hers else frozenset({"deposits_holder_differs"})


def _lost(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    deposits(book).accounts[taken.data["account"]].lost = True


def finish(world: World, rng: Random) -> None:
    """Every node asks again what was not answered, until no serial is open."""
    for _ in range(ROUNDS_MAX):
        heal(world, rng)
        world.now += ROUND
        if not sum(fire(world, town)[1] for town in world.towns):
            return
    require(False, "every serial comes to its end")


def check(world: World, healed: bool) -> None:
    """Each decision stands, nobody's money is touched but by it, and what ended stays ended."""
    for town in world.towns:
        known = deposits(world.books[town.city])
        rows, money, cards = town.read(_held)
        decided = {
            (row.acquirer_city, row.business_date, row.serial): row.state
            for row in rows if row.role == "account"
        }  # fmt: skip
        stands = {name: one.state for name, one in known.decided.items()}
        require(decided == stands, "a decision stands", town.city)
        for number in range(1, CUSTOMERS):
            one = known.accounts.get(_card(town.city, number))
            if one is not None:
                found = money[cards[one.card]]
                require(found == one.balance, "a customer's money", town.city, found, one)
        if healed:
            _check_at_rest(world, town, known, rows, money, cards)


def _check_at_rest(
    world: World,
    town: Town,
    known: Deposits,
    rows: list[Any],
    money: dict[str, int],
    cards: dict[str, str],
) -> None:
    """Both banks say the same of each serial; cash, fees and positions are what they served."""
    states: dict[Name, str] = {
        (row.acquirer_city, row.business_date, row.serial): row.state
        for row in rows if row.role == "acquirer"
    }  # fmt: skip
    require(len(states) == len(known.served), "each serial is in the book once", town.city)
    cash, fees, payer = 0, 0, OPENING_FEN
    for one in known.served:
        assert one.name is not None  # noqa: S101 - it is noted with its name
        state = states[one.name]
        require(state in ENDED, "every serial comes to its end", town.city, one, state)
        there = deposits(world.books[one.city]).decided.get(one.name)
        other = there.state if there is not None else "failed"
        same = (state == "success") == (other == "success")
        require(same, "both banks say the same", town.city, one, state, other)
        kept = not one.paid or one.undone or state == "success"
        require(kept, "cash that was handed over is booked", town.city, one, state)
        if state == "success":
            amount = one.data["amount_fen"]
            fees += one.fee
            cash += {"withdraw": -amount, "pay_in": amount + one.fee}.get(one.kind, 0)
            payer -= amount + one.fee if one.kind == "send" else 0
    if known.cash:
        opened = OPENING_FEN * len(known.accounts)
        found = money[chart.cash(BANK)]
        require(found == CASH_FEN + opened + cash, "the counter's cash adds up", town.city, found)
        require(money[chart.fees(BANK)] == fees, "the fees add up", town.city)
    card = cards.get(_card(town.city, 0))
    require(card is None or money[card] == payer, "the payer's money adds up", town.city)
    for peer in world.towns:
        if peer is not town:
            here = money.get(chart.intercity(BANK, peer.city, BANK), 0)
            there_ = peer.read(_held)[1].get(chart.intercity(BANK, town.city, BANK), 0)
            require(here == -there_, "two banks' positions mirror each other", here, there_)


def _held(transaction: Transaction) -> tuple[list[Any], dict[str, int], dict[str, str]]:
    columns = (
        serials.c.role, serials.c.acquirer_city, serials.c.business_date, serials.c.serial,
        serials.c.state,
    )  # fmt: skip
    rows = list(transaction.rows(select(*columns)))
    cards = {
        row.card: row.ledger_account
        for row in transaction.rows(select(accounts.c.card, accounts.c.ledger_account))
    }
    cities = {row.acquirer_city for row in rows} | set(NAMES)
    names = {chart.cash(BANK), chart.fees(BANK), *cards.values()}
    names |= {chart.intercity(BANK, city, BANK) for city in cities}
    states = ledger.states(transaction, names)
    return rows, {one.account.id: one.on_its_side for one in states}, cards


def _term(
    wanted: Callable[[Book, Taken], frozenset[str]],
    taken: Callable[[Book, Taken, str, dict[str, Any]], None],
) -> Term:
    return Term(AGREEMENT, PURPOSE, wanted, taken=taken)


PAYMENTS: Final = ("deposits.authorise", "deposits.deposit", "deposits.transfer")
DEPOSITS: Final = Part(
    name="deposits",
    covers=("services.finance.deposits",),
    load={},
    beside={
        "deposits_serve": (6, serve),
        "deposits_again": (1, again),
        "deposits_go_on": (6, go_on),
        "deposits_interfere": (1, interfere),
        "deposits_find_again": (2, find_again),
    },
    check=check,
    services=(SERVICE,),
    terms={
        **{name: _term(_wanted_payment(name), _decided(name)) for name in PAYMENTS},
        "deposits.confirm": _term(_wanted_confirm, _confirmed),
        "deposits.reverse": _term(_wanted_reverse, _reversed),
        "deposits.report_loss": _term(_wanted_loss, _lost),
    },
    state=Deposits,
    calm=finish,
)
