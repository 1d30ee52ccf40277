"""What a city knows of medical insurance in the simulation, as insuring and as treating one."""

from dataclasses import dataclass, field
from typing import Any, Final

from hanse.simulation.model import Book

DEDUCTIBLE_FEN: Final = {"third": 80_000, "community": 16_000}
STEP_FEN, FLOOR_FEN = 10_000, 16_000
RATIO_BP: Final = {"third": 8_500, "community": 9_500}
REDUCED_BP: Final = {"long_term": 0, "referral": 1_000}
ACCOUNT_FEN: Final = 200_000
INSURED: Final = "A001"
NOT_INSURED: Final = "C001"
"""One item that the fund pays for by its ratio, and one that the patient bears."""


@dataclass
class Settled:
    """A bill at the insuring city; `barred` was taken back before it came."""

    person: str
    treated: str
    state: str = "settled"
    fund: int = 0
    account: int = 0
    total: int = 0

    @property
    def owed(self) -> int:
        """What the insuring city owes the treating one."""
        return self.fund + self.account


@dataclass
class Claim:
    """A bill at the treating city."""

    id: str
    bill: dict[str, Any]
    asked: str
    state: str = "asked"
    undo_asked: str | None = None
    problem: bool = False
    """Whether the insuring city refused it while it was being taken back."""
    paid: dict[str, int] | None = None
    waits: list[str] = field(default_factory=list)


@dataclass
class Insurance:
    """One city's books of medical insurance."""

    items: bool = False
    people: dict[str, str | None] = field(default_factory=dict)
    """Who is insured here, and under which filing for which city: `kind/city`."""
    settled: dict[str, Settled] = field(default_factory=dict)
    claims: dict[tuple[str, str], Claim] = field(default_factory=dict)
    """By visit and number."""
    lines: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """By line and role: the other city, and what is owed."""

    def by_id(self, claim: str) -> Claim | None:
        """A bill of this city's hospitals."""
        return next((one for one in self.claims.values() if one.id == claim), None)

    def by_question(self, message_id: str) -> Claim | None:
        """The bill that was asked for by a message."""
        return next((one for one in self.claims.values() if one.asked == message_id), None)

    def refusal(self, question: dict[str, Any], treated: str) -> str | None:
        """Why a bill is not settled here."""
        known = self.settled.get(question["claim"])
        if known is not None:
            if known.treated != treated:
                return "insurance_claim_of_another_city"
            if known.state != "settled":
                return "insurance_claim_taken_back"
            return None if known.person == question["person"] else "insurance_claim_differs"
        if question["person"] not in self.people:
            return "insurance_not_insured"
        filed = self.people[question["person"]]
        if filed is None or not filed.endswith(treated):
            return "insurance_filing_missing"
        return None

    def settle(self, question: dict[str, Any], treated: str) -> Settled:
        """What this city pays of a bill, once."""
        if question["claim"] in self.settled:
            return self.settled[question["claim"]]
        person, level = question["person"], question["level"]
        stays = [
            one for one in self.settled.values() if one.person == person and one.state == "settled"
        ]
        kind = str(self.people[person]).partition("/")[0]
        costs = {one["item"]: _fen(one) for one in question["lines"]}
        deductible = max(FLOOR_FEN, DEDUCTIBLE_FEN[level] - STEP_FEN * len(stays))
        above = max(0, costs.get(INSURED, 0) - deductible)
        fund = (2 * above * (RATIO_BP[level] - REDUCED_BP[kind]) + 10_000) // 20_000
        total = sum(costs.values())
        left = max(0, ACCOUNT_FEN - sum(one.account for one in stays))
        found = Settled(person, treated, "settled", fund, min(total - fund, left), total)
        self.settled[question["claim"]] = found
        self.lines[question["claim"], "insurer"] = (treated, found.owed)
        return found

    def undo(self, claim: str, person: str, treated: str) -> None:
        """A settlement is taken back, or barred where it has not come."""
        known = self.settled.setdefault(claim, Settled(person, treated, "barred"))
        if known.state == "settled":
            known.state = "undone"
            self.lines[claim + "-r", "insurer"] = (treated, -known.owed)

    def owed_to(self, city: str) -> int:
        """What this city owes another by its insured people's bills; below 0: it is owed."""
        mine = sum(
            one.owed for one in self.settled.values()
            if one.treated == city and one.state == "settled"
        )  # fmt: skip
        theirs = sum(
            owed for (_, role), (other, owed) in self.lines.items()
            if role == "treater" and other == city
        )  # fmt: skip
        return mine - theirs

    def book(self, claim: Claim, paid: dict[str, int]) -> None:
        """At the treating city: what the insuring one pays is booked once."""
        claim.paid = paid
        self.lines[claim.id, "treater"] = (claim.bill["insured_city"], paid["owed"])


def _fen(line: dict[str, Any]) -> int:
    return int(line["quantity"]) * int(line["price_fen"])


def paid_of(settlement: dict[str, Any]) -> dict[str, int]:
    """The parts of a settlement."""
    found = {name: settlement[f"{name}_fen"] for name in ("fund", "account", "cash", "total")}
    return found | {"owed": found["fund"] + found["account"] + settlement["serious_fen"]}


def insurance(book: Book) -> Insurance:
    """This city's model."""
    found: Insurance = book.parts["insurance"]
    return found
