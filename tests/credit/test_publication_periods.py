"""Publication periods of every dated rule set, and when repair may first be asked for."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.services.market.credit.codes import (
    CreditSystem,
    PenaltyKind,
    RecordKind,
    Sector,
    Severity,
)
from hanse.services.market.credit.contracts import Decision
from hanse.services.market.credit.parameters import DEFAULTS, USUAL_SEVERITY
from hanse.services.market.credit.publication import Publication, publication_of
from hanse.services.market.credit.rule_sets import RULE_SETS, rules_on, severity_of
from tests.credit.examples import decision, without_penalty

MAY_10 = date(2026, 5, 10)
OLD_DAY = date(2026, 3, 31)


def periods(of: Decision, on: date | None = None) -> Publication:
    return publication_of(of, on or of.decided_on, DEFAULTS)


def test_rules_11_1_general_decision_of_2026_05_10() -> None:
    found = periods(decision(severity=Severity.GENERAL))
    assert found.rules.name == "ndrc-36/1"
    assert found.published
    assert found.repair_from == date(2026, 8, 10)
    assert found.until == date(2027, 5, 10)
    assert [reckoning.due for reckoning in found.reckonings] == [found.repair_from, found.until]


def test_rules_11_1_serious_decision_of_2026_05_10() -> None:
    found = periods(decision(severity=Severity.SERIOUS))
    assert found.repair_from == date(2027, 5, 10)
    assert found.until == date(2029, 5, 10)


def test_order_36_minor_is_as_a_rule_not_published_and_repairable_at_once() -> None:
    found = periods(decision(severity=Severity.MINOR))
    assert not found.published
    assert found.starts is None
    assert found.repair_from == MAY_10


def test_order_36_minor_that_must_be_published_ends_after_three_months() -> None:
    found = periods(decision(severity=Severity.MINOR, publication_reason="涉及公共安全"))
    assert found.published
    assert found.until == date(2026, 8, 10)


def test_order_36_counts_from_the_decision_and_not_from_publication() -> None:
    found = periods(decision(severity=Severity.GENERAL), on=date(2026, 6, 1))
    assert found.starts == date(2026, 6, 1)
    assert found.until == date(2027, 5, 10)


def test_order_36_class_of_the_authority_goes_before_the_usual_one() -> None:
    fine = decision(penalties=(PenaltyKind.LARGE_FINE,), severity=Severity.SERIOUS)
    assert severity_of(fine, DEFAULTS) is Severity.SERIOUS


@pytest.mark.parametrize(("kind", "expected"), list(USUAL_SEVERITY.items()))
def test_order_36_usual_class_of_each_penalty(kind: PenaltyKind, expected: Severity) -> None:
    assert severity_of(decision(penalties=(kind,)), DEFAULTS) is expected


def test_every_kind_of_penalty_has_a_usual_class() -> None:
    assert set(USUAL_SEVERITY) == set(PenaltyKind)


def test_order_36_summary_procedure_is_minor() -> None:
    found = decision(penalties=(PenaltyKind.LARGE_FINE,), summary_procedure=True)
    assert severity_of(found, DEFAULTS) is Severity.MINOR


def test_rules_11_1_several_kinds_in_one_decision_take_the_longest() -> None:
    found = periods(decision(penalties=(PenaltyKind.WARNING, PenaltyKind.CLOSED)))
    assert found.until == date(2029, 5, 10)
    samr = periods(
        decision(
            system=CreditSystem.SAMR, penalties=(PenaltyKind.LOW_FINE, PenaltyKind.CONFISCATION)
        )
    )
    assert samr.until == date(2029, 5, 10)


@given(st.sets(st.sampled_from(list(PenaltyKind)), min_size=1, max_size=5))
def test_more_kinds_never_shorten_a_period(kinds: set[PenaltyKind]) -> None:
    for system in CreditSystem:
        together = periods(decision(system=system, penalties=tuple(kinds))).until
        alone = [periods(decision(system=system, penalties=(kind,))).until for kind in kinds]
        assert together == max(one for one in alone if one is not None)


def test_rules_11_1_before_2026_04_01_three_months_to_three_years() -> None:
    found = periods(decision(decided_on=OLD_DAY))
    assert found.rules.name == "ndrc-58/1"
    assert found.repair_from == date(2026, 6, 30)
    assert found.until == date(2029, 3, 31)


@pytest.mark.parametrize("sector", list(Sector))
def test_rules_11_1_before_2026_04_01_at_least_a_year_in_strict_fields(sector: Sector) -> None:
    found = periods(decision(decided_on=OLD_DAY, sectors=(sector,)))
    assert found.repair_from == date(2027, 3, 31)


def test_order_58_publishes_no_mere_warning_or_summary_penalty() -> None:
    both = (PenaltyKind.WARNING, PenaltyKind.CRITICISM)
    assert not periods(decision(decided_on=OLD_DAY, penalties=both)).published
    assert not periods(decision(decided_on=OLD_DAY, summary_procedure=True)).published
    with_fine = (PenaltyKind.WARNING, PenaltyKind.LOW_FINE)
    assert periods(decision(decided_on=OLD_DAY, penalties=with_fine)).published


def test_rules_11_1_of_2019_general_and_serious() -> None:
    day = date(2023, 4, 30)
    general = periods(decision(decided_on=day))
    assert general.rules.rule_id == "ndrc-2019-527"
    assert general.published
    assert (general.repair_from, general.until) == (date(2023, 7, 30), date(2024, 4, 30))
    serious = periods(decision(decided_on=day, severity=Severity.SERIOUS))
    assert serious.published
    assert (serious.repair_from, serious.until) == (date(2023, 10, 30), date(2026, 4, 30))


@pytest.mark.parametrize(
    ("system", "day", "rule_id"),
    [
        (CreditSystem.CREDIT_CHINA, date(2019, 7, 1), "ndrc-2019-527"),
        (CreditSystem.CREDIT_CHINA, date(2023, 4, 30), "ndrc-2019-527"),
        (CreditSystem.CREDIT_CHINA, date(2023, 5, 1), "ndrc-58"),
        (CreditSystem.CREDIT_CHINA, date(2026, 3, 31), "ndrc-58"),
        (CreditSystem.CREDIT_CHINA, date(2026, 4, 1), "ndrc-36"),
        (CreditSystem.SAMR, date(2021, 9, 1), "samr-45"),
        (CreditSystem.SAMR, date(2026, 4, 1), "samr-45"),
    ],
)
def test_rules_0_2_rule_set_is_chosen_by_the_day_of_the_event(
    system: CreditSystem, day: date, rule_id: str
) -> None:
    assert rules_on(system, day).rule_id == rule_id


@pytest.mark.parametrize(
    ("system", "day"),
    [(CreditSystem.CREDIT_CHINA, date(2019, 6, 30)), (CreditSystem.SAMR, date(2021, 8, 31))],
)
def test_before_the_first_rules_there_is_an_error_and_no_guess(
    system: CreditSystem, day: date
) -> None:
    with pytest.raises(Problem) as refused:
        periods(decision(system=system, decided_on=day))
    assert refused.value.code == "credit_rules_unknown"
    assert str(day) in refused.value.hint.zh


def test_rule_sets_keep_their_names_since_records_carry_them() -> None:
    names = [rules.name for rules in RULE_SETS]
    assert names == ["ndrc-2019-527/1", "ndrc-58/1", "ndrc-36/1", "samr-45/1"]


def test_rule_sets_of_one_system_neither_overlap_nor_leave_a_gap() -> None:
    for system in CreditSystem:
        own = [rules for rules in RULE_SETS if rules.system is system]
        assert own[-1].effective_to is None
        for earlier, later in itertools.pairwise(own):
            assert earlier.effective_to is not None
            assert (later.effective_from - earlier.effective_to).days == 1


def test_conflict_1_the_system_of_the_record_decides() -> None:
    """Order 36 ends a general penalty after a year, SAMR Order 45 after three."""
    assert periods(decision()).until == date(2027, 5, 10)
    assert periods(decision(system=CreditSystem.SAMR)).until == date(2029, 5, 10)


@pytest.mark.parametrize("kind", [RecordKind.ABNORMAL, RecordKind.GOOD, RecordKind.JUDGMENT])
@pytest.mark.parametrize("system", list(CreditSystem))
def test_kinds_without_a_period_last_until_their_source_ends_them(
    kind: RecordKind, system: CreditSystem
) -> None:
    assert periods(without_penalty(kind, system=system)).until is None
    dated = without_penalty(kind, system=system, ends_on=date(2027, 1, 1))
    assert periods(dated).until == date(2027, 1, 1)


def test_order_36_judgment_with_a_class_ends_by_its_class() -> None:
    found = periods(without_penalty(RecordKind.JUDGMENT, severity=Severity.GENERAL))
    assert found.until == date(2027, 5, 10)


def test_order_36_list_of_serious_dishonesty_is_serious() -> None:
    found = periods(without_penalty(RecordKind.LIST))
    assert (found.repair_from, found.until) == (date(2027, 5, 10), date(2029, 5, 10))


@pytest.mark.parametrize("kind", [RecordKind.LIST, RecordKind.JUDGMENT, RecordKind.ABNORMAL])
@pytest.mark.parametrize("day", [date(2020, 1, 1), OLD_DAY])
def test_older_rules_set_periods_for_penalties_alone(kind: RecordKind, day: date) -> None:
    found = periods(without_penalty(kind, decided_on=day))
    assert found.published
    assert found.until is None


def test_publication_before_the_decision_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        publication_of(decision(), date(2026, 5, 9), DEFAULTS)
    assert refused.value.code == "credit_published_before_decided"
