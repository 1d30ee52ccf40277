"""What hospitals and cities ask and tell each other about results."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict

from hanse.foundation.identifiers import CitizenId
from hanse.foundation.languages import titled
from hanse.foundation.money import Fen
from hanse.foundation.regions import CityCode
from hanse.foundation.working_days import Day
from hanse.services.health.results.codes import (
    Choice,
    HospitalGrade,
    MarkScope,
    Obstacle,
    RepeatReason,
)

ENTRIES_MAX: Final = 200
PAGE_MAX: Final = 100
RESOURCES_MAX: Final = 200
VERSIONS_MAX: Final = 1_000_000
TEXT_MAX: Final = 512 * 1024

ResourceType = Annotated[str, titled("资源类型", "Resource type", pattern="^[A-Z][A-Za-z]{1,31}$")]
ResourceId = Annotated[
    str, titled("资源标识", "Logical id", pattern=r"^[A-Za-z0-9\-.]{1,64}$", max_length=64)
]
Item = Annotated[str, titled("项目编码", "Item code", min_length=1, max_length=64)]
Organisation = Annotated[str, titled("机构", "Organisation", min_length=1, max_length=128)]


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RegisterHospital(_Contract):
    """A hospital of this city as recognition needs it."""

    organisation: Organisation
    grade: Annotated[HospitalGrade, titled("医院等级", "Grade")]
    consortium: Annotated[str | None, titled("医联体", "Consortium", max_length=64)] = None
    quality_passed: Annotated[
        tuple[Item, ...], titled("质评合格项目", "Items that passed assessment", max_length=2_000)
    ] = ()


class StoreResources(_Contract):
    """FHIR resources as a hospital sends them; all are kept, or none."""

    resources: Annotated[
        tuple[Annotated[str, titled("资源", "Resource", max_length=TEXT_MAX)], ...],
        titled("资源列表", "Resources", min_length=1, max_length=RESOURCES_MAX),
    ]
    ids: Annotated[
        tuple[ResourceId | None, ...],
        titled("指定的标识", "The ids they are kept under", max_length=RESOURCES_MAX),
    ] = ()


class StoredResource(_Contract):
    """Under what a resource is kept."""

    type: ResourceType
    id: ResourceId
    version: Annotated[int, titled("版本", "Version", ge=1)]
    text: Annotated[str, titled("内容", "Content")]


class Stored(_Contract):
    """What was kept, in the order it was sent."""

    resources: Annotated[tuple[StoredResource, ...], titled("资源", "Resources")]


class ReadResource(_Contract):
    """One resource of this city; without a version the newest."""

    type: ResourceType
    id: ResourceId
    version: Annotated[int | None, titled("版本", "Version", ge=1, le=VERSIONS_MAX)] = None


class SearchResources(_Contract):
    """Resources of this city that fit every named value."""

    type: ResourceType
    ids: Annotated[tuple[ResourceId, ...], titled("标识", "Ids", max_length=PAGE_MAX)] = ()
    person: Annotated[CitizenId | None, titled("居民身份号码", "Citizen id")] = None
    patient: Annotated[ResourceId | None, titled("患者资源", "Patient's logical id")] = None
    items: Annotated[tuple[Item, ...], titled("项目", "Items", max_length=20)] = ()
    statuses: Annotated[
        tuple[Annotated[str, titled("状态", "Status", max_length=32)], ...],
        titled("状态", "Statuses", max_length=20),
    ] = ()
    made_from: Annotated[Day | None, titled("起始日期", "From")] = None
    made_until: Annotated[Day | None, titled("截止日期", "Until")] = None
    after: Annotated[ResourceId | None, titled("翻页位置", "After")] = None
    count: Annotated[int, titled("每页条数", "Per page", ge=1, le=PAGE_MAX)] = 20


class Found(_Contract):
    """A page of resources; `after` asks for the next one."""

    resources: Annotated[tuple[StoredResource, ...], titled("资源", "Resources")]
    after: Annotated[ResourceId | None, titled("下一页", "Next page after")] = None


class IndexQuestion(_Contract):
    """Which results does the city hold of a person?"""

    person: Annotated[CitizenId, titled("居民身份号码", "Citizen id")]
    since: Annotated[Day | None, titled("自", "Since")] = None


class IndexEntry(_Contract):
    """One result as it is offered: what it is and who holds it, without its values."""

    holder_city: CityCode
    organisation: Organisation
    grade: Annotated[HospitalGrade, titled("医院等级", "Grade")]
    consortium: Annotated[str | None, titled("医联体", "Consortium", max_length=64)] = None
    type: ResourceType
    id: ResourceId
    item: Item
    group: Annotated[str, titled("类别", "Group", max_length=16)]
    title: Annotated[str, titled("项目名称", "Item", max_length=200)]
    reported_on: Annotated[Day, titled("报告日期", "Reported on")]
    mark: Annotated[MarkScope | None, titled("互认标识", "Mark of recognition")] = None
    complete: Annotated[bool, titled("资料完整", "Complete")]
    diagnosis_only: Annotated[bool, titled("仅有诊断", "A diagnosis alone")] = False


class IndexAnswer(_Contract):
    """The results a city holds of the person, newest first."""

    entries: Annotated[tuple[IndexEntry, ...], titled("结果索引", "Index", max_length=ENTRIES_MAX)]
    complete: Annotated[bool, titled("是否全部列出", "Nothing was left off")] = True


class FetchQuestion(_Contract):
    """One result of a person, with its values, because it is needed for the treatment."""

    person: Annotated[CitizenId, titled("居民身份号码", "Citizen id")]
    type: ResourceType
    id: ResourceId


class FetchAnswer(_Contract):
    """The result as its hospital sent it."""

    holder_city: CityCode
    type: ResourceType
    id: ResourceId
    version: Annotated[int, titled("版本", "Version", ge=1)]
    text: Annotated[str, titled("内容", "Content", max_length=TEXT_MAX)]


class JudgeQuestion(_Contract):
    """Which of the offered results are recognised at the asking hospital today?"""

    entries: Annotated[tuple[IndexEntry, ...], titled("结果", "Entries", max_length=ENTRIES_MAX)]


class Judgement(_Contract):
    """Whether one result is recognised, and everything that stands against it."""

    holder_city: CityCode
    type: ResourceType
    id: ResourceId
    recognised: Annotated[bool, titled("应予互认", "Recognised")]
    obstacles: Annotated[tuple[Obstacle, ...], titled("不予互认原因", "Obstacles")]


class Judgements(_Contract):
    """The judgement of each entry, in the order they were given."""

    judgements: Annotated[tuple[Judgement, ...], titled("结论", "Judgements")]


class Decision(_Contract):
    """What the doctor did with an offered result. A repetition says why."""

    visit: Annotated[str, titled("就诊流水号", "Visit", min_length=1, max_length=64)]
    entry: Annotated[IndexEntry, titled("结果", "Entry")]
    choice: Annotated[Choice, titled("处理", "Choice")]
    reason: Annotated[RepeatReason | None, titled("复查情形", "Reason")] = None
    explanation: Annotated[str | None, titled("说明", "In words", max_length=1_000)] = None
    patient_told: Annotated[bool, titled("已告知患者", "The patient was told")] = False
    fee_fen: Annotated[Fen, titled("项目价格（分）", "Price here, fen")]


class Recorded(_Contract):
    """The decision is kept."""

    decision_id: Annotated[str, titled("记录编号", "Decision")]
    recognised_by_rule: Annotated[bool, titled("按规则应予互认", "Recognised by rule")]


class FiguresQuestion(_Contract):
    """How recognition went over some days, both included."""

    first_day: Annotated[Day, titled("起始日期", "First day")]
    last_day: Annotated[Day, titled("截止日期", "Last day")]


class FiguresRow(_Contract):
    """One item from one city."""

    item: Item
    holder_city: CityCode
    recognisable: Annotated[int, titled("可互认", "Recognisable")]
    recognised: Annotated[int, titled("已互认", "Recognised")]
    repeated: Annotated[int, titled("复查", "Repeated")]
    saved_fen: Annotated[Fen, titled("节省费用（分）", "Saved, fen")]


class FiguresAnswer(_Contract):
    """What was recognised and saved, by item and city. No person is in it."""

    rows: Annotated[tuple[FiguresRow, ...], titled("统计", "Rows", max_length=2_000)]
