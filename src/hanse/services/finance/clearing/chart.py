"""The clearing house's own book: each city's funds, and what a cycle settles."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.ledger import Account, AccountCode, Chart, Side, TransferCode

BOOK: Final = "clearing"
FUNDS: Final = 1
SETTLEMENT: Final = 2
CENTRAL_BANK: Final = 3
FUNDED: Final = 1
SETTLED: Final = 2

CHART: Final = Chart(
    book=BOOK,
    title=Text("联盟清算所", "The league's clearing house"),
    accounts=(
        AccountCode(FUNDS, Text("各市清算资金", "Cities' funds"), Side.CREDIT),
        AccountCode(SETTLEMENT, Text("清算过渡", "Settlement in passing"), Side.CREDIT),
        AccountCode(CENTRAL_BANK, Text("存放央行款项", "Held at the central bank"), Side.DEBIT),
    ),
    transfers=(
        TransferCode(FUNDED, Text("缴存或提取清算资金", "Funds paid in or out")),
        TransferCode(SETTLED, Text("净额结算", "Net settlement")),
    ),
)
SETTLEMENT_ACCOUNT: Final = Account("clearing/settlement", BOOK, SETTLEMENT)
CENTRAL_ACCOUNT: Final = Account("clearing/central-bank", BOOK, CENTRAL_BANK)


def funds(city: str) -> Account:
    """A city's funds at the house: never below zero."""
    return Account(f"clearing/funds/{city}", BOOK, FUNDS, net_debit_cap=0)
