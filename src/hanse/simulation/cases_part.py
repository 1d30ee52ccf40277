"""Cases under loss, doubling, reordering and death: all end complete, and all hold the same.

One seed is one run: three cities in one thread, each with the real exchange, journal and cases on
a store of its own; deliveries and answers are lost, doubled and reordered, and nodes die before
and after a commit. Then the faults end, the network is drained, and every history is compared.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any, Final

from sqlalchemy import Engine, select

from hanse.foundation.errors import Problem
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import generate
from hanse.foundation.store import Transaction, metadata, open_engine
from hanse.mechanisms.cases import book
from hanse.mechanisms.cases.judge import possible
from hanse.mechanisms.cases.step import read_step
from hanse.mechanisms.cases.tables import cases, copies, disputes, proposals, steps
from hanse.mechanisms.exchange.core import Outgoing
from hanse.mechanisms.exchange.delivery import Sealed
from hanse.mechanisms.exchange.message import Kind
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.agreements import Agreement
from hanse.mechanisms.league.charter import Charter
from hanse.simulation import founding
from hanse.simulation.cases_host import Died, Host
from hanse.simulation.cases_matter import MATTER
from hanse.simulation.part import Violation, require

START: Final = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
CITIES: Final = ("510100", "510600", "510900")
SEATS: Final = dict(zip(("desk", "giver", "watcher"), CITIES, strict=True))
ROUNDS_MAX: Final = 400


@dataclass
class Packet:
    """A delivery on its way, or with its answer on the way back."""

    sender: Host
    receiver: Host
    waiting: list[Outgoing]
    sealed: Sealed
    deaths: int
    answer: Sealed | None = None


@dataclass
class CasesResult:
    """What became of a run."""

    seed: int
    cases: int = 0
    steps: int = 0
    overdue: int = 0
    deaths: int = 0
    lost: int = 0
    doubled: int = 0
    digest: str = ""
    failure: str | None = None


@dataclass
class Run:
    """Everything that an act may touch."""

    hosts: list[Host]
    rng: Random
    result: CasesResult
    now: datetime = START
    packets: list[Packet] = field(default_factory=list)
    opened: int = 0
    faulty: bool = True


def run_cases(
    seed: int,
    count: int,
    open_store: Callable[[str], Engine] = lambda city: open_engine("sqlite://"),
) -> CasesResult:
    """Open `count` cases in a league under faults and bring all to their end."""
    result = CasesResult(seed)
    run = Run(found_hosts(seed, open_store), Random(seed), result)
    try:
        while run.opened < count:
            _step(run)
        _calm(run)
        _finish(run)
        _check(run)
    except Violation as violation:
        result.failure = str(violation)
    finally:
        result.deaths = sum(host.deaths for host in run.hosts)
        for host in run.hosts:
            host.engine.dispose()
    return result


def found_hosts(seed: int, open_store: Callable[[str], Engine]) -> list[Host]:
    """Three cities with a charter, a calendar, and an agreement on the matter."""
    keys: founding.Keys = {}
    hosts = []
    for city in CITIES:
        draw = seeded_randomness(f"simulated cases {seed} {city}")
        keys[city] = {name: generate("ed25519", draw) for name in ("v1", "x1")}
        engine = open_store(city)
        metadata.create_all(engine)
        hosts.append(Host(city, engine, keys[city]["x1"], draw))
    values = founding.first_charter(keys, START).model_dump(mode="json") | {
        "calendar": {
            "name": "simulated", "version": "1", "source": "simulated",
            "first_day": "2026-01-01", "horizon": "2028-12-31",
            "rest_days": [], "working_weekends": [],
        }
    }  # fmt: skip
    charter = founding.signed_by(
        Charter.model_validate(values), keys, *((city, "x1") for city in CITIES)
    )
    agreement = founding.signed_by(_agreement(), keys)

    def take(transaction: Transaction) -> None:
        league_store.accept_charters(transaction, [charter.to_bytes()], charter.digest, START)
        league_store.accept_agreement(transaction, agreement.to_bytes(), START)

    for host in hosts:
        host.commit(take)
    return hosts


def _agreement() -> Agreement:
    grant = {
        "id": "g1", "operations": ["matter.*"], "purposes": ["trial"], "organisations": ["*"],
        "fields": ["*"], "legal_basis": {"zh": "试验", "en": "trial"},
    }  # fmt: skip
    return Agreement.model_validate(
        {
            "id": "cases",
            "version": 1,
            "league": "simulated",
            "title": {"zh": "仿真协议", "en": "A simulated agreement"},
            "parties": list(CITIES),
            "valid_from": START,
            "valid_until": START + timedelta(days=730),
            "grants": [grant],
        }
    )


def _step(run: Run) -> None:
    run.now += timedelta(seconds=run.rng.randrange(20))
    acts = (_open, _act, _act, _act, _send, _send, _arrive, _arrive, _arrive, _die, _fire)
    try:
        run.rng.choices(acts, (6, 5, 5, 5, 10, 10, 20, 20, 10, 1, 2))[0](run)
    except Died:
        run.result.digest = hashlib.sha256(f"{run.result.digest} died".encode()).hexdigest()


def _open(run: Run) -> None:
    host = run.rng.choice(run.hosts)
    seats = {role: {"city": city, "organisation": "bureau"} for role, city in SEATS.items()}
    role = next(role for role, city in SEATS.items() if city == host.city)
    run.opened += 1
    data = {"subject": f"s{run.opened}", "seats": seats, "role": role, "data": {"amount": 1}}
    reply = host.call("matter.start", data, run.now)
    require(reply.kind is Kind.ANSWER, "a case can be opened", reply.data)


def _act(run: Run) -> None:
    """A bureau takes one of the steps that it may take in one of its recent open cases."""
    host = run.rng.choice(run.hosts)
    rows = host.read(
        lambda tx: tx.rows(
            select(cases).where(cases.c.is_open).order_by(cases.c.changed_at_ms.desc()).limit(20)
        )
    )
    if not rows:
        return
    # Sorted here: the stores put equal instants, and the signs of numbers, in orders of their own.
    case = book.case_of(run.rng.choice(sorted(rows, key=lambda row: str(row.case_id))))
    choices = [
        (role, action)
        for role in case.roles_of(host.city, "bureau")
        for action in possible(MATTER, case, role)
    ]
    if not choices:
        return
    role, action = run.rng.choice(choices)
    asked = {"case": case.id, "role": role, "action": action.name}
    reply = host.call("matter.act", asked, run.now)
    refused = reply.kind is Kind.REFUSAL
    allowed = ("case_time_backwards",)
    require(not refused or reply.data["code"] in allowed, "what may be done is", reply.data)


def _send(run: Run) -> None:
    one, other = run.rng.sample(run.hosts, 2)
    waiting = one.waiting(other.city)
    if run.faulty and len(waiting) > 1:
        run.rng.shuffle(waiting)
        waiting = waiting[: run.rng.randrange(1, len(waiting) + 1)]
    if waiting:
        sealed = one.seal(other.city, waiting, run.now)
        run.packets.append(Packet(one, other, waiting, sealed, one.deaths))


def _arrive(run: Run) -> None:
    if not run.packets:
        return
    packet = run.packets.pop(run.rng.randrange(len(run.packets)) if run.faulty else 0)
    if run.faulty and run.rng.random() < 0.1:
        run.result.lost += 1
        return
    if packet.answer is not None:
        if packet.deaths == packet.sender.deaths:
            _settle(run, packet, packet.answer)
        return
    if run.faulty and run.rng.random() < 0.15:
        run.result.doubled += 1
        run.packets.append(Packet(packet.sender, packet.receiver, [], packet.sealed, -1))
    try:
        packet.answer = packet.receiver.take(packet.sealed, run.now)
    except Problem as problem:
        replayed = problem.code in ("delivery_replayed", "clock_skewed")
        require(replayed, "only what came before or too late is refused", problem)
        return
    if packet.deaths >= 0:
        run.packets.append(packet)


def _settle(run: Run, packet: Packet, answer: Sealed) -> None:
    try:
        packet.sender.settle(packet.waiting, packet.sealed, answer, run.now)
    except Problem as problem:
        require(problem.code == "clock_skewed", "only a late answer finds nobody", problem)


def _die(run: Run) -> None:
    run.rng.choice(run.hosts).dies = run.rng.choice(("before", "after"))


def _fire(run: Run) -> None:
    if run.rng.random() < 0.2:
        run.now += timedelta(minutes=run.rng.choice((11, 130)))
    run.rng.choice(run.hosts).fire(run.now)


def _calm(run: Run) -> None:
    run.faulty = False
    run.packets.clear()
    for host in run.hosts:
        host.dies = None


def _drain(run: Run) -> None:
    for _ in range(ROUNDS_MAX):
        run.now += timedelta(seconds=1)
        for one, other in permutations(run.hosts, 2):
            waiting = one.waiting(other.city)
            if waiting:
                sealed = one.seal(other.city, waiting, run.now)
                one.settle(waiting, sealed, other.take(sealed, run.now), run.now)
        if not any(one.waiting(other.city) for one, other in permutations(run.hosts, 2)):
            return
    raise Violation("the league comes to rest after healing")


def _finish(run: Run) -> None:
    """The faults are over: every city does what waits for it, until all cases are closed."""
    for _ in range(ROUNDS_MAX):
        _drain(run)
        busy = 0
        for host in run.hosts:
            busy += _finish_at(run, host)
        _drain(run)
        run.now += timedelta(minutes=11)
        busy += sum(host.fire(run.now) for host in run.hosts)
        if not busy:
            return
    raise Violation("every case comes to its end")


def _finish_at(run: Run, host: Host) -> int:
    rows = host.read(lambda tx: tx.rows(select(cases).where(cases.c.is_open)))
    done = 0
    for case in map(book.case_of, sorted(rows, key=lambda row: str(row.case_id))):
        for role in case.roles_of(host.city, "bureau"):
            expected = [one for one in possible(MATTER, case, role) if one.is_expected]
            if expected:
                asked = {"case": case.id, "role": role, "action": expected[0].name}
                host.call("matter.act", asked, run.now)
                done += 1
                break
    return done


def _check(run: Run) -> None:
    """Invariant 3: all parties hold the same history, no step is lost, deadlines fire once."""
    held = [_histories(host) for host in run.hosts]
    require(held[0] == held[1] == held[2], "all parties hold the same history")
    require(len(held[0]) == run.opened - _refused(run), "no case is lost", len(held[0]))
    for host in run.hosts:
        left = host.read(lambda tx: tx.rows(select(cases.c.case_id).where(cases.c.is_open)))
        require(not left, "every case comes to its end", len(left))
        require(not host.read(lambda tx: tx.rows(select(disputes))), "nobody differs")
        behind = host.read(lambda tx: tx.rows(select(copies).where(copies.c.is_behind)))
        require(not behind, "every step is acknowledged", len(behind))
        proposed = host.read(
            lambda tx: tx.rows(select(proposals).where(proposals.c.state == "proposed"))
        )
        require(not proposed, "every proposal is numbered or refused", len(proposed))
        journaled = host.read(
            lambda tx: tx.rows(select(journal_entries.c.kind).where(
                journal_entries.c.kind == "case.step"))
        )  # fmt: skip
        total = sum(map(len, held[0].values()))
        require(len(journaled) == total, "every step is journaled once", len(journaled), total)
    _check_steps(run, held[0])


def _check_steps(run: Run, held: dict[str, list[bytes]]) -> None:
    digest = hashlib.sha256()
    for case_id in sorted(held):
        fired: Counter[Any] = Counter()
        begun: Counter[Any] = Counter()
        for number, line in enumerate(held[case_id], 1):
            step = read_step(line)
            digest.update(line)
            require(step.number == number, "no step is missing", case_id, step.number)
            if step.is_by_time:
                fired[step.data["deadline"]] += 1
            begun.update({"open": ["take"], "work": ["give"]}.get(step.action, []))
        for name, times in fired.items():
            require(times <= begun[name], "a deadline fires once", case_id, name, times)
        run.result.overdue += sum(fired.values())
        run.result.steps += len(held[case_id])
    run.result.cases = len(held)
    run.result.digest = digest.hexdigest()


def _histories(host: Host) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    rows = host.read(
        lambda tx: tx.rows(
            select(steps.c.case_id, steps.c.line).order_by(steps.c.case_id, steps.c.number)
        )
    )
    for row in rows:
        found.setdefault(row.case_id, []).append(bytes(row.line))
    return found


def _refused(run: Run) -> int:
    """Openings that died with their node before the commit: nobody was told of a case."""
    kept = 0
    for host in run.hosts:
        own = f"{host.city}-%"
        kept += len(
            host.read(lambda tx, own=own: tx.rows(  # type: ignore[misc]
                select(proposals.c.case_id).where(
                    proposals.c.action == "open", proposals.c.case_id.like(own))
            ))
        )  # fmt: skip
    keeper = run.hosts[0]
    first = keeper.read(
        lambda tx: tx.rows(
            select(steps.c.case_id).where(steps.c.number == 1, steps.c.proposal.is_(None))
        )
    )
    return run.opened - kept - len(first)
