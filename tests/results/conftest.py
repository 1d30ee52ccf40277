"""Two cities with hospitals that speak FHIR to their own nodes."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from hanse.foundation.identifiers import make_citizen_id
from hanse.services.health.results.formats.fhir_index import CITIZEN_ID_SYSTEM, MARK_SYSTEM
from tests.node.running import Answer, Running, make_zone, run_zone, send

CHENGDU, MEISHAN = "510100", "511400"
PERSON = make_citizen_id("511402", date(1985, 3, 12), 21)
"""Generated: no real person."""
GLUCOSE = "15074-8"


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Chengdu and Meishan, each with one hospital."""
    folder = make_zone(tmp_path_factory.mktemp("results"), CHENGDU, MEISHAN)
    with run_zone(folder) as zone:
        for city, grade in ((CHENGDU, "3a"), (MEISHAN, "2a")):
            known = {"organisation": "hospital", "grade": grade, "quality_passed": [GLUCOSE]}
            assert zone.post(city, "/api/results.hospital", known).status == 200
        yield zone


def fhir(
    zone: Running,
    city: str,
    method: str,
    path: str,
    content: Any = None,
    organisation: str = "hospital",
) -> Answer:
    """A hospital's FHIR request to its own node."""
    headers = {"Authorization": f"Bearer {zone.zone.tokens[city][organisation]}"}
    body = content if isinstance(content, bytes | None) else json.dumps(content).encode()
    return send(method, f"{zone.zone.addresses[city]}/fhir{path}", body, headers)


def patient(name: str = "p1", person: str = PERSON) -> dict[str, Any]:
    """A generated patient."""
    return {
        "resourceType": "Patient",
        "id": name,
        "identifier": [{"system": CITIZEN_ID_SYSTEM, "value": person}],
        "name": [{"text": "生成患者 / generated"}],
        "gender": "female",
    }


def glucose(name: str, day: str, of: str = "p1", **values: Any) -> dict[str, Any]:
    """A generated measurement of glucose, with the league's mark."""
    return {
        "resourceType": "Observation",
        "id": name,
        "meta": {"tag": [{"system": MARK_SYSTEM, "code": "province"}]},
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": GLUCOSE}], "text": "血糖"},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": day,
        "valueQuantity": {"value": 6.3, "unit": "mmol/l"},
        "referenceRange": [{"high": {"value": 6.2, "unit": "mmol/l"}}],
    } | values
