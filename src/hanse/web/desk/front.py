"""The first page of the desk: what waits, what is overdue, and where one looks things up."""

import asyncio
from dataclasses import dataclass

from hanse.foundation.errors import Problem
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.exchange.parts import Part, Place
from hanse.web.desk.families import families
from hanse.web.desk.queues import ROWS_AT_FRONT, Queue, Row, queue_of, rows_of
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit


@dataclass(frozen=True)
class Waiting:
    """A queue's most urgent rows."""

    family: Family
    queue: Queue
    rows: list[Row]
    has_more: bool
    problem: Problem | None = None


async def front(visit: Visit) -> Result:
    """What waits for the visitor's organisation, the most urgent of each matter first."""
    found = await asyncio.gather(*(_waiting(visit, family) for family in families(visit)))
    return Shown(
        "desk/front.html",
        {
            "busy": [one for one in found if one.rows or one.problem],
            "idle": [one for one in found if not one.rows and not one.problem],
            "parts": parts(visit),
            "sees_meetings": visit.who.may("conference.meetings"),
            "sees_traffic": visit.who.may("traffic.in_force"),
        },
    )


def parts(visit: Visit) -> list[Part]:
    """What the services add to the desk, as far as the visitor's rights go."""
    return [
        part
        for service in visit.node.registry.services
        for part in service.parts
        if part.place is Place.DESK and visit.sees(part)
    ]


async def _waiting(visit: Visit, family: Family) -> Waiting:
    queue = queue_of(family)
    try:
        rows, cursor = await rows_of(visit, family, ROWS_AT_FRONT)
    except Problem as problem:
        return Waiting(family, queue, [], False, problem)
    return Waiting(family, queue, rows, cursor is not None)
