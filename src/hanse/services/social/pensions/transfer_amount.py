"""How much moves with a relation: T = A + P (国办发〔2009〕66号, article 4).

    A = the whole personal account
    P = 12 % of the wage base of every month paid since 1998-01, without interest

A calendar year is one line, rounded once to the fen; a total is the sum of its lines. So a year
that was recorded in several pieces gives the same line, and both cities agree to the fen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hanse.foundation.languages import Text
from hanse.foundation.money import Money, rounded_half_up
from hanse.services.social.pensions.codes import AccountKind, Payer
from hanse.services.social.pensions.parameters import (
    BASIS_POINTS,
    POOL_BASIS_POINTS,
    POOL_FIRST_YEAR,
)
from hanse.services.social.pensions.records import AccountYear, Contribution, PoolLine


@dataclass(frozen=True)
class TransferAmount:
    """What a relation carries, in fen: the account, the pooled lines and their totals."""

    account: int
    pool: tuple[PoolLine, ...]

    @property
    def pool_total(self) -> int:
        """P: the sum of the rounded lines."""
        return sum(line.amount for line in self.pool)

    @property
    def total(self) -> int:
        """T = A + P."""
        return self.account + self.pool_total

    @property
    def explanation(self) -> tuple[Text, ...]:
        """Each line of the reckoning in words, the total last."""
        lines = [
            Text(
                f"{line.year}年：缴费工资基数{Money(line.base)}元，统筹基金{Money(line.amount)}元",
                f"{line.year}: wage base {Money(line.base)}, pooled part {Money(line.amount)}",
            )
            for line in self.pool
        ]
        a, p, t = Money(self.account), Money(self.pool_total), Money(self.total)
        total = Text(
            f"个人账户{a}元 + 统筹基金{p}元 = {t}元", f"account {a} + pooled part {p} = {t} yuan"
        )
        return (*lines, total)


def pool_basis_points(row: Contribution) -> int:
    """The ratio of the pooled part of a row, in basis points.

    12 % always, whatever the unit paid and whatever one insured as an individual paid; for a
    temporary account of an employee the unit's actual rate where that is more (187号).
    """
    if row.account is AccountKind.TEMPORARY and row.payer is Payer.EMPLOYED:
        return max(row.unit_rate, POOL_BASIS_POINTS)
    return POOL_BASIS_POINTS


def pool_lines(contributions: Iterable[Contribution]) -> tuple[PoolLine, ...]:
    """The pooled part of every year since 1998, in the order of the years."""
    bases: dict[int, int] = {}
    exact: dict[int, Fraction] = {}
    for row in contributions:
        if row.year < POOL_FIRST_YEAR:
            continue
        share = Fraction(row.base * pool_basis_points(row), BASIS_POINTS)
        bases[row.year] = bases.get(row.year, 0) + row.base
        exact[row.year] = exact.get(row.year, Fraction(0)) + share
    return tuple(
        PoolLine(year=year, base=bases[year], amount=rounded_half_up(exact[year]))
        for year in sorted(bases)
    )


def transfer_amount(
    contributions: Iterable[Contribution], account: Sequence[AccountYear]
) -> TransferAmount:
    """What moves: the account as its last year closed, and the pooled lines of the rows."""
    closing = account[-1].closing if account else 0
    return TransferAmount(closing, pool_lines(contributions))
