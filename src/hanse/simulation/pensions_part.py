"""Pension transfers under loss, doubling, reordering and death: no relation and no fen is lost.

One seed is one run: three cities, each with the real exchange, journal, cases and ledger. Workers
move between them; sheets are miscounted and returned, applications cancelled. Then the faults end,
every transfer is brought to its end, and all books are compared.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import Engine, select

from hanse.mechanisms.cases import Case, possible
from hanse.mechanisms.cases import book as case_book
from hanse.mechanisms.cases.tables import cases
from hanse.mechanisms.exchange.message import Kind
from hanse.services.social.pensions.procedure import PENSION_TRANSFER
from hanse.simulation import pension_people as people
from hanse.simulation.cases_host import Died
from hanse.simulation.part import Violation, require
from hanse.simulation.pension_checks import check
from hanse.simulation.pension_league import (
    BUREAU,
    PensionHost,
    drain,
    found,
    memory_store,
)
from hanse.simulation.pensions_network import Network

START: Final = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CITIES: Final = ("510100", "510600", "510900")
ROUNDS_MAX: Final = 200
FAULTY_STEPS_PER_WORKER: Final = 40
MISCOUNTED_SHARE: Final = 0.3
UNEXPECTED_SHARE: Final = 0.1
REFUSALS: Final = frozenset(
    {
        "case_duplicate",
        "case_action_not_allowed",
        "case_time_backwards",
        "pension_relation_not_here",
        "pension_sheet_differs",
        "pension_sheet_number_used",
        "pension_moved_already",
        "case_condition_fails",
    }
)
"""What a step may be refused for, when it comes twice or after another; all else is a fault."""


@dataclass
class Worker:
    """A generated worker on the way from one city to another."""

    number: int
    origin: PensionHost
    destination: PensionHost
    relation: dict[str, Any]
    prepared: int = 0
    certificate: dict[str, Any] = field(default_factory=dict)

    @property
    def citizen_id(self) -> str:
        """The made-up number."""
        return str(self.relation["person"]["citizen_id"])


@dataclass
class TransfersResult:
    """What became of a run."""

    seed: int
    cases: int = 0
    merged: int = 0
    steps: int = 0
    deaths: int = 0
    lost: int = 0
    doubled: int = 0
    moved_fen: int = 0
    digest: str = ""
    failure: str | None = None


@dataclass
class Run:
    """Everything that an act may touch."""

    hosts: list[PensionHost]
    rng: Random
    network: Network
    now: datetime = START
    workers: list[Worker] = field(default_factory=list)


def run_transfers(
    seed: int, count: int, open_store: Callable[[str], Engine] = memory_store
) -> TransfersResult:
    """Move `count` workers through a league under faults, and bring all to their end."""
    rng = Random(seed)
    hosts = found(seed, CITIES, START - timedelta(days=1), open_store)
    run = Run(hosts, rng, Network(rng))
    for host in hosts:  # a fund holds more than one worker's money
        others = people.whole(host.city, people.citizen(host.city, 390), host.city)
        host.done("pension.keep", others, START)
    result = TransfersResult(seed)
    try:
        while len(run.workers) < count or any(one.prepared < 4 for one in run.workers):
            _step(run, count)
        for _ in range(FAULTY_STEPS_PER_WORKER * count):
            _step(run, count)
        _finish(run)
        _tell(run, result)
    except Violation as violation:
        result.failure = str(violation)
    finally:
        result.deaths = sum(host.deaths for host in hosts)
        result.lost, result.doubled = run.network.lost, run.network.doubled
        for host in hosts:
            host.engine.dispose()
    return result


def _step(run: Run, count: int) -> None:
    run.now += timedelta(seconds=run.rng.randrange(20))
    acts = (_arrive_worker, _prepare, _act, _send, _arrive, _die)
    weights = (3 if len(run.workers) < count else 0, 8, 12, 20, 36, 2)
    try:
        run.rng.choices(acts, weights)[0](run)
    except Died:
        return


def _arrive_worker(run: Run) -> None:
    origin, destination = run.rng.sample(run.hosts, 2)
    number = len(run.workers)
    worker = people.citizen(origin.city, number % 350)
    relation = people.leaving(run.rng, origin.city, worker, destination.city)
    run.workers.append(Worker(number, origin, destination, relation))


def _prepare(run: Run) -> None:
    """The next of: rows kept at both cities, the certificate, the application."""
    ready = [one for one in run.workers if one.prepared < 4]
    if not ready:
        return
    worker = run.rng.choice(ready)
    if worker.prepared == 0:
        worker.origin.done("pension.keep", worker.relation, run.now)
    elif worker.prepared == 1:
        city = worker.destination.city
        here = people.arriving(city, worker.citizen_id, city)
        worker.destination.done("pension.keep", here, run.now)
    elif worker.prepared == 2:
        asked = {"citizen_id": worker.citizen_id}
        given = worker.origin.done("pension.issue_certificate", asked, run.now)
        worker.certificate = given
    else:
        application = people.application(
            worker.certificate, worker.destination.city, (BUREAU, BUREAU)
        )
        _call(run, worker.destination, "pension_transfer.start", application)
    worker.prepared += 1


def _act(run: Run) -> None:
    """An agency takes a step that it may take in one of its open cases."""
    host = run.rng.choice(run.hosts)
    open_cases = _open_cases(host)
    if not open_cases:
        return
    case = run.rng.choice(open_cases)
    choices = _choices(host, case, expected_only=run.rng.random() > UNEXPECTED_SHARE)
    if choices:
        role, action = run.rng.choice(choices)
        _take(run, host, case, role, action)


def _choices(host: PensionHost, case: Case, *, expected_only: bool) -> list[tuple[str, str]]:
    return [
        (role, action.name)
        for role in case.roles_of(host.city, BUREAU)
        for action in possible(PENSION_TRANSFER, case, role)
        if action.name in _EXPECTED or not expected_only
        if action.name not in _NEVER
    ]


_EXPECTED: Final = frozenset({"accept", "send_sheet", "receive"})
_NEVER: Final = frozenset({"open_temporary", "announce_unmovable", "return_sheet", "send_funds"})
"""A sheet is returned where it was found wrong, and not by chance."""


def _take(run: Run, host: PensionHost, case: Case, role: str, action: str) -> None:
    data = _data(run, host, case, action)
    move = {"case": case.id, "role": role, "action": action, "data": data, "reason": "generated"}
    code = _call(run, host, "pension_transfer.act", move)
    if action == "receive" and code == "pension_sheet_differs":
        found_ = {"findings": ["pool_differs"]}
        _call(run, host, "pension_transfer.act", {**move, "action": "return_sheet", "data": found_})


def _data(run: Run, host: PensionHost, case: Case, action: str) -> dict[str, Any]:
    today = f"{run.now + timedelta(hours=8):%Y-%m-%d}"
    if action == "accept":
        certificate = case.data["open"]["certificate"]
        return people.letter(certificate, host.city, f"L{case.id}", today, "city_66")
    if action == "send_sheet":
        letter = case.data["accept"]
        sheet = host.done("pension.make_sheet", {"letter": letter}, run.now)
        if run.rng.random() < MISCOUNTED_SHARE:
            return people.miscounted(sheet, sheet["number"])
        return sheet
    if action == "receive":
        return {"funds_received": case.data["send_sheet"]["cash"]}
    return {"died_on": today} if "death" in action else {}


def _call(run: Run, host: PensionHost, operation: str, data: dict[str, Any]) -> str | None:
    """A call that is answered, or refused for one of the reasons that may be; gives its code."""
    reply = host.call(operation, data, run.now)
    if reply.kind is not Kind.REFUSAL:
        return None
    code = str(reply.data["code"])
    require(code in REFUSALS, "a refusal has its reason", operation, data.get("action"), code)
    return code


def _send(run: Run) -> None:
    one, other = run.rng.sample(run.hosts, 2)
    run.network.send(one, other, run.now)


def _arrive(run: Run) -> None:
    run.network.arrive(run.now)


def _die(run: Run) -> None:
    run.rng.choice(run.hosts).dies = run.rng.choice(("before", "after"))


def _finish(run: Run) -> None:
    """The faults are over: every agency does what waits for it, until all cases are closed."""
    run.network.packets.clear()
    for host in run.hosts:
        host.dies = None
    for _ in range(ROUNDS_MAX):
        run.now = drain(run.hosts, run.now)
        busy = 0
        for host in run.hosts:
            for case in _open_cases(host):
                choices = _choices(host, case, expected_only=True)
                if choices:
                    _take(run, host, case, *choices[0])
                    busy += 1
            run.now = drain(run.hosts, run.now)
        if not busy:
            return
    raise Violation("every transfer comes to its end")


def _open_cases(host: PensionHost) -> list[Case]:
    query = select(cases).where(cases.c.is_open).order_by(cases.c.case_id)
    rows = host.read(lambda tx: tx.rows(query))
    return [case_book.case_of(row) for row in rows]


def _tell(run: Run, result: TransfersResult) -> None:
    found_ = check(run.hosts)
    result.cases, result.merged = found_.cases, found_.merged
    result.steps, result.moved_fen = found_.steps, found_.moved_fen
    digest = hashlib.sha256()
    for line in found_.lines:
        digest.update(line)
    result.digest = digest.hexdigest()
