"""Who may apply for the repair of a record, when and with which papers."""

from dataclasses import replace
from datetime import date

import pytest

from hanse.foundation.errors import Problem
from hanse.services.market.credit.codes import (
    CreditSystem,
    DutyStatus,
    Material,
    PenaltyKind,
    RecordKind,
    RepairBasis,
    Severity,
)
from hanse.services.market.credit.contracts import CreditRecord, RepairApplication
from hanse.services.market.credit.parameters import DEFAULTS, CreditParameters
from hanse.services.market.credit.records import lifted, repaired, withdrawn
from hanse.services.market.credit.repair_conditions import (
    bar_ends,
    check_application,
    check_asked,
    papers_allowed,
)
from hanse.services.market.credit.standing import Standing
from tests.credit.examples import (
    CLEAN,
    OTHER_ENTERPRISE,
    application,
    decision,
    record_of,
    without_penalty,
)

FIRST_DAY = date(2026, 8, 10)


def refusal(
    record: CreditRecord,
    on: date,
    standing: Standing = CLEAN,
    applied: RepairApplication | None = None,
    parameters: CreditParameters = DEFAULTS,
) -> str | None:
    """The code of the refusal; None where the application may be filed."""
    try:
        check_application(record, applied or application(record), standing, on, parameters)
    except Problem as problem:
        return problem.code
    return None


def test_rules_11_1_general_record_may_be_repaired_from_2026_08_10() -> None:
    assert refusal(record_of(), FIRST_DAY) is None
    assert refusal(record_of(), date(2026, 8, 9)) == "credit_repair_too_early"


def test_rules_11_1_serious_record_may_be_repaired_from_2027_05_10() -> None:
    record = record_of(decision(severity=Severity.SERIOUS))
    assert refusal(record, date(2027, 5, 9)) == "credit_repair_too_early"
    assert refusal(record, date(2027, 5, 10)) is None


def test_rules_11_1_minor_record_may_be_repaired_as_soon_as_the_duty_is_done() -> None:
    record = record_of(decision(severity=Severity.MINOR))
    assert refusal(record, date(2026, 5, 10)) is None
    undone = record_of(decision(severity=Severity.MINOR, duty=DutyStatus.OPEN))
    assert refusal(undone, date(2026, 5, 10)) == "credit_repair_duty_open"


def test_the_minimum_is_that_of_the_day_of_the_decision() -> None:
    """A food penalty under Order 58 keeps its year although Order 36 is in force by then."""
    old = record_of(decision(decided_on=date(2026, 3, 1), sectors=("food",)))
    assert refusal(old, date(2026, 6, 1)) == "credit_repair_too_early"
    assert refusal(old, date(2027, 3, 1)) is None


@pytest.mark.parametrize("duty", [DutyStatus.OPEN, DutyStatus.PARTLY_DONE])
def test_duties_must_be_done_in_full(duty: DutyStatus) -> None:
    assert refusal(record_of(decision(duty=duty)), FIRST_DAY) == "credit_repair_duty_open"


def test_the_authority_must_confirm_that_the_duties_are_done() -> None:
    unsure = replace(CLEAN, duty_done=False)
    assert refusal(record_of(), FIRST_DAY, unsure) == "credit_repair_duty_open"


@pytest.mark.parametrize(
    ("papers", "missing"),
    [
        ((Material.DUTY_PROOF,), "信用承诺书"),
        ((Material.COMMITMENT,), "义务履行完毕的证明材料"),
        ((Material.CREDIT_REPORT,), "义务履行完毕的证明材料、信用承诺书"),
    ],
)
def test_missing_papers_are_named_all_at_once(papers: tuple[Material, ...], missing: str) -> None:
    record = record_of()
    with pytest.raises(Problem) as refused:
        check_application(record, application(record, *papers), CLEAN, FIRST_DAY, DEFAULTS)
    assert refused.value.code == "credit_repair_material_missing"
    assert refused.value.hint.zh == f"请补充：{missing}"


def test_rules_11_2_no_more_may_be_asked_than_proof_and_commitment() -> None:
    day = date(2026, 8, 10)
    both = {Material.DUTY_PROOF, Material.COMMITMENT}
    assert papers_allowed(RepairBasis.CORRECTED, day, CreditSystem.CREDIT_CHINA) == both
    check_asked(both, RepairBasis.CORRECTED, day, CreditSystem.CREDIT_CHINA)
    for more in set(Material) - both:
        with pytest.raises(Problem) as refused:
            check_asked({more}, RepairBasis.CORRECTED, day, CreditSystem.CREDIT_CHINA)
        assert refused.value.code == "credit_repair_material_not_allowed"
        assert "信用承诺书" in refused.value.hint.zh


def test_rules_of_2019_asked_for_training_and_a_report() -> None:
    day = date(2022, 1, 1)
    asked = {Material.TRAINING_PROOF, Material.CREDIT_REPORT, Material.LICENCE_COPY}
    check_asked(asked, RepairBasis.CORRECTED, day, CreditSystem.CREDIT_CHINA)


def test_false_material_bars_for_the_parameters_months() -> None:
    barred = replace(CLEAN, barred_on=date(2026, 1, 15))
    assert bar_ends(date(2026, 1, 15), DEFAULTS).due == date(2029, 1, 15)
    record = record_of(decision(severity=Severity.SERIOUS))
    assert refusal(record, date(2029, 1, 14), barred) == "credit_repair_barred"
    assert refusal(record, date(2029, 1, 15), barred) is None
    shorter = CreditParameters(repair_bar_months=12)
    assert refusal(record, date(2027, 5, 10), barred, parameters=shorter) is None


def test_a_record_that_has_ended_is_repaired_or_withdrawn_needs_no_repair() -> None:
    record = record_of()
    assert refusal(record, date(2027, 5, 9)) is None
    assert refusal(record, date(2027, 5, 10)) == "credit_repair_not_open"
    for changed in (repaired(record, 1), withdrawn(record, 1)):
        assert refusal(changed, FIRST_DAY) == "credit_repair_not_open"


def test_good_credit_is_not_repaired() -> None:
    good = record_of(without_penalty(RecordKind.GOOD))
    assert refusal(good, FIRST_DAY) == "credit_repair_not_open"


def test_an_application_names_this_record_this_version_and_this_subject() -> None:
    record = record_of()
    other = record_of(name="r-2")
    assert refusal(record, FIRST_DAY, applied=application(other)) == "credit_repair_other_record"
    newer = record.model_copy(update={"version": 2})
    assert refusal(newer, FIRST_DAY, applied=application(record)) == "credit_repair_other_record"
    stranger = application(record, subject=OTHER_ENTERPRISE)
    assert refusal(record, FIRST_DAY, applied=stranger) == "credit_repair_other_record"


def test_abnormal_entry_may_be_repaired_as_soon_as_its_cause_is_gone() -> None:
    for system in CreditSystem:
        record = record_of(without_penalty(RecordKind.ABNORMAL, system=system))
        assert refusal(record, date(2026, 5, 11)) is None


def test_a_judgment_without_a_class_may_be_repaired_once_it_is_obeyed() -> None:
    record = record_of(without_penalty(RecordKind.JUDGMENT))
    assert refusal(record, date(2026, 5, 11)) is None
    unsure = replace(CLEAN, duty_done=False)
    assert refusal(record, date(2026, 5, 11), unsure) == "credit_repair_duty_open"


def samr(*kinds: PenaltyKind) -> CreditRecord:
    made = decision(system=CreditSystem.SAMR, penalties=kinds or (PenaltyKind.LARGE_FINE,))
    return record_of(made, on=date(2026, 6, 1))


def test_order_45_early_stop_with_every_condition_met() -> None:
    assert refusal(samr(), date(2026, 12, 1)) is None
    assert refusal(samr(), date(2026, 11, 30)) == "credit_repair_too_early"


@pytest.mark.parametrize(
    ("standing", "named"),
    [
        (replace(CLEAN, duty_done=False), "the duties of the decision are done"),
        (replace(CLEAN, harm_removed=False), "the harm is removed"),
        (replace(CLEAN, same_kind_again=True), "no new penalty of the same kind"),
        (replace(CLEAN, on_abnormal_list=True), "not on the abnormal list"),
        (replace(CLEAN, on_serious_list=True), "not on the serious list"),
    ],
)
def test_order_45_early_stop_needs_all_conditions(standing: Standing, named: str) -> None:
    record = samr()
    with pytest.raises(Problem) as refused:
        check_application(record, application(record), standing, date(2026, 12, 1), DEFAULTS)
    assert refused.value.code == "credit_conditions_unmet"
    assert refused.value.hint.en == f"Still to be met: {named}"


@pytest.mark.parametrize(
    "kind",
    [
        PenaltyKind.CLOSED,
        PenaltyKind.BUSINESS_RESTRICTED,
        PenaltyKind.LICENCE_REVOKED,
        PenaltyKind.LOW_FINE,
    ],
)
def test_rules_11_1_early_stop_is_impossible_for(kind: PenaltyKind) -> None:
    assert refusal(samr(kind), date(2026, 8, 31)) == "credit_repair_impossible"


def test_order_44_record_of_the_list_needs_its_own_conditions() -> None:
    record = record_of(without_penalty(RecordKind.LIST, system=CreditSystem.SAMR))
    day = date(2027, 5, 10)
    assert refusal(record, day) is None
    again = replace(CLEAN, severely_punished_again=True)
    assert refusal(record, day, again) == "credit_conditions_unmet"
    listed = replace(CLEAN, on_serious_list=True)
    assert refusal(record, day, listed) is None, "of course it is on the list"


def test_rules_11_2_court_ruling_suffices_for_a_temporary_lifting() -> None:
    record = record_of(decision(duty=DutyStatus.OPEN))
    ruling = application(record, Material.COURT_RULING, basis=RepairBasis.REORGANISATION)
    assert refusal(record, date(2026, 5, 11), Standing(), ruling) is None
    bare = application(record, Material.COMMITMENT, basis=RepairBasis.REORGANISATION)
    assert refusal(record, date(2026, 5, 11), Standing(), bare) == "credit_repair_material_missing"


def test_what_is_lifted_is_not_lifted_again_but_may_be_repaired() -> None:
    record = lifted(record_of(), 1)
    ruling = application(record, Material.COURT_RULING, basis=RepairBasis.REORGANISATION)
    assert refusal(record, FIRST_DAY, applied=ruling) == "credit_repair_not_open"
    assert refusal(record, FIRST_DAY) is None


def test_a_ruling_lifts_no_bar() -> None:
    record = record_of()
    ruling = application(record, Material.COURT_RULING, basis=RepairBasis.REORGANISATION)
    barred = replace(CLEAN, barred_on=date(2026, 5, 1))
    assert refusal(record, date(2026, 5, 11), barred, ruling) == "credit_repair_barred"
