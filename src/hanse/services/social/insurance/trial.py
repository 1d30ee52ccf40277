"""Trying a policy on past claims before it takes effect: what changes, for whom, by how much."""

from collections.abc import Iterable
from dataclasses import dataclass

from hanse.services.social.insurance.counters import Counters
from hanse.services.social.insurance.lines import Split
from hanse.services.social.insurance.policies import Policy
from hanse.services.social.insurance.rules import Circumstances, settle


@dataclass(frozen=True, slots=True)
class PastClaim:
    """A claim that was settled, as the trial needs it; `person` is any stable pseudonym."""

    settlement: str
    person: str
    split: Split
    about: Circumstances


@dataclass(frozen=True, slots=True)
class Change:
    """One claim that would be settled otherwise. Fen."""

    settlement: str
    person: str
    fund_before_fen: int
    fund_after_fen: int
    personal_before_fen: int
    personal_after_fen: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a policy would have done to past claims."""

    claims: int
    changes: tuple[Change, ...]
    fund_fen: int
    """By how much the funds would have paid more."""
    people_better: int
    people_worse: int


def try_policy(old: Policy, new: Policy, claims: Iterable[PastClaim]) -> Trial:
    """Settle the claims anew, in their order, each person's year under either policy by itself."""
    years: dict[str, tuple[Counters, Counters]] = {}
    changes: list[Change] = []
    balance: dict[str, int] = {}
    count = added = 0
    for claim in claims:
        count += 1
        before_year, after_year = years.get(claim.person, (Counters(), Counters()))
        before = settle(claim.split, old, claim.about, before_year)
        after = settle(claim.split, new, claim.about, after_year)
        years[claim.person] = (before_year + before.change, after_year + after.change)
        fund_before = before.fund_fen + before.serious_fen
        fund_after = after.fund_fen + after.serious_fen
        added += fund_after - fund_before
        balance[claim.person] = balance.get(claim.person, 0) + fund_after - fund_before
        if (fund_before, before.personal_fen) != (fund_after, after.personal_fen):
            changes.append(
                Change(
                    claim.settlement,
                    claim.person,
                    fund_before,
                    fund_after,
                    before.personal_fen,
                    after.personal_fen,
                )
            )
    better = sum(1 for amount in balance.values() if amount > 0)
    worse = sum(1 for amount in balance.values() if amount < 0)
    return Trial(count, tuple(changes), added, better, worse)
