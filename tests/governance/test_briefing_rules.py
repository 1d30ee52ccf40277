"""Units, prices, periods, sums and growth: what may be compared, and what adds up."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.services.governance.briefing import periods, rules
from hanse.services.governance.briefing.codes import MEASURES, Collected, Unit, Why
from hanse.services.governance.briefing.contracts import Filled, Indicator, Template
from tests.registration.test_registration_rules import CALENDAR

WORDS = {"zh": "生成", "en": "Generated"}
ID = "510100-T1"


def indicator(code: str = "gdp", **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": WORDS,
        "unit": "yuan_100m",
        "prices": "current",
        "kind": "flow",
        "is_cumulative": True,
        "decimals": 2,
        "minimum": "0",
        **changes,
    }


GDP = [
    indicator("gdp", parts=["primary", "secondary", "tertiary"]),
    indicator("primary"),
    indicator("secondary"),
    indicator("tertiary"),
]


def template(**changes: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "version": 1,
        "title": WORDS,
        "every": "quarter",
        "due_working_days": 15,
        "indicators": GDP,
        **changes,
    }


def filled(figures: dict[str, str | None], period: str = "2026-Q3", **notes: str) -> Filled:
    return Filled.model_validate(
        {
            "template": ID,
            "period": period,
            "figures": [
                {
                    "code": code,
                    "figure": figure,
                    "because": {"zh": notes[code], "en": notes[code]} if code in notes else None,
                }
                for code, figure in figures.items()
            ],
        }
    )


WHOLE: dict[str, str | None] = {
    "gdp": "100.00",
    "primary": "10.00",
    "secondary": "40.00",
    "tertiary": "50.00",
}
TODAY = date(2026, 11, 25)


def code_of(check: Any, *arguments: Any) -> str | None:
    try:
        check(*arguments)
    except Problem as problem:
        return problem.code
    return None


def one_of(*indicators: dict[str, Any], **changes: Any) -> Template:
    return Template.model_validate(template(indicators=list(indicators) or GDP, **changes))


@pytest.mark.parametrize(
    ("indicators", "code"),
    [
        (GDP, None),
        ([indicator(), indicator()], "briefing_template_wrong"),
        ([indicator(parts=["x"])], "briefing_template_wrong"),
        ([indicator(parts=["gdp"])], "briefing_template_wrong"),
        ([indicator(parts=["b"]), indicator("b", parts=["c"]), indicator("c")],
         "briefing_template_wrong"),
        ([indicator(parts=["b"]), indicator("b", unit="yuan_10k")], "briefing_template_wrong"),
        ([indicator(parts=["b"]), indicator("b", prices="constant_2020")],
         "briefing_template_wrong"),
        ([indicator(parts=["b"]), indicator("b", is_cumulative=False)], "briefing_template_wrong"),
        ([indicator(prices="none")], "briefing_template_wrong"),
        ([indicator(unit="person", prices="current")], "briefing_template_wrong"),
        ([indicator(unit="percent", prices="none")], "briefing_template_wrong"),
        ([indicator(unit="percent", prices="none", kind="rate", is_cumulative=False)], None),
        ([indicator(kind="stock")], "briefing_template_wrong"),
        ([indicator(minimum="2", maximum="1")], "briefing_template_wrong"),
    ],
)  # fmt: skip
def test_a_template_asks_for_what_can_be_answered(
    indicators: list[dict[str, Any]], code: str | None
) -> None:
    assert code_of(rules.check_template, one_of(*indicators), None) == code


def test_a_template_keeps_its_versions_and_its_frequency() -> None:
    held = one_of()
    assert code_of(rules.check_template, one_of(version=3), held) == "briefing_version_wrong"
    monthly = one_of(version=2, every="month")
    assert code_of(rules.check_template, monthly, held) == "briefing_template_wrong"
    ended = one_of(version=2, is_ended=True)
    assert code_of(rules.check_template, ended, held) is None
    assert code_of(rules.check_template, one_of(version=3), ended) == "briefing_template_ended"


@pytest.mark.parametrize(
    ("figures", "period", "notes", "code"),
    [
        (WHOLE, "2026-Q3", {}, None),
        (WHOLE, "2026-Q4", {}, "briefing_period_wrong"),
        (WHOLE, "2026-10", {}, "briefing_period_wrong"),
        ({**WHOLE, "more": "1"}, "2026-Q3", {}, "briefing_figures_wrong"),
        ({"gdp": "100.00"}, "2026-Q3", {}, "briefing_figures_wrong"),
        ({**WHOLE, "primary": "-10.00"}, "2026-Q3", {}, "briefing_figure_out_of_bounds"),
        ({**WHOLE, "primary": "10.001"}, "2026-Q3", {}, "briefing_figure_out_of_bounds"),
        ({**WHOLE, "gdp": "100.02"}, "2026-Q3", {}, None),
        ({**WHOLE, "gdp": "100.03"}, "2026-Q3", {}, "briefing_parts_do_not_add_up"),
        ({**WHOLE, "gdp": "99.97"}, "2026-Q3", {}, "briefing_parts_do_not_add_up"),
        ({**WHOLE, "primary": None}, "2026-Q3", {"primary": "待普查"}, None),
    ],
)
def test_a_return_is_complete_within_bounds_and_adds_up(
    figures: dict[str, str | None], period: str, notes: dict[str, str], code: str | None
) -> None:
    """Three parts and their sum, each rounded to 0.01: they may differ by 4 × 0.005."""
    given_ = filled(figures, period, **notes)
    assert code_of(rules.check_filled, given_, one_of(), {}, TODAY) == code


def test_a_cumulative_figure_falls_only_with_a_note() -> None:
    before = {"gdp": Decimal("100.01")}
    given_ = filled(WHOLE)
    assert code_of(rules.check_filled, given_, one_of(), before, TODAY) == (
        "briefing_cumulative_falls"
    )
    noted = filled(WHOLE, gdp="普查修订")
    assert code_of(rules.check_filled, noted, one_of(), before, TODAY) is None
    ended = one_of(is_ended=True)
    assert code_of(rules.check_filled, given_, ended, {}, TODAY) == "briefing_template_ended"


@given(st.lists(st.decimals(0, 10_000, places=5), min_size=1, max_size=6), st.integers(0, 4))
def test_parts_that_were_rounded_each_for_itself_always_add_up(
    exact: list[Decimal], decimals: int
) -> None:
    codes = [f"p{number}" for number in range(len(exact))]
    one = Indicator.model_validate(indicator(parts=codes, decimals=decimals))
    step = rules.ulp(one)
    figures = {
        code: value.quantize(step, ROUND_HALF_UP) for code, value in zip(codes, exact, strict=True)
    }
    figures["gdp"] = sum(exact, Decimal(0)).quantize(step, ROUND_HALF_UP)
    rules.check_parts(one, figures)


@pytest.mark.parametrize(
    ("period", "last", "before", "earlier"),
    [
        ("2026", date(2026, 12, 31), "2025", None),
        ("2026-Q1", date(2026, 3, 31), "2025-Q1", None),
        ("2026-Q4", date(2026, 12, 31), "2025-Q4", "2026-Q3"),
        ("2024-02", date(2024, 2, 29), "2023-02", "2024-01"),
        ("2026-12", date(2026, 12, 31), "2025-12", "2026-11"),
        ("2026-01", date(2026, 1, 31), "2025-01", None),
    ],
)
def test_periods(period: str, last: date, before: str, earlier: str | None) -> None:
    assert periods.last_day(period) == last
    assert periods.year_before(period) == before
    assert periods.before_in_year(period) == earlier


def test_the_latest_periods_cross_the_year_and_end_with_the_century() -> None:
    assert periods.latest(3, "2026-02") == ["2025-12", "2026-01", "2026-02"]
    assert periods.latest(3, "2026-Q2") == ["2025-Q4", "2026-Q1", "2026-Q2"]
    assert periods.latest(2, "2026") == ["2025", "2026"]
    assert periods.latest(9, "2001") == ["2000", "2001"]


def test_in_time_is_reckoned_in_working_days_after_the_period() -> None:
    """Q3 ends on 2026-09-30; 15 working days on, past the holiday of October, is 10-27."""
    due = rules.due_on(one_of(), "2026-Q3", CALENDAR)
    assert due == CALENDAR.add_working_days(date(2026, 9, 30), 15).due == date(2026, 10, 27)
    assert rules.collected(due, due, TODAY) is Collected.IN_TIME
    assert rules.collected(date(2026, 10, 28), due, TODAY) is Collected.LATE
    assert rules.collected(None, due, due) is Collected.AWAITED
    assert rules.collected(None, due, date(2026, 10, 28)) is Collected.MISSING


def pair(figure: str, **changes: Any) -> tuple[Indicator, Decimal]:
    return Indicator.model_validate(indicator(**changes)), Decimal(figure)


RATE = {"unit": "percent", "prices": "none", "kind": "rate", "is_cumulative": False}


@pytest.mark.parametrize(
    ("now", "then", "value", "why"),
    [
        (pair("105.5"), pair("100"), "5.5", None),
        (pair("95"), pair("100"), "-5.0", None),
        (pair("100.05"), pair("100"), "0.1", None),
        (pair("100"), pair("1000000", unit="yuan_10k"), "0.0", None),
        (pair("100"), pair("10000000000", unit="yuan"), "0.0", None),
        (pair("4.5", **RATE), pair("5", **RATE), "-0.5", None),
        (pair("100"), pair("100", prices="constant_2020"), None, Why.OTHER_PRICES),
        (pair("100"), pair("100", unit="person", prices="none"), None, Why.OTHER_UNIT),
        (pair("100"), pair("100", is_cumulative=False), None, Why.OTHER_KIND),
        (pair("100"), pair("0"), None, Why.NOT_POSITIVE),
        (pair("100"), pair("-1"), None, Why.NOT_POSITIVE),
        (None, pair("100"), None, Why.NO_FIGURE),
        (pair("100"), None, None, Why.NO_FIGURE_BEFORE),
    ],
)
def test_growth_is_reckoned_only_between_figures_of_one_unit_and_one_base(
    now: Any, then: Any, value: str | None, why: Why | None
) -> None:
    found = rules.growth(now, then)
    assert (found.value, found.why) == (None if value is None else Decimal(value), why)


@given(st.decimals(-10_000, 10_000, places=4), st.sampled_from(Unit), st.sampled_from(Unit))
def test_a_conversion_there_and_back_loses_nothing(figure: Decimal, one: Unit, other: Unit) -> None:
    if MEASURES[one][0] == MEASURES[other][0]:
        assert rules.converted(rules.converted(figure, one, other), other, one) == figure


@given(
    st.decimals(0, 10**16 - 1, places=4), st.decimals("0.0001", 10**16 - 1, places=4),
    st.sampled_from(["yuan", "yuan_10k", "yuan_100m"]),
)  # fmt: skip
def test_growth_is_reckoned_between_the_smallest_and_the_largest_figure(
    now: Decimal, then: Decimal, unit: str
) -> None:
    earlier = pair(str(then), unit=unit)
    found = rules.growth(pair(str(now)), earlier)
    base = rules.converted(then, earlier[0].unit, Unit.YUAN_100M)
    exact = (Fraction(now) - Fraction(base)) * 100 / Fraction(base)
    assert found.value is not None
    assert abs(Fraction(found.value) - exact) <= Fraction(1, 20)


def test_every_unit_has_a_measure() -> None:
    assert set(MEASURES) == set(Unit)
