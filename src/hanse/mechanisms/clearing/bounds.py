"""How far down a party's position may go in one settlement.

A net debit cap bounds what a party may owe on balance; funds bound what it can pay. Where both are
set, both hold, so the smaller one decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

BOUND_NEGATIVE = ProblemKind(
    "clearing_bound_negative",
    422,
    Text("限额与资金不能为负", "A cap or funds can't be below zero"),
    Text("请更正 {party} 的限额或资金", "Correct the cap or the funds of {party}"),
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A party's limits in minor units; None where the league sets none."""

    funds: int | None = None
    cap: int | None = None

    @property
    def available(self) -> int | None:
        """How much the party may pay on balance; None without a limit."""
        set_ = [limit for limit in (self.funds, self.cap) if limit is not None]
        return min(set_) if set_ else None


def availables(bounds: Mapping[str, Bound]) -> dict[str, int | None]:
    """What each party may pay on balance. Raises `clearing_bound_negative`."""
    for party, bound in bounds.items():
        if any(limit is not None and limit < 0 for limit in (bound.funds, bound.cap)):
            raise BOUND_NEGATIVE(party=party)
    return {party: bound.available for party, bound in bounds.items()}
