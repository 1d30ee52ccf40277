"""Signed documents: what is signed, how it is written, and how it is read without trust.

A signed document is `{"document": {...}, "signatures": [{"city", "key", "signature"}, ...]}`.
Signed are the document's prefix line (so that no signature fits a document of another kind) and
its RFC 8785 bytes; its digest is the SHA-256 of these bytes.

Reading is strict: what is read, written again, is the same document. No repeated name, null,
fraction, unknown field or second spelling of a value gets through, so two cities that hold the
same digest have read the same words.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, Generic, Self, TypeVar

import rfc8785
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import base64url, from_base64url
from hanse.foundation.keys import PrivateKey, PublicKey
from hanse.foundation.languages import Text, titled
from hanse.mechanisms.league.document_types import CityCode, ShortName

DOCUMENT_TOO_LARGE = ProblemKind(
    "document_too_large",
    413,
    Text("文件过大", "The document is too large"),
    Text("签名文件不超过 {bytes_max} 字节", "A signed document has at most {bytes_max} bytes"),
)
DOCUMENT_MALFORMED = ProblemKind(
    "document_malformed",
    400,
    Text("文件格式错误", "The document is malformed"),
    Text("请按协议文档重新生成文件：{reason}", "Write the document again: {reason}"),
)
DOCUMENT_INVALID = ProblemKind(
    "document_invalid",
    422,
    Text("文件内容不符合要求", "The document does not meet the declared form"),
    Text("请修正以下字段：{fields}", "Mend these fields: {fields}"),
)

DOCUMENT_BYTES_MAX: Final = 1_000_000
"""A signed document fits a message between cities with its attributes."""

DOCUMENT_DEPTH_MAX: Final = 24
SIGNATURES_MAX: Final = 512
SIGNATURE_CHARS_MAX: Final = 4_096
FIELDS_NAMED_MAX: Final = 10
REASON_CHARS_MAX: Final = 120
INTEGER_DIGITS_MAX: Final = 16

# Possessive, so that text without a closing quote is read once and not once for each quote.
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


class Part(BaseModel):
    """What a document is made of: immutable, and nothing beside the declared fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy that is checked as the original was; pydantic's own would check nothing."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(values | dict(update or {}))


class Document(Part):
    """A document that cities sign."""

    PREFIX: ClassVar[str]
    """The line that says what is signed, without its line end."""

    def as_dict(self) -> dict[str, Any]:
        """The document as JSON has it; a field without a value is absent."""
        return self.model_dump(mode="json", exclude_none=True)

    def canonical(self) -> bytes:
        """The document's RFC 8785 bytes."""
        return rfc8785.dumps(self.as_dict())

    def signed_bytes(self) -> bytes:
        """What a signature is made over: the prefix line and the canonical bytes."""
        return self.PREFIX.encode() + b"\n" + self.canonical()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, as `sha-256:<hex>`."""
        return "sha-256:" + hashlib.sha256(self.canonical()).hexdigest()


class Signature(Part):
    """One city's signature, by one of its keys in the charter."""

    city: Annotated[CityCode, titled("城市", "City")]
    key: Annotated[ShortName, titled("密钥编号", "Key")]
    signature: Annotated[str, titled("签名值", "Signature", max_length=SIGNATURE_CHARS_MAX)]

    def verifies(self, public: PublicKey, message: bytes) -> bool:
        """Whether the signature is this public key's for the message; never raises."""
        try:
            return public.verify(from_base64url(self.signature), message)
        except ValueError:
            return False


D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Signed(Generic[D]):
    """A document and the signatures gathered so far; it says nothing of whether they verify."""

    document: D
    signatures: tuple[Signature, ...] = ()

    @property
    def digest(self) -> str:
        """The document's digest; the signatures are no part of it."""
        return self.document.digest

    @property
    def signers(self) -> frozenset[str]:
        """The cities of which a signature is here."""
        return frozenset(one.city for one in self.signatures)

    def to_bytes(self) -> bytes:
        """The signed document as it is sent and stored, in canonical form."""
        written = rfc8785.dumps(
            {
                "document": self.document.as_dict(),
                "signatures": [one.model_dump(mode="json") for one in self.signatures],
            }
        )
        if len(written) > DOCUMENT_BYTES_MAX:
            raise DOCUMENT_TOO_LARGE(bytes_max=DOCUMENT_BYTES_MAX)
        return written

    def with_signatures(self, more: Iterable[Signature]) -> Self:
        """With those of `more` whose key has not signed yet, in the order of city and key.

        The first signature of a key stays: verify one before adding it.
        """
        by_key: dict[tuple[str, str], Signature] = {}
        for one in (*self.signatures, *more):
            by_key.setdefault((one.city, one.key), one)
        return type(self)(self.document, tuple(by_key[key] for key in sorted(by_key)))


def sign(document: Document, city: str, key_id: str, private_key: PrivateKey) -> Signature:
    """The signature of a city over a document, by the key that the charter names `key_id`."""
    signature = base64url(private_key.sign(document.signed_bytes()))
    return Signature(city=city, key=key_id, signature=signature)


def add_signature(signed: Signed[D], signature: Signature) -> Signed[D]:
    """The signed document with one more signature; unchanged where its key has signed already."""
    return signed.with_signatures([signature])


def twice_signed(signatures: Iterable[Signature]) -> Signature | None:
    """The first signature whose key has signed before it, or None."""
    seen: set[tuple[str, str]] = set()
    for one in signatures:
        if (one.city, one.key) in seen:
            return one
        seen.add((one.city, one.key))
    return None


def read_signed(data: bytes, model: type[D]) -> Signed[D]:
    """Read a signed document strictly. Its signatures are not verified here.

    Raises `document_too_large`, `document_malformed`, `document_invalid`, and what the model
    refuses by a name of its own.
    """
    envelope = read_json(data)
    if envelope.keys() != {"document", "signatures"}:
        raise DOCUMENT_MALFORMED(reason="exactly the members document and signatures")
    raw = envelope["signatures"]
    if not isinstance(raw, list) or len(raw) > SIGNATURES_MAX:
        raise DOCUMENT_MALFORMED(reason=f"signatures: a list of at most {SIGNATURES_MAX}")
    document = read_part(envelope["document"], model)
    signed = Signed(document, tuple(read_part(one, Signature) for one in raw))
    _check_spelling(envelope["document"], document.as_dict(), "document")
    _check_spelling(raw, [one.model_dump(mode="json") for one in signed.signatures], "signatures")
    return signed


P = TypeVar("P", bound=Part)


def read_part(value: Any, model: type[P]) -> P:
    """A value as its declared model, or `document_invalid` with the places, never the values."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise DOCUMENT_INVALID(fields=_places(error)) from None


def read_json(data: bytes) -> dict[str, Any]:
    """An object of JSON without repeated names, null, fractions, or numbers beyond 2^53 - 1."""
    if len(data) > DOCUMENT_BYTES_MAX:
        raise DOCUMENT_TOO_LARGE(bytes_max=DOCUMENT_BYTES_MAX)
    try:
        text = data.decode("utf-8")
        _check_depth(text)
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_integer,
        )
        rfc8785.dumps(value)  # refuses lone surrogates and numbers that readers disagree about
    except ValueError as error:
        reason = str(error) if type(error) is _RefusedError else type(error).__name__
        raise DOCUMENT_MALFORMED(reason=reason) from None
    if not isinstance(value, dict):
        raise DOCUMENT_MALFORMED(reason="the outermost value is an object")
    return value


class _RefusedError(ValueError):
    """A reason that may be shown: it holds nothing of the document."""


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the parser, which recurses, sees it."""
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        first = found[0][0]
        depth += (first in "[{") - (first in "]}")
        if depth > DOCUMENT_DEPTH_MAX:
            raise _RefusedError(f"more than {DOCUMENT_DEPTH_MAX} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _RefusedError("a name stands twice in one object")
    if None in value.values():
        raise _RefusedError("null: leave a field without a value out")
    return value


def _integer(digits: str) -> int:
    if len(digits) > INTEGER_DIGITS_MAX + 1:
        raise _RefusedError("a number beyond 2^53 - 1")
    if digits == "-0":
        raise _RefusedError("minus zero")
    return int(digits)


def _refuse_number(text: str) -> Any:
    raise _RefusedError("a number that is not whole")


def _check_spelling(raw: Any, written: Any, place: str) -> None:
    if rfc8785.dumps(raw) == rfc8785.dumps(written):
        return
    where = _shortened(_difference(raw, written, place))
    raise DOCUMENT_MALFORMED(reason=f"not spelled as it is defined: {where}")


def _difference(raw: Any, written: Any, place: str) -> str:
    """The first place at which two values are not written alike."""
    if isinstance(raw, dict) and isinstance(written, dict):
        for name in sorted(raw.keys() | written.keys()):
            if name not in raw or name not in written:
                return f"{place}.{name}"
            if rfc8785.dumps(raw[name]) != rfc8785.dumps(written[name]):
                return _difference(raw[name], written[name], f"{place}.{name}")
    if isinstance(raw, list) and isinstance(written, list):
        for index, (one, other) in enumerate(zip(raw, written, strict=False)):
            if rfc8785.dumps(one) != rfc8785.dumps(other):
                return _difference(one, other, f"{place}.{index}")
    return place


def _places(error: ValidationError) -> str:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    named = [
        f"{_shortened('.'.join(map(str, one['loc'])) or '(root)')}: {_shortened(_kind(one))}"
        for one in details[:FIELDS_NAMED_MAX]
    ]
    more = f" (+{len(details) - FIELDS_NAMED_MAX})" if len(details) > FIELDS_NAMED_MAX else ""
    return "; ".join(named) + more


def _kind(detail: ErrorDetails) -> str:
    """What is wrong: our own sentence, or pydantic's name of the kind."""
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    return detail["type"]


def _shortened(text: str) -> str:
    """A name may come from outside: it is told, within limits."""
    return text if len(text) <= REASON_CHARS_MAX else text[:REASON_CHARS_MAX] + "…"
