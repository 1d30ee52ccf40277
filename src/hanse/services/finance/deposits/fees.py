"""Fees: the ceiling of each kind of business, by the table in force on the day."""

from collections.abc import Sequence
from datetime import date

from hanse.foundation.money import rounded_half_up
from hanse.services.finance.deposits.codes import Kind
from hanse.services.finance.deposits.parameters import DepositsParameters, FeeStep, FeeTable


def table_on(day: date, parameters: DepositsParameters) -> FeeTable:
    """The fee table in force on a day; before the first one, the first one."""
    tables = sorted(parameters.fee_tables, key=lambda one: one.effective_from)
    in_force = [one for one in tables if one.effective_from <= day]
    return in_force[-1] if in_force else tables[0]


def ceiling(
    kind: Kind, amount_fen: int, day: date, parameters: DepositsParameters, *, same_bank: bool
) -> int:
    """The highest fee for an amount, in fen, rounded half up. An adjustment costs nothing."""
    table = table_on(day, parameters)
    if kind is Kind.TRANSFER:
        return fee_of(table.transfer, amount_fen)
    if kind is Kind.DEPOSIT:
        return fee_of(table.deposit, amount_fen)
    if kind is Kind.WITHDRAW:
        return fee_of(table.withdraw_same_bank if same_bank else table.withdraw, amount_fen)
    return 0


def fee_of(steps: Sequence[FeeStep], amount_fen: int) -> int:
    """The fee of an amount by the first step that reaches it."""
    for step in steps:
        if step.up_to_fen is None or amount_fen <= step.up_to_fen:
            fee = step.fixed_fen + rounded_half_up(amount_fen * step.rate)
            return fee if step.cap_fen is None else min(fee, step.cap_fen)
    return 0
