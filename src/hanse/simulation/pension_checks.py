"""What must hold of pensions once all has come to rest: relations, and every fen."""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Protocol, TypeVar

from sqlalchemy import select

from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.services.social.pensions import chart
from hanse.services.social.pensions.codes import Standing
from hanse.services.social.pensions.tables import relations
from hanse.simulation.part import require

Result = TypeVar("Result")


class Reads(Protocol):
    """A city whose store can be looked at."""

    city: str

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Look, without a lock."""
        ...


def check_relations(hosts: Sequence[Reads]) -> None:
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


def check_funds(hosts: Sequence[Reads]) -> None:
    """Each ledger replays; positions mirror each other; what was collected is what all hold."""
    collected = holds = 0
    for host in hosts:
        differs = host.read(ledger.audit)
        require(not list(differs), "the ledger replays to the bit", host.city, differs)
        require(_net(host, chart.ACCOUNTS) <= 0, "accounts are not overdrawn", host.city)
        require(_net(host, chart.POOL) <= 0, "the pool is not overdrawn", host.city)
        collected += _net(host, chart.DEPOSIT)
        holds -= _net(host, chart.ACCOUNTS) + _net(host, chart.POOL)
        for state in _states(host, chart.ACCOUNTS, chart.POOL):
            waits = state.balance.debits_pending, state.balance.credits_pending
            require(waits == (0, 0), "no money is left pending", host.city, waits)
    require(collected == holds, "what was collected is what the funds hold", collected, holds)
    for one, other in permutations(hosts, 2):
        here, there = _net(one, chart.intercity(other.city)), _net(other, chart.intercity(one.city))
        require(here == -there, "two cities' positions mirror each other", one.city, here, there)


def _states(host: Reads, *accounts: str) -> list[ledger.AccountState]:
    return host.read(lambda tx: ledger.states(tx, set(accounts)))


def _net(host: Reads, account: str) -> int:
    states = _states(host, account)
    return states[0].balance.net_debit if states else 0
