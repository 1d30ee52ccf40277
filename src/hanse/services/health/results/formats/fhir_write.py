"""FHIR R4 out: Bundle, OperationOutcome, CapabilityStatement, and an index entry as a resource."""

import json
from collections.abc import Sequence
from typing import Any, Final

from hanse.mechanisms.exchange.faces import FaceAnswer
from hanse.services.health.results.contracts import IndexEntry, StoredResource
from hanse.services.health.results.formats.fhir_index import MARK_SYSTEM
from hanse.services.health.results.formats.fhir_read import TYPES, parsed, written

MEDIA_TYPE: Final = "application/fhir+json"
VERSION: Final = "4.0.1"
SUBSETTED: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}
PROBLEM_SYSTEM: Final = "urn:hanse:problem"
_ISSUE_BY_STATUS: Final = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    413: "too-long",
    422: "invalid",
    429: "throttled",
}
SEARCH_PARAMETERS: Final = {
    "_id": "token",
    "identifier": "token",
    "patient": "reference",
    "subject": "reference",
    "code": "token",
    "status": "token",
    "date": "date",
}


def answer(status: int, content: Any, headers: dict[str, str] | None = None) -> FaceAnswer:
    """A response with a FHIR body."""
    body = written(content).encode("utf-8")
    return FaceAnswer(status, body, MEDIA_TYPE, headers or {})


def resource_answer(status: int, stored: StoredResource, location: str | None = None) -> FaceAnswer:
    """A resource as it is kept, under its id and version."""
    headers = {"etag": f'W/"{stored.version}"'}
    if location is not None:
        headers["location"] = location
    return answer(status, with_identity(stored), headers)


def with_identity(stored: StoredResource) -> dict[str, Any]:
    """The content with the id and the version it is kept under; nothing else is touched."""
    content = parsed(stored.text.encode("utf-8"))
    meta = dict(content.get("meta") or {}) | {"versionId": str(stored.version)}
    return content | {"id": stored.id, "meta": meta}


def outcome(problem: Any) -> dict[str, Any]:
    """A refusal as an OperationOutcome: the stable code, and the words in both languages."""
    status = int(problem["status"])
    texts = problem["texts"]
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": _ISSUE_BY_STATUS.get(status, "exception" if status >= 500 else "invalid"),
                "details": {
                    "coding": [{"system": PROBLEM_SYSTEM, "code": problem["code"]}],
                    "text": f"{texts['title']['zh']} / {texts['title']['en']}",
                },
                "diagnostics": f"{texts['hint']['zh']} / {texts['hint']['en']}",
            }
        ],
    }


def silent(city: str) -> dict[str, Any]:
    """What a search says of a city that has not answered yet."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "warning",
                "code": "incomplete",
                "details": {
                    "text": f"{city}尚未答复，请稍后重试 / {city} has not answered yet: ask again"
                },
            }
        ],
    }


def searchset(
    entries: Sequence[dict[str, Any]], outcomes: Sequence[dict[str, Any]], links: dict[str, str]
) -> dict[str, Any]:
    """A searchset Bundle. No total: counting is not asked of every page."""
    found = [
        {
            "fullUrl": f"{one['resourceType']}/{one['id']}",
            "resource": one,
            "search": {"mode": "match"},
        }
        for one in entries
    ]
    found += [{"resource": one, "search": {"mode": "outcome"}} for one in outcomes]
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": name, "url": url} for name, url in links.items()],
    }
    return bundle | {"entry": found} if found else bundle


def transaction_response(stored: Sequence[StoredResource]) -> dict[str, Any]:
    """What became of the entries of a transaction, in their order."""
    return {
        "resourceType": "Bundle",
        "type": "transaction-response",
        "entry": [
            {
                "response": {
                    "status": "201 Created" if one.version == 1 else "200 OK",
                    "location": f"{one.type}/{one.id}/_history/{one.version}",
                    "etag": f'W/"{one.version}"',
                }
            }
            for one in stored
        ],
    }


def offered(entry: IndexEntry) -> dict[str, Any]:
    """A result of another city as the index tells of it: marked as a subset, without values."""
    tags = [SUBSETTED]
    if entry.mark is not None:
        tags.append({"system": MARK_SYSTEM, "code": str(entry.mark)})
    code: dict[str, Any] = {"coding": [{"code": entry.item}]}
    if entry.title:
        code["text"] = entry.title
    day = {"effectiveDateTime": entry.reported_on.isoformat()}
    performer = [{"display": f"{entry.holder_city} {entry.organisation}"}]
    return {
        "resourceType": entry.type,
        "id": f"{entry.holder_city}.{entry.id}"[:64],
        "meta": {"tag": tags},
        "status": "final",
        "code": code,
        **day,
        "performer": performer,
    }


def capability() -> FaceAnswer:
    """What this face can do, as CapabilityStatement says it."""
    searched = [{"name": name, "type": kind} for name, kind in SEARCH_PARAMETERS.items()]
    interactions = ("read", "vread", "search-type", "create", "update")
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-25",
        "kind": "instance",
        "implementation": {"description": "Hanse health.results"},
        "fhirVersion": VERSION,
        "format": [MEDIA_TYPE],
        "rest": [
            {
                "mode": "server",
                "resource": [
                    {
                        "type": kind,
                        "interaction": [{"code": code} for code in interactions],
                        "versioning": "versioned",
                        "updateCreate": True,
                        "searchParam": searched,
                    }
                    for kind in TYPES
                ],
                "interaction": [{"code": "transaction"}],
            }
        ],
    }
    return FaceAnswer(200, json.dumps(statement, ensure_ascii=False).encode(), MEDIA_TYPE)
