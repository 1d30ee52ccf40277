"""An edition of the forum with its call and programme, turns and swaps, papers."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict

from hanse.foundation.languages import titled
from hanse.foundation.worded import Worded
from hanse.mechanisms.league.document_types import (
    CityCode,
    Identifier,
    Instant,
    Prose,
    Unique,
    Words,
)

EDITIONS_MAX: Final = 500
TOPICS_MAX: Final = 40
SESSIONS_MAX: Final = 200
TALKS_MAX: Final = 40
REASON_CHARS_MAX: Final = 1_000
ABSTRACT_CHARS_MAX: Final = 10_000
TURNS_SHOWN_MAX: Final = 50

EditionNumber = Annotated[int, titled("届次", "Edition", ge=1, le=EDITIONS_MAX)]
Version = Annotated[int, titled("版本", "Version", ge=1, le=10_000)]
PaperId = Annotated[
    str,
    titled("论文编号", "Paper", pattern="^[1-9][0-9]{5}-[A-Za-z0-9-]{1,40}$", max_length=47),
]
"""The submitting city's code and its own number."""
Reason = Annotated[str | None, titled("理由", "Reason", max_length=REASON_CHARS_MAX), Prose]
MessageId = Annotated[str, titled("请求编号", "Request", min_length=1, max_length=64), Prose]


class Contract(BaseModel):
    """What crosses a boundary: immutable, and nothing beside the declared fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Status(Worded):
    """Where an edition stands."""

    CONFIRMED = "confirmed", "已确定", "Confirmed"
    CANCELLED = "cancelled", "已取消", "Cancelled"


class Topic(Contract):
    """A topic on which papers are called for."""

    code: Annotated[Identifier, titled("专题代码", "Topic")]
    title: Annotated[Words, titled("专题", "Title")]


class Call(Contract):
    """A call for papers. A paper is in time if it reaches the host before the call closes."""

    opens_at: Annotated[Instant, titled("征稿开始", "Opens at")]
    closes_at: Annotated[Instant, titled("征稿截止", "Closes at")]
    topics: Annotated[
        tuple[Topic, ...], titled("征稿专题", "Topics", min_length=1, max_length=TOPICS_MAX)
    ]


class Session(Contract):
    """A part of the programme: one room, one time, the accepted papers that are read there."""

    number: Annotated[int, titled("场次", "Session", ge=1, le=SESSIONS_MAX)]
    title: Annotated[Words, titled("场次名称", "Title")]
    room: Annotated[Words, titled("会场", "Room")]
    starts_at: Annotated[Instant, titled("开始时间", "Starts at")]
    ends_at: Annotated[Instant, titled("结束时间", "Ends at")]
    papers: Annotated[
        tuple[PaperId, ...], titled("宣读论文", "Papers", max_length=TALKS_MAX), Unique
    ] = ()


class Edition(Contract):
    """One version of an edition; a version is complete in itself. All members sponsor it."""

    number: EditionNumber
    version: Version
    host: Annotated[CityCode, titled("承办城市", "Host")]
    title: Annotated[Words, titled("名称", "Title")]
    theme: Annotated[Words, titled("主题", "Theme")]
    place: Annotated[Words, titled("地点", "Place")]
    starts_at: Annotated[Instant, titled("开始时间", "Starts at")]
    ends_at: Annotated[Instant, titled("结束时间", "Ends at")]
    status: Annotated[Status, titled("状态", "Status")] = Status.CONFIRMED
    call: Annotated[Call | None, titled("征稿", "Call for papers")] = None
    sessions: Annotated[
        tuple[Session, ...], titled("日程", "Programme", max_length=SESSIONS_MAX)
    ] = ()


class PublishedEdition(Contract):
    """An edition as its host published it, and when: the same in every city."""

    edition: Annotated[Edition, titled("论坛", "Edition")]
    published_at: Annotated[Instant, titled("发布时间", "Published at")]


class Swap(Contract):
    """Two cities exchange their turns: each hosts the other's edition."""

    edition: EditionNumber
    other: EditionNumber


class SwapStatement(Swap):
    """One of the two says that it has agreed. A swap counts when both have."""

    host: Annotated[CityCode, titled("轮值城市", "Whose turn the edition was")]
    other_host: Annotated[CityCode, titled("对方轮值城市", "Whose turn the other was")]


class SwapAnswer(Contract):
    """What the other city says to an offer."""

    accepted: Annotated[bool, titled("同意互换", "Agreed")]
    reason: Reason = None


class Turn(Contract):
    """Whose turn an edition is, and who hosts it."""

    edition: EditionNumber
    year: Annotated[int, titled("年份", "Year")]
    turn: Annotated[CityCode, titled("轮值城市", "Whose turn it is")]
    host: Annotated[CityCode, titled("承办城市", "Host")]
    swapped_with: Annotated[int | None, titled("互换届次", "Swapped with")] = None
    is_published: Annotated[bool, titled("已发布", "Published")] = False


class Paper(Contract):
    """A paper that a city hands in for its author."""

    id: PaperId
    edition: EditionNumber
    topic: Annotated[Identifier, titled("专题代码", "Topic")]
    title: Annotated[Words, titled("题目", "Title")]
    organisation: Annotated[Identifier, titled("作者单位", "The author's organisation")]
    abstract: Annotated[
        str, titled("摘要", "Abstract", min_length=1, max_length=ABSTRACT_CHARS_MAX), Prose
    ]


class PaperState(Worded):
    """What became of a paper."""

    WAITING = "waiting", "待评审", "Waiting"
    ACCEPTED = "accepted", "录用", "Accepted"
    DECLINED = "declined", "未录用", "Declined"


class PaperDecision(Contract):
    """The host's decision on a paper."""

    accepted: Annotated[bool, titled("录用", "Accepted")]
    reason: Reason = None
