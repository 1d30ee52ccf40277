"""What a service adds to the desk, as a page."""

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.web.desk.front import parts
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

PART_UNKNOWN = ProblemKind(
    "desk_part_unknown",
    404,
    Text("工作台没有该内容", "There is no such part of the desk"),
    Text("请从工作台进入", "Begin at the desk"),
)


async def part_page(visit: Visit) -> Result:
    """One part: its calls, and the blocks made of what they answered."""
    part = next((one for one in parts(visit) if one.name == visit.path["name"]), None)
    if part is None:
        raise PART_UNKNOWN()
    calls, outcomes = await visit.outcomes(part)
    blocks = part.show(visit.viewer, calls, outcomes)
    return Shown("desk/part.html", {"part": part, "blocks": blocks})
