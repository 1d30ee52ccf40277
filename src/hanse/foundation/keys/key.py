"""Public and private keys of any suite.

    key = generate("ed25519")
    key.public.verify(key.sign(b"text"), b"text")

A key is opened once, when it is made; verifying again costs no more than the library's own call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hanse.foundation.identity import (
    Randomness,
    base64url,
    from_base64url,
    system_randomness,
)
from hanse.foundation.keys.ed25519 import ED25519
from hanse.foundation.keys.mldsa44 import ML_DSA_44
from hanse.foundation.keys.p256 import P256
from hanse.foundation.keys.sm2 import SM2
from hanse.foundation.keys.suite import (
    KEY_INVALID,
    KEY_SUITE_UNKNOWN,
    Signing,
    Suite,
    Verifying,
)

SUITES: Final[dict[str, Suite]] = {suite.name: suite for suite in (ED25519, P256, SM2, ML_DSA_44)}
PUBLIC_TEXT_CHARS_MAX: Final = 4096
SUITE_NAME_CHARS_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A suite's name and the key's bytes in that suite's encoding.

    Two are equal when both are. Raises `key_suite_unknown`, or `key_invalid` where the bytes are
    no key of the suite.
    """

    suite: str
    data: bytes
    _verifying: Verifying = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        suite = suite_named(self.suite)
        if len(self.data) != suite.public_bytes:
            raise KEY_INVALID(suite=suite.name, reason="wrong_length")
        try:
            verifying = suite.open_public(self.data)
        except ValueError as error:
            raise KEY_INVALID(suite=suite.name, reason=str(error)) from None
        object.__setattr__(self, "_verifying", verifying)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's for the message; False for any other bytes."""
        return self._verifying(signature, message)

    def as_dict(self) -> dict[str, str]:
        """`{"suite": ..., "public": base64url without padding}`."""
        return {"suite": self.suite, "public": base64url(self.data)}

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "PublicKey":
        """The key of `as_dict`; other members are left alone."""
        suite, public = values.get("suite"), values.get("public")
        if not isinstance(suite, str):
            raise KEY_INVALID(suite="?", reason="suite_missing")
        if not isinstance(public, str) or len(public) > PUBLIC_TEXT_CHARS_MAX:
            raise KEY_INVALID(suite=suite[:SUITE_NAME_CHARS_MAX], reason="public_missing")
        try:
            data = from_base64url(public)
        except ValueError:
            raise KEY_INVALID(suite=suite[:SUITE_NAME_CHARS_MAX], reason="not_base64url") from None
        return cls(suite, data)

    def __reduce__(self) -> tuple[Any, ...]:
        return PublicKey, (self.suite, self.data)


@dataclass(frozen=True, slots=True, eq=False)
class PrivateKey:
    """A secret that signs, made by `generate` or `from_secret`. Its repr hides the secret."""

    public: PublicKey
    secret: bytes = field(repr=False)
    _signing: Signing = field(repr=False)

    @property
    def suite(self) -> str:
        """The suite's name."""
        return self.public.suite

    def sign(self, message: bytes) -> bytes:
        """A signature over the message, in the suite's encoding."""
        return self._signing(message)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a private key is stored by a keystore, not by pickling")


def suite_named(name: str) -> Suite:
    """The suite of that name; raises `key_suite_unknown`."""
    suite = SUITES.get(name)
    if suite is None:
        raise KEY_SUITE_UNKNOWN(suite=name[:SUITE_NAME_CHARS_MAX], known=", ".join(SUITES))
    return suite


def generate(suite: str, randomness: Randomness = system_randomness) -> PrivateKey:
    """A new key. The same randomness gives the same key, in every suite."""
    return from_secret(suite, suite_named(suite).draw_secret(randomness))


def from_secret(suite: str, secret: bytes) -> PrivateKey:
    """The key of a secret that was given out before; raises `key_invalid`, never naming it."""
    kind = suite_named(suite)
    if len(secret) != kind.secret_bytes:
        raise KEY_INVALID(suite=kind.name, reason="wrong_length")
    try:
        public, signing = kind.open_secret(secret)
    except ValueError as error:
        raise KEY_INVALID(suite=kind.name, reason=str(error)) from None
    return PrivateKey(PublicKey(kind.name, public), secret, signing)
