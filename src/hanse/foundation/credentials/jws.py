"""Compact JWS (RFC 7515) and JWK (RFC 7517) with the keys of this project.

Only `EdDSA` (RFC 8037, with Ed25519) and `ES256` (RFC 7518, 3.4) are read or written, and the
algorithm follows from the key that is trusted, never from the header alone. Signing draws no
randomness: the same content has the same token. SM2 has no registered name in JOSE, so a city whose
exchange key is SM2 lists another key for credentials.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hanse.foundation.credentials.problems import (
    CREDENTIAL_ALGORITHM_REFUSED,
    CREDENTIAL_MALFORMED,
    CREDENTIAL_TOO_LARGE,
    CREDENTIAL_TYPE_WRONG,
)
from hanse.foundation.errors import Problem
from hanse.foundation.identity import base64url, from_base64url
from hanse.foundation.keys import PrivateKey, PublicKey

ALGORITHMS: Final = {"ed25519": "EdDSA", "ecdsa-p256-sha256": "ES256"}
"""The JOSE name of each suite that has one."""
TOKEN_BYTES_MAX: Final = 262_144
_COORDINATE_BYTES: Final = 32
_UNCOMPRESSED: Final = b"\x04"


@dataclass(frozen=True)
class Jws:
    """A token that was taken apart; whether its signature verifies is asked separately."""

    header: dict[str, Any]
    payload: dict[str, Any]
    signed: bytes
    signature: bytes

    def verifies(self, public: PublicKey) -> bool:
        """Whether the header names the key's own algorithm and the signature is the key's."""
        if self.header["alg"] != ALGORITHMS.get(public.suite):
            return False
        return public.verify(self.signature, self.signed)


def sign(payload: Mapping[str, Any], key: PrivateKey, typ: str, key_id: str | None = None) -> str:
    """The compact token of a payload. Raises `credential_algorithm_refused` for other suites."""
    if key.suite not in ALGORITHMS:
        raise CREDENTIAL_ALGORITHM_REFUSED(known=", ".join(ALGORITHMS.values()))
    header = {"alg": ALGORITHMS[key.suite], "typ": typ}
    if key_id is not None:
        header["kid"] = key_id
    signed = f"{base64url(_written(header))}.{base64url(_written(payload))}"
    return f"{signed}.{base64url(key.sign(signed.encode('ascii')))}"


def read(token: str, typ: str) -> Jws:
    """Take a token of this type apart.

    Raises `credential_too_large`, `credential_malformed`, `credential_type_wrong` or
    `credential_algorithm_refused`, which also answers `none`.
    """
    if len(token) > TOKEN_BYTES_MAX:
        raise CREDENTIAL_TOO_LARGE(bytes_max=TOKEN_BYTES_MAX)
    parts = token.split(".")
    if len(parts) != 3:
        raise CREDENTIAL_MALFORMED(reason="three parts with points between them")
    header, payload = read_object(decoded(parts[0])), read_object(decoded(parts[1]))
    if header.get("alg") not in ALGORITHMS.values():
        raise CREDENTIAL_ALGORITHM_REFUSED(known=", ".join(ALGORITHMS.values()))
    if "crit" in header or "b64" in header:
        raise CREDENTIAL_MALFORMED(reason="a header that changes what is signed")
    if header.get("typ") != typ:
        raise CREDENTIAL_TYPE_WRONG(wanted=typ)
    signed = f"{parts[0]}.{parts[1]}".encode("ascii")
    return Jws(header, payload, signed, decoded(parts[2]))


def decoded(text: str) -> bytes:
    """The bytes of base64url without padding, or `credential_malformed`."""
    try:
        return from_base64url(text)
    except ValueError:
        raise CREDENTIAL_MALFORMED(reason="base64url without padding") from None


def read_object(data: bytes) -> dict[str, Any]:
    """An object of JSON in which no name stands twice, or `credential_malformed`."""
    value = read_json(data)
    if not isinstance(value, dict):
        raise CREDENTIAL_MALFORMED(reason="an object of JSON")
    return value


def read_json(data: bytes) -> Any:
    """JSON in UTF-8 in which no name stands twice, or `credential_malformed`."""
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise CREDENTIAL_MALFORMED(reason="JSON without repeated names") from None


def to_jwk(public: PublicKey) -> dict[str, str]:
    """A public key as JWK (RFC 8037, section 2; RFC 7518, 6.2)."""
    if public.suite == "ed25519":
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(public.data)}
    if public.suite == "ecdsa-p256-sha256":
        x, y = public.data[1 : 1 + _COORDINATE_BYTES], public.data[1 + _COORDINATE_BYTES :]
        return {"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)}
    raise CREDENTIAL_ALGORITHM_REFUSED(known=", ".join(ALGORITHMS.values()))


def from_jwk(jwk: Any) -> PublicKey:
    """The key of a JWK, or `credential_malformed`; a JWK with a secret in it is refused."""
    if not isinstance(jwk, dict) or "d" in jwk:
        raise CREDENTIAL_MALFORMED(reason="a public key as JWK")
    try:
        match jwk:
            case {"kty": "OKP", "crv": "Ed25519", "x": str(x)}:
                return PublicKey("ed25519", decoded(x))
            case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)}:
                point = _UNCOMPRESSED + decoded(x) + decoded(y)
                return PublicKey("ecdsa-p256-sha256", point)
    except Problem:
        pass
    raise CREDENTIAL_MALFORMED(reason="a public key as JWK")


def _written(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name stands twice")
    return value


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")
