"""Queues as data: what is asked, which columns are shown, what leads on, what an empty one says.

Each procedure gives a queue by itself. A queue is one call of its `queue` operation, whose query is
bounded however many cases are open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.procedure import Action, NoForm, known
from hanse.mechanisms.exchange.parts import Link, Mark, Tone, Value
from hanse.web.desk.families import family_of
from hanse.web.outcomes import answer_of
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

ROWS_PER_PAGE: Final = 50
ROWS_AT_FRONT: Final = 6
SOON: Final = timedelta(days=3)
OVERDUE: Final = Text("已逾期", "Overdue")
ESCALATED: Final = Text("督办", "Escalated")


@dataclass(frozen=True)
class Column:
    """A column: its title and what it shows of a row."""

    title: Text
    value: Callable[[dict[str, Any], datetime], Value]


@dataclass(frozen=True)
class Queue:
    """What waits: the operation that lists it, and how it is shown."""

    name: str
    title: Text
    operation: str
    columns: tuple[Column, ...]
    empty: Text


@dataclass(frozen=True)
class Row:
    """A line of a queue as it is shown."""

    key: str
    role: str
    stage: str
    cells: tuple[Value, ...]


def queue_of(family: Family) -> Queue:
    """The queue of a procedure."""
    newest = family.newest

    def case(row: dict[str, Any], now: datetime) -> Value:
        return Link(row["case"], f"/desk/cases/{family.matter}/{row['case']}")

    def role(row: dict[str, Any], now: datetime) -> Value:
        found = newest.role(row["role"])
        return row["role"] if found is None else found.title

    def stage(row: dict[str, Any], now: datetime) -> Value:
        return Text(**row["stage_title"])

    def next_steps(row: dict[str, Any], now: datetime) -> Value:
        found = [one.title for one in _expected(family, row["role"], row["stage"])]
        if not found:
            return ESCALATED if row["is_escalated"] else None
        return Text("、".join(one.zh for one in found), ", ".join(one.en for one in found))

    return Queue(
        name=family.matter,
        title=newest.title,
        operation=f"{family.matter}.queue",
        columns=(
            Column(Text("期限", "Due"), due_mark),
            Column(Text("案件", "Case"), case),
            Column(Text("阶段", "Stage"), stage),
            Column(Text("待办", "To do"), next_steps),
            Column(Text("身份", "As"), role),
        ),
        empty=Text("没有待办案件。", "Nothing waits for you here."),
    )


def due_mark(row: dict[str, Any], now: datetime) -> Value:
    """When it is overdue, in words that say how near that is."""
    if row["due_at"] is None:
        return Text("无期限", "No term")
    due = datetime.fromisoformat(row["due_at"])
    if due <= now:
        return Mark(OVERDUE, Tone.BAD)
    days = (due - now).days
    words = Text(f"余 {days} 天", f"{days} days left") if days else Text("今天", "Today")
    return Mark(words, Tone.CAUTION if due - now <= SOON else Tone.PLAIN)


def _expected(family: Family, role: str, stage: str) -> list[Action]:
    return [
        one
        for one in family.newest.actions
        if role in one.by and stage in one.from_stages and one.is_expected
    ]


def in_bulk(family: Family) -> list[Action]:
    """The steps that may be taken for many cases at once: those that ask for nothing typed."""
    return [
        one
        for one in family.newest.actions
        if one.form is NoForm and not one.needs_reason and not one.documents and one.is_expected
    ]


async def rows_of(
    visit: Visit, family: Family, limit: int, cursor: str | None = None, role: str | None = None
) -> tuple[list[Row], str | None]:
    """A page of a queue, and where the next begins."""
    queue, now = queue_of(family), visit.now
    data = {"limit": limit, "cursor": cursor, "role": role}
    answer = answer_of(await visit.call(queue.operation, data))
    rows = [
        Row(
            key=one["case"],
            role=one["role"],
            stage=one["stage"],
            cells=tuple(column.value(one, now) for column in queue.columns),
        )
        for one in answer["tasks"]
    ]
    return rows, answer["cursor"]


async def queue_page(visit: Visit) -> Result:
    """A queue whole, a page at a time, with what may be done for several cases at once."""
    family = family_of(visit)
    role = visit.query.get("role") or None
    rows, cursor = await rows_of(
        visit, family, ROWS_PER_PAGE, visit.query.get("after") or None, role
    )
    return Shown(
        "desk/queue.html",
        {
            "queue": queue_of(family),
            "family": family,
            "rows": rows,
            "cursor": cursor,
            "role": role,
            "roles": family.newest.roles,
            "bulk": bulk_choices(family, rows),
            "results": (),
            "key": new_id(visit.node.randomness),
        },
    )


def bulk_choices(family: Family, rows: Sequence[Row]) -> list[Action]:
    """Of the steps that may be taken in bulk, those that some row of the page is ready for."""
    return [
        one
        for one in in_bulk(family)
        if any(row.role in one.by and row.stage in one.from_stages for row in rows)
    ]


def action_titles(family: Family, name: str) -> Text:
    """A step's title."""
    return known(family.newest.action(name)).title
