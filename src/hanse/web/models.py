"""A contract's values as facts to show: titles as the contract declares them, in both languages."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from hanse.foundation.languages import LANGUAGES, Language, Text
from hanse.foundation.worded import Worded
from hanse.mechanisms.exchange.parts import Facts, Value


def facts_of(caption: Text, model: BaseModel) -> Facts:
    """Every field that has a value, under its title."""
    pairs = []
    for name in type(model).model_fields:
        value = value_of(getattr(model, name))
        if value is not None:
            pairs.append((title_of(type(model), name), value))
    return Facts(caption, tuple(pairs))


def title_of(model: type[BaseModel], name: str) -> Text:
    """A field's title in both languages; its name where the contract gives none."""
    extra: Any = model.model_fields[name].json_schema_extra
    titles = extra.get("x-title") if isinstance(extra, Mapping) else None
    return Text(**titles) if titles else Text(name, name)


def value_of(value: Any) -> Value:
    """A field's value as a cell takes it."""
    if value is None or value in ((), []):
        return None
    if isinstance(value, Worded):
        return value.text
    if isinstance(value, list | tuple):
        parts = [value_of(one) for one in value]
        zh, en = (tuple(_in(one, language) for one in parts) for language in LANGUAGES)
        return Text("、".join(zh), ", ".join(en))
    if isinstance(value, str | int | datetime | date):
        return value
    return str(value)


def _in(value: Value, language: Language) -> str:
    if isinstance(value, Text):
        return value.in_language(language)
    return str(value)
