"""The day's stage for callers who do not give up: every call is repeated under its own key until it
is answered, as the agencies of a city would."""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from hanse.cli.day.stage import Stage
from hanse.foundation.clock import monotonic_seconds

PATIENCE_SECONDS = 180
TRY_SECONDS = 20
PAUSE_SECONDS = 0.1
AGAIN = frozenset({429, 500, 502, 503, 507})


@dataclass
class PatientStage(Stage):
    """The same, but a call that fails is made again with the same key."""

    tries: int = 0
    calls: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def _post(
        self, url: str, city: str, organisation: str, data: Any, query: dict[str, str]
    ) -> tuple[int, dict[str, Any], float]:
        self.calls += 1
        token = self.zone.tokens[city][organisation]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"f{next(self._numbers)}"}
        started = monotonic_seconds()
        last: object = None
        while monotonic_seconds() - started < PATIENCE_SECONDS:
            self.tries += 1
            try:
                timeout = aiohttp.ClientTimeout(total=TRY_SECONDS)
                query = query | {"wait_seconds": "8"}
                async with self.session.post(
                    url, json=data, params=query, headers=headers, timeout=timeout
                ) as response:
                    value = await response.json(content_type=None)
                    if response.status not in AGAIN and response.status != 202:
                        return response.status, value, monotonic_seconds() - started
                    last = (response.status, value)
            except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                last = error
            await asyncio.sleep(PAUSE_SECONDS)
        self.failures.append(f"{url}: no answer in {PATIENCE_SECONDS} s: {last!r}"[:300])
        return 599, {"code": "no_answer"}, monotonic_seconds() - started
