"""The chart of the banks' books for this service, and the names of their ledger accounts.

    deposits/cash/<bank>                                   cash at the counters
    deposits/customer/<random>                             a customer's deposit, never its number
    intercity/<bank>/<other city>/<other bank>             what the other bank owes this one
    deposits/fees/<bank>, deposits/interest/<bank>, deposits/vault/<bank>

The inter-city accounts are what a clearing cycle nets: a debit is a claim on the other bank, a
credit a debt to it.
"""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.clearing.books import (
    CLEARED_ACCOUNT,
    CLEARED_TRANSFER,
    intercity_account,
)
from hanse.mechanisms.ledger import AccountCode, Chart, Side, TransferCode

BOOK: Final = "deposits"

CASH: Final = 1001
VAULT: Final = 1003
INTERCITY: Final = 3010
CUSTOMER: Final = 2011
FEES: Final = 6021
INTEREST: Final = 6411

PAYMENT: Final = 1
FEE: Final = 2
INTEREST_PAID: Final = 3
CASH_MOVED: Final = 4
REVERSAL: Final = 5
ADJUSTMENT: Final = 6
RETURN: Final = 7

CHART: Final = Chart(
    book=BOOK,
    title=Text("通存通兑", "Universal deposit and withdrawal"),
    accounts=(
        AccountCode(CASH, Text("柜台现金", "Cash at the counter"), Side.DEBIT),
        AccountCode(VAULT, Text("金库现金", "Cash in the vault"), Side.DEBIT),
        AccountCode(INTERCITY, Text("城际往来", "Inter-city position"), Side.DEBIT),
        AccountCode(CUSTOMER, Text("储蓄存款", "Customers' deposits"), Side.CREDIT),
        AccountCode(FEES, Text("手续费收入", "Fee income"), Side.CREDIT),
        AccountCode(INTEREST, Text("利息支出", "Interest paid"), Side.DEBIT),
        CLEARED_ACCOUNT,
    ),
    transfers=(
        TransferCode(PAYMENT, Text("通存通兑", "Payment")),
        TransferCode(FEE, Text("手续费", "Fee")),
        TransferCode(INTEREST_PAID, Text("利息", "Interest")),
        TransferCode(CASH_MOVED, Text("现金调拨", "Cash moved")),
        TransferCode(REVERSAL, Text("冲正", "Reversal")),
        TransferCode(ADJUSTMENT, Text("调账", "Adjustment")),
        TransferCode(RETURN, Text("退汇", "Return of a payment")),
        CLEARED_TRANSFER,
    ),
)


def cash(bank: str) -> str:
    """The account of a bank's cash at its counters."""
    return f"deposits/cash/{bank}"


def vault(bank: str) -> str:
    """The account from which a bank's counters get their cash."""
    return f"deposits/vault/{bank}"


def fees(bank: str) -> str:
    """The account of a bank's fee income."""
    return f"deposits/fees/{bank}"


def interest(bank: str) -> str:
    """The account of the interest that a bank pays."""
    return f"deposits/interest/{bank}"


def intercity(bank: str, peer_city: str, peer_bank: str) -> str:
    """The account of what another bank owes this one."""
    return intercity_account(bank, peer_city, peer_bank)
