"""Reading and writing this city's tables of the exchange of information."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.figures import plain
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.governance.briefing.contracts import Indicator, Return, Template
from hanse.services.governance.briefing.tables import arrangements, figures, returns, templates

TEMPLATE_UNKNOWN = ProblemKind(
    "briefing_template_unknown",
    404,
    Text("没有该模板或指标", "There is no such template or indicator"),
    Text("请核对{named}", "Check {named}"),
)
RETURN_UNKNOWN = ProblemKind(
    "briefing_return_unknown",
    404,
    Text("该城市未报送该期数据", "That city has given no return of that period"),
    Text("请核对城市和报告期", "Check the city and the period"),
)
PAGE_ROWS_MAX = 100
VERSIONS_READ_MAX = 100
Key = tuple[str, str]
"""A city and a period."""


def template(transaction: Transaction, name: str) -> Template | None:
    """The newest version of a template."""
    document = transaction.value(
        select(templates.c.document).where(templates.c.template == name, templates.c.is_newest == 1)
    )
    return None if document is None else Template.model_validate_json(document)


def need(transaction: Transaction, name: str) -> Template:
    """The newest version, or `briefing_template_unknown`."""
    found = template(transaction, name)
    if found is None:
        raise TEMPLATE_UNKNOWN(named=name)
    return found


def keep_template(transaction: Transaction, one: Template) -> None:
    """Make a version the newest one; the earlier ones stay, and figures are read by theirs."""
    transaction.execute(update(templates).where(templates.c.template == one.id).values(is_newest=0))
    transaction.insert(
        templates,
        {
            "template": one.id,
            "version": one.version,
            "is_newest": 1,
            "document": one.model_dump_json(),
        },
    )


def templates_page(transaction: Transaction, after: str | None) -> list[Template]:
    """Templates by their numbers, one more than a page holds."""
    statement = select(templates.c.document).where(templates.c.is_newest == 1)
    if after is not None:
        statement = statement.where(templates.c.template > after)
    rows = transaction.rows(statement.order_by(templates.c.template).limit(PAGE_ROWS_MAX + 1))
    return [Template.model_validate_json(row.document) for row in rows]


def indicators(transaction: Transaction, name: str, code: str) -> dict[int, Indicator]:
    """By version of the template, an indicator as that version has it: the newest 100 versions."""
    rows = transaction.rows(
        select(templates.c.version, templates.c.document)
        .where(templates.c.template == name)
        .order_by(templates.c.version.desc())
        .limit(VERSIONS_READ_MAX)
    )
    found = {}
    for row in rows:
        for one in Template.model_validate_json(row.document).indicators:
            if one.code == code:
                found[row.version] = one
    return found


def last_return(transaction: Transaction, name: str, period: str, city: str) -> Return | None:
    """A city's return of a period in its newest version."""
    document = transaction.value(
        select(returns.c.document).where(*_return(name, period, city), returns.c.is_newest == 1)
    )
    return None if document is None else Return.model_validate_json(document)


def return_versions(transaction: Transaction, name: str, period: str, city: str) -> list[Return]:
    """A city's returns of a period, the newest first: 100 at most."""
    rows = transaction.rows(
        select(returns.c.document)
        .where(*_return(name, period, city))
        .order_by(returns.c.version.desc())
        .limit(PAGE_ROWS_MAX)
    )
    return [Return.model_validate_json(row.document) for row in rows]


def _return(name: str, period: str, city: str) -> tuple[Any, ...]:
    return (
        returns.c.template == name,
        returns.c.period == period,
        returns.c.city == city,
    )


def keep_return(transaction: Transaction, one: Return, city: str) -> None:
    """Make a return its period's newest; its figures and plans of work replace the earlier ones."""
    where = _return(one.template, one.period, city)
    first = transaction.value(
        select(returns.c.first_given_on).where(*where, returns.c.is_newest == 1)
    )
    transaction.execute(update(returns).where(*where).values(is_newest=0))
    key = {"template": one.template, "period": one.period, "city": city}
    transaction.insert(
        returns,
        {
            **key,
            "version": one.version,
            "is_newest": 1,
            "first_given_on": first or one.given_on,
            "document": one.model_dump_json(),
        },
    )
    for table in (figures, arrangements):
        same = (
            table.c.template == one.template,
            table.c.period == one.period,
            table.c.city == city,
        )
        transaction.execute(delete(table).where(*same))
    for given in one.figures:
        if given.figure is not None:
            transaction.insert(
                figures,
                {
                    **key,
                    "code": given.code,
                    "template_version": one.template_version,
                    "figure": plain(given.figure),
                },
            )
    for number, work in enumerate(one.arrangements, 1):
        transaction.insert(
            arrangements,
            {
                **key,
                "number": number,
                "begins_on": work.begins_on,
                "ends_on": work.ends_on,
                "document": work.model_dump_json(),
            },
        )


def first_given(transaction: Transaction, name: str, period: str) -> dict[str, date]:
    """By city, the day of its first return of a period."""
    rows = transaction.rows(
        select(returns.c.city, returns.c.first_given_on).where(
            returns.c.template == name, returns.c.period == period, returns.c.is_newest == 1
        )
    )
    return {row.city: row.first_given_on for row in rows}


def city_figures(transaction: Transaction, name: str, period: str, city: str) -> dict[str, Decimal]:
    """By indicator, a city's figures of a period."""
    rows = transaction.rows(
        select(figures.c.code, figures.c.figure).where(
            figures.c.template == name, figures.c.period == period, figures.c.city == city
        )
    )
    return {row.code: Decimal(row.figure) for row in rows}


def figures_of(
    transaction: Transaction, name: str, code: str, periods: Sequence[str], cities: Sequence[str]
) -> dict[Key, tuple[int, Decimal]]:
    """By city and period, the template's version and the figure."""
    rows = transaction.rows(
        select(
            figures.c.city, figures.c.period, figures.c.template_version, figures.c.figure
        ).where(
            figures.c.template == name,
            figures.c.code == code,
            figures.c.period.in_(periods),
            figures.c.city.in_(cities),
        )
    )
    return {(row.city, row.period): (row.template_version, Decimal(row.figure)) for row in rows}


def work_between(
    transaction: Transaction, first: date, last: date, after: tuple[date, str, str, str, int] | None
) -> Sequence[Any]:
    """Work that falls between two days, by its beginning; one more than a page holds."""
    columns = (
        arrangements.c.begins_on,
        arrangements.c.city,
        arrangements.c.template,
        arrangements.c.period,
        arrangements.c.number,
    )
    chosen = [arrangements.c.ends_on >= first, arrangements.c.begins_on <= last]
    if after is not None:
        later = [
            and_(
                *(column == value for column, value in zip(columns[:place], after, strict=False)),
                columns[place] > after[place],
            )
            for place in range(len(columns))
        ]
        chosen.append(or_(*later))
    return transaction.rows(
        select(arrangements).where(*chosen).order_by(*columns).limit(PAGE_ROWS_MAX + 1)
    )
