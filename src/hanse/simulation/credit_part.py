"""Public credit in the simulation: records published, disputed, withdrawn, repaired, asked for.

Officers also act on a version that is not the newest, on another city's record, out of the order
of a repair; the joint list grows and shrinks; no answer may show what may no longer be used.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

from sqlalchemy import select

from hanse.foundation.identifiers import make_uscc
from hanse.foundation.store import Transaction
from hanse.services.market.credit.operations import SERVICE
from hanse.services.market.credit.tables import copies, list_entries, records, repairs
from hanse.simulation.acts import called, put_question
from hanse.simulation.exchange_part import check_told, told_now
from hanse.simulation.model import Book, Sent
from hanse.simulation.part import Part, require
from hanse.simulation.terms import ANSWER, RECEIPT, Taken, Term
from hanse.simulation.town import Town
from hanse.simulation.world import World, two

AGREEMENT: Final = "credit"
TENDERING: Final = "tendering"
SYNC: Final = "credit-sync"
SUBJECTS: Final = tuple(make_uscc(7_000_000 + number, region="510100") for number in range(3))
AUTHORITY: Final = make_uscc(8_000_000, region="510100")
DECIDED: Final = (date(2026, 7, 20), date(2026, 6, 3), date(2026, 8, 1))
"""Long enough ago for a repair: at least three months before any run begins."""
RECORDS_MAX: Final = 60
"""So many are decided on in each city: every answer about a subject holds all of them."""
RECENT: Final = 6
"""So many of a city's newest records are acted on."""
APPLIED: Final = 2
"""And so many of its newest applications for a repair: each shall come to its end."""
MATERIALS: Final = ("duty_proof", "commitment")
MISSING: Final = "credit_repair_material_missing"
NOT_ALLOWED: Final = "credit_record_action_not_allowed"
STEPS: Final = {
    ("submitted", "accept"): "accepted",
    ("submitted", "not_accept"): "not_accepted",
    ("submitted", "abandon"): "abandoned",
    ("accepted", "approve"): "approved",
    ("accepted", "refuse"): "refused",
    ("accepted", "abandon"): "abandoned",
    ("approved", "sync"): "synced",
    ("approved", "revoke"): "revoked",
    ("synced", "take_effect"): "in_effect",
    ("synced", "revoke"): "revoked",
    ("in_effect", "revoke"): "revoked",
}
"""The steps of a repair as Order 36 has them."""
OPEN: Final = frozenset({"submitted", "accepted", "approved", "synced"})


@dataclass
class Record:
    """A record of this city as the model keeps it."""

    subject: str
    status: str
    decided_on: str
    first: str
    """As it was put up: what a repair that is revoked gives back."""
    version: int = 1
    disputed: str = "none"


@dataclass
class Repair:
    """An application for the repair of a record."""

    record: str
    status: str = "submitted"
    synced: bool = False


@dataclass
class Credit:
    """What one city's book of credit must say."""

    own: dict[str, Record] = field(default_factory=dict)
    repairs: dict[str, Repair] = field(default_factory=dict)
    copies: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    """Records of other cities: the newest version and status that this one was shown."""
    listed: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    """The joint list: by city and entry the subject, and whether it still stands."""

    def shown(self, city: str, subject: str) -> list[tuple[str, int]]:
        """What may be used about a subject: the newest decision first."""
        found = [
            (one.decided_on, city, key, one.version)
            for key, one in self.own.items()
            if one.subject == subject and one.status == "published"
        ]
        return [(key, version) for _, _, key, version in sorted(found, reverse=True)]

    def note_copy(self, city: str, record: str, version: int, status: str) -> None:
        """A city showed a record, or told that it changed."""
        if self.copies.get((city, record), (0, ""))[0] < version:
            self.copies[city, record] = (version, status)


def _credit(book: Book) -> Credit:
    found: Credit = book.parts["credit"]
    return found


def publish(world: World, rng: Random) -> str | None:
    """A credit office records a decision; a minor one is not published."""
    town = rng.choice(world.towns)
    if len(_credit(world.books[town.city]).own) >= RECORDS_MAX:
        return None
    severity = rng.choice(("general", "general", "general", "minor"))
    subject, decided = rng.choice(SUBJECTS), rng.choice(DECIDED).isoformat()
    data = {
        "subject": subject,
        "system": "credit_china",
        "kind": "penalty",
        "subject_region": town.city,
        "authority": AUTHORITY,
        "authority_region": town.city,
        "decision_number": f"{rng.getrandbits(48):012x}",
        "decided_on": decided,
        "content": "simulated",
        "penalties": ["warning" if severity == "minor" else "large_fine"],
        "severity": severity,
        "duty": "done",
    }

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        status = "published" if severity == "general" else "not_published"
        require(answer["status"] == status, "a minor record is not published", answer["status"])
        require(not sent, "what is new is asked for, not told", len(sent))
        own = _credit(world.books[town.city]).own
        own[answer["record_id"]] = Record(subject, status, decided, status)

    return called(world, town, "credit.publish", data, note=note).words


def change(world: World, rng: Random) -> str | None:
    """An office withdraws a record, or notes or answers its subject's objection."""
    town, other = two(world, rng)
    own = _credit(world.books[town.city]).own
    if not own:
        return None
    key = rng.choice(list(own)[-RECENT:])
    record = own[key]
    verb = rng.choice(("withdraw", "object", "object", "answer_objection"))
    trick = rng.choice(("", "", "", "", "version", "foreign"))
    reference = {
        "source_city": other.city if trick == "foreign" else town.city,
        "record_id": key,
        "version": record.version + (trick == "version"),
    }
    wanted = ANSWER
    if trick == "foreign":
        wanted = frozenset({"credit_record_of_another_city"})
    elif record.status == "withdrawn":
        wanted = frozenset({NOT_ALLOWED})
    elif trick == "version":
        wanted = frozenset({"credit_record_version_conflict"})
    elif verb == "object" and record.disputed == "open":
        wanted = frozenset({"credit_objection_open"})
    elif verb == "answer_objection" and record.disputed != "open":
        wanted = frozenset({"credit_objection_not_open"})
    forms: dict[str, dict[str, Any]] = {
        "withdraw": {"changed_on": "2026-11-20", "reason": "annulled"},
        "object": {"grounds": "disputed"},
        "answer_objection": {"upheld": False, "reason": "examined"},
    }
    told = told_now(world, town, "credit.changed")

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        check_told(world, town, "credit.changed", sent, told)
        record.version += 1
        if verb == "withdraw":
            record.status = "withdrawn"
        else:
            record.disputed = "open" if verb == "object" else "dismissed"
        _is_as_kept(answer, record)

    asked = {"record": reference, **forms[verb]}
    return called(world, town, f"credit.{verb}", asked, wanted=wanted, note=note).words


def _is_as_kept(answer: dict[str, Any], record: Record) -> None:
    found = (answer["version"], answer["status"], answer["objection"])
    wanted = (record.version, record.status, record.disputed)
    require(found == wanted, "a record changes as was decided", found, wanted)


def apply(world: World, rng: Random) -> str | None:
    """An enterprise asks for the repair of a record, with its papers or without one."""
    town = rng.choice(world.towns)
    credit = _credit(world.books[town.city])
    if not credit.own:
        return None
    key = rng.choice(list(credit.own)[-RECENT:])
    record = credit.own[key]
    trick = rng.choice(("", "", "", "version", "papers"))
    given = MATERIALS[: 1 if trick == "papers" else 2]
    version = record.version + (trick == "version")
    wanted = ANSWER
    if any(one.record == key and one.status in OPEN for one in credit.repairs.values()):
        wanted = frozenset({"credit_application_open"})
    elif trick == "version":
        wanted = frozenset({"credit_repair_other_record"})
    elif record.status not in ("published", "not_published"):
        wanted = frozenset({"credit_repair_not_open"})
    elif trick == "papers":
        wanted = frozenset({MISSING})

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        require(not sent, "an application is nobody else's matter", len(sent))
        credit.repairs[answer["application_id"]] = Repair(key)

    data = {
        "application": {
            "subject": record.subject,
            "record": {"source_city": town.city, "record_id": key, "version": version},
            "materials": [{"material": one, "digest": "0" * 64} for one in given],
        },
        "duty_done": True,
        "harm_removed": True,
        "same_kind_again": False,
        "severely_again": False,
        "on_abnormal_list": False,
    }
    return called(world, town, "credit.apply_repair", data, wanted=wanted, note=note).words


def decide(world: World, rng: Random) -> str | None:
    """An authority, the site or a holder takes a step of a repair, mostly one that is due."""
    town = rng.choice(world.towns)
    credit = _credit(world.books[town.city])
    if not credit.repairs:
        return None
    key = rng.choice(list(credit.repairs)[-APPLIED:])
    repair = credit.repairs[key]
    record = credit.own[repair.record]
    due = [verb for before, verb in STEPS if before == repair.status]
    verb = rng.choice(due) if due and rng.random() < 0.8 else rng.choice([one for _, one in STEPS])
    after = STEPS.get((repair.status, verb))
    becomes = None
    if after == "synced":
        becomes = "repaired"
    elif after == "revoked" and repair.synced:
        becomes = record.first
    wanted = ANSWER
    if after is None:
        wanted = frozenset({"credit_repair_action_not_allowed"})
    elif (becomes == "repaired" and record.status in ("withdrawn", "repaired")) or (
        becomes == record.first and record.status != "repaired"
    ):
        wanted = frozenset({NOT_ALLOWED})
    told = told_now(world, town, "credit.changed") if becomes else 0

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        require(answer["status"] == after, "a repair goes its way", answer["status"], after)
        check_told(world, town, "credit.changed", sent, told)
        repair.status, repair.synced = str(after), repair.synced or after == "synced"
        if becomes is not None:
            record.version += 1
            record.status = becomes

    data = {"application_id": key, "action": verb, "reason": "simulated"}
    return called(world, town, "credit.decide_repair", data, wanted=wanted, note=note).words


def enlist(world: World, rng: Random) -> str:
    """An office puts an enterprise on the joint list, takes it off, or speaks for another city."""
    town, other = two(world, rng)
    credit = _credit(world.books[town.city])
    entry_id, subject, stands = f"{rng.getrandbits(40):010x}", rng.choice(SUBJECTS), True
    standing = sorted(
        (entry, of) for (city, entry), (of, stands_) in credit.listed.items()
        if city == town.city and stands_
    )  # fmt: skip
    if standing and rng.random() < 0.6:
        (entry_id, subject), stands = rng.choice(standing), False
    foreign = rng.random() < 0.1
    entry = {
        "subject": subject,
        "source_city": other.city if foreign else town.city,
        "entry_id": entry_id,
        "authority": AUTHORITY,
        "decision_number": "1",
        "listed_on": "2026-08-01",
        "grounds": "simulated",
    }
    if not stands:
        entry["removed_on"] = "2026-11-01"
    told = told_now(world, town, "credit.listed")

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        require(answer["cities_told"] == told, "every city hears of the list", answer, told)
        check_told(world, town, "credit.listed", sent, told)
        credit.listed[town.city, entry_id] = (subject, stands)

    wanted = frozenset({"credit_list_entry_source_wrong"}) if foreign else ANSWER
    return called(world, town, "credit.list", entry, wanted=wanted, note=note).words


def ask(world: World, rng: Random) -> str:
    """A tendering centre asks another city about an enterprise."""
    town, other = two(world, rng)
    purpose = TENDERING if rng.random() < 0.95 else "registration"
    data = {"subject": rng.choice(SUBJECTS)}
    return put_question(world, town, other.city, "credit.record", data, purpose)


def _answered(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    credit, subject = _credit(book), taken.data["subject"]
    found = [(one["record_id"], one["version"]) for one in answer["records"]]
    wanted = credit.shown(book.city, subject)
    require(found == wanted, "only what may be used is shown", book.city, found, wanted)
    listed = any(of == subject and stands for of, stands in credit.listed.values())
    require(answer["serious_list"] == listed, "the joint list is one", book.city, subject, listed)


def _seen(book: Book, sent: Sent, answer: dict[str, Any]) -> None:
    for one in answer["records"]:
        _credit(book).note_copy(one["source_city"], one["record_id"], one["version"], one["status"])


def _changed(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    record = taken.data["record"]
    _credit(book).note_copy(
        record["source_city"], record["record_id"], record["version"], taken.data["status"]
    )


def _listed(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    entry = taken.data
    key = (entry["source_city"], entry["entry_id"])
    _credit(book).listed[key] = (entry["subject"], entry.get("removed_on") is None)


def check(world: World, healed: bool) -> None:
    """Each city's records, repairs, copies and list are what was decided and told."""
    for town in world.towns:
        credit = _credit(world.books[town.city])
        held, cases, seen, entries = town.read(_held)
        wanted = {key: (one.version, one.subject) for key, one in credit.own.items()}
        require(held == wanted, "a record has the version that was decided", town.city)
        stand = {key: (one.record, one.status) for key, one in credit.repairs.items()}
        require(cases == stand, "an application stands where it was left", town.city)
        require(seen == credit.copies, "what was shown is remembered", town.city)
        require(entries == set(credit.listed), "the list holds every entry", town.city)
        if healed:
            _check_told(world, town)


def _check_told(world: World, town: Town) -> None:
    """What its source told another city is honoured there, and nothing is newer than its source."""
    own = _credit(world.books[town.city]).own
    for sent in world.books[town.city].asked.values():
        if sent.operation == "credit.changed" and sent.state == "done":
            key, version = sent.data["record"]["record_id"], sent.data["record"]["version"]
            there = _credit(world.books[sent.peer]).copies.get((town.city, key), (0, ""))
            require(version <= there[0] <= own[key].version, "a change is honoured", sent.peer)
            if there[0] == own[key].version:
                require(there[1] == own[key].status, "a status is one", sent.peer, there)


def _held(transaction: Transaction) -> tuple[Any, Any, Any, Any]:
    kept = transaction.rows(select(records.c.record_id, records.c.version, records.c.subject))
    cases = transaction.rows(
        select(repairs.c.application_id, repairs.c.record_id, repairs.c.status)
    )
    seen = transaction.rows(
        select(copies.c.source_city, copies.c.record_id, copies.c.version, copies.c.status)
    )
    entries = transaction.rows(select(list_entries.c.source_city, list_entries.c.entry_id))
    return (
        {row.record_id: (row.version, row.subject) for row in kept},
        {row.application_id: (row.record_id, row.status) for row in cases},
        {(row.source_city, row.record_id): (row.version, row.status) for row in seen},
        {(row.source_city, row.entry_id) for row in entries},
    )


def _always(outcomes: frozenset[str]) -> Callable[[Book, Taken], frozenset[str]]:
    def wanted(book: Book, taken: Taken) -> frozenset[str]:
        return outcomes

    return wanted


CREDIT = Part(
    name="credit",
    covers=("services.market.credit",),
    load={},
    beside={
        "credit_publish": (3, publish),
        "credit_change": (3, change),
        "credit_apply": (3, apply),
        "credit_decide": (7, decide),
        "credit_enlist": (1, enlist),
        "credit_ask": (5, ask),
    },
    check=check,
    services=(SERVICE,),
    terms={
        "credit.record": Term(AGREEMENT, TENDERING, _always(ANSWER), taken=_answered, told=_seen),
        "credit.changed": Term(AGREEMENT, SYNC, _always(RECEIPT), taken=_changed, is_event=True),
        "credit.listed": Term(AGREEMENT, SYNC, _always(RECEIPT), taken=_listed, is_event=True),
    },
    state=Credit,
)
