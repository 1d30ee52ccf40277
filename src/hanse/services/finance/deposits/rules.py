"""The rules of one payment, without any store: who may, how much, and which money moves.

RULES 10: conditions of the customer, limits set by the account bank, and the legs of each kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hanse.foundation.errors import Problem
from hanse.services.finance.deposits import chart, fees
from hanse.services.finance.deposits.codes import AccountStatus, Kind, Role
from hanse.services.finance.deposits.parameters import DepositsParameters
from hanse.services.finance.deposits.problems import (
    ACCOUNT_CLOSED,
    ACCOUNT_FROZEN,
    ACCOUNT_LOST,
    FEE_ABOVE_CEILING,
    OVER_DAY_LIMIT,
    OVER_ITEM_LIMIT,
    OVER_SYSTEM_LIMIT,
)

_STOPPED = {
    AccountStatus.LOST: ACCOUNT_LOST,
    AccountStatus.FROZEN: ACCOUNT_FROZEN,
    AccountStatus.CLOSED: ACCOUNT_CLOSED,
}


@dataclass(frozen=True)
class Leg:
    """One movement of money in one bank's book: ledger accounts, fen, and its code."""

    debit: str
    credit: str
    fen: int
    code: int


@dataclass(frozen=True)
class Parties:
    """The ledger accounts that a payment touches in one bank's book."""

    bank: str
    peer_city: str
    peer_bank: str
    customer: str = ""

    @property
    def position(self) -> str:
        """What the other bank owes this one."""
        return chart.intercity(self.bank, self.peer_city, self.peer_bank)


def stopped(status: AccountStatus, *, pays: bool) -> Problem | None:
    """Why an account in this status may not pay, or may not be paid into; None where it may.

    A loss report and a freeze stop payments out; only a closed account takes nothing in.
    """
    if not pays and status is not AccountStatus.CLOSED:
        return None
    kind = _STOPPED.get(status)
    return None if kind is None else kind()


def check_limits(fen: int, spent_fen: int, item_limit_fen: int, day_limit_fen: int) -> None:
    """The account bank's limits of one item and of one day."""
    if fen > item_limit_fen:
        raise OVER_ITEM_LIMIT(limit_fen=item_limit_fen)
    if spent_fen + fen > day_limit_fen:
        raise OVER_DAY_LIMIT(limit_fen=day_limit_fen)


def check_system_limit(fen: int, day: date, parameters: DepositsParameters) -> None:
    """The system's limit of one item, in force on the day."""
    limits = sorted(parameters.system_item_limits, key=lambda one: one.effective_from)
    limit = [one for one in limits if one.effective_from <= day] or limits[:1]
    if fen > limit[-1].fen:
        raise OVER_SYSTEM_LIMIT(limit_fen=limit[-1].fen)


def check_fee(
    kind: Kind, fen: int, fee_fen: int, day: date, parameters: DepositsParameters, *, same: bool
) -> None:
    """No fee is above the ceiling of its kind on the day."""
    ceiling = fees.ceiling(kind, fen, day, parameters, same_bank=same)
    if fee_fen > ceiling:
        raise FEE_ABOVE_CEILING(ceiling_fen=ceiling)


def legs(role: Role, kind: Kind, fen: int, fee_fen: int, at: Parties) -> tuple[Leg, ...]:
    """The money that a payment moves in the book of one bank, the fee with it.

    The fee is the acquirer's. A withdrawal's comes from the account with the amount; a deposit's
    is cash, and a transfer's comes from the payer, so the account bank sees neither.
    """
    pay = chart.PAYMENT
    if role is Role.ACCOUNT:
        if kind is Kind.WITHDRAW:
            return (Leg(at.customer, at.position, fen + fee_fen, pay),)
        return (Leg(at.position, at.customer, fen, pay),)
    if kind is Kind.WITHDRAW:
        moved = (
            Leg(at.position, chart.cash(at.bank), fen, pay),
            Leg(at.position, chart.fees(at.bank), fee_fen, chart.FEE),
        )
    else:
        source = at.customer if kind is Kind.TRANSFER else chart.cash(at.bank)
        moved = (
            Leg(source, at.position, fen, pay),
            Leg(source, chart.fees(at.bank), fee_fen, chart.FEE),
        )
    return tuple(leg for leg in moved if leg.fen)


def owed_more(moved: Sequence[Leg], position: str) -> int:
    """By how much these legs raise what the bank owes on a position; below zero they lower it."""
    credited = sum(leg.fen for leg in moved if leg.credit == position)
    return credited - sum(leg.fen for leg in moved if leg.debit == position)


def opposite(moved: tuple[Leg, ...], code: int) -> tuple[Leg, ...]:
    """The legs that undo these."""
    return tuple(Leg(leg.credit, leg.debit, leg.fen, code) for leg in moved)


def position_fen(role: Role, kind: Kind, fen: int, fee_fen: int) -> int:
    """What a booked payment adds to the bank's claim on the other bank; below zero to its debt."""
    claim = {
        Kind.WITHDRAW: fen + fee_fen,
        Kind.ADJUST_CREDIT: -fen - fee_fen,
        Kind.ADJUST_DEBIT: fen,
        Kind.RETURN: fen,
    }.get(kind, -fen)
    return claim if role is Role.ACQUIRER else -claim
