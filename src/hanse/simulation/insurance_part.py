"""Medical insurance in the simulation: bills settled elsewhere, sent again, taken back, disowned.

A hospital's call is answered at once with `owed` where the insuring city is another one; the bill
settles when that city's answer comes, however long the network is silent. Cities also ask to
settle or undo bills that are another city's.
"""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any, Final

from sqlalchemy import func, select

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.clearing.books import cleared_account
from hanse.services.social.insurance import chart
from hanse.services.social.insurance.operations import SERVICE
from hanse.services.social.insurance.tables import claims, lines, settlements, waiting
from hanse.simulation.acts import called, put_question
from hanse.simulation.insurance_model import (
    ACCOUNT_FEN,
    INSURED,
    NOT_INSURED,
    Claim,
    Insurance,
    insurance,
    paid_of,
)
from hanse.simulation.model import Book, Sent
from hanse.simulation.part import Part, require
from hanse.simulation.terms import ANSWER, DENIED, RECEIPT, Taken, Term
from hanse.simulation.town import Town
from hanse.simulation.world import World, two

AGREEMENT: Final = "insurance"
PURPOSE: Final = "medical-settlement"
FILINGS: Final = ("long_term", "referral", None)
RECENT: Final = 6
"""So many of a city's newest bills are sent again, looked at or taken back."""


def _people(city: str) -> list[str]:
    return [make_citizen_id(city, date(1990, 1, 1 + n), 300 + n) for n in range(len(FILINGS) + 1)]


def _prepare(world: World, town: Town) -> str | None:
    """The catalogue, then each person's insurance and filing: one thing at a time."""
    known = insurance(world.books[town.city])
    others = [one.city for one in world.towns if one is not town]
    if not known.items:
        items = [{"item": INSURED, "item_class": "A"}, {"item": NOT_INSURED, "item_class": "C"}]

        def have(answer: dict[str, Any], sent: list[Sent]) -> None:
            known.items = True

        return called(world, town, "insurance.set_items", {"items": items}, note=have).words
    for person, kind in zip(_people(town.city), FILINGS, strict=False):
        if person not in known.people:
            data = {
                "person": person,
                "scheme": "310",
                "valid_from": "2020-01-01",
                "account_fen": ACCOUNT_FEN,
            }

            def enrolled(answer: dict[str, Any], sent: list[Sent], who: str = person) -> None:
                known.people[who] = None

            return called(world, town, "insurance.enrol", data, note=enrolled).words
        if kind is not None and known.people[person] is None:
            city = others[FILINGS.index(kind) % len(others)]
            data = {"person": person, "kind": kind, "city": city, "valid_from": "2026-06-01"}

            def filed(
                answer: dict[str, Any],
                sent: list[Sent],
                who: str = person,
                as_: str = f"{kind}/{city}",
            ) -> None:
                known.people[who] = as_

            return called(world, town, "insurance.file", data, note=filed).words
    return None


def settle(world: World, rng: Random) -> str:
    """A hospital sends a bill of somebody insured elsewhere: filed, not filed, or not insured."""
    town, other = two(world, rng)
    for one in (town, other):
        if (words := _prepare(world, one)) is not None:
            return words
    bill = {
        "insured_city": other.city,
        "person": rng.choice(_people(other.city)),
        "visit": f"{rng.getrandbits(40):010x}",
        "number": "1",
        "level": rng.choice(("third", "community")),
        "care": "inpatient",
        "admitted_on": "2026-11-10",
        "discharged_on": "2026-11-20",
        "lines": [
            {
                "item": item,
                "quantity": str(rng.randrange(1, 4)),
                "price_fen": rng.randrange(200_000),
            }
            for item in (INSURED, NOT_INSURED)
        ],
    }
    return _claim(world, town, bill)


def again(world: World, rng: Random) -> str | None:
    """A hospital sends a bill again, as it was or with another content."""
    town = rng.choice(world.towns)
    one = _recent(world, rng, town)
    if one is None:
        return None
    bill = dict(one.bill)
    if rng.random() < 0.3:
        bill["admitted_on"] = "2026-11-11"
    return _claim(world, town, bill)


def _recent(world: World, rng: Random, town: Town) -> Claim | None:
    found = list(insurance(world.books[town.city]).claims.values())[-RECENT:]
    return rng.choice(found) if found else None


def _claim(world: World, town: Town, bill: dict[str, Any]) -> str:
    book = world.books[town.city]
    known = insurance(book)
    key = (bill["visit"], bill["number"])
    one = known.claims.get(key)
    wanted = RECEIPT
    if one is None:
        if not book.may_ask("insurance.settle", PURPOSE, world.clock(town)):
            wanted = DENIED
    elif one.bill != bill:
        wanted = frozenset({"insurance_claim_differs"})
    elif one.state in ("undoing", "undone"):
        wanted = frozenset({"insurance_claim_taken_back"})
    elif one.state != "asked":
        wanted = ANSWER

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        if one is None:
            require(len(sent) == 1, "the insuring city is asked once", len(sent))
            new = Claim(sent[0].data["claim"], bill, sent[0].message_id)
            new.waits.append(new.asked)
            known.claims[key] = new
        elif one.state == "asked":
            one.waits.append("again")
        else:
            _is_as_kept(answer, one)
        require(one is None or not sent, "a bill that is sent again asks nobody", len(sent))

    return called(world, town, "insurance.claim", bill, wanted=wanted, note=note).words


def _is_as_kept(answer: dict[str, Any], one: Claim) -> None:
    settlement = answer.get("settlement")
    found = (answer["state"], paid_of(settlement) if settlement else None)
    require(found == (one.state, one.paid), "a bill stands as it was settled", found, one)


def look(world: World, rng: Random) -> str | None:
    """A hospital asks how far a bill has come."""
    town = rng.choice(world.towns)
    one = _recent(world, rng, town)
    if one is None:
        return None
    asked = {"visit": one.bill["visit"], "number": one.bill["number"]}
    return called(
        world, town, "insurance.claim_state", asked, note=lambda answer, _: _is_as_kept(answer, one)
    ).words


def reverse(world: World, rng: Random) -> str | None:
    """A hospital takes a bill back, whether it was answered or not."""
    town = rng.choice(world.towns)
    book, one = world.books[town.city], _recent(world, rng, town)
    if one is None:
        return None
    wanted = RECEIPT
    if one.state in ("undone", "refused"):
        wanted = ANSWER
    elif one.state != "undoing" and not book.may_ask("insurance.undo", PURPOSE, world.clock(town)):
        wanted = DENIED

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        if wanted == ANSWER:
            _is_as_kept(answer, one)
            return
        if one.state != "undoing":
            one.state, one.undo_asked, one.problem = "undoing", sent[0].message_id, False
        one.waits.append("reverse")

    asked = {"visit": one.bill["visit"], "number": one.bill["number"]}
    return called(world, town, "insurance.reverse", asked, wanted=wanted, note=note).words


def interfere(world: World, rng: Random) -> str | None:
    """A city asks another one to settle or undo a bill that a third city sent, or none did."""
    town, other = two(world, rng)
    known = insurance(world.books[other.city]).settled
    claim, person = f"{rng.getrandbits(128):032x}", _people(other.city)[0]
    if known and rng.random() < 0.8:
        claim = rng.choice(list(known)[-RECENT:])
        person = known[claim].person
    if insurance(world.books[town.city]).by_id(claim) is not None:
        return None
    data: dict[str, Any] = {"claim": claim, "person": person}
    if rng.random() < 0.5:
        return put_question(world, town, other.city, "insurance.undo", data, PURPOSE)
    data |= {
        "organisation": "bureau",
        "level": "third",
        "care": "inpatient",
        "admitted_on": "2026-11-10",
        "discharged_on": "2026-11-20",
        "lines": [{"item": INSURED, "item_class": "A", "quantity": "1", "price_fen": 90_000}],
    }
    if claim not in known:
        return None  # it would be a bill like any other, which no hospital here remembers
    return put_question(world, town, other.city, "insurance.settle", data, PURPOSE)


def _wanted_settle(book: Book, taken: Taken) -> frozenset[str]:
    code = insurance(book).refusal(taken.data, taken.peer)
    return ANSWER if code is None else frozenset({code})


def _settled(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    one = insurance(book).settle(taken.data, taken.peer)
    wanted = {"fund": one.fund, "account": one.account, "total": one.total, "owed": one.owed}
    wanted["cash"] = one.total - one.owed
    require(paid_of(answer) == wanted, "a bill is split by the policy", paid_of(answer), wanted)


def _settle_told(book: Book, sent: Sent, answer: dict[str, Any]) -> None:
    known = insurance(book)
    one = known.by_question(sent.message_id)
    if one is None or one.state not in ("asked", "undoing") or one.paid is not None:
        return
    known.book(one, paid_of(answer))
    if one.state == "asked":
        one.state, one.waits = "settled", []


def _settle_refused(book: Book, sent: Sent, code: str) -> None:
    one = insurance(book).by_question(sent.message_id)
    if one is not None and one.state == "asked":
        one.state, one.waits = "refused", []
    elif one is not None and one.state == "undoing":
        one.problem = True


def _wanted_undo(book: Book, taken: Taken) -> frozenset[str]:
    known = insurance(book).settled.get(taken.data["claim"])
    if known is not None and (known.treated, known.person) != (taken.peer, taken.data["person"]):
        return frozenset({"insurance_claim_of_another_city"})
    return ANSWER


def _undone(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    insurance(book).undo(taken.data["claim"], taken.data["person"], taken.peer)


def _undo_told(book: Book, sent: Sent, answer: dict[str, Any]) -> None:
    known = insurance(book)
    one = known.by_id(answer["claim"])
    if one is None or one.state == "undone":
        return
    if answer.get("settlement") is not None:
        paid = paid_of(answer["settlement"])
        if one.paid is None:
            known.book(one, paid)
        known.lines[one.id + "-r", "treater"] = (one.bill["insured_city"], -paid["owed"])
    one.state, one.waits = "undone", []


def _undo_refused(book: Book, sent: Sent, code: str) -> None:
    known = insurance(book)
    one = next((one for one in known.claims.values() if one.undo_asked == sent.message_id), None)
    if one is None or one.state != "undoing":
        return
    one.state = "asked"
    if one.paid is not None or one.problem:
        one.state, one.waits = "settled" if one.paid is not None else "refused", []


def check(world: World, healed: bool) -> None:
    """Both books of every bill, the lines that the cities share, and every fen."""
    for town in world.towns:
        known = insurance(world.books[town.city])
        there, here, shared, waits, money = town.read(lambda tx, one=town: _held(tx, world, one))  # type: ignore[misc]
        kept = {key: (one.state, one.fund, one.account) for key, one in known.settled.items()}
        require(there == kept, "a bill is settled once", town.city)
        stands = {one.id: one.state for one in known.claims.values()}
        require(here == stands, "a bill stands as it was answered", town.city)
        require(shared == known.lines, "both cities write the same lines", town.city)
        count = sum(len(one.waits) for one in known.claims.values())
        require(waits == count, "who waits is answered once", town.city, waits, count)
        owed = sum(known.owed_to(one.city) for one in world.towns if one is not town)
        require(money == owed, "the funds' money adds up", town.city, money, owed)
        if healed:
            _check_pairs(world, town, known)


def _check_pairs(world: World, town: Town, known: Insurance) -> None:
    """At rest both cities say the same of every bill whose questions were answered."""
    book = world.books[town.city]
    for one in known.claims.values():
        asked = [book.asked[key].state for key in (one.asked, one.undo_asked) if key]
        if "dead" in asked:
            continue
        there = insurance(world.books[one.bill["insured_city"]]).settled.get(one.id)
        require(one.state not in ("asked", "undoing"), "a silent city's answer comes", one)
        if one.state == "settled":
            same = there is not None and there.state == "settled" and one.paid is not None
            require(same, "what is settled here is settled there", town.city, one, there)
            require(there.owed == one.paid["owed"], "to the fen", one, there)  # type: ignore[union-attr,index]
        elif one.state == "undone":
            gone = there is not None and there.state in ("undone", "barred")
            require(gone, "what is undone here is undone there", town.city, one, there)


def _held(transaction: Transaction, world: World, town: Town) -> tuple[Any, ...]:
    there = transaction.rows(
        select(
            settlements.c.claim,
            settlements.c.state,
            settlements.c.fund_fen,
            settlements.c.account_fen,
        )
    )
    here = transaction.rows(select(claims.c.claim, claims.c.state))
    shared = transaction.rows(select(lines.c.line, lines.c.role, lines.c.peer, lines.c.owed_fen))
    names = {chart.intercity(one.city).id for one in world.towns if one is not town}
    # What was cleared meanwhile is still part of what was owed.
    states = ledger.states(transaction, names | {cleared_account(chart.BOOK, chart.PARTY)})
    return (
        {row.claim: (row.state, row.fund_fen, row.account_fen) for row in there},
        {row.claim: row.state for row in here},
        {(row.line, row.role): (row.peer, row.owed_fen) for row in shared},
        int(transaction.value(select(func.count()).select_from(waiting))),
        -sum(one.balance.net_debit for one in states),
    )  # fmt: skip


def _term(
    wanted: Callable[[Book, Taken], frozenset[str]],
    taken: Callable[[Book, Taken, str, dict[str, Any]], None],
    told: Callable[[Book, Sent, dict[str, Any]], None],
    refused: Callable[[Book, Sent, str], None],
) -> Term:
    return Term(AGREEMENT, PURPOSE, wanted, taken=taken, told=told, refused=refused)


INSURANCE = Part(
    name="insurance",
    covers=("services.social.insurance",),
    load={},
    beside={
        "insurance_settle": (6, settle),
        "insurance_again": (2, again),
        "insurance_look": (1, look),
        "insurance_reverse": (4, reverse),
        "insurance_interfere": (1, interfere),
    },
    check=check,
    services=(SERVICE,),
    terms={
        "insurance.settle": _term(_wanted_settle, _settled, _settle_told, _settle_refused),
        "insurance.undo": _term(_wanted_undo, _undone, _undo_told, _undo_refused),
    },
    state=Insurance,
)
