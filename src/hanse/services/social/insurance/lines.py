"""A line of a claim, split by the catalogue of the place of treatment (就医地目录).

What is payable at all follows the place of treatment: the class of the item, the share of class B
that the person bears first, and the ceiling of its price. Each line is rounded half up by itself
and a total is the sum of rounded lines (RULES 0.4), so the order of lines changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_validator

from hanse.foundation.languages import titled
from hanse.foundation.money import AMOUNT_MAX, rounded_half_up
from hanse.services.social.insurance.codes import ItemClass
from hanse.services.social.insurance.policies import WHOLE_BP, BasisPoints

LINES_MAX = 5_000
UNIT_PRICE_FEN_MAX = 10**10
QUANTITY_MAX = 100_000
QUANTITY_CHARS_MAX = 20


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > QUANTITY_CHARS_MAX:
        raise ValueError(f"a quantity is written in at most {QUANTITY_CHARS_MAX} characters")
    return value


Quantity = Annotated[
    Decimal,
    BeforeValidator(_short),
    titled("数量", "Quantity", gt=0, le=QUANTITY_MAX, decimal_places=4),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": QUANTITY_MAX},
                {"type": "string", "maxLength": QUANTITY_CHARS_MAX},
            ]
        }
    ),
]
"""How many of an item, with up to four decimals, as a number or as text."""


class Line(BaseModel):
    """One item of a bill as the treating agency sends it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: Annotated[str, titled("国家医保编码", "National item code", pattern="^[A-Z0-9]{1,40}$")]
    item_class: Annotated[ItemClass, titled("类别", "Class")]
    quantity: Quantity
    price_fen: Annotated[
        int, titled("单价（分）", "Unit price, fen", ge=0, le=UNIT_PRICE_FEN_MAX, strict=True)
    ]
    ceiling_fen: Annotated[
        int | None, titled("限价（分）", "Ceiling, fen", ge=0, le=UNIT_PRICE_FEN_MAX)
    ] = None
    self_share_bp: Annotated[
        BasisPoints, titled("先行自付比例（万分比）", "Share borne first, 1/10,000")
    ] = 0

    @model_validator(mode="after")
    def _share_fits_class(self) -> Self:
        if self.item_class is not ItemClass.B and self.self_share_bp:
            raise ValueError("only class B has a share that is borne first")
        return self


@dataclass(frozen=True, slots=True)
class Split:
    """Where the money of lines goes before the policy is asked. All fen."""

    total_fen: int = 0
    in_policy_fen: int = 0
    borne_first_fen: int = 0
    """Class B: the person's own share."""
    over_ceiling_fen: int = 0
    not_payable_fen: int = 0
    """Class C."""

    def __add__(self, other: "Split") -> "Split":
        return Split(
            self.total_fen + other.total_fen,
            self.in_policy_fen + other.in_policy_fen,
            self.borne_first_fen + other.borne_first_fen,
            self.over_ceiling_fen + other.over_ceiling_fen,
            self.not_payable_fen + other.not_payable_fen,
        )


def split_line(line: Line) -> Split:
    """One line: its parts sum to its amount."""
    quantity = Fraction(line.quantity)
    total = rounded_half_up(line.price_fen * quantity)
    if line.item_class is ItemClass.C:
        return Split(total, 0, 0, 0, total)
    limited = line.price_fen if line.ceiling_fen is None else min(line.price_fen, line.ceiling_fen)
    allowed = rounded_half_up(limited * quantity)
    payable = rounded_half_up(Fraction(allowed * (WHOLE_BP - line.self_share_bp), WHOLE_BP))
    return Split(total, payable, allowed - payable, total - allowed, 0)


def split(lines: Iterable[Line]) -> Split:
    """All lines of a claim; the sum of lines that were rounded one by one."""
    whole = Split()
    for line in lines:
        whole += split_line(line)
    if whole.total_fen > AMOUNT_MAX:
        raise ValueError("the claim is beyond what an amount may be")
    return whole


Lines = Annotated[tuple[Line, ...], titled("明细", "Lines", min_length=1, max_length=LINES_MAX)]
