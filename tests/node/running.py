"""Running nodes for the tests: a zone of a few cities in a thread, spoken to over HTTP."""

import asyncio
import contextlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from hanse.foundation.clock import Clock, monotonic_seconds, wall_clock
from hanse.foundation.keys import ScryptCost
from hanse.node.server import Pages
from hanse.node.zone import League, Zone, init_zone, read_league, running

CHEAP = ScryptCost(n=2**14)
Result = TypeVar("Result")
TIMEOUT_SECONDS = 30


def small_league(*cities: str) -> League:
    """The first league with these cities alone."""
    values = dict(read_league().values)
    values["cities"] = [one for one in values["cities"] if one["code"] in cities]
    values["threshold"] = len(cities) // 2 + 1
    values["witness_quorum"] = len(cities) - 1
    return League(values)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


def send(
    method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """One plain HTTP request, whatever the status."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return Answer(response.status, dict(response.headers), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())


@dataclass
class Running:
    """A running zone and the loop that it lives in."""

    zone: Zone
    loop: asyncio.AbstractEventLoop
    folder: Path

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine in the zone's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(TIMEOUT_SECONDS)

    def post(
        self,
        city: str,
        path: str,
        data: Any,
        *,
        organisation: str = "operations",
        key: str | None = None,
        **query: Any,
    ) -> Answer:
        """An agency's call."""
        headers = {
            "Authorization": f"Bearer {self.zone.tokens[city][organisation]}",
            "Content-Type": "application/json",
        }
        if key is not None:
            headers["Idempotency-Key"] = key
        url = f"{self.zone.addresses[city]}{path}" + (f"?{urlencode(query)}" if query else "")
        return send("POST", url, json.dumps(data).encode(), headers)

    def get(self, city: str, path: str, organisation: str = "operations") -> Answer:
        """An agency's look-up."""
        headers = {"Authorization": f"Bearer {self.zone.tokens[city][organisation]}"}
        return send("GET", self.zone.addresses[city] + path, headers=headers)

    def is_alive(self, city: str) -> bool:
        """Whether the node still answers another city's question."""
        other = next(one for one in self.zone.nodes if one != city)
        answer = self.post(other, "/api/league/league.ping", {}, to=city, wait_seconds=20)
        return bool(answer.data["answers"][0]["state"] == "answered")


def until(true: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait for something to come true; gives it, or fails."""
    ending = monotonic_seconds() + seconds
    while monotonic_seconds() < ending:
        found = true()
        if found:
            return found
        threading.Event().wait(0.05)
    raise AssertionError("it did not come true in time")


@contextlib.contextmanager
def run_zone(
    folder: Path, *, clock: Clock = wall_clock, pages: Pages | None = None
) -> Iterator[Running]:
    """The zone of a folder, run in a thread until the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="zone", daemon=True)
    thread.start()
    stack = contextlib.AsyncExitStack()
    try:
        entering = stack.enter_async_context(running(folder, clock=clock, pages=pages))
        zone = asyncio.run_coroutine_threadsafe(entering, loop).result(60)
        yield Running(zone, loop, folder)
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def make_zone(
    folder: Path,
    *cities: str,
    databases: dict[str, str] | None = None,
    suites: dict[str, str] | None = None,
) -> Path:
    """A fresh zone of these cities."""
    init_zone(folder, small_league(*cities), cost=CHEAP, databases=databases, suites=suites)
    return folder
