"""A patient of Ziyang is treated in Chengdu and pays only the own share on leaving."""

from typing import Any

import pytest

from tests.insurance.conftest import CHENGDU, ZIYANG, Cities


def settled(answer: Any) -> dict[str, Any]:
    assert (answer.status, answer.data.get("state")) == (200, "settled"), answer.data
    found: dict[str, Any] = answer.data["settlement"]
    return found


@pytest.mark.parametrize(
    ("filing", "emergency", "fund", "cash"),
    [
        ("long_term", False, 24_820_00, 11_180_00),
        ("referral", False, 21_900_00, 14_100_00),
        ("no_referral", False, 18_980_00, 17_020_00),
        (None, True, 21_900_00, 14_100_00),
        ("no_referral", True, 21_900_00, 14_100_00),
    ],
)
def test_rules_3_3_the_worked_example_between_two_nodes(
    cities: Cities, filing: str | None, emergency: bool, fund: int, cash: int
) -> None:
    person = cities.person(filing)
    before = cities.books()
    bill = cities.bill(person, f"W{cities.people}", emergency=emergency)
    found = settled(cities.hospital("insurance.claim", bill))
    assert (found["fund_fen"], found["cash_fen"]) == (fund, cash)
    assert found["policy"] == "512000/310/1"
    assert "deductible_fen" in found["local_defaults"]
    owed = before[0] + fund
    assert cities.books() == (owed, owed)


def test_the_personal_account_pays_before_cash_and_is_used_up(cities: Cities) -> None:
    person = cities.person(account_fen=12_000_00)
    first = settled(cities.hospital("insurance.claim", cities.bill(person, "PA1")))
    assert (first["account_fen"], first["cash_fen"]) == (11_180_00, 0)
    second = settled(cities.hospital("insurance.claim", cities.bill(person, "PA2")))
    assert second["account_fen"] == 820_00
    assert second["deductible_fen"] == 700_00


def test_a_trial_keeps_nothing_at_either_city(cities: Cities) -> None:
    person = cities.person()
    before = cities.books()
    bill = cities.bill(person, "T1")
    for _ in range(2):
        trial = cities.hospital("insurance.presettle", bill)
        assert (trial.data["state"], trial.data["settlement"]["fund_fen"]) == ("trial", 24_820_00)
    assert cities.books() == before
    assert settled(cities.hospital("insurance.claim", bill))["deductible_fen"] == 800_00


def test_rules_3_6_the_same_upload_again_is_the_same_settlement(cities: Cities) -> None:
    person = cities.person()
    bill = cities.bill(person, "D1")
    first = settled(cities.hospital("insurance.claim", bill))
    before = cities.books()
    assert settled(cities.hospital("insurance.claim", bill)) == first
    other = cities.hospital("insurance.claim", bill | {"discharged_on": "2026-11-21"})
    assert (other.status, other.data["code"]) == (409, "insurance_claim_differs")
    assert cities.books() == before


def test_a_reversal_restores_both_books_and_every_counter(cities: Cities) -> None:
    person = cities.person(account_fen=1_000_00)
    before = cities.books()
    first = settled(cities.hospital("insurance.claim", cities.bill(person, "R1")))
    undone = cities.hospital("insurance.reverse", {"visit": "VR1", "number": "R1"})
    assert (undone.status, undone.data["state"]) == (200, "undone")
    assert cities.books() == before
    again = cities.hospital("insurance.claim", cities.bill(person, "R1"))
    assert (again.status, again.data["code"]) == (409, "insurance_claim_taken_back")
    second = settled(cities.hospital("insurance.claim", cities.bill(person, "R2")))
    same = {name: value for name, value in first.items() if name != "claim"}
    assert {name: value for name, value in second.items() if name != "claim"} == same
    state = cities.hospital("insurance.reverse", {"visit": "VR1", "number": "R1"})
    assert state.data["state"] == "undone"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"lines": [{"item": "X999", "quantity": "1", "price_fen": 1}]}, "insurance_item_unknown"),
        ({"lines": [{"item": "A001", "quantity": "-1", "price_fen": 1}]}, "data_invalid"),
        ({"lines": [{"item": "A001", "quantity": "0", "price_fen": 1}]}, "data_invalid"),
        ({"lines": [{"item": "A001", "quantity": "1", "price_fen": -1}]}, "data_invalid"),
        ({"lines": []}, "data_invalid"),
        ({"person": "510104199003071230"}, "data_invalid"),
        ({"discharged_on": "2026-11-01"}, "data_invalid"),
        ({"admitted_on": "2026-02-30"}, "data_invalid"),
        ({"third_party": True}, "insurance_third_party_liable"),
        ({"injury": True}, "insurance_injury_undeclared"),
        ({"insured_city": "511400"}, "city_unknown"),
    ],
)
def test_a_bill_that_cant_be_sent_is_refused_at_the_own_node(
    cities: Cities, values: dict[str, Any], code: str
) -> None:
    person = cities.person()
    before = cities.books()
    answer = cities.hospital("insurance.claim", cities.bill(person, "BAD1") | values)
    assert answer.data["code"] == code
    assert answer.status >= 400
    state = cities.hospital("insurance.claim_state", {"visit": "VBAD1", "number": "BAD1"})
    assert (state.status, state.data["code"]) == (404, "insurance_claim_unknown")
    assert cities.books() == before


@pytest.mark.parametrize(
    ("filing", "values", "code"),
    [
        (None, {}, "insurance_filing_missing"),
        ("long_term", {"admitted_on": "2025-12-31"}, "insurance_filing_missing"),
        ("long_term", {"care": "outpatient"}, "insurance_care_not_direct"),
        ("long_term", {"discharged_on": "2026-11-26"}, "insurance_discharge_ahead"),
        (
            "long_term",
            {"admitted_on": "2019-01-01", "discharged_on": "2019-01-02"},
            "insurance_not_insured",
        ),
    ],
)
def test_what_the_insuring_city_refuses_reaches_the_hospital_with_its_reason(
    cities: Cities, filing: str | None, values: dict[str, Any], code: str
) -> None:
    person = cities.person(filing)
    before = cities.books()
    number = f"N{cities.people}"
    answer = cities.hospital("insurance.claim", cities.bill(person, number, **values))
    assert (answer.status, answer.data["state"]) == (200, "refused"), answer.data
    assert answer.data["problem"]["code"] == code
    assert answer.data["problem"]["texts"]["hint"]["zh"]
    again = cities.hospital("insurance.claim", cities.bill(person, number, **values))
    assert again.data["problem"]["code"] == code
    assert cities.books() == before


def test_a_signed_declaration_lets_an_injury_be_settled(cities: Cities) -> None:
    bill = cities.bill(cities.person(), "INJ1", injury=True, declaration_signed=True)
    settled(cities.hospital("insurance.claim", bill))


def test_at_home_no_other_city_is_asked(cities: Cities) -> None:
    person = cities.person(None)
    enrolled = {"person": person, "scheme": "310", "valid_from": "2020-01-01"}
    assert cities.post(CHENGDU, "insurance.enrol", enrolled).status == 200
    before = cities.books()
    found = settled(
        cities.hospital("insurance.claim", cities.bill(person, "H1", insured_city=CHENGDU))
    )
    assert (found["fund_fen"], found["filing"]) == (24_820_00, None)
    assert cities.books() == before
    undone = cities.hospital("insurance.reverse", {"visit": "VH1", "number": "H1"})
    assert undone.data["state"] == "undone"


def test_both_cities_reconcile_the_month_line_by_line(cities: Cities) -> None:
    settled(cities.hospital("insurance.claim", cities.bill(cities.person(), "REC1")))
    asked = {"insured_city": ZIYANG, "month": "2026-11"}
    answer = cities.post(CHENGDU, "insurance.reconcile", asked, wait_seconds=20)
    assert (answer.status, answer.data["differences"]) == (200, [])
    assert answer.data["owed_fen"] == cities.books()[0]
    assert answer.data["lines"] > 0


def test_a_month_that_is_not_over_is_not_cleared(cities: Cities) -> None:
    asked = {"insured_city": ZIYANG, "month": "2026-11"}
    answer = cities.post(CHENGDU, "insurance.clear_month", asked)
    assert (answer.status, answer.data["code"]) == (409, "insurance_month_not_over")
