"""Codes that FHIR R4 binds as required, checked where a model library does not check them.

The library knows most lists and enforces none of them: it accepts `status: banana`. A list that it
keeps shortened (it ends with `+`) stands here in full, from the value sets of FHIR R4 (4.0.1).
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel

IN_FULL: Final = MappingProxyType(
    {
        ("Observation", "status"): frozenset(
            {
                "registered",
                "preliminary",
                "final",
                "amended",
                "corrected",
                "cancelled",
                "entered-in-error",
                "unknown",
            }
        ),
        ("DiagnosticReport", "status"): frozenset(
            {
                "registered",
                "partial",
                "preliminary",
                "final",
                "amended",
                "corrected",
                "appended",
                "cancelled",
                "entered-in-error",
                "unknown",
            }
        ),
        ("Quantity", "comparator"): frozenset({"<", "<=", ">=", ">"}),
        ("Address", "use"): frozenset({"home", "work", "temp", "old", "billing"}),
        ("Address", "type"): frozenset({"postal", "physical", "both"}),
    }
)
_MORE: Final = "+"


def wrong_codes(model: BaseModel, path: str) -> Iterator[str]:
    """Paths of elements whose code is not in the value set that R4 binds as required."""
    kind = type(model).__name__
    for name, field in type(model).model_fields.items():
        value = getattr(model, name, None)
        if value is None:
            continue
        here = f"{path}.{field.alias or name}"
        if isinstance(value, str):
            allowed = _allowed(kind, field.alias or name, field.json_schema_extra)
            if allowed is not None and value not in allowed:
                yield here
        else:
            yield from _inside(value, here)


def _inside(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from wrong_codes(value, path)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _inside(one, f"{path}[{number}]")


def _allowed(kind: str, name: str, extra: Any) -> frozenset[str] | None:
    full = IN_FULL.get((kind, name))
    if full is not None:
        return full
    known = extra.get("enum_values") if isinstance(extra, dict) else None
    if not known or _MORE in known:
        return None
    return frozenset(known)
