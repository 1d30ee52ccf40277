"""Names: one of a kind within a registration authority and an industry (articles 10 and 11)."""

import unicodedata
from typing import Final

_DIVISION_CHARS: Final = 3
"""GB/T 4754: a section's letter and a division's two digits tell an industry."""


def name_key(trade_name: str) -> str:
    """A trade name as it is compared: width, case and spaces make no other name."""
    wide = unicodedata.normalize("NFKC", trade_name)
    return "".join(wide.split()).casefold()


def industry_key(industry: str) -> str:
    """The division of an industry's code: `F51` of `F5122`."""
    return industry[:_DIVISION_CHARS]


def same_name(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two (trade name, industry) are the same within one authority."""
    return (name_key(one[0]), industry_key(one[1])) == (name_key(other[0]), industry_key(other[1]))
