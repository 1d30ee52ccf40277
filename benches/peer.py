"""The peer beside us: a plain FastAPI endpoint that signs with `http-message-signatures`.

It verifies the request, commits one row to SQLite with full synchronisation, and signs its answer:
what an integrator would write with the common libraries, with the keys held ready as objects.
`python -m benches.peer PORT FILE`.
"""

import asyncio
import hashlib
import sqlite3
import sys
import threading
from base64 import b64encode
from typing import Any

import requests
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Request, Response
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

COVERED = ("@method", "@authority", "@path", "content-digest")


class Keys(HTTPSignatureKeyResolver):
    """One key pair for both sides, made from a fixed secret."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        self._public = self._private.public_key()

    def resolve_public_key(self, key_id: str) -> Any:
        """The key that verifies."""
        return self._public

    def resolve_private_key(self, key_id: str) -> Any:
        """The key that signs."""
        return self._private


_KEYS = Keys()
_SIGNER = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_KEYS)
_VERIFIER = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=_KEYS)


def digest(body: bytes) -> str:
    """Content-Digest."""
    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign(message: Any) -> None:
    """Sign a prepared request."""
    _SIGNER.sign(message, key_id="k", covered_component_ids=COVERED, use_existing_digest=True)


def verify(message: Any) -> None:
    """Verify a prepared request."""
    _VERIFIER.verify(message)


def prepared(url: str, body: bytes, headers: dict[str, str]) -> Any:
    """A request as the library wants it."""
    message = requests.Request("POST", url, data=body, headers=headers).prepare()
    message.headers["Host"] = url.split("/")[2]
    return message


def signed_headers(url: str, body: bytes) -> dict[str, str]:
    """The fields of a signed message."""
    message = prepared(url, body, {"content-digest": digest(body)})
    sign(message)
    names = ("Signature", "Signature-Input", "Content-Digest")
    return {name: message.headers[name] for name in names}


def application(path: str) -> FastAPI:
    """The endpoint."""
    app = FastAPI()
    store = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("PRAGMA synchronous=FULL")
    store.execute("CREATE TABLE IF NOT EXISTS answers (id INTEGER PRIMARY KEY, body BLOB)")
    lock = threading.Lock()

    def work(url: str, headers: dict[str, str], body: bytes) -> Response:
        verify(prepared(url, body, headers))
        with lock:
            store.execute("INSERT INTO answers (body) VALUES (?)", (body,))
        answer = b'{"records":[]}'
        return Response(answer, headers=signed_headers(url, answer))

    @app.post("/answer")
    async def answer(request: Request) -> Response:
        body = await request.body()
        return await asyncio.to_thread(work, str(request.url), dict(request.headers), body)

    return app


if __name__ == "__main__":
    uvicorn.run(application(sys.argv[2]), port=int(sys.argv[1]), log_level="error")
