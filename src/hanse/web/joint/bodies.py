"""The common bodies' services as pages: what each lists, and all that may be done in it.

Nothing is written by hand for a service but which of its operations list: each is called, and its
answer shown as tables and facts under the titles that it declares.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Operation, Service
from hanse.mechanisms.exchange.parts import Block
from hanse.web.desk.operations import offered
from hanse.web.entry.showing import blocks_of
from hanse.web.names import city_names
from hanse.web.outcomes import answer_of
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

FIELD: Final = "governance."
LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "governance.press": ("press.drafts", "press.announcements"),
    "governance.forum": ("forum.rotation", "forum.editions", "forum.offers"),
    "governance.taskforces": ("taskforces.groups", "taskforces.overdue"),
    "governance.briefing": ("briefing.templates",),
    "governance.experts": ("experts.roster", "experts.matters", "consultation.list"),
}
"""By service: the operations that list something and ask for nothing."""
BODY_UNKNOWN = ProblemKind(
    "joint_body_unknown",
    404,
    Text("没有该共同事务", "There is no such common matter"),
    Text("请从联席办公室首页进入", "Begin at the joint office's page"),
)


@dataclass(frozen=True)
class Listed:
    """An operation that lists, and what it listed."""

    operation: Operation
    blocks: Sequence[Block]
    problem: Problem | None = None


def listed_services(visit: Visit) -> list[Service]:
    """The services of the common bodies that this visitor may use, but for the conference."""
    return [
        one.service
        for one in offered(visit)
        if one.service.name.startswith(FIELD) and one.service.name != "governance.conference"
    ]


async def body_page(visit: Visit) -> Result:
    """One service: its lists, and its operations."""
    name = FIELD + visit.path["name"]
    found = next((one for one in offered(visit) if one.service.name == name), None)
    if found is None:
        raise BODY_UNKNOWN()
    may = {one.name: one for one in found.operations}
    lists = [may[one] for one in LISTS.get(name, ()) if one in may and not _asks(may[one])]
    shown = await asyncio.gather(*(_listed(visit, one) for one in lists))
    return Shown(
        "joint/body.html", {"service": found.service, "lists": shown, "operations": may.values()}
    )


def _asks(operation: Operation) -> bool:
    return any(field.is_required() for field in operation.request.model_fields.values())


async def _listed(visit: Visit, operation: Operation) -> Listed:
    try:
        answer = answer_of(await visit.call(operation.name, {}))
    except Problem as problem:
        return Listed(operation, (), problem)
    names = city_names(visit.node.league)
    return Listed(operation, blocks_of(operation.title, operation.answer, answer, names))
