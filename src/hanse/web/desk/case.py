"""A case as its parties see it: where it stands, by when, what may be done, and all that was."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import tables
from hanse.mechanisms.cases.contracts import CaseView, Timeline
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.procedure import Procedure
from hanse.mechanisms.exchange.faces import Refused
from hanse.mechanisms.exchange.parts import Block, Mark, Tone
from hanse.web.desk.families import family_of
from hanse.web.entry.showing import blocks_of
from hanse.web.names import city_names, organisation_name
from hanse.web.outcomes import answer_of
from hanse.web.page import Result, Sent, Shown
from hanse.web.visit import Visit

STANDING: Final[Mapping[str, Mark]] = {
    "running": Mark(Text("计算中", "Running")),
    "paused": Mark(Text("已中止", "Paused"), Tone.CAUTION),
    "done": Mark(Text("已办", "Done"), Tone.GOOD),
    "overdue": Mark(Text("已逾期", "Overdue"), Tone.BAD),
}
PROPOSAL: Final[Mapping[str, Mark]] = {
    "proposed": Mark(Text("等待主办城市登记", "Waits for the keeper to number it"), Tone.CAUTION),
    "recorded": Mark(Text("已登记", "Numbered"), Tone.GOOD),
    "refused": Mark(Text("主办城市不予登记", "Refused by the keeper"), Tone.BAD),
    "undelivered": Mark(Text("未能送达", "Could not be delivered"), Tone.BAD),
}
STATUS_TONE: Final[Mapping[str, Tone]] = {
    "completed": Tone.GOOD,
    "refused": Tone.BAD,
    "withdrawn": Tone.BAD,
    "returned": Tone.CAUTION,
}

DOCUMENT_NOT_HELD = ProblemKind(
    "desk_document_not_held",
    404,
    Text("本市未存该材料", "That document is not held here"),
    Text("请稍候，或向提交材料的城市查询", "Wait for it, or ask the city that handed it in"),
)


@dataclass(frozen=True)
class Copy:
    """How far another city has taken this city's steps of a case."""

    city: str
    target: int
    acknowledged: int
    problem: bool

    @property
    def mark(self) -> Mark:
        """It in words."""
        if self.problem:
            return Mark(Text("对方未接受", "Not accepted"), Tone.BAD)
        if self.acknowledged < self.target:
            left = self.target - self.acknowledged
            return Mark(Text(f"待送达 {left} 步", f"{left} on the way"), Tone.CAUTION)
        return Mark(Text("已送达", "Delivered"), Tone.GOOD)


async def load(visit: Visit, family: Family) -> CaseView:
    """The case that the address names, as the visitor's organisation may see it."""
    data = {"case": visit.path["case"]}
    answer = answer_of(await visit.call(f"{family.matter}.view", data))
    return CaseView.model_validate(answer)


async def case_page(visit: Visit) -> Result:
    """The page of one case."""
    family = family_of(visit)
    view = await load(visit, family)
    if not view.number:
        return Shown("desk/asked.html", {"family": family, "view": view, "proposal": PROPOSAL})
    asked = {"case": view.case, "after": _number(visit.query.get("after"))}
    timeline = Timeline.model_validate(
        answer_of(await visit.call(f"{family.matter}.timeline", asked))
    )
    copies = await visit.read(lambda tx: _copies(tx, view.case))
    procedure, names = family.of(view.version), city_names(visit.node.league)
    return Shown(
        "desk/case.html",
        {
            "family": family,
            "procedure": procedure,
            "view": view,
            "timeline": timeline,
            "copies": copies,
            "content": content_of(procedure, view.data, names),
            "seats": [
                (role.title, organisation_name(visit.node.league, seat.city, seat.organisation))
                for role in procedure.roles
                for seat in [view.seats.get(role.name)]
                if seat is not None
            ],
            "waits_for": _waits_for(procedure, view),
            "place": lambda city, body: organisation_name(visit.node.league, city, body),
            "role_title": lambda name: _role_title(procedure, name),
            "flags": [flag.title for flag in procedure.flags if flag.name in view.flags],
            "standing": STANDING,
            "proposal": PROPOSAL,
            "status_tone": STATUS_TONE,
            "others": sorted({one.city for one in view.seats.values()} - {visit.node.config.city}),
            "compared": await _compared(visit, family, view) if "compare" in visit.query else None,
            "document_kinds": {one.name: one.title for one in procedure.documents},
        },
    )


async def document(visit: Visit) -> Result:
    """A paper of a case that is held here, to be kept as a file."""
    family = family_of(visit)
    view = await load(visit, family)
    found = next((one for one in view.documents if one.digest == visit.path["digest"]), None)
    if found is None or found.digest not in view.documents_here:
        raise DOCUMENT_NOT_HELD()
    place = visit.node.bodies.path(found.digest)
    if not place.is_file():
        raise DOCUMENT_NOT_HELD()
    body = await asyncio.to_thread(place.read_bytes)
    suffix = found.media_type.rpartition("/")[2]
    return Sent(body, found.media_type, f"{found.kind}-{found.digest[8:16]}.{suffix}")


def content_of(
    procedure: Procedure, data: Mapping[str, Any], names: Mapping[str, Text]
) -> list[tuple[Text, list[Block]]]:
    """What each step has said, under the titles of the form that said it."""
    found = []
    for name, said in data.items():
        action = procedure.action(name)
        if action is not None and said:
            blocks = blocks_of(action.title, action.form, said, names)
            found.append((action.title, blocks))
    return found


def _waits_for(procedure: Procedure, view: CaseView) -> list[Text]:
    """Who must act now, and with what, whoever they are."""
    found = []
    for role in procedure.roles:
        if role.name in view.seats:
            steps = [
                one.title
                for one in procedure.actions
                if role.name in one.by
                and view.stage in one.from_stages
                and one.is_expected
                and all((when.flag in view.flags) == when.is_set for when in one.when)
            ]
            if steps:
                zh, en = "、".join(s.zh for s in steps), ", ".join(s.en for s in steps)
                found.append(Text(f"{role.title.zh}：{zh}", f"{role.title.en}: {en}"))
    return found


def _role_title(procedure: Procedure, name: str) -> Text:
    role = procedure.role(name)
    return Text("系统", "By time") if role is None else role.title


async def _compared(visit: Visit, family: Family, view: CaseView) -> dict[str, Mark]:
    """Whether each other city holds the same history, as that city itself answers now."""
    asked = {"case": view.case, "after": 0}
    mine = answer_of(await visit.call(f"{family.matter}.timeline", asked))["steps"]
    own = [step["digest"] for step in mine]
    found = {}
    for city in sorted({one.city for one in view.seats.values()} - {visit.node.config.city}):
        try:
            outcome = await visit.ask(
                city, f"{family.matter}.compare", asked, purpose=family.purpose.code
            )
        except Problem as problem:
            outcome = Refused.of(problem)
        found[city] = _verdict(own, outcome)
    return found


def _verdict(own: list[str], outcome: Any) -> Mark:
    if outcome is None:
        return Mark(Text("尚未答复", "No answer yet"), Tone.CAUTION)
    if isinstance(outcome, Refused):
        return Mark(Text("未能核对", "Could not be compared"), Tone.BAD)
    theirs = list(outcome["digests"])
    shared = min(len(own), len(theirs))
    for number in range(shared):
        if own[number] != theirs[number]:
            return Mark(
                Text(f"第 {number + 1} 步起不一致", f"Differs from step {number + 1} on"), Tone.BAD
            )
    if len(theirs) == len(own):
        words = Text(f"一致，共 {shared} 步", f"The same {shared} steps")
        return Mark(words, Tone.GOOD)
    return Mark(Text(f"前 {shared} 步一致", f"The same up to step {shared}"), Tone.CAUTION)


def _copies(transaction: Transaction, case_id: str) -> list[Copy]:
    rows = transaction.rows(
        select(tables.copies)
        .where(tables.copies.c.case_id == case_id)
        .order_by(tables.copies.c.city)
    )
    return [Copy(row.city, row.target, row.acknowledged, row.problem is not None) for row in rows]


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
