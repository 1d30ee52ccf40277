"""What each service's part of the day plays on: the running league, seeded chance, a record."""

import asyncio
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import aiohttp

from hanse.foundation.clock import Clock, monotonic_seconds
from hanse.foundation.languages import Text
from hanse.node.zone import Zone

DAY_START = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
"""The generated day's business date: 08:00 in Sichuan. Fixed, so a seed repeats it."""

WAIT_SECONDS = 30
CONCURRENT_CALLS_MAX = 16
POLL_SECONDS = 0.05
Found = TypeVar("Found")


@dataclass
class Tally:
    """What became of one service's calls."""

    asked: int = 0
    answered: int = 0
    refused: int = 0
    owed: int = 0
    seconds: list[float] = field(default_factory=list)


@dataclass
class Stage:
    """The running league as one service's part sees it."""

    zone: Zone
    session: aiohttp.ClientSession
    seed: int
    on_call: Callable[[str], None]
    clock: Clock
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    outcomes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The day's time, the same that the nodes live by."""
        return self.clock()

    def chance(self, name: str) -> random.Random:
        """Seeded randomness of one part, which no other part's draws disturb."""
        return random.Random(f"{self.seed}/{name}")

    async def own(
        self,
        service: str,
        city: str,
        organisation: str,
        operation: str,
        data: Any,
        *,
        refused: str | None = None,
    ) -> Any:
        """Call an operation at an own node. `refused` is the code that is expected, if any."""
        url = f"{self.zone.addresses[city]}/api/{operation}"
        status, value, seconds = await self._post(url, city, organisation, data, {})
        code = value.get("code") if status != 200 else None
        self._note(service, operation, city, "refused" if code else "answered", code, seconds)
        self._expect(f"{city} {operation}", code, refused)
        return value

    async def others(
        self,
        service: str,
        city: str,
        organisation: str,
        operation: str,
        data: Any,
        *,
        purpose: str,
        to: str = "all",
        refused: str | None = None,
    ) -> list[dict[str, Any]]:
        """Ask other cities, and expect of each an answer or the refusal of that code."""
        url = f"{self.zone.addresses[city]}/api/league/{operation}"
        query = {"to": to, "purpose": purpose, "wait_seconds": str(WAIT_SECONDS)}
        status, value, seconds = await self._post(url, city, organisation, data, query)
        if status not in (200, 202):
            self._note(service, operation, city, "refused", value.get("code"), seconds)
            self._expect(f"{city} {operation}", value.get("code"), refused)
            return []
        answers: list[dict[str, Any]] = value["answers"]
        for one in answers:
            code = one["problem"]["code"] if one["state"] == "refused" else None
            place = f"{city}>{one['city']}"
            self._note(service, operation, place, one["state"], code, seconds)
            self._expect(f"{place} {operation}", code or _unanswered(one), refused)
        return answers

    async def look(self, city: str, organisation: str, operation: str, data: Any) -> Any:
        """A call at an own node that only looks and may be repeated: no part of the record."""
        url = f"{self.zone.addresses[city]}/api/{operation}"
        _, value, _ = await self._post(url, city, organisation, data, {})
        return value

    async def _post(
        self, url: str, city: str, organisation: str, data: Any, query: dict[str, str]
    ) -> tuple[int, dict[str, Any], float]:
        token = self.zone.tokens[city][organisation]
        started = monotonic_seconds()
        async with self.session.post(
            url, json=data, params=query, headers={"Authorization": f"Bearer {token}"}
        ) as response:
            value = await response.json(content_type=None)
            return response.status, value, monotonic_seconds() - started

    def _note(
        self,
        service: str,
        operation: str,
        place: str,
        state: str,
        code: str | None,
        seconds: float,
    ) -> None:
        tally = self.tallies[service]
        tally.asked += 1
        setattr(tally, state, getattr(tally, state) + 1)
        tally.seconds.append(seconds)
        self.outcomes.append(f"{service} {operation} {place} {state} {code or ''}")
        self.on_call(service)

    def _expect(self, place: str, found: str | None, expected: str | None) -> None:
        if found != expected:
            self.failures.append(f"{place}: {found or 'answered'}, not {expected or 'answered'}")

    def remember(self, what: str, value: Any) -> None:
        """Note a result that the same seed must give again."""
        self.outcomes.append(f"{what} {json.dumps(value, sort_keys=True, ensure_ascii=False)}")

    @property
    def digest(self) -> str:
        """SHA-256 of everything that the day's seed decides; times and ids are no part of it."""
        text = "\n".join(sorted(self.outcomes))
        return hashlib.sha256(text.encode()).hexdigest()


def _unanswered(answer: dict[str, Any]) -> str | None:
    return None if answer["state"] == "answered" else str(answer["state"])


class Part(Protocol):
    """One service's part of the day."""

    service: str
    title: Text

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        ...

    async def play(self, stage: Stage) -> None:
        """Do it, and note in `stage.failures` what is not as it must be."""
        ...


async def until(seconds_max: float, look: Callable[[], Awaitable[Found]]) -> Found | None:
    """Look again and again until something is found; None past the time that it may take."""
    ending = monotonic_seconds() + seconds_max
    while monotonic_seconds() < ending:
        if found := await look():
            return found
        await asyncio.sleep(POLL_SECONDS)
    return None


async def at_most(count: int, work: list[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """Do pieces of work, at most `count` at a time; gives their results in order."""
    gate = asyncio.Semaphore(count)

    async def one(piece: Callable[[], Awaitable[Any]]) -> Any:
        async with gate:
            return await piece()

    return list(await asyncio.gather(*(one(piece) for piece in work)))
