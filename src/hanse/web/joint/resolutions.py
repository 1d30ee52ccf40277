"""Resolutions: their text, which cities have signed, how many are missing, who carries them out."""

from typing import Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.contracts import CaseView
from hanse.mechanisms.exchange.faces import Refused
from hanse.mechanisms.exchange.parts import Mark, Tone
from hanse.services.governance.conference.resolutions import ResolutionView
from hanse.web.joint.meetings import FOLLOW_UP, resolutions_of
from hanse.web.names import city_names
from hanse.web.outcomes import answer_of, problem_of
from hanse.web.page import GoTo, Result, Sent, Shown
from hanse.web.visit import Visit

UPLOAD: Final = "signed"
FORM_BYTES_MAX: Final = 2_000_000
DUTIES_LOOKED_AT_MAX: Final = 20
SIGNATURE_UNREADABLE = ProblemKind(
    "joint_signature_unreadable",
    422,
    Text("签名文件无法读取", "The signed document can't be read"),
    Text("请上传 hanse joint sign 写出的文件", "Send the file that `hanse joint sign` writes"),
)


async def resolutions_page(visit: Visit) -> Result:
    """All resolutions, the newest first."""
    page = await resolutions_of(visit, None, visit.query.get("after") or None)
    return Shown("joint/resolutions.html", {"page_": page, "names": city_names(visit.node.league)})


async def resolution_page(visit: Visit) -> Result:
    """One resolution whole."""
    return await _shown(visit, None)


async def document(visit: Visit) -> Result:
    """The document as it stands, to be signed outside the node or checked offline."""
    view = await _load(visit)
    return Sent(view.document.encode(), "application/json", f"resolution-{view.id}.json")


async def act(visit: Visit) -> Result:
    """Hand in this city's signature, or assign the items of an adopted resolution."""
    digest = visit.path["digest"]
    try:
        if visit.form.get("do") == "assign":
            operation, data = "conference.assign", {"digest": digest}
        else:
            operation, data = "conference.sign", {"document": _uploaded(visit)}
        outcome = await visit.call(operation, data, key=visit.form.get("key") or None)
        if isinstance(outcome, Refused):
            raise problem_of(outcome)
    except Problem as problem:
        return await _shown(visit, problem)
    return GoTo(f"/joint/resolutions/{digest}")


def _uploaded(visit: Visit) -> str:
    upload = visit.uploads.get(UPLOAD)
    if upload is None or not upload.body:
        raise SIGNATURE_UNREADABLE()
    try:
        return upload.body.decode("utf-8")
    except UnicodeDecodeError:
        raise SIGNATURE_UNREADABLE() from None


async def _load(visit: Visit) -> ResolutionView:
    asked = {"digest": visit.path["digest"]}
    return ResolutionView.model_validate(
        answer_of(await visit.call("conference.resolution", asked))
    )


async def _shown(visit: Visit, problem: Problem | None) -> Shown:
    view = await _load(visit)
    own = visit.node.config.city
    return Shown(
        "joint/resolution.html",
        {
            "view": view,
            "names": city_names(visit.node.league),
            "duties": [
                (one.duty, one.case, await _standing(visit, one.case))
                for one in view.duties[:DUTIES_LOOKED_AT_MAX]
            ],
            "may_sign": own in view.missing and visit.who.may("conference.sign"),
            "may_assign": view.adopted
            and view.id.startswith(f"{own}-")
            and any(one.case is None for one in view.duties)
            and visit.who.may("conference.assign"),
            "problem": problem,
            "key": new_id(visit.node.randomness),
        },
        problem.kind.status if problem else 200,
    )


async def _standing(visit: Visit, case: str | None) -> Mark | None:
    """Where an item stands, as far as this office has a seat in its case."""
    operation = f"{FOLLOW_UP}.view"
    if case is None or not visit.who.may(operation):
        return None
    outcome = await visit.call(operation, {"case": case})
    if not isinstance(outcome, dict) or not outcome["number"]:
        return None
    view = CaseView.model_validate(outcome)
    title = view.stage_title or view.status.text if view.status else view.stage_title
    if title is None:
        return None
    if any(one.state.standing == "overdue" for one in view.deadlines):
        return Mark(Text(f"{title.zh}，已逾期", f"{title.en}, overdue"), Tone.BAD)
    closed = view.status is not None and view.status.is_closed
    return Mark(title, Tone.GOOD if closed else Tone.CAUTION)
