"""Delivers what waits for organisations: to a file, by mail, or to a web hook.

All that waits for one organisation goes as one digest. It is noted as sent after its outlet has
taken it, so a node that dies in between sends it again, under the same id: whoever receives it can
tell. What fails is tried again later and later, and stays visible.
"""

import asyncio
import hashlib
import json
import os
import smtplib
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeVar

import aiohttp
import structlog
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from hanse.foundation.clock import Clock, iso
from hanse.foundation.languages import LANGUAGES, Language
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import notices
from hanse.mechanisms.cases.notices import Digest

NOTICE_SECONDS: Final = 5.0
NOTICES_PER_ROUND_MAX: Final = 500
OUTLET_SECONDS_MAX: Final = 20
OWN_DESK: Final = "city"
"""The name under which the city's own desk is told: seats that name no organisation."""

log = structlog.get_logger("hanse.notices")
Result = TypeVar("Result")


class NoticesConfig(BaseModel):
    """Where notices go. A file in the node's folder unless something else is set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outlet: Literal["file", "smtp", "webhook"] = "file"
    languages: tuple[Language, ...] = LANGUAGES
    addresses: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Mail addresses by organisation; `city` is the city's own desk."""
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_starttls: bool = True
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    sender: str = ""
    webhook: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "NoticesConfig":
        if self.outlet == "smtp" and not (self.smtp_host and self.sender):
            raise ValueError("mail needs smtp_host and sender")
        if self.outlet == "webhook" and not self.webhook.startswith(("https://", "http://")):
            raise ValueError("a web hook needs its address")
        return self


class NoAddressError(Exception):
    """Nobody's address is known for an organisation."""


class _Do(Protocol):
    """Runs work on the store, as the node reads or writes."""

    def __call__(self, work: Callable[[Transaction], Result], /) -> Awaitable[Result]: ...


class Postman:
    """Takes digests from the store to their outlet."""

    def __init__(
        self, config: NoticesConfig, folder: Path, read: _Do, write: _Do, clock: Clock
    ) -> None:
        self._config = config
        self._folder = folder
        self._read = read
        self._write = write
        self._clock = clock

    async def run(self) -> None:
        """Deliver what waits, again and again, until cancelled."""
        while True:
            try:
                await self.deliver_all()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.error("notices_failed", reason=type(error).__name__)
            await asyncio.sleep(NOTICE_SECONDS)

    async def deliver_all(self) -> int:
        """Deliver what is due now; gives how many notices reached their outlet."""
        now, delivered = self._clock(), 0
        found = await self._read(lambda tx: notices.waiting(tx, now, NOTICES_PER_ROUND_MAX))
        for digest in found:
            ids = [one.id for one in digest.notices]
            try:
                await deliver(self._config, self._folder, digest)
            except (OSError, smtplib.SMTPException, aiohttp.ClientError, NoAddressError) as error:
                await self._failed(ids, type(error).__name__, now)
                continue
            await self._write(lambda tx, ids=ids: notices.delivered(tx, ids))  # type: ignore[misc]
            delivered += len(ids)
        return delivered

    async def _failed(self, ids: list[str], problem: str, now: datetime) -> None:
        log.warning("notices_not_delivered", count=len(ids), reason=problem)
        await self._write(lambda tx: notices.not_delivered(tx, ids, problem, now))


async def deliver(config: NoticesConfig, folder: Path, digest: Digest) -> None:
    """Hand one digest to the outlet; raises what the outlet raises if it did not take it."""
    if config.outlet == "smtp":
        await asyncio.to_thread(_mail, config, digest)
    elif config.outlet == "webhook":
        await _post(config, digest)
    else:
        await asyncio.to_thread(_append, folder, digest)


def digest_id(digest: Digest) -> str:
    """The same for the same notices: by it a receiver knows a digest that comes again."""
    whole = "\n".join(one.id for one in digest.notices)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _value(digest: Digest) -> dict[str, Any]:
    return {
        "id": digest_id(digest),
        "organisation": digest.organisation or OWN_DESK,
        "notices": [
            {
                "id": one.id,
                "case": one.case,
                "role": one.role,
                "words": one.words.as_dict(),
                "at": iso(one.made_at),
            }
            for one in digest.notices
        ],
    }


def _append(folder: Path, digest: Digest) -> None:
    """One line of JSON in the file of notices, on disk before it counts as delivered."""
    folder.mkdir(parents=True, exist_ok=True)
    line = json.dumps(_value(digest), ensure_ascii=False) + "\n"
    with (folder / "notices.jsonl").open("a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _mail(config: NoticesConfig, digest: Digest) -> None:
    name = digest.organisation or OWN_DESK
    addresses = config.addresses.get(name)
    if not addresses:
        raise NoAddressError(name)
    message = EmailMessage()
    count = len(digest.notices)
    message["Subject"] = f"案件通知 {count} 件 / {count} notices of cases"
    message["From"] = config.sender
    message["To"] = ", ".join(addresses)
    message["Message-ID"] = f"<{digest_id(digest)}@{config.sender.rpartition('@')[2]}>"
    message.set_content(
        "\n".join(
            one.words.in_language(language)
            for language in config.languages
            for one in digest.notices
        )
    )
    with smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=OUTLET_SECONDS_MAX) as server:
        if config.smtp_starttls:
            server.starttls()
        if config.smtp_user:
            server.login(config.smtp_user, config.smtp_password.get_secret_value())
        server.send_message(message)


async def _post(config: NoticesConfig, digest: Digest) -> None:
    timeout = aiohttp.ClientTimeout(total=OUTLET_SECONDS_MAX)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(
            config.webhook,
            json=_value(digest),
            headers={"Idempotency-Key": digest_id(digest)},
            allow_redirects=False,
        ) as response,
    ):
        if not 200 <= response.status < 300:
            raise aiohttp.ClientResponseError(
                response.request_info, response.history, status=response.status
            )
