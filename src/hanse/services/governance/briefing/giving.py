"""Templates kept by a city, and returns that every city gives all others."""

from typing import Annotated, Final

from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Reach, operation, topic
from hanse.services.governance.briefing import book, periods, rules
from hanse.services.governance.briefing.contracts import (
    VERSIONS_MAX,
    Contract,
    Filled,
    Return,
    Template,
)
from hanse.services.governance.briefing.purposes import BRIEFING


class Told(Contract):
    """A version that every city is being told of."""

    version: Annotated[int, titled("版本", "Version")]
    cities_told: Annotated[int, titled("正在通知的城市数", "Cities being told")]


@operation("briefing.set_template", Text("制定报送模板", "Set a template"), reach=Reach.CITY)
def set_template(transaction: Transaction, request: Template, context: Context) -> Told:
    """Publish a template that this city keeps, or its next version; every city is told."""
    if rules.keeper_of(request.id) != context.city:
        raise rules.TEMPLATE_NOT_KEEPER(city=rules.keeper_of(request.id))
    rules.check_template(request, book.template(transaction, request.id))
    book.keep_template(transaction, request)
    told = context.publish(transaction, "briefing.template", request)
    return Told(version=request.version, cities_told=told)


@operation("briefing.give", Text("报送数据", "Give a return"), reach=Reach.CITY)
def give(transaction: Transaction, request: Filled, context: Context) -> Told:
    """Give this city's figures and plans of work of a period; again corrects it. All are told."""
    template = book.need(transaction, request.template)
    today = local_day(context.now)
    earlier = periods.before_in_year(request.period)
    before = (
        {}
        if earlier is None
        else book.city_figures(transaction, request.template, earlier, context.city)
    )
    rules.check_filled(request, template, before, today)
    held = book.last_return(transaction, request.template, request.period, context.city)
    version = 1 if held is None else held.version + 1
    if version > VERSIONS_MAX:
        raise rules.TEMPLATE_VERSION_WRONG(expected=VERSIONS_MAX)
    given = Return(
        **dict(request), template_version=template.version, version=version, given_on=today
    )
    book.keep_return(transaction, given, context.city)
    told = context.publish(transaction, "briefing.returned", given)
    return Told(version=version, cities_told=told)


@topic("briefing.template", Text("报送模板", "A template"), purpose=BRIEFING)
def template_received(transaction: Transaction, template: Template, context: Context) -> None:
    """Keep what the city that keeps the template published."""
    if rules.keeper_of(template.id) != context.caller.city:
        raise rules.TEMPLATE_NOT_KEEPER(city=rules.keeper_of(template.id))
    held = book.template(transaction, template.id)
    if held is not None and template.version <= held.version:
        raise rules.TEMPLATE_VERSION_WRONG(expected=held.version + 1)
    rules.check_indicators(template)
    book.keep_template(transaction, template)


@topic("briefing.returned", Text("报送数据", "A city's return"), purpose=BRIEFING)
def returned(transaction: Transaction, given: Return, context: Context) -> None:
    """Keep a city's own return. Its figures count under the template's version that it names."""
    city = context.caller.city
    held = book.last_return(transaction, given.template, given.period, city)
    if held is not None and given.version <= held.version:
        raise rules.TEMPLATE_VERSION_WRONG(expected=held.version + 1)
    if len({one.code for one in given.figures}) != len(given.figures):
        raise rules.FIGURES_WRONG(codes="-")
    book.keep_return(transaction, given, city)


OPERATIONS: Final[tuple[Operation, ...]] = (set_template, give)
