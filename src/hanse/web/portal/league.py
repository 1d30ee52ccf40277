"""What the league is on paper: its members and their keys, its charter and its agreements."""

from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.league.charter import USE_TITLES
from hanse.web.page import Result, Sent, Shown
from hanse.web.visit import Visit

AGREEMENT_UNKNOWN = ProblemKind(
    "agreement_unknown",
    404,
    Text("没有该协议", "There is no such agreement"),
    Text("请在协议目录中查找", "Look it up in the list of agreements"),
)
CHARTER_TYPE: Final = "application/json"


async def league(visit: Visit) -> Result:
    """Members, charter and agreements."""
    return Shown(
        "portal/league.html",
        {
            "members": list(visit.node.league.charter.cities.values())
            if visit.node.league.charter
            else [],
            "agreements": visit.node.league.describe_agreements(visit.now),
            "now": visit.now,
        },
    )


async def agreement(visit: Visit) -> Result:
    """One agreement: who may ask whom for what, why, and which fields they get to see."""
    found = visit.node.league.agreement(visit.path["id"], visit.now)
    if found is None:
        raise AGREEMENT_UNKNOWN()
    described = next(
        one
        for one in visit.node.league.describe_agreements(visit.now)
        if one["id"] == visit.path["id"]
    )
    values = {"agreement": found, "described": described, "titles": _titles(visit)}
    return Shown("portal/agreement.html", values)


async def charter(visit: Visit) -> Result:
    """The charter as it was signed, for whoever checks evidence with it."""
    before = visit.node.league.version - 1
    documents = await visit.node.charters_after(before, 1)
    return Sent(documents[0], CHARTER_TYPE, f"charter-{before + 1}.json")


def _titles(visit: Visit) -> dict[str, Text]:
    """The titles of operations, topics and purposes by name."""
    found: dict[str, Text] = {}
    for service in visit.node.registry.services:
        for operation in service.operations:
            found[operation.name] = operation.title
            found |= {purpose.code: purpose.title for purpose in operation.purposes}
        for topic in service.topics:
            found[topic.name] = topic.title
            found[topic.purpose.code] = topic.purpose.title
    return found


def key_uses(member: Any) -> list[tuple[Any, list[Text]]]:
    """A member's keys and what each is for."""
    return [(key, [USE_TITLES[use] for use in key.uses]) for key in member.keys]
