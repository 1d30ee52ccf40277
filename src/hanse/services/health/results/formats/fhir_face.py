"""The FHIR REST face: a hospital's own client reads, searches and hands in at its own node.

GET  /fhir/metadata                            what this face can do
GET  /fhir/Observation/us-1                    read;  /_history/2 a version
GET  /fhir/DiagnosticReport?patient=p1         search in the own city
GET  /fhir/DiagnosticReport?patient.identifier=<system>|<number>&_city=all
                                               the index of a person in other cities
GET  /fhir/DiagnosticReport/511400.us-1?patient.identifier=...   fetched from its city
POST /fhir/Observation, PUT /fhir/Observation/us-1, POST /fhir (a transaction Bundle)
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import (
    Face,
    FaceAnswer,
    FaceCall,
    FaceRequest,
    Outcome,
    Refused,
)
from hanse.services.health.results.contracts import IndexEntry, StoredResource
from hanse.services.health.results.formats import fhir_write
from hanse.services.health.results.formats.fhir_read import BUNDLE, TYPES, entries, judged, read
from hanse.services.health.results.formats.fhir_read import parsed as parsed_json
from hanse.services.health.results.formats.fhir_search import (
    AFTER_PARAMETER,
    CITY_PARAMETER,
    named_person,
    search_of,
)

PREFIX: Final = "/fhir"
TREATMENT_CODE: Final = "treatment"
CITIES_MAX: Final = 64
FHIR_PATH_UNKNOWN = ProblemKind(
    "fhir_path_unknown",
    404,
    Text("没有该 FHIR 路径或方法", "There is no such FHIR path or method"),
    Text("可用交互见 {metadata}", "See {metadata} for what can be done"),
)
FHIR_PERSON_MISSING = ProblemKind(
    "fhir_person_missing",
    400,
    Text("向其他城市查询须指明患者", "A question to another city names the patient"),
    Text("请加上 patient.identifier=系统|号码", "Add patient.identifier=<system>|<number>"),
)
FHIR_ID_DIFFERS = ProblemKind(
    "fhir_id_differs",
    400,
    Text("资源标识与路径不一致", "The resource's id differs from the path"),
    Text("请使 id 与 resourceType 同路径一致", "Make id and resourceType those of the path"),
)


def read_request(request: FaceRequest) -> Sequence[FaceCall] | FaceAnswer:
    """The calls of a FHIR request."""
    parts = request.path.split("/") if request.path else []
    match (request.method, parts):
        case ("GET", ["metadata"]):
            return fhir_write.capability()
        case ("GET", [kind]) if kind in TYPES:
            return _search(kind, request)
        case ("POST", [kind, "_search"]) if kind in TYPES:
            return _search(kind, _with_form(request))
        case ("GET", [kind, resource_id]) if kind in TYPES:
            return [_read(kind, resource_id, request)]
        case ("GET", [kind, resource_id, "_history", version]) if kind in TYPES:
            return [_read_version(kind, resource_id, version)]
        case ("POST", []):
            return [_transaction(request)]
        case ("POST", [kind]) if kind in TYPES:
            return [_store(kind, None, request)]
        case ("PUT", [kind, resource_id]) if kind in TYPES:
            return [_store(kind, resource_id, request)]
    raise FHIR_PATH_UNKNOWN(metadata=PREFIX + "/metadata")


def _with_form(request: FaceRequest) -> FaceRequest:
    """A search by POST has its parameters in a form."""
    form = parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)
    return replace(request, query=(*request.query, *form))


def _search(kind: str, request: FaceRequest) -> list[FaceCall]:
    asked = search_of(kind, request)
    cities = request.parameter(CITY_PARAMETER)
    if cities is None:
        return [FaceCall("results.search", asked)]
    person = named_person(request)
    if person is None:
        raise FHIR_PERSON_MISSING()
    question = {"person": person, "since": asked.get("made_from")}
    return [
        FaceCall("results.index", question, to=city, purpose=TREATMENT_CODE)
        for city in cities.split(",")[:CITIES_MAX]
    ]


def _read(kind: str, resource_id: str, request: FaceRequest) -> FaceCall:
    city, dot, there = resource_id.partition(".")
    if not (dot and len(city) == 6 and city.isdigit()):
        return FaceCall("results.read", {"type": kind, "id": resource_id})
    person = named_person(request)
    if person is None:
        raise FHIR_PERSON_MISSING()
    question = {"person": person, "type": kind, "id": there}
    return FaceCall("results.fetch", question, to=city, purpose=TREATMENT_CODE)


def _read_version(kind: str, resource_id: str, version: str) -> FaceCall:
    if not (version.isascii() and version.isdigit() and len(version) <= 9 and int(version)):
        raise FHIR_PATH_UNKNOWN(metadata=PREFIX + "/metadata")
    return FaceCall("results.read", {"type": kind, "id": resource_id, "version": int(version)})


def _store(kind: str, resource_id: str | None, request: FaceRequest) -> FaceCall:
    sent = read(request.body)
    if sent.type != kind or (resource_id is not None and sent.id != resource_id):
        raise FHIR_ID_DIFFERS()
    return FaceCall("results.store", {"resources": [sent.to_text()], "ids": [resource_id]})


def _transaction(request: FaceRequest) -> FaceCall:
    """A transaction of POST and PUT entries; other methods inside one are refused."""
    bundle = read(request.body)
    if bundle.type != BUNDLE or bundle.content.get("type") not in ("transaction", "batch"):
        raise FHIR_PATH_UNKNOWN(metadata=PREFIX + "/metadata")
    ids: list[str | None] = []
    for entry in bundle.content.get("entry") or []:
        method, url = entry["request"]["method"], entry["request"]["url"]
        kind, _, resource_id = url.partition("/")
        sent = judged(entry.get("resource") or {})
        if (
            kind != sent.type
            or method not in ("POST", "PUT")
            or (method == "POST") != (resource_id == "")
        ):
            raise FHIR_PATH_UNKNOWN(metadata=PREFIX + "/metadata")
        ids.append(resource_id or None)
    texts = [one.to_text() for one in entries(bundle)]
    return FaceCall("results.store", {"resources": texts, "ids": ids})


def write_answer(
    request: FaceRequest, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
) -> FaceAnswer:
    """What the calls came to, in FHIR."""
    operation = calls[0].operation if calls else ""
    if operation == "results.index":
        return _index_answer(request, calls, outcomes)
    (said,) = outcomes
    if isinstance(said, Refused):
        return refuse(said)
    if said is None:
        return fhir_write.answer(202, fhir_write.silent(calls[0].to or ""))
    match operation:
        case "results.search":
            return _search_answer(request, said)
        case "results.store":
            return _stored_answer(request, said)
        case "results.fetch":
            return fhir_write.answer(200, _fetched(said))
    return fhir_write.resource_answer(200, StoredResource.model_validate(said))


def _fetched(said: dict[str, Any]) -> dict[str, Any]:
    content = parsed_json(said["text"].encode("utf-8"))
    return content | {"id": f"{said['holder_city']}.{said['id']}"}


def _stored_answer(request: FaceRequest, said: dict[str, Any]) -> FaceAnswer:
    stored = [StoredResource.model_validate(one) for one in said["resources"]]
    if not request.path:
        return fhir_write.answer(200, fhir_write.transaction_response(stored))
    (one,) = stored
    location = f"{PREFIX}/{one.type}/{one.id}/_history/{one.version}"
    return fhir_write.resource_answer(201 if one.version == 1 else 200, one, location)


def _search_answer(request: FaceRequest, said: dict[str, Any]) -> FaceAnswer:
    found = [
        fhir_write.with_identity(StoredResource.model_validate(one)) for one in said["resources"]
    ]
    query = [(name, value) for name, value in request.query if name != AFTER_PARAMETER]
    base = f"{PREFIX}/{request.path}"
    links = {"self": f"{base}?{urlencode(request.query)}"}
    if said.get("after"):
        links["next"] = f"{base}?{urlencode([*query, (AFTER_PARAMETER, said['after'])])}"
    return fhir_write.answer(200, fhir_write.searchset(found, [], links))


def _index_answer(
    request: FaceRequest, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
) -> FaceAnswer:
    kind = request.path.split("/")[0]
    found: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for call, said in zip(calls, outcomes, strict=True):
        if isinstance(said, Refused):
            notes.append(fhir_write.outcome(said.problem))
        elif said is None:
            notes.append(fhir_write.silent(call.to or ""))
        else:
            offered = [IndexEntry.model_validate(one) for one in said["entries"]]
            found.extend(fhir_write.offered(one) for one in offered if one.type == kind)
    links = {"self": f"{PREFIX}/{request.path}?{urlencode(request.query)}"}
    return fhir_write.answer(200, fhir_write.searchset(found, notes, links))


def refuse(refused: Refused) -> FaceAnswer:
    """A refusal as an OperationOutcome."""
    status = int(refused.problem["status"])
    return fhir_write.answer(status, fhir_write.outcome(refused.problem))


FHIR: Final = Face(
    prefix=PREFIX,
    title=Text("FHIR R4 接口", "FHIR R4"),
    read=read_request,
    write=write_answer,
    refuse=refuse,
)
