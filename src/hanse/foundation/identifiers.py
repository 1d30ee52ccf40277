"""Identifiers of people and organisations: GB 11643, GB 32100 and GB 11714.

Every failure is a refusal of its own, so that the desk can say what is wrong with a number. No
refusal carries the number: problems are logged and cross to other cities.

    check_uscc("91350100M000100Y43")                    # the code itself, or a Problem
    check_uscc("91350100M0001TGQXM", in_registry=True)  # a legal code that fails the check
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from hanse.foundation.checked_fields import checked_by
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.regions import PROVINCE_PREFIXES, check_region

CITIZEN_ID_LENGTH_WRONG = ProblemKind(
    "citizen_id_length_wrong",
    422,
    Text("公民身份号码应为18位", "A citizen identity number has 18 characters"),
    Text("请填写完整的18位号码", "Give all 18 characters"),
)
CITIZEN_ID_OUTDATED = ProblemKind(
    "citizen_id_outdated",
    422,
    Text("15位号码已停止使用", "Numbers of 15 digits are no longer in use"),
    Text("请填写现行的18位公民身份号码", "Give the present number of 18 characters"),
)
CITIZEN_ID_LOWER_CASE = ProblemKind(
    "citizen_id_lower_case",
    422,
    Text("公民身份号码末位的X须大写", "The X of a citizen identity number is a capital letter"),
    Text("请将末位改为大写X", "Write the last character as a capital X"),
)
CITIZEN_ID_CHARACTER_WRONG = ProblemKind(
    "citizen_id_character_wrong",
    422,
    Text("公民身份号码含有无效字符", "The citizen identity number has a wrong character"),
    Text(
        "请核对第{position}位：前17位为数字，末位为数字或X",
        "Check place {position}: 17 digits, then a digit or X",
    ),
)
CITIZEN_ID_REGION_WRONG = ProblemKind(
    "citizen_id_region_wrong",
    422,
    Text("公民身份号码的地址码有误", "The region in the citizen identity number is wrong"),
    Text("请核对前6位", "Check the first six digits"),
)
CITIZEN_ID_BIRTH_DATE_WRONG = ProblemKind(
    "citizen_id_birth_date_wrong",
    422,
    Text("公民身份号码的出生日期不存在", "The birth date in the number does not exist"),
    Text("请核对第7至14位（年月日）", "Check places 7 to 14: year, month and day"),
)
CITIZEN_ID_BIRTH_IN_FUTURE = ProblemKind(
    "citizen_id_birth_in_future",
    422,
    Text("公民身份号码的出生日期晚于今天", "The birth date in the number lies in the future"),
    Text("请核对第7至14位（年月日）", "Check places 7 to 14: year, month and day"),
)
CITIZEN_ID_CHECK_WRONG = ProblemKind(
    "citizen_id_check_wrong",
    422,
    Text("公民身份号码校验不通过", "The citizen identity number fails its check character"),
    Text("请对照身份证逐位核对", "Compare every character with the identity card"),
)
CITIZEN_ID_NOT_FIFTEEN_DIGITS = ProblemKind(
    "citizen_id_not_fifteen_digits",
    422,
    Text("不是15位的旧号码", "This is not an old number of 15 digits"),
    Text("请填写15位数字", "Give 15 digits"),
)
CITIZEN_ID_CENTURY_UNSURE = ProblemKind(
    "citizen_id_century_unsure",
    422,
    Text("无法确定该旧号码的出生世纪", "The century of birth of this old number is not sure"),
    Text("请向户籍机关查询现行号码", "Ask the household registry for the present number"),
)

USCC_LENGTH_WRONG = ProblemKind(
    "uscc_length_wrong",
    422,
    Text("统一社会信用代码应为18位", "A unified social credit code has 18 characters"),
    Text("请填写完整的18位代码", "Give all 18 characters"),
)
USCC_LOWER_CASE = ProblemKind(
    "uscc_lower_case",
    422,
    Text("统一社会信用代码的字母须大写", "A unified social credit code has capital letters only"),
    Text("请将字母改为大写", "Write the letters as capitals"),
)
USCC_CHARACTER_WRONG = ProblemKind(
    "uscc_character_wrong",
    422,
    Text("统一社会信用代码含有无效字符", "The unified social credit code has a wrong character"),
    Text(
        "请核对第{position}位：只用数字和大写字母，不用I、O、S、V、Z",
        "Check place {position}: digits and capital letters, but never I, O, S, V or Z",
    ),
)
USCC_REGION_WRONG = ProblemKind(
    "uscc_region_wrong",
    422,
    Text("统一社会信用代码的行政区划码有误", "The region in the credit code is not six digits"),
    Text("请核对第3至8位，应为数字", "Check places 3 to 8: they are digits"),
)
USCC_ORGANISATION_CODE_WRONG = ProblemKind(
    "uscc_organisation_code_wrong",
    422,
    Text("统一社会信用代码的主体标识码校验不通过", "The organisation code within fails its check"),
    Text(
        "请核对第9至17位；如与执照一致，请先在登记机关查询确认",
        "Check places 9 to 17; if they agree with the licence, look the code up in the registry",
    ),
)
USCC_CHECK_WRONG = ProblemKind(
    "uscc_check_wrong",
    422,
    Text("统一社会信用代码校验不通过", "The unified social credit code fails its check character"),
    Text(
        "请对照执照逐位核对；如与执照一致，请先在登记机关查询确认",
        "Compare every character with the licence; if all agree, look the code up in the registry",
    ),
)

_CITIZEN_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS: Final = "10X98765432"
_CENTENARIAN_SEQUENCES: Final = frozenset({"996", "997", "998", "999"})
"""[M] GB 11643-1989 kept these for people over a hundred: born before 1900, not after."""

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_CHECKS: Final = "0123456789X"


class Sex(StrEnum):
    """GB/T 2261.1, as the sequence of a citizen identity number tells it."""

    MALE = "1"
    FEMALE = "2"


def citizen_id_check_character(first_17: str) -> str:
    """The 18th character of a citizen identity number: ISO 7064 MOD 11-2 (GB 11643-1999)."""
    if not re.fullmatch("[0-9]{17}", first_17):
        raise ValueError("the check character is reckoned from 17 digits")
    total = sum(
        int(digit) * weight for digit, weight in zip(first_17, _CITIZEN_WEIGHTS, strict=True)
    )
    return _CITIZEN_CHECKS[total % 11]


def check_citizen_id(number: str, *, today: date | None = None) -> str:
    """`number` where it is a citizen identity number (GB 11643-1999); else the refusal.

    The region is that of the first registration, perhaps since cancelled: it must name a
    province, and says nothing about where the person lives. A birth date after `today` is
    refused; without `today` that one rule is not asked.
    """
    if re.fullmatch("[0-9]{15}", number):
        raise CITIZEN_ID_OUTDATED()
    if len(number) != 18:
        raise CITIZEN_ID_LENGTH_WRONG()
    if number[17] == "x":
        raise CITIZEN_ID_LOWER_CASE()
    for place, character in enumerate(number, start=1):
        if character not in (_CITIZEN_CHECKS if place == 18 else "0123456789"):
            raise CITIZEN_ID_CHARACTER_WRONG(position=place)
    if number[:2] not in PROVINCE_PREFIXES:
        raise CITIZEN_ID_REGION_WRONG()
    born = _birth_date(number[6:14])
    if today is not None and born > today:
        raise CITIZEN_ID_BIRTH_IN_FUTURE()
    if citizen_id_check_character(number[:17]) != number[17]:
        raise CITIZEN_ID_CHECK_WRONG()
    return number


def _birth_date(eight_digits: str) -> date:
    try:
        return date(int(eight_digits[:4]), int(eight_digits[4:6]), int(eight_digits[6:]))
    except ValueError:
        raise CITIZEN_ID_BIRTH_DATE_WRONG() from None


def citizen_birth_date(number: str) -> date:
    """The birth date within a citizen identity number."""
    return _birth_date(check_citizen_id(number)[6:14])


def citizen_sex(number: str) -> Sex:
    """The sex within a citizen identity number: an odd sequence is male, an even one female."""
    return Sex.MALE if int(check_citizen_id(number)[16]) % 2 else Sex.FEMALE


def upgrade_citizen_id(fifteen_digits: str) -> str:
    """The present number of an old one of 15 digits: the century 19, and the check character.

    Sequences 996 to 999 were kept for people born before 1900; their century is not guessed.
    """
    if not re.fullmatch("[0-9]{15}", fifteen_digits):
        raise CITIZEN_ID_NOT_FIFTEEN_DIGITS()
    if fifteen_digits[12:] in _CENTENARIAN_SEQUENCES:
        raise CITIZEN_ID_CENTURY_UNSURE()
    first_17 = fifteen_digits[:6] + "19" + fifteen_digits[6:]
    return check_citizen_id(first_17 + citizen_id_check_character(first_17))


def organisation_code_check_character(first_8: str) -> str:
    """The 9th character of an organisation code (GB 11714-1997)."""
    if not re.fullmatch("[0-9A-Z]{8}", first_8):
        raise ValueError("the check character is reckoned from 8 digits or capital letters")
    total = sum(
        _ORGANISATION_CHARACTERS.index(character) * weight
        for character, weight in zip(first_8, _ORGANISATION_WEIGHTS, strict=True)
    )
    return _ORGANISATION_CHECKS[-total % 11]


def uscc_check_character(first_17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100-2015)."""
    if not re.fullmatch(f"[{USCC_ALPHABET}]{{17}}", first_17):
        raise ValueError("the check character is reckoned from 17 characters of the alphabet")
    total = sum(
        USCC_ALPHABET.index(character) * weight
        for character, weight in zip(first_17, _USCC_WEIGHTS, strict=True)
    )
    return USCC_ALPHABET[-total % 31]


def check_uscc(code: str, *, in_registry: bool = False) -> str:
    """`code` where it is a unified social credit code (GB 32100-2015); else the refusal.

    Codes issued in the early pilots fail the check and are legal all the same. A check that fails
    is therefore refused for a new entry, and accepted where the registration authority's register
    has the code (`in_registry`). The form is never excused.
    """
    check_uscc_form(code)
    if in_registry:
        return code
    if organisation_code_check_character(code[8:16]) != code[16]:
        raise USCC_ORGANISATION_CODE_WRONG()
    if uscc_check_character(code[:17]) != code[17]:
        raise USCC_CHECK_WRONG()
    return code


def check_uscc_form(code: str) -> str:
    """`code` where it has the length, alphabet and region digits of a credit code."""
    if len(code) != 18:
        raise USCC_LENGTH_WRONG()
    if any(character in "abcdefghijklmnopqrstuvwxyz" for character in code):
        raise USCC_LOWER_CASE()
    for place, character in enumerate(code, start=1):
        if character not in USCC_ALPHABET:
            raise USCC_CHARACTER_WRONG(position=place)
    if not re.fullmatch("[0-9]{6}", uscc_region(code)):
        raise USCC_REGION_WRONG()
    return code


def uscc_region(code: str) -> str:
    """The six digits of the administrative division within a credit code."""
    return code[2:8]


def make_uscc(number: int, *, region: str = "100000", department: str = "91") -> str:
    """A made-up credit code with right check characters, for tests and demonstrations only.

    `number`, 0 to 9 999 999, tells one body from another. A real one may have the same code.
    """
    if not 0 <= number <= 9_999_999:
        raise ValueError("a made-up code takes a number from 0 to 9999999")
    body = f"Y{number:07d}"
    first_17 = department + region + body + organisation_code_check_character(body)
    return check_uscc(first_17 + uscc_check_character(first_17))


def make_citizen_id(region: str, born: date, sequence: int) -> str:
    """A made-up citizen identity number, for tests and demonstrations only.

    `sequence`, 1 to 999, is odd for a man and even for a woman. A real person may have the number.
    """
    if not 1 <= sequence <= 999:
        raise ValueError("a sequence is a number from 1 to 999")
    first_17 = f"{check_region(region)}{born:%Y%m%d}{sequence:03d}"
    return check_citizen_id(first_17 + citizen_id_check_character(first_17))


_USCC_PATTERN: Final = f"^[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}$"

UnifiedSocialCreditCode = Annotated[
    str,
    titled("统一社会信用代码", "Unified social credit code", pattern=_USCC_PATTERN, max_length=18),
    checked_by(check_uscc),
]
"""A credit code with right check characters: what a new entry must be."""

CreditCodeInRegister = Annotated[
    str,
    titled("统一社会信用代码", "Unified social credit code", pattern=_USCC_PATTERN, max_length=18),
    checked_by(check_uscc_form),
]
"""A credit code of the right form, checked no further: for codes that a register vouches for."""

CitizenId = Annotated[
    str,
    titled("公民身份号码", "Citizen identity number", pattern="^[0-9]{17}[0-9X]$", max_length=18),
    checked_by(check_citizen_id),
]
"""A citizen identity number. That the birth lies in the past is asked by `check_citizen_id`."""
