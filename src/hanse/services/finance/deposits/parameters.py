"""The parameters of universal deposit and withdrawal, with their visible defaults.

[M] is from memory of the named instrument, [V2] from a secondary source, [P] a local decision.
Amounts are in fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

YUAN: Final = 100


@dataclass(frozen=True)
class FeeStep:
    """The fee of amounts up to `up_to_fen`: a fixed one, or a rate of the amount with a cap."""

    up_to_fen: int | None
    fixed_fen: int = 0
    rate: Fraction = Fraction(0)
    cap_fen: int | None = None


@dataclass(frozen=True)
class FeeTable:
    """The ceilings in force from a day on: by kind, the steps in rising order."""

    version: str
    effective_from: date
    transfer: tuple[FeeStep, ...]
    deposit: tuple[FeeStep, ...]
    withdraw: tuple[FeeStep, ...]
    withdraw_same_bank: tuple[FeeStep, ...]
    """A withdrawal in another city at a branch of the same bank."""


_TRANSFER_2014: Final = (
    FeeStep(2_000 * YUAN, fixed_fen=2 * YUAN),
    FeeStep(5_000 * YUAN, fixed_fen=5 * YUAN),
    FeeStep(10_000 * YUAN, fixed_fen=10 * YUAN),
    FeeStep(50_000 * YUAN, fixed_fen=15 * YUAN),
    FeeStep(None, rate=Fraction(3, 10_000), cap_fen=50 * YUAN),
)
"""[M] 商业银行服务政府指导价目录 2014: a person's transfer to another bank at the counter."""
_CASH_2014: Final = (FeeStep(None, rate=Fraction(5, 1_000), cap_fen=50 * YUAN),)
"""[M] the same catalogue: cash remittance."""
_FREE: Final = (FeeStep(None),)

FEES_2014: Final = FeeTable(
    version="government-guided-2014",
    effective_from=date(2014, 8, 1),
    transfer=_TRANSFER_2014,
    deposit=_CASH_2014,
    withdraw=_TRANSFER_2014,  # [P] the catalogue is silent; the transfer's ceiling is taken
    withdraw_same_bank=_CASH_2014,  # [P] before 2017 each bank set it; a ceiling must be visible
)
FEES_2017: Final = FeeTable(
    version="same-bank-free-2017",
    effective_from=date(2017, 8, 1),
    transfer=_TRANSFER_2014,
    deposit=_CASH_2014,
    withdraw=_TRANSFER_2014,
    withdraw_same_bank=_FREE,  # [M] abolished from 2017-08-01
)


@dataclass(frozen=True)
class ItemLimit:
    """The system's limit of one item, in force from a day on."""

    effective_from: date
    fen: int


@dataclass(frozen=True)
class DepositsParameters:
    """What a league or a node may set otherwise."""

    fee_tables: tuple[FeeTable, ...] = (FEES_2014, FEES_2017)
    system_item_limits: tuple[ItemLimit, ...] = (
        ItemLimit(date(2007, 11, 1), 20_000 * YUAN),  # [V2]
        ItemLimit(date(2009, 1, 1), 50_000 * YUAN),  # [M] date [P]
        ItemLimit(date(2016, 1, 1), 1_000_000 * YUAN),  # [M] date [P]
    )
    account_item_limit_fen: int = 50_000 * YUAN
    """[P] of one withdrawal or transfer, where the account bank sets no other."""
    account_day_limit_fen: int = 200_000 * YUAN
    """[P] of all withdrawals of an account on a day, where the account bank sets no other."""
    identity_from_fen: int = 10_000 * YUAN
    """[P] from this amount on a deposit names the depositor by an identity document."""
    guarantee_fen: int = 5_000_000 * YUAN
    """[P] what one bank may owe one other bank at any time (保证金 limit of a net position)."""
    answer_seconds: int = 60
    """[P] after this without an answer the acquirer reverses."""
    collect_seconds: int = 300
    """[P] after this an approved withdrawal that was not paid is reversed."""
    repeat_seconds: int = 600
    """[P] a confirmation or reversal that was not answered is asked again after this."""
    recall_working_days: int = 10
    """[P] within so many working days the payee's bank answers a recall; then it is given up."""
    demand_rates: Mapping[date, Fraction] = field(
        default_factory=lambda: MappingProxyType({date(2025, 5, 20): Fraction(5, 10_000)})
    )
    """[M] yearly rate of demand deposits, by its first day; 0.05 % in the worked example."""


DEFAULTS: Final = DepositsParameters()
