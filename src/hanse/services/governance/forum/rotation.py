"""Whose turn it is: computed alike in every city. Pure.

The policy says that the forum is hosted in turn; the order is this service's [P]. The next turn is
that of the member whose last turn is longest ago, in the charter's order where that says nothing.
So a city that joins comes next, one that leaves is passed over, and no turn that was published
changes. A swap exchanges two turns and leaves the order of all others alone.
"""

from collections.abc import Iterable, Mapping, Sequence

from hanse.services.governance.forum.contracts import SwapStatement


def turns(members: Sequence[str], published: Mapping[int, str], last: int) -> dict[int, str]:
    """By edition from 1 to `last`, whose turn it is.

    `members` in the charter's order, at least one; `published` the turns that are settled.
    """
    latest: dict[str, int] = {}
    found: dict[int, str] = {}
    for edition in range(1, last + 1):
        city = published.get(edition)
        if city is None:
            city = min(members, key=lambda one: latest.get(one, 0))
        found[edition] = city
        latest[city] = edition
    return found


def agreed(statements: Iterable[tuple[str, SwapStatement]]) -> list[SwapStatement]:
    """The swaps that both cities have stated, each once, by its earlier edition.

    `statements` are pairs of the city that states and what it states. Should two swaps claim one
    edition, the one with the smaller numbers counts: every city comes to the same.
    """
    said: dict[SwapStatement, set[str]] = {}
    for city, statement in statements:
        said.setdefault(statement, set()).add(city)
    taken: set[int] = set()
    found = []
    for one in sorted(said, key=lambda each: (each.edition, each.other)):
        both = {one.host, one.other_host} <= said[one]
        if both and not {one.edition, one.other} & taken:
            taken |= {one.edition, one.other}
            found.append(one)
    return found


def swapped(turn: Mapping[int, str], swaps: Iterable[SwapStatement]) -> dict[int, int]:
    """By edition, the one whose turn-holder hosts it instead; swaps of other turns do not count."""
    found: dict[int, int] = {}
    for one in swaps:
        if turn.get(one.edition) == one.host and turn.get(one.other) == one.other_host:
            found[one.edition] = one.other
            found[one.other] = one.edition
    return found


def hosts(turn: Mapping[int, str], swaps: Iterable[SwapStatement]) -> dict[int, str]:
    """By edition, who hosts it."""
    exchanged = swapped(turn, swaps)
    return {edition: turn[exchanged.get(edition, edition)] for edition in turn}
