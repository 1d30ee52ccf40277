"""`hanse pension timeline`: one transfer through its working days, in simulated time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import click
from rich.table import Table

from hanse.cli.output import language, out
from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.simulation import pension_people as people
from hanse.simulation.pension_league import (
    BUREAU,
    PensionHost,
    compressed,
    drain,
    found,
)

ORIGIN, DESTINATION = "510600", "510100"
SICHUAN = timezone(timedelta(hours=8))
MORNING = time(9, 0, tzinfo=SICHUAN)
DEFAULT_START = "2026-02-09"
HEADS = (
    Text("步骤", "Step"),
    Text("办理日", "Done on"),
    Text("办理方", "By"),
    Text("由此起算的期限", "What is due next, and how it was reckoned"),
)


@dataclass(frozen=True)
class Line:
    """One step of the timeline."""

    title: Text
    on: date
    city: str
    due: tuple[Text, ...]


@click.group()
def pension() -> None:
    """养老保险关系转移接续 / Transfer of pension relations."""


@pension.command()
@click.option(
    "--from", "start", default=DEFAULT_START, show_default=True,
    type=click.DateTime(["%Y-%m-%d"]), help="申请日期 / Day of the application",
)  # fmt: skip
@click.option(
    "--compressed", "fast", is_flag=True, help="压缩时限 / The profile of 15 working days"
)
def timeline(start: datetime, fast: bool) -> None:
    """模拟一次转移，每步用足时限 / Run one transfer in which each step uses its whole time."""
    lines, total = run_timeline(start.date(), fast=fast)
    speaks = language()
    table = Table(show_lines=True)
    for head in HEADS:
        table.add_column(head.in_language(speaks), overflow="fold")
    for line in lines:
        due = "\n".join(words.in_language(speaks) for words in line.due)
        table.add_row(line.title.in_language(speaks), line.on.isoformat(), line.city, due)
    out.print(table)
    words = Text(
        f"生成人员；转移资金{Money(total)}元，两市账簿一致。",
        f"A generated person; {Money(total)} yuan moved, both books agree.",
    )
    out.print(words.in_language(speaks))


def run_timeline(start: date, *, fast: bool) -> tuple[list[Line], int]:
    """The steps of one transfer between two real nodes in memory, and the fen that moved.

    Raises what a step is refused with, such as a day beyond the calendar's horizon.
    """
    opened = datetime.combine(start, MORNING).astimezone(UTC)
    new, origin = hosts = found(1, (DESTINATION, ORIGIN), opened - timedelta(days=1))
    try:
        for host in hosts if fast else []:
            host.adopt(compressed(host.parameters))
        return _played(new, origin, start)
    finally:
        for host in hosts:
            host.engine.dispose()


def _played(new: PensionHost, origin: PensionHost, start: date) -> tuple[list[Line], int]:
    now = _morning(start)
    worker = people.citizen(ORIGIN, 1)
    relation = people.whole(ORIGIN, worker, ORIGIN)
    origin.done("pension.keep", relation, now)
    new.done(
        "pension.keep",
        people.arriving(DESTINATION, worker, ORIGIN, (start.month,), start.year),
        now,
    )
    certificate = origin.done("pension.issue_certificate", {"citizen_id": worker}, now)
    asked = people.application(certificate, DESTINATION, (BUREAU, BUREAU))
    case = new.done("pension_transfer.start", asked, now)["case"]

    def step(role: str, action: str, on: date, data: dict[str, Any]) -> None:
        host = origin if role == "origin" else new
        move = {"case": case, "role": role, "action": action, "data": data}
        clock[0] = max(clock[0], _morning(on))
        host.done("pension_transfer.act", move, clock[0])
        clock[0] = drain([new, origin], clock[0])

    clock = [drain([new, origin], now)]
    on = _due(new, case, "review", now)
    written = people.letter(certificate, DESTINATION, "L1", on.isoformat(), "city_66")
    step("destination", "accept", on, written)
    last = _due(new, case, "origin", _morning(on))
    step("origin", "confirm_whole", min(_due(new, case, "unmovable", _morning(on)), last), {})
    on = last
    sheet = origin.done("pension.make_sheet", {"letter": written}, _morning(on))
    step("origin", "send_sheet", on, sheet)
    on = _due(new, case, "receive", _morning(on))
    step("destination", "receive", on, {"funds_received": sheet["cash"]})
    funds = [host.done("pension.funds", {}, _morning(on)) for host in (new, origin)]
    moved = int(funds[0]["owed_by_peers"][ORIGIN])
    if moved != -funds[1]["owed_by_peers"][DESTINATION]:
        raise AssertionError("the two books differ")
    return _lines(new, case, _morning(on)), moved


def _due(host: PensionHost, case: str, name: str, now: datetime) -> date:
    """The last day of a deadline, as the case has it."""
    view = host.done("pension_transfer.view", {"case": case}, now)
    states = {one["state"]["name"]: one["state"] for one in view["deadlines"]}
    return date.fromisoformat(states[name]["due"])


def _lines(host: PensionHost, case: str, now: datetime) -> list[Line]:
    found_ = host.done("pension_transfer.timeline", {"case": case}, now)
    return [
        Line(
            title=Text(**one["title"]),
            on=datetime.fromisoformat(one["at"]).astimezone(SICHUAN).date(),
            city=one["city"],
            due=tuple(
                Text(**state["explanation"])
                for state in one.get("deadlines", ())
                if state.get("standing", "running") == "running"
            ),
        )
        for one in found_["steps"]
    ]


def _morning(day: date) -> datetime:
    """Nine o'clock in Sichuan."""
    return datetime.combine(day, MORNING).astimezone(UTC)
