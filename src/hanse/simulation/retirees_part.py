"""Retirees in the simulation: approved, certified where they live, paid, lost, claimed back.

Hospitals see people or hand in what proves nothing; desks answer late, about another person, or
with what is too old; agencies ask out of the law's order; months are run again and again.
"""

import json
from datetime import date
from random import Random
from typing import Any, Final

from sqlalchemy import select

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.services.social.retirees import chart
from hanse.services.social.retirees.operations import SERVICE
from hanse.services.social.retirees.tables import asked, payments, recipients
from hanse.simulation.acts import called
from hanse.simulation.exchange_part import note_owed_answer
from hanse.simulation.model import Book, Sent
from hanse.simulation.part import Part, require
from hanse.simulation.retirees_model import (
    CHANNELS,
    RUN_DAY,
    Retiree,
    Retirees,
    day_of,
    month_of,
    retirees,
    written,
)
from hanse.simulation.terms import ANSWER, DENIED, RECEIPT, Taken, Term
from hanse.simulation.town import Town
from hanse.simulation.world import World, two

AGREEMENT: Final = "retirees"
PURPOSE: Final = "retiree-certification"
PEOPLE_MAX: Final = 8
"""So many are paid by each city; a benefit's number may be one of a few, taken or not."""
LAST_SEEN: Final = ("2025-10-02", "2025-11-20", "2026-06-01")
"""Not paid any more in November; in time for its run; certified until summer."""
SEEN: Final = ("2026-11-01", "2026-11-10", "2026-11-20")
KINDS: Final = ("inpatient", "inpatient", "insurance_purchase", "cremation")
DEATHS: Final = ("2026-09-10", "2026-11-05")
FUNDED_FEN: Final = 700_000


def approve(world: World, rng: Random) -> str | None:
    """An agency approves a benefit, or one of a scheme or number that was approved before."""
    town, other = two(world, rng)
    known, now = retirees(world.books[town.city]), world.clock(town)
    number = rng.randrange(2 * PEOPLE_MAX)
    citizen = make_citizen_id(town.city, date(1955, 1, 11), 700 + number)
    benefit = f"B-{town.city}-{number if rng.random() < 0.9 else rng.randrange(2 * PEOPLE_MAX)}"
    taken = any(one.benefit == benefit for one in known.people.values())
    if citizen not in known.people and not taken and len(known.people) >= PEOPLE_MAX:
        return None
    one = Retiree(
        name="simulated",
        residence=other.city,
        benefit=benefit,
        since=month_of(day_of(now)) - rng.randrange(4),
        monthly=1_000 * rng.randrange(1, 200),
        last_evidence=rng.choice(LAST_SEEN),
    )
    data = {
        "citizen_id": citizen,
        "name": one.name,
        "residence": one.residence,
        "benefit": {
            "benefit_id": benefit,
            "scheme": "employee_pension",
            "since": written(one.since),
            "monthly": one.monthly,
        },
        "conditions_met": ["pension_age", "contribution_years"],
        "papers": ["identity", "application", "bank_account"],
        "identified_on": one.last_evidence,
    }
    wanted = ANSWER
    if citizen in known.people and known.people[citizen].lost_on is not None:
        wanted = frozenset({"retirees_recipient_terminated"})
    elif citizen in known.people:
        wanted = frozenset({"retirees_benefit_approved_already"})
    elif taken:
        wanted = frozenset({"retirees_benefit_number_taken"})

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        known.people[citizen] = one

    return called(world, town, "retirees.approve", data, wanted=wanted, note=note).words


def see(world: World, rng: Random) -> str | None:
    """A hospital, a shop or a registry of any city tells its node whom it saw."""
    town, other = two(world, rng)
    citizen = _somebody(world, rng, other)
    known = retirees(world.books[town.city])
    if citizen is None or len(known.evidence) >= 4 * PEOPLE_MAX:
        return None
    data = {
        "citizen_id": citizen,
        "evidence_id": f"E{rng.getrandbits(40):010x}",
        "name": "simulated" if rng.random() < 0.9 else "another",
        "kind": rng.choice(KINDS),
        "channel": "comparison",
        "on": rng.choice(SEEN),
        "source": "simulated",
    }

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        known.evidence[data["evidence_id"]] = data

    return called(world, town, "retirees.note_evidence", data, note=note).words


def _somebody(world: World, rng: Random, town: Town) -> str | None:
    people = sorted(retirees(world.books[town.city]).people)
    return rng.choice(people) if people else None


def ask(world: World, rng: Random) -> str | None:
    """An agency asks where a retiree lives, by the channel that comes next or by a later one."""
    town = rng.choice(world.towns)
    book, citizen = world.books[town.city], _somebody(world, rng, town)
    if citizen is None:
        return None
    known = retirees(book)
    one = known.people[citizen]
    following = [channel for channel in CHANNELS if channel not in one.tried]
    channel = rng.choice(CHANNELS) if rng.random() < 0.2 or not following else following[0]
    wanted = ANSWER
    if one.lost_on is not None:
        wanted = frozenset({"retirees_recipient_terminated"})
    elif following and CHANNELS.index(channel) > CHANNELS.index(following[0]):
        wanted = frozenset({"retirees_channel_out_of_order"})
    elif not book.may_ask("retirees.assist", PURPOSE, world.clock(town)):
        wanted = DENIED

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        require([s.peer for s in sent] == [one.residence], "the city of residence is asked")
        known.asked[sent[0].message_id] = (citizen, None)

    data = {"citizen_id": citizen, "channel": channel}
    return called(world, town, "retirees.ask_assist", data, wanted=wanted, note=note).words


def answer(world: World, rng: Random) -> str | None:
    """A desk finds out, about the person asked for or about another one."""
    town = rng.choice(world.towns)
    book = world.books[town.city]
    known = retirees(book)
    if not known.waiting:
        return None
    peer, message_id = key = rng.choice(sorted(known.waiting))
    question = known.waiting[key]
    trick = rng.choice(("", "", "", "person", "channel", "again"))
    alive, seen = rng.random() < 0.6, rng.choice(SEEN)
    found: dict[str, Any] = {
        "result": "alive" if alive else "not_found",
        "channel": question["channel"],
        "operator": "desk",
        "result_on": "2026-11-24",
    }
    if alive:
        found |= {"kind": "in_person", "evidence_on": seen, "source": "simulated"}
    citizen = question["citizen_id"]
    wanted = ANSWER
    if trick == "person":
        citizen = make_citizen_id(town.city, date(1950, 1, 1), 999)
        wanted = frozenset({"retirees_assist_person_differs"})
    elif trick == "channel":
        found["channel"] = "visit" if question["channel"] == "delegated" else "delegated"
        wanted = frozenset({"retirees_desk_channel_wrong"})
    elif alive and seen <= question["last_evidence"]:
        wanted = frozenset({"retirees_evidence_older"})
    elif trick == "again":
        message_id = "0" * 32
        wanted = frozenset({"retirees_assist_unknown"})
    elif not book.in_force(AGREEMENT, world.clock(town)):
        wanted = DENIED
    if trick == "again" and wanted != frozenset({"retirees_assist_unknown"}):
        return None

    def note(answer_: dict[str, Any], sent: list[Sent]) -> None:
        note_owed_answer(book, peer, message_id, sent)
        del known.waiting[key]

    data = {"citizen_id": citizen, "city": peer, "message_id": message_id, "found": found}
    return called(world, town, "retirees.answer_assist", data, wanted=wanted, note=note).words


def fund(world: World, rng: Random) -> str:
    """The fund makes means available; the same order may be booked again, once."""
    town = rng.choice(world.towns)
    known = retirees(world.books[town.city])
    reference = f"G{rng.getrandbits(40):010x}"
    if known.means and rng.random() < 0.3:
        reference = rng.choice(sorted(known.means))

    def note(answer_: dict[str, Any], sent: list[Sent]) -> None:
        known.means[reference] = FUNDED_FEN
        _is_the_models(answer_, known)

    data = {"reference": reference, "amount": FUNDED_FEN}
    return called(world, town, "retirees.fund", data, note=note).words


def _is_the_models(state: dict[str, Any], known: Retirees) -> None:
    found = (state["deposit"], state["benefits"], state["overpaid"])
    require(found == known.money(), "the benefits' money adds up", found, known.money())


def pay(world: World, rng: Random) -> str:
    """The month's run, however often: nobody is paid a month twice."""
    town = rng.choice(world.towns)
    known, today = retirees(world.books[town.city]), day_of(world.clock(town))
    month = month_of(today) - (today.day < RUN_DAY)
    pays, left_out = known.due(month)
    total = sum(amount for *_, amount in pays)
    wanted = ANSWER
    if total > known.money()[0]:
        wanted = frozenset({"ledger_exceeds_debits"})

    def note(answer_: dict[str, Any], sent: list[Sent]) -> None:
        found = [
            (one["benefit_id"], one["month"], one["kind"], one["amount"])
            for one in answer_["payments"]
        ]
        require(found == pays, "a run pays what is due, once", town.city, found, pays)
        require(answer_["suspended"] == left_out, "who is not certified waits", town.city)
        for benefit, of, _, amount in pays:
            known.paid[benefit, 12 * int(of[:4]) + int(of[5:]) - 1] = (amount, 0)

    data = {"month": written(month)}
    return called(world, town, "retirees.run", data, wanted=wanted, note=note).words


def lose(world: World, rng: Random) -> str | None:
    """A death is confirmed by an authority's date, with or without an official's decision."""
    town = rng.choice(world.towns)
    known, citizen = retirees(world.books[town.city]), _somebody(world, rng, town)
    if citizen is None:
        return None
    one, died_on, by_hand = known.people[citizen], rng.choice(DEATHS), rng.random() < 0.4
    data: dict[str, Any] = {
        "citizen_id": citizen,
        "kind": "death",
        "deaths": [{"source": "police", "died_on": died_on}],
    }
    if by_hand:
        data |= {"decided_on_day": died_on, "reason": "simulated"}
    wanted = ANSWER
    if one.lost_on is not None:
        wanted = frozenset({"retirees_recipient_terminated"})
    elif one.last_evidence > died_on and not by_hand:
        wanted = frozenset({"retirees_alive_after_death"})
    over = {
        key: amount for key, (amount, _) in known.paid.items()
        if key[0] == one.benefit and key[1] > month_of(date.fromisoformat(died_on))
    }  # fmt: skip

    def note(answer_: dict[str, Any], sent: list[Sent]) -> None:
        require(answer_["total"] == sum(over.values()), "what was paid too much is claimed")
        one.lost_on, one.suspected = died_on, False
        for key, amount in over.items():
            known.paid[key] = (amount, 1)

    return called(world, town, "retirees.confirm_loss", data, wanted=wanted, note=note).words


def recover(world: World, rng: Random) -> str | None:
    """Heirs give back what was paid too much."""
    town = rng.choice(world.towns)
    known, citizen = retirees(world.books[town.city]), _somebody(world, rng, town)
    if citizen is None:
        return None
    benefit = known.people[citizen].benefit
    over = [key for key, (_, state) in known.paid.items() if key[0] == benefit and state == 1]
    wanted = ANSWER if over else frozenset({"retirees_nothing_overpaid"})

    def note(answer_: dict[str, Any], sent: list[Sent]) -> None:
        for key in over:
            known.paid[key] = (known.paid[key][0], 2)
        _is_the_models(answer_, known)

    data = {"citizen_id": citizen}
    return called(world, town, "retirees.recover", data, wanted=wanted, note=note).words


def _wanted_assist(book: Book, taken: Taken) -> frozenset[str]:
    if retirees(book).found(taken.data) or taken.data["channel"] in CHANNELS[:2]:
        return ANSWER
    return RECEIPT


def _assisted(book: Book, taken: Taken, got: str, answer_: dict[str, Any]) -> None:
    known = retirees(book)
    if got == "receipt":
        known.waiting[taken.peer, taken.message_id] = taken.data
        return
    wanted = known.found(taken.data) or {"result": "not_found"}
    found = {name: answer_[name] for name in wanted}
    require(found == wanted, "the evidence here is told", book.city, found, wanted)


def _told(book: Book, sent: Sent, answer_: dict[str, Any]) -> None:
    retirees(book).answered(sent.message_id, answer_)


def check(world: World, healed: bool) -> None:
    """Every entitlement, payment and fen is where it must be."""
    for town in world.towns:
        known = retirees(world.books[town.city])
        people, paid, outcomes, money = town.read(_held)
        wanted = {
            citizen: (one.last_evidence, tuple(one.tried), one.suspected, one.lost_on)
            for citizen, one in known.people.items()
        }
        require(people == wanted, "an entitlement stands as was found", town.city)
        require(paid == known.paid, "a month is paid once", town.city)
        for message_id, sent in world.books[town.city].asked.items():
            if message_id in known.asked and sent.state == "refused":
                citizen, outcome = outcomes[message_id]
                require(outcome is not None, "a refusal is noted", town.city, message_id)
                known.asked[message_id] = (citizen, outcome)
        require(outcomes == known.asked, "a question has its outcome", town.city)
        if known.paid or known.means:
            require(money == known.money(), "the benefits' money adds up", town.city, money)


def _held(transaction: Transaction) -> tuple[Any, Any, Any, Any]:
    people = {}
    for row in transaction.rows(select(recipients.c.citizen_id, recipients.c.document)):
        one = json.loads(row.document)
        people[row.citizen_id] = (
            one["last_evidence"], tuple(one["tried"]), one["suspected"], one["lost_on"],
        )  # fmt: skip
    rows = transaction.rows(select(payments))
    paid = {(row.benefit_id, row.month): (row.amount_fen, row.overpaid) for row in rows}
    outcomes = {
        row.message_id: (row.citizen_id, row.outcome) for row in transaction.rows(select(asked))
    }
    names = (chart.DEPOSIT, chart.BENEFITS, chart.OVERPAID)
    states = {one.account.id: one.on_its_side for one in ledger.states(transaction, set(names))}
    return people, paid, outcomes, tuple(states.get(name, 0) for name in names)


RETIREES = Part(
    name="retirees",
    covers=("services.social.retirees",),
    load={},
    beside={
        "retirees_approve": (3, approve),
        "retirees_see": (4, see),
        "retirees_ask": (6, ask),
        "retirees_answer": (3, answer),
        "retirees_fund": (2, fund),
        "retirees_pay": (4, pay),
        "retirees_lose": (1, lose),
        "retirees_recover": (1, recover),
    },
    check=check,
    services=(SERVICE,),
    terms={"retirees.assist": Term(AGREEMENT, PURPOSE, _wanted_assist, _assisted, _told)},
    state=Retirees,
)
