"""Meetings at the desk and between cities: convened, changed, minuted; points put forward."""

from typing import Annotated, Any, Final

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Operation, Reach, operation, topic
from hanse.mechanisms.league.document_types import CityCode, Digest, Prose, Words
from hanse.services.governance.conference import book, rules
from hanse.services.governance.conference.contracts import (
    AgendaPoint,
    Contract,
    Meeting,
    MeetingId,
    MeetingStatus,
    Minutes,
    Paper,
    PointKind,
    Version,
)
from hanse.services.governance.conference.purposes import CONFERENCE
from hanse.services.governance.conference.tables import asked as asked_table

PAPER_MISMATCH = ProblemKind(
    "meeting_paper_mismatch",
    422,
    Text("附件与所述材料不符", "The body is not the paper that the message names"),
    Text("请随报文发送摘要所指的附件", "Send the body of that digest with the message"),
)
POINT_NOT_WAITING = ProblemKind(
    "meeting_point_not_waiting",
    409,
    Text("没有待答复的议题", "No such point waits for an answer"),
    Text("请核对城市和编号", "Check the city and the number"),
)
POINT_IS_OWN = ProblemKind(
    "meeting_point_is_own",
    409,
    Text("本市召集的会议可直接修改议程", "The meeting is this city's own"),
    Text("请直接提交会议的下一版本", "Hand in the meeting's next version"),
)
POINT_REASON_MISSING = ProblemKind(
    "meeting_point_reason_missing",
    422,
    Text("不列入议程须说明理由", "A point is declined with a reason"),
    Text("请填写理由", "Give the reason"),
)
CURSOR_WRONG = ProblemKind(
    "conference_cursor_wrong",
    400,
    Text("续查起点格式错误", "The page's cursor is malformed"),
    Text("请使用上一页给出的 next_after", "Use the next_after that the page before gave"),
)
REASON_CHARS_MAX: Final = 1_000
CURSOR_DIGITS_MAX: Final = 15
Reason = Annotated[str | None, titled("理由", "Reason", max_length=REASON_CHARS_MAX), Prose]
Cursor = Annotated[str | None, titled("续查起点", "Continue after", max_length=120), Prose]
MessageId = Annotated[str, titled("请求编号", "Request", min_length=1, max_length=64), Prose]


class Convened(Contract):
    """A version that every city is being told of."""

    meeting: MeetingId
    version: Version
    cities_told: Annotated[int, titled("正在通知的城市数", "Cities being told")]
    papers_sent: Annotated[int, titled("正在发送的材料数", "Papers being sent")]


class MeetingName(Contract):
    """A meeting by its number."""

    meeting: MeetingId


class MeetingView(Contract):
    """A meeting as this city holds it."""

    meeting: Annotated[Meeting, titled("会议", "Meeting")]
    versions: Annotated[tuple[int, ...], titled("已有版本", "Versions held")]
    papers_here: Annotated[tuple[Digest, ...], titled("已到材料", "Papers that are here")]


class MeetingsQuestion(Contract):
    """A page of meetings, the latest first."""

    after: Cursor = None


class MeetingsPage(Contract):
    """Meetings in their newest versions."""

    meetings: Annotated[tuple[Meeting, ...], titled("会议", "Meetings")]
    next_after: Cursor = None


class MinutesOf(Contract):
    """The minutes of a meeting that was held."""

    meeting: MeetingId
    minutes: Annotated[Minutes, titled("会议纪要", "Minutes")]


class PointWish(Contract):
    """A point that a city would see on the agenda of another city's meeting."""

    meeting: MeetingId
    kind: Annotated[PointKind, titled("类别", "Kind")]
    title: Annotated[Words, titled("议题", "Title")]
    papers: Annotated[tuple[Paper, ...], titled("会议材料", "Papers", max_length=20)] = ()


class PointAsked(Contract):
    """The wish is on its way to the convener."""

    message_id: MessageId


class PointDecision(Contract):
    """The convener's decision on a point that a city put forward."""

    meeting: MeetingId
    accepted: Annotated[bool, titled("列入议程", "On the agenda")]
    point: Annotated[int | None, titled("议题序号", "Agenda point")] = None
    reason: Annotated[str | None, titled("理由", "Reason", max_length=REASON_CHARS_MAX), Prose] = (
        None
    )


class PointWaiting(Contract):
    """A point that waits for this office."""

    city: Annotated[CityCode, titled("提出城市", "Put forward by")]
    message_id: MessageId
    meeting: MeetingId
    point: Annotated[AgendaPoint, titled("议题", "Point")]


class PointsWaiting(Contract):
    """The queue of points, the oldest first."""

    points: Annotated[tuple[PointWaiting, ...], titled("待定议题", "Points that wait")]


class NoQuestion(Contract):
    """Nothing needs to be said."""


class AnswerPoint(Contract):
    """Take a point on the agenda, or decline it with a reason."""

    city: Annotated[CityCode, titled("提出城市", "Put forward by")]
    message_id: MessageId
    accepted: Annotated[bool, titled("列入议程", "On the agenda")]
    reason: Annotated[str | None, titled("理由", "Reason", max_length=REASON_CHARS_MAX), Prose] = (
        None
    )


class PaperSent(Contract):
    """The bytes of a paper come with this message."""

    digest: Annotated[Digest, titled("内容摘要", "Content address")]


@operation("conference.convene", Text("召集或变更会议", "Convene or change"), reach=Reach.CITY)
def convene(transaction: Transaction, request: Meeting, context: Context) -> Convened:
    """Convene a meeting, or hand in its next version: moved, another agenda, or cancelled.

    Every city is told, and the papers whose bytes are here are sent to those invited.
    """
    if request.convener != context.city:
        raise rules.MEETING_NOT_CONVENER(city=request.convener)
    held = book.newest(transaction, request.id)
    today, starts_on = local_day(context.now), local_day(request.starts_at)
    surroundings = (
        context.league.cities, today, starts_on, context.league.calendar, context.parameters
    )  # fmt: skip
    if held is None:
        rules.check_meeting(request, *surroundings)
    else:
        rules.check_change(held, request, *surroundings)
    return _publish(transaction, request, held, context)


@operation("conference.minutes", Text("提交会议纪要", "Hand in the minutes"), reach=Reach.CITY)
def minute(transaction: Transaction, request: MinutesOf, context: Context) -> Convened:
    """Close a meeting of this city with its minutes; every city is told."""
    held = book.need(transaction, request.meeting)
    if held.convener != context.city:
        raise rules.MEETING_NOT_CONVENER(city=held.convener)
    changes = {
        "version": held.version + 1,
        "status": MeetingStatus.HELD,
        "minutes": request.minutes,
    }
    minuted = held.model_copy(update=changes)
    rules.check_minutes(held, minuted, context.now)
    for outcome in request.minutes.outcomes:
        if outcome.resolution is not None:
            book.need_resolution(transaction, outcome.resolution)
    return _publish(transaction, minuted, held, context)


def _publish(
    transaction: Transaction, meeting: Meeting, held: Meeting | None, context: Context
) -> Convened:
    wanted = rules.papers_of(meeting)
    book.require_papers(transaction, wanted, context.city)
    book.keep(transaction, meeting)
    told = context.publish(transaction, "conference.meeting_changed", meeting)
    for one in wanted:
        book.note_paper(transaction, one.digest, context.city, context.now)
    sent = 0
    for city in meeting.invited:
        if city != context.city:
            for one in rules.papers_for(city, meeting, held):
                send_paper(transaction, one, city, context)
                sent += 1
    return Convened(meeting=meeting.id, version=meeting.version, cities_told=told, papers_sent=sent)


def send_paper(transaction: Transaction, paper: Paper, city: str, context: Context) -> None:
    """Send a paper's bytes to a city, as the body of a message."""
    context.outlet.ask(
        transaction,
        city,
        "conference.paper",
        PaperSent(digest=paper.digest),
        context=context,
        purpose=CONFERENCE.code,
        body=paper.digest,
    )


@topic("conference.meeting_changed", Text("联席会议", "Joint meeting"), purpose=CONFERENCE)
def meeting_received(transaction: Transaction, meeting: Meeting, context: Context) -> None:
    """Keep the version that its convener published; a version is complete in itself.

    A city that joined later takes any version above what it holds.
    """
    rules.check_convener(meeting)
    if meeting.convener != context.caller.city:
        raise rules.MEETING_NOT_CONVENER(city=meeting.convener)
    held = book.newest(transaction, meeting.id)
    if held is not None and meeting.version <= held.version:
        raise rules.MEETING_VERSION_WRONG(expected=held.version + 1)
    book.keep(transaction, meeting)


@operation("conference.paper", Text("传送会议材料", "Send a paper"), purposes=(CONFERENCE,))
def paper(transaction: Transaction, request: PaperSent, context: Context) -> PaperSent:
    """Take a paper's bytes, which come as the message's body; they are what the digest names."""
    if context.body != request.digest:
        raise PAPER_MISMATCH()
    book.note_paper(transaction, request.digest, context.caller.city, context.now)
    return request


@operation("conference.ask_point", Text("提出议题", "Put a point forward"), reach=Reach.CITY)
def ask_point(transaction: Transaction, request: PointWish, context: Context) -> PointAsked:
    """Ask the convener to take a point on the agenda; its papers go with it."""
    meeting = book.need(transaction, request.meeting)
    if meeting.convener == context.city:
        raise POINT_IS_OWN()
    if context.city not in meeting.invited:
        raise rules.MEETING_CITIES_WRONG(cities=context.city)
    if meeting.status is not MeetingStatus.CONVENED:
        raise rules.MEETING_CLOSED()
    book.require_papers(transaction, request.papers, context.city)
    for one in request.papers:
        book.note_paper(transaction, one.digest, context.city, context.now)
        send_paper(transaction, one, meeting.convener, context)
    message_id = context.ask(
        transaction, meeting.convener, "conference.point", request, purpose=CONFERENCE.code
    )
    transaction.insert(
        asked_table,
        {
            "message_id": message_id,
            "meeting": request.meeting,
            "document": request.model_dump_json(),
        },
    )
    return PointAsked(message_id=message_id)


@operation("conference.point", Text("请求列入议程", "Ask for a point"), purposes=(CONFERENCE,))
def point(transaction: Transaction, request: PointWish, context: Context) -> PointDecision:
    """A city puts a point forward; this office decides, so the answer is owed until then."""
    meeting = book.need(transaction, request.meeting)
    if meeting.convener != context.city:
        raise rules.MEETING_NOT_CONVENER(city=meeting.convener)
    if meeting.status is not MeetingStatus.CONVENED:
        raise rules.MEETING_CLOSED()
    sponsor = context.caller.city
    if sponsor not in meeting.invited:
        raise rules.MEETING_CITIES_WRONG(cities=sponsor)
    wished = AgendaPoint(
        number=1, kind=request.kind, title=request.title, sponsor=sponsor, papers=request.papers
    )
    book.keep_point(transaction, sponsor, context.message_id, request.meeting, wished, context.now)
    raise Owed


@operation("conference.points_waiting", Text("待定议题", "Points that wait"), reach=Reach.CITY)
def points_waiting(
    transaction: Transaction, request: NoQuestion, context: Context
) -> PointsWaiting:
    """The points that other cities put forward and this office has not decided."""
    return PointsWaiting(
        points=tuple(
            PointWaiting(
                city=row.city,
                message_id=row.message_id,
                meeting=row.meeting,
                point=AgendaPoint.model_validate_json(row.document),
            )
            for row in book.waiting_points(transaction)
        )
    )


@operation("conference.answer_point", Text("答复议题", "Decide on a point"), reach=Reach.CITY)
def answer_point(transaction: Transaction, request: AnswerPoint, context: Context) -> PointDecision:
    """Take a point on the agenda as its last, or decline it; the city that asked is answered."""
    if not request.accepted and not (request.reason or "").strip():
        raise POINT_REASON_MISSING()
    state = "accepted" if request.accepted else "declined"
    row = book.take_point(transaction, request.city, request.message_id, state)
    if row is None:
        raise POINT_NOT_WAITING()
    number = None
    if request.accepted:
        meeting = book.need(transaction, row.meeting)
        if meeting.status is not MeetingStatus.CONVENED:
            raise rules.MEETING_CLOSED()
        wished = AgendaPoint.model_validate_json(row.document)
        changed = rules.with_point(meeting, wished)
        number = len(changed.agenda)
        _publish(transaction, changed, meeting, context)
    decision = PointDecision(
        meeting=row.meeting, accepted=request.accepted, point=number, reason=request.reason
    )
    context.answer(transaction, request.city, request.message_id, decision)
    return decision


def point_answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """Note what the convener decided on a point of this city."""
    decision = PointDecision.model_validate(answer)
    outcome = "accepted" if decision.accepted else "declined"
    _note_outcome(transaction, context.message_id, outcome, decision.reason)


def point_refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """Note that the convener's node refused the point."""
    _note_outcome(transaction, context.message_id, str(problem.get("code", ""))[:64], None)


def _note_outcome(
    transaction: Transaction, message_id: str, outcome: str, reason: str | None
) -> None:
    transaction.execute(
        asked_table.update()
        .where(asked_table.c.message_id == message_id)
        .values(outcome=outcome, reason=reason)
    )


@operation("conference.meeting", Text("查看会议", "View a meeting"), reach=Reach.CITY)
def view(transaction: Transaction, request: MeetingName, context: Context) -> MeetingView:
    """A meeting whole: its newest version, and which of its papers are here."""
    meeting = book.need(transaction, request.meeting)
    digests = [one.digest for one in rules.papers_of(meeting)]
    return MeetingView(
        meeting=meeting,
        versions=book.versions(transaction, meeting.id),
        papers_here=book.papers_here(transaction, digests),
    )


@operation("conference.meetings", Text("会议列表", "List meetings"), reach=Reach.CITY)
def list_meetings(
    transaction: Transaction, request: MeetingsQuestion, context: Context
) -> MeetingsPage:
    """A page of meetings, the latest first."""
    found = book.page(transaction, read_cursor(request.after))
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    cursor = f"{to_ms(shown[-1].starts_at)} {shown[-1].id}" if more else None
    return MeetingsPage(meetings=tuple(shown), next_after=cursor)


def read_cursor(text: str | None) -> tuple[int, str] | None:
    """Where a page continues: the row's instant and its name."""
    if text is None:
        return None
    at, _, name = text.partition(" ")
    if not at.isascii() or not at.isdigit() or len(at) > CURSOR_DIGITS_MAX or not name:
        raise CURSOR_WRONG()
    return int(at), name


OPERATIONS: Final[tuple[Operation, ...]] = (
    convene, minute, paper, ask_point, point, points_waiting, answer_point, view, list_meetings,
)  # fmt: skip
