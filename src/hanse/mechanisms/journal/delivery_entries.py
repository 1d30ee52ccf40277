"""The entry of a delivery: what it commits to, and why the other city can recompute it.

Its salt comes from the two signatures, which only the two cities have. Each made its own over a
nonce of 128 random bits, so nobody else can guess them; but each of the two can compute which
commitment must stand in the other's journal, and look for it there without asking.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from hanse.foundation.identity import base64url
from hanse.mechanisms.journal.entries import commitment, details_bytes

_LABEL: Final = b"hanse delivery salt v1\n"


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What both cities hold of one delivery and its answer."""

    nonce: str
    request_root: bytes
    request_base: bytes
    request_signature: bytes
    response_root: bytes
    response_base: bytes
    response_signature: bytes

    def details(self, peer: str) -> dict[str, Any]:
        """The details of the entry of the city whose peer was `peer`."""
        return {
            "peer": peer,
            "nonce": self.nonce,
            "request_root": base64url(self.request_root),
            "request_base": _digest(self.request_base),
            "request_signature": _digest(self.request_signature),
            "response_root": base64url(self.response_root),
            "response_base": _digest(self.response_base),
            "response_signature": _digest(self.response_signature),
        }

    def salt(self) -> bytes:
        """SHA-256 of a label and the digests of both signatures."""
        pair = _sha256(self.request_signature) + _sha256(self.response_signature)
        return _sha256(_LABEL + pair)

    def commitment(self, peer: str) -> str:
        """The commitment in the journal of the city whose peer was `peer`."""
        return commitment(self.salt(), details_bytes(self.details(peer)))


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _digest(data: bytes) -> str:
    return base64url(_sha256(data))
