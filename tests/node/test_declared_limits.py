"""Whatever an agency or a city may send has a limit: each text, list and number of every form."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from hanse.mechanisms.exchange.accesses import ACCESSES
from hanse.mechanisms.exchange.housekeeping import HOUSEKEEPING
from hanse.mechanisms.exchange.operations import Registry
from hanse.services import ALL

REGISTRY = Registry.of((HOUSEKEEPING, ACCESSES, *ALL))
FORMS: dict[str, type[BaseModel]] = {
    **{name: one.request for name, one in REGISTRY.operations.items()},
    **{name: one.data for name, one in REGISTRY.topics.items()},
}
BOUNDED_TEXT = ("maxLength", "enum", "const", "format")
LOWEST = ("minimum", "exclusiveMinimum")
HIGHEST = ("maximum", "exclusiveMaximum")
ENDLESS = re.compile(r"[*+]|\{\d*,\}")


def is_endless(pattern: str) -> bool:
    """Whether a pattern may go on and on: it is not anchored, or repeats without an end."""
    without_classes = re.sub(r"\[[^\]]*\]", "x", pattern)
    anchored = pattern.startswith("^") and pattern.endswith("$")
    return not anchored or ENDLESS.search(without_classes) is not None


def unlimited(schema: Any, definitions: Any, place: str, seen: frozenset[str]) -> Iterator[str]:
    """The places of a form that may hold as much as a sender likes."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name in seen:
            yield f"{place}: contains itself"
            return
        yield from unlimited(definitions[name], definitions, place, seen | {name})
        return
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from unlimited(choice, definitions, place, seen)
    kind = schema.get("type")
    if (
        kind == "string"
        and not any(one in schema for one in BOUNDED_TEXT)
        and is_endless(schema.get("pattern", ""))
    ):
        yield f"{place}: text"
    if kind in ("integer", "number"):
        for bounds in (LOWEST, HIGHEST):
            if not any(one in schema for one in bounds) and "enum" not in schema:
                yield f"{place}: number without {bounds[0]}"
    if kind == "array":
        if "maxItems" not in schema:
            yield f"{place}: list"
        for item in (schema.get("items"), *schema.get("prefixItems", ())):
            yield from unlimited(item, definitions, f"{place}[]", seen)
    if kind == "object":
        if schema.get("additionalProperties", True) is not False and "maxProperties" not in schema:
            yield f"{place}: object of any fields"
        for name, field in schema.get("properties", {}).items():
            yield from unlimited(field, definitions, f"{place}.{name}", seen)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_that_is_taken_is_limited(name: str) -> None:
    schema = FORMS[name].model_json_schema()
    assert list(unlimited(schema, schema.get("$defs", {}), name, frozenset())) == []


def test_a_form_without_limits_is_found_out() -> None:
    class Loose(BaseModel):
        text: str
        number: int
        items: list[str]
        anything: dict[str, Any]
        endless: Annotated[str, Field(pattern="^[a-z]+$")]

    schema = Loose.model_json_schema()
    found = list(unlimited(schema, {}, "loose", frozenset()))
    assert found == [
        "loose: object of any fields",
        "loose.text: text",
        "loose.number: number without minimum",
        "loose.number: number without maximum",
        "loose.items: list",
        "loose.items[]: text",
        "loose.anything: object of any fields",
        "loose.endless: text",
    ]
