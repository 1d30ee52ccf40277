"""Reading and writing this city's tables of the special groups."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.figures import plain
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.governance.taskforces.contracts import Group, Plan, Report, Value
from hanse.services.governance.taskforces.tables import figures, groups, plans, reports

GROUP_UNKNOWN = ProblemKind(
    "taskforce_unknown",
    404,
    Text("没有该工作组或计划", "There is no such group, or no plan of it"),
    Text("请核对工作组编号{group}", "Check the group's number {group}"),
)
PAGE_ROWS_MAX = 100
Said = dict[tuple[str, int, str], Report]
"""By group, milestone and city, the last report."""


def group(transaction: Transaction, name: str) -> Group | None:
    """The newest version of a group."""
    document = _newest(transaction, groups, name)
    return None if document is None else Group.model_validate_json(document)


def need_group(transaction: Transaction, name: str) -> Group:
    """The newest version of a group, or `taskforce_unknown`."""
    found = group(transaction, name)
    if found is None:
        raise GROUP_UNKNOWN(group=name)
    return found


def plan(transaction: Transaction, name: str) -> Plan | None:
    """The newest version of a group's plan."""
    document = _newest(transaction, plans, name)
    return None if document is None else Plan.model_validate_json(document)


def first_plan(transaction: Transaction, name: str) -> Plan | None:
    """The earliest version that is held: what was planned to begin with."""
    document = transaction.value(
        select(plans.c.document).where(plans.c.group_id == name).order_by(plans.c.version).limit(1)
    )
    return None if document is None else Plan.model_validate_json(document)


def keep_group(transaction: Transaction, one: Group) -> None:
    """Make a version of a group the newest one; the earlier ones stay."""
    _keep(transaction, groups, one.id, one.version, one.model_dump_json())


def keep_plan(transaction: Transaction, one: Plan) -> None:
    """Make a version of a plan the newest one; the earlier ones stay."""
    _keep(transaction, plans, one.group, one.version, one.model_dump_json())


def _newest(transaction: Transaction, table: Table, name: str) -> str | None:
    found = transaction.value(
        select(table.c.document).where(table.c.group_id == name, table.c.is_newest == 1)
    )
    return None if found is None else str(found)


def _keep(transaction: Transaction, table: Table, name: str, version: int, document: str) -> None:
    transaction.execute(update(table).where(table.c.group_id == name).values(is_newest=0))
    row = {"group_id": name, "version": version, "is_newest": 1, "document": document}
    transaction.insert(table, row)


def page(transaction: Transaction, after: str | None) -> list[Group]:
    """Groups by their numbers, one more than a page holds."""
    statement = select(groups.c.document).where(groups.c.is_newest == 1)
    if after is not None:
        statement = statement.where(groups.c.group_id > after)
    rows = transaction.rows(statement.order_by(groups.c.group_id).limit(PAGE_ROWS_MAX + 1))
    return [Group.model_validate_json(row.document) for row in rows]


def plans_of(transaction: Transaction, names: Sequence[str]) -> dict[str, Plan]:
    """The newest plans of these groups."""
    rows = transaction.rows(
        select(plans.c.group_id, plans.c.document).where(
            plans.c.group_id.in_(names), plans.c.is_newest == 1
        )
    )
    return {row.group_id: Plan.model_validate_json(row.document) for row in rows}


def last_report(transaction: Transaction, name: str, milestone: int, city: str) -> int:
    """The number of a city's last report of a milestone; 0 where there is none."""
    found = transaction.value(
        select(reports.c.number).where(
            reports.c.group_id == name,
            reports.c.milestone == milestone,
            reports.c.city == city,
            reports.c.is_newest == 1,
        )
    )
    return int(found or 0)


def keep_report(transaction: Transaction, one: Report, city: str) -> None:
    """Make a report the last of its milestone by that city; the earlier ones stay."""
    transaction.execute(
        update(reports)
        .where(
            reports.c.group_id == one.group,
            reports.c.milestone == one.milestone,
            reports.c.city == city,
        )
        .values(is_newest=0)
    )
    transaction.insert(
        reports,
        {
            "group_id": one.group,
            "milestone": one.milestone,
            "city": city,
            "number": one.number,
            "is_newest": 1,
            "document": one.model_dump_json(),
        },
    )


def reports_of(
    transaction: Transaction, names: Sequence[str]
) -> dict[tuple[str, int, str], Report]:
    """By group, milestone and city, the last report."""
    rows = transaction.rows(
        select(reports.c.group_id, reports.c.milestone, reports.c.city, reports.c.document).where(
            reports.c.group_id.in_(names), reports.c.is_newest == 1
        )
    )
    return {
        (row.group_id, row.milestone, row.city): Report.model_validate_json(row.document)
        for row in rows
    }


def report_history(transaction: Transaction, name: str, milestone: int, city: str) -> list[Report]:
    """A city's reports of a milestone, the latest first."""
    rows = transaction.rows(
        select(reports.c.document)
        .where(
            reports.c.group_id == name,
            reports.c.milestone == milestone,
            reports.c.city == city,
        )
        .order_by(reports.c.number.desc())
        .limit(PAGE_ROWS_MAX)
    )
    return [Report.model_validate_json(row.document) for row in rows]


def last_version(transaction: Transaction, one: Value, city: str) -> int:
    """The version of a city's figure of that month; 0 where there is none."""
    found = transaction.value(
        select(figures.c.version).where(*_figure(one, city), figures.c.is_newest == 1)
    )
    return int(found or 0)


def keep_figure(transaction: Transaction, one: Value, city: str) -> None:
    """Make a figure the newest of its month and city; the earlier ones stay."""
    transaction.execute(update(figures).where(*_figure(one, city)).values(is_newest=0))
    transaction.insert(
        figures,
        {
            "group_id": one.group,
            "indicator": one.indicator,
            "period": one.period,
            "city": city,
            "version": one.version,
            "is_newest": 1,
            "figure": plain(one.figure),
        },
    )


def _figure(one: Value, city: str) -> tuple[Any, ...]:
    return (
        figures.c.group_id == one.group,
        figures.c.indicator == one.indicator,
        figures.c.period == one.period,
        figures.c.city == city,
    )


def figures_of(
    transaction: Transaction, name: str, indicator: str, cities: Sequence[str], months: int
) -> Sequence[Any]:
    """The newest figures of these cities, the latest months first: all of `months` months."""
    return transaction.rows(
        select(figures)
        .where(
            figures.c.group_id == name,
            figures.c.is_newest == 1,
            figures.c.indicator == indicator,
            figures.c.city.in_(cities),
        )
        .order_by(figures.c.period.desc(), figures.c.city)
        .limit(months * len(cities))
    )


def as_decimal(row: Any) -> Decimal:
    """A row's figure."""
    return Decimal(row.figure)
