"""A hospital's own FHIR client at its own node, and results of other cities through it."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from hanse.foundation.identifiers import make_citizen_id
from hanse.services.health.results.formats.fhir_index import CITIZEN_ID_SYSTEM
from tests.node.running import Running, send
from tests.results.conftest import CHENGDU, MEISHAN, PERSON, fhir, glucose, patient

TOKEN = quote(f"{CITIZEN_ID_SYSTEM}|{PERSON}")


def put(zone: Running, city: str, content: dict[str, Any]) -> None:
    answer = fhir(zone, city, "PUT", f"/{content['resourceType']}/{content['id']}", content)
    assert answer.status in (200, 201), answer.data


def codes(answer: Any) -> list[str]:
    return [one["details"]["coding"][0]["code"] for one in answer.data["issue"]]


def ids(answer: Any) -> list[str]:
    assert answer.status == 200, answer.data
    found = answer.data.get("entry", [])
    return [one["resource"]["id"] for one in found if one["search"]["mode"] == "match"]


def test_the_official_examples_are_kept_and_given_back_losslessly(
    cities: Running, shared_data: Path
) -> None:
    for path in sorted((shared_data / "health_fhir").glob("*.json")):
        sent = json.loads(path.read_bytes(), parse_float=str)
        kind = sent["resourceType"]
        stored = fhir(cities, CHENGDU, "PUT", f"/{kind}/{sent['id']}", path.read_bytes())
        assert stored.status in (200, 201), (path.name, stored.data)
        given = fhir(cities, CHENGDU, "GET", f"/{kind}/{sent['id']}")
        back = json.loads(given.body, parse_float=str)
        assert back["meta"].pop("versionId")
        if not sent.get("meta"):
            del back["meta"]
        elif "versionId" in sent["meta"]:
            del sent["meta"]["versionId"]
        assert back == sent, path.name


def test_versions_are_kept_and_read(cities: Running) -> None:
    put(cities, CHENGDU, glucose("v1", "2026-11-01"))
    changed = glucose("v1", "2026-11-01", status="amended")
    answer = fhir(cities, CHENGDU, "PUT", "/Observation/v1", changed)
    assert (answer.status, answer.headers["etag"]) == (200, 'W/"2"')
    assert answer.headers["location"] == "/fhir/Observation/v1/_history/2"
    first = fhir(cities, CHENGDU, "GET", "/Observation/v1/_history/1")
    assert (first.data["status"], first.data["meta"]["versionId"]) == ("final", "1")
    assert fhir(cities, CHENGDU, "GET", "/Observation/v1").data["status"] == "amended"
    assert fhir(cities, CHENGDU, "GET", "/Observation/v1/_history/3").status == 404


def test_a_created_resource_gets_an_id(cities: Running) -> None:
    content = glucose("none", "2026-11-01")
    del content["id"]
    answer = fhir(cities, CHENGDU, "POST", "/Observation", content)
    assert answer.status == 201
    assert fhir(cities, CHENGDU, "GET", f"/Observation/{answer.data['id']}").status == 200


def test_search_finds_by_patient_code_date_and_status_in_pages(cities: Running) -> None:
    put(cities, CHENGDU, patient("p2", make_citizen_id("510104", date(1970, 1, 1), 3)))
    for number in range(5):
        put(cities, CHENGDU, glucose(f"s{number}", f"2026-10-0{number + 1}", of="p2"))
    search = "/Observation?patient=Patient/p2"
    assert ids(fhir(cities, CHENGDU, "GET", search)) == ["s0", "s1", "s2", "s3", "s4"]
    assert ids(fhir(cities, CHENGDU, "GET", search + "&date=gt2026-10-04")) == ["s4"]
    assert ids(fhir(cities, CHENGDU, "GET", search + "&date=le2026-10-01")) == ["s0"]
    assert ids(fhir(cities, CHENGDU, "GET", search + "&date=2026-10-03")) == ["s2"]
    assert ids(fhir(cities, CHENGDU, "GET", search + "&code=http://loinc.org|15074-8&_id=s1"))
    assert ids(fhir(cities, CHENGDU, "GET", search + "&code=718-7")) == []
    assert ids(fhir(cities, CHENGDU, "GET", search + "&status=preliminary")) == []
    form = fhir(cities, CHENGDU, "POST", "/Observation/_search", b"patient=p2&_count=1")
    assert ids(form) == ["s0"]
    seen: list[str] = []
    page = fhir(cities, CHENGDU, "GET", search + "&_count=2")
    while True:
        seen += ids(page)
        links = {one["relation"]: one["url"] for one in page.data["link"]}
        if "next" not in links:
            break
        page = fhir(cities, CHENGDU, "GET", links["next"].removeprefix("/fhir"))
    assert seen == ["s0", "s1", "s2", "s3", "s4"]


def test_a_transaction_is_kept_whole_or_not_at_all(cities: Running) -> None:
    def bundle(*contents: dict[str, Any]) -> dict[str, Any]:
        return {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {"resource": one, "request": {"method": "PUT", "url": f"Observation/{one['id']}"}}
                for one in contents
            ],
        }

    good, other = glucose("t1", "2026-11-02"), glucose("t2", "2026-11-02")
    answer = fhir(cities, CHENGDU, "POST", "", bundle(good, other | {"status": "banana"}))
    assert (answer.status, codes(answer)) == (422, ["fhir_invalid"])
    assert fhir(cities, CHENGDU, "GET", "/Observation/t1").status == 404
    answer = fhir(cities, CHENGDU, "POST", "", bundle(good, other))
    assert answer.status == 200
    assert [one["response"]["status"] for one in answer.data["entry"]] == ["201 Created"] * 2
    mixed = bundle(good)
    mixed["entry"][0]["request"]["method"] = "DELETE"
    assert codes(fhir(cities, CHENGDU, "POST", "", mixed)) == ["fhir_path_unknown"]


def test_results_of_another_city_are_found_and_fetched(cities: Running) -> None:
    put(cities, MEISHAN, patient("m1"))
    put(cities, MEISHAN, glucose("g1", "2026-11-20", of="m1"))
    put(cities, MEISHAN, patient("m2", make_citizen_id("511402", date(1985, 3, 12), 22)))
    put(cities, MEISHAN, glucose("g2", "2026-11-20", of="m2"))
    found = fhir(cities, CHENGDU, "GET", f"/Observation?patient.identifier={TOKEN}&_city={MEISHAN}")
    assert ids(found) == ["511400.g1"]
    offered = found.data["entry"][0]["resource"]
    assert "valueQuantity" not in offered
    assert ids(
        fhir(cities, CHENGDU, "GET", f"/Observation?patient.identifier={TOKEN}&_city=all")
    ) == ["511400.g1"]
    fetched = fhir(cities, CHENGDU, "GET", f"/Observation/511400.g1?patient.identifier={TOKEN}")
    assert (fetched.status, fetched.data["valueQuantity"]["value"]) == (200, 6.3)
    other = fhir(cities, CHENGDU, "GET", f"/Observation/511400.g2?patient.identifier={TOKEN}")
    assert (other.status, codes(other)) == (404, ["result_unknown"])


def test_who_asked_for_a_persons_results_is_journaled_for_them(cities: Running) -> None:
    put(cities, MEISHAN, patient("m1"))
    fhir(cities, CHENGDU, "GET", f"/Observation?patient.identifier={TOKEN}&_city={MEISHAN}")
    cities.run(cities.zone.nodes[MEISHAN].witnessing.checkpoint_now())
    page = cities.post(
        MEISHAN,
        "/api/journal.accesses",
        {"person": PERSON, "identity": "id_card"},
        organisation="resident-services",
    )
    assert page.status == 200, page.data
    lines = [json.loads(one["details"]) for one in page.data["lines"]]
    seen = [one for one in lines if one["operation"] == "results.index"]
    assert (seen[-1]["city"], seen[-1]["organisation"]) == (CHENGDU, "hospital")
    assert seen[-1]["purpose"] == "treatment"


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("GET", "/Observation?paitent=p1", None, 400, "fhir_search_unsupported"),
        ("GET", "/Observation?date=2026-02-30", None, 400, "fhir_search_unsupported"),
        ("GET", "/Observation?_count=0", None, 400, "fhir_search_unsupported"),
        ("GET", "/Observation?patient=a/b", None, 400, "fhir_search_unsupported"),
        ("GET", "/Observation?patient.identifier=urn:x|1", None, 400, "fhir_search_unsupported"),
        ("GET", "/Observation?patient.identifier=123", None, 422, "data_invalid"),
        ("GET", "/Observation?_city=all", None, 400, "fhir_person_missing"),
        ("GET", "/Observation/511400.g1", None, 400, "fhir_person_missing"),
        ("GET", "/Medication/1", None, 404, "fhir_path_unknown"),
        ("DELETE", "/Observation/g1", None, 404, "fhir_path_unknown"),
        ("GET", "/Observation/none", None, 404, "result_unknown"),
        ("GET", "/Observation/x/_history/0", None, 404, "fhir_path_unknown"),
        ("POST", "/Observation", b"{", 400, "fhir_malformed"),
        ("POST", "/Observation", {"resourceType": "Patient"}, 400, "fhir_id_differs"),
        ("PUT", "/Patient/b", {"resourceType": "Patient", "id": "a"}, 400, "fhir_id_differs"),
        ("POST", "", {"resourceType": "Patient"}, 404, "fhir_path_unknown"),
    ],
)
def test_what_cant_be_done_is_an_operation_outcome(
    cities: Running, method: str, path: str, content: Any, status: int, code: str
) -> None:
    answer = fhir(cities, CHENGDU, method, path, content)
    assert (answer.status, codes(answer)) == (status, [code])
    assert answer.headers["content-type"] == "application/fhir+json"
    assert cities.is_alive(CHENGDU)


def test_a_city_that_is_no_member_is_named_as_such(cities: Running) -> None:
    answer = fhir(cities, CHENGDU, "GET", f"/Observation?patient.identifier={TOKEN}&_city=999999")
    outcomes = [one["resource"] for one in answer.data["entry"]]
    assert outcomes[0]["issue"][0]["details"]["coding"][0]["code"] == "city_unknown"


def test_another_organisation_neither_changes_a_result_nor_asks_other_cities(
    cities: Running,
) -> None:
    put(cities, CHENGDU, glucose("own", "2026-11-03"))
    changed = glucose("own", "2026-11-03", status="amended")
    answer = fhir(cities, CHENGDU, "PUT", "/Observation/own", changed, organisation="operations")
    assert (answer.status, codes(answer)) == (403, ["result_of_another_hospital"])
    assert fhir(cities, CHENGDU, "GET", "/Observation/own").data["status"] == "final"
    asked = f"/Observation?patient.identifier={TOKEN}&_city={MEISHAN}"
    refused = fhir(cities, CHENGDU, "GET", asked, organisation="tendering")
    assert ids(refused) == []
    issue = refused.data["entry"][0]["resource"]["issue"][0]
    assert issue["details"]["coding"][0]["code"] == "organisation_not_granted"


def test_a_wrong_token_is_refused(cities: Running) -> None:
    url = cities.zone.addresses[CHENGDU] + "/fhir/Observation/own"
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = send("GET", url, None, headers)
        assert (answer.status, codes(answer)) == (401, ["token_wrong"])
