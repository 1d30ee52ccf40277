"""A model as the fields of a form, from its JSON Schema: titles, choices and limits as declared."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from pydantic import BaseModel

from hanse.foundation.languages import Text

DEPTH_MAX: Final = 5
ROWS_MAX: Final = 40
LONG_CHARS: Final = 240
"""From this length on a text is typed into more than one line."""
ROWS_COUNT: Final = ".#"
"""The end of the field that says how many rows a list shows."""

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One place of a form, or a group of them."""

    name: str
    kind: str
    """text long number date instant yes choice many cities group rows json"""
    title: Text
    value: str = ""
    required: bool = False
    """Whether a browser must not send it empty."""
    optional: bool = False
    """Whether the declaration lets it be empty."""
    choices: tuple[tuple[str, Text, bool], ...] = ()
    """Value, words, and whether it is chosen."""
    fields: tuple["Field", ...] = ()
    """The parts of a group, or the rows of a list, each a group or a plain field."""
    length_max: int | None = None
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    fault: Text | None = None
    can_grow: bool = False
    """Whether a list may have one more row."""


@dataclass(frozen=True)
class Typed:
    """What was typed so far, by the name of its field, and what is wrong with it."""

    values: Mapping[str, str]
    faults: Mapping[str, Text]
    city_names: Mapping[str, Text]
    """Cities by their code: where a code of a city is asked for, they are chosen by name."""
    is_sent: bool = False
    """Whether the form came back, so that what is missing was left empty."""


@cache
def schema_of(model: type[BaseModel]) -> Schema:
    """The model's JSON Schema, as it is read in."""
    return model.model_json_schema()


def fields_of(
    model: type[BaseModel], typed: Typed, prefix: str = "", leave_out: Sequence[str] = ()
) -> tuple[Field, ...]:
    """The fields of a model, in its order, but for those that the page fills itself."""
    schema = schema_of(model)
    made = _Making(schema, typed, tuple(leave_out))
    return made.parts(schema, prefix, True, 0)


@dataclass(frozen=True)
class _Making:
    """What holds for a whole form while it is made."""

    whole: Schema
    typed: Typed
    leave_out: tuple[str, ...]

    def parts(self, schema: Schema, prefix: str, is_sure: bool, depth: int) -> tuple[Field, ...]:
        """The parts of a group; `is_sure` where the group itself may not be left empty."""
        required = schema.get("required", ())
        return tuple(
            self.field(one, f"{prefix}{name}", name in required, is_sure, depth)
            for name, one in schema.get("properties", {}).items()
            if "const" not in one and (depth or name not in self.leave_out)
        )

    def field(
        self, declared: Schema, name: str, required: bool, is_sure: bool, depth: int
    ) -> Field:
        """One field, with what was typed into it."""
        typed = self.typed
        schema, may_lack = resolved(self.whole, declared)
        kind = kind_of(self.whole, schema, depth)
        value = typed.values.get(name, "")
        if name not in typed.values and not typed.is_sent:
            value = _default(declared.get("default"))
        must = required and not may_lack
        fields: tuple[Field, ...] = ()
        can_grow = False
        if kind == "group":
            fields = self.parts(schema, f"{name}.", is_sure and must, depth + 1)
        elif kind == "rows":
            count = rows_shown(typed.values, name, int(schema.get("minItems", 0)))
            fields = tuple(self._row(schema["items"], name, one, depth) for one in range(count))
            can_grow = count < min(ROWS_MAX, int(schema.get("maxItems", ROWS_MAX)))
        return Field(
            name=name,
            kind="choice" if is_city(schema) and typed.city_names else kind,
            title=title_of(declared, name),
            value=value,
            required=must and is_sure,
            optional=not must,
            choices=_choices(kind, schema, self.whole, name, value, typed),
            fields=fields,
            length_max=schema.get("maxLength"),
            pattern=schema.get("pattern"),
            minimum=_whole(schema.get("minimum")),
            maximum=_whole(schema.get("maximum")),
            fault=typed.faults.get(name),
            can_grow=can_grow,
        )

    def _row(self, items: Schema, name: str, index: int, depth: int) -> Field:
        row = self.field(items, f"{name}.{index}", True, False, depth + 1)
        return replace(row, title=Text(f"第 {index + 1} 项", f"No. {index + 1}"))


def title_of(declared: Schema, name: str) -> Text:
    """The declared title in both languages, or the field's own name."""
    titles = declared.get("x-title")
    if titles:
        return Text(**titles)
    last = name.rpartition(".")[2]
    return Text(str(declared.get("title", last)), last.replace("_", " "))


def resolved(whole: Schema, schema: Schema) -> tuple[Schema, bool]:
    """What a reference or a choice with nothing stands for, and whether it may be left empty."""
    may_lack = False
    while True:
        if "anyOf" in schema:
            others = [one for one in schema["anyOf"] if one.get("type") != "null"]
            may_lack = may_lack or len(others) < len(schema["anyOf"])
            if len(others) != 1:
                return schema, may_lack
            schema = others[0]
        elif "$ref" in schema:
            schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        else:
            return schema, may_lack


def kind_of(whole: Schema, schema: Schema, depth: int) -> str:
    """How a value of that schema is typed."""
    if "enum" in schema:
        return "choice"
    kind, form = schema.get("type"), schema.get("format")
    if kind == "string":
        if form in ("date", "date-time"):
            return "date" if form == "date" else "instant"
        return "long" if schema.get("maxLength", 0) >= LONG_CHARS else "text"
    if kind in ("integer", "number"):
        return "number"
    if kind == "boolean":
        return "yes"
    if kind == "object" and schema.get("properties") and depth < DEPTH_MAX:
        return "group"
    if kind == "array" and "items" in schema and depth < DEPTH_MAX:
        items, _ = resolved(whole, schema["items"])
        if is_city(items):
            return "cities"
        return "many" if "enum" in items else "rows"
    return "json"


def rows_shown(values: Mapping[str, str], name: str, least: int = 0) -> int:
    """How many rows of a list are shown: as many as were typed or asked for."""
    found = [-1]
    for one in values:
        head, _, rest = one.partition(f"{name}.")
        number = rest.partition(".")[0]
        if not head and number.isdecimal() and len(number) < 4:
            found.append(int(number))
    asked = values.get(f"{name}{ROWS_COUNT}", "")
    count = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    return min(ROWS_MAX, max(count, least, max(found) + 1))


def _choices(
    kind: str, schema: Schema, whole: Schema, name: str, value: str, typed: Typed
) -> tuple[tuple[str, Text, bool], ...]:
    if kind == "choice":
        return tuple((one, words, one == value) for one, words in _worded(schema))
    if kind == "many":
        items, _ = resolved(whole, schema["items"])
        return tuple(
            (one, words, bool(typed.values.get(f"{name}.{one}"))) for one, words in _worded(items)
        )
    if kind == "cities":
        return tuple(
            (one, words, bool(typed.values.get(f"{name}.{one}")))
            for one, words in typed.city_names.items()
        )
    if is_city(schema):
        return tuple((one, words, one == value) for one, words in typed.city_names.items())
    return ()


def _worded(schema: Schema) -> list[tuple[str, Text]]:
    labels = schema.get("x-labels", {})
    return [
        (str(one), Text(**labels[str(one)]) if str(one) in labels else Text(str(one), str(one)))
        for one in schema["enum"]
        if one is not None
    ]


def is_city(schema: Schema) -> bool:
    """Whether a schema asks for the code of a city."""
    return schema.get("type") == "string" and schema.get("pattern") == "^[1-9][0-9]{5}$"


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value) if isinstance(value, str | int) else ""


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def typed_of(data: Any, prefix: str = "") -> dict[str, str]:
    """Data that is at hand as if it had been typed: how a form is filled in advance."""
    if isinstance(data, Mapping):
        found: dict[str, str] = {}
        for name, value in data.items():
            found |= typed_of(value, f"{prefix}.{name}" if prefix else str(name))
        return found
    if isinstance(data, list | tuple):
        found = {}
        for index, value in enumerate(data):
            found |= typed_of(value, f"{prefix}.{index}")
            if isinstance(value, str):
                found[f"{prefix}.{value}"] = "on"
        return found
    if data is None:
        return {}
    if isinstance(data, bool):
        return {prefix: "on" if data else ""}
    return {prefix: data if isinstance(data, str) else json.dumps(data)}
