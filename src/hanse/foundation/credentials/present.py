"""Presenting: the holder chooses what to show, and signs for the one who asked."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hanse.foundation.credentials import jws
from hanse.foundation.credentials.disclosures import selected
from hanse.foundation.credentials.issue import SEPARATOR, seconds
from hanse.foundation.credentials.problems import CREDENTIAL_MALFORMED
from hanse.foundation.identity import base64url
from hanse.foundation.keys import PrivateKey

BINDING_TYPE: Final = "kb+jwt"


@dataclass(frozen=True)
class Request:
    """What a verifier asks of a holder: its own name and a nonce that it uses once."""

    audience: str
    nonce: str


def present(
    credential: str,
    show: Iterable[str],
    *,
    request: Request | None = None,
    key: PrivateKey | None = None,
    at: datetime | None = None,
) -> str:
    """A credential with only the named claims disclosed.

    With a request, the holder's key signs it for this verifier at this moment (RFC 9901, 4.3).
    """
    token, *disclosures, last = credential.split(SEPARATOR)
    if last:
        raise CREDENTIAL_MALFORMED(reason="it has been presented before")
    shown = SEPARATOR.join([token, *selected(disclosures, show), ""])
    if request is None:
        return shown
    if key is None or at is None:
        raise ValueError("a presentation on request is signed with a key at a time")
    payload = {
        "iat": seconds(at),
        "aud": request.audience,
        "nonce": request.nonce,
        "sd_hash": presentation_digest(shown),
    }
    return shown + jws.sign(payload, key, BINDING_TYPE)


def presentation_digest(shown: str) -> str:
    """What the holder signs of the credential and its disclosures (RFC 9901, 4.3.1)."""
    return base64url(hashlib.sha256(shown.encode("ascii")).digest())
