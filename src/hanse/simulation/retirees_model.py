"""What a city must know of retirees in the simulation: entitlements, evidence, payments, money."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from hanse.simulation.model import Book

RUN_DAY: Final = 15
CHANNELS: Final = ("comparison", "self_service", "delegated", "visit")
PROVES: Final = frozenset({"inpatient", "in_person"})
DIED: Final = {"death": "police", "cremation": "civil"}
Payment = tuple[str, str, str, int]
"""Benefit, month, kind and fen."""


@dataclass
class Retiree:
    """A person whom this city pays."""

    name: str
    residence: str
    benefit: str
    since: int
    monthly: int
    last_evidence: str
    tried: list[str] = field(default_factory=list)
    suspected: bool = False
    lost_on: str | None = None


@dataclass
class Retirees:
    """What one city's tables of retirees must say."""

    people: dict[str, Retiree] = field(default_factory=dict)
    paid: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """By benefit and month: the amount, and 1 if it is claimed back, 2 if it was given back."""
    means: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What this city saw of people who live here, by number."""
    waiting: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """Questions that a desk here must answer, by city and message."""
    asked: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """By message: the person, and what came of the question."""

    def money(self) -> tuple[int, int, int]:
        """Deposit, benefits paid, and overpaid months that are still claimed."""
        gone = sum(amount for amount, _ in self.paid.values())
        claimed = sum(amount for amount, state in self.paid.values() if state)
        back = sum(amount for amount, state in self.paid.values() if state == 2)
        return sum(self.means.values()) - gone + back, gone - claimed, claimed - back

    def due(self, run: int) -> tuple[list[Payment], list[str]]:
        """What the run of a month pays, in order, and whom it leaves out."""
        pays: list[Payment] = []
        left_out = []
        for citizen, one in sorted(self.people.items()):
            last = run
            if one.lost_on is not None:
                last = min(run, month_of(date.fromisoformat(one.lost_on)))
            elif _run_after(_a_year_after(one.last_evidence)) <= run:
                left_out.append(citizen)
                continue
            for month in range(one.since, last + 1):
                if (one.benefit, month) not in self.paid:
                    kind = "regular" if month == run else "arrears"
                    pays.append((one.benefit, written(month), kind, one.monthly))
        return pays, left_out

    def found(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """What the evidence here says of a person: a death before all, else that one is alive."""
        own = sorted(
            (
                one
                for one in self.evidence.values()
                if one["citizen_id"] == question["citizen_id"]
                and one["name"] == question["name"]
                and one["on"] > question["last_evidence"]
            ),
            key=lambda one: (-date.fromisoformat(one["on"]).toordinal(), one["evidence_id"]),
        )
        if any(one["kind"] in DIED for one in own):
            return {"result": "deceased"}
        for one in own:
            if one["kind"] in PROVES:
                return {"result": "alive", "kind": one["kind"], "evidence_on": one["on"]}
        return None

    def answered(self, message_id: str, answer: dict[str, Any]) -> None:
        """What an answer does to the person whom this city pays."""
        citizen, _ = self.asked[message_id]
        one = self.people[citizen]
        if one.lost_on is not None:
            return
        outcome = answer["result"]
        if outcome == "deceased":
            one.suspected = True
        elif outcome == "alive" and answer["evidence_on"] > one.last_evidence:
            self.certify(one, answer["evidence_on"])
        else:
            outcome = "retirees_evidence_older" if outcome == "alive" else outcome
            if answer["channel"] not in one.tried:
                one.tried.append(answer["channel"])
        self.asked[message_id] = (citizen, outcome)

    def certify(self, one: Retiree, on: str) -> None:
        """The person was seen on that day: the channels begin anew, no suspicion is left."""
        one.last_evidence, one.tried, one.suspected = on, [], False


def retirees(book: Book) -> Retirees:
    """This city's model."""
    found: Retirees = book.parts["retirees"]
    return found


def day_of(now: datetime) -> date:
    """The day in Sichuan."""
    return (now + timedelta(hours=8)).date()


def month_of(day: date) -> int:
    """Twelve times the year, and the month."""
    return 12 * day.year + day.month - 1


def written(month: int) -> str:
    """As in `2026-11`."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _a_year_after(day: str) -> date:
    found = date.fromisoformat(day)
    return found.replace(year=found.year + 1)


def _run_after(day: date) -> int:
    return month_of(day) + (day.day >= RUN_DAY)
