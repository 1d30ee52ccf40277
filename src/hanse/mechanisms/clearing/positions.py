"""Gross obligations into net positions: by pair, and of each party against all others.

Sums are Python's own integers, so that no number of obligations overflows or rounds them. The
obligations are read once and not kept: a million of them need the memory of their pairs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hanse.mechanisms.clearing.obligations import CURRENCIES_MIXED, Obligation, check

Positions = dict[str, int]
"""By party: what it receives on balance; below zero what it pays. They sum to zero."""


class Pair(NamedTuple):
    """An ordered pair of parties: who owes whom."""

    debtor: str
    creditor: str


@dataclass(frozen=True)
class Matrix:
    """Gross sums in one currency: how much each party owes each other one in all."""

    gross: Mapping[Pair, int]

    @property
    def value(self) -> int:
        """The sum of all gross obligations."""
        return sum(self.gross.values())

    def bilateral(self) -> dict[Pair, int]:
        """What is left of each pair when its two directions are set off; pairs at zero are out."""
        left = {}
        for pair, amount in self.gross.items():
            net = amount - self.gross.get(Pair(pair.creditor, pair.debtor), 0)
            if net > 0:
                left[pair] = net
        return left

    def positions(self) -> Positions:
        """Each party's multilateral net position, in the order of their names."""
        found: Positions = {}
        for (debtor, creditor), amount in self.gross.items():
            found[debtor] = found.get(debtor, 0) - amount
            found[creditor] = found.get(creditor, 0) + amount
        return dict(sorted(found.items()))

    def grouped(self, group_of: Callable[[str], str]) -> "Matrix":
        """The matrix between groups, such as cities of banks; within a group nothing is owed."""
        sums: dict[Pair, int] = {}
        for (debtor, creditor), amount in self.gross.items():
            pair = Pair(group_of(debtor), group_of(creditor))
            if pair.debtor != pair.creditor:
                sums[pair] = sums.get(pair, 0) + amount
        return Matrix(sums)


def matrices(obligations: Iterable[Obligation]) -> dict[str, Matrix]:
    """The matrix of each currency. Raises `clearing_amount_wrong` or `clearing_self_owed`."""
    sums: dict[str, dict[tuple[str, str], int]] = {}
    current, of_current = "", {}
    for place, one in enumerate(obligations):
        debtor, creditor, amount, currency = one
        if currency != current:
            current, of_current = currency, sums.setdefault(currency, {})
        if type(amount) is not int or amount <= 0 or debtor == creditor:
            check(one, place)
        pair = (debtor, creditor)
        of_current[pair] = of_current.get(pair, 0) + amount
    return {
        currency: Matrix({Pair(*pair): amount for pair, amount in of_currency.items()})
        for currency, of_currency in sorted(sums.items())
    }


def matrix(obligations: Iterable[Obligation], currency: str = "CNY") -> Matrix:
    """The matrix of the one currency that all are in, or `clearing_currencies_mixed`."""
    found = matrices(obligations)
    if set(found) - {currency}:
        raise CURRENCIES_MIXED()
    return found.get(currency, Matrix({}))
