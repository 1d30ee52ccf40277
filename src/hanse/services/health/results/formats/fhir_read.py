"""Reading a FHIR R4 resource: bounded, checked, and kept exactly as it was sent.

The text that was sent is what is kept and given back, to the last digit of a decimal (`7.10` says
how exactly it was measured). The models only judge it.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.health.results.formats.fhir_codes import wrong_codes

BYTES_MAX: Final = 512 * 1024
DEPTH_MAX: Final = 32
PLACES_NAMED_MAX: Final = 5
BUNDLE: Final = "Bundle"
TYPES: Final = (
    "Patient",
    "Observation",
    "DiagnosticReport",
    "ImagingStudy",
    "Specimen",
    "ServiceRequest",
    "Encounter",
    "Practitioner",
    "Organization",
    "Condition",
    "Consent",
    "AuditEvent",
    BUNDLE,
)
"""What a node keeps: results, and what they refer to."""
ENTRIES_MAX: Final = 200

FHIR_MALFORMED = ProblemKind(
    "fhir_malformed",
    400,
    Text("不是可读的 FHIR JSON", "This is no readable FHIR JSON"),
    Text("{reason}", "{reason}"),
)
FHIR_INVALID = ProblemKind(
    "fhir_invalid",
    422,
    Text("资源不符合 FHIR R4", "The resource does not conform to FHIR R4"),
    Text("请更正以下元素：{places}", "Correct these elements: {places}"),
)
FHIR_TYPE_NOT_KEPT = ProblemKind(
    "fhir_type_not_kept",
    422,
    Text("不接收该类资源", "This type of resource is not kept here"),
    Text("可用类型：{known}", "Use one of {known}"),
)
FHIR_TOO_LARGE = ProblemKind(
    "fhir_too_large",
    413,
    Text("资源过大", "The resource is too large"),
    Text(
        "请分次发送：不超过{bytes_max}字节、{entries_max}项",
        "Send it in parts: at most {bytes_max} bytes and {entries_max} entries",
    ),
)


@dataclass(frozen=True)
class Resource:
    """One resource: its type, its content with exact decimals, and its judged model."""

    type: str
    content: dict[str, Any]
    model: Any

    @property
    def id(self) -> str | None:
        """The logical id that the sender gave, if any."""
        found = self.content.get("id")
        return found if isinstance(found, str) else None

    def to_text(self) -> str:
        """The resource as JSON, each decimal with its digits as sent."""
        return written(self.content)


def read(data: bytes | str) -> Resource:
    """The resource of a text, a Bundle among them."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    if len(raw) > BYTES_MAX:
        raise FHIR_TOO_LARGE(bytes_max=BYTES_MAX, entries_max=ENTRIES_MAX)
    found = judged(parsed(raw))
    if len(found.content.get("entry") or ()) > ENTRIES_MAX:
        raise FHIR_TOO_LARGE(bytes_max=BYTES_MAX, entries_max=ENTRIES_MAX)
    return found


def entries(bundle: Resource) -> list[Resource]:
    """The resources that a Bundle carries, each judged by itself."""
    found = bundle.content.get("entry") or []
    return [judged(entry["resource"]) for entry in found if "resource" in entry]


def parsed(raw: bytes) -> dict[str, Any]:
    """A JSON object without doubled names, not nested too deep; decimals stay exact."""
    try:
        found = json.loads(
            raw.decode("utf-8"),
            parse_float=_Number,
            parse_constant=_no_constant,
            object_pairs_hook=_once,
        )
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FHIR_MALFORMED(reason=type(error).__name__) from None
    if not isinstance(found, dict):
        raise FHIR_MALFORMED(reason="not an object")
    if _depth(found) > DEPTH_MAX:
        raise FHIR_MALFORMED(reason=f"nested deeper than {DEPTH_MAX}")
    return found


def judged(content: Any) -> Resource:
    """The resource if R4 accepts it, its required codes included."""
    if not isinstance(content, dict):
        raise FHIR_MALFORMED(reason="not an object")
    kind = content.get("resourceType")
    if kind not in TYPES:
        raise FHIR_TYPE_NOT_KEPT(known=", ".join(TYPES))
    return Resource(kind, content, _model(kind, content))


def _model(kind: str, content: dict[str, Any]) -> BaseModel:
    module = import_module(f"fhir.resources.R4B.{kind.lower()}")
    model: type[BaseModel] = getattr(module, kind)
    try:
        made = model.model_validate(content)
    except ValidationError as error:
        places = sorted({".".join([kind, *map(str, one["loc"])]) for one in error.errors()})
        raise FHIR_INVALID(places=", ".join(places[:PLACES_NAMED_MAX])) from None
    wrong = list(wrong_codes(made, kind))
    if wrong:
        raise FHIR_INVALID(places=", ".join(wrong[:PLACES_NAMED_MAX]))
    return made


class _Number(Decimal):
    """A decimal as it was written; JSON has no other way to say how exact a value is."""

    written: str

    def __new__(cls, text: str) -> "_Number":
        made = super().__new__(cls, text)
        made.written = text
        return made


def written(value: Any) -> str:
    """JSON of a content that `parsed` gave, decimals as they were sent."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, _Number):
        return value.written
    return json.dumps(value, ensure_ascii=False)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(_name: str) -> None:
    raise ValueError("not a JSON number")


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(one, dict):
            waiting.extend((inner, depth + 1) for inner in one.values())
        elif isinstance(one, list):
            waiting.extend((inner, depth + 1) for inner in one)
    return deepest
