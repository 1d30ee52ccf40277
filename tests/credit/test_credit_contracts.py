"""The contracts: titled in both languages, bounded, closed, and consistent in themselves."""

import json
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from hanse.foundation.worded import Worded
from hanse.services.market.credit import codes, contracts
from hanse.services.market.credit.codes import CreditSystem, PenaltyKind, RecordKind
from hanse.services.market.credit.contracts import (
    CreditRecord,
    Decision,
    ListEntry,
    PublishRecord,
    RecordRequest,
)
from tests.credit.examples import decision, list_entry, record_of, without_penalty

PILOT = "91350100M0001TGQXM"
MODELS = [
    model
    for model in vars(contracts).values()
    if isinstance(model, type)
    and issubclass(model, BaseModel)
    and model.__module__ == contracts.__name__
    and not model.__name__.startswith("_")
]
ENUMS = [
    enum
    for enum in vars(codes).values()
    if isinstance(enum, type) and issubclass(enum, Worded) and enum is not Worded
]


def error_types(model: type[BaseModel], values: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as invalid:
        model.model_validate(values)
    return [error["type"] for error in invalid.value.errors()]


def plain(model: BaseModel) -> dict[str, Any]:
    values: dict[str, Any] = model.model_dump(mode="json")
    return values


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_has_a_title_in_both_languages(model: type[BaseModel]) -> None:
    for field in model.model_json_schema()["properties"].values():
        assert field["x-title"]["zh"]
        assert field["x-title"]["en"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_text_and_list_is_bounded(model: type[BaseModel]) -> None:
    schema = model.model_json_schema()
    for name, field in [*walk(schema)]:
        if field.get("type") == "string" and "enum" not in field:
            assert field.get("format") == "date" or field.get("maxLength"), name
        if field.get("type") == "array":
            assert field.get("maxItems"), name
        if field.get("type") == "integer":
            assert field.get("maximum"), name


def walk(node: Any, name: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = [(name, node)] if isinstance(node, dict) and isinstance(node.get("type"), str) else []
    children = node.items() if isinstance(node, dict) else enumerate(node)
    for key, child in children:
        if isinstance(child, dict | list):
            found += walk(child, f"{name}.{key}")
    return found


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_contracts_are_closed_and_frozen(model: type[BaseModel]) -> None:
    assert model.model_config["extra"] == "forbid"
    assert model.model_config["frozen"]


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_code_has_its_names_and_crosses_the_wire_as_a_plain_code(enum: type[Worded]) -> None:
    assert issubclass(enum, StrEnum)
    for member in enum:
        assert TypeAdapter(enum).validate_json(f'"{member.value}"') is member
        assert json.dumps(member) == f'"{member.value}"'
        assert member.text.zh
        assert member.text.en
    assert len({member.text for member in enum}) == len(list(enum))


def test_the_schema_of_a_code_carries_its_names() -> None:
    definitions = Decision.model_json_schema()["$defs"]
    assert definitions["RecordKind"]["x-labels"]["penalty"] == {
        "zh": "行政处罚信息",
        "en": "Administrative penalty",
    }


def test_contracts_survive_the_wire() -> None:
    for model in (decision(), record_of(), list_entry()):
        assert type(model).model_validate_json(model.model_dump_json()) == model
        assert type(model).model_validate(plain(model)) == model


def test_a_published_record_is_a_decision() -> None:
    assert PublishRecord.model_validate(plain(decision())).subject == decision().subject


@pytest.mark.parametrize("model", [Decision, RecordRequest, ListEntry])
def test_a_code_that_fails_its_check_needs_the_registers_word(model: type[BaseModel]) -> None:
    good: dict[type[BaseModel], dict[str, Any]] = {
        Decision: plain(decision()),
        RecordRequest: {"subject": decision().subject},
        ListEntry: plain(list_entry()),
    }
    values = {**good[model], "subject": PILOT}
    assert error_types(model, values) == ["uscc_check_wrong"]
    confirmed = model.model_validate({**values, "registry_confirmed": True})
    assert confirmed.model_dump()["subject"] == PILOT
    malformed = {**values, "subject": PILOT.lower(), "registry_confirmed": True}
    assert error_types(model, malformed) == ["uscc_lower_case"]


@pytest.mark.parametrize(
    "changes",
    [
        {"penalties": ()},
        {"penalties": ("large_fine", "large_fine")},
        {"kind": "judgment"},
        {"restricted_until": "2026-05-10"},
        {"ends_on": "2026-05-09"},
    ],
)
def test_a_decision_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    assert error_types(Decision, {**plain(decision()), **changes}) == [
        "credit_decision_inconsistent"
    ]


def test_good_credit_has_no_class_of_dishonesty() -> None:
    values = {**plain(without_penalty(RecordKind.GOOD)), "severity": "minor"}
    assert error_types(Decision, values) == ["credit_decision_inconsistent"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"subject": "成都某公司"}, "uscc_length_wrong"),
        ({"authority": PILOT}, "uscc_check_wrong"),
        ({"subject_region": "999999"}, "region_province_unknown"),
        ({"decided_on": "2026-13-01"}, "value_error"),
        ({"decided_on": "2026-05-10T00:00:00"}, "value_error"),
        ({"decided_on": 20583}, "value_error"),
        ({"kind": "rumour"}, "enum"),
        ({"penalties": ["prison"]}, "enum"),
        ({"decision_number": ""}, "string_too_short"),
        ({"content": "字" * 4001}, "string_too_long"),
        ({"subject_name": "成都某公司"}, "extra_forbidden"),
    ],
)
def test_broken_input_is_refused_by_field(changes: dict[str, Any], expected: str) -> None:
    assert error_types(Decision, {**plain(decision()), **changes}) == [expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"source_city": "510104"}, "region_not_prefecture"),
        ({"record_id": "../etc"}, "string_pattern_mismatch"),
        ({"record_id": "r" * 65}, "string_pattern_mismatch"),
        ({"version": 0}, "greater_than_equal"),
        ({"version": 1_000_001}, "less_than_equal"),
    ],
)
def test_broken_record_is_refused_by_field(changes: dict[str, Any], expected: str) -> None:
    found = error_types(CreditRecord, {**plain(record_of()), **changes})
    assert expected in found or "string_too_long" in found


def test_a_refusal_says_what_in_both_languages_and_repeats_no_value() -> None:
    with pytest.raises(ValidationError) as invalid:
        RecordRequest(subject=PILOT)
    (error,) = invalid.value.errors(include_input=False)
    assert "校验不通过" in error["msg"]
    assert "check character" in error["msg"]
    assert PILOT not in error["msg"]


def test_penalties_cover_what_the_law_names() -> None:
    assert len(PenaltyKind) <= 14
    assert {system.value for system in CreditSystem} == {"credit_china", "samr"}
    assert decision().decided_on == date(2026, 5, 10)
