"""One obligation: a debtor owes a creditor an amount of a currency.

A party is a text such as `510100`, a city, or `510100/some-bank`, an organisation of it.
"""

from typing import Final, NamedTuple

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.money import AMOUNT_MAX

AMOUNT_WRONG = ProblemKind(
    "clearing_amount_wrong",
    422,
    Text("应付金额须为正整数分且不超过上限", "What is owed is a positive whole number of fen"),
    Text("请更正第 {place} 项的金额", "Correct the amount of item {place}"),
)
SELF_OWED = ProblemKind(
    "clearing_self_owed",
    422,
    Text("债务人与债权人不能相同", "A party can't owe itself"),
    Text("请更正第 {place} 项的当事方", "Correct the parties of item {place}"),
)
CURRENCIES_MIXED = ProblemKind(
    "clearing_currencies_mixed",
    422,
    Text("一次清算只能有一种币种", "One clearing is of one currency"),
    Text("请按币种分别清算", "Clear each currency by itself"),
)
PARTY_SEPARATOR: Final = "/"


class Obligation(NamedTuple):
    """A debt in minor units. A tuple, because a cycle may have a million of them."""

    debtor: str
    creditor: str
    amount: int
    currency: str = "CNY"


def check(obligation: Obligation, place: int) -> None:
    """Refuse what is no debt: nothing, less, more than money may be, or to oneself."""
    amount = obligation.amount
    if type(amount) is not int or not 0 < amount <= AMOUNT_MAX:
        raise AMOUNT_WRONG(place=place)
    if obligation.debtor == obligation.creditor:
        raise SELF_OWED(place=place)


def city_of(party: str) -> str:
    """The city of a party."""
    return party.partition(PARTY_SEPARATOR)[0]
