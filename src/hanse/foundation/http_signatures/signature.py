"""Message signatures of RFC 9421: reading one, making one, checking one.

The signature base, the text that is really signed, is built from the received text of
Signature-Input, never from a re-serialisation of it: what is kept as evidence is what was sent.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hanse.foundation.http_signatures.components import (
    Component,
    Parts,
    RequestParts,
    ResponseParts,
    combined,
    component_named,
    value_of,
)
from hanse.foundation.http_signatures.problems import (
    SIGNATURE_COVERAGE_SHORT,
    SIGNATURE_MALFORMED,
    SIGNATURE_MISSING,
    SIGNATURE_PARAMETER_MISSING,
)
from hanse.foundation.http_signatures.structured_fields import (
    InnerList,
    Item,
    Member,
    Parameters,
    quoted,
    read_dictionary,
    serialised,
)
from hanse.foundation.keys import PrivateKey, PublicKey

INPUT_FIELD: Final = "signature-input"
SIGNATURE_FIELD: Final = "signature"
LABEL: Final = re.compile(r"[a-z*][a-z0-9_\-.*]{0,63}")


@dataclass(frozen=True, slots=True)
class SignatureParameters:
    """What a signature says of itself: when (seconds since 1970), by which key, once, for what."""

    created: int
    keyid: str
    nonce: str
    tag: str

    def text(self) -> str:
        """As they stand after the covered components; ValueError outside printable ASCII."""
        return (
            f";created={self.created};keyid={quoted(self.keyid)}"
            f";nonce={quoted(self.nonce)};tag={quoted(self.tag)}"
        )


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it was read, not yet verified. `raw` is the text that its base ends with."""

    label: str
    components: tuple[Component, ...]
    parameters: Parameters
    raw: str
    signature: bytes

    @property
    def created(self) -> int:
        """Seconds since 1970; raises `signature_parameter_missing` or `signature_malformed`."""
        return self._integer("created")

    @property
    def expires(self) -> int | None:
        """Seconds since 1970 after which it counts no more, None where it does not say."""
        return self._integer("expires") if "expires" in self.parameters else None

    @property
    def keyid(self) -> str:
        """The signer's name for its key; raises as `created` does."""
        return self._string("keyid")

    @property
    def nonce(self) -> str:
        """What makes this signature unlike any other; raises as `created` does."""
        return self._string("nonce")

    @property
    def tag(self) -> str:
        """What the signature is for; raises as `created` does."""
        return self._string("tag")

    def _parameter(self, name: str) -> object:
        if name not in self.parameters:
            raise SIGNATURE_PARAMETER_MISSING(parameter=name)
        return self.parameters[name]

    def _integer(self, name: str) -> int:
        value = self._parameter(name)
        if type(value) is not int:
            raise SIGNATURE_MALFORMED(field=INPUT_FIELD, reason=f"{name} is no integer")
        return value

    def _string(self, name: str) -> str:
        value = self._parameter(name)
        if type(value) is not str:
            raise SIGNATURE_MALFORMED(field=INPUT_FIELD, reason=f"{name} is no string")
        return value


@dataclass(frozen=True, slots=True)
class Made:
    """A new signature: the values of its two fields, and the base and bytes that prove it."""

    signature_input: str
    signature_field: str
    base: bytes
    signature: bytes


def read_signature(headers: Mapping[str, str], label: str) -> Signed:
    """The signature under a label, from headers with names in lower case.

    Raises `signature_missing`, `signature_malformed`, `signature_component_unsupported`.
    """
    described = _member(headers, INPUT_FIELD, label)
    proof = _member(headers, SIGNATURE_FIELD, label)
    if not isinstance(described, InnerList):
        raise SIGNATURE_MALFORMED(field=INPUT_FIELD, reason="no list of components")
    if not isinstance(proof, Item) or not isinstance(proof.value, bytes):
        raise SIGNATURE_MALFORMED(field=SIGNATURE_FIELD, reason="no byte sequence")
    components = tuple(component_named(item.text) for item in described.items)
    if len({component.identity for component in components}) != len(components):
        raise SIGNATURE_MALFORMED(field=INPUT_FIELD, reason="component comes twice")
    return Signed(label, components, described.parameters, described.text, proof.value)


def signature_base(signed: Signed, parts: Parts) -> bytes:
    """The text that the signature is over (RFC 9421, 2.5).

    Raises `signature_component_missing`, `signature_component_unsupported`,
    `signature_malformed`.
    """
    return _base(signed.components, signed.raw, parts)


def verify(signed: Signed, base: bytes, key: PublicKey) -> bool:
    """Whether the key made the signature over the base. A stated `alg` must be the key's suite.

    Whose key it is, how old the signature may be, and whether its nonce was seen before, is for
    the caller to judge.
    """
    alg = signed.parameters.get("alg", key.suite)
    if type(alg) is not str or alg != key.suite:
        return False
    return key.verify(signed.signature, base)


def require_covered(signed: Signed, names: Iterable[str]) -> None:
    """Refuse a signature that does not cover these components; raises `signature_coverage_short`.

    Names are texts such as `"@method";req`; the order of their parameters does not matter.
    """
    covered = {component.identity for component in signed.components}
    missing = [name for name in names if component_named(name).identity not in covered]
    if missing:
        raise SIGNATURE_COVERAGE_SHORT(missing=", ".join(missing))


def sign(
    parts: Parts,
    covered: Sequence[str],
    key: PrivateKey,
    parameters: SignatureParameters,
    label: str,
) -> Made:
    """Sign the covered components of a message, with the evidence of it.

    Raises what `signature_base` raises; ValueError for components named twice, a label that is no
    key of a dictionary, and parameters outside printable ASCII.
    """
    if not LABEL.fullmatch(label):
        raise ValueError("not a label")
    components = tuple(component_named(text) for text in covered)
    if len({component.identity for component in components}) != len(components):
        raise ValueError("a component is named twice")
    raw = f"({' '.join(covered)}){parameters.text()}"
    base = _base(components, raw, parts)
    signature = key.sign(base)
    field = Item(signature, {}, "")
    return Made(f"{label}={raw}", f"{label}={serialised(field)}", base, signature)


def sign_request(
    parts: RequestParts,
    covered: Sequence[str],
    key: PrivateKey,
    parameters: SignatureParameters,
    label: str,
) -> tuple[str, str]:
    """The values of Signature-Input and Signature for a request; see `sign`."""
    made = sign(parts, covered, key, parameters, label)
    return made.signature_input, made.signature_field


def sign_response(
    parts: ResponseParts,
    covered: Sequence[str],
    key: PrivateKey,
    parameters: SignatureParameters,
    label: str,
) -> tuple[str, str]:
    """The values of Signature-Input and Signature for a response; see `sign`.

    Components with `req` bind it to its request: `"signature";req;key="hanse"` to the whole of it.
    """
    made = sign(parts, covered, key, parameters, label)
    return made.signature_input, made.signature_field


def _member(headers: Mapping[str, str], field: str, label: str) -> Member:
    value = headers.get(field)
    if value is None:
        raise SIGNATURE_MISSING(field=field, label=label)
    try:
        member = read_dictionary(combined((value,))).get(label)
    except ValueError as error:
        raise SIGNATURE_MALFORMED(field=field, reason=str(error)) from None
    if member is None:
        raise SIGNATURE_MISSING(field=field, label=label)
    return member


def _base(components: Sequence[Component], raw: str, parts: Parts) -> bytes:
    lines = [f"{component.text}: {value_of(component, parts)}" for component in components]
    lines.append(f'"@signature-params": {raw}')
    text = "\n".join(lines)
    # A line break inside a value would let one component pose as another.
    if text.count("\n") != len(components) or "\r" in text or not text.isascii():
        raise SIGNATURE_MALFORMED(field=INPUT_FIELD, reason="a value is not one line of ASCII")
    return text.encode("ascii")
