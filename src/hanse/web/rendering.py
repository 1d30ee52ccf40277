"""Templates to pages: both languages, every value escaped, instants in the cities' own time."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from hanse.foundation.languages import Language, Text
from hanse.foundation.money import Money
from hanse.mechanisms.exchange.parts import Facts, Link, Mark, Table, Words
from hanse.node.people.who import Kind
from hanse.web import assets
from hanse.web.page import Section

KIND_WORDS: Final = {
    Kind.VISITOR: Text("访客", "Visitor"),
    Kind.RESIDENT: Text("居民", "Resident"),
    Kind.OFFICER: Text("工作人员", "Officer"),
    Kind.JOINT: Text("联席办公室", "Joint office"),
    Kind.OPERATOR: Text("运维", "Operator"),
}
_WIDE_MARKS: Final = {",": "，", ";": "；", ":": "：", "(": "（", ")": "）"}
_NARROW_MARKS: Final = re.compile(
    r"(?<=[\u4e00-\u9fff}）])[,;:](?=[\u4e00-\u9fff{])"
    r"|(?<=[\u4e00-\u9fff])\((?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\)"
)
CHINA_TIME: Final = timezone(timedelta(hours=8))
"""The time of every city of China; it has no summer time."""


def environment(sections: Sequence[Section]) -> Environment:
    """The templates of the sections and those that they share.

    `section/file.html` is in the folder `templates` of the section's package; what stands in no
    section's name is shared.
    """
    packages = {one.name: one.package for one in sections}

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        first, _, rest = name.partition("/")
        package, file = (packages[first], rest) if first in packages else ("hanse.web", name)
        place = resources.files(package) / "templates" / file
        if "/" in file or not place.is_file():
            return None
        return place.read_text("utf-8"), str(place), lambda: True

    made = Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests |= {
        "table": lambda value: isinstance(value, Table),
        "facts": lambda value: isinstance(value, Facts),
        "words": lambda value: isinstance(value, Words),
    }
    made.globals["asset"] = assets.address
    return made


def words_of(language: Language) -> Mapping[str, Callable[..., Any]]:
    """What templates call to write in one language."""

    def t(zh: str, en: str, **values: Any) -> Markup:
        """A string of the template itself, in the reader's language; values are escaped."""
        chosen = typeset(zh) if language == "zh" else en
        return Markup(chosen).format(**values) if values else Markup(chosen)  # noqa: S704

    def say(value: Any) -> Any:
        """A value of any kind, in the reader's language."""
        return said(value, language)

    def kind_words(kind: str) -> str:
        return KIND_WORDS[Kind(kind)].in_language(language)

    def in_one(name: str) -> str:
        """A name that is kept as “Chinese / English”, in the reader's language."""
        zh, slash, en = name.partition(" / ")
        return en if slash and language == "en" else zh

    return {
        "in_one": in_one,
        "kind_words": kind_words,
        "t": t,
        "say": say,
        "at": at,
        "clock_time": clock_time,
        "number": number,
    }


def said(value: Any, language: Language) -> Any:
    """A value as it stands in a page."""
    if isinstance(value, Text):
        return typeset(value.zh) if language == "zh" else value.en
    if isinstance(value, dict) and {"zh", "en"} <= value.keys():
        return value[language]
    if isinstance(value, Mark):
        words = escape(value.words.in_language(language))
        return Markup('<span class="mark mark-{}">{}</span>').format(value.tone, words)
    if isinstance(value, Link):
        return Markup('<a href="{}">{}</a>').format(value.path, said(value.words, language))
    if isinstance(value, Money):
        return Markup('<data class="amount">{}</data>').format(str(value))
    if isinstance(value, bool):
        return ("是" if value else "否") if language == "zh" else ("Yes" if value else "No")
    if isinstance(value, datetime):
        return at(value)
    if isinstance(value, date):
        return Markup('<time datetime="{0}">{0}</time>').format(value.isoformat())
    if isinstance(value, int):
        return number(value)
    return "–" if value is None else value


def typeset(text: str) -> str:
    """Chinese with full-width marks between its characters, as it is printed."""
    return _NARROW_MARKS.sub(lambda found: _WIDE_MARKS[found[0]], text)


def at(moment: datetime | str) -> Markup:
    """An instant in the cities' time, to the minute."""
    instant = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    local = instant.astimezone(CHINA_TIME)
    return Markup('<time datetime="{}">{}</time>').format(
        instant.isoformat(timespec="seconds"), local.strftime("%Y-%m-%d %H:%M")
    )


def clock_time(moment: datetime) -> Markup:
    """An instant of today: the hour and the minute."""
    local = moment.astimezone(CHINA_TIME)
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(timespec="seconds"), local.strftime("%H:%M")
    )


def number(value: int) -> str:
    """A number with its thousands apart."""
    return f"{value:,}"
