"""FHIR search parameters read into the declared search. What is not understood is refused.

A server may ignore what it doesn't know; then a caller who misspells `patient` gets everybody's
results. So nothing is ignored here.
"""

import re
from datetime import date, timedelta
from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import FaceRequest
from hanse.services.health.results.contracts import PAGE_MAX
from hanse.services.health.results.formats.fhir_index import CITIZEN_ID_SYSTEM

SEARCH_UNSUPPORTED = ProblemKind(
    "fhir_search_unsupported",
    400,
    Text("不支持该检索参数", "This search parameter is not supported"),
    Text(
        "请更正或去掉 {parameter}；可用参数见 metadata", "Change {parameter}; metadata lists them"
    ),
)
CITY_PARAMETER: Final = "_city"
"""`510600`, several with commas, or `all`: asks other cities for their index of a person."""
AFTER_PARAMETER: Final = "_after"
PERSON_PARAMETERS: Final = ("patient.identifier", "subject.identifier", "patient:identifier")
_IGNORED: Final = frozenset({"_format", "_pretty"})
_DATE: Final = re.compile(r"(eq|ge|le|gt|lt)?([0-9]{4}-[0-9]{2}-[0-9]{2})")
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def search_of(type_: str, request: FaceRequest) -> dict[str, Any]:
    """The declared search that a FHIR query asks for."""
    asked: dict[str, Any] = {"type": type_}
    for name, value in request.query:
        if name in _IGNORED or name == CITY_PARAMETER:
            continue
        if name in PERSON_PARAMETERS or (name == "identifier" and type_ == "Patient"):
            asked["person"] = person_of(name, value)
        elif name in ("patient", "subject"):
            asked["patient"] = _logical_id(name, value.removeprefix("Patient/"))
        elif name == "_id":
            asked["ids"] = [_logical_id(name, one) for one in value.split(",")]
        elif name == "code":
            asked["items"] = [one.rpartition("|")[2] for one in value.split(",")]
        elif name == "status":
            asked["statuses"] = [one.rpartition("|")[2] for one in value.split(",")]
        elif name == "date":
            _add_date(asked, value)
        elif name == "_count":
            asked["count"] = _count(value)
        elif name == AFTER_PARAMETER:
            asked["after"] = _logical_id(name, value)
        else:
            raise SEARCH_UNSUPPORTED(parameter=name[:40])
    return asked


def person_of(name: str, value: str) -> str:
    """The citizen id of a token `system|value`; another system names nobody here."""
    system, bar, number = value.rpartition("|")
    if bar and system != CITIZEN_ID_SYSTEM:
        raise SEARCH_UNSUPPORTED(parameter=name)
    return number


def named_person(request: FaceRequest) -> str | None:
    """The person that a query names, if it does."""
    for name in (*PERSON_PARAMETERS, "identifier"):
        value = request.parameter(name)
        if value is not None:
            return person_of(name, value)
    return None


def _add_date(asked: dict[str, Any], value: str) -> None:
    found = _DATE.fullmatch(value)
    try:
        day = date.fromisoformat(found[2]) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        raise SEARCH_UNSUPPORTED(parameter="date")
    prefix = found[1] or "eq"
    one = timedelta(days=1)
    if prefix in ("eq", "ge", "gt"):
        asked["made_from"] = (day + one if prefix == "gt" else day).isoformat()
    if prefix in ("eq", "le", "lt"):
        asked["made_until"] = (day - one if prefix == "lt" else day).isoformat()


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and int(value) > 0):
        raise SEARCH_UNSUPPORTED(parameter="_count")
    return min(int(value), PAGE_MAX)


def _logical_id(name: str, value: str) -> str:
    if not _ID.fullmatch(value):
        raise SEARCH_UNSUPPORTED(parameter=name)
    return value
