"""The rules that no schema states: counts, sums, one currency, and nothing twice."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.elements import Cursor
from hanse.foundation.iso20022.problems import (
    ISO_AMOUNT_ZERO,
    ISO_COUNT_DIFFERS,
    ISO_CURRENCY_MIXED,
    ISO_DUPLICATE_ID,
    ISO_ELEMENT_MISSING,
    ISO_SUM_DIFFERS,
    ISO_TOO_MANY,
)
from hanse.foundation.money import MINOR_DIGITS, Money, total

DETAILS_MAX: Final = 5_000
"""Payments, statuses or movements in one message."""


def check_details(details: Sequence[object], path: str, count_max: int = DETAILS_MAX) -> None:
    """There is at least one, and not too many."""
    if not details:
        raise ISO_ELEMENT_MISSING(path=path)
    if len(details) > count_max:
        raise ISO_TOO_MANY(path=path, count_max=count_max)


def check_unique(ids: Iterable[str], path: str) -> None:
    """No identification occurs twice."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise ISO_DUPLICATE_ID(path=path)
        seen.add(one)


def check_amounts(amounts: Sequence[Money], path: str) -> None:
    """Every amount is above zero, and all are of one currency."""
    if any(amount.minor <= 0 for amount in amounts):
        raise ISO_AMOUNT_ZERO(path=path)
    if len({amount.currency for amount in amounts}) > 1:
        raise ISO_CURRENCY_MIXED()


def sum_text(amounts: Iterable[Money]) -> str:
    """A control sum: the sum of the amounts as a plain decimal."""
    amounts = list(amounts)
    return str(total(amounts, amounts[0].currency if amounts else "CNY"))


def check_count(group: Cursor, name: str, counted: int) -> None:
    """The stated number is the counted one."""
    cursor = group.child(name)
    stated = int(cursor.text(forms.COUNT))
    if stated != counted:
        raise ISO_COUNT_DIFFERS(path=cursor.path, stated=stated, counted=counted)


def check_sum(stated: Fraction | None, amounts: Sequence[Money], path: str) -> None:
    """The stated control sum, where there is one, is the sum of the details."""
    if stated is None:
        return
    counted = sum(Fraction(a.minor, 10 ** MINOR_DIGITS[a.currency]) for a in amounts)
    if stated != counted:
        raise ISO_SUM_DIFFERS(path=path)


def check_total(stated: Money | None, amounts: Sequence[Money], path: str) -> None:
    """The stated total amount, where there is one, is the sum of the details."""
    if stated is None:
        return
    if any(amount.currency != stated.currency for amount in amounts):
        raise ISO_CURRENCY_MIXED()
    if stated != total(amounts, stated.currency):
        raise ISO_SUM_DIFFERS(path=path)
