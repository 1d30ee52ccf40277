"""How far down a party's position may go in one settlement.

A net debit cap bounds what a party may owe on balance; funds bound what it can pay. Where both are
set, both hold, so the smaller one decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.clearing.obligations import PARTY_SEPARATOR

BOUND_NEGATIVE = ProblemKind(
    "clearing_bound_negative",
    422,
    Text("限额与资金不能为负", "A cap or funds can't be below zero"),
    Text("请更正 {party} 的限额或资金", "Correct the cap or the funds of {party}"),
)
CAP_MALFORMED = ProblemKind(
    "clearing_cap_malformed",
    422,
    Text("章程中的净借记限额须为非负整数分", "A net debit cap is a whole number of fen from zero"),
    Text("请更正章程清算参数中的 {name}", "Correct {name} in the charter's settlement parameters"),
)


@dataclass(frozen=True, slots=True)
class Caps:
    """The net debit caps of the charter's settlement parameters, in fen.

    `net_debit_caps` gives them by party, `510600` or `510600/some-bank`; `city_net_debit_cap_fen`
    and `bank_net_debit_cap_fen` are those of every other city and bank.
    """

    by_party: Mapping[str, int] = field(default_factory=dict)
    of_cities: int | None = None
    of_banks: int | None = None

    @classmethod
    def of(cls, settlement: Mapping[str, Any] | None) -> "Caps":
        """Read them. Raises `clearing_cap_malformed`."""
        values = settlement or {}
        named = values.get("net_debit_caps", {})
        if not isinstance(named, Mapping):
            raise CAP_MALFORMED(name="net_debit_caps")
        found = {str(party): _fen(cap, str(party)) for party, cap in named.items()}
        general = [
            None if values.get(name) is None else _fen(values[name], name)
            for name in ("city_net_debit_cap_fen", "bank_net_debit_cap_fen")
        ]
        return cls(found, *general)

    def cap(self, party: str) -> int | None:
        """What a party may owe on balance; None where the league sets no cap."""
        is_bank = PARTY_SEPARATOR in party
        return self.by_party.get(party, self.of_banks if is_bank else self.of_cities)


NO_CAPS: Final = Caps()


def _fen(value: Any, name: str) -> int:
    if type(value) is not int or value < 0:
        raise CAP_MALFORMED(name=name)
    return value


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

    @property
    def is_cap(self) -> bool:
        """Whether the net debit cap is what decides, and not the funds."""
        return self.cap is not None and (self.funds is None or self.cap < self.funds)


def availables(bounds: Mapping[str, Bound]) -> dict[str, int | None]:
    """What each party may pay on balance. Raises `clearing_bound_negative`."""
    for party, bound in bounds.items():
        if any(limit is not None and limit < 0 for limit in (bound.funds, bound.cap)):
            raise BOUND_NEGATIVE(party=party)
    return {party: bound.available for party, bound in bounds.items()}
