"""The city of payment: approval, monthly runs in the ledger, loss and what is claimed back."""

from datetime import date
from typing import Any

import pytest

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store.transaction import committing
from hanse.mechanisms import ledger
from tests.exchange.cities import Town
from tests.retirees.towns import PAYER, PERSON, approval, done, everything, evidence, refused

Towns = dict[str, Town]
ONE = {"citizen_id": PERSON}
MONTHLY = 312_345


@pytest.fixture
def payer(towns: Towns) -> Town:
    town = towns[PAYER]
    done(town, "retirees.fund", {"reference": "F1", "amount": 100_000_000})
    return town


def to_day(town: Town, day: str) -> None:
    """Let it be nine o'clock in Sichuan on a later day."""
    from datetime import UTC, datetime

    town.clock.now = datetime.fromisoformat(day).replace(hour=1, tzinfo=UTC)


def run(town: Town, month: str) -> list[str]:
    return [one["month"] for one in done(town, "retirees.run", {"month": month})["payments"]]


def test_section_2_worked_example_two_missed_months_are_paid_with_september(payer: Town) -> None:
    """[X] in the ledger, with the example's days a year and five days later."""
    done(payer, "retirees.approve", approval(identified_on="2026-06-20"))
    for day, month, pays in (
        ("2026-12-15", "2026-12", ["2026-12"]),
        ("2027-01-15", "2027-01", ["2027-01"]),
        ("2027-06-15", "2027-06", ["2027-02", "2027-03", "2027-04", "2027-05", "2027-06"]),
        ("2027-07-15", "2027-07", []),
        ("2027-08-15", "2027-08", []),
    ):
        to_day(payer, day)
        assert run(payer, month) == pays, month
        assert run(payer, month) == [], "a repeated run pays nothing again"
    state = done(payer, "retirees.state", ONE)
    assert state["standing"] == "suspended"
    assert state["missed"] == ["2027-07", "2027-08"]
    to_day(payer, "2027-09-05")
    seen = evidence(on="2027-09-05", kind="face", channel="self_service", face_score=93)
    assert done(payer, "retirees.certify", seen)["standing"] == "restored"
    to_day(payer, "2027-09-15")
    found = done(payer, "retirees.run", {"month": "2027-09"})
    assert [(one["month"], one["kind"]) for one in found["payments"]] == [
        ("2027-07", "arrears"),
        ("2027-08", "arrears"),
        ("2027-09", "regular"),
    ]
    assert found["total"] == 3 * MONTHLY
    assert done(payer, "retirees.state", ONE)["standing"] == "valid"
    funds = done(payer, "retirees.funds", {})
    assert funds["benefits"] == 10 * MONTHLY
    assert funds["deposit"] == 100_000_000 - 10 * MONTHLY
    with committing(payer.engine) as transaction:
        assert list(ledger.audit(transaction)) == []


def test_a_run_waits_for_its_day_and_is_not_made_afterwards(payer: Town) -> None:
    done(payer, "retirees.approve", approval())
    to_day(payer, "2026-12-14")
    assert refused(payer, "retirees.run", {"month": "2026-12"}) == "retirees_run_not_due"
    to_day(payer, "2027-02-20")
    assert refused(payer, "retirees.run", {"month": "2026-12"}) == "retirees_run_long_past"
    assert run(payer, "2027-02") == ["2026-12", "2027-01", "2027-02"]


def test_without_means_nothing_is_paid_and_the_same_run_succeeds_later(towns: Towns) -> None:
    payer = towns[PAYER]
    done(payer, "retirees.approve", approval())
    done(payer, "retirees.fund", {"reference": "F1", "amount": MONTHLY - 1})
    to_day(payer, "2026-12-15")
    before = everything(payer)
    reply = payer.call("retirees.run", {"month": "2026-12"})
    assert reply.data["code"].startswith("ledger_")
    assert everything(payer) == before
    done(payer, "retirees.fund", {"reference": "F2", "amount": 1})
    assert run(payer, "2026-12") == ["2026-12"]
    done(payer, "retirees.fund", {"reference": "F3", "amount": 1})


def test_months_after_the_month_of_death_are_claimed_back_and_recovered(payer: Town) -> None:
    done(payer, "retirees.approve", approval())
    for day, month in (("2026-12-15", "2026-12"), ("2027-01-15", "2027-01"),
                       ("2027-02-15", "2027-02")):  # fmt: skip
        to_day(payer, day)
        run(payer, month)
    to_day(payer, "2027-02-20")
    report = {**ONE, "reporter": "family", "kind": "death", "lost_on": "2026-12-20"}
    late = done(payer, "retirees.report_loss", report)
    assert (late["report_by"], late["in_time"]) == ("2027-01-15", False)
    confirmed = done(
        payer,
        "retirees.confirm_loss",
        {**ONE, "kind": "death", "deaths": [{"source": "police", "died_on": "2026-12-20"}]},
    )
    assert [one["month"] for one in confirmed["overpaid"]] == ["2027-01", "2027-02"]
    assert confirmed["total"] == 2 * MONTHLY
    funds = done(payer, "retirees.funds", {})
    assert (funds["overpaid"], funds["benefits"]) == (2 * MONTHLY, MONTHLY)
    assert done(payer, "retirees.state", ONE)["standing"] == "terminated"
    to_day(payer, "2027-03-15")
    assert run(payer, "2027-03") == []
    back = done(payer, "retirees.recover", ONE)
    assert back["overpaid"] == 0
    assert refused(payer, "retirees.recover", ONE) == "retirees_nothing_overpaid"
    for operation, data in (
        ("retirees.certify", evidence(on="2027-03-01")),
        ("retirees.report_loss", report),
        ("retirees.confirm_loss", {**ONE, "kind": "prison", "found_on": "2027-01-01"}),
        ("retirees.approve", approval()),
        ("retirees.certificate", ONE),
        ("retirees.ask_assist", ONE),
    ):
        assert refused(payer, operation, data) == "retirees_recipient_terminated", operation


def test_conflicting_deaths_go_to_an_official_and_nothing_changes_until_then(payer: Town) -> None:
    done(payer, "retirees.approve", approval())
    to_day(payer, "2027-02-20")
    two = [
        {"source": "police", "died_on": "2026-12-30"},
        {"source": "health", "died_on": "2027-01-02"},
    ]
    decision: dict[str, Any] = {**ONE, "kind": "death", "deaths": two}
    assert refused(payer, "retirees.confirm_loss", decision) == "retirees_death_dates_conflict"
    without_reason = {**decision, "decided_on_day": "2027-01-02"}
    assert refused(payer, "retirees.confirm_loss", without_reason) == (
        "retirees_death_dates_conflict"
    )
    decided = {**without_reason, "reason": "医院死亡证明"}
    assert done(payer, "retirees.confirm_loss", decided)["lost_on"] == "2027-01-02"


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        ({"kind": "death"}, "retirees_loss_unconfirmed"),
        ({"kind": "prison"}, "retirees_loss_unconfirmed"),
        (
            {"kind": "death", "deaths": [{"source": "police", "died_on": "2026-11-01"}]},
            "retirees_alive_after_death",
        ),
        ({"kind": "other", "found_on": "2027-01-01"}, "retirees_loss_in_future"),
        ({"kind": "boredom"}, "data_invalid"),
        ({"kind": "death", "deaths": [{"source": "police", "died_on": "2026-02-30"}]},
         "data_invalid"),
    ],
    ids=range(6),
)  # fmt: skip
def test_a_loss_that_is_not_sure_is_refused(
    payer: Town, decision: dict[str, Any], code: str
) -> None:
    done(payer, "retirees.approve", approval())
    assert refused(payer, "retirees.confirm_loss", {**ONE, **decision}) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"conditions_met": ["pension_age"]}, "retirees_condition_not_met"),
        ({"papers": ["identity"]}, "retirees_papers_missing"),
        ({"papers": ["identity", "application", "bank_account", "photo"]},
         "retirees_papers_not_allowed"),
        ({"identified_on": "2026-11-26"}, "retirees_identified_in_future"),
        ({"citizen_id": "110105194912310020"}, "data_invalid"),
        ({"residence": "510101"}, "data_invalid"),
        ({"benefit": {"benefit_id": "B1", "scheme": "employee_pension", "since": "2026-13",
                      "monthly": 1}}, "data_invalid"),
        ({"benefit": {"benefit_id": "B1", "scheme": "employee_pension", "since": "2026-12",
                      "monthly": -1}}, "data_invalid"),
        ({"more": 1}, "data_invalid"),
    ],
    ids=range(9),
)  # fmt: skip
def test_an_approval_that_is_not_by_the_measures_is_refused(
    payer: Town, changes: dict[str, Any], code: str
) -> None:
    assert refused(payer, "retirees.approve", approval(**changes)) == code


def test_two_benefits_are_served_by_one_certification_and_paid_in_one_run(payer: Town) -> None:
    """RULES section 2, edge cases."""
    done(payer, "retirees.approve", approval())
    second = {"benefit_id": "B2", "scheme": "work_injury", "since": "2026-12", "monthly": 50_000}
    papers = ["identity", "application", "bank_account", "disability_grade"]
    met = ["injury_recognised", "disability_grade"]
    injury = approval(benefit=second, papers=papers, conditions_met=met)
    done(payer, "retirees.approve", injury)
    assert refused(payer, "retirees.approve", injury) == "retirees_benefit_approved_already"
    assert refused(payer, "retirees.approve", approval(name="生成的另一人")) == (
        "retirees_approval_name_differs"
    )
    other = approval(citizen_id=make_citizen_id("510600", date(1957, 3, 7), 125))
    assert refused(payer, "retirees.approve", other) == "retirees_benefit_number_taken"
    to_day(payer, "2027-12-15")
    found = done(payer, "retirees.run", {"month": "2027-12"})
    assert found["payments"] == []
    assert found["suspended"] == [PERSON]
    seen = evidence(on="2027-12-15", kind="face", channel="self_service", face_score=99)
    done(payer, "retirees.certify", seen)
    found = done(payer, "retirees.run", {"month": "2027-12"})
    assert found["total"] == 13 * (MONTHLY + 50_000)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "生成的另一人"}, "retirees_evidence_name_differs"),
        ({"kind": "insurance_purchase"}, "retirees_evidence_proves_no_presence"),
        ({"kind": "death"}, "retirees_evidence_suggests_loss"),
        ({"kind": "face"}, "retirees_evidence_channel_wrong"),
        ({"on": "2026-11-24"}, "retirees_evidence_older"),
        ({"on": "2026-12-26"}, "retirees_evidence_in_future"),
        ({"kind": "face", "channel": "self_service", "face_score": 10}, "retirees_face_score_low"),
        ({"face_score": 101}, "data_invalid"),
    ],
    ids=range(8),
)
def test_evidence_that_certifies_nobody_is_refused(
    payer: Town, changes: dict[str, Any], code: str
) -> None:
    done(payer, "retirees.approve", approval())
    to_day(payer, "2026-12-25")
    assert refused(payer, "retirees.certify", evidence(**{"on": "2026-12-20", **changes})) == code
