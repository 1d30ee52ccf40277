"""Published information: what each service makes public, and the newest checkpoint."""

from datetime import datetime
from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.parts import Publication
from hanse.mechanisms.journal import checkpointing
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

SECONDS_OLD_MAX: Final = 5.0
PUBLICATION_UNKNOWN = ProblemKind(
    "publication_unknown",
    404,
    Text("没有该公开信息", "There is no such publication"),
    Text("请从信息公开页进入", "Begin at the page of published information"),
)


def publications(visit: Visit) -> list[Publication]:
    """What the services of this node publish, in their order."""
    return [one for service in visit.node.registry.services for one in service.publications]


async def published(visit: Visit) -> Result:
    """What there is, and the head of this city's journal."""
    note = await visit.read_recent("checkpoint", SECONDS_OLD_MAX, checkpointing.published)
    values = {
        "publications": publications(visit),
        "checkpoint": note.decode() if note is not None else None,
    }
    return Shown("portal/published.html", values)


async def publication(visit: Visit) -> Result:
    """One publication."""
    found = next((one for one in publications(visit) if one.name == visit.path["name"]), None)
    if found is None:
        raise PUBLICATION_UNKNOWN()
    moment = visit.now
    blocks = await visit.read_recent(
        f"publication {found.name}", SECONDS_OLD_MAX, lambda tx: _blocks(found, tx, moment)
    )
    return Shown("portal/publication.html", {"publication": found, "blocks": blocks, "now": moment})


def _blocks(found: Publication, transaction: Transaction, moment: datetime) -> list[Any]:
    return list(found.read(transaction, moment))
