"""Matching the two sides of every pair, and netting what matches. Pure: documents in, a result out.

Everything is told from the view of the party that comes first by name. A pair whose sums and digest
are the same at both cities matches whole; another one is compared line by line, what is the same
settles, and each difference is named and carried into the next cycle.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hanse.mechanisms.clearing.bounds import Bound, availables
from hanse.mechanisms.clearing.gridlock import fifo
from hanse.mechanisms.clearing.obligations import Obligation, city_of
from hanse.mechanisms.clearing.positions import matrix
from hanse.services.finance.clearing.codes import DifferenceKind, LeftOut, PairState
from hanse.services.finance.clearing.contracts import (
    Difference,
    PairResult,
    Position,
    Result,
    Submission,
)
from hanse.services.finance.clearing.parameters import DIFFERENCES_MAX

PairKey = tuple[str, str]
"""Two parties, the first by name first."""
Lines = Mapping[str, int]
"""By reference: what the second party owes the first."""
LINES_PER_DIGEST: Final = 1_000
_NOBODY: Final[Mapping[str, LeftOut]] = {}
_NOTHING: Final[Mapping[PairKey, LeftOut]] = {}


def extended(digest: str, page: Sequence[tuple[str, int]]) -> str:
    """The digest of a pair's lines with one page more.

    SHA-256 over the digest before (empty at first) and the page's lines `reference|amount`, each
    after a newline, amounts from the first party's view. Pages hold `LINES_PER_DIGEST` lines in
    the order of the references' bytes, so equal lines give equal digests, however many they are.
    """
    text = "".join(f"\n{reference}|{amount}" for reference, amount in page)
    return hashlib.sha256(f"{digest}{text}".encode()).hexdigest()


def key_of(own: str, other: str) -> PairKey:
    """The pair of two parties."""
    return (own, other) if own < other else (other, own)


def view_of(own: str, other: str, amount: int) -> int:
    """An amount from the first party's view."""
    return amount if own < other else -amount


@dataclass(frozen=True)
class Matched:
    """A pair after matching, before funds are asked."""

    first: str
    second: str
    amount_fen: int
    state: PairState
    excluded: tuple[str, ...] = ()
    rule: LeftOut | None = None


@dataclass(frozen=True)
class Side:
    """One city's word on a pair, from the first party's view."""

    amount_fen: int
    lines: int
    digest: str


def sides(submissions: Mapping[str, Submission]) -> dict[PairKey, dict[str, Side]]:
    """By pair and city: what each city that submitted says."""
    found: dict[PairKey, dict[str, Side]] = {}
    for city, submission in submissions.items():
        for claim in submission.pairs:
            if city_of(claim.own) != city or city_of(claim.other) == city:
                continue  # a city speaks for its own parties alone
            amount = view_of(claim.own, claim.other, claim.amount_fen)
            side = Side(amount, claim.lines, claim.digest)
            found.setdefault(key_of(claim.own, claim.other), {})[city] = side
    return dict(sorted(found.items()))


def to_compare(submissions: Mapping[str, Submission]) -> list[PairKey]:
    """The pairs that both cities submitted and that differ: their lines must be asked for."""
    return [
        key
        for key, by_city in sides(submissions).items()
        if len(by_city) == 2 and len(set(by_city.values())) == 2
    ]


def matched(
    submissions: Mapping[str, Submission],
    compared: Mapping[PairKey, Mapping[str, Lines]],
    out: Mapping[str, LeftOut] = _NOBODY,
    taken_out: Mapping[PairKey, LeftOut] = _NOTHING,
) -> tuple[list[Matched], list[Difference]]:
    """Every pair with what settles of it, and every difference.

    Cities in `out` take no part, nor do pairs in `taken_out`; each by the rule that it is given.
    """
    pairs: list[Matched] = []
    differences: list[Difference] = []
    for (first, second), by_city in sides(submissions).items():
        cities = (city_of(first), city_of(second))
        rules = [taken_out.get((first, second)), *map(out.get, cities)]
        rule = next((one for one in rules if one is not None), None)
        if rule is not None:
            pairs.append(Matched(first, second, 0, PairState.UNWOUND, rule=rule))
        elif len(by_city) == 1:
            silent = next(city for city in cities if city not in by_city)
            kind = DifferenceKind.ONE_SIDED
            if silent not in submissions:
                kind = DifferenceKind.NOT_SUBMITTED
            carried = Matched(first, second, 0, PairState.CARRIED, rule=LeftOut.DIFFERENCE)
            pairs.append(carried)
            differences.append(_whole(kind, first, second, by_city, cities))
        elif len(set(by_city.values())) == 1:
            amount = next(iter(by_city.values())).amount_fen
            pairs.append(Matched(first, second, amount, PairState.SETTLES))
        else:
            pair, named = _by_lines(first, second, compared[first, second])
            pairs.append(pair)
            differences += named
    return pairs, differences


def _whole(
    kind: DifferenceKind,
    first: str,
    second: str,
    by_city: Mapping[str, Side],
    cities: tuple[str, str],
) -> Difference:
    said = [by_city[city].amount_fen if city in by_city else None for city in cities]
    return Difference(kind=kind, first=first, second=second, first_fen=said[0], second_fen=said[1])


def aged(
    found: Sequence[Difference], cycle: str, before: Sequence[Difference]
) -> tuple[Difference, ...]:
    """Differences with the cycle in which each was named first. One that was named in the cycle
    before too is a dispute (RULES: unmatched beyond T+1)."""
    since = {(one.first, one.second, one.reference): one.since for one in before}
    named = ((one, since.get((one.first, one.second, one.reference))) for one in found)
    return tuple(
        one.model_copy(update={"since": earlier or cycle, "dispute": earlier is not None})
        for one, earlier in named
    )


def _by_lines(
    first: str, second: str, by_city: Mapping[str, Lines]
) -> tuple[Matched, list[Difference]]:
    ours, theirs = by_city[city_of(first)], by_city[city_of(second)]
    named = [
        Difference(
            kind=DifferenceKind.AMOUNT_DIFFERS
            if reference in ours and reference in theirs
            else DifferenceKind.MISSING,
            first=first,
            second=second,
            reference=reference,
            first_fen=ours.get(reference),
            second_fen=theirs.get(reference),
        )
        for reference in sorted(ours.keys() | theirs.keys())
        if ours.get(reference) != theirs.get(reference)
    ]
    if len(named) > DIFFERENCES_MAX:
        carried = Matched(first, second, 0, PairState.CARRIED, rule=LeftOut.DIFFERENCE)
        return carried, named[:DIFFERENCES_MAX]
    excluded = tuple(one.reference for one in named)
    amount = sum(value for reference, value in ours.items() if reference not in set(excluded))
    return Matched(first, second, amount, PairState.SETTLES, excluded), named


def netted(
    cycle: str,
    version: int,
    house: str,
    pairs: Sequence[Matched],
    differences: Sequence[Difference],
    bounds: Mapping[str, Bound],
    *,
    currency: str,
    allow_passing: bool,
) -> Result:
    """What settles within every city's funds and net debit cap, and the positions that follow.

    A pair that waits names the bound of its debtor that decided: what it brings to its creditor
    could only help.
    """
    owing = [one for one in pairs if one.state is PairState.SETTLES and one.amount_fen]
    obligations = [_obligation(one, currency) for one in owing]
    settling = set(_chosen(obligations, availables(bounds), allow_passing=allow_passing))
    waiting = {
        (one.first, one.second): LeftOut.NET_DEBIT_CAP
        if bounds.get(obligations[place].debtor, Bound()).is_cap
        else LeftOut.LIQUIDITY
        for place, one in enumerate(owing)
        if place not in settling
    }
    results = [_result_of(one, waiting.get((one.first, one.second))) for one in pairs]
    parties = matrix(
        Obligation(*_ends(owing[place]), abs(owing[place].amount_fen), currency)
        for place in sorted(settling)
    )
    return Result(
        cycle=cycle,
        version=version,
        house=house,
        pairs=tuple(results),
        cities=_positions(parties.grouped(city_of).positions()),
        parties=_positions(parties.positions()),
        differences=tuple(differences),
    )


def _result_of(pair: Matched, waits_by: LeftOut | None) -> PairResult:
    return PairResult(
        first=pair.first,
        second=pair.second,
        amount_fen=pair.amount_fen if waits_by is None else 0,
        state=pair.state if waits_by is None else PairState.WAITS,
        rule=pair.rule or waits_by,
        excluded=pair.excluded,
    )


def _ends(pair: Matched) -> tuple[str, str]:
    """Debtor and creditor."""
    return (pair.second, pair.first) if pair.amount_fen > 0 else (pair.first, pair.second)


def _obligation(pair: Matched, currency: str) -> Obligation:
    debtor, creditor = _ends(pair)
    return Obligation(city_of(debtor), city_of(creditor), abs(pair.amount_fen), currency)


def _chosen(
    obligations: Sequence[Obligation],
    available: Mapping[str, int | None],
    *,
    allow_passing: bool,
) -> tuple[int, ...]:
    if not allow_passing:
        return fifo(obligations, available).settled
    from hanse.mechanisms.clearing.optimum import optimum  # the solver is loaded where it is used

    return optimum(obligations, available).resolution.settled


def _positions(found: Mapping[str, int]) -> tuple[Position, ...]:
    return tuple(Position(party=party, net_fen=net) for party, net in sorted(found.items()))
