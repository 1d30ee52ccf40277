"""What the parts of the league's joint bodies share: signing by the cities' keys, and waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from hanse.cli.day.stage import Stage
from hanse.foundation.clock import monotonic_seconds
from hanse.mechanisms.league.documents import Document, add_signature, read_signed, sign

OFFICE = "joint-office"
ARRIVAL_SECONDS_MAX = 60.0
POLL_SECONDS = 0.05


def signed_at(stage: Stage, city: str, model: type[Document], document: str) -> str:
    """The document with the city's signature, by the key that its operator holds."""
    signer = stage.zone.nodes[city].signer
    read = read_signed(document.encode(), model)
    signature = sign(read.document, city, signer.key_id, signer.key)
    return add_signature(read, signature).to_bytes().decode()


async def seen(
    stage: Stage, city: str, operation: str, data: dict[str, Any], organisation: str = OFFICE
) -> dict[str, Any]:
    """A call that only looks, as often as needed: no part of the day's record."""
    url = f"{stage.zone.addresses[city]}/api/{operation}"
    _, value, _ = await stage.look(url, city, organisation, data)
    return value


async def until(stage: Stage, what: str, look: Callable[[], Awaitable[bool]]) -> bool:
    """Look again and again until it is so; past the time that it may take, note the failure."""
    ending = monotonic_seconds() + ARRIVAL_SECONDS_MAX
    while not await look():
        if monotonic_seconds() > ending:
            stage.failures.append(f"{what} did not come about")
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True
