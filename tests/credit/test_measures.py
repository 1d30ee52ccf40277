"""Joint measures: only what is declared, only on a record that may be used, only by code."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from hanse.foundation.errors import Problem
from hanse.services.market.credit.codes import (
    MeasureBasis,
    MeasureKind,
    RecordKind,
    Severity,
)
from hanse.services.market.credit.contracts import CreditRecord, DeclaredMeasure
from hanse.services.market.credit.measures import ImposedMeasure, check_measure
from hanse.services.market.credit.parameters import DEFAULTS
from hanse.services.market.credit.records import lifted, objected, repaired, withdrawn
from tests.credit.examples import (
    ENTERPRISE,
    OTHER_ENTERPRISE,
    record_of,
    without_penalty,
)

JUNE_1 = date(2026, 6, 1)


def measure(**changes: Any) -> DeclaredMeasure:
    values: dict[str, Any] = {
        "code": "bid-limit",
        "title_zh": "限制参加政府采购活动",
        "title_en": "Excluded from government procurement",
        "kind": MeasureKind.SANCTION,
        "basis": MeasureBasis.LAW,
        "legal_basis": "政府采购法第二十二条",
        "applies_to": (RecordKind.PENALTY,),
        "severities": (Severity.GENERAL, Severity.SERIOUS),
        "executing_cities": ("510600", "510700"),
        "valid_from": date(2026, 1, 1),
    }
    return DeclaredMeasure(**{**values, **changes})


def impose(
    record: CreditRecord | None = None,
    *,
    declared: DeclaredMeasure | None = None,
    code: str = "bid-limit",
    subjects: tuple[str, ...] = (ENTERPRISE,),
    city: str = "510600",
    on: date = JUNE_1,
) -> ImposedMeasure:
    return check_measure(
        code, [declared or measure()], record or record_of(), subjects, city, on, DEFAULTS
    )


def refused(**what: Any) -> str:
    with pytest.raises(Problem) as problem:
        impose(**what)
    return problem.value.code


def test_a_declared_measure_on_a_usable_record_ends_with_the_record() -> None:
    found = impose()
    assert found.until == date(2027, 5, 10)
    assert found.city == "510600"


def test_a_measure_ends_with_its_own_term_where_that_is_earlier() -> None:
    assert impose(declared=measure(valid_until=date(2026, 12, 31))).until == date(2026, 12, 31)


def test_a_measure_that_is_not_declared_is_refused() -> None:
    assert refused(code="own-idea") == "credit_measure_not_declared"


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 6, 1)])
def test_a_measure_out_of_force_is_refused(day: date) -> None:
    declared = measure(valid_until=date(2026, 6, 1))
    assert refused(declared=declared, on=day) == "credit_measure_not_in_force"


def test_a_city_without_authority_is_refused() -> None:
    assert refused(city="510100") == "credit_measure_city_not_authorised"
    nobody = measure(executing_cities=())
    assert refused(declared=nobody) == "credit_measure_city_not_authorised"


def test_another_code_is_refused_and_no_name_is_ever_asked() -> None:
    assert refused(subjects=(OTHER_ENTERPRISE,)) == "credit_measure_subject_differs"
    assert refused(subjects=()) == "credit_measure_subject_differs"
    assert not [field for field in CreditRecord.model_fields if "name" in field]


def test_a_successor_bears_its_predecessors_measure() -> None:
    assert impose(subjects=(OTHER_ENTERPRISE, ENTERPRISE)).record.subject == ENTERPRISE


def test_another_kind_or_class_of_record_is_refused() -> None:
    listed = record_of(without_penalty(RecordKind.LIST))
    assert refused(record=listed) == "credit_measure_not_applicable"
    only_serious = measure(severities=(Severity.SERIOUS,))
    assert refused(declared=only_serious) == "credit_measure_not_applicable"
    assert impose(declared=measure(severities=())).measure.severities == ()


def test_a_record_that_may_not_be_used_bears_no_measure() -> None:
    record = record_of()
    for changed in (repaired(record, 1), lifted(record, 1), withdrawn(record, 1)):
        assert refused(record=changed) == "credit_measure_record_not_usable"
    assert refused(on=date(2027, 5, 10)) == "credit_measure_record_not_usable"


def test_refusal_for_a_repaired_record_says_why_and_to_lift_the_measure() -> None:
    with pytest.raises(Problem) as problem:
        impose(repaired(record_of(), 1))
    assert "已完成信用修复" in problem.value.hint.zh
    assert "应当解除" in problem.value.hint.zh


def test_a_disputed_record_bears_its_measure_until_the_source_answers() -> None:
    assert impose(objected(record_of(), 1)).until == date(2027, 5, 10)


def test_an_incentive_is_for_good_credit_alone() -> None:
    good = record_of(without_penalty(RecordKind.GOOD))
    reward = measure(
        code="green-lane",
        kind=MeasureKind.INCENTIVE,
        applies_to=(RecordKind.GOOD,),
        severities=(),
    )
    assert impose(good, declared=reward, code="green-lane").until is None
    for kind, applies_to in (
        (MeasureKind.INCENTIVE, (RecordKind.GOOD, RecordKind.PENALTY)),
        (MeasureKind.SANCTION, (RecordKind.GOOD,)),
    ):
        with pytest.raises(ValidationError) as invalid:
            measure(kind=kind, applies_to=applies_to)
        assert invalid.value.errors()[0]["type"] == "credit_decision_inconsistent"
