"""What everybody reads: who has given what, comparisons, series for charts, plans of work."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.figures import Reckoned
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Reach, operation
from hanse.mechanisms.league.document_types import CityCode, Day, Prose
from hanse.services.governance.briefing import book, periods, rules
from hanse.services.governance.briefing.codes import Collected, Kind, Why
from hanse.services.governance.briefing.contracts import (
    PERIODS_MAX,
    Arrangement,
    CityArrangement,
    Code,
    Contract,
    Indicator,
    Period,
    Return,
    Template,
    TemplateId,
)

BRIEFING_CURSOR_WRONG = ProblemKind(
    "briefing_cursor_wrong",
    400,
    Text("续查起点格式错误", "The page's cursor is malformed"),
    Text("请使用上一页给出的 next_after", "Use the next_after that the page before gave"),
)
CURSOR_DIGITS_MAX: Final = 6
Cursor = Annotated[str | None, titled("续查起点", "Continue after", max_length=140), Prose]


class TemplatesQuestion(Contract):
    """A page of templates, by their numbers."""

    after: TemplateId | None = None


class TemplatesPage(Contract):
    """Templates in their newest versions."""

    templates: Annotated[tuple[Template, ...], titled("模板", "Templates")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


class PeriodQuestion(Contract):
    """A period of a template."""

    template: TemplateId
    period: Period


class CollectedLine(Contract):
    """What has become of a city's return."""

    city: Annotated[CityCode, titled("城市", "City")]
    state: Annotated[Collected, titled("报送状态", "State")]
    given_on: Annotated[date | None, titled("首次报送日期", "First given on")] = None


class Collection(Contract):
    """Who has given a period's return."""

    due_on: Annotated[date, titled("报送期限", "Due on")]
    cities: Annotated[tuple[CollectedLine, ...], titled("各市", "Cities")]


class ReturnQuestion(PeriodQuestion):
    """A city's return."""

    city: Annotated[CityCode, titled("城市", "City")]


class ReturnView(Contract):
    """A city's return in every version, the newest first; 100 at most."""

    versions: Annotated[tuple[Return, ...], titled("各版本", "Versions")]


class CompareQuestion(PeriodQuestion):
    """An indicator of a period, city beside city."""

    code: Code


class ComparedLine(Contract):
    """A city's figure beside the others'."""

    city: Annotated[CityCode, titled("城市", "City")]
    figure: Annotated[Reckoned | None, titled("数值", "Figure")] = None
    rank: Annotated[int | None, titled("位次", "Rank")] = None
    share_percent: Annotated[Reckoned | None, titled("占比（%）", "Share, per cent")] = None
    growth: Annotated[
        Reckoned | None, titled("同比增长", "Over the year before: per cent, of rates points")
    ] = None
    why: Annotated[Why | None, titled("不可比原因", "Why it is not compared")] = None


class Comparison(Contract):
    """An indicator of a period in all cities. A total stands only where no city is missing."""

    indicator: Annotated[Indicator, titled("指标", "Indicator")]
    cities: Annotated[tuple[ComparedLine, ...], titled("各市", "Cities")]
    total: Annotated[Reckoned | None, titled("合计", "Total")] = None
    total_growth: Annotated[Reckoned | None, titled("合计同比增长（%）", "Growth, per cent")] = None


class SeriesQuestion(Contract):
    """The last periods of an indicator, for a chart."""

    template: TemplateId
    code: Code
    until: Period
    count: Annotated[int, titled("期数", "Periods", ge=1, le=PERIODS_MAX)] = 12


class CitySeries(Contract):
    """A city's figures, one for each period; none where there is none or it is not comparable."""

    city: Annotated[CityCode, titled("城市", "City")]
    name: Annotated[Text, titled("城市名称", "Name")]
    figures: Annotated[tuple[Reckoned | None, ...], titled("数值", "Figures")]


class Series(Contract):
    """What a chart draws: the periods along, a line for each city, in the newest unit."""

    indicator: Annotated[Indicator, titled("指标", "Indicator")]
    periods: Annotated[tuple[str, ...], titled("报告期", "Periods")]
    series: Annotated[tuple[CitySeries, ...], titled("各市", "Cities")]


class WorkQuestion(Contract):
    """Work that is planned between two days."""

    first: Annotated[Day, titled("起", "From")]
    last: Annotated[Day, titled("止", "Until")]
    after: Cursor = None


class WorkPage(Contract):
    """The cities' plans of work, by their beginning."""

    work: Annotated[tuple[CityArrangement, ...], titled("工作安排", "Work")]
    next_after: Cursor = None


@operation("briefing.templates", Text("报送模板列表", "List templates"), reach=Reach.CITY)
def templates(
    transaction: Transaction, request: TemplatesQuestion, context: Context
) -> TemplatesPage:
    """A page of templates, by their numbers."""
    found = book.templates_page(transaction, request.after)
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    return TemplatesPage(templates=tuple(shown), next_after=shown[-1].id if more else None)


@operation("briefing.collection", Text("报送情况", "Who has given what"), reach=Reach.CITY)
def collection(transaction: Transaction, request: PeriodQuestion, context: Context) -> Collection:
    """By city, whether a period's return has come in time, late, or not."""
    template = book.need(transaction, request.template)
    if periods.every_of(request.period) is not template.every:
        ends_on = periods.last_day(request.period)
        raise rules.PERIOD_WRONG(every=template.every.value, ends_on=ends_on)
    due = rules.due_on(template, request.period, context.league.calendar)
    given = book.first_given(transaction, request.template, request.period)
    today = local_day(context.now)
    return Collection(
        due_on=due,
        cities=tuple(
            CollectedLine(
                city=city,
                state=rules.collected(given.get(city), due, today),
                given_on=given.get(city),
            )
            for city in context.league.cities
        ),
    )


@operation("briefing.return", Text("查看报送数据", "View a return"), reach=Reach.CITY)
def view_return(transaction: Transaction, request: ReturnQuestion, context: Context) -> ReturnView:
    """A city's return of a period in every version: what was corrected stays readable."""
    found = book.return_versions(transaction, request.template, request.period, request.city)
    if not found:
        raise book.RETURN_UNKNOWN()
    return ReturnView(versions=tuple(found))


@operation("briefing.compare", Text("各市比较", "Compare the cities"), reach=Reach.CITY)
def compare(transaction: Transaction, request: CompareQuestion, context: Context) -> Comparison:
    """An indicator in all cities: rank, share, growth over a year, each only where it may be."""
    by_version = book.indicators(transaction, request.template, request.code)
    indicator = _newest(by_version, request.code)
    cities, earlier = context.league.cities, periods.year_before(request.period)
    found = book.figures_of(
        transaction, request.template, request.code, (request.period, earlier), cities
    )
    pairs = {
        city: tuple(
            _usable(found.get((city, period)), by_version) for period in (request.period, earlier)
        )
        for city in cities
    }
    now = {city: _in_unit(pair[0], indicator) for city, pair in pairs.items()}
    then = {city: _in_unit(pair[1], indicator) for city, pair in pairs.items()}
    total, total_then = _total(now, indicator), _total(then, indicator)
    above = sorted((one for one in now.values() if one is not None), reverse=True)
    lines = []
    for city, pair in pairs.items():
        figure = now[city]
        grown = rules.growth(*pair)
        why = grown.why
        if pair[0] is not None and figure is None:
            why = rules.why_not(indicator, pair[0][0])
        lines.append(
            ComparedLine(
                city=city,
                figure=figure,
                rank=None if figure is None else above.index(figure) + 1,
                share_percent=_share(figure, total),
                growth=grown.value,
                why=why,
            )
        )
    whole = rules.growth(
        None if total is None else (indicator, total),
        None if total_then is None else (indicator, total_then),
    )
    return Comparison(
        indicator=indicator, cities=tuple(lines), total=total, total_growth=whole.value
    )


Usable = tuple[Indicator, Decimal] | None


def _newest(by_version: dict[int, Indicator], code: str) -> Indicator:
    if not by_version:
        raise book.TEMPLATE_UNKNOWN(named=code)
    return by_version[max(by_version)]


def _usable(given: tuple[int, Decimal] | None, by_version: dict[int, Indicator]) -> Usable:
    """A figure with the indicator under which it was given; none where that is not held."""
    if given is None or given[0] not in by_version:
        return None
    return by_version[given[0]], given[1]


def _in_unit(given: Usable, wanted: Indicator) -> Decimal | None:
    """A figure in the newest unit; None where it is of other prices, kind or measure."""
    if given is None or rules.why_not(wanted, given[0]) is not None:
        return None
    return rules.converted(given[1], given[0].unit, wanted.unit)


def _total(figures: dict[str, Decimal | None], indicator: Indicator) -> Decimal | None:
    """The sum of all cities; None for rates, and while one is missing."""
    known = [one for one in figures.values() if one is not None]
    if indicator.kind is Kind.RATE or len(known) != len(figures):
        return None
    return rules.total(known)


def _share(figure: Decimal | None, total: Decimal | None) -> Decimal | None:
    if figure is None or total is None or total <= 0:
        return None
    return rules.share_percent(figure, total)


@operation("briefing.series", Text("指标序列", "A series for a chart"), reach=Reach.CITY)
def series(transaction: Transaction, request: SeriesQuestion, context: Context) -> Series:
    """An indicator's last periods in every city, as a chart draws them."""
    by_version = book.indicators(transaction, request.template, request.code)
    indicator = _newest(by_version, request.code)
    wanted = periods.latest(request.count, request.until)
    cities = context.league.cities
    found = book.figures_of(transaction, request.template, request.code, wanted, cities)
    return Series(
        indicator=indicator,
        periods=tuple(wanted),
        series=tuple(
            CitySeries(
                city=city,
                name=context.league.name(city),
                figures=tuple(
                    _in_unit(_usable(found.get((city, period)), by_version), indicator)
                    for period in wanted
                ),
            )
            for city in cities
        ),
    )


@operation("briefing.work", Text("各市工作安排", "Plans of work"), reach=Reach.CITY)
def work(transaction: Transaction, request: WorkQuestion, context: Context) -> WorkPage:
    """What the cities have planned between two days, by its beginning; 100 to a page."""
    rows = book.work_between(transaction, request.first, request.last, _cursor(request.after))
    shown, more = rows[: book.PAGE_ROWS_MAX], rows[book.PAGE_ROWS_MAX :]
    last = shown[-1] if more else None
    return WorkPage(
        work=tuple(
            CityArrangement(
                city=row.city, arrangement=Arrangement.model_validate_json(row.document)
            )
            for row in shown
        ),
        next_after=None
        if last is None
        else f"{last.begins_on} {last.city} {last.template} {last.period} {last.number}",
    )


def _cursor(text: str | None) -> tuple[date, str, str, str, int] | None:
    if text is None:
        return None
    try:
        begins_on, city, template, period, number = text.split(" ")
        if len(number) > CURSOR_DIGITS_MAX:
            raise ValueError(number)
        return date.fromisoformat(begins_on), city, template, period, int(number)
    except ValueError:
        raise BRIEFING_CURSOR_WRONG() from None


OPERATIONS: Final[tuple[Operation, ...]] = (
    templates,
    collection,
    view_return,
    compare,
    series,
    work,
)
