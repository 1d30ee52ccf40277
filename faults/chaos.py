"""The faults, one after the other, drawn from a seed, and how often each was done."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from faults.cities import City
from hanse.foundation.clock import monotonic_seconds

PAUSE_SECONDS = (0.1, 0.8)
DOWN_SECONDS = (0.0, 1.5)
FROZEN_SECONDS = (1.0, 4.0)
SLOW_SECONDS = (1.0, 4.0)
CUT_SECONDS = (0.5, 3.0)
FULL_SECONDS = (1.0, 3.0)
JUMPS_SECONDS = (120, 250, 500)
"""Within the 300 seconds that the league tolerates, and beyond: then nobody takes its deliveries
until its clock is right again. Not back: a city whose clock is late rightly refuses what its own
callers date in its future, so the day would not be the same."""
WRONG_CLOCK_SECONDS = 3.0


@dataclass
class Chaos:
    """Does one fault after another until it is told to stop."""

    cities: Sequence[City]
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    stopping: bool = False

    async def run(self) -> None:
        """Go on until `stopping`; in the end every city runs, with its right clock."""
        chance = random.Random(f"chaos/{self.seed}")
        acts: list[tuple[str, int, Callable[[random.Random, City], Awaitable[None]]]] = [
            ("killed", 8, self._kill),
            ("frozen", 3, self._freeze),
            ("slow", 2, self._slow),
            ("cut", 3, self._cut),
            ("full_disk", 2, self._fill),
            ("clock_jump", 1, self._jump),
        ]
        names, weights = [act[0] for act in acts], [act[1] for act in acts]
        while not self.stopping:
            name = chance.choices(names, weights)[0]
            city = chance.choice(self.cities)
            if name == "full_disk":
                small = [one for one in self.cities if one.own_disk]
                if not small:
                    continue
                city = chance.choice(small)
            await {act[0]: act[2] for act in acts}[name](chance, city)
            self.done[name] += 1
            await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))

    async def _kill(self, chance: random.Random, city: City) -> None:
        """kill -9, and a start after a while; now and then killed again while it starts."""
        city.kill()
        await asyncio.sleep(chance.uniform(*DOWN_SECONDS))
        city.start()
        if chance.random() < 0.2:
            await asyncio.sleep(chance.uniform(0.0, 1.0))
            city.kill()
            city.start()
            self.done["killed"] += 1
        await _until_ready(city)

    async def _freeze(self, chance: random.Random, city: City) -> None:
        city.freeze()
        await asyncio.sleep(chance.uniform(*FROZEN_SECONDS))
        city.thaw()

    async def _slow(self, chance: random.Random, city: City) -> None:
        city.proxy.slow = True
        await asyncio.sleep(chance.uniform(*SLOW_SECONDS))
        city.proxy.slow = False

    async def _cut(self, chance: random.Random, city: City) -> None:
        city.proxy.cut = True
        city.proxy.drop()
        await asyncio.sleep(chance.uniform(*CUT_SECONDS))
        city.proxy.cut = False

    async def _fill(self, chance: random.Random, city: City) -> None:
        """Its disk is full to the last byte; sometimes it is killed in that state."""
        await asyncio.to_thread(city.fill_disk)
        await asyncio.sleep(chance.uniform(*FULL_SECONDS))
        if chance.random() < 0.3:
            city.kill()
            self.done["killed"] += 1
        city.free_disk()
        if city.process is None:
            city.start()
        await _until_ready(city)

    async def _jump(self, chance: random.Random, city: City) -> None:
        """Killed and started with a clock that is wrong, then with the right one again."""
        for jump in (float(chance.choice(JUMPS_SECONDS)), 0.0):
            city.kill()
            self.done["killed"] += 1
            city.jump_seconds = jump
            city.start()
            await _until_ready(city)
            await asyncio.sleep(WRONG_CLOCK_SECONDS if jump else 0.0)


async def _until_ready(city: City, seconds_max: float = 60.0) -> None:
    ending = monotonic_seconds() + seconds_max
    while monotonic_seconds() < ending:
        if await asyncio.to_thread(city.ready):
            return
        if city.process is not None and city.process.poll() is not None:
            city.start()
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{city.code} does not become ready; see {city.log}")
