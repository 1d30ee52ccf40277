"""Identifiers and randomness that are handed inward, so that a seed can repeat a run."""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

Randomness = Callable[[int], bytes]
"""Gives that many unpredictable bytes."""

system_randomness: Randomness = os.urandom

MESSAGE_ID_BYTES = 16
SALT_BYTES = 16


def seeded_randomness(seed: bytes | str) -> Randomness:
    """Bytes that follow from a seed alone: for simulations and generated days, never for keys."""
    start = seed.encode() if isinstance(seed, str) else seed
    counter = 0

    def draw(count: int) -> bytes:
        nonlocal counter
        counter += 1
        return hashlib.shake_256(start + counter.to_bytes(8, "big")).digest(count)

    return draw


def new_id(randomness: Randomness) -> str:
    """A fresh identifier of 128 random bits, in hexadecimal."""
    return randomness(MESSAGE_ID_BYTES).hex()


def base64url(data: bytes) -> str:
    """RFC 4648 section 5 without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The bytes of `base64url`; ValueError where the text is not of that form."""
    if not text.isascii() or "=" in text:
        raise ValueError("not base64url without padding")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(data) != text:
        raise ValueError("not base64url without padding")
    return data
