"""FHIR R4 in: the official examples lossless, what is wrong refused with its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.observation import Observation

from hanse.foundation.errors import Problem
from hanse.services.health.results.formats import fhir_read
from hanse.services.health.results.formats.fhir_read import entries, read

OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "glucose",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "15074-8"}]},
    "valueQuantity": {"value": 6.30, "unit": "mmol/l"},
}


def exact(text: str | bytes) -> Any:
    return json.loads(text, parse_float=str)


def refused(data: bytes | str) -> str:
    with pytest.raises(Problem) as found:
        read(data)
    return found.value.code


def changed(**values: Any) -> str:
    return json.dumps(OBSERVATION | values)


def test_the_official_examples_are_read_and_given_back_losslessly(shared_data: Path) -> None:
    examples = sorted((shared_data / "health_fhir").glob("*.json"))
    assert len(examples) >= 17
    for path in examples:
        sent = path.read_bytes()
        assert exact(read(sent).to_text()) == exact(sent), path.name


def test_the_entries_of_a_bundle_are_judged_one_by_one(shared_data: Path) -> None:
    bundle = read((shared_data / "health_fhir" / "Bundle-lipids.json").read_bytes())
    kinds = [one.type for one in entries(bundle)]
    assert kinds == ["DiagnosticReport"] + ["Observation"] * 4


def test_a_decimal_keeps_its_digits() -> None:
    text = json.dumps(OBSERVATION).replace("6.3,", "6.300,")
    assert '"value":6.300,' in read(text).to_text()
    assert '"value":1E-7,' in read(text.replace("6.300", "1E-7")).to_text()


def test_a_status_that_the_model_library_accepts_is_refused() -> None:
    banana = OBSERVATION | {"status": "banana"}
    Observation.model_validate(banana)
    with pytest.raises(Problem) as found:
        read(json.dumps(banana))
    assert found.value.code == "fhir_invalid"
    assert found.value.values["places"] == "Observation.status"


@pytest.mark.parametrize(
    "values",
    [
        {"status": None},
        {"code": None},
        {"unknown": 1},
        {"valueString": "also"},
        {"effectiveDateTime": "2026-02-30"},
        {"effectiveDateTime": "yesterday"},
        {"valueQuantity": {"value": 1.0, "comparator": "~"}},
        {"identifier": [{"use": "banana", "value": "1"}]},
        {"text": {"status": "banana", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>x</div>"}},
        {"id": "with spaces"},
    ],
)
def test_what_r4_does_not_accept_is_refused(values: dict[str, Any]) -> None:
    sent = OBSERVATION | values
    sent = {name: value for name, value in sent.items() if value is not None}
    assert refused(json.dumps(sent)) == "fhir_invalid"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'"text"',
        b'{"resourceType":"Patient","resourceType":"Patient"}',
        b'{"resourceType":"Observation","valueQuantity":{"value":NaN}}',
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
    ],
)
def test_what_is_no_readable_json_is_refused(data: bytes) -> None:
    assert refused(data) == "fhir_malformed"


@pytest.mark.parametrize("kind", ["Medication", "Account", "os", "../patient", None, 1, []])
def test_a_type_that_is_not_kept_is_refused(kind: Any) -> None:
    assert refused(changed(resourceType=kind)) == "fhir_type_not_kept"


def test_what_is_too_large_is_refused() -> None:
    assert refused(changed(note=[{"text": "x" * fhir_read.BYTES_MAX}])) == "fhir_too_large"
    entry = {"resource": {"resourceType": "Patient"}}
    many = {"resourceType": "Bundle", "type": "collection", "entry": [entry] * 201}
    assert refused(json.dumps(many)) == "fhir_too_large"


def test_a_bundle_with_a_wrong_entry_is_refused() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": OBSERVATION | {"status": "banana"}}],
    }
    with pytest.raises(Problem) as found:
        read(json.dumps(bundle))
    assert found.value.values["places"] == "Bundle.entry[0].resource.status"
