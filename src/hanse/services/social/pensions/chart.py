"""The chart of a city's pension funds in the ledger, and the names of its accounts.

    pensions/deposit            the fund's deposit with the treasury
    pensions/accounts           what belongs to personal accounts
    pensions/pool               the pooled fund
    intercity/social-insurance/<other city>/social-insurance    what the other city's fund owes this

The inter-city accounts are what a clearing cycle nets: a debit is a claim, a credit a debt.
"""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.clearing.books import (
    CLEARED_ACCOUNT,
    CLEARED_TRANSFER,
    intercity_account,
)
from hanse.mechanisms.ledger import AccountCode, Chart, Side, TransferCode

BOOK: Final = "pensions"
AGENCY: Final = "social-insurance"
"""The organisation of every city whose funds these are."""

DEPOSIT_CODE: Final = 1001
ACCOUNTS_CODE: Final = 2001
POOL_CODE: Final = 2002
INTERCITY_CODE: Final = 3010

COLLECTED: Final = 1
ACCOUNT_MOVED: Final = 2
POOL_MOVED: Final = 3
REFUNDED: Final = 4

DEPOSIT: Final = "pensions/deposit"
ACCOUNTS: Final = "pensions/accounts"
POOL: Final = "pensions/pool"

CHART: Final = Chart(
    book=BOOK,
    title=Text("企业职工基本养老保险基金", "Pension insurance fund"),
    accounts=(
        AccountCode(DEPOSIT_CODE, Text("财政专户存款", "Deposit with the treasury"), Side.DEBIT),
        AccountCode(ACCOUNTS_CODE, Text("个人账户基金", "Personal accounts"), Side.CREDIT),
        AccountCode(POOL_CODE, Text("统筹基金", "Pooled fund"), Side.CREDIT),
        AccountCode(INTERCITY_CODE, Text("城际往来", "Inter-city position"), Side.DEBIT),
        CLEARED_ACCOUNT,
    ),
    transfers=(
        TransferCode(COLLECTED, Text("征缴入账", "Contributions collected")),
        TransferCode(ACCOUNT_MOVED, Text("个人账户转移", "Personal account moved")),
        TransferCode(POOL_MOVED, Text("统筹基金转移", "Pooled part moved")),
        TransferCode(REFUNDED, Text("退还个人", "Refunded to the person")),
        CLEARED_TRANSFER,
    ),
)


def intercity(peer: str) -> str:
    """The account of what another city's fund owes this one."""
    return intercity_account(AGENCY, peer, AGENCY)
