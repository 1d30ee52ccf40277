"""What the account banks must decide about other cities' serials, and every customer's money."""

from dataclasses import dataclass, field
from typing import Any, Final

from hanse.simulation.model import Book
from hanse.simulation.part import require

OPENING_FEN: Final = 500_000
CASH_FEN: Final = 5_000_000
BANK: Final = "bureau"
Name = tuple[str, str, str]
"""A serial: the acquirer's city, its business date, and its number."""
DECIDED: Final = {
    "held": frozenset({"held", "success", "reversed"}),
    "success": frozenset({"success", "reversed"}),
    "reversed": frozenset({"reversed"}),
    "failed": frozenset({"failed"}),
}
"""What may become of a serial at its account bank; what has ended stays as it ended."""


@dataclass
class Account:
    """A customer of this city's bank."""

    card: str
    holder: str
    balance: int = OPENING_FEN
    held: int = 0
    lost: bool = False


@dataclass
class Held:
    """A serial in the account bank's book."""

    asked: tuple[str, str]
    """Operation, and the request as it came."""
    card: str
    pays: bool
    amount: int
    state: str


@dataclass
class Served:
    """A serial that this city's counter began."""

    kind: str
    number: str
    data: dict[str, Any]
    city: str
    name: Name | None = None
    fee: int = 0
    paid: bool = False
    """The counter was told that it may hand the cash over."""
    undone: bool = False
    """The teller took it back."""


@dataclass
class Deposits:
    """One city's bank: its customers, what it decided for others, what its counter began."""

    cash: bool = False
    accounts: dict[str, Account] = field(default_factory=dict)
    decided: dict[Name, Held] = field(default_factory=dict)
    served: list[Served] = field(default_factory=list)

    def approve(self, name: Name, asked: tuple[str, str], data: dict[str, Any]) -> str:
        """What the bank must say to a payment: `held` or `failed`, or what it said before."""
        known = self.decided.get(name)
        if known is not None:
            return known.state
        pays = asked[0] == "deposits.authorise"
        amount = data["amount_fen"] + (data["fee_fen"] if pays else 0)
        state = "held" if self._may(data, pays, amount) else "failed"
        self.decided[name] = Held(asked, data["account"], pays, amount, state)
        if state == "held" and pays:
            self.accounts[data["account"]].held += amount
        return state

    def _may(self, data: dict[str, Any], pays: bool, amount: int) -> bool:
        one = self.accounts.get(data["account"])
        if one is None or data["holder_name"] != one.card:
            return False
        if not pays:
            return True
        is_hers = data["holder_id"] == one.holder and not one.lost
        return is_hers and one.balance - one.held >= amount

    def confirm(self, name: Name) -> str:
        """What the bank must say to a confirmation: what was held is booked, once."""
        known = self.decided[name]
        if known.state == "held":
            one = self.accounts[known.card]
            if known.pays:
                one.held -= known.amount
            one.balance += -known.amount if known.pays else known.amount
            known.state = "success"
        return known.state

    def reverse(self, name: Name, data: dict[str, Any], said: str) -> str:
        """What the bank must say to a reversal. Money that is gone can't be taken back."""
        known = self.decided.get(name)
        if known is None:
            self.decided[name] = Held(("", ""), "", False, 0, "reversed")
            return "reversed"
        if known.state not in ("held", "success"):
            return known.state
        one = self.accounts[known.card]
        if known.state == "held":
            one.held -= known.amount if known.pays else 0
        elif known.pays:
            one.balance += known.amount
        elif one.balance - one.held < known.amount:
            return known.state
        else:
            one.balance -= known.amount
        require(said in DECIDED[known.state], "a serial ends once", name, known.state, said)
        known.state = "reversed"
        return "reversed"


def deposits(book: Book) -> Deposits:
    """This city's model."""
    found: Deposits = book.parts["deposits"]
    return found


def name_of(serial: dict[str, Any]) -> Name:
    """A serial's name."""
    return serial["acquirer_city"], serial["business_date"], serial["serial"]
