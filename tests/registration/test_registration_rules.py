"""RULES section 12: terms, suspensions, bans, names and the uniform schema."""

from datetime import date, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.working_days import Calendar
from hanse.services.market.registration import rules
from hanse.services.market.registration.codes import BanKind, MatterKind
from hanse.services.market.registration.parameters import DEFAULTS

CALENDAR = Calendar.from_toml(
    (resources.files("hanse.leagues") / "calendar_cn.toml").read_text("utf-8")
)


def test_section_12_filed_before_the_may_holiday_decided_after_it() -> None:
    """[X] filed 2026-04-30: 05-08; extended: 05-12."""
    filed = date(2026, 4, 30)
    assert rules.decision_due(filed, CALENDAR, DEFAULTS).due == date(2026, 5, 8)
    assert rules.extended_decision_due(filed, CALENDAR, DEFAULTS).due == date(2026, 5, 12)


def test_section_12_simple_deregistration() -> None:
    """[X] notice 2026-05-01: objections until 05-21, apply until 06-10."""
    noticed = date(2026, 5, 1)
    assert rules.objection_until(noticed, CALENDAR, DEFAULTS).due == date(2026, 5, 21)
    assert rules.apply_until(noticed, CALENDAR, DEFAULTS).due == date(2026, 6, 10)


def test_section_12_the_other_terms() -> None:
    day = date(2026, 3, 2)
    assert rules.change_due(day, CALENDAR, DEFAULTS).due == date(2026, 4, 1)
    assert rules.file_due(day, DEFAULTS).due == date(2026, 6, 2)
    assert rules.departments_until(day, CALENDAR, DEFAULTS).due == date(2026, 3, 12)
    assert rules.creditors_told_by(day, CALENDAR, DEFAULTS).due == date(2026, 3, 12)
    assert rules.deregistered_by(day, CALENDAR, DEFAULTS).due == date(2026, 4, 1)


def test_a_last_day_that_rests_moves_to_the_next_working_day() -> None:
    """RULES 0.3: 30 days after 2026-03-05 is 04-04, in the holiday that ends on 04-06."""
    assert rules.change_due(date(2026, 3, 5), CALENDAR, DEFAULTS).due == date(2026, 4, 7)


@pytest.mark.parametrize(
    ("valid_until", "applied_on", "stale"),
    [
        (None, date(2026, 4, 1), False),
        (None, date(2026, 4, 2), True),
        (date(2026, 2, 1), date(2026, 2, 1), False),
        (date(2026, 2, 1), date(2026, 2, 2), True),
        (date(2027, 1, 1), date(2026, 12, 1), False),
    ],
)
def test_an_approval_without_an_end_is_confirmed_after_90_days(
    valid_until: date | None, applied_on: date, stale: bool
) -> None:
    found = rules.approval_is_stale(date(2026, 1, 1), valid_until, applied_on, DEFAULTS)
    assert found is stale


def test_suspensions_are_three_years_in_all_then_business_is_deemed_resumed() -> None:
    first = rules.Suspension(date(2022, 1, 1), date(2023, 1, 1))
    second = rules.Suspension(date(2024, 1, 1), date(2025, 12, 31))
    rules.check_suspension((first,), second, DEFAULTS)
    assert rules.resumed_on((first,), date(2024, 1, 1), DEFAULTS) == date(2026, 1, 1)
    longer = rules.Suspension(date(2024, 1, 1), date(2026, 1, 2))
    with pytest.raises(Problem) as refused:
        rules.check_suspension((first,), longer, DEFAULTS)
    assert refused.value.code == "registration_suspension_too_long"
    assert "2026-01-01" in refused.value.hint.en


@pytest.mark.parametrize(
    ("since", "until"), [("2022-06-01", "2023-06-01"), ("2023-06-01", "2023-06-01")]
)
def test_suspensions_neither_overlap_nor_run_backwards(since: str, until: str) -> None:
    first = rules.Suspension(date(2022, 1, 1), date(2023, 1, 1))
    wanted = rules.Suspension(date.fromisoformat(since), date.fromisoformat(until))
    with pytest.raises(Problem) as refused:
        rules.check_suspension((first,), wanted, DEFAULTS)
    assert refused.value.code == "registration_suspension_dates_wrong"


def test_an_extension_is_filed_thirty_days_before_the_end() -> None:
    current = rules.Suspension(date(2026, 1, 1), date(2026, 12, 31))
    end, last = date(2027, 6, 30), date(2026, 12, 1)
    assert rules.check_extension((), current, end, last, DEFAULTS).until == end
    late = last + timedelta(days=1)
    for until, filed, code in (
        (end, late, "registration_suspension_filed_late"),
        (current.until, last, "registration_suspension_dates_wrong"),
        (date(2029, 1, 2), last, "registration_suspension_too_long"),
    ):
        with pytest.raises(Problem) as refused:
            rules.check_extension((), current, until, filed, DEFAULTS)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        (BanKind.CRIME, date(2027, 2, 27)),
        (BanKind.BANKRUPTCY, date(2025, 2, 27)),
        (BanKind.REVOKED, date(2025, 2, 27)),
        (BanKind.FALSE, date(2025, 2, 27)),
        (BanKind.DEBT, date(2099, 1, 1)),
    ],
)
def test_a_ban_lasts_its_years_and_a_debt_until_it_is_paid(kind: BanKind, last: date) -> None:
    """[V] article 12: 5 years after a crime, 3 years after the others."""
    ban = rules.Ban(kind, date(2022, 2, 28))
    assert rules.in_force((ban,), last, DEFAULTS) == (kind,)
    if kind is not BanKind.DEBT:
        assert rules.in_force((ban,), last + timedelta(days=1), DEFAULTS) == ()
    lifted = rules.Ban(kind, date(2022, 2, 28), date(2023, 1, 1))
    assert rules.in_force((lifted,), date(2022, 12, 31), DEFAULTS) == (kind,)
    assert rules.in_force((lifted,), date(2023, 1, 1), DEFAULTS) == ()
    assert rules.in_force((ban,), date(2022, 2, 27), DEFAULTS) == ()


def test_who_is_banned_is_told_every_reason() -> None:
    bans = [rules.Ban(BanKind.DEBT, date(2020, 1, 1)), rules.Ban(BanKind.CRIME, date(2025, 1, 1))]
    with pytest.raises(Problem) as refused:
        rules.check_representative(bans, date(2026, 1, 1), DEFAULTS)
    assert refused.value.code == "registration_representative_banned"
    for kind in (BanKind.DEBT, BanKind.CRIME):
        assert kind.text.en in refused.value.hint.en
    rules.check_representative([], date(2026, 1, 1), DEFAULTS)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("明远", "F51"), ("明远", "F5122"), True),
        (("明远", "F51"), ("明远", "F52"), False),
        (("明远", "F51"), ("明元", "F51"), False),
        (("ＡＢＣ 明远", "F51"), ("abc明远", "F51"), True),
    ],
)
def test_section_12_a_name_is_one_of_a_kind_within_an_industry(
    one: tuple[str, str], other: tuple[str, str], same: bool
) -> None:
    assert rules.same_name(one, other) is same


def test_the_schema_knows_every_matter_and_the_laws_terms() -> None:
    book = rules.SCHEMA.on(date(2026, 11, 25))
    for kind in MatterKind:
        matter = book.matter(str(kind))
        assert matter is not None
        assert matter.decide_working_days == DEFAULTS.decide_working_days
        assert matter.extension_working_days == DEFAULTS.extension_working_days
    assert book.matter("simple_deregistration") is not None
    with pytest.raises(Problem) as refused:
        rules.SCHEMA.on(date(2022, 2, 28))
    assert refused.value.code == "uniform_rules_unknown_on_day"


@given(
    lengths=st.lists(st.integers(1, 900), min_size=1, max_size=6),
    gaps=st.lists(st.integers(0, 400), min_size=6, max_size=6),
)
def test_accepted_suspensions_never_sum_to_more_than_three_years(
    lengths: list[int], gaps: list[int]
) -> None:
    taken: list[rules.Suspension] = []
    day = date(2022, 1, 1)
    for length, gap in zip(lengths, gaps, strict=False):
        wanted = rules.Suspension(day, day + timedelta(days=length))
        try:
            rules.check_suspension(taken, wanted, DEFAULTS)
        except Problem:
            continue
        taken.append(wanted)
        day = wanted.until + timedelta(days=gap)
    assert sum((one.until - one.since).days for one in taken) <= 3 * 366
