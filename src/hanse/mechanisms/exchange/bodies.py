"""Large bodies between cities: the signed transfer, and what a message that names one needs."""

from base64 import b64encode
from datetime import datetime
from typing import Final

from sqlalchemy import select

from hanse.foundation.errors import ProblemKind
from hanse.foundation.http_signatures import (
    RequestParts,
    SignatureParameters,
    read_signature,
    require_covered,
    sign,
)
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.delivery import (
    DIGEST_MISMATCH,
    LABEL,
    KeyBook,
    Signer,
    verified_base,
)
from hanse.mechanisms.exchange.tables import bodies

BODY_TAG: Final = "hanse-body"
BODY_COVERED: Final = (
    '"@method"',
    '"@authority"',
    '"@path"',
    '"content-digest"',
    '"hanse-charter"',
)
BODY_NOT_HERE = ProblemKind(
    "body_not_here",
    409,
    Text("报文引用的附件尚未收到", "The body that the message names has not arrived"),
    Text("请先发送附件，再投递报文", "Send the body first, then deliver the message"),
    retry=True,
)


def require_body(transaction: Transaction, digest: str | None, peer: str) -> None:
    """Refuse a message whose body that city has not given us."""
    if digest is None:
        return
    found = transaction.value(
        select(bodies.c.size_bytes).where(bodies.c.digest == digest, bodies.c.peer == peer)
    )
    if found is None:
        raise BODY_NOT_HERE()


def digest_field(digest: str) -> str:
    """The Content-Digest (RFC 9530) of a body named `sha-256:<hex>`."""
    raw = bytes.fromhex(digest.removeprefix("sha-256:"))
    return f"sha-256=:{b64encode(raw).decode('ascii')}:"


def seal_body_request(
    signer: Signer,
    *,
    authority: str,
    path: str,
    digest: str,
    charter_version: int,
    now: datetime,
    nonce: bytes,
) -> dict[str, str]:
    """The signed header fields of a body's transfer."""
    headers = {
        "content-type": "application/octet-stream",
        "content-digest": digest_field(digest),
        "hanse-charter": str(charter_version),
    }
    parts = RequestParts("PUT", authority, path, headers)
    parameters = SignatureParameters(int(now.timestamp()), signer.name, nonce.hex(), BODY_TAG)
    made = sign(parts, BODY_COVERED, signer.key, parameters, LABEL)
    return headers | {
        "signature-input": made.signature_input,
        "signature": made.signature_field,
    }


def open_body_request(request: RequestParts, digest: str, keys: KeyBook, now: datetime) -> str:
    """Verify a transfer before its first byte is read; gives the sending city.

    A transfer that is replayed stores the same bytes under the same name: it changes nothing, so
    no nonce is kept for it.
    """
    signed = read_signature(request.headers, LABEL)
    require_covered(signed, BODY_COVERED)
    if request.headers.get("content-digest") != digest_field(digest):
        raise DIGEST_MISMATCH()
    verified_base(signed, request, keys, now, BODY_TAG)
    return signed.keyid.partition("/")[0]
