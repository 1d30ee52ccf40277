"""Clearing: a million obligations into positions, and gridlock in order and at its optimum."""

import random
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

from hanse.mechanisms.clearing.gridlock import fifo, is_feasible
from hanse.mechanisms.clearing.obligations import Obligation
from hanse.mechanisms.clearing.optimum import optimum
from hanse.mechanisms.clearing.positions import matrix

SEED = 20_261_125
PARTIES = 100
INSTANCES = ((8, 500, 1), (8, 5_000, 5), (32, 5_000, 5), (100, 20_000, 5))
"""Parties, payments, and liquidity as a percentage of each party's gross outflow."""


def positions(scale: float) -> dict[str, Any]:
    """Net positions of a stream of obligations that is read once and not kept."""
    count = int(1_000_000 * scale)
    began = time.process_time()
    consumed = sum(1 for _ in generated(count))
    generating = time.process_time() - began
    began = time.process_time()
    found = matrix(generated(count)).positions()
    seconds = time.process_time() - began
    tracemalloc.start()
    matrix(generated(count // 10))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if sum(found.values()) != 0 or consumed != count:
        raise RuntimeError("positions do not sum to zero")
    return {
        "obligations": count,
        "parties": len(found),
        "cpu_seconds": round(seconds, 2),
        "cpu_seconds_generating_them": round(generating, 2),
        "netting_cpu_seconds": round(seconds - generating, 2),
        "peak_kib": round(peak / 1024),
    }


def generated(count: int) -> Iterator[Obligation]:
    """Obligations of lognormal amounts between random parties, one at a time."""
    rng = random.Random(SEED)
    parties = [f"{510100 + number}" for number in range(PARTIES)]
    amounts = [int(rng.lognormvariate(9, 2)) + 1 for _ in range(4_096)]
    for _ in range(count):
        number = rng.getrandbits(32)
        debtor = number % PARTIES
        creditor = (debtor + 1 + (number >> 8) % (PARTIES - 1)) % PARTIES
        yield Obligation(parties[debtor], parties[creditor], amounts[number >> 20])


def gridlock(scale: float) -> dict[str, Any]:
    """How much settles in order and with passing, and how long each takes."""
    found: dict[str, Any] = {}
    for parties, payments, percent in INSTANCES:
        queue, limit = _instance(parties, int(payments * scale) or 1, percent)
        total = sum(one.amount for one in queue)
        began = time.process_time()
        by_rule = fifo(queue, limit)
        ordered = time.process_time() - began
        began = time.process_time()
        best = optimum(queue, limit, seconds_max=30)
        passing = time.process_time() - began
        if not is_feasible(queue, best.resolution.settled, limit):
            raise RuntimeError("a party is short")
        name = f"{parties}_parties_{len(queue)}_payments_{percent}_percent"
        found[name] = {
            "fifo_value_percent": round(by_rule.value / total * 100, 1),
            "fifo_cpu_ms": round(ordered * 1000, 1),
            "optimum_value_percent": round(best.reached / total * 100, 1),
            "optimum_cpu_seconds": round(passing, 2),
            "gap_ppm": best.gap_ppm,
            "by": best.by,
        }
    return found


def _instance(parties: int, payments: int, percent: int) -> tuple[list[Obligation], dict[str, int]]:
    rng = random.Random(SEED + parties)
    names = [str(number) for number in range(parties)]
    queue = [owed(rng.sample(names, 2), int(rng.lognormvariate(9, 2)) + 1) for _ in range(payments)]
    limit = {
        name: sum(one.amount for one in queue if one.debtor == name) * percent // 100
        for name in names
    }
    return queue, limit


def owed(parties: list[str], amount: int) -> Obligation:
    """What the first party owes the second."""
    return Obligation(parties[0], parties[1], amount)
