"""Gridlock resolution where later payments may pass earlier ones of the same payer.

Which choice settles the most is NP-hard: with two parties it is the subset-sum problem already. It
is given to the solver HiGHS as a mixed-integer program with a limit of its time. Nothing that the
solver says is believed: its choice is reckoned again in integers, payments that do not fit are
taken back, payments that still fit are added, and the result is never worse than that of `fifo`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import highspy
import numpy as np

from hanse.mechanisms.clearing.gridlock import (
    Available,
    Resolution,
    check_all,
    fifo,
    is_feasible,
    is_short,
    resolution,
)
from hanse.mechanisms.clearing.obligations import Obligation

SECONDS_MAX: Final = 2
NODES_MAX: Final = 20_000
EXACT_BITS: Final = 40
"""Amounts of more bits are given to the solver divided by a power of two."""
PARTS: Final = 1_000_000


class Objective(StrEnum):
    """What is made as large as possible."""

    VALUE = "value"
    COUNT = "count"


@dataclass(frozen=True)
class Optimum:
    """The choice found, and how far from the best it can be at most."""

    resolution: Resolution
    bound: int
    """No feasible choice has a larger value (or count), as the solver proved; else the sum."""
    reached: int
    """The value (or count) of the choice."""
    by: str
    """What found it: `fifo`, `filled` (FIFO, then whatever fits) or `solver`."""

    @property
    def proved(self) -> bool:
        """Whether the choice is known to be the best."""
        return self.reached == self.bound

    @property
    def gap_ppm(self) -> int:
        """How far below the bound it is at most, in millionths of the bound, rounded up."""
        return -(-(self.bound - self.reached) * PARTS // self.bound) if self.bound else 0


def optimum(
    payments: Sequence[Obligation],
    available: Available,
    *,
    objective: Objective = Objective.VALUE,
    seconds_max: float = SECONDS_MAX,
    nodes_max: int = NODES_MAX,
) -> Optimum:
    """The best choice that the solver finds within its limits, feasible for every party.

    Raises what `fifo` raises.
    """
    check_all(payments)
    by_rule = fifo(payments, available)
    found = {"fifo": by_rule, "filled": filled(payments, by_rule.settled, available)}
    everything = sum(_weight(one, objective) for one in payments)
    bound = everything
    if by_rule.waiting:
        answer = _solved(payments, available, objective, by_rule, seconds_max, nodes_max)
        bound = min(everything, answer.bound)
        found["solver"] = _mended(payments, answer.chosen, available)
    best = max(found, key=lambda name: _reached(found[name], objective))
    chosen = found[best]
    if not is_feasible(payments, chosen.settled, available):
        raise AssertionError("a choice that leaves a party short")
    reached = _reached(chosen, objective)
    return Optimum(chosen, bound=max(bound, reached), reached=reached, by=best)


def filled(
    payments: Sequence[Obligation], chosen: Sequence[int], available: Available
) -> Resolution:
    """A feasible choice, with whatever else fits added one by one in order, again and again."""
    kept = set(chosen)
    position = resolution(payments, chosen).positions
    left = [place for place in range(len(payments)) if place not in kept]
    changed = True
    while changed:  # each round but the last adds a payment
        changed = False
        for place in list(left):
            debtor, creditor, amount, _ = payments[place]
            position[debtor] -= amount
            if is_short(debtor, position, available):
                position[debtor] += amount
                continue
            position[creditor] += amount
            kept.add(place)
            left.remove(place)
            changed = True
    return resolution(payments, sorted(kept))


def _mended(
    payments: Sequence[Obligation], chosen: Sequence[int], available: Available
) -> Resolution:
    """The solver's choice made feasible in integers: what makes a party short is taken back."""
    kept = fifo([payments[place] for place in chosen], available)
    return filled(payments, [chosen[place] for place in kept.settled], available)


def _weight(payment: Obligation, objective: Objective) -> int:
    return payment.amount if objective is Objective.VALUE else 1


def _reached(found: Resolution, objective: Objective) -> int:
    return found.value if objective is Objective.VALUE else found.count


@dataclass(frozen=True)
class _Answer:
    chosen: tuple[int, ...]
    bound: int


def _solved(
    payments: Sequence[Obligation],
    available: Available,
    objective: Objective,
    start: Resolution,
    seconds_max: float,
    nodes_max: int,
) -> _Answer:
    largest = max(one.amount for one in payments)
    scale = 2.0 ** max(0, largest.bit_length() - EXACT_BITS)
    # The plain solver: the class `Highs` around it writes a banner to standard output when made.
    new_solver: Any = vars(highspy)["_Highs"]
    solver = new_solver()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("time_limit", float(seconds_max)),
        ("mip_max_nodes", nodes_max),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.5 / scale if objective is Objective.VALUE else 0.5),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(_program(payments, available, objective, scale))
    begin = highspy.HighsSolution()
    settled = set(start.settled)
    begin.col_value = [float(place in settled) for place in range(len(payments))]
    solver.setSolution(begin)
    solver.run()
    values = solver.getSolution().col_value
    chosen = tuple(place for place, value in enumerate(values) if value > 0.5)
    unit = scale if objective is Objective.VALUE else 1.0
    bound = solver.getInfo().mip_dual_bound * unit
    whole = math.floor(bound + 0.5) if math.isfinite(bound) else _no_bound(payments, objective)
    return _Answer(chosen, whole)


def _no_bound(payments: Sequence[Obligation], objective: Objective) -> int:
    return sum(_weight(one, objective) for one in payments)


def _program(
    payments: Sequence[Obligation], available: Available, objective: Objective, scale: float
) -> Any:
    """Which payments settle (0 or 1), so that no limited party pays more than it has.

    A row for each limited party: paid minus received is at most what it has available.
    """
    parties = sorted({party for one in payments for party in (one.debtor, one.creditor)})
    limited = [party for party in parties if available.get(party, 0) is not None]
    row = {party: number for number, party in enumerate(limited)}
    start, index, value = [0], [], []
    for debtor, creditor, amount, _ in payments:
        for party, sign in ((debtor, 1), (creditor, -1)):
            if party in row:
                index.append(row[party])
                value.append(sign * amount / scale)
        start.append(len(index))
    program: Any = highspy.HighsLp()
    count = len(payments)
    program.num_col_, program.num_row_ = count, len(limited)
    program.col_cost_ = np.array(
        [one.amount / scale if objective is Objective.VALUE else 1.0 for one in payments]
    )
    program.col_lower_, program.col_upper_ = np.zeros(count), np.ones(count)
    program.row_lower_ = np.full(len(limited), -highspy.kHighsInf)
    program.row_upper_ = np.array([(available.get(party, 0) or 0) / scale for party in limited])
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.array(start)
    program.a_matrix_.index_ = np.array(index)
    program.a_matrix_.value_ = np.array(value, dtype=float)
    program.integrality_ = [highspy.HighsVarType.kInteger] * count
    program.sense_ = highspy.ObjSense.kMaximize
    return program
