"""The life of a record: every action from every status, versions, corrections, objections."""

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from hanse.foundation.errors import Problem
from hanse.services.market.credit.codes import (
    CreditSystem,
    DutyStatus,
    ObjectionStatus,
    PenaltyKind,
    RecordAction,
    RecordKind,
    RecordStatus,
    Severity,
)
from hanse.services.market.credit.contracts import Correction, CreditRecord, Decision
from hanse.services.market.credit.parameters import DEFAULTS
from hanse.services.market.credit.records import (
    ACTIONS,
    IDENTITY_FIELDS,
    corrected,
    lifted,
    new_record,
    objected,
    objection_answered,
    repaired,
    restored,
    withdrawn,
)
from tests.credit.examples import (
    AUTHORITY,
    ENTERPRISE,
    OTHER_ENTERPRISE,
    decision,
    record_of,
    without_penalty,
)

JUNE_1 = date(2026, 6, 1)


def correct(record: CreditRecord, version: int, **changes: Any) -> CreditRecord:
    fields = {name: getattr(record, name) for name in Decision.model_fields}
    reference = record.reference.model_copy(update={"version": version})
    correction = Correction(
        record=reference, corrected=Decision(**{**fields, **changes}), reason="录入有误"
    )
    return corrected(record, correction, JUNE_1, DEFAULTS)


DO: dict[RecordAction, Callable[[CreditRecord, int], CreditRecord]] = {
    RecordAction.CORRECT: correct,
    RecordAction.WITHDRAW: withdrawn,
    RecordAction.LIFT: lifted,
    RecordAction.REPAIR: repaired,
    RecordAction.RESTORE: restored,
    RecordAction.OBJECT: objected,
    RecordAction.ANSWER_OBJECTION: lambda record, version: objection_answered(
        record, version, upheld=True
    ),
}


def record_in(status: RecordStatus) -> CreditRecord:
    """A record in a status, with an open objection only where its answer is to be tried."""
    published = record_of()
    return {
        RecordStatus.NOT_PUBLISHED: lambda: record_of(decision(severity=Severity.MINOR)),
        RecordStatus.PUBLISHED: lambda: published,
        RecordStatus.LIFTED: lambda: lifted(published, 1),
        RecordStatus.REPAIRED: lambda: repaired(published, 1),
        RecordStatus.WITHDRAWN: lambda: withdrawn(published, 1),
    }[status]()


EXPECTED: dict[RecordStatus, dict[RecordAction, RecordStatus]] = {
    RecordStatus.NOT_PUBLISHED: {
        RecordAction.CORRECT: RecordStatus.NOT_PUBLISHED,
        RecordAction.WITHDRAW: RecordStatus.WITHDRAWN,
        RecordAction.REPAIR: RecordStatus.REPAIRED,
        RecordAction.OBJECT: RecordStatus.NOT_PUBLISHED,
        RecordAction.ANSWER_OBJECTION: RecordStatus.NOT_PUBLISHED,
    },
    RecordStatus.PUBLISHED: {
        RecordAction.CORRECT: RecordStatus.PUBLISHED,
        RecordAction.WITHDRAW: RecordStatus.WITHDRAWN,
        RecordAction.REPAIR: RecordStatus.REPAIRED,
        RecordAction.LIFT: RecordStatus.LIFTED,
        RecordAction.OBJECT: RecordStatus.PUBLISHED,
        RecordAction.ANSWER_OBJECTION: RecordStatus.PUBLISHED,
    },
    RecordStatus.LIFTED: {
        RecordAction.CORRECT: RecordStatus.LIFTED,
        RecordAction.WITHDRAW: RecordStatus.WITHDRAWN,
        RecordAction.REPAIR: RecordStatus.REPAIRED,
        RecordAction.RESTORE: RecordStatus.PUBLISHED,
        RecordAction.OBJECT: RecordStatus.LIFTED,
        RecordAction.ANSWER_OBJECTION: RecordStatus.LIFTED,
    },
    RecordStatus.REPAIRED: {
        RecordAction.WITHDRAW: RecordStatus.WITHDRAWN,
        RecordAction.RESTORE: RecordStatus.PUBLISHED,
        RecordAction.OBJECT: RecordStatus.REPAIRED,
        RecordAction.ANSWER_OBJECTION: RecordStatus.REPAIRED,
    },
    RecordStatus.WITHDRAWN: {},
}


@pytest.mark.parametrize(("status", "action"), list(itertools.product(RecordStatus, RecordAction)))
def test_every_action_from_every_status(status: RecordStatus, action: RecordAction) -> None:
    record = record_in(status)
    assert record.status is status
    if action is RecordAction.ANSWER_OBJECTION and action in ACTIONS[status]:
        record = objected(record, record.version)
    before = record.model_copy(deep=True)
    if action in EXPECTED[status]:
        after = DO[action](record, record.version)
        assert after.status is EXPECTED[status][action]
        assert after.version == record.version + 1
        assert after.record_id == record.record_id
    else:
        with pytest.raises(Problem) as refused:
            DO[action](record, record.version)
        assert refused.value.code == "credit_record_action_not_allowed"
        assert record.status.text.zh in refused.value.hint.zh
    assert record == before


def test_the_table_is_the_one_expected() -> None:
    assert {status: set(actions) for status, actions in ACTIONS.items()} == {
        status: set(actions) for status, actions in EXPECTED.items()
    }


@pytest.mark.parametrize("action", list(RecordAction))
@pytest.mark.parametrize("version", [1, 3, 99])
def test_a_change_to_another_version_is_refused(action: RecordAction, version: int) -> None:
    status = next(one for one, actions in EXPECTED.items() if action in actions)
    record = record_in(status).model_copy(update={"version": 2})
    with pytest.raises(Problem) as refused:
        DO[action](record, version)
    assert refused.value.code == "credit_record_version_conflict"
    assert "2" in refused.value.hint.zh


def test_new_record_is_published_by_the_rules() -> None:
    record = record_of(on=JUNE_1)
    assert record.status is RecordStatus.PUBLISHED
    assert (record.publish_from, record.publish_until) == (JUNE_1, date(2027, 5, 10))
    assert record.rule_version == "ndrc-36/1"
    assert record.version == 1


def test_new_record_of_a_minor_decision_is_not_published() -> None:
    record = record_of(decision(severity=Severity.MINOR))
    assert record.status is RecordStatus.NOT_PUBLISHED
    assert (record.publish_from, record.publish_until) == (None, None)


def test_new_record_whose_period_is_over_is_refused() -> None:
    for day in (date(2027, 5, 10), date(2028, 1, 1)):
        with pytest.raises(Problem) as refused:
            record_of(on=day)
        assert refused.value.code == "credit_period_over"
    assert record_of(on=date(2027, 5, 9)).status is RecordStatus.PUBLISHED


def test_good_credit_that_has_ended_is_not_published() -> None:
    good = without_penalty(RecordKind.GOOD, ends_on=date(2026, 6, 1))
    with pytest.raises(Problem):
        record_of(good, on=JUNE_1)


def test_correction_reckons_the_periods_again_from_the_first_publication() -> None:
    record = record_of(decision(system=CreditSystem.SAMR), on=date(2026, 5, 20))
    assert record.publish_until == date(2029, 5, 20)
    after = correct(record, 1, penalties=(PenaltyKind.LOW_FINE,), content="罚款五百元")
    assert after.publish_from == date(2026, 5, 20)
    assert after.publish_until == date(2026, 8, 20)
    assert after.content == "罚款五百元"


def test_correction_to_a_minor_class_ends_the_publication() -> None:
    after = correct(record_of(), 1, severity=Severity.MINOR)
    assert after.status is RecordStatus.NOT_PUBLISHED
    back = correct(after, 2, severity=Severity.GENERAL)
    assert back.status is RecordStatus.PUBLISHED
    assert back.publish_from == JUNE_1


def test_correction_that_shortens_a_period_past_its_end_is_possible() -> None:
    record = record_of(on=date(2026, 9, 1))
    after = correct(record, 1, severity=Severity.MINOR, publication_reason="涉及公共安全")
    assert after.publish_until == date(2026, 8, 10)


def test_correction_of_the_duty_is_how_a_record_learns_that_it_was_done() -> None:
    record = record_of(decision(duty=DutyStatus.OPEN))
    assert correct(record, 1, duty=DutyStatus.DONE).duty is DutyStatus.DONE


OTHER_IDENTITY: dict[str, Any] = {
    "system": CreditSystem.SAMR,
    "kind": RecordKind.JUDGMENT,
    "subject": OTHER_ENTERPRISE,
    "authority": ENTERPRISE,
    "decision_number": "成市监处罚〔2026〕52号",
}


@pytest.mark.parametrize("field", IDENTITY_FIELDS)
def test_correction_may_not_change_what_identifies_the_record(field: str) -> None:
    record = record_of()
    changes = {field: OTHER_IDENTITY[field]}
    if field == "kind":
        changes["penalties"] = ()
    with pytest.raises(Problem) as refused:
        correct(record, 1, **changes)
    assert refused.value.code == "credit_record_identity_fixed"
    assert field in refused.value.hint.en


def test_restored_minor_record_stays_unpublished() -> None:
    record = repaired(record_of(decision(severity=Severity.MINOR)), 1)
    assert restored(record, 2).status is RecordStatus.NOT_PUBLISHED


def test_objection_flags_and_its_answer_closes_it() -> None:
    disputed = objected(record_of(), 1)
    assert disputed.objection is ObjectionStatus.OPEN
    assert disputed.status is RecordStatus.PUBLISHED
    upheld = objection_answered(disputed, 2, upheld=True)
    dismissed = objection_answered(disputed, 2, upheld=False)
    assert upheld.objection is ObjectionStatus.UPHELD
    assert dismissed.objection is ObjectionStatus.DISMISSED
    assert objected(dismissed, 3).objection is ObjectionStatus.OPEN


def test_a_second_objection_waits_for_the_answer_to_the_first() -> None:
    disputed = objected(record_of(), 1)
    with pytest.raises(Problem) as refused:
        objected(disputed, 2)
    assert refused.value.code == "credit_objection_open"


def test_an_answer_without_an_objection_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        objection_answered(record_of(), 1, upheld=True)
    assert refused.value.code == "credit_objection_not_open"


def test_every_version_passes_the_contract_again() -> None:
    with pytest.raises(ValidationError):
        new_record(
            decision(),
            source_city="510104",
            record_id="r-1",
            published_on=JUNE_1,
            parameters=DEFAULTS,
        )
    assert record_of().authority == AUTHORITY
