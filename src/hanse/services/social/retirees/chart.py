"""The chart of the benefits that a city pays to retirees, and its accounts.

retirees/deposit      what the fund has made available for benefits
retirees/benefits     benefits paid
retirees/overpaid     benefits paid after a loss of entitlement, claimed back
retirees/fund         where the means come from
"""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.ledger import AccountCode, Chart, Side, TransferCode

BOOK: Final = "retirees"
DEPOSIT_CODE: Final = 1001
OVERPAID_CODE: Final = 1201
FUND_CODE: Final = 3001
BENEFITS_CODE: Final = 5001

FUNDED: Final = 1
PAID: Final = 2
ARREARS_PAID: Final = 3
CLAIMED: Final = 4
RECOVERED: Final = 5

DEPOSIT: Final = "retirees/deposit"
BENEFITS: Final = "retirees/benefits"
OVERPAID: Final = "retirees/overpaid"
FUND: Final = "retirees/fund"

CHART: Final = Chart(
    book=BOOK,
    title=Text("退休人员待遇发放", "Benefits of retirees"),
    accounts=(
        AccountCode(DEPOSIT_CODE, Text("支出户存款", "Deposit for payments"), Side.DEBIT),
        AccountCode(OVERPAID_CODE, Text("应收多发待遇", "Overpaid, claimed back"), Side.DEBIT),
        AccountCode(FUND_CODE, Text("基金拨款", "Means of the fund"), Side.CREDIT),
        AccountCode(BENEFITS_CODE, Text("待遇支出", "Benefits paid"), Side.DEBIT),
    ),
    transfers=(
        TransferCode(FUNDED, Text("基金拨入", "Means received")),
        TransferCode(PAID, Text("当月发放", "A month paid")),
        TransferCode(ARREARS_PAID, Text("补发", "Arrears paid")),
        TransferCode(CLAIMED, Text("多发转应收", "Overpaid month claimed back")),
        TransferCode(RECOVERED, Text("追回多发待遇", "Overpaid month recovered")),
    ),
)
