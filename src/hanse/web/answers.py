"""An answer to a browser, and how it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hanse.node.exchange_api import Scope, Send


@dataclass(frozen=True)
class Cookie:
    """A cookie that no script reads and no other site's form carries. Without a value it ends."""

    name: str
    value: str | None
    seconds: int | None
    """How long it lives; None is until the browser is closed."""
    tls: bool = False

    def header(self) -> str:
        """RFC 6265's Set-Cookie."""
        parts = [f"{self.name}={self.value or ''}", "Path=/", "HttpOnly", "SameSite=Lax"]
        if self.value is None:
            parts.append("Max-Age=0")
        elif self.seconds is not None:
            parts.append(f"Max-Age={self.seconds}")
        if self.tls:
            parts.append("Secure")
        return "; ".join(parts)


@dataclass(frozen=True)
class Answer:
    """Status, body and headers."""

    status: int
    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[Cookie, ...] = ()


async def send(scope: Scope, send_: Send, answer: Answer) -> None:
    """Send the answer; a HEAD request gets no body."""
    lines = [
        *answer.headers.items(),
        *(("set-cookie", one.header()) for one in answer.cookies),
        ("content-type", answer.media_type),
        ("content-length", str(len(answer.body))),
    ]
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines]
    await send_({"type": "http.response.start", "status": answer.status, "headers": raw})
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send_({"type": "http.response.body", "body": body})
