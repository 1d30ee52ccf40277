"""A browser without scripts: cookies, forms, links; and what it was answered."""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

TIMEOUT_SECONDS = 30


@dataclass
class Form:
    """A form of a page: where it goes, and its fields as they were filled."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, name, value) for name, value in values.items()]
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get")))
        elif self.forms and values.get("name"):
            form = self.forms[-1]
            if tag == "button":
                form.buttons.append((values["name"], values.get("value", "")))
            elif tag in ("input", "textarea", "select"):
                form.fields[values["name"]] = values.get("value", "")


@dataclass(frozen=True)
class Seen:
    """What came back."""

    status: int
    url: str
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def path(self) -> str:
        parts = urllib.parse.urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def links(self) -> list[str]:
        return self._read().links

    @property
    def title(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.S)
        return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""

    @property
    def attributes(self) -> list[tuple[str, str, str]]:
        """Every attribute of every tag: tag, name, value."""
        return self._read().attributes

    def form(self, action: str) -> Form:
        """The first form that goes there; one that sends before one that only asks."""
        found = [one for one in self._read().forms if one.action.partition("?")[0] == action]
        return min(found, key=lambda one: one.method != "post")

    def first_form(self) -> Form:
        """The first form of a page that is not ours."""
        return self._read().forms[0]

    def _read(self) -> _Reading:
        reading = _Reading()
        reading.feed(self.text)
        return reading


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Browser:
    """One person's browser at one node."""

    def __init__(self, base: str, language: str = "en") -> None:
        self.base = base
        self.language = language
        self.cookies = CookieJar(DefaultCookiePolicy(strict_ns_domain=0))
        self._keeps = urllib.request.HTTPCookieProcessor(self.cookies)
        self._follows = urllib.request.build_opener(self._keeps)
        self._stays = urllib.request.build_opener(self._keeps, _NoRedirect)

    def get(self, path: str, *, follow: bool = True, **headers: str) -> Seen:
        """Open an address."""
        return self._send("GET", path, None, headers, follow)

    def post(
        self, path: str, fields: dict[str, str] | bytes, *, follow: bool = True, **headers: str
    ) -> Seen:
        """Send fields, as a form of our own pages or of anybody's would."""
        body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(fields).encode()
        return self._send("POST", path, body, headers, follow)

    def submit(self, seen: Seen, action: str, *, follow: bool = True, **fields: str) -> Seen:
        """Fill a form of a page and send it."""
        return self.post(action, seen.form(action).fields | fields, follow=follow)

    def be(self, login: str) -> "Browser":
        """Sign in as a sample identity, as a person would: by its button."""
        page = self.get("/sign-in")
        self.submit(page, "/sign-in/sample", login=login)
        return self

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], follow: bool
    ) -> Seen:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            path if path.startswith("http://localhost:") else self.base + path,
            data=body,
            method=method,
            headers={"Accept-Language": self.language, **named},
        )
        opener = self._follows if follow else self._stays
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return Seen(response.status, response.url, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Seen(error.code, error.url, error.headers, error.read())
