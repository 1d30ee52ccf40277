"""When a template and a return are in order, when figures may be compared, and how. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import Calendar
from hanse.services.governance.briefing import periods
from hanse.services.governance.briefing.codes import MEASURES, Collected, Kind, Prices, Unit, Why
from hanse.services.governance.briefing.contracts import Filled, Indicator, Template

TEMPLATE_NOT_KEEPER = ProblemKind(
    "briefing_not_keeper",
    403,
    Text("仅模板维护城市可变更模板", "Only the city that keeps a template changes it"),
    Text("请由{city}办理", "Leave it to {city}"),
)
TEMPLATE_VERSION_WRONG = ProblemKind(
    "briefing_version_wrong",
    409,
    Text("版本不符", "That is not the next version"),
    Text("下一版本为{expected}", "The next version is {expected}"),
)
TEMPLATE_WRONG = ProblemKind(
    "briefing_template_wrong",
    422,
    Text("模板指标有误", "The template's indicators are wrong"),
    Text("请核对：{codes}", "Check {codes}"),
)
TEMPLATE_ENDED = ProblemKind(
    "briefing_template_ended",
    409,
    Text("模板已停用", "The template is ended"),
    Text("请使用新的模板", "Use another template"),
)
PERIOD_WRONG = ProblemKind(
    "briefing_period_wrong",
    422,
    Text("报告期与模板不符或尚未结束", "The period is not the template's, or not over"),
    Text(
        "频率为{every}，须在{ends_on}之后报送", "It is one of each {every}, given after {ends_on}"
    ),
)
FIGURES_WRONG = ProblemKind(
    "briefing_figures_wrong",
    422,
    Text("数据与模板不符", "The figures are not those of the template"),
    Text("每项指标须有且仅有一个数据或说明：{codes}", "One figure or note for each: {codes}"),
)
FIGURE_OUT_OF_BOUNDS = ProblemKind(
    "briefing_figure_out_of_bounds",
    422,
    Text("数值超出范围或小数位数过多", "A figure is out of bounds, or has too many decimals"),
    Text("请核对：{codes}", "Check {codes}"),
)
PARTS_DO_NOT_ADD_UP = ProblemKind(
    "briefing_parts_do_not_add_up",
    422,
    Text("合计与构成项之和不符", "A sum is not that of its parts"),
    Text("{code}应为{total}±{tolerance}", "{code} should be {total} ± {tolerance}"),
)
CUMULATIVE_FALLS = ProblemKind(
    "briefing_cumulative_falls",
    422,
    Text("累计数低于前期", "A figure from the year's beginning is below the period before"),
    Text("请更正，或说明原因：{codes}", "Correct it, or note why: {codes}"),
)
TENTH: Final = Decimal("0.1")
DIGITS: Final = 80
"""Digits of reckoning: a quotient of the largest and the smallest figure has no more."""


def keeper_of(template: str) -> str:
    """The city that keeps a template."""
    return template[:6]


def check_template(template: Template, held: Template | None) -> None:
    """The next version of a template that is not ended, as often as before, and in order."""
    expected = 1 if held is None else held.version + 1
    if template.version != expected:
        raise TEMPLATE_VERSION_WRONG(expected=expected)
    if held is not None and held.is_ended:
        raise TEMPLATE_ENDED()
    if held is not None and held.every is not template.every:
        raise TEMPLATE_WRONG(codes=template.every.value)
    check_indicators(template)


def check_indicators(template: Template) -> None:
    """Codes once; money in prices and nothing else; parts exist, measure alike, have no parts."""
    by_code = {one.code: one for one in template.indicators}
    codes = [one.code for one in template.indicators]
    wrong = {code for code in codes if codes.count(code) > 1}
    wrong |= {one.code for one in template.indicators if _is_wrong(one, by_code)}
    if wrong:
        raise TEMPLATE_WRONG(codes=", ".join(sorted(wrong)))


def _is_wrong(one: Indicator, by_code: Mapping[str, Indicator]) -> bool:
    is_money = MEASURES[one.unit][0] == "money"
    if is_money is (one.prices is Prices.NONE):
        return True
    if one.kind is Kind.RATE and (one.parts or one.is_cumulative):
        return True
    if one.kind is Kind.STOCK and one.is_cumulative:
        return True
    if one.unit is Unit.PERCENT and one.kind is not Kind.RATE:
        return True
    if one.minimum is not None and one.maximum is not None and one.minimum > one.maximum:
        return True
    for code in one.parts:
        part = by_code.get(code)
        if part is None or part.parts or part.code == one.code or _measure(part) != _measure(one):
            return True
    return False


def _measure(one: Indicator) -> tuple[Unit, Prices, Kind, bool]:
    return one.unit, one.prices, one.kind, one.is_cumulative


def check_filled(
    filled: Filled, template: Template, before: Mapping[str, Decimal], today: date
) -> None:
    """A return after its period: complete, within bounds, adding up, not falling unexplained.

    `before` are this city's figures of the period before in the same year.
    """
    if template.is_ended:
        raise TEMPLATE_ENDED()
    ends_on = periods.last_day(filled.period)
    if periods.every_of(filled.period) is not template.every or today <= ends_on:
        raise PERIOD_WRONG(every=template.every.value, ends_on=ends_on)
    codes = [one.code for one in filled.figures]
    asked = [one.code for one in template.indicators]
    if sorted(codes) != sorted(asked):
        wrong = set(codes) ^ set(asked) or {code for code in codes if codes.count(code) > 1}
        raise FIGURES_WRONG(codes=", ".join(sorted(wrong)))
    figures = {one.code: one.figure for one in filled.figures if one.figure is not None}
    noted = {one.code for one in filled.figures if one.because is not None}
    out = [one.code for one in template.indicators if _is_out(one, figures.get(one.code))]
    if out:
        raise FIGURE_OUT_OF_BOUNDS(codes=", ".join(out))
    for one in template.indicators:
        check_parts(one, figures)
    falls = [
        one.code
        for one in template.indicators
        if one.is_cumulative
        and one.code not in noted
        and one.code in figures
        and one.code in before
        and figures[one.code] < before[one.code]
    ]
    if falls:
        raise CUMULATIVE_FALLS(codes=", ".join(falls))


def _is_out(one: Indicator, figure: Decimal | None) -> bool:
    if figure is None:
        return False
    return (
        figure != figure.quantize(ulp(one))
        or (one.minimum is not None and figure < one.minimum)
        or (one.maximum is not None and figure > one.maximum)
    )


def ulp(one: Indicator) -> Decimal:
    """One in the last place that the indicator has."""
    return Decimal(1).scaleb(-one.decimals)


def check_parts(one: Indicator, figures: Mapping[str, Decimal]) -> None:
    """A sum is that of its parts, but for what rounding each of them can make.

    Each of n parts and the sum itself is rounded by at most half of one in its last place.
    """
    if not one.parts or one.code not in figures or any(part not in figures for part in one.parts):
        return
    total = sum((figures[part] for part in one.parts), Decimal(0))
    tolerance = ulp(one) * (len(one.parts) + 1) / 2
    if abs(figures[one.code] - total) > tolerance:
        raise PARTS_DO_NOT_ADD_UP(code=one.code, total=total, tolerance=tolerance)


def due_on(template: Template, period: str, calendar: Calendar) -> date:
    """By when a return is in time: so many working days after the period's last day."""
    return calendar.add_working_days(periods.last_day(period), template.due_working_days).due


def collected(given_on: date | None, due: date, today: date) -> Collected:
    """What has become of a return: the day of its first version counts."""
    if given_on is not None:
        return Collected.IN_TIME if given_on <= due else Collected.LATE
    return Collected.AWAITED if today <= due else Collected.MISSING


def why_not(now: Indicator, then: Indicator) -> Why | None:
    """Why figures under two versions of an indicator are not compared; None where they may be."""
    if MEASURES[now.unit][0] != MEASURES[then.unit][0]:
        return Why.OTHER_UNIT
    if now.prices is not then.prices:
        return Why.OTHER_PRICES
    if (now.kind, now.is_cumulative) != (then.kind, then.is_cumulative):
        return Why.OTHER_KIND
    return None


def converted(figure: Decimal, given_in: Unit, wanted: Unit) -> Decimal:
    """A figure in another unit of the same measure: exact, a power of ten."""
    return figure.scaleb(MEASURES[given_in][1] - MEASURES[wanted][1])


@dataclass(frozen=True)
class Growth:
    """By how much a figure is above that of the year before: per cent, of rates in points."""

    value: Decimal | None = None
    why: Why | None = None


def growth(now: tuple[Indicator, Decimal] | None, then: tuple[Indicator, Decimal] | None) -> Growth:
    """The growth between two figures, half-up to one place, or why there is none."""
    if now is None:
        return Growth(why=Why.NO_FIGURE)
    if then is None:
        return Growth(why=Why.NO_FIGURE_BEFORE)
    why = why_not(now[0], then[0])
    if why is not None:
        return Growth(why=why)
    base = converted(then[1], then[0].unit, now[0].unit)
    if now[0].kind is not Kind.RATE and base <= 0:
        return Growth(why=Why.NOT_POSITIVE)
    with localcontext(prec=DIGITS):
        above = now[1] - base
        grown = above if now[0].kind is Kind.RATE else above * 100 / base
        return Growth(grown.quantize(TENTH, ROUND_HALF_UP))


def total(figures: Sequence[Decimal]) -> Decimal:
    """The exact sum."""
    with localcontext(prec=DIGITS):
        return sum(figures, Decimal(0))


def share_percent(figure: Decimal, whole: Decimal) -> Decimal:
    """A part of a positive whole in per cent, half-up to one place."""
    with localcontext(prec=DIGITS):
        return (figure * 100 / whole).quantize(TENTH, ROUND_HALF_UP)
