"""Cases: steps through two cities, a page of a long queue, and a BPMN engine beside them.

The cities are the real exchange, journal and cases on SQLite files with full sync, handed their
deliveries without sockets. Beside them SpiffWorkflow runs a process of the same three tasks: in
memory, and read from and written to SQLite at each step, as a server of it must. It has no second
party, no signature, no evidence and no deadline, so the figures say what each costs, not who wins.
"""

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, event, select, text

from benches.timing import percentile
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.cases import Family
from hanse.mechanisms.cases.contracts import ListQuestion, QueueQuestion
from hanse.mechanisms.cases.reading import list_cases, queue
from hanse.mechanisms.cases.tables import cases
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.desk import Desk
from hanse.mechanisms.exchange.message import Kind, Party
from hanse.simulation.cases_host import CITIES, SEATS, START, Host, found_hosts
from hanse.simulation.cases_matter import MATTER

BPMN = Path(__file__).parent / "three_stages.bpmn"
STEPS_OF_EACH = 4
OPEN_CASES = 100_000
PAGE = 50


def steps(scale: float) -> dict[str, Any]:
    """Cases opened, taken up, given by another city and finished; each act is one commit."""
    count = max(10, int(300 * scale))
    with tempfile.TemporaryDirectory() as folder:
        hosts = found_hosts(1, lambda city: open_engine(f"sqlite:///{folder}/{city}.sqlite"))
        wall, cpu = time.perf_counter(), time.process_time()
        _play(hosts[:2], count)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        for host in hosts:
            host.engine.dispose()
    total = STEPS_OF_EACH * count
    return {
        "cases": count,
        "steps": total,
        "steps_per_second": round(total / wall, 1),
        "steps_per_cpu_second": round(total / cpu, 1),
    }


def _play(hosts: list[Host], count: int) -> None:
    keeper, giver = hosts
    both = dict(zip(SEATS, (CITIES[0], CITIES[1], CITIES[0]), strict=True))
    seats = {role: {"city": city, "organisation": "bureau"} for role, city in both.items()}
    made = []
    for number in range(count):
        data = {"subject": f"s{number}", "seats": seats, "role": "desk", "data": {"amount": 1}}
        made.append(_call(keeper, "start", data)["case"])
    for case in made:
        _call(keeper, "act", {"case": case, "role": "desk", "action": "work"})
    _carry(keeper, giver)
    for case in made:
        _call(giver, "act", {"case": case, "role": "giver", "action": "give"})
    _carry(giver, keeper)
    _carry(keeper, giver)
    for case in made:
        _call(keeper, "act", {"case": case, "role": "desk", "action": "finish"})
    _carry(keeper, giver)


def _call(host: Host, verb: str, data: dict[str, Any]) -> dict[str, Any]:
    reply = host.call(f"matter.{verb}", data, START)
    if reply.kind is not Kind.ANSWER:
        raise RuntimeError(str(reply.data))
    found: dict[str, Any] = reply.data
    return found


def _carry(one: Host, other: Host) -> None:
    while waiting := one.waiting(other.city):
        sealed = one.seal(other.city, waiting, START)
        one.settle(waiting, sealed, other.take(sealed, START), START)


def pages(scale: float) -> dict[str, Any]:
    """Pages of a desk's queue and list among many open cases, from random places in them."""
    count = max(1_000, int(OPEN_CASES * scale))
    with tempfile.TemporaryDirectory() as folder:
        hosts = found_hosts(2, lambda city: open_engine(f"sqlite:///{folder}/{city}.sqlite"))
        host = hosts[0]
        _play(hosts[:2], 1)
        data = {
            "subject": "first", "role": "desk", "data": {"amount": 1},
            "seats": {role: {"city": city, "organisation": "bureau"}
                      for role, city in SEATS.items()},
        }  # fmt: skip
        multiply(host.engine, _call(host, "start", data)["case"], count)
        found = {"open_cases": count} | _measure(host, count)
        for one in hosts:
            one.engine.dispose()
    return found


def multiply(engine: Engine, case: str, count: int) -> None:
    """The same case under many numbers, each due a second later than the one before."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
    changes = {
        "cases": {"case_id": "'c-' || i", "subject": "'s-' || i"},
        "case_seats": {"case_id": "'c-' || i", "opened_at_ms": "opened_at_ms + i * 1000"},
        "case_tasks": {"case_id": "'c-' || i", "due_at_ms": "due_at_ms + i * 1000"},
    }
    with committing(engine) as transaction:
        for table, changed in changes.items():
            names = [column.name for column in cases.metadata.tables[table].columns]
            values = ", ".join(changed.get(name, name) for name in names)
            transaction.execute(
                text(
                    f"INSERT INTO {table} ({', '.join(names)}) {numbers} "  # noqa: S608
                    f"SELECT {values} FROM {table}, n WHERE case_id = :case"
                ),
                {"count": count, "case": case},
            )
        transaction.execute(text("ANALYZE"))


def _measure(host: Host, count: int) -> dict[str, Any]:
    rng, family = Random(7), Family([MATTER])
    with reading(host.engine) as transaction:
        league = host.side(transaction).league
        context = Context(
            city=host.city, caller=Party(host.city, "bureau"), operation="matter.queue",
            message_id="bench", now=START + timedelta(hours=1), league=league, parameters=None,
            randomness=host.randomness, outlet=Desk(host.exchange),
        )  # fmt: skip
        first = queue(transaction, family, QueueQuestion(limit=1), context)
        due = first.tasks[0].due_at
        start_ms = 0 if due is None else int(due.timestamp() * 1000)
        opened = transaction.value(select(cases.c.opened_at_ms).limit(1))

        def queue_page() -> int:
            place = f"{start_ms + rng.randrange(count) * 1000}/c/desk"
            question = QueueQuestion(limit=PAGE, cursor=place)
            return len(queue(transaction, family, question, context).tasks)

        def list_page() -> int:
            place = f"{opened + rng.randrange(count) * 1000}/c"
            question = ListQuestion(limit=PAGE, cursor=place)
            return len(list_cases(transaction, family, question, context).cases)

        return _timed(host, "queue", queue_page) | _timed(host, "list", list_page)


def _timed(host: Host, name: str, page: Callable[[], int]) -> dict[str, Any]:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(host.engine, "before_cursor_execute", note)
    page()
    event.remove(host.engine, "before_cursor_execute", note)
    taken = []
    for _ in range(300):
        began = time.perf_counter()
        page()
        taken.append((time.perf_counter() - began) * 1000)
    return {
        f"{name}_page_p50_ms": round(percentile(taken, 0.5), 2),
        f"{name}_page_p99_ms": round(percentile(taken, 0.99), 2),
        f"{name}_queries": len(statements),
    }


def spiff(scale: float) -> dict[str, Any]:
    """SpiffWorkflow: the same three tasks, in memory, and through its serializer on SQLite."""
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
    from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

    count = max(10, int(300 * scale))
    parser = BpmnParser()
    parser.add_bpmn_file(str(BPMN))
    spec = parser.get_spec("matter")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

    def opened() -> Any:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        return workflow

    def step(workflow: Any, name: str) -> None:
        from SpiffWorkflow import TaskState

        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        if task.task_spec.name != name:
            raise RuntimeError(f"{task.task_spec.name} is ready, not {name}")
        task.run()
        workflow.do_engine_steps()

    names = ("work", "give", "finish")
    cpu = time.process_time()
    for _ in range(count):
        workflow = opened()
        for name in names:
            step(workflow, name)
        if not workflow.is_completed():
            raise RuntimeError("the process is not completed")
    in_memory = time.process_time() - cpu
    wall, cpu = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        store = sqlite3.connect(f"{folder}/spiff.sqlite")
        store.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
        store.execute("CREATE TABLE w (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")
        for number in range(count):
            state = serializer.serialize_json(opened())
            store.execute("INSERT INTO w VALUES (?, ?)", (number, state))
            store.commit()
        for name in names:
            for number in range(count):
                (state,) = store.execute("SELECT state FROM w WHERE id=?", (number,)).fetchone()
                workflow = serializer.deserialize_json(state)
                step(workflow, name)
                changed = serializer.serialize_json(workflow)
                store.execute("UPDATE w SET state=? WHERE id=?", (changed, number))
                store.commit()
        size = len(state)
        store.close()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    total = STEPS_OF_EACH * count
    return {
        "cases": count,
        "in_memory_steps_per_cpu_second": round(total / in_memory, 1),
        "stored_steps_per_second": round(total / wall, 1),
        "stored_steps_per_cpu_second": round(total / cpu, 1),
        "stored_bytes_of_a_case": size,
    }


if __name__ == "__main__":
    for section in (steps, pages, spiff):
        print(section.__name__, json.dumps(section(1.0)))
