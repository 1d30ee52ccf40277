"""Rules that several cities promised to apply alike: data with a version, named by their digest.

A promise of uniform conditions is kept by comparing: two cities whose books of rules have the same
digest hold the same words, and where the digests differ the differences are named.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.working_days import Day

RULES_UNKNOWN_ON_DAY = ProblemKind(
    "uniform_rules_unknown_on_day",
    422,
    Text("该日期没有适用的统一规定", "No uniform rules are known for this day"),
    Text("{day}早于最早版本的施行日{first}", "{day} is before the first version, of {first}"),
)

PAPERS_MAX: Final = 40
CONDITIONS_MAX: Final = 40
MATTERS_MAX: Final = 40
DIFFERENCES_MAX: Final = 200
DIFFERENCE_CHARS_MAX: Final = 300


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Code = Annotated[str, Field(pattern="^[a-z0-9_]{1,60}$")]


class Words(_Part):
    """A text in both languages, as data."""

    zh: Annotated[str, Field(min_length=1, max_length=500)]
    en: Annotated[str, Field(min_length=1, max_length=500)]


class Matter(_Part):
    """One thing that can be applied for: what must hold, what may be asked for, how long it takes.

    Papers that are not listed may not be asked for; `conditions` and `papers` are codes.
    """

    code: Annotated[str, titled("事项", "Matter", pattern="^[a-z_]{1,40}$")]
    title: Annotated[Words, titled("名称", "Title")]
    conditions: Annotated[
        tuple[Code, ...], titled("条件", "Conditions", max_length=CONDITIONS_MAX)
    ] = ()
    papers: Annotated[tuple[Code, ...], titled("材料", "Papers", max_length=PAPERS_MAX)] = ()
    decide_working_days: Annotated[
        int, titled("办理时限（工作日，0为当场）", "Working days (0: on the spot)", ge=0, le=250)
    ]
    extension_working_days: Annotated[
        int, titled("可延长工作日", "Working days that it may be extended by", ge=0, le=250)
    ] = 0
    basis: Annotated[str, titled("依据", "Legal basis", min_length=1, max_length=200)]


class RuleBook(_Part):
    """One version of the rules of one line of business."""

    name: Annotated[str, titled("规定", "Rules", pattern="^[a-z][a-z0-9.-]{1,60}$")]
    version: Annotated[int, titled("版本", "Version", ge=1, le=10_000)]
    effective_from: Annotated[Day, titled("施行日期", "In force from")]
    matters: Annotated[
        tuple[Matter, ...], titled("事项", "Matters", min_length=1, max_length=MATTERS_MAX)
    ]

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON (RFC 8785), as `sha-256:<hex>`."""
        written = rfc8785.dumps(self.model_dump(mode="json"))
        return "sha-256:" + hashlib.sha256(written).hexdigest()

    def matter(self, code: str) -> Matter | None:
        """The matter of that code."""
        return next((one for one in self.matters if one.code == code), None)


@dataclass(frozen=True)
class Editions:
    """Every version of one book of rules, the oldest first."""

    books: tuple[RuleBook, ...]

    def __post_init__(self) -> None:
        versions = [one.version for one in self.books]
        days = [one.effective_from for one in self.books]
        if not days or versions != [*range(1, len(days) + 1)] or days != sorted(set(days)):
            raise ValueError("versions count from 1, and each is in force after the one before")

    def on(self, day: date) -> RuleBook:
        """The version in force on a day, or `uniform_rules_unknown_on_day`."""
        found = [one for one in self.books if one.effective_from <= day]
        if not found:
            raise RULES_UNKNOWN_ON_DAY(day=day, first=self.books[0].effective_from)
        return found[-1]


def differences(ours: RuleBook, theirs: RuleBook) -> tuple[str, ...]:
    """Every place at which two books differ, with both values; empty where they are the same."""
    found = list(_differences(ours.model_dump(mode="json"), theirs.model_dump(mode="json"), ""))
    more = len(found) - DIFFERENCES_MAX
    return tuple(found[:DIFFERENCES_MAX] + ([f"(+{more})"] if more > 0 else []))


def _differences(ours: Any, theirs: Any, place: str) -> Iterable[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            yield from _differences(ours.get(name), theirs.get(name), f"{place}.{name}".strip("."))
    elif isinstance(ours, list) and isinstance(theirs, list) and _coded(ours) and _coded(theirs):
        one, other = _by_code(ours), _by_code(theirs)
        yield from _differences(one, other, place)
        if one.keys() == other.keys() and [*one] != [*other]:
            yield f"{place}: another order"
    elif ours != theirs:
        yield f"{place}: {ours!r} / {theirs!r}"[:DIFFERENCE_CHARS_MAX]


def _coded(values: Sequence[Any]) -> bool:
    return all(isinstance(one, dict) and "code" in one for one in values)


def _by_code(values: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {one["code"]: one for one in values}
