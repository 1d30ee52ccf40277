"""The second factor: time-based one-time codes, RFC 6238 with RFC 4226's truncation."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hanse.foundation.identity import Randomness

STEP_SECONDS: Final = 30
DIGITS: Final = 6
STEPS_AROUND: Final = 1
"""A clock that is half a minute off still serves."""
KEY_BYTES: Final = 20
NONCE_BYTES: Final = 12
_SEALED_AS: Final = b"hanse totp v1"


def code(key: bytes, step: int) -> str:
    """The code of a time step (RFC 4226, 5.3)."""
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(now: datetime) -> int:
    """The time step of an instant (RFC 6238, 4.2)."""
    return int(now.timestamp()) // STEP_SECONDS


def matched_step(key: bytes, given: str, now: datetime, after: int) -> int | None:
    """The step whose code was given, if it is near now and later than `after`; else None.

    A code is good once (RFC 6238, 5.2): the caller keeps the step.
    """
    found = None
    middle = step_of(now)
    for step in range(middle - STEPS_AROUND, middle + STEPS_AROUND + 1):
        if hmac.compare_digest(code(key, step).encode(), given.encode()) and step > after:
            found = step
    return found


def new_key(randomness: Randomness) -> bytes:
    """A key for one account."""
    return randomness(KEY_BYTES)


def sealed(key: bytes, secret: bytes, account: str, randomness: Randomness) -> str:
    """The key as it is kept: under the node's secret and bound to its account."""
    nonce = randomness(NONCE_BYTES)
    box = AESGCM(_box_key(secret)).encrypt(nonce, key, account.encode())
    return base64.b64encode(nonce + box).decode()


def opened(kept: str, secret: bytes, account: str) -> bytes | None:
    """The key of `sealed`; None where it was sealed for another account or node."""
    data = base64.b64decode(kept)
    try:
        return AESGCM(_box_key(secret)).decrypt(
            data[:NONCE_BYTES], data[NONCE_BYTES:], account.encode()
        )
    except InvalidTag:
        return None


def uri(key: bytes, login: str, issuer: str) -> str:
    """What an authenticator app is given, as `otpauth:`."""
    secret = base64.b32encode(key).decode().rstrip("=")
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?secret={secret}&issuer={quote(issuer)}"


def _box_key(secret: bytes) -> bytes:
    return hmac.new(secret, _SEALED_AS, hashlib.sha256).digest()
