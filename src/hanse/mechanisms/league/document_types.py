"""The types of the fields of signed documents: narrow, and written in one way only.

A document is signed as bytes and shown to people as words. So each value has one spelling, and no
text may hold characters that change how the rest of the page reads.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import CoreSchema

from hanse.foundation.clock import iso
from hanse.foundation.languages import Text

TEXT_CHARS_MAX: Final = 500
YEAR_MIN: Final = 2000
YEAR_MAX: Final = 9998
VALUE_DEPTH_MAX: Final = 16
VALUE_ITEMS_MAX: Final = 20_000
INTEGER_MAX: Final = 2**53 - 1
"""RFC 8785 section 3.2.2.3: beyond this, readers of JSON disagree about a number."""

# Control characters, zero-width characters and those that turn the direction of writing. Listed
# and not asked of `str.isprintable`, whose answer depends on the Unicode version of each Python:
# two cities must never differ about whether a document is acceptable.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def _instant(value: datetime) -> datetime:
    if not YEAR_MIN <= value.year <= YEAR_MAX:
        raise ValueError(f"the year lies between {YEAR_MIN} and {YEAR_MAX}")
    whole = value.astimezone(UTC)
    return whole.replace(microsecond=whole.microsecond // 1000 * 1000)


def _seen(value: str) -> str:
    if _UNSEEN.search(value):
        raise ValueError("the text holds a character that cannot be seen")
    return value


def _text(value: Text) -> Text:
    for words in (value.zh, value.en):
        if len(words) > TEXT_CHARS_MAX:
            raise ValueError(f"a text has at most {TEXT_CHARS_MAX} characters")
        _seen(words)
    return value


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [value]
    items = 0
    for _ in range(VALUE_DEPTH_MAX + 1):
        items += len(level)
        if not level:
            return value
        if items > VALUE_ITEMS_MAX:
            raise ValueError(f"at most {VALUE_ITEMS_MAX} values")
        level = [child for parent in level for child in _children(parent)]
    raise ValueError(f"at most {VALUE_DEPTH_MAX} levels")


def _children(value: Any) -> list[Any]:
    if type(value) is dict:
        for key in value:
            if type(key) is not str:
                raise ValueError("a name is a text")
            _seen(key)
        return list(value.values())
    if type(value) is list:
        return value
    if type(value) is str:
        _seen(value)
    elif type(value) is int:
        if abs(value) > INTEGER_MAX:
            raise ValueError("a whole number beyond 2^53 - 1")
    elif type(value) is not bool:
        raise ValueError("only objects, lists, texts, whole numbers and truth values")
    return []


def unique(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same values; ValueError where one stands twice."""
    if len(set(values)) != len(values):
        raise ValueError("a value stands twice")
    return values


Unique = AfterValidator(unique)

Instant = Annotated[AwareDatetime, AfterValidator(_instant), PlainSerializer(iso, return_type=str)]
"""A moment, kept in UTC to the millisecond, written as `foundation.clock.iso` writes it."""


class _TextSchema:
    """Says in a schema what `_text` checks: how long each language may be."""

    @staticmethod
    def __get_pydantic_json_schema__(
        schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        plain = handler.resolve_ref_schema(handler(schema))
        properties = {
            name: {**value, "maxLength": TEXT_CHARS_MAX}
            for name, value in plain["properties"].items()
        }
        return {**plain, "properties": properties}


Words = Annotated[Text, AfterValidator(_text), _TextSchema]
"""A text in both languages that people read before they sign."""


def _prose(value: str | None) -> str | None:
    if value is not None:
        _seen(value.translate(_LINE_ENDS))
    return value


_LINE_ENDS: Final = {ord(one): " " for one in "\n\r\t"}
Prose = AfterValidator(_prose)
"""For text that people write: lines, and no character that cannot be seen. After the limits."""

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A day from which terms can be reckoned."""

PlainValues = Annotated[dict[str, Any], AfterValidator(_plain)]
"""JSON without null and without fractions, whose meaning another part of the system checks."""

CityCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{5}$", max_length=6)]
"""GB/T 2260 code of a city: six digits."""

Identifier = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)
]
"""Names an agreement, a grant or an organisation within its authority."""

ShortName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=32)]
"""Names a league, or a key within its city."""

Digest = Annotated[str, StringConstraints(pattern=r"^sha-256:[0-9a-f]{64}$", max_length=72)]
"""SHA-256 in the project's spelling."""
