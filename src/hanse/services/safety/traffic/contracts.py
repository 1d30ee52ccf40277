"""The traffic notice that a city publishes, and what cities ask and answer about notices.

The models hold what is true of any notice from any source; what a city may publish is decided in
`rules`. Instants are carried in UTC to the millisecond.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
    model_validator,
)

from hanse.foundation.languages import titled
from hanse.services.safety.traffic.places import (
    CityCode,
    Geometry,
    Line,
    RoadSection,
    StakeMetres,
    prose,
)
from hanse.services.safety.traffic.vocabulary import (
    ConsultationBasis,
    ControlGround,
    Direction,
    Level,
    Measure,
    NoticeKind,
    NoticeStatus,
    Standing,
    VehicleType,
)

VERSION_MAX: Final = 1_000_000
DETOUR_SECTIONS_MAX: Final = 50
DETOUR_POINTS_MAX: Final = 4_000
AFFECTED_CITIES_MAX: Final = 100
OTHER_NUMBERS_MAX: Final = 8
DESCRIPTION_LENGTH_MAX: Final = 1_000
SPEED_LIMIT_KMH_MAX: Final = 120
NOTICES_PER_LIST_MAX: Final = 100
LIST_BYTES_MAX: Final = 786_432
"""What one answer may hold, so that it fits into a message with its attributes."""

INSTANT_MIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
INSTANT_MAX: Final = datetime(2100, 1, 1, tzinfo=UTC)


def _instant(value: datetime) -> datetime:
    if not INSTANT_MIN <= value < INSTANT_MAX:
        raise ValueError("an instant lies between the years 2000 and 2100")
    value = value.astimezone(UTC)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _sorted_cities(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(value)))


def _sorted_vehicles(value: tuple[VehicleType, ...]) -> tuple[VehicleType, ...]:
    return tuple(vehicle for vehicle in VehicleType if vehicle in value)


Instant = Annotated[AwareDatetime, AfterValidator(_instant)]
NoticeId = Annotated[
    str, StringConstraints(pattern=r"^[1-9][0-9]{5}-[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")
]
Version = Annotated[int, titled("版本", "Version", ge=1, le=VERSION_MAX)]
Prose = Annotated[
    str,
    StringConstraints(min_length=1, max_length=DESCRIPTION_LENGTH_MAX),
    AfterValidator(prose),
]


class Description(BaseModel):
    """The details in an officer's words. A city publishes Chinese; a foreign feed may lack it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: Annotated[Prose | None, titled("中文说明", "In Chinese")] = None
    en: Annotated[Prose | None, titled("英文说明", "In English")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.zh is None and self.en is None:
            raise ValueError("a description in at least one language")
        return self


class Consultation(BaseModel):
    """That the neighbouring province was heard, or told where an emergency left no time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    basis: Annotated[ConsultationBasis, titled("协商方式", "Basis")]
    neighbour: Annotated[CityCode, titled("相邻地区代码", "Code of the neighbouring area")]
    at: Annotated[Instant, titled("协商或告知时间", "When it was consulted or told")]


class Notice(BaseModel):
    """One traffic-control notice in one of its versions (RULES 14).

    Without stakes the whole road is meant: rules take the wider reading. `public_from` is when
    the public was or will be told; without it the notice is for authorities only.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[NoticeId, titled("通报编号", "Notice number: city code and local number")]
    version: Version
    issuer: Annotated[CityCode, titled("发布城市代码", "Code of the issuing city")]
    kind: Annotated[NoticeKind, titled("类别", "Kind")]
    road: Annotated[Line, titled("道路编号或名称", "Road number or name")]
    also_signed_as: Annotated[
        tuple[Line, ...],
        titled("同一路段的其他编号", "Other numbers of this section", max_length=OTHER_NUMBERS_MAX),
    ] = ()
    from_stake_m: Annotated[StakeMetres | None, titled("起点桩号（米）", "Lower stake, m")] = None
    to_stake_m: Annotated[StakeMetres | None, titled("终点桩号（米）", "Upper stake, m")] = None
    from_place: Annotated[Line | None, titled("起点地名", "Place where it begins")] = None
    to_place: Annotated[Line | None, titled("终点地名", "Place where it ends")] = None
    direction: Annotated[Direction, titled("方向", "Direction")]
    geometry: Annotated[Geometry | None, titled("线形", "Geometry")] = None
    issued_at: Annotated[Instant, titled("首次发布时间", "First issued at")]
    updated_at: Annotated[Instant, titled("本版发布时间", "This version issued at")]
    start: Annotated[Instant, titled("开始时间", "Start")]
    expected_end: Annotated[Instant | None, titled("预计结束时间", "Expected end")] = None
    lifted_at: Annotated[Instant | None, titled("解除时间", "Lifted at")] = None
    public_from: Annotated[Instant | None, titled("向社会公告时间", "Public from")] = None
    affected_vehicles: Annotated[
        tuple[VehicleType, ...],
        titled("适用车辆类型（空为全部）", "Vehicles concerned; none means all", max_length=32),
        AfterValidator(_sorted_vehicles),
    ] = ()
    measure: Annotated[Measure, titled("管制措施", "Measure")]
    speed_limit_kmh: Annotated[
        int | None,
        titled("限速（公里/小时）", "Speed limit, km/h", ge=5, le=SPEED_LIMIT_KMH_MAX),
    ] = None
    detour: Annotated[
        tuple[RoadSection, ...],
        titled("绕行路线", "Detour, in the order of travel", max_length=DETOUR_SECTIONS_MAX),
    ] = ()
    affected_cities: Annotated[
        tuple[CityCode, ...],
        titled("受影响城市", "Affected cities", max_length=AFFECTED_CITIES_MAX),
        AfterValidator(_sorted_cities),
    ] = ()
    description: Annotated[Description | None, titled("详情", "Details")] = None
    level: Annotated[Level, titled("响应级别", "Response level")]
    status: Annotated[NoticeStatus, titled("状态", "Status")]
    emergency: Annotated[bool, titled("紧急情况", "Emergency")] = False
    provincial_entry: Annotated[
        bool, titled("涉及省界入口", "Concerns an entry at the provincial border")
    ] = False
    consultation: Annotated[
        Consultation | None, titled("与相邻省份协商", "Consultation of the neighbour")
    ] = None
    control_ground: Annotated[ControlGround | None, titled("管制事由", "Ground of the control")] = (
        None
    )
    other_measures_insufficient: Annotated[
        bool, titled("采取其他措施难以保证交通安全", "Other measures would not keep traffic safe")
    ] = False

    @model_validator(mode="after")
    def _place_is_whole(self) -> Self:
        if not self.id.startswith(self.issuer + "-"):
            raise ValueError("the id begins with the issuer's code")
        if self.from_stake_m is None or self.to_stake_m is None:
            if self.from_stake_m != self.to_stake_m:
                raise ValueError("both stakes or none")
        elif self.from_stake_m > self.to_stake_m:
            raise ValueError("the lower stake comes first; the direction has its own field")
        if sum(len(section.geometry.points) for section in self.detour if section.geometry) > (
            DETOUR_POINTS_MAX
        ):
            raise ValueError(f"a detour has at most {DETOUR_POINTS_MAX} points")
        return self

    @model_validator(mode="after")
    def _times_and_measure_agree(self) -> Self:
        if self.expected_end is not None and self.expected_end <= self.start:
            raise ValueError("the expected end comes after the start")
        if (self.status is NoticeStatus.LIFTED) != (self.lifted_at is not None):
            raise ValueError("lifted_at is given when, and only when, the notice is lifted")
        if self.measure is Measure.SPEED_LIMIT and self.speed_limit_kmh is None:
            raise ValueError("a speed limit names its speed")
        if self.measure is Measure.ADVISORY and self.speed_limit_kmh is not None:
            raise ValueError("a speed limit is more than advice")
        return self

    @property
    def local_id(self) -> str:
        """The issuer's own number, without the city code."""
        return self.id.removeprefix(self.issuer + "-")


class NoticeReceipt(BaseModel):
    """A city's acknowledgement: it holds this version and every version before it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notice: Annotated[NoticeId, titled("通报编号", "Notice number")]
    version: Version
    city: Annotated[CityCode, titled("确认城市代码", "Code of the acknowledging city")]
    acknowledged_at: Annotated[Instant, titled("确认时间", "Acknowledged at")]


class NoticeQuery(BaseModel):
    """What is in force on a road, along a section, at an instant, for a city. Nothing asks all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    road: Annotated[Line | None, titled("道路编号或名称", "Road number or name")] = None
    from_stake_m: Annotated[
        StakeMetres | None, titled("起点桩号（米）", "Stake of departure, m")
    ] = None
    to_stake_m: Annotated[StakeMetres | None, titled("终点桩号（米）", "Stake of arrival, m")] = (
        None
    )
    at: Annotated[Instant | None, titled("时刻（空为当前）", "Instant; now if not given")] = None
    city: Annotated[CityCode | None, titled("城市代码", "City code")] = None
    after: Annotated[NoticeId | None, titled("续查起点", "Continue after this notice")] = None

    @model_validator(mode="after")
    def _section_has_a_road(self) -> Self:
        if (self.from_stake_m is None) != (self.to_stake_m is None):
            raise ValueError("both stakes or none")
        if self.from_stake_m is not None and self.road is None:
            raise ValueError("stakes are of a road: name it")
        return self

    @property
    def section(self) -> RoadSection | None:
        """The section asked about: travelled from the first stake to the second."""
        if self.road is None:
            return None
        return RoadSection(
            road=self.road, from_stake_m=self.from_stake_m, to_stake_m=self.to_stake_m
        )


class ListedNotice(BaseModel):
    """A notice and what it means at the instant asked about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notice: Annotated[Notice, titled("通报", "Notice")]
    standing: Annotated[Standing, titled("当前状态", "Standing")]


class NoticeList(BaseModel):
    """Notices in force, by number. `next_after` tells that there are more, and how to ask on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: Annotated[Instant, titled("查询时刻", "Instant asked about")]
    notices: Annotated[
        tuple[ListedNotice, ...], titled("通报", "Notices", max_length=NOTICES_PER_LIST_MAX)
    ]
    next_after: Annotated[NoticeId | None, titled("续查起点", "Continue after")] = None


def page(listed: Iterable[ListedNotice], at: datetime) -> NoticeList:
    """The first page of notices in the order given: as many as an answer may hold."""
    kept: list[ListedNotice] = []
    size = 0
    for entry in listed:
        size += len(entry.model_dump_json().encode())
        if kept and (size > LIST_BYTES_MAX or len(kept) == NOTICES_PER_LIST_MAX):
            return NoticeList(at=at, notices=tuple(kept), next_after=kept[-1].notice.id)
        kept.append(entry)
    return NoticeList(at=at, notices=tuple(kept))
