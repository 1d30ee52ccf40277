"""What was typed as data of the model, and what the model says against it, field by field."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from hanse.foundation.errors import Problem
from hanse.foundation.languages import Text
from hanse.web.entry.fields import Schema, kind_of, resolved, rows_shown, schema_of
from hanse.web.rendering import CHINA_TIME

WORDS: Final[Mapping[str, Text]] = {
    "missing": Text("请填写", "Fill this in"),
    "string_too_short": Text("至少 {min_length} 个字符", "At least {min_length} characters"),
    "string_too_long": Text("最多 {max_length} 个字符", "At most {max_length} characters"),
    "string_pattern_mismatch": Text("格式不符合要求", "Not in the form that is asked for"),
    "int_parsing": Text("请填写整数", "Give a whole number"),
    "int_type": Text("请填写整数", "Give a whole number"),
    "int_from_float": Text("请填写整数", "Give a whole number"),
    "greater_than_equal": Text("不得小于 {ge}", "Not below {ge}"),
    "less_than_equal": Text("不得大于 {le}", "Not above {le}"),
    "too_short": Text("至少 {min_length} 项", "At least {min_length}"),
    "too_long": Text("最多 {max_length} 项", "At most {max_length}"),
    "enum": Text("请从列表中选择", "Choose from the list"),
    "literal_error": Text("请从列表中选择", "Choose from the list"),
    "timezone_aware": Text("请填写日期和时间", "Give a date and a time"),
    "dict_type": Text("内容无法读取", "It can't be read"),
}
OTHERWISE: Final = Text("不符合要求", "Not as it is asked for")
WHOLE: Final = ""
"""The name under which stands what is wrong with the form as a whole."""


def data_of(model: type[BaseModel], values: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """What was typed, shaped as the model; what was left empty is left out."""
    schema = schema_of(model)
    return _parts(schema, schema, values, prefix, 0)


def checked(
    model: type[BaseModel], data: Mapping[str, Any], prefix: str = ""
) -> tuple[dict[str, Any] | None, dict[str, Text]]:
    """The data as the model writes it, or what is wrong with it by the name of the field."""
    try:
        return model.model_validate(data).model_dump(mode="json", exclude_unset=True), {}
    except ValidationError as error:
        return None, _faults(error, prefix)
    except Problem as problem:
        return None, {WHOLE: problem.hint}


def _faults(error: ValidationError, prefix: str) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in one["loc"])
        name = f"{prefix}{place}" if place else (prefix.rstrip(".") or WHOLE)
        found.setdefault(name, _words(one))
    return found


def _words(error: Any) -> Text:
    context = error.get("ctx", {})
    reason = context.get("error")
    if isinstance(reason, Problem):
        return reason.hint
    if isinstance(reason, ValueError):
        return Text(f"{OTHERWISE.zh}（{reason}）", f"{OTHERWISE.en}: {reason}")
    kind = str(error["type"])
    if kind.startswith(("date_", "datetime_")):
        return Text("日期或时间无效", "Not a date or time")
    return WORDS.get(kind, OTHERWISE).format(**context)


def _parts(
    whole: Schema, schema: Schema, values: Mapping[str, str], prefix: str, depth: int
) -> dict[str, Any]:
    found = {}
    for name, declared in schema.get("properties", {}).items():
        value = _value(whole, declared, values, f"{prefix}{name}", depth)
        if value is not None:
            found[name] = value
    return found


def _value(
    whole: Schema, declared: Schema, values: Mapping[str, str], name: str, depth: int
) -> Any:
    if "const" in declared:
        return declared["const"]
    schema, may_lack = resolved(whole, declared)
    kind = kind_of(whole, schema, depth)
    if kind == "group":
        found = _parts(whole, schema, values, f"{name}.", depth + 1)
        parts = schema["properties"]
        untouched = all(parts[one].get("default") == value for one, value in found.items())
        return None if may_lack and untouched else found or None
    if kind == "rows":
        return _rows(whole, schema["items"], values, name, depth) or None
    if kind == "many":
        items, _ = resolved(whole, schema["items"])
        return [one for one in items["enum"] if values.get(f"{name}.{one}")] or None
    if kind == "cities":
        chosen = (one.rpartition(".") for one, value in values.items() if value)
        return sorted(city for head, _, city in chosen if head == name and len(city) == 6) or None
    typed = values.get(name, "").strip()
    if kind == "yes":
        return True if typed else None
    return _plain(kind, typed) if typed else None


def _rows(
    whole: Schema, items: Schema, values: Mapping[str, str], name: str, depth: int
) -> Sequence[Any]:
    rows = [
        _value(whole, items, values, f"{name}.{index}", depth + 1)
        for index in range(rows_shown(values, name))
    ]
    while rows and rows[-1] is None:
        rows.pop()
    schema, _ = resolved(whole, items)
    blank: Any = {} if schema.get("type") == "object" else ""
    return [blank if row is None else row for row in rows]


def _plain(kind: str, typed: str) -> Any:
    if kind == "number":
        return _number(typed)
    if kind == "instant":
        return _instant(typed)
    if kind == "json":
        try:
            return json.loads(typed)
        except ValueError:
            return typed
    return typed


def _number(typed: str) -> Any:
    plain = typed.replace(",", "").replace("，", "")
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    if digits.isascii() and digits.isdecimal() and len(digits) < 19:
        return int(sign + digits)
    try:
        return float(plain)
    except ValueError:
        return typed


def _instant(typed: str) -> str:
    """A browser's local time is the cities' time."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return (found if found.tzinfo else found.replace(tzinfo=CHINA_TIME)).isoformat()


def local_time(instant: datetime | str) -> str:
    """An instant as the field of a browser takes it."""
    found = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return found.astimezone(CHINA_TIME).strftime("%Y-%m-%dT%H:%M")
