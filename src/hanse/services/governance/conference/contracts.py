"""A joint meeting, its agenda and minutes, and the resolutions that the cities sign."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hanse.foundation.languages import titled
from hanse.foundation.worded import Worded
from hanse.mechanisms.league.document_types import (
    CityCode,
    Digest,
    Identifier,
    Instant,
    Unique,
    Words,
)
from hanse.mechanisms.league.documents import Part
from hanse.mechanisms.league.joint_documents import JointDocument

POINTS_MAX: Final = 40
PAPERS_PER_POINT_MAX: Final = 20
CITIES_MAX: Final = 64
PARAGRAPHS_MAX: Final = 100
DUTIES_MAX: Final = 60
PAPER_BYTES_MAX: Final = 50_000_000
WORKING_DAYS_MAX: Final = 250
DOCUMENT_CHARS_MAX: Final = 900_000
PAGE_MAX: Final = 100

MeetingId = Annotated[
    str,
    titled("会议编号", "Meeting", pattern="^[1-9][0-9]{5}-[A-Za-z0-9-]{1,40}$", max_length=47),
]
"""The convening city's code and its own number: `510100-2026-3`."""
ResolutionId = Annotated[
    str,
    titled("决议编号", "Resolution", pattern="^[1-9][0-9]{5}-[A-Za-z0-9-]{1,40}$", max_length=47),
]
"""The drafting city's code and its own number."""
Version = Annotated[int, titled("版本", "Version", ge=1, le=100_000)]
PointNumber = Annotated[int, titled("议题序号", "Agenda point", ge=1, le=POINTS_MAX)]
DutyNumber = Annotated[int, titled("事项序号", "Item", ge=1, le=DUTIES_MAX)]
Cities = Annotated[tuple[CityCode, ...], titled("城市", "Cities", max_length=CITIES_MAX), Unique]


class Contract(BaseModel):
    """What crosses a boundary: immutable, and nothing beside the declared fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(Worded):
    """Who sits at the table. The policy names the joint meeting; its levels are the league's."""

    MAYORS = "mayors", "市长联席会议", "Joint meeting of the mayors"
    SECRETARIES = "secretaries", "秘书长协调会议", "Coordination of the secretaries-general"
    OFFICES = "offices", "联席会议办公室会议", "Meeting of the joint offices"


class MeetingStatus(Worded):
    """Where a meeting stands."""

    CONVENED = "convened", "已召集", "Convened"
    HELD = "held", "已召开", "Held"
    CANCELLED = "cancelled", "已取消", "Cancelled"


class PointKind(Worded):
    """What an agenda point asks of the meeting."""

    DECISION = "decision", "审议决定", "For decision"
    REPORT = "report", "听取汇报", "Report"
    DISCUSSION = "discussion", "讨论", "For discussion"


class Paper(Contract):
    """A paper, named by its content: the bytes of this digest and no others are the paper."""

    digest: Annotated[Digest, titled("内容摘要", "Content address")]
    title: Annotated[Words, titled("材料名称", "Title")]
    media_type: Annotated[
        str, titled("文件类型", "Media type", pattern="^[a-z]+/[a-z0-9.+-]+$", max_length=100)
    ]
    size_bytes: Annotated[int, titled("字节数", "Bytes", ge=1, le=PAPER_BYTES_MAX)]


class AgendaPoint(Contract):
    """One point of the agenda, and the city that put it there."""

    number: PointNumber
    kind: Annotated[PointKind, titled("类别", "Kind")]
    title: Annotated[Words, titled("议题", "Title")]
    sponsor: Annotated[CityCode, titled("提出城市", "Put forward by")]
    papers: Annotated[
        tuple[Paper, ...], titled("会议材料", "Papers", max_length=PAPERS_PER_POINT_MAX)
    ] = ()


class Outcome(Contract):
    """What the meeting said on a point."""

    point: PointNumber
    text: Annotated[Words, titled("讨论结果", "Outcome")]
    resolution: Annotated[Digest | None, titled("决议文本摘要", "Digest of the resolution")] = None


class Minutes(Contract):
    """What the minutes hold: who was there, and what was said on each point."""

    present: Annotated[Cities, titled("出席城市", "Cities present")]
    chaired_by: Annotated[CityCode, titled("主持城市", "In the chair")]
    outcomes: Annotated[
        tuple[Outcome, ...], titled("各议题结果", "Outcomes", max_length=POINTS_MAX)
    ]
    paper: Annotated[Paper | None, titled("纪要文件", "The minutes as a paper")] = None


class Meeting(Contract):
    """One version of a meeting; a version is complete in itself."""

    id: MeetingId
    version: Version
    convener: Annotated[CityCode, titled("召集城市", "Convened by")]
    level: Annotated[Level, titled("会议层级", "Level")]
    title: Annotated[Words, titled("会议名称", "Title")]
    starts_at: Annotated[Instant, titled("开始时间", "Starts at")]
    ends_at: Annotated[Instant, titled("结束时间", "Ends at")]
    place: Annotated[Words, titled("地点", "Place")]
    invited: Annotated[Cities, titled("参会城市", "Cities invited")]
    agenda: Annotated[tuple[AgendaPoint, ...], titled("议程", "Agenda", max_length=POINTS_MAX)] = ()
    status: Annotated[MeetingStatus, titled("状态", "Status")] = MeetingStatus.CONVENED
    minutes: Annotated[Minutes | None, titled("会议纪要", "Minutes")] = None


class ResolutionKind(Worded):
    """What a resolution does."""

    GENERAL = "general", "一般决议", "General"
    CHARTER = "charter", "修订章程", "Change of the charter"
    AGREEMENT = "agreement", "订立或修订协议", "New or changed agreement"


class Voting(Worded):
    """How many cities must sign."""

    THRESHOLD = "threshold", "达到章程门槛", "The charter's threshold"
    UNANIMOUS = "unanimous", "全体成员一致", "All members"


class Duty(Part):
    """What a resolution charges a city with, and the term that it has."""

    number: DutyNumber
    city: Annotated[CityCode, titled("责任城市", "City in charge")]
    organisation: Annotated[Identifier, titled("责任机构", "Organisation in charge")]
    task: Annotated[Words, titled("任务", "Task")]
    working_days: Annotated[
        int, titled("完成时限（工作日）", "Working days", ge=1, le=WORKING_DAYS_MAX)
    ]
    """From the day on which the item is assigned, that day not counted."""


class Resolution(JointDocument):
    """The canonical text of a resolution. Its digest names it; the cities sign its bytes."""

    PREFIX: ClassVar[str] = "hanse resolution v1"

    paper: Annotated[Literal["resolution"], titled("文种", "Paper")] = "resolution"
    id: ResolutionId
    meeting: MeetingId
    point: PointNumber
    kind: Annotated[ResolutionKind, titled("类别", "Kind")]
    voting: Annotated[Voting, titled("表决规则", "Voting")]
    title: Annotated[Words, titled("标题", "Title")]
    text: Annotated[
        tuple[Words, ...],
        titled("正文", "Text, by paragraph", min_length=1, max_length=PARAGRAPHS_MAX),
    ]
    changes: Annotated[
        Digest | None, titled("所修订文件摘要", "Digest of the charter or agreement")
    ] = None
    """Digest of the new version of the charter or agreement that the resolution approves."""
    duties: Annotated[tuple[Duty, ...], titled("落实事项", "Items", max_length=DUTIES_MAX)] = ()

    @model_validator(mode="after")
    def _names_what_it_changes(self) -> Self:
        if (self.changes is None) != (self.kind is ResolutionKind.GENERAL):
            raise ValueError("a change of charter or agreement names its digest, no other does")
        if [one.number for one in self.duties] != [*range(1, len(self.duties) + 1)]:
            raise ValueError("items are numbered from 1 without gaps")
        return self
