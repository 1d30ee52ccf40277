"""Token Status List (draft-ietf-oauth-status-list): whether a credential still counts.

A list is a row of small numbers, one for each credential, compressed and signed by its city. It
names nobody: who holds it can check any credential of the list and learns nothing of the others.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Final

from hanse.foundation.credentials import jws
from hanse.foundation.credentials.problems import (
    CREDENTIAL_SIGNATURE_WRONG,
    CREDENTIAL_STATUS_STALE,
    CREDENTIAL_STATUS_WRONG,
)
from hanse.foundation.errors import Problem
from hanse.foundation.identity import base64url
from hanse.foundation.keys import PrivateKey, PublicKey

TYPE: Final = "statuslist+jwt"
BITS: Final = 2
BITS_KNOWN: Final = (1, 2, 4, 8)
LIST_BYTES_MAX: Final = 1_048_576
"""Of an uncompressed list: four million credentials of two bits."""
CLOCK_SKEW_SECONDS_MAX: Final = 300
URI_CHARS_MAX: Final = 200
INDEX_MAX: Final = 8 * LIST_BYTES_MAX - 1

KeyOf = Callable[[str, str, datetime], PublicKey]
"""(city, key id, instant) to the key with which the city could issue then, or a refusal."""


class Status(IntEnum):
    """The draft's status types, section 7.1."""

    VALID = 0
    REVOKED = 1
    """INVALID in the draft: for good."""
    SUSPENDED = 2


@dataclass(frozen=True)
class StatusReference:
    """Where a credential's status stands."""

    uri: str
    index: int

    def as_dict(self) -> dict[str, Any]:
        """The value of `status.status_list`."""
        return {"idx": self.index, "uri": self.uri}


@dataclass(frozen=True)
class StatusList:
    """The statuses of a list, `bits` each, the first in the lowest bits of the first byte."""

    bits: int
    data: bytes

    @classmethod
    def of(cls, size: int, statuses: Mapping[int, int], bits: int = BITS) -> "StatusList":
        """A list of so many entries, all zero but those named."""
        data = bytearray(-(-size * bits // 8))
        for index, status in statuses.items():
            if not 0 <= index < size or not 0 <= status < 1 << bits:
                raise ValueError("an entry outside the list, or a status of too many bits")
            place, shift = divmod(index * bits, 8)
            data[place] |= status << shift
        return cls(bits, bytes(data))

    def status(self, index: int) -> int:
        """The number at an index; IndexError beyond the end."""
        place, shift = divmod(index * self.bits, 8)
        if not 0 <= place < len(self.data):
            raise IndexError("beyond the end of the status list")
        return self.data[place] >> shift & (1 << self.bits) - 1

    def as_dict(self) -> dict[str, Any]:
        """The value of `status_list`: ZLIB at its highest level, in base64url."""
        return {"bits": self.bits, "lst": base64url(zlib.compress(self.data, 9))}

    @classmethod
    def from_value(cls, value: Any) -> "StatusList":
        """The list of `as_dict`, or `credential_status_wrong`. It is unpacked within limits."""
        match value:
            case {"bits": int(bits), "lst": str(packed)} if bits in BITS_KNOWN:
                unpacking = zlib.decompressobj()
                try:
                    data = unpacking.decompress(jws.decoded(packed), LIST_BYTES_MAX)
                except (zlib.error, Problem):
                    raise CREDENTIAL_STATUS_WRONG(reason="lst") from None
                if not unpacking.eof or unpacking.unused_data:
                    raise CREDENTIAL_STATUS_WRONG(reason="lst")
                return cls(bits, data)
        raise CREDENTIAL_STATUS_WRONG(reason="status_list")


@dataclass(frozen=True)
class ListTerms:
    """Whose list it is, under which name, and how long a copy may be used."""

    issuer: str
    uri: str
    issued_at: datetime
    ttl: timedelta
    lifetime: timedelta


def sign_list(statuses: StatusList, terms: ListTerms, key: PrivateKey, key_id: str) -> str:
    """The signed status list token (the draft, section 5.1)."""
    issued = int(terms.issued_at.timestamp())
    payload = {
        "iss": terms.issuer,
        "sub": terms.uri,
        "iat": issued,
        "exp": issued + int(terms.lifetime.total_seconds()),
        "ttl": int(terms.ttl.total_seconds()),
        "status_list": statuses.as_dict(),
    }
    return jws.sign(payload, key, TYPE, key_id)


def read_list(
    token: str, *, issuer: str, city: str, uri: str, at: datetime, key_of: KeyOf
) -> StatusList:
    """The list of a token, if it is this issuer's of that name and still good at the instant.

    A copy is good until `ttl` seconds after it was signed and no longer than `exp`. Raises what
    `jws.read` and `key_of` raise, `credential_signature_wrong`, `credential_status_wrong` or
    `credential_status_stale`.
    """
    read = jws.read(token, TYPE)
    values = read.payload
    if values.get("iss") != issuer or values.get("sub") != uri:
        raise CREDENTIAL_STATUS_WRONG(reason="iss, sub")
    issued, until = _times(values)
    key_id = read.header.get("kid")
    if not isinstance(key_id, str):
        raise CREDENTIAL_STATUS_WRONG(reason="kid")
    if not read.verifies(key_of(city, key_id, issued)):
        raise CREDENTIAL_SIGNATURE_WRONG()
    if at < issued - timedelta(seconds=CLOCK_SKEW_SECONDS_MAX):
        raise CREDENTIAL_STATUS_WRONG(reason="iat")
    if at >= until:
        raise CREDENTIAL_STATUS_STALE(until=until.isoformat())
    return StatusList.from_value(values.get("status_list"))


def instant(value: Any) -> datetime | None:
    """A NumericDate as an instant; None where it is none. Fractions are not accepted."""
    if type(value) is not int or not 0 <= value < 1 << 35:
        return None
    return datetime.fromtimestamp(value, UTC)


def _times(values: dict[str, Any]) -> tuple[datetime, datetime]:
    issued, expires, ttl = instant(values.get("iat")), values.get("exp"), values.get("ttl")
    ends = instant(expires)
    if issued is None or (expires is not None and ends is None):
        raise CREDENTIAL_STATUS_WRONG(reason="iat, exp")
    if ttl is not None and (type(ttl) is not int or not 0 < ttl < 1 << 35):
        raise CREDENTIAL_STATUS_WRONG(reason="ttl")
    limits = [one for one in (ends, ttl and issued + timedelta(seconds=ttl)) if one]
    if not limits:
        raise CREDENTIAL_STATUS_WRONG(reason="exp, ttl")
    return issued, min(limits)
