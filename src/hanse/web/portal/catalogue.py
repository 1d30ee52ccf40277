"""The services, by field, by need and by search, and each with what it may do."""

from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Reach, Service
from hanse.web.page import Result, Shown
from hanse.web.portal.fields import (
    FIELDS,
    OTHER,
    by_field,
    by_need,
    field_of,
    searched,
    shown_services,
)
from hanse.web.visit import Visit

SEARCH_CHARS_MAX: Final = 100
SERVICE_UNKNOWN = ProblemKind(
    "service_unknown",
    404,
    Text("没有该服务", "There is no such service"),
    Text("请在服务目录中查找", "Look it up in the list of services"),
)


async def services(visit: Visit) -> Result:
    """All services, or those that a search finds."""
    offered = visit.node.registry.services
    words = visit.query.get("q", "")[:SEARCH_CHARS_MAX]
    values = {
        "words": words,
        "found": searched(offered, words),
        "fields": by_field(offered),
        "needs": by_need(offered),
    }
    return Shown("portal/services.html", values)


async def service(visit: Visit) -> Result:
    """One service: what it is for, what cities may ask of each other by it, and by which paper."""
    found: Service | None = next(
        (
            one
            for one in shown_services(visit.node.registry.services)
            if one.name == visit.path["name"]
        ),
        None,
    )
    if found is None:
        raise SERVICE_UNKNOWN()
    return Shown(
        "portal/service.html",
        {
            "service": found,
            "field": FIELDS.get(str(field_of(found)), OTHER),
            "between": [one for one in found.operations if one.reach is Reach.LEAGUE],
            "agreements": _agreements(visit, found),
        },
    )


def _agreements(visit: Visit, service: Service) -> list[dict[str, Any]]:
    """The agreements that grant any of its operations or topics."""
    names = {one.name for one in service.operations} | {one.name for one in service.topics}
    found = []
    for described in visit.node.league.describe_agreements(visit.now):
        agreement = visit.node.league.agreement(described["id"], visit.now)
        if agreement is not None and any(names & set(one.operations) for one in agreement.grants):
            found.append(described)
    return found
