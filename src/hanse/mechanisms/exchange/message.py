"""A message: a request, an answer or an event between two cities.

On the wire and in the record a message is one line of JSON, a CloudEvent 1.0 in structured form.
The line's exact bytes are what is committed to and kept: no canonical form is needed to check
them, in any language. The attribute `salt` holds 128 random bits, so that the commitment
`SHA-256(0x00 || line)` (RFC 9162 section 2.1.1) tells nothing of a line that was erased.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import orjson

from hanse.foundation.clock import iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.merkle import leaf_hash
from hanse.mechanisms.exchange.limits import (
    IDENTIFIER_LENGTH_MAX,
    JSON_DEPTH_MAX,
    MESSAGE_BYTES_MAX,
)

MESSAGE_MALFORMED = ProblemKind(
    "message_malformed",
    400,
    Text("报文格式错误", "The message is malformed"),
    Text("请按协议文档修正属性 {attribute}", "Mend attribute {attribute} as docs/protocol.md says"),
)
MESSAGE_TOO_LARGE = ProblemKind(
    "message_too_large",
    413,
    Text("报文过大", "The message is too large"),
    Text(
        "单条报文不超过 {bytes_max} 字节，较大内容请作为附件发送",
        "A message has at most {bytes_max} bytes; send larger data as a body",
    ),
)

TYPE_PREFIX: Final = "hanse."
SOURCE_PREFIX: Final = "urn:hanse:"


class Kind(StrEnum):
    """What a message is to its receiver."""

    REQUEST = "request"
    EVENT = "event"
    ANSWER = "answer"
    REFUSAL = "refusal"
    """The negative answer: its data is a problem."""
    RECEIPT = "receipt"
    """An event was taken, or a request accepted whose answer is still owed."""


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation of a city: identity is always (authority, id)."""

    city: str
    organisation: str

    def __str__(self) -> str:
        return f"{self.city}/{self.organisation}"


@dataclass(frozen=True, slots=True)
class Message:
    """One message with its attributes. `data` is JSON: objects, lists, strings, integers."""

    id: str
    kind: Kind
    operation: str
    sender: Party
    recipient: str
    time: str
    salt: str
    data: Any
    purpose: str | None = None
    agreement: str | None = None
    sequence: int | None = None
    """Place of an event in its stream, from 1, without gaps for each receiver."""
    in_reply_to: str | None = None
    expires_at: str | None = None
    body: str | None = None
    """`sha-256:<hex>` of a body that travels by itself."""

    def to_line(self) -> bytes:
        """The message's bytes: what is sent, committed to and kept."""
        attributes: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "type": f"{TYPE_PREFIX}{self.kind}.{self.operation}",
            "source": f"{SOURCE_PREFIX}{self.sender.city}:{self.sender.organisation}",
            "time": self.time,
            "recipient": self.recipient,
            "salt": self.salt,
        }
        for name, value in (
            ("purpose", self.purpose),
            ("agreement", self.agreement),
            ("sequence", self.sequence),
            ("inreplyto", self.in_reply_to),
            ("expiresat", self.expires_at),
            ("dataref", self.body),
        ):
            if value is not None:
                attributes[name] = value
        attributes["data"] = self.data
        try:
            line = orjson.dumps(attributes)
        except TypeError:  # where a contract takes any JSON, an integer may be longer than 64 bits
            raise MESSAGE_MALFORMED(attribute="data") from None
        if len(line) > MESSAGE_BYTES_MAX:
            raise MESSAGE_TOO_LARGE(bytes_max=MESSAGE_BYTES_MAX)
        _refuse_nul(line)
        return line


def commitment(line: bytes) -> bytes:
    """The salted commitment to a message: the RFC 9162 leaf hash of its line."""
    return leaf_hash(line)


def stamp(instant: datetime) -> str:
    """The `time` attribute of an instant."""
    return iso(instant)


_REQUIRED: Final = ("specversion", "id", "type", "source", "time", "recipient", "salt", "data")
_OPTIONAL: Final = ("purpose", "agreement", "sequence", "inreplyto", "expiresat", "dataref")
_KNOWN: Final = frozenset(_REQUIRED + _OPTIONAL)
_KINDS: Final = {str(kind): kind for kind in Kind}
_SALT_LENGTH_MIN: Final = 22
_SEQUENCE_END: Final = 2**63
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def read_line(line: bytes) -> Message:
    """Parse one line strictly. Unknown attributes are refused: they would not be understood."""
    if len(line) > MESSAGE_BYTES_MAX:
        raise MESSAGE_TOO_LARGE(bytes_max=MESSAGE_BYTES_MAX)
    _refuse_nul(line)
    try:
        attributes = orjson.loads(line)  # refuses more than 1024 levels by itself
    except orjson.JSONDecodeError as error:
        raise MESSAGE_MALFORMED(attribute="JSON") from error
    if not isinstance(attributes, dict):
        raise MESSAGE_MALFORMED(attribute="JSON")
    if line.count(b"{") + line.count(b"[") > JSON_DEPTH_MAX and _deeper_than(
        attributes, JSON_DEPTH_MAX
    ):
        raise MESSAGE_MALFORMED(attribute=f"depth > {JSON_DEPTH_MAX}")
    for name in _REQUIRED:
        if name not in attributes:
            raise MESSAGE_MALFORMED(attribute=name)
    if not _KNOWN.issuperset(attributes):
        raise MESSAGE_MALFORMED(attribute=min(set(attributes) - _KNOWN)[:IDENTIFIER_LENGTH_MAX])
    return _message(attributes)


def _message(attributes: dict[str, Any]) -> Message:
    if attributes["specversion"] != "1.0":
        raise MESSAGE_MALFORMED(attribute="specversion")
    kind, operation = _kind_and_operation(_text(attributes, "type"))
    sequence = attributes.get("sequence")
    if sequence is not None and (type(sequence) is not int or not 1 <= sequence < _SEQUENCE_END):
        raise MESSAGE_MALFORMED(attribute="sequence")
    salt = _text(attributes, "salt")
    if len(salt) < _SALT_LENGTH_MIN:
        raise MESSAGE_MALFORMED(attribute="salt")
    return Message(
        id=_text(attributes, "id"),
        kind=kind,
        operation=operation,
        sender=_party(_text(attributes, "source")),
        recipient=_text(attributes, "recipient"),
        time=_text(attributes, "time"),
        salt=salt,
        data=attributes["data"],
        purpose=_optional(attributes, "purpose"),
        agreement=_optional(attributes, "agreement"),
        sequence=sequence,
        in_reply_to=_optional(attributes, "inreplyto"),
        expires_at=_optional(attributes, "expiresat"),
        body=_optional(attributes, "dataref"),
    )


def _text(attributes: dict[str, Any], name: str) -> str:
    value = attributes[name]
    if type(value) is not str or not 0 < len(value) <= IDENTIFIER_LENGTH_MAX:
        raise MESSAGE_MALFORMED(attribute=name)
    if not value.isprintable():  # CloudEvents 1.0 has no control characters in its strings
        raise MESSAGE_MALFORMED(attribute=name)
    return value


def _optional(attributes: dict[str, Any], name: str) -> str | None:
    return _text(attributes, name) if name in attributes else None


def _kind_and_operation(type_: str) -> tuple[Kind, str]:
    kind, _, operation = type_.removeprefix(TYPE_PREFIX).partition(".")
    if not type_.startswith(TYPE_PREFIX) or kind not in _KINDS or not operation:
        raise MESSAGE_MALFORMED(attribute="type")
    return _KINDS[kind], operation


def _party(source: str) -> Party:
    city, _, organisation = source.removeprefix(SOURCE_PREFIX).partition(":")
    if not source.startswith(SOURCE_PREFIX) or not city or not organisation:
        raise MESSAGE_MALFORMED(attribute="source")
    return Party(city, organisation)


def _refuse_nul(line: bytes) -> None:
    """No U+0000 anywhere: PostgreSQL can't keep one, so it could be taken here and not there."""
    if b"\\u0000" in line and _NUL.search(line) is not None:
        raise MESSAGE_MALFORMED(attribute="U+0000")


def _deeper_than(value: Any, depth_max: int) -> bool:
    """Whether parsed JSON nests deeper than `depth_max`; walks level by level, not by recursion."""
    level = [value]
    for _ in range(depth_max):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)
