"""A delivery: a signed batch of messages as one HTTP request, and its signed answer.

The body is one message a line. Field `Hanse-Root` is the RFC 9162 root of the messages'
commitments. The RFC 9421 signature covers it with the Content-Digest of the body; the answer's
signature covers the request's signature too, so it answers that request and no other. Nothing
here does I/O: bytes and headers in, bytes and headers out.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from hanse.foundation.errors import ProblemKind
from hanse.foundation.http_signatures import (
    Made,
    RequestParts,
    ResponseParts,
    SignatureParameters,
    Signed,
    check_content_digest,
    content_digest,
    read_signature,
    require_covered,
    sign,
    signature_base,
    verify,
)
from hanse.foundation.http_signatures.problems import SIGNATURE_MALFORMED
from hanse.foundation.keys import PrivateKey, PublicKey
from hanse.foundation.languages import Text
from hanse.foundation.merkle import root
from hanse.mechanisms.exchange.limits import (
    CLOCK_SKEW_SECONDS_MAX,
    DELIVERY_BYTES_MAX,
    MESSAGES_PER_DELIVERY_MAX,
)
from hanse.mechanisms.exchange.message import commitment

CONTENT_TYPE: Final = "application/x-ndjson"
DELIVERY_PATH: Final = "/hanse/v1/deliveries"
LABEL: Final = "hanse"
REQUEST_TAG: Final = "hanse-delivery"
RESPONSE_TAG: Final = "hanse-answer"
REQUEST_COVERED: Final = (
    '"@method"',
    '"@authority"',
    '"@path"',
    '"content-type"',
    '"content-digest"',
    '"hanse-root"',
    '"hanse-charter"',
)
RESPONSE_COVERED: Final = (
    '"@status"',
    '"content-type"',
    '"content-digest"',
    '"hanse-root"',
    '"hanse-charter"',
    '"@method";req',
    '"@path";req',
    '"content-digest";req',
    f'"signature";req;key="{LABEL}"',
)
NONCE_BYTES: Final = 16
NONCE_LENGTH_MAX: Final = 64
_VERSION: Final = re.compile(r"[0-9]{1,9}")

DELIVERY_TOO_LARGE = ProblemKind(
    "delivery_too_large",
    413,
    Text("投递过大", "The delivery is too large"),
    Text(
        "每次投递最多 {messages_max} 条报文、{bytes_max} 字节",
        "A delivery has at most {messages_max} messages and {bytes_max} bytes",
    ),
)
DELIVERY_EMPTY = ProblemKind(
    "delivery_empty",
    400,
    Text("投递中没有报文", "The delivery has no message"),
    Text("每行写一条报文", "Write one message a line"),
)
DIGEST_MISMATCH = ProblemKind(
    "digest_mismatch",
    400,
    Text("正文与摘要不符", "The body does not match its digest"),
    Text(
        "请检查 Content-Digest 与 Hanse-Root，并重新投递",
        "Check Content-Digest and Hanse-Root, and deliver again",
    ),
)
SIGNATURE_WRONG = ProblemKind(
    "signature_wrong",
    401,
    Text("签名无效", "The signature does not verify"),
    Text("请用章程中登记的密钥重新签名", "Sign again with the key that the charter lists"),
)
KEY_UNKNOWN = ProblemKind(
    "key_unknown",
    401,
    Text("章程中没有该密钥", "The charter lists no such key"),
    Text(
        "本节点的章程为第 {charter_version} 版；如贵方版本更新，请先发送",
        "This node holds charter version {charter_version}; if yours is newer, send it first",
    ),
)
CLOCK_SKEWED = ProblemKind(
    "clock_skewed",
    401,
    Text("签名时间与本节点时钟相差过大", "The signature's time is too far from this node's clock"),
    Text(
        "允许相差 {seconds_max} 秒，请校准时钟后重新签名",
        "At most {seconds_max} seconds are tolerated; set the clock and sign again",
    ),
)
SIGNATURE_EXPIRED = ProblemKind(
    "signature_expired",
    401,
    Text("签名已过有效期", "The signature has expired"),
    Text("请重新签名", "Sign again"),
)


class KeyBook(Protocol):
    """Where signers' keys are looked up: the charter, never the message."""

    @property
    def version(self) -> int:
        """The charter's version."""
        ...

    def exchange_key(self, city: str, key_id: str, at: datetime) -> PublicKey | None:
        """The key with which that city may sign deliveries at that time."""
        ...


@dataclass(frozen=True)
class Signer:
    """A city's key for deliveries. Its `keyid` on the wire is `city/key`."""

    city: str
    key_id: str
    key: PrivateKey

    @property
    def name(self) -> str:
        """The `keyid` parameter."""
        return f"{self.city}/{self.key_id}"


@dataclass(frozen=True)
class Sealed:
    """A signed request or answer with what its record needs."""

    headers: dict[str, str]
    body: bytes
    leaves: list[bytes]
    base: bytes
    signature: bytes
    key_name: str
    nonce: str
    parts: RequestParts | None = None


@dataclass(frozen=True)
class Opened:
    """A verified request or answer."""

    city: str
    key_name: str
    nonce: str
    created: int
    charter_version: int
    lines: list[bytes]
    leaves: list[bytes]
    base: bytes
    signature: bytes


def seal_request(
    lines: Sequence[bytes],
    signer: Signer,
    *,
    authority: str,
    charter_version: int,
    now: datetime,
    nonce: bytes,
) -> Sealed:
    """Sign a delivery of message lines to the node at `authority` (host and port)."""
    headers, body, leaves = _content(lines, charter_version)
    parts = RequestParts("POST", authority, DELIVERY_PATH, headers)
    parameters = SignatureParameters(int(now.timestamp()), signer.name, nonce.hex(), REQUEST_TAG)
    made = sign(parts, REQUEST_COVERED, signer.key, parameters, LABEL)
    signed_headers = headers | _signature_fields(made)
    return Sealed(
        headers=signed_headers,
        body=body,
        leaves=leaves,
        base=made.base,
        signature=made.signature,
        key_name=signer.name,
        nonce=parameters.nonce,
        parts=RequestParts("POST", authority, DELIVERY_PATH, signed_headers),
    )


def open_request(parts: RequestParts, body: bytes, keys: KeyBook, now: datetime) -> Opened:
    """Verify a delivery: limits first, then digests, then the signature, then its time."""
    lines = _split(body)
    signed = read_signature(parts.headers, LABEL)
    require_covered(signed, REQUEST_COVERED)
    leaves = _check_content(parts.headers, body, lines)
    return _opened(signed, parts, parts.headers, lines, leaves, keys, now, REQUEST_TAG)


def seal_response(
    lines: Sequence[bytes],
    signer: Signer,
    request: RequestParts,
    *,
    charter_version: int,
    now: datetime,
    nonce: bytes,
) -> Sealed:
    """Sign the answer to a delivery, one reply a line in the order of its messages."""
    headers, body, leaves = _content(lines, charter_version)
    parameters = SignatureParameters(int(now.timestamp()), signer.name, nonce.hex(), RESPONSE_TAG)
    parts = ResponseParts(200, headers, request)
    made = sign(parts, RESPONSE_COVERED, signer.key, parameters, LABEL)
    return Sealed(
        headers=headers | _signature_fields(made),
        body=body,
        leaves=leaves,
        base=made.base,
        signature=made.signature,
        key_name=signer.name,
        nonce=parameters.nonce,
    )


def open_response(
    headers: Mapping[str, str],
    body: bytes,
    request: RequestParts,
    keys: KeyBook,
    now: datetime,
) -> Opened:
    """Verify the answer to our delivery; it must be bound to exactly that request."""
    parts = ResponseParts(200, headers, request)
    lines = _split(body)
    signed = read_signature(headers, LABEL)
    require_covered(signed, RESPONSE_COVERED)
    leaves = _check_content(headers, body, lines)
    return _opened(signed, parts, headers, lines, leaves, keys, now, RESPONSE_TAG)


def _content(
    lines: Sequence[bytes], charter_version: int
) -> tuple[dict[str, str], bytes, list[bytes]]:
    body = b"\n".join(lines) + b"\n"
    leaves = [commitment(line) for line in lines]
    headers = {
        "content-type": CONTENT_TYPE,
        "content-digest": content_digest(body),
        "hanse-root": bytes_field(root(leaves)),
        "hanse-charter": str(charter_version),
    }
    return headers, body, leaves


def _split(body: bytes) -> list[bytes]:
    """The lines of a body. They are counted before anything is made of them."""
    too_large = len(body) > DELIVERY_BYTES_MAX
    if too_large or body.count(b"\n") > MESSAGES_PER_DELIVERY_MAX:
        raise DELIVERY_TOO_LARGE(
            messages_max=MESSAGES_PER_DELIVERY_MAX, bytes_max=DELIVERY_BYTES_MAX
        )
    if not body.endswith(b"\n") or body == b"\n":
        raise DELIVERY_EMPTY()
    return body[:-1].split(b"\n")


def _check_content(headers: Mapping[str, str], body: bytes, lines: list[bytes]) -> list[bytes]:
    leaves = [commitment(line) for line in lines]
    if headers.get("hanse-root") != bytes_field(root(leaves)):
        raise DIGEST_MISMATCH()
    if not check_content_digest(headers.get("content-digest", ""), body):
        raise DIGEST_MISMATCH()
    return leaves


def _opened(
    signed: Signed,
    parts: RequestParts | ResponseParts,
    headers: Mapping[str, str],
    lines: list[bytes],
    leaves: list[bytes],
    keys: KeyBook,
    now: datetime,
    tag: str,
) -> Opened:
    base = verified_base(signed, parts, keys, now, tag)
    version = headers.get("hanse-charter", "")
    return Opened(
        city=signed.keyid.partition("/")[0],
        key_name=signed.keyid,
        nonce=signed.nonce,
        created=signed.created,
        charter_version=int(version) if _VERSION.fullmatch(version) else 0,
        lines=lines,
        leaves=leaves,
        base=base,
        signature=signed.signature,
    )


def verified_base(
    signed: Signed,
    parts: RequestParts | ResponseParts,
    keys: KeyBook,
    now: datetime,
    tag: str,
) -> bytes:
    """Check a signature's purpose, time, key and value; gives the base that was signed."""
    if signed.tag != tag:
        raise SIGNATURE_WRONG()
    if abs(signed.created - now.timestamp()) > CLOCK_SKEW_SECONDS_MAX:
        raise CLOCK_SKEWED(seconds_max=CLOCK_SKEW_SECONDS_MAX)
    if signed.expires is not None and signed.expires < now.timestamp():
        raise SIGNATURE_EXPIRED()
    if not 0 < len(signed.nonce) <= NONCE_LENGTH_MAX:
        raise SIGNATURE_MALFORMED(field="signature-input", reason="length of the nonce")
    city, _, key_id = signed.keyid.partition("/")
    key = keys.exchange_key(city, key_id, datetime.fromtimestamp(signed.created, now.tzinfo))
    if key is None:
        raise KEY_UNKNOWN(charter_version=keys.version)
    base = signature_base(signed, parts)
    if not verify(signed, base, key):
        raise SIGNATURE_WRONG()
    return base


def _signature_fields(made: Made) -> dict[str, str]:
    return {"signature-input": made.signature_input, "signature": made.signature_field}


def bytes_field(data: bytes) -> str:
    """A byte sequence of RFC 9651 section 3.3.5."""
    return f":{b64encode(data).decode('ascii')}:"


def bytes_of_field(text: str) -> bytes:
    """The bytes of a structured field's byte sequence; ValueError where it is none."""
    if len(text) < 2 or text[0] != ":" or text[-1] != ":":
        raise ValueError("not a byte sequence")
    return b64decode(text[1:-1], validate=True)
