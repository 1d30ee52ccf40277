"""What must hold of pensions once all has come to rest: histories, relations, and every fen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations

from sqlalchemy import select

from hanse.mechanisms import ledger
from hanse.mechanisms.cases.tables import cases, copies, disputes, proposals, steps
from hanse.services.social.pensions import chart
from hanse.services.social.pensions.codes import Standing
from hanse.services.social.pensions.tables import relations
from hanse.simulation.part import require
from hanse.simulation.pension_league import PensionHost


@dataclass
class Found:
    """How much was looked at."""

    cases: int = 0
    merged: int = 0
    steps: int = 0
    moved_fen: int = 0
    lines: list[bytes] = field(default_factory=list)


def check(hosts: Sequence[PensionHost]) -> Found:
    """Raises Violation where anything was lost, doubled, or differs between two cities."""
    found = Found()
    _check_cases(hosts, found)
    _check_relations(hosts)
    _check_funds(hosts, found)
    return found


def _check_cases(hosts: Sequence[PensionHost], found: Found) -> None:
    """Both parties of every case hold the same steps; nothing is open, proposed or disputed."""
    held: dict[str, list[list[bytes]]] = {}
    for host in hosts:
        rows = host.read(
            lambda tx: tx.rows(
                select(steps.c.case_id, steps.c.line).order_by(steps.c.case_id, steps.c.number)
            )
        )
        own: dict[str, list[bytes]] = {}
        for row in rows:
            own.setdefault(row.case_id, []).append(bytes(row.line))
        for case, lines in own.items():
            held.setdefault(case, []).append(lines)
        for table, where in (
            (cases, cases.c.is_open),
            (copies, copies.c.is_behind),
            (proposals, proposals.c.state == "proposed"),
            (disputes, disputes.c.number > 0),
        ):
            query = select(table).where(where).limit(1)
            left = host.read(lambda tx, query=query: tx.rows(query))  # type: ignore[misc]
            require(not left, "all is closed, settled and undisputed", table.name, left)
    for case in sorted(held):
        both = held[case]
        require(len(both) == 2 and both[0] == both[1], "both parties hold the same history", case)
        found.lines += both[0]
        found.steps += len(both[0])
    found.cases = len(held)


def _check_relations(hosts: Sequence[PensionHost]) -> None:
    """A relation that moved away is kept where it went; none is still on its way."""
    kept: dict[str, list[tuple[str, str]]] = {}
    for host in hosts:
        rows = host.read(lambda tx: tx.rows(select(relations.c.citizen_id, relations.c.standing)))
        for row in rows:
            kept.setdefault(row.citizen_id, []).append((host.city, row.standing))
    for places in kept.values():
        standings = [standing for _, standing in places]
        require(Standing.MOVING.value not in standings, "nobody is left on the way", places)
        require(Standing.ACTIVE.value in standings, "nobody's relation is lost", places)


def _check_funds(hosts: Sequence[PensionHost], found: Found) -> None:
    """Each ledger replays; positions mirror each other; what was collected is what all hold."""
    collected = holds = 0
    for host in hosts:
        differs = host.read(ledger.audit)
        require(not list(differs), "the ledger replays to the bit", host.city, differs)
        require(_net(host, chart.ACCOUNTS) <= 0, "accounts are not overdrawn", host.city)
        require(_net(host, chart.POOL) <= 0, "the pool is not overdrawn", host.city)
        collected += _net(host, chart.DEPOSIT)
        holds -= _net(host, chart.ACCOUNTS) + _net(host, chart.POOL)
        pending = host.read(lambda tx: ledger.open_pendings(tx, 0, 1))
        require(not pending, "no money is left pending", host.city)
        merged = select(cases).where(cases.c.stage == "merged", cases.c.keeper == host.city)
        found.merged += len(host.read(lambda tx, merged=merged: tx.rows(merged)))  # type: ignore[misc]
    require(collected == holds, "what was collected is what the funds hold", collected, holds)
    for one, other in permutations(hosts, 2):
        here, there = _net(one, chart.intercity(other.city)), _net(other, chart.intercity(one.city))
        require(here == -there, "two cities' positions mirror each other", one.city, here, there)
        found.moved_fen += max(0, here)


def _net(host: PensionHost, account: str) -> int:
    states = host.read(lambda tx: ledger.states(tx, {account}))
    return states[0].balance.net_debit if states else 0
