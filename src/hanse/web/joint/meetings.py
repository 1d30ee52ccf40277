"""Meetings: what is called, what is on the agenda, which points wait, what was resolved."""

from typing import Any, Final

from hanse.foundation.errors import Problem
from hanse.foundation.identity import new_id
from hanse.mechanisms.exchange.faces import Refused
from hanse.mechanisms.exchange.parts import Mark, Tone
from hanse.services.governance.conference.contracts import Meeting, MeetingStatus
from hanse.services.governance.conference.meetings import MeetingView, PointsWaiting
from hanse.services.governance.conference.resolutions import ResolutionsPage
from hanse.web.desk.queues import ROWS_AT_FRONT, queue_of, rows_of
from hanse.web.joint.bodies import listed_services
from hanse.web.names import city_names
from hanse.web.outcomes import answer_of, problem_of
from hanse.web.page import GoTo, Result, Shown
from hanse.web.visit import Visit

TONES: Final = {MeetingStatus.HELD: Tone.GOOD, MeetingStatus.CANCELLED: Tone.BAD}
FOLLOW_UP: Final = "follow_up"


def status_mark(meeting: Meeting) -> Mark:
    """Where a meeting stands."""
    return Mark(meeting.status.text, TONES.get(meeting.status, Tone.CAUTION))


async def office(visit: Visit) -> Result:
    """The first page of the joint office: what is called, unsigned, overdue, and waits."""
    meetings, _ = await _meetings(visit, None)
    resolutions = await resolutions_of(visit, None)
    return Shown(
        "joint/office.html",
        {
            "meetings": meetings[:ROWS_AT_FRONT],
            "status_mark": status_mark,
            "unsigned": [one for one in resolutions.resolutions if not one.adopted],
            "adopted": [one for one in resolutions.resolutions if one.adopted][:ROWS_AT_FRONT],
            "points": await _points(visit),
            "follow_up": await _follow_up(visit),
            "services": listed_services(visit),
            "names": city_names(visit.node.league),
        },
    )


async def _follow_up(visit: Visit) -> dict[str, Any] | None:
    """What waits of the items that resolutions charge cities with."""
    from hanse.web.desk.families import families

    family = next((one for one in families(visit) if one.matter == FOLLOW_UP), None)
    if family is None:
        return None
    rows, cursor = await rows_of(visit, family, ROWS_AT_FRONT)
    return {"queue": queue_of(family), "rows": rows, "more": cursor is not None}


async def meetings_page(visit: Visit) -> Result:
    """All meetings, the latest first."""
    meetings, after = await _meetings(visit, visit.query.get("after") or None)
    return Shown(
        "joint/meetings.html",
        {
            "meetings": meetings,
            "next_after": after,
            "status_mark": status_mark,
            "names": city_names(visit.node.league),
        },
    )


async def meeting_page(visit: Visit) -> Result:
    """One meeting with its agenda, minutes, resolutions and the points that wait for it."""
    return await _meeting(visit, None)


async def _meeting(visit: Visit, problem: Problem | None) -> Shown:
    name = {"meeting": visit.path["id"]}
    view = MeetingView.model_validate(answer_of(await visit.call("conference.meeting", name)))
    points = [one for one in await _points(visit) if one.meeting == view.meeting.id]
    resolutions = await resolutions_of(visit, view.meeting.id)
    minutes = view.meeting.minutes
    return Shown(
        "joint/meeting.html",
        {
            "view": view,
            "meeting": view.meeting,
            "mark": status_mark(view.meeting),
            "outcomes": {} if minutes is None else {one.point: one for one in minutes.outcomes},
            "resolutions": resolutions.resolutions,
            "points": points,
            "names": city_names(visit.node.league),
            "is_own": view.meeting.convener == visit.node.config.city,
            "problem": problem,
            "key": new_id(visit.node.randomness),
        },
        problem.kind.status if problem else 200,
    )


async def decide_point(visit: Visit) -> Result:
    """Take a point on the agenda, or decline it with a reason."""
    form = visit.form
    asked = {
        "city": form.get("city", ""),
        "message_id": form.get("message_id", ""),
        "accepted": form.get("do") == "accept",
        "reason": form.get("reason", "").strip() or None,
    }
    try:
        outcome = await visit.call("conference.answer_point", asked, key=form.get("key") or None)
        if isinstance(outcome, Refused):
            raise problem_of(outcome)
    except Problem as problem:
        return await _meeting(visit, problem)
    return GoTo(f"/joint/meetings/{visit.path['id']}")


async def _meetings(visit: Visit, after: str | None) -> tuple[list[Meeting], str | None]:
    answer = answer_of(await visit.call("conference.meetings", {"after": after}))
    return [Meeting.model_validate(one) for one in answer["meetings"]], answer["next_after"]


async def _points(visit: Visit) -> Any:
    if not visit.who.may("conference.points_waiting"):
        return ()
    answer = answer_of(await visit.call("conference.points_waiting", {}))
    return PointsWaiting.model_validate(answer).points


async def resolutions_of(
    visit: Visit, meeting: str | None, after: str | None = None
) -> ResolutionsPage:
    """A page of resolutions, of one meeting or of all."""
    asked = {"meeting": meeting, "after": after}
    answer = answer_of(await visit.call("conference.resolutions", asked))
    return ResolutionsPage.model_validate(answer)
