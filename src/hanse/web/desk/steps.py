"""Taking a step and opening a case: the form is the action's own, and nothing typed is lost."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.contracts import CaseView
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.procedure import OPENING, Action, Procedure
from hanse.mechanisms.exchange.faces import Refused
from hanse.web.desk import filling
from hanse.web.desk.case import load
from hanse.web.desk.families import family_of
from hanse.web.entry.fields import ROWS_COUNT, Typed, fields_of, rows_shown, typed_of
from hanse.web.entry.reading import WHOLE, checked, data_of
from hanse.web.forms import Upload
from hanse.web.names import city_names, organisation_name
from hanse.web.outcomes import answer_of, problem_of
from hanse.web.page import GoTo, Result, Shown
from hanse.web.visit import Visit

DATA: Final = "data."
UPLOAD: Final = "paper."
FORM_BYTES_MAX: Final = 8_388_608
"""A step's form with its papers; larger ones go through the agencies' interface."""
STEP_NOT_HERE = ProblemKind(
    "desk_step_not_here",
    409,
    Text("该步骤目前不能办理", "That step can't be taken now"),
    Text("案件可能已有新进展，请回到案件页面", "The case may have moved on: go back to its page"),
)


async def step_form(visit: Visit) -> Result:
    """The form of one step of a case."""
    family = family_of(visit)
    view = await load(visit, family)
    return _shown(visit, family, view, _action(family.of(view.version), view, visit), {}, {}, None)


async def take_step(visit: Visit) -> Result:
    """Take the step, or show the form again with all that was typed and what is wrong with it."""
    family = family_of(visit)
    view = await load(visit, family)
    action = _action(family.of(view.version), view, visit)
    values = grown(visit.form)
    if "more" in visit.form:
        return _shown(visit, family, view, action, values, {}, None)
    if "fill" in visit.form:
        return await _filled(visit, family, view, action, values)
    data, faults = checked(action.form, data_of(action.form, values, DATA), DATA)
    if action.needs_reason and not values.get("reason", "").strip():
        faults["reason"] = Text("请说明理由", "Give the reason")
    if faults:
        return _shown(visit, family, view, action, values, faults, None)
    try:
        act = {
            "case": view.case,
            "role": visit.path["role"],
            "action": action.name,
            "data": data or {},
            "reason": values.get("reason", "").strip() or None,
            "documents": await _papers(visit, family.of(view.version)),
            "seen": int(values["seen"]) if values.get("seen", "").isdecimal() else None,
        }
        outcome = await visit.call(f"{family.matter}.act", act, key=values.get("key"))
        if isinstance(outcome, Refused):
            raise problem_of(outcome)
    except Problem as problem:
        return _shown(visit, family, view, action, values, {}, problem)
    return GoTo(f"/desk/cases/{family.matter}/{view.case}")


async def _filled(
    visit: Visit, family: Family, view: CaseView, action: Action, values: dict[str, str]
) -> Result:
    """The form filled by an operation of this node that answers with just what the form asks."""
    offers = dict(filling.offers(visit, view, action))
    operation = visit.form["fill"]
    if operation not in offers:
        raise STEP_NOT_HERE()
    try:
        answer = answer_of(await visit.call(operation, offers[operation]))
    except Problem as problem:
        return _shown(visit, family, view, action, values, {}, problem)
    filled = {f"{DATA}{name}": value for name, value in typed_of(answer).items()}
    return _shown(visit, family, view, action, values | filled, {}, None)


async def opening_form(visit: Visit) -> Result:
    """The form that opens a case."""
    return _opening(visit, family_of(visit), {}, {}, None)


async def open_case(visit: Visit) -> Result:
    """Open the case: here, or by asking the city that keeps it."""
    family = family_of(visit)
    procedure = family.in_force(local_day(visit.now))
    values = grown(visit.form)
    if "more" in visit.form:
        return _opening(visit, family, values, {}, None)
    form = procedure.opening.form
    data, faults = checked(form, data_of(form, values, DATA), DATA)
    if not values.get("subject", "").strip():
        faults["subject"] = Text("请填写", "Fill this in")
    seats = _seats(procedure, values)
    for role in procedure.roles:
        if role.is_required and role.name not in seats:
            faults[f"seat.{role.name}.city"] = Text("请选择城市", "Choose the city")
    if faults:
        return _opening(visit, family, values, faults, None)
    try:
        start = {
            "subject": values["subject"].strip(),
            "seats": seats,
            "role": values.get("role") or procedure.opening.by[0],
            "data": data or {},
            "reason": values.get("reason", "").strip() or None,
            "documents": await _papers(visit, procedure),
        }
        outcome = await visit.call(f"{family.matter}.start", start, key=values.get("key"))
        if isinstance(outcome, Refused) or outcome is None:
            raise problem_of(outcome) if outcome else STEP_NOT_HERE()
    except Problem as problem:
        return _opening(visit, family, values, {}, problem)
    return GoTo(f"/desk/cases/{family.matter}/{outcome['case']}")


def _seats(procedure: Procedure, values: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for role in procedure.roles:
        city = values.get(f"seat.{role.name}.city", "")
        if city:
            body = values.get(f"seat.{role.name}.organisation", "").strip()
            found[role.name] = {"city": city, "organisation": body or None}
    return found


def _opening(
    visit: Visit,
    family: Family,
    values: Mapping[str, str],
    faults: Mapping[str, Text],
    problem: Problem | None,
) -> Shown:
    procedure = family.in_force(local_day(visit.now))
    typed = Typed(values, faults, city_names(visit.node.league), bool(values))
    own = visit.node.config.city
    charter = visit.node.league.charter
    member = None if charter is None else charter.cities.get(own)
    return Shown(
        "desk/opening.html",
        {
            "family": family,
            "procedure": procedure,
            "action": procedure.opening,
            "fields": fields_of(procedure.opening.form, typed, DATA),
            "values": values,
            "faults": faults,
            "subject_fault": faults.get("subject"),
            "problem": problem,
            "key": new_id(visit.node.randomness),
            "cities": typed.city_names,
            "own": own,
            "organisations": () if member is None else member.organisations,
            "papers": _paper_kinds(procedure, procedure.opening),
        },
        422 if faults or problem else 200,
    )


def _shown(
    visit: Visit,
    family: Family,
    view: CaseView,
    action: Action,
    values: Mapping[str, str],
    faults: Mapping[str, Text],
    problem: Problem | None,
) -> Shown:
    procedure = family.of(view.version)
    start = values or _at_hand(view, action)
    typed = Typed(start, faults, city_names(visit.node.league), bool(values))
    return Shown(
        "desk/step.html",
        {
            "family": family,
            "view": view,
            "action": action,
            "role": visit.path["role"],
            "fields": fields_of(action.form, typed, DATA),
            "whole_fault": faults.get(WHOLE) or faults.get(DATA.rstrip(".")),
            "reason": values.get("reason", ""),
            "reason_fault": faults.get("reason"),
            "problem": problem,
            "seen": values.get("seen") or str(view.number),
            "key": new_id(visit.node.randomness),
            "papers": _paper_kinds(procedure, action),
            "offers": [
                visit.node.registry.operation(name).title
                for name, _ in filling.offers(visit, view, action)
            ],
            "offer_names": [name for name, _ in filling.offers(visit, view, action)],
            "subject_place": organisation_name(
                visit.node.league, visit.node.config.city, visit.who.organisation
            ),
        },
        422 if faults or problem else 200,
    )


def _at_hand(view: CaseView, action: Action) -> dict[str, str]:
    """What an earlier step of the same kind said is filled in, to be mended."""
    said = view.data.get(action.name, {})
    return {f"{DATA}{name}": value for name, value in typed_of(said).items()}


def _action(procedure: Procedure, view: CaseView, visit: Visit) -> Action:
    name, role = visit.path["action"], visit.path["role"]
    action = procedure.action(name)
    offered = any(one.action == name and one.role == role for one in view.choices)
    if action is None or name == OPENING or not offered:
        raise STEP_NOT_HERE()
    return action


def _paper_kinds(procedure: Procedure, action: Action) -> list[tuple[Any, bool]]:
    """The kinds of papers that may come with it, and whether each must."""
    return [(kind, kind.name in action.documents) for kind in procedure.documents]


async def _papers(visit: Visit, procedure: Procedure) -> list[dict[str, Any]]:
    """Store the files that were sent, and name them as the step does."""
    found = []
    for field, upload in visit.uploads.items():
        kind = procedure.document(field.removeprefix(UPLOAD))
        if kind is None or not upload.body:
            continue
        await visit.node.bodies.store(None, visit.node.config.city, _once(upload))
        found.append(
            {
                "digest": f"sha-256:{hashlib.sha256(upload.body).hexdigest()}",
                "kind": kind.name,
                "name": upload.name[-200:] or kind.name,
                "media_type": _media_type(upload, kind.media_types),
                "size_bytes": len(upload.body),
                "retention": kind.retention,
            }
        )
    return found


async def _once(upload: Upload) -> AsyncIterator[bytes]:
    yield upload.body


SIGNATURES: Final = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
}


def _media_type(upload: Upload, allowed: tuple[str, ...]) -> str:
    """By how the file begins; what is none of the allowed kinds is refused by the procedure."""
    for media_type in allowed:
        begins = SIGNATURES.get(media_type)
        if begins is not None and upload.body.startswith(begins):
            return media_type
    return "application/octet-stream"


def grown(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with one more row where a list was asked to grow."""
    values = dict(form)
    name = values.get("more", "")
    if name:
        values[f"{name}{ROWS_COUNT}"] = str(rows_shown(values, name) + 1)
    return values
