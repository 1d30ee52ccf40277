"""The steps of an application for repair: every action from every status, and what is due."""

import copy
import itertools
from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.services.market.credit.codes import (
    CreditSystem,
    Material,
    RecordAction,
    RepairAction,
    RepairActor,
    RepairBasis,
    RepairStatus,
)
from hanse.services.market.credit.parameters import DEFAULTS, CreditParameters
from hanse.services.market.credit.repair_case import (
    TRANSITIONS,
    RepairCase,
    RepairStep,
    effect_on_record,
    submit,
    take_step,
)
from tests.credit.examples import CALENDAR

START = date(2026, 8, 10)
AUTHORITY, SITE = RepairActor.AUTHORITY, RepairActor.SITE
PATHS: dict[RepairStatus, tuple[RepairAction, ...]] = {
    RepairStatus.SUBMITTED: (),
    RepairStatus.NOT_ACCEPTED: (RepairAction.NOT_ACCEPT,),
    RepairStatus.ABANDONED: (RepairAction.ABANDON,),
    RepairStatus.ACCEPTED: (RepairAction.ACCEPT,),
    RepairStatus.APPROVED: (RepairAction.ACCEPT, RepairAction.APPROVE),
    RepairStatus.REFUSED: (RepairAction.ACCEPT, RepairAction.REFUSE),
    RepairStatus.SYNCED: (RepairAction.ACCEPT, RepairAction.APPROVE, RepairAction.SYNC),
    RepairStatus.IN_EFFECT: (
        RepairAction.ACCEPT,
        RepairAction.APPROVE,
        RepairAction.SYNC,
        RepairAction.TAKE_EFFECT,
    ),
    RepairStatus.REVOKED: (RepairAction.ACCEPT, RepairAction.APPROVE, RepairAction.REVOKE),
}
ALLOWED = {
    RepairStatus.SUBMITTED: {
        RepairAction.ACCEPT,
        RepairAction.NOT_ACCEPT,
        RepairAction.ABANDON,
    },
    RepairStatus.ACCEPTED: {
        RepairAction.EXTEND,
        RepairAction.APPROVE,
        RepairAction.REFUSE,
        RepairAction.ABANDON,
    },
    RepairStatus.APPROVED: {RepairAction.SYNC, RepairAction.REVOKE},
    RepairStatus.SYNCED: {RepairAction.TAKE_EFFECT, RepairAction.REVOKE},
    RepairStatus.IN_EFFECT: {RepairAction.REVOKE},
}
ACTORS = {
    RepairAction.ABANDON: RepairActor.APPLICANT,
    RepairAction.SYNC: SITE,
    RepairAction.TAKE_EFFECT: RepairActor.HOLDER,
}


def new_case(
    handler: RepairActor = AUTHORITY, basis: RepairBasis = RepairBasis.CORRECTED
) -> RepairCase:
    return submit(CreditSystem.CREDIT_CHINA, basis, START, CALENDAR, DEFAULTS, handler)


def step(action: RepairAction, on: date = START, actor: RepairActor | None = None) -> RepairStep:
    return RepairStep(action, actor or ACTORS.get(action, AUTHORITY), on, "理由")


def taken(case: RepairCase, *actions: RepairAction, on: date = START) -> RepairCase:
    for action in actions:
        case = take_step(case, step(action, on), CALENDAR, DEFAULTS)
    return case


def code_of(case: RepairCase, one: RepairStep, missing: tuple[Material, ...] = ()) -> str | None:
    """The refusal's code; asserts that a refusal changed nothing."""
    before = copy.deepcopy(case)
    try:
        take_step(case, one, CALENDAR, DEFAULTS, missing)
    except Problem as problem:
        assert case == before
        return problem.code
    return None


@pytest.mark.parametrize(("status", "action"), list(itertools.product(RepairStatus, RepairAction)))
def test_every_action_from_every_status(status: RepairStatus, action: RepairAction) -> None:
    case = taken(new_case(), *PATHS[status])
    assert case.status is status
    if action in ALLOWED.get(status, set()):
        after = take_step(case, step(action), CALENDAR, DEFAULTS)
        assert after.steps == (*case.steps, step(action))
        assert after.status is TRANSITIONS[status][action].to
    else:
        assert code_of(case, step(action)) == "credit_repair_action_not_allowed"


@pytest.mark.parametrize("action", list(RepairAction))
@pytest.mark.parametrize("actor", list(RepairActor))
def test_each_action_is_for_one_actor(action: RepairAction, actor: RepairActor) -> None:
    status = next(one for one, actions in ALLOWED.items() if action in actions)
    case = taken(new_case(), *PATHS[status])
    right = ACTORS.get(action, AUTHORITY)
    expected = None if actor is right else "credit_repair_actor_wrong"
    assert code_of(case, step(action, actor=actor)) == expected
    assert (action in case.allowed(actor)) == (actor is right)


def test_the_site_decides_what_it_handles_itself_and_the_authority_does_not() -> None:
    case = new_case(handler=SITE)
    assert code_of(case, step(RepairAction.ACCEPT, actor=AUTHORITY)) == "credit_repair_actor_wrong"
    accepted = take_step(case, step(RepairAction.ACCEPT, actor=SITE), CALENDAR, DEFAULTS)
    assert accepted.allowed(SITE) == (
        RepairAction.EXTEND,
        RepairAction.APPROVE,
        RepairAction.REFUSE,
    )


@pytest.mark.parametrize("handler", [RepairActor.APPLICANT, RepairActor.HOLDER])
def test_nobody_else_handles_an_application(handler: RepairActor) -> None:
    with pytest.raises(ValueError, match="handled by"):
        new_case(handler=handler)


def test_rules_11_2_acceptance_within_3_working_days() -> None:
    case = submit(
        CreditSystem.CREDIT_CHINA, RepairBasis.CORRECTED, date(2026, 4, 30), CALENDAR, DEFAULTS
    )
    assert case.due is not None
    assert case.due.due == date(2026, 5, 8)
    assert "不计节假日2026年5月1日至2026年5月5日" in case.due.explanation.zh
    assert not case.is_overdue(date(2026, 5, 8))
    assert case.is_overdue(date(2026, 5, 9))


def test_rules_11_2_answer_within_10_working_days_of_acceptance() -> None:
    case = taken(new_case(), RepairAction.ACCEPT, on=date(2026, 8, 12))
    assert case.due is not None
    assert case.due.due == date(2026, 8, 26)
    assert case.due.calendar_version == CALENDAR.version


def test_rules_11_2_the_site_has_10_working_days_overall() -> None:
    case = new_case(handler=SITE)
    one = step(RepairAction.ACCEPT, date(2026, 8, 12), SITE)
    accepted = take_step(case, one, CALENDAR, DEFAULTS)
    assert accepted.due is not None
    assert accepted.due.due == date(2026, 8, 24)


def test_rules_11_2_extension_once_for_a_complex_case() -> None:
    case = taken(new_case(), RepairAction.ACCEPT, RepairAction.EXTEND)
    assert case.status is RepairStatus.ACCEPTED
    assert case.due is not None
    assert case.due.due == date(2026, 9, 7)
    assert case.due.start == date(2026, 8, 24)
    assert code_of(case, step(RepairAction.EXTEND)) == "credit_repair_extended_already"
    assert taken(case, RepairAction.APPROVE).status is RepairStatus.APPROVED


def test_synchronising_and_honouring_have_their_own_deadlines() -> None:
    friday = date(2026, 8, 21)
    approved = taken(new_case(), RepairAction.ACCEPT, RepairAction.APPROVE, on=friday)
    assert approved.due is not None
    assert approved.due.due == date(2026, 8, 26)
    synced = taken(approved, RepairAction.SYNC, on=friday)
    assert synced.due is not None
    assert synced.due.due == date(2026, 8, 22), "a machine honours a repair on Saturdays too"
    assert taken(synced, RepairAction.TAKE_EFFECT, on=friday).due is None


def test_day_counts_are_parameters() -> None:
    slow = CreditParameters(repair_accept_working_days=5, repair_decide_working_days=20)
    case = submit(CreditSystem.SAMR, RepairBasis.CORRECTED, START, CALENDAR, slow)
    assert case.due is not None
    assert case.due.term.count == 5
    accepted = take_step(case, step(RepairAction.ACCEPT), CALENDAR, slow)
    assert accepted.due is not None
    assert accepted.due.term.count == 20


@pytest.mark.parametrize("status", [s for s in RepairStatus if not TRANSITIONS[s]])
def test_a_closed_case_owes_nothing(status: RepairStatus) -> None:
    case = taken(new_case(), *PATHS[status])
    assert case.due is None
    assert not case.is_overdue(date(2099, 1, 1))
    with pytest.raises(Problem) as refused:
        taken(case, RepairAction.ACCEPT)
    assert "已办结" in refused.value.hint.zh


@pytest.mark.parametrize(
    "action",
    [RepairAction.NOT_ACCEPT, RepairAction.EXTEND, RepairAction.REFUSE, RepairAction.REVOKE],
)
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_what_burdens_the_applicant_needs_a_reason(
    action: RepairAction, reason: str | None
) -> None:
    status = next(one for one, actions in ALLOWED.items() if action in actions)
    case = taken(new_case(), *PATHS[status])
    unreasoned = RepairStep(action, AUTHORITY, START, reason)
    assert code_of(case, unreasoned) == "credit_repair_reason_missing"


@pytest.mark.parametrize(
    "action",
    [
        RepairAction.ACCEPT,
        RepairAction.APPROVE,
        RepairAction.SYNC,
        RepairAction.TAKE_EFFECT,
        RepairAction.ABANDON,
    ],
)
def test_what_does_not_burden_the_applicant_needs_no_reason(action: RepairAction) -> None:
    status = next(one for one, actions in ALLOWED.items() if action in actions)
    case = taken(new_case(), *PATHS[status])
    assert code_of(case, RepairStep(action, ACTORS.get(action, AUTHORITY), START)) is None


def test_a_case_is_never_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        new_case().status = RepairStatus.APPROVED  # type: ignore[misc]


def test_a_step_is_not_dated_before_the_last() -> None:
    before = START - timedelta(1)
    assert code_of(new_case(), step(RepairAction.ACCEPT, before)) == "credit_repair_date_backwards"
    accepted = taken(new_case(), RepairAction.ACCEPT, on=START + timedelta(2))
    early = step(RepairAction.APPROVE, START + timedelta(1))
    assert code_of(accepted, early) == "credit_repair_date_backwards"


def test_only_what_may_be_asked_for_can_be_missing() -> None:
    refuse = step(RepairAction.NOT_ACCEPT)
    assert code_of(new_case(), refuse, (Material.COMMITMENT,)) is None
    more = (Material.COMMITMENT, Material.TRAINING_PROOF)
    assert code_of(new_case(), refuse, more) == "credit_repair_material_not_allowed"


def test_past_the_calendar_nothing_is_accepted() -> None:
    case = submit(
        CreditSystem.CREDIT_CHINA, RepairBasis.CORRECTED, date(2026, 12, 24), CALENDAR, DEFAULTS
    )
    late = step(RepairAction.ACCEPT, date(2026, 12, 28))
    assert code_of(case, late) == "calendar_horizon_passed"


def test_effect_on_the_record() -> None:
    for status, path in PATHS.items():
        expected = {
            RepairStatus.SYNCED: RecordAction.REPAIR,
            RepairStatus.IN_EFFECT: RecordAction.REPAIR,
        }.get(status)
        assert effect_on_record(taken(new_case(), *path)) is expected


def test_effect_of_a_reorganisation_is_temporary() -> None:
    case = taken(new_case(basis=RepairBasis.REORGANISATION), *PATHS[RepairStatus.IN_EFFECT])
    assert effect_on_record(case) is RecordAction.LIFT


@pytest.mark.parametrize("status", [RepairStatus.SYNCED, RepairStatus.IN_EFFECT])
def test_a_repair_revoked_after_it_was_synchronised_restores_the_record(
    status: RepairStatus,
) -> None:
    case = taken(new_case(), *PATHS[status], RepairAction.REVOKE)
    assert case.status is RepairStatus.REVOKED
    assert effect_on_record(case) is RecordAction.RESTORE


@given(st.lists(st.sampled_from(list(RepairAction)), max_size=12))
def test_any_sequence_keeps_the_history_of_what_was_allowed(actions: list[RepairAction]) -> None:
    case, done = new_case(), []
    for number, action in enumerate(actions):
        one = step(action, START + timedelta(number))
        if code_of(case, one) is None:
            case = take_step(case, one, CALENDAR, DEFAULTS)
            done.append(action)
    assert [one.action for one in case.steps] == done
    assert sum(action is RepairAction.EXTEND for action in done) <= 1
    assert bool(TRANSITIONS[case.status]) or case.due is None
