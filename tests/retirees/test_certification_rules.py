"""RULES section 2: the rolling twelve months, suspension, arrears and overpayment."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.services.social.retirees import rules
from hanse.services.social.retirees.codes import Channel, EvidenceKind, Scheme, Standing
from hanse.services.social.retirees.months import first_run_after, month_at, read_month, run_on
from hanse.services.social.retirees.parameters import DEFAULTS, RetireesParameters

BORN = date(1958, 3, 7)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def certified(last: date, *schemes: Scheme, **more: bool) -> rules.Certified:
    return rules.Certified(BORN, last, schemes or (Scheme.EMPLOYEE,), **more)


def months(*texts: str) -> tuple[int, ...]:
    return tuple(map(read_month, texts))


def due_of(last: date, on: date, scheme: Scheme = Scheme.EMPLOYEE) -> date | None:
    found = rules.due_on(scheme, last, BORN, on, DEFAULTS)
    return None if found is None else found.due


def test_section_2_rolling_twelve_months_from_the_evidence_day() -> None:
    """[V2] done 2021-03-11, due 2022-03-11; missed: payment stops from March 2022."""
    assert due_of(date(2021, 3, 11), date(2021, 6, 1)) == date(2022, 3, 11)
    assert rules.suspended_from(date(2022, 3, 11), DEFAULTS) == read_month("2022-03")


def test_section_2_worked_example_a_discharge_matched_later_counts_from_its_own_day() -> None:
    """[X] discharge 2026-03-02 matched on 2026-04-10: next due 2027-03-02."""
    seen = rules.Seen(EvidenceKind.INPATIENT, Channel.COMPARISON, date(2026, 3, 2))
    rules.check_evidence(seen, date(2025, 6, 20), date(2026, 4, 10), DEFAULTS)
    assert due_of(seen.on, date(2026, 4, 10)) == date(2027, 3, 2)


def test_section_2_worked_example_suspension_and_arrears() -> None:
    """[X] nothing by 2026-06-20: suspended from July; certified 09-05: Jul and Aug with Sep."""
    due = due_of(date(2025, 6, 20), date(2026, 6, 1))
    assert due == date(2026, 6, 20)
    assert rules.suspended_from(due, DEFAULTS) == read_month("2026-07")
    since = read_month("2020-01")
    paid = set(range(since, read_month("2026-05") + 1))
    for run, pays in (
        ("2026-06", months("2026-06")),
        ("2026-07", ()),
        ("2026-08", ()),
    ):
        found = rules.months_to_pay(since, read_month(run), paid, due, None, DEFAULTS)
        assert found == pays, run
        paid.update(found)
    due = due_of(date(2026, 9, 5), date(2026, 9, 5))
    assert rules.missed_months(since, read_month("2026-09"), paid) == months("2026-07", "2026-08")
    found = rules.months_to_pay(since, read_month("2026-09"), paid, due, None, DEFAULTS)
    assert found == months("2026-07", "2026-08", "2026-09")


@pytest.mark.parametrize("run_day", range(1, 32))
def test_both_published_examples_hold_for_run_days_from_12_to_20(run_day: int) -> None:
    parameters = RetireesParameters(payment_run_day=run_day)
    first = rules.suspended_from(date(2022, 3, 11), parameters) == read_month("2022-03")
    second = rules.suspended_from(date(2026, 6, 20), parameters) == read_month("2026-07")
    assert (first and second) == (12 <= run_day <= 20)


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        (date(2026, 4, 20), Standing.VALID),
        (date(2026, 4, 21), Standing.DUE_SOON),
        (date(2026, 6, 20), Standing.DUE_SOON),
        (date(2026, 6, 21), Standing.DUE),
        (date(2026, 7, 14), Standing.DUE),
        (date(2026, 7, 15), Standing.SUSPENDED),
        (date(2027, 7, 15), Standing.SUSPENDED),
    ],
)
def test_the_standing_follows_from_the_day(on: date, standing: Standing) -> None:
    assert rules.standing(certified(date(2025, 6, 20)), on, DEFAULTS) is standing


def test_a_certification_restores_until_the_arrears_are_paid() -> None:
    after = date(2026, 9, 5)
    assert rules.standing(certified(after, arrears=True), after, DEFAULTS) is Standing.RESTORED
    assert rules.standing(certified(after), after, DEFAULTS) is Standing.VALID


def test_a_confirmed_loss_ends_everything() -> None:
    lost = certified(date(2026, 9, 5), lost=True)
    for on in (date(2026, 9, 5), date(2040, 1, 1)):
        assert rules.standing(lost, on, DEFAULTS) is Standing.TERMINATED


def test_under_age_there_is_no_period() -> None:
    born = date(2010, 5, 1)
    for on in (date(2026, 1, 1), date(2028, 4, 30)):
        assert rules.due_on(Scheme.SURVIVOR, date(2020, 1, 1), born, on, DEFAULTS) is None
    child = rules.Certified(born, date(2020, 1, 1), (Scheme.SURVIVOR,))
    assert rules.standing(child, date(2028, 4, 30), DEFAULTS) is Standing.VALID
    grown = rules.due_on(Scheme.SURVIVOR, date(2020, 1, 1), born, date(2028, 5, 1), DEFAULTS)
    assert grown is not None
    assert grown.due == date(2029, 5, 1)


def test_one_certification_serves_two_benefits_and_the_earlier_due_day_counts() -> None:
    parameters = RetireesParameters(period_months={**DEFAULTS.period_months, Scheme.RESIDENT: 6})
    both = certified(date(2026, 1, 31), Scheme.EMPLOYEE, Scheme.RESIDENT)
    found = rules.earliest_due(both, date(2026, 2, 1), parameters)
    assert found is not None
    assert found.due == date(2026, 7, 31)
    again = certified(date(2026, 7, 1), Scheme.EMPLOYEE, Scheme.RESIDENT)
    for scheme, due in ((Scheme.RESIDENT, date(2027, 1, 1)), (Scheme.EMPLOYEE, date(2027, 7, 1))):
        found = rules.due_on(scheme, again.last_evidence, BORN, date(2026, 7, 1), parameters)
        assert found is not None
        assert found.due == due


def test_a_certification_on_29_february_is_due_on_28_february() -> None:
    assert due_of(date(2028, 2, 29), date(2028, 3, 1)) == date(2029, 2, 28)


def test_months_after_the_month_of_death_are_overpaid() -> None:
    """RULES section 2: overpayment is the months after the month of death."""
    paid = months("2026-03", "2026-04", "2026-05", "2026-06")
    assert rules.overpaid_months(paid, month_at(date(2026, 4, 1))) == months("2026-05", "2026-06")
    assert rules.overpaid_months(paid, month_at(date(2026, 4, 30))) == months("2026-05", "2026-06")
    assert rules.overpaid_months(paid, read_month("2026-06")) == ()


def test_what_was_held_back_before_a_death_is_paid_after_it() -> None:
    since, paid = read_month("2026-01"), set(months("2026-01", "2026-02"))
    found = rules.months_to_pay(
        since, read_month("2026-09"), paid, date(2026, 2, 20), read_month("2026-04"), DEFAULTS
    )
    assert found == months("2026-03", "2026-04")


def test_a_run_day_that_a_month_lacks_is_its_last_day() -> None:
    assert run_on(read_month("2026-02"), 31) == date(2026, 2, 28)
    assert first_run_after(date(2026, 2, 28), 31) == read_month("2026-03")
    assert first_run_after(date(2026, 2, 27), 31) == read_month("2026-02")


@given(last=DAYS, on=DAYS)
def test_there_is_one_standing_for_every_day_and_it_never_runs_back(last: date, on: date) -> None:
    order = [Standing.VALID, Standing.DUE_SOON, Standing.DUE, Standing.SUSPENDED]
    one = rules.standing(certified(last), on, DEFAULTS)
    later = rules.standing(certified(last), on + timedelta(days=17), DEFAULTS)
    assert order.index(one) <= order.index(later)


@given(last=DAYS, newer=st.integers(1, 900), on=DAYS)
def test_newer_evidence_is_never_worse(last: date, newer: int, on: date) -> None:
    order = [Standing.VALID, Standing.DUE_SOON, Standing.DUE, Standing.SUSPENDED]
    before = rules.standing(certified(last), on, DEFAULTS)
    after = rules.standing(certified(last + timedelta(days=newer)), on, DEFAULTS)
    assert order.index(after) <= order.index(before)


@given(
    gaps=st.lists(st.integers(1, 700), min_size=1, max_size=8),
    run_day=st.integers(1, 31),
)
def test_in_the_end_every_month_is_paid_once_whatever_was_missed(
    gaps: list[int], run_day: int
) -> None:
    """However late each certification comes: no month is lost and none is paid twice."""
    parameters = RetireesParameters(payment_run_day=run_day)
    evidence = [date(2020, 1, 1)]
    for gap in gaps:
        evidence.append(evidence[-1] + timedelta(days=gap))
    since = month_at(evidence[0])
    paid: list[int] = []
    for run in range(since, month_at(evidence[-1]) + 2):
        known = [one for one in evidence if one <= run_on(run, run_day)]
        due = rules.due_on(
            Scheme.EMPLOYEE, max(known, default=evidence[0]), BORN, evidence[0], parameters
        )
        assert due is not None
        paid.extend(rules.months_to_pay(since, run, paid, due.due, None, parameters))
    assert len(paid) == len(set(paid))
    assert paid == sorted(paid)
    assert paid == [*range(since, month_at(evidence[-1]) + 2)]
