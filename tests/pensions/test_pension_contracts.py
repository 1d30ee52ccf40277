"""RULES 1.8: the documents of a transfer; what contradicts itself does not parse."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from hanse.services.social.pensions.contracts import Certificate, InformationSheet, Letter, Person
from hanse.services.social.pensions.parameters import DEFAULTS
from hanse.services.social.pensions.reconcile import differences
from tests.pensions.examples import (
    DEYANG,
    FIVE_YEARS,
    MAN,
    account_of,
    agency,
    letter,
    person,
    row,
    sheet,
    sheet_values,
)

BROKEN = Path(__file__).parents[1] / "vectors" / "bad_pensions" / "documents.json"
MODELS: dict[str, type[BaseModel]] = {
    "person": Person,
    "certificate": Certificate,
    "letter": Letter,
    "sheet": InformationSheet,
}


def certificate_values(**changes: Any) -> dict[str, Any]:
    return {
        "number": "C-1",
        "person": person(),
        "agency": agency(DEYANG),
        "account": "normal",
        "first_insured": "2019-01",
        "last_paid": "2023-12",
        "paid_months": 60,
        "account_balance": 100,
        "issued_on": "2024-02-01",
        **changes,
    }


def good(document: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "person": person(),
        "certificate": certificate_values(),
        "letter": letter().model_dump(mode="json"),
        "sheet": sheet_values(),
    }[document]
    return values


def changed(values: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A deep copy with one place of it replaced; `path` as `account.0.closing`."""
    copy = json.loads(json.dumps(values, default=str))
    *way, last = path.split(".")
    place = copy
    for part in way:
        place = place[int(part)] if isinstance(place, list) else place[part]
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return dict(copy)


def test_every_good_document_parses_and_reads_back_the_same() -> None:
    for name, model in MODELS.items():
        parsed = model.model_validate(good(name))
        assert model.model_validate_json(parsed.model_dump_json()) == parsed


def test_every_field_has_a_title_in_both_languages() -> None:
    for model in MODELS.values():
        schema = model.model_json_schema()
        for one in (schema, *schema["$defs"].values()):
            for name, field in one.get("properties", {}).items():
                assert field.get("x-title", {}).keys() == {"zh", "en"}, (one["title"], name)


CASES = json.loads(BROKEN.read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_broken_documents_are_refused_with_their_code(case: dict[str, Any]) -> None:
    values = changed(good(case["document"]), case["path"], case["value"])
    with pytest.raises(ValidationError) as caught:
        MODELS[case["document"]].model_validate(values)
    found = {one["type"] for one in caught.value.errors()}
    assert case["code"] in found, found
    assert not any(MAN[:17] in one["msg"] for one in caught.value.errors())


def test_a_right_sheet_has_no_differences() -> None:
    one = sheet()
    assert differences(one, letter(), one.cash, DEFAULTS) == ()


def test_money_that_differs_from_the_sheet_is_named() -> None:
    one = sheet()
    (found,) = differences(one, letter(), one.cash - 1, DEFAULTS)
    assert found.finding == "funds_differ"


def test_a_letter_that_is_not_this_sheets_is_named() -> None:
    other = letter(number="L-2", origin="510700", mode="province_relation_only")
    one = sheet()
    found = {each.finding for each in differences(one, other, one.cash, DEFAULTS)}
    assert found == {"letter_differs", "place_differs", "mode_differs"}


def test_a_sheet_that_adds_up_but_breaks_the_rules_is_named() -> None:
    wrong = (row(2019, 6_000_000, booked=480_001), *FIVE_YEARS[1:])
    one = sheet(rows=wrong)
    found = differences(one, letter(), one.cash, DEFAULTS)
    assert [each.finding for each in found] == ["booked_differs"]
    values = sheet_values()
    values["pool"][0]["amount"] += 1
    for name in ("pool_total", "total", "cash"):
        values[name] += 1
    one = InformationSheet.model_validate(values)
    found = differences(one, letter(), one.cash, DEFAULTS)
    assert [each.finding for each in found] == ["pool_differs"]


def test_interest_that_is_not_the_tables_is_named() -> None:
    account = [year.model_dump() for year in account_of(FIVE_YEARS)]
    account[-1]["interest"] += 1
    account[-1]["closing"] += 1
    values = sheet_values()
    values["account"] = account
    for name in ("account_total", "total", "cash"):
        values[name] += 1
    one = InformationSheet.model_validate(values)
    found = differences(one, letter(), one.cash, DEFAULTS)
    assert [each.finding for each in found] == ["interest_differs"]
