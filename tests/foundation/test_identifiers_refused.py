"""Every way in which an identifier is wrong has its own refusal, and none repeats the number."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ValidationError

from hanse.foundation import identifiers, regions
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identifiers import (
    CitizenId,
    CreditCodeInRegister,
    UnifiedSocialCreditCode,
    check_citizen_id,
    check_uscc,
    upgrade_citizen_id,
)
from hanse.foundation.languages import titled
from hanse.foundation.regions import CityCode, RegionCode, check_city, check_region

VECTORS: list[dict[str, str]] = json.loads(
    (Path(__file__).resolve().parents[1] / "vectors" / "bad_identifiers.json").read_text("utf-8")
)
CHECKS: dict[str, Callable[[str], str]] = {
    "citizen_id": check_citizen_id,
    "old_citizen_id": upgrade_citizen_id,
    "uscc": check_uscc,
    "region": check_region,
    "city": check_city,
}


class Form(BaseModel):
    citizen_id: CitizenId = "11010519491231002X"
    uscc: UnifiedSocialCreditCode = "91350100M000100Y43"
    in_register: CreditCodeInRegister = "91350100M0001TGQXM"
    region: RegionCode = "510104"
    city: CityCode = "510100"
    retitled: Annotated[UnifiedSocialCreditCode, titled("委托方", "Principal")] = (
        "91350100M000100Y43"
    )


def vector_name(vector: dict[str, str]) -> str:
    return f"{vector['type']} {vector['value']!r}"


@pytest.mark.parametrize("vector", VECTORS, ids=vector_name)
def test_bad_identifier_has_its_own_refusal(vector: dict[str, str]) -> None:
    with pytest.raises(Problem) as refused:
        CHECKS[vector["type"]](vector["value"])
    problem = refused.value
    assert problem.code == vector["code"]
    told = json.dumps(problem.as_dict(), ensure_ascii=False)
    assert len(vector["value"]) < 6 or vector["value"] not in told


@pytest.mark.parametrize(
    "vector", [one for one in VECTORS if one["type"] != "old_citizen_id"], ids=vector_name
)
def test_field_reports_the_same_code_and_not_the_value(vector: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Form.model_validate({vector["type"]: vector["value"]})
    (error,) = refused.value.errors(include_input=False)
    assert error["type"] == vector["code"]
    assert error["loc"] == (vector["type"],)
    assert len(vector["value"]) < 6 or vector["value"] not in str(error)


def test_every_declared_refusal_of_a_number_has_a_vector() -> None:
    declared = {
        kind.code
        for module in (identifiers, regions)
        for kind in vars(module).values()
        if isinstance(kind, ProblemKind)
    }
    told_by_the_day = {"citizen_id_birth_in_future"}
    assert declared - told_by_the_day == {vector["code"] for vector in VECTORS}


@pytest.mark.parametrize("value", [None, 510100, ["510100"], b"510100", True])
def test_what_is_no_text_is_refused_as_such(value: Any) -> None:
    for field in Form.model_fields:
        with pytest.raises(ValidationError):
            Form.model_validate_json(json.dumps({field: value if value != b"510100" else {}}))
        if not isinstance(value, bytes):
            with pytest.raises(ValidationError):
                Form.model_validate({field: value})


def test_good_identifiers_pass_as_fields() -> None:
    form = Form.model_validate(Form().model_dump())
    assert form == Form()


def test_field_for_registered_codes_checks_the_form_alone() -> None:
    Form.model_validate({"in_register": "91350100M0001TGQXM"})
    with pytest.raises(ValidationError) as refused:
        Form.model_validate({"in_register": "91350100m0001TGQXM"})
    assert refused.value.errors()[0]["type"] == "uscc_lower_case"


def test_fields_have_titles_in_both_languages_and_their_limits_in_the_schema() -> None:
    properties = Form.model_json_schema()["properties"]
    for name in ("citizen_id", "uscc", "in_register", "region", "city"):
        schema = properties[name]
        assert set(schema["x-title"]) == {"zh", "en"}
        assert schema["title"] == schema["x-title"]["zh"]
        assert schema["maxLength"] in (6, 18)
        assert schema["pattern"].startswith("^")
    assert properties["retitled"]["x-title"] == {"zh": "委托方", "en": "Principal"}
    assert properties["retitled"]["maxLength"] == 18
