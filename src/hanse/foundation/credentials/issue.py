"""Issuing: a city signs claims about a subject as an SD-JWT VC.

RFC 9901 (SD-JWT) with draft-ietf-oauth-sd-jwt-vc: header `typ` is `dc+sd-jwt`, and `vct` names the
kind. `iss` is `urn:hanse:CITY` and `kid` the key's id in the charter, so that whoever holds the
charter can check it with no network at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hanse.foundation.credentials import jws
from hanse.foundation.credentials.disclosures import (
    ALGORITHM,
    DIGESTS,
    DISCLOSURES_MAX,
    ELEMENT,
    HASH_NAME,
    NEVER_DISCLOSED,
    disclosure,
)
from hanse.foundation.credentials.status_list import StatusReference
from hanse.foundation.identity import Randomness
from hanse.foundation.keys import PrivateKey, PublicKey

TYPE: Final = "dc+sd-jwt"
ISSUER_PREFIX: Final = "urn:hanse:"
SEPARATOR: Final = "~"


@dataclass(frozen=True)
class Issuer:
    """A city with the key that its charter entry lists for credentials."""

    city: str
    key_id: str
    key: PrivateKey

    @property
    def name(self) -> str:
        """The value of `iss`."""
        return ISSUER_PREFIX + self.city


@dataclass(frozen=True)
class Content:
    """What a credential says. `open_claims` everybody sees; `claims` the holder may show or hide.

    `holder` binds it to a key of the holder, who then signs each presentation. `expires_at` is
    the first instant at which it is valid no more.
    """

    kind: str
    issued_at: datetime
    expires_at: datetime
    claims: Mapping[str, Any]
    open_claims: Mapping[str, Any]
    status: StatusReference
    holder: PublicKey | None = None


def issue(content: Content, issuer: Issuer, randomness: Randomness) -> str:
    """The credential with all its disclosures, as its holder keeps it."""
    _check(content)
    disclosures = [disclosure(name, one, randomness) for name, one in content.claims.items()]
    payload: dict[str, Any] = {
        "iss": issuer.name,
        "iat": seconds(content.issued_at),
        "exp": seconds(content.expires_at),
        "vct": content.kind,
        "status": {"status_list": content.status.as_dict()},
        **content.open_claims,
    }
    if content.holder is not None:
        payload["cnf"] = {"jwk": jws.to_jwk(content.holder)}
    if disclosures:
        # In the order of the digests, which tells nothing of the order of the claims.
        payload[DIGESTS] = sorted(one.digest for one in disclosures)
        payload[ALGORITHM] = HASH_NAME
    token = jws.sign(payload, issuer.key, TYPE, issuer.key_id)
    return SEPARATOR.join([token, *(one.encoded for one in disclosures), ""])


def seconds(instant: datetime) -> int:
    """NumericDate (RFC 7519): whole seconds since 1970."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return int(instant.timestamp())


def _check(content: Content) -> None:
    names = [*content.claims, *content.open_claims]
    if len(set(names)) != len(names) or len(content.claims) > DISCLOSURES_MAX:
        raise ValueError("a claim is either open or disclosable, and they are not too many")
    if reserved := (NEVER_DISCLOSED | {ELEMENT}) & set(names):
        raise ValueError(f"reserved names: {sorted(reserved)}")
    if content.expires_at <= content.issued_at:
        raise ValueError("a credential ends after it begins")
