"""The protection of forms, and the headers that every page carries.

A form carries a token that follows from the browser's own secret: the session's, or for visitors
that of a cookie made for it. Another site can send a form here, but can read neither. Browsers say
besides where a request comes from (Origin, Sec-Fetch-Site), and what comes from elsewhere is
refused without looking at the token.
"""

import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import base64url, from_base64url
from hanse.foundation.languages import Text

FORM_TOKEN: Final = "form_token"  # noqa: S105 - the field's name
FORM_NOT_OURS = ProblemKind(
    "form_not_ours",
    403,
    Text(
        "该表单不是从本站页面提交的，或已过期",
        "The form was not sent from a page of this site, or is old",
    ),
    Text("请重新打开页面后提交", "Open the page again and send it from there"),
)

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def web_key(secret: bytes) -> bytes:
    """The key of this node's forms: follows from its secret, and opens nothing else."""
    return hmac.digest(secret, b"hanse web forms", "sha256")


def form_token(key: bytes, browser: str) -> str:
    """The token of every form that is shown to this browser."""
    return hmac.new(key, browser.encode(), hashlib.sha256).hexdigest()


def signed(key: bytes, purpose: bytes, value: bytes) -> str:
    """A value that a page hands out and takes back: nobody else can make one."""
    mark = hmac.digest(key, purpose + b"\0" + value, "sha256")
    return f"{base64url(value)}.{base64url(mark)}"


def signed_value(key: bytes, purpose: bytes, given: str) -> bytes | None:
    """The value of `signed`, or None where it is not ours for that purpose."""
    try:
        value, mark = (from_base64url(part) for part in given.split("."))
    except ValueError:
        return None
    right = hmac.digest(key, purpose + b"\0" + value, "sha256")
    return value if hmac.compare_digest(right, mark) else None


def check_form(key: bytes, browser: str | None, token: str, headers: Headers) -> None:
    """Refuse a form that was not sent from a page of ours to this browser."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise FORM_NOT_OURS()
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        raise FORM_NOT_OURS()
    if not browser or not hmac.compare_digest(form_token(key, browser).encode(), token.encode()):
        raise FORM_NOT_OURS()


def own_path(path: str, otherwise: str = "/") -> str:
    """A path of this node, or `otherwise`: never a way to another origin (open redirect)."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    is_clean = plain and all(" " < char < "\x7f" and char != "\\" for char in path)
    return path if is_clean and len(path) <= 2_000 else otherwise
