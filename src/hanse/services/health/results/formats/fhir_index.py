"""What the index says of a FHIR resource: whose it is, what was examined, whether it is whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hanse.services.health.results.codes import MarkScope
from hanse.services.health.results.formats.fhir_read import Resource

CITIZEN_ID_SYSTEM: Final = "urn:hanse:identifier:cn-citizen-id"
"""[P] the `system` of an identifier that is a citizen id."""
MARK_SYSTEM: Final = "urn:hanse:mutual-recognition"
"""[P] the `system` of the tag that says how far a result is recognised (HR)."""
FINAL_STATUSES: Final = frozenset({"final", "amended", "corrected", "appended"})
RESULT_TYPES: Final = frozenset({"Observation", "DiagnosticReport"})
OTHER_GROUP: Final = "OTHER"
_GROUPS: Final = {
    # HL7 v2-0074 diagnostic service sections and the observation categories of R4.
    "US": ("US", "CUS", "OUS", "RUS", "VUS"),
    "XR": ("XR", "RAD", "RX", "imaging"),
    "CT": ("CT",),
    "MR": ("MR", "NMR", "NMS"),
    "LAB": ("LAB", "CH", "HM", "MB", "SR", "CG", "BG", "GE", "IMM", "MCB", "TX", "laboratory"),
}
_GROUP_OF: Final = {code: group for group, codes in _GROUPS.items() for code in codes}


@dataclass(frozen=True)
class Facts:
    """What is kept beside a resource so that it is found."""

    person: str | None
    patient: str | None
    item: str | None
    title: str
    group: str
    status: str | None
    made_on: date | None
    mark: MarkScope | None
    complete: bool
    diagnosis_only: bool


def facts(resource: Resource) -> Facts:
    """The facts of one resource; a person only where the resource itself names one."""
    content = resource.content
    subject = content.get("subject") or content.get("patient") or {}
    identifiers = (
        content.get("identifier") if resource.type == "Patient" else [subject.get("identifier")]
    )
    reference = subject.get("reference")
    patient = reference.removeprefix("Patient/") if isinstance(reference, str) else None
    code = content.get("code") or {}
    item = next((one["code"] for one in _codings(code) if one.get("code")), None)
    return Facts(
        person=_citizen_id(identifiers),
        patient=resource.id if resource.type == "Patient" else patient,
        item=item,
        title=str(code.get("text") or _display(code) or item or "")[:200],
        group=_group(content),
        status=content.get("status"),
        made_on=_day(content),
        mark=_mark(content),
        complete=_is_complete(resource),
        diagnosis_only=_only_concludes(resource),
    )


def _citizen_id(identifiers: Any) -> str | None:
    for one in identifiers if isinstance(identifiers, list) else ():
        if isinstance(one, dict) and one.get("system") == CITIZEN_ID_SYSTEM:
            value = one.get("value")
            return value if isinstance(value, str) else None
    return None


def _codings(concept: Any) -> Iterator[dict[str, Any]]:
    if isinstance(concept, dict):
        yield from (one for one in concept.get("coding") or () if isinstance(one, dict))


def _display(concept: dict[str, Any]) -> str | None:
    return next((one["display"] for one in _codings(concept) if one.get("display")), None)


def _group(content: dict[str, Any]) -> str:
    categories = content.get("category")
    for concept in categories if isinstance(categories, list) else [categories]:
        for one in _codings(concept):
            if one.get("code") in _GROUP_OF:
                return _GROUP_OF[one["code"]]
    return OTHER_GROUP


def _day(content: dict[str, Any]) -> date | None:
    for name in ("issued", "effectiveDateTime", "started"):
        value = content.get(name)
        if isinstance(value, str) and len(value) >= len("2026-01-01"):
            return date.fromisoformat(value[:10])
    period = content.get("effectivePeriod")
    start = period.get("start") if isinstance(period, dict) else None
    return date.fromisoformat(start[:10]) if isinstance(start, str) and len(start) >= 10 else None


def _mark(content: dict[str, Any]) -> MarkScope | None:
    for tag in (content.get("meta") or {}).get("tag") or ():
        if tag.get("system") == MARK_SYSTEM and tag.get("code") in set(MarkScope):
            return next(one for one in MarkScope if one == tag["code"])
    return None


def _is_complete(resource: Resource) -> bool:
    """A measured value has unit and reference range; a report has results, images or a document."""
    content = resource.content
    if content.get("status") not in FINAL_STATUSES:
        return False
    if resource.type == "DiagnosticReport":
        return _has_findings(content)
    if "valueQuantity" in content:
        quantity = content["valueQuantity"]
        has_unit = bool(quantity.get("unit") or quantity.get("code"))
        return has_unit and "value" in quantity and bool(content.get("referenceRange"))
    has_value = any(name.startswith("value") for name in content)
    return has_value or bool(content.get("component") or content.get("hasMember"))


def _has_findings(content: dict[str, Any]) -> bool:
    return any(content.get(name) for name in ("result", "imagingStudy", "media", "presentedForm"))


def _only_concludes(resource: Resource) -> bool:
    content = resource.content
    concludes = bool(content.get("conclusion") or content.get("conclusionCode"))
    return resource.type == "DiagnosticReport" and concludes and not _has_findings(content)
