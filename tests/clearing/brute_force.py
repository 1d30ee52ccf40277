"""The obviously right answers, for instances small enough to try every choice."""

from collections.abc import Mapping, Sequence
from itertools import product

from hanse.mechanisms.clearing.obligations import Obligation


def holds(payments: Sequence[Obligation], chosen: set[int], limit: Mapping[str, int]) -> bool:
    left = dict(limit)
    for place in chosen:
        left[payments[place].debtor] -= payments[place].amount
        left[payments[place].creditor] += payments[place].amount
    return all(amount >= 0 for amount in left.values())


def feasible_prefixes(payments: Sequence[Obligation], limit: Mapping[str, int]) -> list[set[int]]:
    """Every feasible choice that takes each payer's queue from its head."""
    queues: dict[str, list[int]] = {party: [] for party in limit}
    for place, one in enumerate(payments):
        queues[one.debtor].append(place)
    found = []
    for lengths in product(*(range(len(queue) + 1) for queue in queues.values())):
        taken = zip(queues.values(), lengths, strict=True)
        chosen = {place for queue, length in taken for place in queue[:length]}
        if holds(payments, chosen, limit):
            found.append(chosen)
    return found


def feasible_choices(payments: Sequence[Obligation], limit: Mapping[str, int]) -> list[set[int]]:
    """Every feasible choice."""
    found = []
    for bits in range(1 << len(payments)):
        chosen = {place for place in range(len(payments)) if bits >> place & 1}
        if holds(payments, chosen, limit):
            found.append(chosen)
    return found


def value(payments: Sequence[Obligation], chosen: set[int]) -> int:
    return sum(payments[place].amount for place in chosen)


def owed(parties: Sequence[str], amount: int) -> Obligation:
    """What the first party owes the second."""
    return Obligation(parties[0], parties[1], amount)
