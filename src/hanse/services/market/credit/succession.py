"""Who answers for whose records: a successor inherits by a registry's link from code to code."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.market.credit.contracts import SuccessionLink

SUCCESSION_TOO_LONG = ProblemKind(
    "credit_succession_too_long",
    422,
    Text("承继关系过多", "Too many predecessors"),
    Text(
        "原主体超过{limit}个，请由登记机关核对承继关系",
        "There are more than {limit}: have the registry check the links",
    ),
)

PREDECESSORS_MAX: Final = 200


def answers_for(subject: str, links: Iterable[SuccessionLink], day: date) -> frozenset[str]:
    """`subject` and every predecessor, near and far, whose link is in force on `day`.

    A change of name keeps the code and needs no link. Links that run in a circle do no harm;
    more than 200 predecessors are refused, for that is no history but an error.
    """
    behind: dict[str, set[str]] = {}
    for link in links:
        if link.since <= day:
            behind.setdefault(link.successor, set()).add(link.predecessor)
    found, to_visit = {subject}, [subject]
    while to_visit:
        for code in behind.get(to_visit.pop(), set()) - found:
            found.add(code)
            to_visit.append(code)
            if len(found) > PREDECESSORS_MAX + 1:
                raise SUCCESSION_TOO_LONG(limit=PREDECESSORS_MAX)
    return frozenset(found)
