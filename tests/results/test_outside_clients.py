"""Outside eyes: two FHIR clients at a running node; a model library takes what it gives."""

import asyncio

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome

from tests.node.running import Running
from tests.results.conftest import CHENGDU, GLUCOSE, fhir, glucose, patient


@pytest.fixture
def filled(cities: Running) -> Running:
    """Chengdu with a patient and three measurements."""
    for content in (patient("c1"), *(glucose(f"c{n}", f"2026-11-1{n}", of="c1") for n in range(3))):
        path = f"/{content['resourceType']}/{content['id']}"
        assert fhir(cities, CHENGDU, "PUT", path, content).status in (200, 201)
    return cities


def test_fhirpy_reads_searches_and_saves(filled: Running) -> None:
    fhirpy = pytest.importorskip("fhirpy")
    base = filled.zone.addresses[CHENGDU] + "/fhir"
    token = filled.zone.tokens[CHENGDU]["hospital"]

    async def work() -> list[str]:
        client = fhirpy.AsyncFHIRClient(base, authorization=f"Bearer {token}")
        found = await client.resources("Observation").search(patient="c1", code=GLUCOSE).fetch_all()
        saved = client.resource("Observation", **glucose("saved", "2026-11-19", of="c1"))
        await saved.save()
        again = await client.reference("Observation", "saved").to_resource()
        assert again["valueQuantity"]["value"] == 6.3
        return sorted(one["id"] for one in found)

    assert asyncio.run(work()) == ["c0", "c1", "c2"]


def test_fhirclient_searches_and_reads(filled: Running) -> None:
    client_module = pytest.importorskip("fhirclient.client")
    observation = pytest.importorskip("fhirclient.models.observation")
    token = filled.zone.tokens[CHENGDU]["hospital"]
    client = client_module.FHIRClient(
        settings={"app_id": "hanse", "api_base": filled.zone.addresses[CHENGDU] + "/fhir/"}
    )
    client.server.session.headers["Authorization"] = f"Bearer {token}"
    search = observation.Observation.where({"patient": "c1", "date": "2026-11-11"})
    found = list(search.perform_resources_iter(client.server))
    assert [one.id for one in found] == ["c1"]
    read = observation.Observation.read("c2", client.server)
    assert read.valueQuantity.unit == "mmol/l"


def test_everything_given_out_is_taken_by_the_model_library(filled: Running) -> None:
    with pytest.raises(ValueError, match="unknown"):
        Bundle.model_validate({"resourceType": "Bundle", "type": "searchset", "unknown": 1})
    found = fhir(filled, CHENGDU, "GET", "/Observation?patient=c1&_count=1")
    Bundle.model_validate(found.data)
    CapabilityStatement.model_validate(fhir(filled, CHENGDU, "GET", "/metadata").data)
    OperationOutcome.model_validate(fhir(filled, CHENGDU, "GET", "/Observation/none").data)
