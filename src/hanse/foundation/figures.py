"""Decimal figures as they cross the wire: digits in text, never a float and never an exponent."""

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

FIGURE_PATTERN: Final = r"^-?[0-9]{1,16}(\.[0-9]{1,4})?$"
FIGURE_CHARS_MAX: Final = 22
_FIGURE: Final = re.compile(FIGURE_PATTERN, re.ASCII)


def plain(figure: Decimal) -> str:
    """The figure in digits: `4000000`, never `4E+6`."""
    return f"{figure:f}"


def _read(value: Any) -> Decimal:
    text = plain(value) if isinstance(value, Decimal) and value.is_finite() else value
    if type(text) is int:
        text = str(text)
    if not isinstance(text, str) or not _FIGURE.fullmatch(text):
        raise ValueError("a figure has at most 16 digits and 4 decimals, as text")
    return Decimal(text)


Figure = Annotated[
    Decimal,
    BeforeValidator(_read),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": FIGURE_PATTERN, "maxLength": FIGURE_CHARS_MAX}),
]
"""A figure that somebody gives: at most 16 digits and 4 decimals. A float is refused: what it
stood for in decimal is not known."""

Reckoned = Annotated[Decimal, PlainSerializer(plain, return_type=str)]
"""A figure that was reckoned, of any length."""
