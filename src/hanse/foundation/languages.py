"""Texts that people see, in Chinese and English at once.

A `Text` cannot be made with one language missing, so a string that lacks its twin does not import.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages. `{name}` places are filled by `format`."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh.strip() or not self.en.strip():
            raise ValueError(f"a text needs Chinese and English: {self!r}")

    def in_language(self, language: Language) -> str:
        """The text in `language`."""
        return self.zh if language == "zh" else self.en

    def format(self, **values: object) -> "Text":
        """Both languages with their `{name}` places filled."""
        return Text(self.zh.format(**values), self.en.format(**values))

    def as_dict(self) -> dict[str, str]:
        """`{"zh": ..., "en": ...}`, the form in which texts cross the wire."""
        return {"zh": self.zh, "en": self.en}


def titled(zh: str, en: str, **constraints: Any) -> Any:
    """A pydantic field with its title in both languages, for use in `Annotated`.

    `constraints` are pydantic's own (`max_length`, `ge`, `pattern`, ...). The Chinese title is
    JSON Schema's `title`; both stand under `x-title`.
    """
    return Field(title=zh, json_schema_extra={"x-title": {"zh": zh, "en": en}}, **constraints)


def preferred(accept_language: str | None) -> Language:
    """The language that an Accept-Language header prefers; Chinese unless English comes first."""
    for part in (accept_language or "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"
