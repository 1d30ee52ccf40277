"""Money: integers of the minor unit of one currency, never floats.

A line is rounded half up to the minor unit, and a total is the sum of rounded lines, so that two
cities that add the same lines agree to the fen.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final

from pydantic import Field

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

MINOR_DIGITS: Final = {"CNY": 2}
"""ISO 4217: digits of the minor unit, of the currencies that a league may use."""
AMOUNT_MAX: Final = 10**15
"""In minor units: ten trillion yuan. Sums of a thousand such still fit 64 bits."""
_WRITTEN: Final = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,9})?")

Fen = Annotated[int, Field(ge=0, le=AMOUNT_MAX, strict=True)]
"""An amount in a contract: fen, from 0 to `AMOUNT_MAX`."""
SignedFen = Annotated[int, Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX, strict=True)]
"""A net amount in a contract: fen, above or below zero."""

CURRENCY_UNKNOWN = ProblemKind(
    "currency_unknown",
    422,
    Text("未知币种", "The currency is unknown"),
    Text("可用币种：{known}", "Use one of {known}"),
)
CURRENCY_DIFFERS = ProblemKind(
    "currency_differs",
    422,
    Text("币种不一致", "The currencies differ"),
    Text("请使用{expected}", "Use {expected}"),
)
AMOUNT_MALFORMED = ProblemKind(
    "amount_malformed",
    422,
    Text("金额格式错误", "The amount is malformed"),
    Text(
        "请写成最多{digits}位小数的十进制数，不超过上限",
        "Write a decimal number with at most {digits} decimals, within the limit",
    ),
)


def rounded_half_up(value: Fraction | Decimal | int) -> int:
    """The nearest integer; a half goes away from zero, as with ROUND_HALF_UP."""
    exact = Fraction(value)
    whole = (abs(exact) * 2 + 1) // 2
    return int(whole) if exact >= 0 else -int(whole)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units of a currency. Amounts of two currencies never meet."""

    minor: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if self.currency not in MINOR_DIGITS:
            raise CURRENCY_UNKNOWN(known=", ".join(MINOR_DIGITS))
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("money is an integer of minor units")

    @classmethod
    def parse(cls, text: str, currency: str = "CNY") -> "Money":
        """Read `1234.5`. More decimals than the currency has, or another form, is refused."""
        if currency not in MINOR_DIGITS:
            raise CURRENCY_UNKNOWN(known=", ".join(MINOR_DIGITS))
        digits = MINOR_DIGITS[currency]
        if not _WRITTEN.fullmatch(text):
            raise AMOUNT_MALFORMED(digits=digits)
        scaled = Fraction(text) * 10**digits
        if scaled.denominator != 1 or abs(scaled) > AMOUNT_MAX:
            raise AMOUNT_MALFORMED(digits=digits)
        return cls(int(scaled), currency)

    def __str__(self) -> str:
        digits = MINOR_DIGITS[self.currency]
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**digits)
        return f"{sign}{whole}.{part:0{digits}d}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def times(self, factor: Fraction | Decimal | int) -> "Money":
        """This line times an exact factor, rounded half up."""
        if isinstance(factor, float):
            raise TypeError("a factor is exact: Fraction, Decimal or int")
        return Money(rounded_half_up(self.minor * Fraction(factor)), self.currency)

    def split(self, weights: Sequence[Fraction | Decimal | int]) -> tuple["Money", ...]:
        """Shares by weight that sum to the whole: largest remainders first, then the earlier."""
        exact = [Fraction(weight) for weight in weights]
        total = sum(exact)
        if total <= 0 or min(exact) < 0:
            raise ValueError("weights are not negative, and one of them is positive")
        shares = [abs(self.minor) * weight / total for weight in exact]
        whole = [int(share) for share in shares]
        left = abs(self.minor) - sum(whole)
        order = sorted(range(len(shares)), key=lambda n: (whole[n] - shares[n], n))
        for number in order[:left]:
            whole[number] += 1
        sign = -1 if self.minor < 0 else 1
        return tuple(Money(sign * share, self.currency) for share in whole)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CURRENCY_DIFFERS(expected=self.currency)
        return other.minor


def total(lines: Iterable[Money], currency: str = "CNY") -> Money:
    """The sum of rounded lines."""
    return sum(lines, start=Money(0, currency))
