"""The chart of a city's medical funds, and the names of their accounts."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.clearing.books import (
    CLEARED_ACCOUNT,
    CLEARED_TRANSFER,
    intercity_account,
)
from hanse.mechanisms.ledger import Account, AccountCode, Chart, Side, TransferCode

BOOK: Final = "insurance"
PARTY: Final = "medical-insurance"
"""The party to which the cities' funds belong in clearing."""
FUND: Final = 1
LAYER: Final = 2
PERSONAL: Final = 3
INTERCITY: Final = 4
HOSPITAL: Final = 5
PATIENT: Final = 6
PREPAID: Final = 7
TREASURY: Final = 8

SETTLED: Final = 1
TAKEN_BACK: Final = 2
PAID_BACK: Final = 3
PREPAYMENT: Final = 4

CHART: Final = Chart(
    book=BOOK,
    title=Text("医疗保险基金", "Medical insurance funds"),
    accounts=(
        AccountCode(FUND, Text("统筹基金支出", "Expense of the basic fund"), Side.DEBIT),
        AccountCode(LAYER, Text("大病保险支出", "Expense of the second layer"), Side.DEBIT),
        AccountCode(PERSONAL, Text("个人账户支出", "Paid from personal accounts"), Side.DEBIT),
        AccountCode(INTERCITY, Text("城市间往来", "Between cities"), Side.CREDIT),
        AccountCode(HOSPITAL, Text("应付医疗机构", "Owed to hospitals"), Side.CREDIT),
        AccountCode(PATIENT, Text("应付参保人", "Owed to insured people"), Side.CREDIT),
        AccountCode(PREPAID, Text("预付金", "Prepayments"), Side.DEBIT),
        AccountCode(TREASURY, Text("财政专户", "Finance account"), Side.DEBIT),
        CLEARED_ACCOUNT,
    ),
    transfers=(
        TransferCode(SETTLED, Text("医疗费用结算", "Bill settled")),
        TransferCode(TAKEN_BACK, Text("结算冲正", "Settlement taken back")),
        TransferCode(PAID_BACK, Text("手工报销", "Paid back on paper")),
        TransferCode(PREPAYMENT, Text("预付金", "Prepayment")),
        CLEARED_TRANSFER,
    ),
)


def fund(scheme: str) -> Account:
    """What the basic fund of a scheme has paid."""
    return Account(f"insurance/fund/{scheme}", BOOK, FUND)


def layer(scheme: str) -> Account:
    """What the second layer of a scheme has paid."""
    return Account(f"insurance/serious/{scheme}", BOOK, LAYER)


def personal(scheme: str) -> Account:
    """What personal accounts have paid."""
    return Account(f"insurance/personal/{scheme}", BOOK, PERSONAL)


def intercity(city: str) -> Account:
    """What is owed to another city and not cleared; a debit balance is owed by it."""
    return Account(intercity_account(PARTY, city, PARTY), BOOK, INTERCITY)


def hospital(organisation: str) -> Account:
    """What is owed to a hospital of this city."""
    name = "".join(one if one.isalnum() and one.isascii() else "-" for one in organisation)
    return Account(f"insurance/hospital/{name[:40]}", BOOK, HOSPITAL)


def patients() -> Account:
    """What is owed to people whose claims on paper were granted."""
    return Account("insurance/patients", BOOK, PATIENT)


def prepaid(role: str, city: str) -> Account:
    """Money paid in advance: to a treating city, or held for an insuring one."""
    return Account(f"insurance/prepaid/{role}/{city}", BOOK, PREPAID)


def treasury() -> Account:
    """The finance account from which prepayments come and to which they go."""
    return Account("insurance/treasury", BOOK, TREASURY)
