"""A special group, its work plan, and what its cities report."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict

from hanse.foundation.figures import Figure
from hanse.foundation.languages import titled
from hanse.foundation.worded import Worded
from hanse.mechanisms.league.document_types import (
    CityCode,
    Day,
    Digest,
    Identifier,
    Prose,
    Unique,
    Words,
)

CITIES_MAX: Final = 64
MILESTONES_MAX: Final = 200
INDICATORS_MAX: Final = 60
REPORTS_MAX: Final = 1_000
ACCOUNT_CHARS_MAX: Final = 4_000

GroupId = Annotated[
    str,
    titled("工作组编号", "Group", pattern="^[1-9][0-9]{5}-[A-Za-z0-9-]{1,40}$", max_length=47),
]
"""The leading city's code and its own number."""
Version = Annotated[int, titled("版本", "Version", ge=1, le=10_000)]
MilestoneNumber = Annotated[int, titled("节点序号", "Milestone", ge=1, le=MILESTONES_MAX)]
Cities = Annotated[
    tuple[CityCode, ...], titled("成员城市", "Cities", min_length=1, max_length=CITIES_MAX), Unique
]

Period = Annotated[
    str, titled("统计月份", "Month", pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7)
]
Account = Annotated[
    str, titled("进展说明", "What was done", min_length=1, max_length=ACCOUNT_CHARS_MAX), Prose
]


class Contract(BaseModel):
    """What crosses a boundary: immutable, and nothing beside the declared fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(Worded):
    """What the policy sets special groups up for."""

    PLANNING = "planning", "城乡规划", "Urban and rural planning"
    INFRASTRUCTURE = "infrastructure", "基础设施", "Infrastructure"
    INDUSTRY = "industry", "产业合作", "Industrial cooperation"
    ENVIRONMENT = "environment", "环境保护", "Environmental protection"
    STANDARDS = "standards", "标准建设", "Standard building"
    SCIENCE = "science", "科技合作", "Scientific and technological cooperation"
    SERVICES = "services", "公共服务", "Public services"
    SOCIAL = "social", "社会事业", "Social undertakings"


class Group(Contract):
    """One version of a special group. Its leading city's mayor is in charge."""

    id: GroupId
    version: Version
    field: Annotated[Field, titled("领域", "Field")]
    title: Annotated[Words, titled("名称", "Title")]
    mayor: Annotated[Words, titled("牵头市长", "Mayor in charge, with office")]
    members: Cities
    office: Annotated[Identifier, titled("牵头机构", "Office of the leading city")]
    basis: Annotated[Digest | None, titled("设立依据摘要", "Digest of the resolution")] = None
    is_dissolved: Annotated[bool, titled("已撤销", "Dissolved")] = False


class Milestone(Contract):
    """What a city has to have done by a day. Its number stays its own through all versions."""

    number: MilestoneNumber
    title: Annotated[Words, titled("节点", "Title")]
    city: Annotated[CityCode, titled("责任城市", "City in charge")]
    organisation: Annotated[Identifier, titled("责任机构", "Organisation in charge")]
    due_on: Annotated[Day, titled("完成期限", "Due on")]
    after: Annotated[
        tuple[MilestoneNumber, ...], titled("前置节点", "After milestones", max_length=20), Unique
    ] = ()
    dropped_because: Annotated[Words | None, titled("撤销理由", "Dropped because")] = None


class Aggregate(Worded):
    """How the cities' figures make the group's."""

    SUM = "sum", "各市合计", "Sum of the cities"
    MEAN = "mean", "各市平均", "Mean of the cities"


class Indicator(Contract):
    """A figure that each member reports by month, and where it is to come to."""

    code: Annotated[Identifier, titled("指标代码", "Indicator")]
    title: Annotated[Words, titled("指标", "Title")]
    unit: Annotated[Words, titled("单位", "Unit")]
    aggregate: Annotated[Aggregate, titled("汇总方式", "Put together by")]
    base: Annotated[Figure, titled("基期值", "Base")]
    target: Annotated[Figure, titled("目标值", "Target")]


class Plan(Contract):
    """One version of a group's work plan; a version is complete in itself."""

    group: GroupId
    version: Version
    begins_on: Annotated[Day, titled("计划起始", "Begins on")]
    ends_on: Annotated[Day, titled("计划截止", "Ends on")]
    milestones: Annotated[
        tuple[Milestone, ...], titled("节点", "Milestones", max_length=MILESTONES_MAX)
    ]
    indicators: Annotated[
        tuple[Indicator, ...], titled("指标", "Indicators", max_length=INDICATORS_MAX)
    ] = ()


class Report(Contract):
    """What the city in charge says of its milestone; each report has the next number."""

    group: GroupId
    milestone: MilestoneNumber
    number: Annotated[int, titled("报告序号", "Report", ge=1, le=REPORTS_MAX)]
    reported_on: Annotated[Day, titled("报告日期", "Reported on")]
    is_done: Annotated[bool, titled("已完成", "Done")]
    account: Account


class Value(Contract):
    """A member's figure of a month; a correction is the next version."""

    group: GroupId
    indicator: Annotated[Identifier, titled("指标代码", "Indicator")]
    period: Period
    version: Version
    figure: Annotated[Figure, titled("数值", "Figure")]


class Standing(Worded):
    """Where a milestone stands on a day."""

    OPEN = "open", "进行中", "Open"
    SOON = "soon", "即将到期", "Due soon"
    OVERDUE = "overdue", "逾期", "Overdue"
    DONE = "done", "按期完成", "Done in time"
    LATE = "late", "逾期完成", "Done late"
    DROPPED = "dropped", "已撤销", "Dropped"
