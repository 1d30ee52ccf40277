"""An answer as blocks: facts, and tables of what is listed, under the titles that it declares."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel

from hanse.foundation.languages import LANGUAGES, Text
from hanse.foundation.money import Money
from hanse.mechanisms.exchange.parts import Block, Facts, Table, Value
from hanse.web.entry.fields import Schema, resolved, schema_of, title_of

ROWS_SHOWN_MAX: Final = 200
COLUMNS_MAX: Final = 10
NOTHING: Final = Text("无", "None")
_IN_FEN: Final = re.compile(r"[（(]分[)）]|[,，]? ?fen$")
"""How a declared title says that the number is of fen."""
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
YES: Final = Text("是", "Yes")
NO: Final = Text("否", "No")
CityNames = Mapping[str, Text]


def blocks_of(
    caption: Text, model: type[BaseModel], data: Mapping[str, Any], names: CityNames
) -> list[Block]:
    """The answer of a declared model, as it is read on a page."""
    schema = schema_of(model)
    return _blocks(schema, schema, caption, data, names)


def _blocks(
    whole: Schema, schema: Schema, caption: Text, data: Mapping[str, Any], names: CityNames
) -> list[Block]:
    pairs: list[tuple[Text, Value]] = []
    more: list[Block] = []
    for name, value in data.items():
        declared = schema.get("properties", {}).get(name, {})
        title = _title(declared, name)
        inner, _ = resolved(whole, declared)
        if isinstance(value, Mapping) and inner.get("properties"):
            more += _blocks(whole, inner, title, value, names)
        elif _is_table(value):
            more.append(
                _table(whole, resolved(whole, inner.get("items", {}))[0], title, value, names)
            )
        elif value not in (None, [], {}):
            pairs.append((title, value_of(whole, _with_title(whole, declared), name, value, names)))
    facts: list[Block] = [Facts(caption, tuple(pairs))] if pairs else []
    return facts + more


def _table(
    whole: Schema, schema: Schema, title: Text, rows: list[Mapping[str, Any]], names: CityNames
) -> Table:
    shown, declared = _flat(whole, schema, rows[:ROWS_SHOWN_MAX])
    columns = [
        name for name in declared if any(row.get(name) not in (None, [], {}) for row in shown)
    ][:COLUMNS_MAX]
    return Table(
        caption=title,
        columns=tuple(_title(declared[name], name) for name in columns),
        rows=tuple(
            tuple(
                value_of(whole, _with_title(whole, declared[name]), name, row.get(name), names)
                for name in columns
            )
            for row in shown
        ),
        empty=NOTHING,
    )


def _flat(
    whole: Schema, schema: Schema, rows: list[Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], dict[str, Schema]]:
    """Rows and their columns, with a group within a row as columns of its own: without its lists,
    which no cell holds well."""
    properties = schema.get("properties") or {name: {} for row in rows for name in row}
    found: dict[str, Schema] = {}
    groups = []
    for name, one in properties.items():
        inner, _ = resolved(whole, one)
        if inner.get("properties") and inner["properties"].keys() != {"zh", "en"}:
            groups.append(name)
            found |= {
                part: each
                for part, each in inner["properties"].items()
                if part not in properties and resolved(whole, each)[0].get("type") != "array"
            }
        else:
            found[name] = one
    flat: list[Mapping[str, Any]] = [
        {**{k: v for name in groups for k, v in (row.get(name) or {}).items()}, **row}
        for row in rows
    ]
    return flat, found


def value_of(whole: Schema, schema: Schema, name: str, value: Any, names: CityNames) -> Value:
    """One value as a cell or a fact shows it."""
    if value in (None, [], {}):
        return None
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int) and "year" in name.split("_"):
        return str(value)
    if isinstance(value, int):
        return Money(value) if _is_money(schema, name) else value
    if isinstance(value, str):
        return _of_string(schema, value, names)
    if isinstance(value, list):
        items, _ = resolved(whole, schema.get("items", {}))
        return _joined([value_of(whole, items, name, one, names) for one in value])
    if isinstance(value, Mapping):
        return _of_mapping(whole, schema, value, names)
    return str(value)


def _of_mapping(whole: Schema, schema: Schema, value: Mapping[str, Any], names: CityNames) -> Value:
    if value.keys() == {"zh", "en"} and all(isinstance(one, str) and one for one in value.values()):
        return Text(value["zh"], value["en"])
    parts = []
    for name, one in value.items():
        declared = schema.get("properties", {}).get(name, {})
        shown = value_of(whole, _with_title(whole, declared), name, one, names)
        if shown is not None:
            title = names[name] if name in names else _title(declared, name)
            parts.append(Text(f"{title.zh} {_in(shown, 0)}", f"{title.en} {_in(shown, 1)}"))
    return _joined(list(parts))


def _of_string(schema: Schema, value: str, names: CityNames) -> Value:
    labels = schema.get("x-labels", {})
    if value in labels:
        return Text(**labels[value])
    if value in names:
        return names[value]
    try:
        if _INSTANT.match(value):
            return datetime.fromisoformat(value)
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        return value
    return value


def _joined(values: list[Value]) -> Value:
    shown = [one for one in values if one is not None]
    if not shown:
        return None
    zh, en = ([_in(one, place) for one in shown] for place in range(len(LANGUAGES)))
    return Text("、".join(zh), ", ".join(en)) if all(zh) and all(en) else None


def _in(value: Value, place: int) -> str:
    if isinstance(value, Text):
        return value.in_language(LANGUAGES[place])
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)


def _with_title(whole: Schema, declared: Schema) -> Schema:
    return {**resolved(whole, declared)[0], **declared}


def _title(declared: Schema, name: str) -> Text:
    title = title_of(declared, name)
    if not _is_money(declared, name):
        return title
    return Text(_IN_FEN.sub("", title.zh) + "（元）", _IN_FEN.sub("", title.en) + " (CNY)")


def _is_money(declared: Schema, name: str) -> bool:
    return name.endswith("_fen") or bool(_IN_FEN.search(str(declared.get("title", ""))))


def _is_table(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, Mapping) and one.keys() != {"zh", "en"} for one in value)
    )
