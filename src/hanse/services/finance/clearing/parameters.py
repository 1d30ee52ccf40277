"""The league's rules of clearing: the charter's settlement parameters, with visible defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.clearing.bounds import NO_CAPS, Caps

HOUSE_MISSING = ProblemKind(
    "clearing_house_missing",
    409,
    Text("章程未指定清算所", "The charter names no clearing house"),
    Text(
        "请在章程的清算参数中指定 clearing_house",
        "Name clearing_house in the charter's settlement parameters",
    ),
)


@dataclass(frozen=True)
class ClearingRules:
    """What the charter says. Whoever is the house is so by it and by nothing else."""

    house: str
    currency: str = "CNY"
    allow_passing: bool = False
    """Whether a later obligation may settle before an earlier one of the same city. [P]"""
    submit_minutes: int = 30
    """A city that has not submitted by then has its obligations in the next cycle. [P]"""
    fund_minutes: int = 60
    """How long a settlement waits for funds; then the short city's obligations wait. [P]"""
    dispute_minutes: int = 120
    """How long a disputed result is talked about; then the disputed pairs are taken out. [P]"""
    caps: Caps = NO_CAPS

    @classmethod
    def of(cls, settlement: Mapping[str, Any] | None) -> "ClearingRules":
        """Read the charter's parameters."""
        values = settlement or {}
        house = values.get("clearing_house")
        if not isinstance(house, str):
            raise HOUSE_MISSING()
        return cls(
            house=house,
            currency=str(values.get("currency", "CNY")),
            allow_passing=bool(values.get("allow_passing", False)),
            submit_minutes=int(values.get("submit_minutes", 30)),
            fund_minutes=int(values.get("fund_minutes", 60)),
            dispute_minutes=int(values.get("dispute_minutes", 120)),
            caps=Caps.of(values),
        )


MATCHED_LINES_MAX: Final = 1_000_000
DIFFERENCES_MAX: Final = 500
"""Differences that a result names; a pair with more is carried over whole."""
