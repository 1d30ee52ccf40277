"""Selective disclosure (RFC 9901): salted claims outside the signed payload, digests inside it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hanse.foundation.credentials.jws import decoded, read_json
from hanse.foundation.credentials.problems import (
    CREDENTIAL_CLAIM_REPEATED,
    CREDENTIAL_DIGEST_REPEATED,
    CREDENTIAL_DISCLOSURE_MALFORMED,
    CREDENTIAL_DISCLOSURE_REPEATED,
    CREDENTIAL_DISCLOSURE_UNUSED,
    CREDENTIAL_MALFORMED,
)
from hanse.foundation.errors import Problem
from hanse.foundation.identity import SALT_BYTES, Randomness, base64url

DIGESTS: Final = "_sd"
ALGORITHM: Final = "_sd_alg"
ELEMENT: Final = "..."
HASH_NAME: Final = "sha-256"
DISCLOSURES_MAX: Final = 100
DEPTH_MAX: Final = 16
NEVER_DISCLOSED: Final = frozenset(
    {"iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", DIGESTS, ALGORITHM}
)
"""What a verifier must always see (SD-JWT VC, section 2.2.2.3)."""


@dataclass(frozen=True)
class Disclosure:
    """One claim with its salt. `name` None: an element of an array."""

    encoded: str
    name: str | None
    value: Any

    @property
    def digest(self) -> str:
        """What stands for it in the signed payload."""
        return base64url(hashlib.sha256(self.encoded.encode("ascii")).digest())


def disclosure(name: str, value: Any, randomness: Randomness) -> Disclosure:
    """A claim with a fresh salt of 128 bits."""
    salt = base64url(randomness(SALT_BYTES))
    written = json.dumps([salt, name, value], ensure_ascii=False).encode("utf-8")
    return Disclosure(base64url(written), name, value)


def read_disclosure(encoded: str) -> Disclosure:
    """Read one, or `credential_disclosure_malformed`."""
    try:
        parts = read_json(decoded(encoded))
    except Problem:
        raise CREDENTIAL_DISCLOSURE_MALFORMED() from None
    match parts:
        case [str(), str(name), value] if name not in (DIGESTS, ELEMENT):
            return Disclosure(encoded, name, value)
        case [str(), value]:
            return Disclosure(encoded, None, value)
    raise CREDENTIAL_DISCLOSURE_MALFORMED()


def unfolded(payload: dict[str, Any], disclosures: Sequence[str]) -> dict[str, Any]:
    """The claims with what was disclosed in its place (RFC 9901, section 7.1).

    A disclosure that the payload has no digest of is refused, and so is whatever stands twice.
    """
    if len(disclosures) > DISCLOSURES_MAX:
        raise CREDENTIAL_MALFORMED(reason=f"at most {DISCLOSURES_MAX} disclosures")
    if payload.get(ALGORITHM, HASH_NAME) != HASH_NAME:
        raise CREDENTIAL_MALFORMED(reason=f"digests are of {HASH_NAME}")
    known: dict[str, Disclosure] = {}
    for one in map(read_disclosure, disclosures):
        if known.setdefault(one.digest, one) is not one:
            raise CREDENTIAL_DISCLOSURE_REPEATED()
    folding = _Unfolding(known)
    claims = folding.object(payload, 0)
    claims.pop(ALGORITHM, None)
    if known.keys() - folding.used:
        raise CREDENTIAL_DISCLOSURE_UNUSED()
    return claims


def selected(disclosures: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those disclosures whose claims are named."""
    wanted = frozenset(names)
    return [one for one in disclosures if read_disclosure(one).name in wanted]


class _Unfolding:
    """One walk through the payload; every digest may be met once."""

    def __init__(self, known: dict[str, Disclosure]) -> None:
        self._known = known
        self._met: set[str] = set()
        self.used: set[str] = set()

    def value(self, value: Any, depth: int) -> Any:
        if depth > DEPTH_MAX:
            raise CREDENTIAL_MALFORMED(reason=f"at most {DEPTH_MAX} levels")
        if isinstance(value, dict):
            return self.object(value, depth)
        if isinstance(value, list):
            return self._list(value, depth)
        return value

    def object(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        digests = value.get(DIGESTS, [])
        if not isinstance(digests, list) or ELEMENT in value:
            raise CREDENTIAL_MALFORMED(reason=f"{DIGESTS} is a list, and {ELEMENT} no name")
        found = {name: self.value(one, depth + 1) for name, one in value.items() if name != DIGESTS}
        for digest in digests:
            one = self._take(digest)
            if one is None:
                continue
            if one.name is None:
                raise CREDENTIAL_DISCLOSURE_MALFORMED()
            if one.name in found or (depth == 0 and one.name in NEVER_DISCLOSED):
                raise CREDENTIAL_CLAIM_REPEATED()
            found[one.name] = self.value(one.value, depth + 1)
        return found

    def _list(self, values: list[Any], depth: int) -> list[Any]:
        found = []
        for value in values:
            if isinstance(value, dict) and value.keys() == {ELEMENT}:
                one = self._take(value[ELEMENT])
                if one is None:
                    continue
                if one.name is not None:
                    raise CREDENTIAL_DISCLOSURE_MALFORMED()
                value = one.value
            found.append(self.value(value, depth + 1))
        return found

    def _take(self, digest: Any) -> Disclosure | None:
        if not isinstance(digest, str):
            raise CREDENTIAL_MALFORMED(reason="a digest is a text")
        if digest in self._met:
            raise CREDENTIAL_DIGEST_REPEATED()
        self._met.add(digest)
        if digest in self._known:
            self.used.add(digest)
        return self._known.get(digest)
