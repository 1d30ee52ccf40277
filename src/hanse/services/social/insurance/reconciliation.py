"""Reconciliation by line: what the two cities hold of a month's settlements, and each difference.

Both cities list their settlements; every one that is missing on a side, doubled, or differs in a
field is named. RULES 3.4: daily automatic reconciliation, and again before the month is cleared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hanse.services.social.insurance.clearing_rows import Settled
from hanse.services.social.insurance.codes import DifferenceKind


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; `field` and values where a field differs, `at` where one is doubled."""

    kind: DifferenceKind
    settlement: str
    field: str = ""
    insurer: str = ""
    treater: str = ""


COMPARED = ("insured_city", "treated_city", "scheme", "total_fen", "fund_fen")


def differences(insurer: Iterable[Settled], treater: Iterable[Settled]) -> Iterator[Difference]:
    """Each difference between the two cities' lists, by settlement."""
    ours, doubled_ours = _by_id(insurer)
    theirs, doubled_theirs = _by_id(treater)
    for side, doubled in (("insurer", doubled_ours), ("treater", doubled_theirs)):
        for name in doubled:
            yield Difference(DifferenceKind.DOUBLED, name, field=side)
    for name, mine in ours.items():
        other = theirs.pop(name, None)
        if other is None:
            yield Difference(DifferenceKind.MISSING_AT_TREATER, name)
        elif mine != other:
            yield from _fields(mine, other)
    for name in theirs:
        yield Difference(DifferenceKind.MISSING_AT_INSURER, name)


def _by_id(settled: Iterable[Settled]) -> tuple[dict[str, Settled], list[str]]:
    found: dict[str, Settled] = {}
    doubled: list[str] = []
    for one in settled:
        if one.settlement in found:
            doubled.append(one.settlement)
        else:
            found[one.settlement] = one
    return found, doubled


def _fields(mine: Settled, other: Settled) -> Iterator[Difference]:
    for name in COMPARED:
        ours, theirs = getattr(mine, name), getattr(other, name)
        if ours != theirs:
            yield Difference(
                DifferenceKind.FIELD_DIFFERS, mine.settlement, name, str(ours), str(theirs)
            )
