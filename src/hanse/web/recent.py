"""What was read a moment ago: so many visitors of a public page cost the store one query."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from hanse.foundation.clock import monotonic_seconds

Found = TypeVar("Found")
NAMES_MAX: Final = 200


class Recent:
    """Values by name, each as old as its reader allows. For what is public alone."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[Any, float]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, name: str, seconds: float, make: Callable[[], Awaitable[Found]]) -> Found:
        """The value, made anew where it is older; whoever comes meanwhile waits for the same."""
        if len(self._values) > NAMES_MAX:
            raise ValueError("names of recent values are declared, never taken from a request")
        async with self._locks.setdefault(name, asyncio.Lock()):
            kept = self._values.get(name)
            if kept is not None and monotonic_seconds() - kept[1] < seconds:
                value: Found = kept[0]
                return value
            value = await make()
            self._values[name] = (value, monotonic_seconds())
            return value
