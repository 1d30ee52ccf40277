"""What a value of a message may look like: the ISO 20022 simple types, as far as we use them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Final

from hanse.foundation.errors import Problem
from hanse.foundation.iso20022.problems import (
    ISO_AMOUNT_MALFORMED,
    ISO_CURRENCY_UNKNOWN,
    ISO_TIME_WITHOUT_ZONE,
    ISO_VALUE_MALFORMED,
)
from hanse.foundation.languages import Text
from hanse.foundation.money import AMOUNT_MAX, MINOR_DIGITS, Money

_NOT_IN_TEXT: Final = r"\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
"""Control characters, and what XML 1.0 cannot carry."""


@dataclass(frozen=True)
class TextForm:
    """A form of text, and its words for people."""

    pattern: re.Pattern[str]
    words: Text

    def checked(self, text: str, path: str) -> str:
        """The text where it has this form; else the refusal, which never repeats it."""
        if self.pattern.fullmatch(text) is None:
            raise ISO_VALUE_MALFORMED(path=path, form_zh=self.words.zh, form_en=self.words.en)
        return text


def _free(length_max: int) -> TextForm:
    return TextForm(
        re.compile(f"[^{_NOT_IN_TEXT}]{{1,{length_max}}}"),
        Text(f"1至{length_max}个字符，不含控制字符", f"1 to {length_max} characters, no controls"),
    )


def _words(*words: str) -> TextForm:
    return TextForm(
        re.compile("|".join(words)), Text("、".join(words) + " 之一", "one of " + ", ".join(words))
    )


ID = TextForm(
    re.compile(r"[!-~]([ -~]{0,33}[!-~])?"),
    Text("1至35个可打印的ASCII字符", "1 to 35 printable ASCII characters"),
)
"""Max35Text, kept to characters that every bank's system carries."""
ACCOUNT = TextForm(
    re.compile(r"[!-~]([ -~]{0,32}[!-~])?"),
    Text("1至34个可打印的ASCII字符", "1 to 34 printable ASCII characters"),
)
IBAN = TextForm(re.compile(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}"), Text("IBAN", "an IBAN"))
BIC = TextForm(re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?"), Text("BIC", "a BIC"))
CODE = TextForm(
    re.compile(r"[A-Z0-9]{1,4}"), Text("1至4位大写字母或数字", "1 to 4 capitals or digits")
)
CLEARING_SYSTEM = TextForm(
    re.compile(r"[A-Z0-9]{1,5}"), Text("1至5位大写字母或数字", "1 to 5 capitals or digits")
)
UETR = TextForm(
    re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}"),
    Text("小写的 UUID 第4版", "a UUID of version 4 in small letters"),
)
NAME = _free(140)
REMARK = _free(140)
NOTE = _free(105)
LONG_NOTE = _free(500)
SETTLEMENT_METHOD = _words("INDA", "INGA", "COVE", "CLRG")
CHARGE_BEARER = _words("DEBT", "CRED", "SHAR", "SLEV")
SIDE = _words("CRDT", "DBIT")
FLAG = _words("true", "false", "1", "0")
COUNT = TextForm(re.compile(r"[0-9]{1,15}"), Text("1至15位数字", "1 to 15 digits"))
PAGE_NUMBER = TextForm(re.compile(r"[0-9]{1,5}"), Text("1至5位数字", "1 to 5 digits"))
SEQUENCE = TextForm(re.compile(r"[0-9]{1,18}"), Text("1至18位数字", "1 to 18 digits"))
DECIMAL = TextForm(
    re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,17})?"), Text("十进制数", "a decimal number")
)
CURRENCY = TextForm(re.compile("[A-Z]{3}"), Text("3位币种代码", "a currency code of 3 letters"))

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_AMOUNT: Final = re.compile(r"[0-9]{1,18}(\.[0-9]{1,5})?")
_DATE_WORDS: Final = Text("存在的日期，如 2026-11-25", "a date that exists, such as 2026-11-25")
_INSTANT_WORDS: Final = Text(
    "带时区的时间，秒后至多6位小数", "a time with its zone and at most 6 decimals of a second"
)


def date_of(text: str, path: str) -> date:
    """ISODate, of a day that exists."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _malformed(path, _DATE_WORDS)


def instant_of(text: str, path: str) -> datetime:
    """ISODateTime with its zone, in UTC. Local time without a zone is refused, not guessed."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise _malformed(path, _INSTANT_WORDS)
    if match[2] is None:
        raise ISO_TIME_WITHOUT_ZONE(path=path)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _malformed(path, _INSTANT_WORDS) from None


def instant_text(instant: datetime) -> str:
    """An instant in UTC, to the microsecond where it has any."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def amount_of(text: str, currency: str, path: str) -> Money:
    """An amount; more decimals than the currency has are refused, even if they are zeros."""
    if currency not in MINOR_DIGITS:
        raise ISO_CURRENCY_UNKNOWN(path=path, known=", ".join(MINOR_DIGITS))
    digits = MINOR_DIGITS[currency]
    whole, _, part = text.partition(".")
    if not _AMOUNT.fullmatch(text) or len(part) > digits:
        raise ISO_AMOUNT_MALFORMED(path=path, currency=currency, digits=digits)
    minor = int(whole + part.ljust(digits, "0"))
    if minor > AMOUNT_MAX:
        raise ISO_AMOUNT_MALFORMED(path=path, currency=currency, digits=digits)
    return Money(minor, currency)


def amount_text(amount: Money, path: str) -> str:
    """An amount as a message carries it; what cannot be read back is not written."""
    if not 0 <= amount.minor <= AMOUNT_MAX:
        digits = MINOR_DIGITS[amount.currency]
        raise ISO_AMOUNT_MALFORMED(path=path, currency=amount.currency, digits=digits)
    return str(amount)


def decimal_of(text: str, path: str) -> Fraction:
    """DecimalNumber, exactly."""
    return Fraction(DECIMAL.checked(text, path))


def _malformed(path: str, words: Text) -> Problem:
    return ISO_VALUE_MALFORMED(path=path, form_zh=words.zh, form_en=words.en)
