"""Clearing of a month, prepayment, policies and claims on paper, at running nodes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from hanse.foundation.store.transaction import committing
from hanse.services.social.insurance.default_policies import employee_policy
from hanse.services.social.insurance.tables import lines
from tests.insurance.conftest import CHENGDU, ZIYANG, Cities


def claim(cities: Cities, person: str, number: str) -> dict[str, Any]:
    answer = cities.hospital("insurance.claim", cities.bill(person, number), wait_seconds=20)
    assert answer.data.get("state") == "settled", answer.data
    found: dict[str, Any] = answer.data
    return found


def reconcile(cities: Cities, month: str) -> dict[str, Any]:
    asked = {"insured_city": ZIYANG, "month": month}
    answer = cities.post(CHENGDU, "insurance.reconcile", asked, wait_seconds=20)
    assert answer.status == 200, answer.data
    found: dict[str, Any] = answer.data
    return found


def clear(cities: Cities, month: str) -> dict[str, Any]:
    asked = {"insured_city": ZIYANG, "month": month}
    answer = cities.post(CHENGDU, "insurance.clear_month", asked, wait_seconds=20)
    assert answer.status == 200, answer.data
    found: dict[str, Any] = answer.data
    return found


def change_line(cities: Cities, city: str, claim_id: str, owed: int) -> None:
    """Plant a wrong amount in one city's line."""
    with committing(cities.zone.zone.nodes[city].engine) as transaction:
        transaction.execute(update(lines).where(lines.c.line == claim_id).values(owed_fen=owed))


def test_rules_3_4_a_month_is_reconciled_cleared_and_a_later_reversal_is_next_months(
    cities: Cities,
) -> None:
    person = cities.person()
    first, second = claim(cities, person, "M1"), claim(cities, cities.person(), "M2")
    change_line(cities, CHENGDU, first["claim"], 1)
    cities.moved = timedelta(days=12)
    (difference,) = reconcile(cities, "2026-11")["differences"]
    assert (difference["kind"], difference["line"]) == ("field_differs", first["claim"])
    assert (difference["insurer"], difference["treater"]) == ("2482000", "1")
    refused = clear(cities, "2026-11")
    assert refused["problem"]["code"] == "insurance_month_differs"
    change_line(cities, CHENGDU, first["claim"], 24_820_00)
    assert reconcile(cities, "2026-11")["differences"] == []
    cleared = clear(cities, "2026-11")
    assert (cleared["lines"], cleared["owed_fen"]) == (2, 2 * 24_820_00)
    undone = cities.hospital("insurance.reverse", {"visit": "VM2", "number": "M2"}, wait_seconds=20)
    assert undone.data["state"] == "undone"
    assert reconcile(cities, "2026-11")["owed_fen"] == 2 * 24_820_00
    december = reconcile(cities, "2026-12")
    assert (december["lines"], december["owed_fen"]) == (1, -24_820_00)
    assert december["differences"] == []
    assert second["claim"] != first["claim"]
    late = claim(cities, cities.person(), "M3")
    assert late["settlement"]["month"] == "2026-12"


def test_rules_3_4_prepayment_is_paid_told_and_watched(cities: Cities) -> None:
    quarter = {"treated_city": CHENGDU, "quarter_fen": [31_000_00, 29_500_00, 33_500_00]}
    paid = cities.post(ZIYANG, "insurance.prepay", quarter)
    assert paid.data["amount_fen"] == 62_666_67
    asked = {"insured_city": ZIYANG}

    def fund() -> dict[str, Any]:
        found: dict[str, Any] = cities.post(CHENGDU, "insurance.fund", asked).data
        return found

    from tests.node.running import until

    until(lambda: fund()["prepaid_fen"] == 62_666_67)
    before = fund()["drawn_fen"]
    alarms = []
    for number in range(4):
        claim(cities, cities.person(), f"P{number}")
        alarms.append(fund()["alarm"])
    assert fund()["drawn_fen"] == before + 4 * 24_820_00
    assert alarms[-1] == "red"
    assert cities.ledger(CHENGDU, f"insurance/prepaid/treater/{ZIYANG}") == -62_666_67
    assert cities.ledger(ZIYANG, f"insurance/prepaid/insurer/{CHENGDU}") == 62_666_67
    more = cities.post(ZIYANG, "insurance.prepay", quarter)
    assert more.data["amount_fen"] == 0


def test_a_policy_is_tried_then_set_and_never_changed(cities: Cities) -> None:
    claim(cities, cities.person(), "PT1")
    better = employee_policy(ZIYANG).model_dump(mode="json") | {
        "version": 2,
        "effective_from": "2027-01-01",
        "deductible_fen": {"third": 40_000, "second": 40_000, "first": 20_000, "community": 16_000},
    }
    span = {"first_day": "2026-11-01", "last_day": "2026-12-31"}
    tried = cities.post(ZIYANG, "insurance.try_policy", {"policy": better, **span}).data
    assert tried["claims"] >= 1
    assert (tried["changed"], tried["people_worse"]) == (tried["claims"], 0)
    assert tried["fund_fen"] == tried["claims"] * 340_00
    assert cities.post(ZIYANG, "insurance.set_policy", {"policy": better}).status == 200
    again = cities.post(ZIYANG, "insurance.set_policy", {"policy": better})
    assert (again.status, again.data["code"]) == (409, "insurance_policy_exists")
    other = cities.post(ZIYANG, "insurance.set_policy", {"policy": better | {"city": CHENGDU}})
    assert (other.status, other.data["code"]) == (422, "insurance_policy_of_another_city")
    wrong = cities.post(ZIYANG, "insurance.set_policy", {"policy": better | {"ratio_bp": {}}})
    assert (wrong.status, wrong.data["code"]) == (422, "data_invalid")
    still = claim(cities, cities.person(), "PT2")
    assert still["settlement"]["policy"] == "512000/310/1"


def paper(cities: Cities, person: str, claim_id: str) -> Any:
    line = {"item": "A001", "item_class": "A", "quantity": "1", "price_fen": 1_000_000}
    question = {
        "claim": claim_id,
        "person": person,
        "organisation": "hospital",
        "level": "third",
        "care": "inpatient",
        "admitted_on": "2026-10-10",
        "discharged_on": "2026-10-20",
        "lines": [line],
    }
    taken = {
        "organisation": "hospital",
        "treated_city": CHENGDU,
        "question": question,
        "received_on": "2026-11-02",
    }
    return cities.post(ZIYANG, "insurance.paper_claim", taken)


def test_a_claim_on_paper_with_a_late_filing_is_paid_back_once(cities: Cities) -> None:
    person = cities.person(None)
    refused = paper(cities, person, "a" * 32)
    assert refused.data["code"] == "insurance_filing_missing"
    late = {"person": person, "kind": "referral", "city": CHENGDU, "valid_from": "2026-11-24"}
    assert cities.post(ZIYANG, "insurance.file", late).status == 200
    before = cities.ledger(ZIYANG, "insurance/patients")
    taken = paper(cities, person, "a" * 32)
    assert taken.status == 200, taken.data
    fund = taken.data["settlement"]["fund_fen"]
    assert fund == (10_000_00 - 800_00) * 75 // 100
    assert taken.data["due_on"] == "2026-12-14"
    assert cities.ledger(ZIYANG, "insurance/patients") == before - fund
    assert paper(cities, person, "a" * 32).data["settlement"]["fund_fen"] == fund
    assert cities.ledger(ZIYANG, "insurance/patients") == before - fund


def test_filing_at_home_or_too_short_or_unknown_is_refused(cities: Cities) -> None:
    person = cities.person(None)
    filed = {"person": person, "kind": "referral", "city": CHENGDU, "valid_from": "2026-12-01"}
    for values, code in (
        ({"city": ZIYANG}, "insurance_filing_at_home"),
        ({"valid_to": "2026-12-31"}, "insurance_filing_too_short"),
    ):
        answer = cities.post(ZIYANG, "insurance.file", filed | values)
        assert answer.data["code"] == code
    unknown = cities.post(ZIYANG, "insurance.end_filing", {"filing_id": "none"})
    assert unknown.data["code"] == "insurance_filing_unknown"
    made = cities.post(ZIYANG, "insurance.file", filed).data
    ended = cities.post(ZIYANG, "insurance.end_filing", {"filing_id": made["filing_id"]}).data
    assert ended["valid_to"] < made["valid_to"]
