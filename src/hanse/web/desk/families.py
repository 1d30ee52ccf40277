"""The declared procedures of this node, by the name of their matter."""

from collections.abc import Sequence

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.operations import families_of
from hanse.web.visit import Visit

MATTER_UNKNOWN = ProblemKind(
    "desk_matter_unknown",
    404,
    Text("没有该办理程序", "There is no such procedure"),
    Text("请从工作台进入", "Begin at the desk"),
)


def all_families(visit: Visit) -> Sequence[Family]:
    """Every procedure that this node has, in the order of its services."""
    return families_of(visit.node.registry.operations.values())


def families(visit: Visit) -> list[Family]:
    """The procedures that the visitor may work in."""
    return [one for one in all_families(visit) if visit.who.may(f"{one.matter}.queue")]


def family_of(visit: Visit) -> Family:
    """The procedure that the page's address names."""
    for one in families(visit):
        if one.matter == visit.path["matter"]:
            return one
    raise MATTER_UNKNOWN()
