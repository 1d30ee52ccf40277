"""Gridlock resolution in order: each party's queue settles from its head, all at once.

A set of payments is feasible when every party, with all of them settled together, stays within
what it has available. Where each payer's queue must be kept in order the feasible sets have one
greatest member: of two feasible choices the party-wise longer one is feasible too, since a party's
outflow is that of one of the two and its inflow only grows. So this set is best by value and by
count at once, and does not depend on the order in which parties are looked at.

It is found as Bech and Soramäki describe it (Danmarks Nationalbank, Payment Systems in Denmark,
appendix A): take all queued payments as settled; while a party is short, take back its last one.
A payment that is taken back is in no feasible set, and each is taken back once at the most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hanse.mechanisms.clearing.obligations import CURRENCIES_MIXED, Obligation, check

Available = Mapping[str, int | None]
"""By party: how much it may pay on balance, in minor units; None without a limit.
A party that is not named has nothing available."""


@dataclass(frozen=True)
class Resolution:
    """Which payments settle together and which wait, by their place in the sequence given."""

    settled: tuple[int, ...]
    waiting: tuple[int, ...]
    positions: dict[str, int]
    """Each party's net position of what settles: received minus paid. They sum to zero."""
    value: int
    """The sum of what settles."""

    @property
    def count(self) -> int:
        """How many payments settle."""
        return len(self.settled)


def fifo(payments: Sequence[Obligation], available: Available) -> Resolution:
    """The one greatest feasible set that keeps each payer's order of the sequence.

    Raises `clearing_amount_wrong`, `clearing_self_owed` or `clearing_currencies_mixed`.
    """
    check_all(payments)
    queues: dict[str, list[int]] = {}
    position = dict.fromkeys(available, 0)
    for place, (debtor, creditor, amount, _) in enumerate(payments):
        queues.setdefault(debtor, []).append(place)
        position[debtor] = position.get(debtor, 0) - amount
        position[creditor] = position.get(creditor, 0) + amount
    active = [True] * len(payments)
    short = [party for party in queues if is_short(party, position, available)]
    while short:
        party = short.pop()
        while is_short(party, position, available):
            place = queues[party].pop()
            active[place] = False
            _, creditor, amount, _ = payments[place]
            position[party] += amount
            position[creditor] -= amount
            if creditor != party and is_short(creditor, position, available):
                short.append(creditor)
    return resolution(payments, [place for place, holds in enumerate(active) if holds])


def is_short(party: str, position: Mapping[str, int], available: Available) -> bool:
    """Whether a party would pay more on balance than it has available."""
    limit = available.get(party, 0)
    return limit is not None and position[party] + limit < 0


def is_feasible(payments: Sequence[Obligation], chosen: Sequence[int], limit: Available) -> bool:
    """Whether these payments can settle together; reckoned in integers from nothing but them."""
    position = resolution(payments, chosen).positions
    return not any(is_short(party, position, limit) for party in position)


def resolution(payments: Sequence[Obligation], chosen: Sequence[int]) -> Resolution:
    """What settling a choice of payments comes to; parties without any payment stand at zero."""
    kept = set(chosen)
    position: dict[str, int] = {}
    value = 0
    for place, (debtor, creditor, amount, _) in enumerate(payments):
        settles = amount if place in kept else 0
        position[debtor] = position.get(debtor, 0) - settles
        position[creditor] = position.get(creditor, 0) + settles
        value += settles
    return Resolution(
        settled=tuple(sorted(kept)),
        waiting=tuple(place for place in range(len(payments)) if place not in kept),
        positions=dict(sorted(position.items())),
        value=value,
    )


def check_all(payments: Sequence[Obligation]) -> None:
    """Refuse payments that are none, or of more than one currency."""
    for place, one in enumerate(payments):
        check(one, place)
    if len({one.currency for one in payments}) > 1:
        raise CURRENCIES_MIXED()
