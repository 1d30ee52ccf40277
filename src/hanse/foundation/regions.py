"""Codes of administrative divisions: GB/T 2260, six digits.

Two digits of the province, two of the prefecture, two of the county. Only the national form is
here: which cities belong to a league is the league's own configuration.
"""

import re
from typing import Annotated, Final

from hanse.foundation.checked_fields import checked_by
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled

REGION_FORM_WRONG = ProblemKind(
    "region_form_wrong",
    422,
    Text("行政区划代码格式有误", "The region code is not of the right form"),
    Text("请填写6位数字的行政区划代码", "Give the six digits of the administrative division"),
)
REGION_PROVINCE_UNKNOWN = ProblemKind(
    "region_province_unknown",
    422,
    Text("没有该省级行政区划代码", "No province has these first two digits"),
    Text("请核对行政区划代码的前2位", "Check the first two digits of the region code"),
)
REGION_NOT_PREFECTURE = ProblemKind(
    "region_not_prefecture",
    422,
    Text("不是地级行政区划代码", "The region code is not that of a prefecture-level city"),
    Text(
        "请填写地级市的代码，如510100：后2位为00，第3、4位为01至70",
        "Give the city's own code, such as 510100: it ends in 00, with 01 to 70 before that",
    ),
)

_PROVINCES_BY_REGION: Final = {
    "1": "12345",
    "2": "123",
    "3": "1234567",
    "4": "123456",
    "5": "01234",
    "6": "12345",
    "7": "1",
    "8": "12",
}
PROVINCE_PREFIXES: Final = frozenset(
    first + second for first, seconds in _PROVINCES_BY_REGION.items() for second in seconds
)
"""The first two digits of every province, autonomous region, municipality and special region."""

_PREFECTURE_LAST: Final = 70
"""Middle digits: 01-20 and 51-70 cities, 21-50 prefectures and leagues; 90 stands for counties
that a province governs itself."""
_REGION_PATTERN: Final = "^[1-8][0-9]{5}$"
_CITY_PATTERN: Final = "^[1-8][0-9]{3}00$"


def check_region(code: str) -> str:
    """`code` where it has the form of a region of any level; else the refusal.

    Whether such a region exists today is not asked: codes are cancelled, and stay in old papers.
    """
    if not re.fullmatch("[0-9]{6}", code):
        raise REGION_FORM_WRONG()
    if code[:2] not in PROVINCE_PREFIXES:
        raise REGION_PROVINCE_UNKNOWN()
    return code


def check_city(code: str) -> str:
    """`code` where it is that of a prefecture-level division, as `510100`; else the refusal."""
    if city_of(code) != code:
        raise REGION_NOT_PREFECTURE()
    return code


def city_of(region: str) -> str | None:
    """The prefecture-level code that a region belongs to.

    None for a province itself, and for a county that a province governs without a prefecture.
    """
    check_region(region)
    if not 1 <= int(region[2:4]) <= _PREFECTURE_LAST:
        return None
    return region[:4] + "00"


def province_of(region: str) -> str:
    """The six-digit code of the province that a region belongs to."""
    return check_region(region)[:2] + "0000"


def same_province(one: str, other: str) -> bool:
    """Whether two regions lie in the same province, autonomous region or municipality."""
    return province_of(one) == province_of(other)


RegionCode = Annotated[
    str,
    titled("行政区划代码", "Region code (GB/T 2260)", pattern=_REGION_PATTERN, max_length=6),
    checked_by(check_region),
]
"""Six digits of a province, prefecture or county."""

CityCode = Annotated[
    str,
    titled("城市代码", "City code (GB/T 2260)", pattern=_CITY_PATTERN, max_length=6),
    checked_by(check_city),
]
"""Six digits of a prefecture-level city."""
