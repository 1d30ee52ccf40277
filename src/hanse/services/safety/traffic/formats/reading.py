"""What reading a foreign file yields: the notices, and by name all that did not become one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.safe_xml import XmlRefusals
from hanse.foundation.worded import Worded
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.places import DEGREE, Point

FILE_TOO_LARGE = ProblemKind(
    "traffic_file_too_large",
    413,
    Text("文件过大", "The file is too large"),
    Text("文件不超过 {bytes_max} 字节，请分批提交", "At most {bytes_max} bytes: send it in parts"),
)
FILE_MALFORMED = ProblemKind(
    "traffic_file_malformed",
    400,
    Text("文件无法读取", "The file cannot be read"),
    Text("应为 UTF-8 编码的 {expected}", "It must be {expected} in UTF-8"),
)

FILE_HAS_DTD = ProblemKind(
    "traffic_file_has_dtd",
    400,
    Text("文件含有文档类型声明", "The file has a document type declaration"),
    Text("请去掉 DOCTYPE 后重新提交", "Remove the DOCTYPE and send it again"),
)
XML_REFUSALS = XmlRefusals(too_large=FILE_TOO_LARGE, malformed=FILE_MALFORMED, has_dtd=FILE_HAS_DTD)

Built = TypeVar("Built", bound=BaseModel)

FILE_BYTES_MAX: Final = 8 * 1_048_576
DETAIL_LENGTH_MAX: Final = 200
NUMBER_MAX: Final = Decimal(1_000_000_000)
"""No distance, speed or coordinate of a road reaches it."""

NO_ISSUERS: Final[Mapping[str, str]] = MappingProxyType({})

_CITY: Final = re.compile(r"[1-9][0-9]{5}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,20})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_NUMBER: Final = re.compile(r"[+-]?[0-9]{0,15}\.?[0-9]{1,30}([eE][+-]?[0-9]{1,2})?")


class UnreadReason(Worded):
    """Why something in a file became no notice."""

    PAYLOAD_UNKNOWN = "payload_unknown", "不支持的发布类型", "A publication of another type"
    RECORD_UNKNOWN = "record_unknown", "不支持的记录类型", "A record of a type not carried"
    RECORD_DIFFERS = "record_differs", "记录的地点或时间不同", "A record of another place or time"
    SECOND_MEASURE = "second_measure", "已有更重的措施", "A graver measure stands already"
    SECOND_CAUSE = "second_cause", "已有另一起因", "Another cause stands already"
    DELIVERY_BREAK = "delivery_break", "对方发布中断", "The publisher reports a break of delivery"
    EXERCISE = "exercise", "演练或测试信息", "An exercise or a test"
    SUSPENDED = "suspended", "记录已暂停", "The record is suspended"
    ISSUER_UNKNOWN = "issuer_unknown", "发布单位未登记", "The source is not registered"
    DUPLICATE = "duplicate", "编号重复", "The number occurs twice"
    DETOUR_UNRELATED = "detour_unrelated", "绕行未关联通报", "A detour that belongs to no notice"
    CONTRADICTION = "contradiction", "内容自相矛盾", "It contradicts itself"
    MALFORMED = "malformed", "内容不符合规范", "Its content breaks the rules"


@dataclass(frozen=True)
class Unread:
    """One thing that was not read: its number in the file, why, and the place of the fault."""

    id: str
    reason: UnreadReason
    detail: str = ""

    @property
    def text(self) -> Text:
        """The same for people; the detail is a name of the format and stays as it is."""
        detail = f" ({self.detail})" if self.detail else ""
        return Text(
            f"{self.id}：{self.reason.text.zh}{detail}", f"{self.id}: {self.reason.text.en}{detail}"
        )


@dataclass(frozen=True)
class Dropped:
    """A part of a notice that was read without it, because no notice carries such a part."""

    notice: str
    part: str


@dataclass(frozen=True)
class Reading:
    """All of a file: nothing in it is passed over without a word."""

    notices: tuple[Notice, ...]
    unread: tuple[Unread, ...]
    dropped: tuple[Dropped, ...]


class UnreadableError(Exception):
    """Raised inside a reader where a thing cannot become a notice."""

    def __init__(self, reason: UnreadReason, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail[:DETAIL_LENGTH_MAX]
        super().__init__(f"{reason}: {self.detail}")


@dataclass
class Collector:
    """Gathers a reading while a file is walked."""

    notices: dict[str, Notice] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    def add(self, notice: Notice, parts: list[str]) -> None:
        """Take a notice and the names of its parts that were dropped."""
        if notice.id in self.notices:
            raise UnreadableError(UnreadReason.DUPLICATE, notice.id)
        self.notices[notice.id] = notice
        self.note(notice.id, parts)

    def note(self, notice: str, parts: list[str]) -> None:
        """Take note of parts of a notice that it was read without."""
        self.dropped += [Dropped(notice, part[:DETAIL_LENGTH_MAX]) for part in parts]

    def miss(self, id_: str, error: UnreadableError) -> None:
        """Take note of a thing that was not read."""
        self.unread.append(Unread(id_[:DETAIL_LENGTH_MAX], error.reason, error.detail))

    def reading(self) -> Reading:
        """What was gathered."""
        return Reading(tuple(self.notices.values()), tuple(self.unread), tuple(self.dropped))


def check_size(data: bytes) -> None:
    """Refuse a file above the limit before anything parses it."""
    if len(data) > FILE_BYTES_MAX:
        raise FILE_TOO_LARGE(bytes_max=FILE_BYTES_MAX)


def build(model: type[Built], fields: Any) -> Built:
    """The model of these fields, or the first of them that it cannot have."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or model.__name__
        fault = first["msg"].removeprefix("Value error, ")
        raise UnreadableError(UnreadReason.MALFORMED, f"{place}: {fault}") from error


def notice_id(issuer: str, number: str) -> str:
    """A notice's id from the number that its source gave it."""
    return number if number.startswith(issuer + "-") else f"{issuer}-{number}"


def issuer_of(source: str, issuers: Mapping[str, str]) -> str:
    """The city that answers for a source. Who is neither registered nor a city is not believed."""
    issuer = issuers.get(source, source)
    if _CITY.fullmatch(issuer) is None:
        raise UnreadableError(UnreadReason.ISSUER_UNKNOWN, source)
    return issuer


def read_instant(text: str) -> datetime:
    """An instant with its zone (RFC 3339, xs:dateTime with a zone)."""
    if _INSTANT.fullmatch(text.strip()) is None:
        raise UnreadableError(UnreadReason.MALFORMED, f"time {text.strip()}")
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UnreadableError(UnreadReason.MALFORMED, f"time {text.strip()}") from error


def read_number(text: str) -> Decimal:
    """A number exactly as written. Its size is limited, so that no arithmetic runs away."""
    number = Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else NUMBER_MAX
    if abs(number) >= NUMBER_MAX:
        raise UnreadableError(UnreadReason.MALFORMED, f"number {text.strip()}")
    return number


def whole_metres(metres: Decimal) -> int:
    """Metres rounded half up, as a stake has them."""
    return int(metres.quantize(Decimal(1), ROUND_HALF_UP))


def point(longitude: Decimal, latitude: Decimal) -> Point:
    """A point from degrees, rounded to 1e-7 degree."""
    east, north = (
        int((degrees * DEGREE).quantize(Decimal(1), ROUND_HALF_EVEN))
        for degrees in (longitude, latitude)
    )
    return build(Point, {"longitude_e7": east, "latitude_e7": north})


def degrees(value_e7: int) -> str:
    """Degrees in decimal notation, exactly."""
    whole, part = divmod(abs(value_e7), DEGREE)
    return f"{'-' if value_e7 < 0 else ''}{whole}.{part:07d}"
