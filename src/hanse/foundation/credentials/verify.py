"""Verifying without any network: a presentation, the charter's keys and the issuer's status list.

Nothing in a credential is believed before its signature is checked by a key that the charter gives
for the issuer at the time of issue. Who takes an old key's secret could still date a credential
back: so credentials expire, and their list is signed anew with a key that is valid today.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from hanse.foundation.credentials import jws
from hanse.foundation.credentials.disclosures import unfolded
from hanse.foundation.credentials.issue import ISSUER_PREFIX, SEPARATOR, TYPE
from hanse.foundation.credentials.present import BINDING_TYPE, Request, presentation_digest
from hanse.foundation.credentials.problems import (
    CREDENTIAL_AUDIENCE_WRONG,
    CREDENTIAL_BINDING_MISSING,
    CREDENTIAL_BINDING_STALE,
    CREDENTIAL_BINDING_WRONG,
    CREDENTIAL_CLAIM_MISSING,
    CREDENTIAL_EXPIRED,
    CREDENTIAL_ISSUER_UNKNOWN,
    CREDENTIAL_KIND_WRONG,
    CREDENTIAL_MALFORMED,
    CREDENTIAL_NONCE_WRONG,
    CREDENTIAL_NOT_YET_VALID,
    CREDENTIAL_PRESENTATION_CHANGED,
    CREDENTIAL_REVOKED,
    CREDENTIAL_SIGNATURE_WRONG,
    CREDENTIAL_STATUS_MISSING,
    CREDENTIAL_STATUS_WRONG,
    CREDENTIAL_SUSPENDED,
    CREDENTIAL_TOO_LARGE,
)
from hanse.foundation.credentials.status_list import (
    CLOCK_SKEW_SECONDS_MAX,
    INDEX_MAX,
    URI_CHARS_MAX,
    KeyOf,
    Status,
    StatusReference,
    instant,
    read_list,
)

BINDING_AGE_SECONDS_MAX: Final = 300


@dataclass(frozen=True)
class Wanted:
    """What a verifier wants to see: the kind, the claims it needs, and an answer to its request."""

    kind: str
    claims: frozenset[str] = frozenset()
    request: Request | None = None
    """With it, the holder must have signed for this verifier."""


@dataclass(frozen=True)
class Verified:
    """A credential that counts now, with the claims that its holder chose to show."""

    city: str
    kind: str
    key_id: str
    issued_at: datetime
    expires_at: datetime
    status: StatusReference
    claims: dict[str, Any] = field(repr=False)


def verify(
    presentation: str,
    wanted: Wanted,
    *,
    at: datetime,
    key_of: KeyOf,
    status_tokens: Mapping[str, str],
) -> Verified:
    """Check a presentation at an instant; `status_tokens` are signed lists by their URI.

    Raises a problem of `problems`, or what `key_of` raises for a city, key, use or time that the
    charter does not know.
    """
    if len(presentation) > jws.TOKEN_BYTES_MAX:
        raise CREDENTIAL_TOO_LARGE(bytes_max=jws.TOKEN_BYTES_MAX)
    if not presentation.isascii():
        raise CREDENTIAL_MALFORMED(reason="ASCII")
    if SEPARATOR not in presentation:
        raise CREDENTIAL_MALFORMED(reason="a token, its disclosures, and ~ after each")
    token, *disclosures, binding = presentation.split(SEPARATOR)
    read = jws.read(token, TYPE)
    city, issued_at, expires_at = _issuer(read.payload), *_times(read.payload)
    key_id = read.header.get("kid")
    if not isinstance(key_id, str):
        raise CREDENTIAL_MALFORMED(reason="kid")
    if not read.verifies(key_of(city, key_id, issued_at)):
        raise CREDENTIAL_SIGNATURE_WRONG()
    claims = unfolded(read.payload, disclosures)
    if claims.get("vct") != wanted.kind:
        raise CREDENTIAL_KIND_WRONG(wanted=wanted.kind)
    _check_time(claims, issued_at, expires_at, at)
    reference = _reference(claims)
    _check_status(reference, city, at, key_of, status_tokens)
    if missing := wanted.claims - claims.keys():
        raise CREDENTIAL_CLAIM_MISSING(claims=", ".join(sorted(missing)))
    shown = presentation.removesuffix(binding)
    if wanted.request is not None:
        _check_binding(binding, shown, claims, wanted.request, at)
    return Verified(city, wanted.kind, key_id, issued_at, expires_at, reference, claims)


def _issuer(payload: dict[str, Any]) -> str:
    issuer = payload.get("iss")
    if not isinstance(issuer, str) or not issuer.startswith(ISSUER_PREFIX):
        raise CREDENTIAL_ISSUER_UNKNOWN()
    return issuer.removeprefix(ISSUER_PREFIX)


def _times(payload: dict[str, Any]) -> tuple[datetime, datetime]:
    issued, expires = instant(payload.get("iat")), instant(payload.get("exp"))
    if issued is None or expires is None:
        raise CREDENTIAL_MALFORMED(reason="iat, exp")
    return issued, expires


def _check_time(
    claims: dict[str, Any], issued_at: datetime, expires_at: datetime, at: datetime
) -> None:
    since = issued_at
    if "nbf" in claims:
        not_before = instant(claims["nbf"])
        if not_before is None:
            raise CREDENTIAL_MALFORMED(reason="nbf")
        since = max(since, not_before)
    if at < since - timedelta(seconds=CLOCK_SKEW_SECONDS_MAX):
        raise CREDENTIAL_NOT_YET_VALID(since=since.isoformat())
    if at >= expires_at:
        raise CREDENTIAL_EXPIRED(until=expires_at.isoformat())


def _reference(claims: dict[str, Any]) -> StatusReference:
    match claims.get("status"):
        case {"status_list": {"idx": int(index), "uri": str(uri)}}:
            if 0 <= index <= INDEX_MAX and len(uri) <= URI_CHARS_MAX and type(index) is int:
                return StatusReference(uri, index)
    raise CREDENTIAL_MALFORMED(reason="status")


def _check_status(
    reference: StatusReference,
    city: str,
    at: datetime,
    key_of: KeyOf,
    status_tokens: Mapping[str, str],
) -> None:
    token = status_tokens.get(reference.uri)
    if token is None:
        raise CREDENTIAL_STATUS_MISSING(uri=reference.uri)
    issuer = ISSUER_PREFIX + city
    statuses = read_list(token, issuer=issuer, city=city, uri=reference.uri, at=at, key_of=key_of)
    try:
        status = statuses.status(reference.index)
    except IndexError:
        raise CREDENTIAL_STATUS_WRONG(reason="idx") from None
    if status == Status.REVOKED:
        raise CREDENTIAL_REVOKED()
    if status == Status.SUSPENDED:
        raise CREDENTIAL_SUSPENDED()
    if status != Status.VALID:
        raise CREDENTIAL_STATUS_WRONG(reason="status")


def _check_binding(
    binding: str, shown: str, claims: dict[str, Any], request: Request, at: datetime
) -> None:
    confirmation = claims.get("cnf")
    if not binding or not isinstance(confirmation, dict):
        raise CREDENTIAL_BINDING_MISSING()
    read = jws.read(binding, BINDING_TYPE)
    if not read.verifies(jws.from_jwk(confirmation.get("jwk"))):
        raise CREDENTIAL_BINDING_WRONG()
    if read.payload.get("nonce") != request.nonce:
        raise CREDENTIAL_NONCE_WRONG()
    if read.payload.get("aud") != request.audience:
        raise CREDENTIAL_AUDIENCE_WRONG(wanted=request.audience)
    if read.payload.get("sd_hash") != presentation_digest(shown):
        raise CREDENTIAL_PRESENTATION_CHANGED()
    signed_at = instant(read.payload.get("iat"))
    limit = timedelta(seconds=BINDING_AGE_SECONDS_MAX)
    if signed_at is None or not -limit <= at - signed_at <= limit:
        raise CREDENTIAL_BINDING_STALE(seconds=BINDING_AGE_SECONDS_MAX)
