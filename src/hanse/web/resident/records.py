"""Who looked at one's own data, in every city, each line with what proves it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hanse.foundation.errors import Problem
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.accesses import ACCESSES, RESIDENT, IdentityCheck
from hanse.mechanisms.exchange.faces import ALL_CITIES, FaceCall, Outcome
from hanse.mechanisms.exchange.parts import Block, Mark, Part, Place, Tone, Viewer
from hanse.mechanisms.journal.access import verify_line
from hanse.mechanisms.league.charter import Charter
from hanse.web.names import city_names, organisation_name
from hanse.web.page import Result, Sent, Shown
from hanse.web.visit import Visit

(_OPERATION,) = ACCESSES.operations
PROVEN: Final = Mark(Text("日志可证", "Proven"), Tone.GOOD)
NOT_YET: Final = Mark(Text("待联署", "Not cosigned yet"), Tone.CAUTION)
OUTCOMES: Final[Mapping[str, Mark]] = {
    "answered": Mark(Text("已查看", "Looked")),
    "refused": Mark(Text("已拒绝", "Refused"), Tone.GOOD),
    "owed": Mark(Text("待答复", "Answer owed")),
}
LINES_SHOWN_MAX: Final = 400


@dataclass(frozen=True)
class Looked:
    """One access as it is shown."""

    at: datetime
    held_by: Text
    who: Text
    what: Text | str
    why: Text | str | None
    agreement: str | None
    outcome: Mark
    proof: Mark
    is_own: bool
    """Whether it was the resident's own question."""


def _ask(viewer: Viewer) -> Sequence[FaceCall]:
    asked = {"person": viewer.person, "identity": str(IdentityCheck.SIGN_IN)}
    return [
        FaceCall(_OPERATION.name, asked),
        FaceCall(_OPERATION.name, asked, ALL_CITIES, RESIDENT.code),
    ]


def _show(
    viewer: Viewer, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
) -> Sequence[Block]:
    return ()


PART: Final = Part(
    name="accesses",
    title=Text("谁查看过我的信息", "Who looked at my data"),
    place=Place.RESIDENT,
    operations=(_OPERATION.name,),
    ask=_ask,
    show=_show,
)


async def records(visit: Visit) -> Result:
    """Every access, the newest first, and which cities have not answered."""
    answers, silent = await _answers(visit)
    own = visit.query.get("own") == "1"
    lines = [line for answer in answers for line in _lines(visit, answer)]
    shown = [line for line in lines if own or not line.is_own]
    shown.sort(key=lambda one: one.at, reverse=True)
    return Shown(
        "resident/records.html",
        {
            "lines": shown[:LINES_SHOWN_MAX],
            "count": len(shown),
            "hidden": len(lines) - len(shown),
            "own": own,
            "silent": silent,
            "cities": len(answers),
        },
    )


async def file(visit: Visit) -> Result:
    """The lines with their proofs, to be kept and verified by any tool."""
    answers, silent = await _answers(visit)
    kept = {"charter": visit.node.league.version, "answers": answers, "silent": silent}
    body = json.dumps(kept, ensure_ascii=False, indent=1).encode()
    return Sent(body, "application/json", "who-looked.json")


async def _answers(visit: Visit) -> tuple[list[dict[str, Any]], list[str]]:
    calls, outcomes = await visit.outcomes(PART)
    answers = [one for one in outcomes if isinstance(one, dict)]
    silent = [
        call.to or visit.node.config.city
        for call, outcome in zip(calls, outcomes, strict=True)
        if not isinstance(outcome, dict)
    ]
    return answers, silent


def _lines(visit: Visit, answer: Mapping[str, Any]) -> list[Looked]:
    league, names = visit.node.league, city_names(visit.node.league)
    operations = visit.node.registry.operations
    found = []
    for line in answer["lines"]:
        details, is_proven = _opened(league.charter, answer, line)
        operation = operations.get(details["operation"])
        purposes = () if operation is None else operation.purposes
        purpose = details.get("purpose")
        found.append(
            Looked(
                at=datetime.fromisoformat(json.loads(line["entry"])["at"]),
                held_by=names.get(answer["city"], Text(answer["city"], answer["city"])),
                who=organisation_name(league, details["city"], details["organisation"]),
                what=details["operation"] if operation is None else operation.title,
                why=next((one.title for one in purposes if one.code == purpose), purpose),
                agreement=details.get("agreement"),
                outcome=OUTCOMES.get(
                    details["outcome"], Mark(Text(details["outcome"], details["outcome"]))
                ),
                proof=PROVEN if is_proven else NOT_YET,
                is_own=_is_own(visit, details),
            )
        )
    return found


def _is_own(visit: Visit, details: Mapping[str, Any]) -> bool:
    """Looks of the counter where the resident's own pages ask."""
    return bool(details["organisation"] == visit.who.organisation)


def _opened(
    charter: Charter | None, answer: Mapping[str, Any], line: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """What the line says, and whether the cosigned journal of its city proves it."""
    if charter is not None and line["path"] and answer["checkpoint"]:
        try:
            return verify_line(charter, answer["city"], answer["checkpoint"], **line), True
        except Problem:
            pass
    details: dict[str, Any] = json.loads(line["details"])
    return details, False
