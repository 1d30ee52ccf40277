"""A resident's own page: matters and their progress, and what each service holds of the person."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.operations import families_of
from hanse.mechanisms.cases.procedure import SubjectKind
from hanse.mechanisms.exchange.accesses import IdentityCheck
from hanse.mechanisms.exchange.faces import FaceCall, Outcome
from hanse.mechanisms.exchange.parts import Block, Mark, Part, Place, Tone, Viewer
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

TONES: Final = {
    "completed": Tone.GOOD,
    "refused": Tone.BAD,
    "withdrawn": Tone.PLAIN,
    "returned": Tone.CAUTION,
}
CERTIFICATE_UNKNOWN = ProblemKind(
    "resident_certificate_unknown",
    404,
    Text("没有该凭证", "There is no such certificate"),
    Text("请从“我的凭证”中选择", "Choose one under “My certificates”"),
)


@dataclass(frozen=True)
class ShownPart:
    """A service's part and what it shows."""

    part: Part
    blocks: Sequence[Block]


async def home(visit: Visit) -> Result:
    """What goes on in one's own matters, and what the services hold."""
    shown, matters = await asyncio.gather(
        asyncio.gather(*(_shown(visit, part) for part in parts(visit) if not part.is_on_request)),
        own_matters(visit),
    )
    return Shown("resident/home.html", {"parts": shown, "matters": matters})


def parts(visit: Visit) -> list[Part]:
    """The services' parts for residents."""
    return [
        part
        for service in visit.node.registry.services
        for part in service.parts
        if part.place is Place.RESIDENT and visit.sees(part)
    ]


async def _shown(visit: Visit, part: Part) -> ShownPart:
    calls, outcomes = await visit.outcomes(part)
    return ShownPart(part, part.show(visit.viewer, calls, outcomes))


async def own_matters(visit: Visit) -> list[dict[str, Any]]:
    """The resident's own matters of every procedure about persons, the open ones first."""
    families = families_of(visit.node.registry.operations.values())
    names = [f"{one.matter}.mine" for one in families if one.subject is SubjectKind.PERSON]
    _, outcomes = await visit.outcomes(_matters(tuple(names)))
    found = [
        {**one, "mark": Mark(Text(**one["status_title"]), TONES.get(one["status"], Tone.PLAIN))}
        for outcome in outcomes
        if isinstance(outcome, dict)
        for one in outcome["matters"]
    ]
    return sorted(found, key=lambda one: one["status"] in TONES)


def _matters(names: tuple[str, ...]) -> Part:
    def ask(viewer: Viewer) -> Sequence[FaceCall]:
        asked = {"subject": viewer.person, "identity": str(IdentityCheck.SIGN_IN)}
        return [FaceCall(name, asked) for name in names]

    return Part(
        name="matters",
        title=Text("我的事项", "My matters"),
        place=Place.RESIDENT,
        operations=names,
        ask=ask,
        show=_nothing,
    )


def _nothing(
    viewer: Viewer, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
) -> Sequence[Block]:
    return ()


async def certificates(visit: Visit) -> Result:
    """The certificates that one can have."""
    return Shown("resident/certificates.html", {"offered": _on_request(visit), "made": None})


async def issue(visit: Visit) -> Result:
    """Issue the one that was asked for, and show it once: it is its holder's to keep."""
    offered = _on_request(visit)
    part = next((one for one in offered if one.name == visit.form.get("part")), None)
    if part is None:
        raise CERTIFICATE_UNKNOWN()
    made = await _shown(visit, part)
    return Shown("resident/certificates.html", {"offered": offered, "made": made})


def _on_request(visit: Visit) -> list[Part]:
    return [part for part in parts(visit) if part.is_on_request]
