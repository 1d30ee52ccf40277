"""Where traffic is affected: stakes, points, geometries and sections of road."""

import re
import unicodedata
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.services.safety.traffic.vocabulary import Direction, Shape

STAKE_MALFORMED = ProblemKind(
    "traffic_stake_malformed",
    422,
    Text("桩号格式错误", "The stake is malformed"),
    Text("请写成 K12+300 的形式", "Write it like K12+300"),
)

STAKE_METRES_MAX: Final = 19_999_999
"""No road of the country reaches 20 000 km."""
GEOMETRY_POINTS_MAX: Final = 1_000
LINE_LENGTH_MAX: Final = 64
DEGREE: Final = 10_000_000
"""Points are whole numbers of 1e-7 degree: about a centimetre, and the unit of ETSI messages."""

_STAKE: Final = re.compile(r"K([0-9]{1,5})(?:\+([0-9]{1,3}))?")


def parse_stake(text: str) -> int:
    """Metres from the road's zero of a stake such as `K12+300`, `k12` or `Ｋ１２＋３００`.

    A metre part of 1000 or more (a lengthened chain, 长链) has no place on a scale of metres and
    is refused like every other form.
    """
    found = _STAKE.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    metres = int(found[1]) * 1000 + int(found[2] or 0) if found else STAKE_METRES_MAX + 1
    if metres > STAKE_METRES_MAX:
        raise STAKE_MALFORMED()
    return metres


def format_stake(metres: int) -> str:
    """The stake of a distance in metres: 12300 is `K12+300`."""
    if not 0 <= metres <= STAKE_METRES_MAX:
        raise ValueError(f"no stake at {metres} m")
    return f"K{metres // 1000}+{metres % 1000:03d}"


def road_key(road: str) -> str:
    """A road's number or name as it is compared: width, case and blanks do not tell roads apart."""
    return "".join(unicodedata.normalize("NFKC", road).upper().split())


def one_line(text: str) -> str:
    """The text, when it is one printable line without blanks at its ends; ValueError otherwise."""
    if "\n" in text:
        raise ValueError("one line only")
    return prose(text)


def prose(text: str) -> str:
    """The text, when all of it but line feeds is printable; ValueError otherwise.

    What is refused here no XML document may hold (XML 1.0 section 2.2), so that every text that a
    notice carries can be carried to every format.
    """
    if text != text.strip():
        raise ValueError("no blanks at the ends")
    for sign in text:
        if sign != "\n" and (
            unicodedata.category(sign) in {"Cc", "Cs"} or sign in {"\ufffe", "\uffff"}
        ):
            raise ValueError("no control characters")
    return text


Line = Annotated[
    str, StringConstraints(min_length=1, max_length=LINE_LENGTH_MAX), AfterValidator(one_line)
]
CityCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{5}$")]
"""GB/T 2260, six digits."""


class Point(BaseModel):
    """A position in WGS84. Maps drawn in GCJ-02 must be converted before they become points."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    longitude_e7: Annotated[
        int, titled("经度（1e-7度）", "Longitude, 1e-7 degree", ge=-180 * DEGREE, le=180 * DEGREE)
    ]
    latitude_e7: Annotated[
        int, titled("纬度（1e-7度）", "Latitude, 1e-7 degree", ge=-90 * DEGREE, le=90 * DEGREE)
    ]


class Geometry(BaseModel):
    """Points in the direction of travel; where both directions are meant, in rising stakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shape: Annotated[Shape, titled("形状", "Shape")] = Shape.LINE
    points: Annotated[
        tuple[Point, ...],
        titled("点（WGS84）", "Points in WGS84", min_length=1, max_length=GEOMETRY_POINTS_MAX),
    ]

    @model_validator(mode="after")
    def _line_has_length(self) -> Self:
        if self.shape is Shape.LINE and len(self.points) < 2:
            raise ValueError("a line has at least two points")
        return self


StakeMetres = Annotated[int, titled("桩号（米）", "Stake in metres", ge=0, le=STAKE_METRES_MAX)]


class RoadSection(BaseModel):
    """One section of a detour, in the order of travel: stakes that fall are travelled downward."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    road: Annotated[Line, titled("道路编号或名称", "Road number or name")]
    from_stake_m: Annotated[
        StakeMetres | None, titled("起点桩号（米）", "Stake where it begins, m")
    ] = None
    to_stake_m: Annotated[
        StakeMetres | None, titled("终点桩号（米）", "Stake where it ends, m")
    ] = None
    from_place: Annotated[Line | None, titled("起点地名", "Place where it begins")] = None
    to_place: Annotated[Line | None, titled("终点地名", "Place where it ends")] = None
    geometry: Annotated[Geometry | None, titled("线形", "Geometry")] = None

    @model_validator(mode="after")
    def _stakes_come_in_pairs(self) -> Self:
        if (self.from_stake_m is None) != (self.to_stake_m is None):
            raise ValueError("both stakes or none")
        return self

    @property
    def direction(self) -> Direction:
        """The sense of travel that the stakes tell; both where they tell none."""
        if self.from_stake_m is None or self.to_stake_m is None:
            return Direction.BOTH
        if self.from_stake_m == self.to_stake_m:
            return Direction.BOTH
        return Direction.UP if self.from_stake_m < self.to_stake_m else Direction.DOWN

    def __str__(self) -> str:
        if self.from_stake_m is None or self.to_stake_m is None:
            return self.road
        return f"{self.road} {format_stake(self.from_stake_m)}-{format_stake(self.to_stake_m)}"
