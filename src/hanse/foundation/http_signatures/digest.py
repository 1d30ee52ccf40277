"""Content-Digest (RFC 9530, 2): the SHA-256 of a body, in a header that a signature can cover."""

from base64 import b64encode
from hashlib import sha256
from hmac import compare_digest

from hanse.foundation.http_signatures.structured_fields import Item, read_dictionary


def content_digest(body: bytes) -> str:
    """The field's value for a body: `sha-256=:...:`."""
    return f"sha-256=:{b64encode(sha256(body).digest()).decode('ascii')}:"


def check_content_digest(header: str, body: bytes) -> bool:
    """Whether the field's value is of that body, by its member `sha-256`.

    Members of other algorithms are left alone (RFC 9530, 2); a value without `sha-256`, or one
    that cannot be read, is not of any body.
    """
    try:
        member = read_dictionary(header).get("sha-256")
    except ValueError:
        return False
    if not isinstance(member, Item) or not isinstance(member.value, bytes):
        return False
    return compare_digest(member.value, sha256(body).digest())
