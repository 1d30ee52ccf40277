"""The operator's pages."""

from hanse.foundation.languages import Text
from hanse.node.status import node_status
from hanse.web.page import OPERATORS, Page, Result, Section, Shown
from hanse.web.visit import Visit


async def state(visit: Visit) -> Result:
    """How the node stands."""
    return Shown("operator/state.html", {"status": await node_status(visit.node)})


OPERATOR_PAGES = Section(
    name="operator",
    title=Text("运维", "Operation"),
    package="hanse.web.operator",
    pages=(
        Page(
            "operator", "/operator", Text("节点状态", "State of the node"), state, access=OPERATORS
        ),
    ),
)
