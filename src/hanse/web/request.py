"""A browser's request, read once: its address, its cookies and its language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers, QueryParams
from starlette.requests import cookie_parser

from hanse.foundation.identity import Randomness, base64url
from hanse.foundation.languages import LANGUAGES, Language, preferred
from hanse.node.exchange_api import Scope

LANGUAGE_COOKIE: Final = "hanse-language"
BROWSER_BYTES: Final = 18
QUERY_BYTES_MAX: Final = 4_000


@dataclass(frozen=True)
class CookieNames:
    """Cookies know no ports, so each city's have their own names: eight nodes on one machine."""

    city: str
    is_tls: bool
    """`__Host-` binds a cookie to its origin; browsers take it over TLS alone."""

    @property
    def session(self) -> str:
        """The session's cookie."""
        return self._bound("hanse-session")

    @property
    def form(self) -> str:
        """The cookie that protects the forms of visitors."""
        return self._bound("hanse-form")

    @property
    def flow(self) -> str:
        """The cookie of a sign-in elsewhere, while it lasts."""
        return self._bound("hanse-flow")

    def _bound(self, name: str) -> str:
        return f"{'__Host-' if self.is_tls else ''}{name}-{self.city}"


@dataclass(frozen=True)
class Request:
    """What the browser sent, but for a form's content."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Headers
    cookies: Mapping[str, str]
    client: str
    """The address of whoever connected."""
    secret: str | None
    """The session's, whether or not there is such a session."""
    browser: str
    """What this browser's forms are bound to where nobody is signed in."""
    is_new: bool
    """Whether the browser is yet to be given `browser`."""
    language: Language

    @classmethod
    def of(cls, scope: Scope, names: CookieNames, randomness: Randomness) -> "Request":
        """Read one request."""
        headers = Headers(raw=scope["headers"])
        cookies = cookie_parser(headers.get("cookie", ""))
        query = dict(QueryParams(scope.get("query_string", b"")[:QUERY_BYTES_MAX]))
        browser = cookies.get(names.form, "")
        client = scope.get("client") or ("",)
        return cls(
            method=scope["method"],
            path=scope["path"],
            query=query,
            headers=headers,
            cookies=cookies,
            client=str(client[0]),
            secret=cookies.get(names.session) or None,
            browser=browser or base64url(randomness(BROWSER_BYTES)),
            is_new=not browser,
            language=_language(query, cookies, headers),
        )

    @property
    def is_reading(self) -> bool:
        """Whether nothing is sent but the question."""
        return self.method in ("GET", "HEAD")

    @property
    def bound_to(self) -> str:
        """The browser's own secret, from which its forms' token follows."""
        return self.secret or self.browser

    def in_languages(self) -> dict[str, str]:
        """This page's address in each language."""
        rest = {name: value for name, value in self.query.items() if name != "lang"}
        path = quote(self.path, safe="/")
        return {one: f"{path}?{urlencode({**rest, 'lang': one})}" for one in LANGUAGES}


def _language(query: Mapping[str, str], cookies: Mapping[str, str], headers: Headers) -> Language:
    for asked in (query.get("lang"), cookies.get(LANGUAGE_COOKIE)):
        for language in LANGUAGES:
            if asked == language:
                return language
    return preferred(headers.get("accept-language"))
