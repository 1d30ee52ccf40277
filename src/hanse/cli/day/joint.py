"""What the parts of the league's joint bodies share: signing by the cities' keys, and waiting."""

from collections.abc import Awaitable, Callable
from typing import Any

from hanse.cli.day.stage import Stage
from hanse.cli.day.stage import until as found_in
from hanse.mechanisms.league.documents import Document, add_signature, read_signed, sign

OFFICE = "joint-office"
ARRIVAL_SECONDS_MAX = 60.0


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
    value: dict[str, Any] = await stage.look(city, organisation, operation, data)
    return value


async def until(stage: Stage, what: str, look: Callable[[], Awaitable[bool]]) -> bool:
    """Wait until it is so; past the time that it may take, note the failure."""
    if await found_in(ARRIVAL_SECONDS_MAX, look):
        return True
    stage.failures.append(f"{what} did not come about")
    return False
