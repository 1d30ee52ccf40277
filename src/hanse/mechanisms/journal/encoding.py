"""The strict encodings that the C2SP log formats share. Each gives ValueError for anything else.

One value has one encoding here. A lax decoder would let two texts stand for one checkpoint, and
what was signed could no longer be told from what was read.
"""

import base64
import re
from typing import Final

from hanse.foundation.merkle import HASH_BYTES, SIZE_MAX

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")


def to_base64(data: bytes) -> str:
    """RFC 4648 section 4, with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes of `to_base64`; also refuses padding bits that are not zero."""
    if not text.isascii():
        raise ValueError("not base64")
    data = base64.b64decode(text, validate=True)
    if to_base64(data) != text:
        raise ValueError("not canonical base64")
    return data


def hash_from_base64(text: str) -> bytes:
    """The bytes of one base64 SHA-256 hash."""
    data = from_base64(text)
    if len(data) != HASH_BYTES:
        raise ValueError("not a SHA-256 hash")
    return data


def from_decimal(text: str) -> int:
    """An ASCII decimal without sign or leading zero, up to 2**63 - 1."""
    if not _DECIMAL.fullmatch(text) or int(text) > SIZE_MAX:
        raise ValueError("not a decimal in range")
    return int(text)


def has_controls(text: str, allowed: str = "") -> bool:
    """Whether an ASCII control character stands in the text, other than the allowed ones."""
    return any(character < " " and character not in allowed for character in text)


def is_utf8(text: str) -> bool:
    """Whether the text has a UTF-8 form; lone surrogates have none."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
