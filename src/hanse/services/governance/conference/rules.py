"""When a meeting, its minutes and a resolution are in order. Pure; no store, no clock.

The policy founds the joint meeting and says no more. What is marked [P] is a local decision with a
visible default; that a change of the charter needs the charter's own threshold is the charter's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import Calendar
from hanse.mechanisms.league.charter import Charter
from hanse.mechanisms.league.joint_documents import check_charter
from hanse.services.governance.conference.contracts import (
    POINTS_MAX,
    AgendaPoint,
    Meeting,
    MeetingStatus,
    Paper,
    PointKind,
    Resolution,
    Voting,
)

MEETING_NOT_CONVENER = ProblemKind(
    "meeting_not_convener",
    403,
    Text("仅召集城市可变更会议", "Only the convening city changes its meeting"),
    Text("请由{city}办理", "Leave it to {city}"),
)
MEETING_VERSION_WRONG = ProblemKind(
    "meeting_version_wrong",
    409,
    Text("会议版本不符", "That is not the meeting's next version"),
    Text("下一版本为{expected}", "The next version is {expected}"),
)
MEETING_TIMES_WRONG = ProblemKind(
    "meeting_times_wrong",
    422,
    Text("会议时间有误", "The meeting's times are wrong"),
    Text("结束须晚于开始，且同次会议不超过{days}天", "It ends after it starts, within {days} days"),
)
MEETING_NOTICE_SHORT = ProblemKind(
    "meeting_notice_short",
    422,
    Text("会议通知时间不足", "The meeting is convened too late"),
    Text(
        "须提前{count}个工作日通知，最早可于{earliest}召开",
        "It takes {count} working days' notice: {earliest} at the earliest",
    ),
)
MEETING_CITIES_WRONG = ProblemKind(
    "meeting_cities_wrong",
    422,
    Text("城市名单有误", "The list of cities is wrong"),
    Text("请更正：{cities}", "Correct these: {cities}"),
)
MEETING_AGENDA_WRONG = ProblemKind(
    "meeting_agenda_wrong",
    422,
    Text("议程序号须从1起连续", "Agenda points are numbered from 1 without gaps"),
    Text("请重新编号", "Number them again"),
)
MEETING_CLOSED = ProblemKind(
    "meeting_closed",
    409,
    Text("会议已召开或已取消", "The meeting was held or cancelled"),
    Text("请召集新的会议", "Convene another"),
)
MEETING_NOT_YET = ProblemKind(
    "meeting_not_yet",
    409,
    Text("会议尚未开始", "The meeting has not begun"),
    Text("请于{starts_at}之后提交纪要", "Hand the minutes in after {starts_at}"),
)
MINUTES_INCOMPLETE = ProblemKind(
    "minutes_incomplete",
    422,
    Text("纪要与议程不符", "The minutes do not match the agenda"),
    Text("每项议题恰有一项结果；请核对：{points}", "One outcome for each point; check {points}"),
)
RESOLUTION_POINT_WRONG = ProblemKind(
    "resolution_point_wrong",
    422,
    Text("决议须对应一项审议决定的议题", "A resolution belongs to an agenda point for decision"),
    Text("可选议题：{points}", "Points for decision: {points}"),
)
RESOLUTION_VOTING_WRONG = ProblemKind(
    "resolution_voting_wrong",
    422,
    Text("签署城市或门槛不符合章程", "The signatories or their number are not the charter's"),
    Text("须由全体成员签署，至少{needed}个城市", "All members may sign, {needed} must"),
)
RESOLUTION_ID_WRONG = ProblemKind(
    "resolution_id_wrong",
    422,
    Text("决议编号须以起草城市代码开头", "A resolution's number begins with its drafting city"),
    Text("请使用{city}开头的编号", "Use a number that begins with {city}"),
)
RESOLUTION_DUTY_WRONG = ProblemKind(
    "resolution_duty_wrong",
    422,
    Text("落实事项的责任机构不在章程中", "An item's organisation is not in the charter"),
    Text("请核对：{named}", "Check: {named}"),
)


@dataclass(frozen=True)
class ConferenceParameters:
    """What a league may set otherwise."""

    notice_working_days: int = 3
    """[P] between the day of the notice and the day of the meeting, at the least."""
    meeting_days_max: int = 7
    """[P] a meeting's length, in days."""


DEFAULTS: Final = ConferenceParameters()


def check_meeting(
    meeting: Meeting,
    members: Sequence[str],
    today: date,
    starts_on: date,
    calendar: Calendar,
    parameters: ConferenceParameters,
) -> None:
    """A first version: in time, in order, of members alone, convened by whom its number says."""
    check_convener(meeting)
    if meeting.version != 1:
        raise MEETING_VERSION_WRONG(expected=1)
    if meeting.status is not MeetingStatus.CONVENED or meeting.minutes is not None:
        raise MEETING_CLOSED()
    check_times(meeting, parameters)
    check_cities(meeting, members)
    check_agenda(meeting.agenda)
    check_notice(today, starts_on, calendar, parameters)


def check_change(
    held: Meeting,
    changed: Meeting,
    members: Sequence[str],
    today: date,
    starts_on: date,
    calendar: Calendar,
    parameters: ConferenceParameters,
) -> None:
    """The next version before the meeting: notice is asked for anew only if it starts earlier."""
    check_next(held, changed)
    if changed.status is MeetingStatus.HELD or changed.minutes is not None:
        raise MINUTES_INCOMPLETE(points="minutes")
    check_times(changed, parameters)
    check_cities(changed, members)
    check_agenda(changed.agenda)
    if changed.status is MeetingStatus.CONVENED and changed.starts_at < held.starts_at:
        check_notice(today, starts_on, calendar, parameters)


def check_next(held: Meeting, changed: Meeting) -> None:
    """A version follows the one before, of an open meeting, by the same convener."""
    check_convener(changed)
    if held.status is not MeetingStatus.CONVENED:
        raise MEETING_CLOSED()
    if changed.version != held.version + 1:
        raise MEETING_VERSION_WRONG(expected=held.version + 1)


def check_convener(meeting: Meeting) -> None:
    """A meeting's number begins with the city that convenes it, and that city is invited."""
    if not meeting.id.startswith(f"{meeting.convener}-"):
        raise MEETING_NOT_CONVENER(city=meeting.id[:6])
    if meeting.convener not in meeting.invited:
        raise MEETING_CITIES_WRONG(cities=meeting.convener)


def check_times(meeting: Meeting, parameters: ConferenceParameters) -> None:
    """A meeting ends after it starts, within its longest length."""
    longest = timedelta(days=parameters.meeting_days_max)
    if not meeting.starts_at < meeting.ends_at <= meeting.starts_at + longest:
        raise MEETING_TIMES_WRONG(days=parameters.meeting_days_max)


def check_cities(meeting: Meeting, members: Sequence[str]) -> None:
    """Invited cities are members, and points come from invited cities."""
    strangers = [city for city in meeting.invited if city not in members]
    strangers += [one.sponsor for one in meeting.agenda if one.sponsor not in meeting.invited]
    if strangers:
        raise MEETING_CITIES_WRONG(cities=", ".join(dict.fromkeys(strangers)))


def check_agenda(agenda: Sequence[AgendaPoint]) -> None:
    """Points are numbered from 1 without gaps."""
    if [one.number for one in agenda] != [*range(1, len(agenda) + 1)]:
        raise MEETING_AGENDA_WRONG()


def check_notice(
    today: date, starts_on: date, calendar: Calendar, parameters: ConferenceParameters
) -> None:
    """The cities have their working days of notice."""
    count = parameters.notice_working_days
    if count < 1:
        return
    earliest = calendar.add_working_days(today, count).due
    if starts_on < earliest:
        raise MEETING_NOTICE_SHORT(count=count, earliest=earliest)


def check_minutes(held: Meeting, minuted: Meeting, now: datetime) -> None:
    """Minutes come after the start; each point has one outcome; who is present was invited."""
    check_next(held, minuted)
    minutes = minuted.minutes
    unchanged = minuted.model_copy(
        update={"version": held.version, "status": held.status, "minutes": None}
    )
    if minutes is None or minuted.status is not MeetingStatus.HELD or unchanged != held:
        raise MINUTES_INCOMPLETE(points="-")
    if now < held.starts_at:
        raise MEETING_NOT_YET(starts_at=held.starts_at.isoformat())
    points = [one.number for one in held.agenda]
    told = [one.point for one in minutes.outcomes]
    if sorted(told) != points:
        wrong = sorted(set(points) ^ set(told)) or sorted(told)
        raise MINUTES_INCOMPLETE(points=", ".join(map(str, wrong)))
    strangers = [city for city in minutes.present if city not in held.invited]
    if minutes.chaired_by not in minutes.present:
        strangers.append(minutes.chaired_by)
    if strangers:
        raise MEETING_CITIES_WRONG(cities=", ".join(strangers))


def papers_of(meeting: Meeting) -> tuple[Paper, ...]:
    """Every paper of a meeting once, the minutes among them."""
    found = [paper for point in meeting.agenda for paper in point.papers]
    if meeting.minutes is not None and meeting.minutes.paper is not None:
        found.append(meeting.minutes.paper)
    return tuple({paper.digest: paper for paper in found}.values())


def papers_for(city: str, meeting: Meeting, before: Meeting | None) -> tuple[Paper, ...]:
    """What an invited city must still be sent: not its own papers, nor those it was sent before."""
    given = {
        paper.digest for point in meeting.agenda if point.sponsor == city for paper in point.papers
    }
    if before is not None and city in before.invited:
        given |= {paper.digest for paper in papers_of(before)}
    return tuple(one for one in papers_of(meeting) if one.digest not in given)


def with_point(meeting: Meeting, wished: AgendaPoint) -> Meeting:
    """The next version, with a point added as the agenda's last."""
    if meeting.status is not MeetingStatus.CONVENED:
        raise MEETING_CLOSED()
    number = len(meeting.agenda) + 1
    if number > POINTS_MAX:
        raise MEETING_AGENDA_WRONG()
    added = wished.model_copy(update={"number": number})
    return meeting.model_copy(
        update={"version": meeting.version + 1, "agenda": (*meeting.agenda, added)}
    )


def votes_needed(voting: Voting, charter: Charter) -> int:
    """How many cities must sign: the charter's threshold, or every member."""
    return len(charter.members) if voting is Voting.UNANIMOUS else charter.threshold


def check_resolution(resolution: Resolution, meeting: Meeting | None, charter: Charter) -> None:
    """A resolution is on a point for decision, by the charter's votes, with duties that exist.

    A city that does not hold the meeting checks everything but the point. A change of an agreement
    binds its parties alone, whose signatures under it the agreement itself demands.
    """
    check_charter(resolution, charter)
    if resolution.id[:6] not in charter.cities:
        raise RESOLUTION_ID_WRONG(city=", ".join(charter.cities))
    needed = votes_needed(resolution.voting, charter)
    if resolution.signatories != tuple(charter.cities) or resolution.needed != needed:
        raise RESOLUTION_VOTING_WRONG(needed=needed)
    for duty in resolution.duties:
        known = {one.id for one in charter.member(duty.city).organisations}
        if duty.organisation not in known:
            raise RESOLUTION_DUTY_WRONG(named=f"{duty.city}/{duty.organisation}")
    if meeting is None:
        return
    points = [one.number for one in meeting.agenda if one.kind is PointKind.DECISION]
    if resolution.point not in points or meeting.id != resolution.meeting:
        raise RESOLUTION_POINT_WRONG(points=", ".join(map(str, points)) or "-")
