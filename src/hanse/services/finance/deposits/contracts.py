"""What the banks' nodes ask each other, and what a bank's counter asks its own node."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict

from hanse.foundation.identifiers import CitizenId
from hanse.foundation.languages import titled
from hanse.foundation.money import AMOUNT_MAX, Fen
from hanse.foundation.regions import CityCode
from hanse.foundation.working_days import Day
from hanse.services.finance.deposits.codes import (
    AccountStatus,
    Kind,
    Product,
    ReverseReason,
    Role,
    State,
)

BANK_LENGTH_MAX: Final = 23
SERIAL_LENGTH_MAX: Final = 24
NAME_LENGTH_MAX: Final = 140
DOCUMENT_CHARACTERS_MAX: Final = 900_000
LINES_PER_PAGE_MAX: Final = 500

Card = Annotated[
    str, titled("卡号或账号", "Card or account number", pattern="^[0-9]{12,19}$", max_length=19)
]
"""Personal data: stored, never written to a log, a problem, or the ledger."""
Bank = Annotated[
    str,
    titled(
        "银行（机构编号）",
        "Bank (organisation)",
        pattern="^[a-z][a-z0-9-]{0,22}$",
        max_length=BANK_LENGTH_MAX,
    ),
]
Amount = Annotated[int, titled("金额（分）", "Amount in fen", ge=1, le=AMOUNT_MAX, strict=True)]
HolderName = Annotated[
    str, titled("户名", "Holder's name", min_length=1, max_length=NAME_LENGTH_MAX)
]
SerialNumber = Annotated[
    str,
    titled("流水号", "Serial number", pattern="^[0-9A-Za-z-]{1,24}$", max_length=SERIAL_LENGTH_MAX),
]


class StrictContract(BaseModel):
    """A contract that knows every field of its document."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Serial(StrictContract):
    """What names one piece of business for ever: acquirer, its business date, its number."""

    acquirer_city: Annotated[CityCode, titled("代理行所在城市", "City of the acquirer")]
    acquirer_bank: Bank
    business_date: Annotated[Day, titled("代理行营业日", "Business date of the acquirer")]
    serial: SerialNumber

    @property
    def text(self) -> str:
        """The serial in one line: the reference of its transfers in the ledger."""
        day = self.business_date.strftime("%Y%m%d")
        return f"{self.acquirer_city}/{self.acquirer_bank}/{day}/{self.serial}"


class _Business(StrictContract):
    serial: Annotated[Serial, titled("流水", "Serial")]
    account_bank: Bank
    account: Card
    holder_name: HolderName
    amount_fen: Amount
    fee_fen: Annotated[Fen, titled("手续费（分）", "Fee in fen")] = 0


class AuthoriseRequest(_Business):
    """Pay out so much from the account, and the acquirer's fee; held until it is confirmed."""

    holder_id: Annotated[CitizenId, titled("持卡人身份号码", "Holder's identity number")]
    agent_id: Annotated[CitizenId | None, titled("代办人身份号码", "Agent's identity number")] = (
        None
    )


class DepositRequest(_Business):
    """Cash for the account was counted at the acquirer; it is credited once confirmed."""


class TransferRequest(_Business):
    """A customer of the acquirer pays into the account; it is credited once confirmed."""


class AdjustRequest(StrictContract):
    """Book the opposite of a serial that ended in success; held until it is confirmed."""

    serial: Annotated[Serial, titled("流水", "Serial")]
    original: Annotated[Serial, titled("被调账的流水", "Serial to adjust")]


class Confirm(StrictContract):
    """The acquirer has paid, or keeps what was paid in: book the serial."""

    serial: Annotated[Serial, titled("流水", "Serial")]


class Reverse(StrictContract):
    """Undo the serial, whatever has become of it, or never do it."""

    serial: Annotated[Serial, titled("流水", "Serial")]
    account_bank: Bank
    kind: Annotated[Kind, titled("业务种类", "Kind")]
    amount_fen: Amount
    fee_fen: Annotated[Fen, titled("手续费（分）", "Fee in fen")]
    reason: Annotated[ReverseReason, titled("冲正原因", "Reason")]


class Refusal(StrictContract):
    """Why the account bank refuses: a problem's code, with its words."""

    code: Annotated[str, titled("代码", "Code", max_length=64)]
    zh: Annotated[str, titled("中文说明", "In Chinese", max_length=500)]
    en: Annotated[str, titled("英文说明", "In English", max_length=500)]


class Decision(StrictContract):
    """Where a serial stands at the account bank. A refusal is an answer, and is final."""

    serial: Annotated[Serial, titled("流水", "Serial")]
    state: Annotated[State, titled("状态", "State")]
    booked_on: Annotated[Day, titled("开户行营业日", "Business date of the account bank")]
    refusal: Annotated[Refusal | None, titled("拒绝原因", "Refusal")] = None


class OpenAccount(StrictContract):
    """An account of the calling bank."""

    account: Card
    holder_name: HolderName
    holder_id: Annotated[CitizenId, titled("持卡人身份号码", "Holder's identity number")]
    product: Annotated[Product, titled("储种", "Product")] = Product.DEMAND
    matures_on: Annotated[Day | None, titled("定期到期日", "A time deposit matures on")] = None
    agreement_signed: Annotated[
        bool, titled("已签通存通兑协议", "The customer signed the agreement")
    ] = True
    item_limit_fen: Annotated[Fen | None, titled("单笔限额（分）", "Limit of one item")] = None
    day_limit_fen: Annotated[Fen | None, titled("单日限额（分）", "Limit of a day")] = None
    cash_fen: Annotated[Fen, titled("开户存入现金（分）", "Cash paid in at opening")] = 0


class AccountState(StrictContract):
    """An account as its bank has it now."""

    account: Card
    status: Annotated[AccountStatus, titled("状态", "Status")]
    balance_fen: Annotated[int, titled("余额（分）", "Balance in fen")]
    available_fen: Annotated[int, titled("可用余额（分）", "Available in fen")]


class OwnAccount(StrictContract):
    """An account of the calling bank by its number."""

    account: Card


class StatusChange(OwnAccount):
    """Freeze an account, close it, or open it again, such as after a loss report."""

    status: Annotated[AccountStatus, titled("状态", "Status")]


class LossReport(StrictContract):
    """The holder reports the card or passbook lost: payments stop at once."""

    account_bank: Bank
    account: Card
    holder_id: Annotated[CitizenId, titled("持卡人身份号码", "Holder's identity number")]


class LossNoted(StrictContract):
    """Since when payments are stopped."""

    reported_at: Annotated[str, titled("挂失时间", "Reported at")]


class CounterCash(StrictContract):
    """Cash brought to the counter of the calling bank, or taken away from it."""

    reference: SerialNumber
    amount_fen: Amount


class CashState(StrictContract):
    """The counter's cash."""

    cash_fen: Annotated[int, titled("柜台现金（分）", "Cash at the counter in fen")]


class CounterRequest(StrictContract):
    """A customer at the counter of the calling bank, with an account of any bank of the league."""

    serial: SerialNumber
    account_city: Annotated[CityCode, titled("开户行所在城市", "City of the account bank")]
    account_bank: Bank
    account: Card
    holder_name: HolderName
    amount_fen: Amount
    fee_fen: Annotated[
        Fen | None, titled("手续费（分），缺省为上限", "Fee in fen; the ceiling where left out")
    ] = None


class CounterWithdrawal(CounterRequest):
    """The customer wants cash. Pay it only after `deposits.pay` was answered."""

    holder_id: Annotated[CitizenId, titled("持卡人身份号码", "Holder's identity number")]
    agent_id: Annotated[CitizenId | None, titled("代办人身份号码", "Agent's identity number")] = (
        None
    )


class CounterDeposit(CounterRequest):
    """The customer has paid cash, which was counted: the amount and the fee."""

    depositor_id: Annotated[
        CitizenId | None, titled("存款人身份号码", "Depositor's identity number")
    ] = None


class CounterTransfer(CounterRequest):
    """A customer of the calling bank pays from an own account."""

    payer_account: Card
    payer_name: Annotated[
        str, titled("付款人户名", "Payer's name", min_length=1, max_length=NAME_LENGTH_MAX)
    ]
    payer_id: Annotated[
        CitizenId | None,
        titled("付款人身份号码（报文付款可缺省）", "Payer's identity number, if at the counter"),
    ] = None


class Adjustment(StrictContract):
    """After the day's end a serial is no more reversed: its opposite is booked as a new one."""

    serial: SerialNumber
    original: Annotated[Serial, titled("被调账的流水", "Serial to adjust")]


class SerialName(StrictContract):
    """A serial of the calling bank, by its business date and number."""

    business_date: Annotated[Day, titled("营业日", "Business date")]
    serial: SerialNumber


class SerialState(StrictContract):
    """Where a serial stands at the calling bank."""

    serial: Annotated[Serial, titled("流水", "Serial")]
    kind: Annotated[Kind, titled("业务种类", "Kind")]
    state: Annotated[State, titled("状态", "State")]
    amount_fen: Annotated[int, titled("金额（分）", "Amount in fen")]
    fee_fen: Annotated[int, titled("手续费（分）", "Fee in fen")]
    refusal: Annotated[Refusal | None, titled("拒绝原因", "Refusal")] = None


class UnfinishedQuery(StrictContract):
    """The calling bank's serials that have not ended, a page at a time."""

    after: Annotated[str, titled("续查起点", "Continue after", max_length=200)] = ""


class UnfinishedSerial(SerialState):
    """A serial that has not ended: in which role, with whom, and what was last refused."""

    role: Annotated[Role, titled("角色", "Role")]
    peer_city: Annotated[CityCode, titled("对方城市", "Other city")]
    peer_bank: Bank


class UnfinishedPage(StrictContract):
    """Serials in order of their date, and where to go on."""

    serials: Annotated[tuple[UnfinishedSerial, ...], titled("未终结流水", "Serials")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


class CloseDay(StrictContract):
    """End the city's business date."""

    business_date: Annotated[Day, titled("营业日", "Business date")]


class DayTotal(StrictContract):
    """What one own bank and one other bank did on a business date, in the own bank's book."""

    role: Annotated[Role, titled("角色", "Role")]
    bank: Bank
    peer_city: Annotated[CityCode, titled("对方城市", "Other city")]
    peer_bank: Bank
    kind: Annotated[Kind, titled("业务种类", "Kind")]
    state: Annotated[State, titled("状态", "State")]
    count: Annotated[int, titled("笔数", "Count")]
    amount_fen: Annotated[int, titled("金额合计（分）", "Sum of amounts in fen")]
    fee_fen: Annotated[int, titled("手续费合计（分）", "Sum of fees in fen")]


class ClosedDay(StrictContract):
    """A business date that ended, with its totals, and what was still open then."""

    business_date: Annotated[Day, titled("营业日", "Business date")]
    totals: Annotated[tuple[DayTotal, ...], titled("合计", "Totals")]
    open_serials: Annotated[int, titled("未终结流水数", "Serials that were open")]


class BookQuery(StrictContract):
    """The serials of one business date with the asking city, a page at a time."""

    business_date: Annotated[Day, titled("代理行营业日", "Business date of the acquirer")]
    after: Annotated[str, titled("续查起点", "Continue after", max_length=200)] = ""


class BookLine(StrictContract):
    """One serial in one bank's book, without anything personal."""

    serial: Annotated[Serial, titled("流水", "Serial")]
    role: Annotated[Role, titled("角色", "Role")]
    bank: Bank
    peer_bank: Bank
    kind: Annotated[Kind, titled("业务种类", "Kind")]
    state: Annotated[State, titled("状态", "State")]
    amount_fen: Annotated[int, titled("金额（分）", "Amount in fen")]
    fee_fen: Annotated[int, titled("手续费（分）", "Fee in fen")]
    position_fen: Annotated[
        int, titled("城际头寸（分）", "Booked on the inter-city position, claims above zero")
    ]


class BookPage(StrictContract):
    """Serials in order, and where to go on."""

    lines: Annotated[tuple[BookLine, ...], titled("流水", "Lines")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


class StatementQuery(StrictContract):
    """An own account from one day to another."""

    account: Card
    from_day: Annotated[Day, titled("起始日", "From")]
    to_day: Annotated[Day, titled("截止日", "To")]
    page: Annotated[int, titled("页码", "Page", ge=1, le=99_999)] = 1


class ReportQuery(StrictContract):
    """An own account, as it stands now."""

    account: Card


class PositionQuery(StrictContract):
    """The inter-city position account of the calling bank with another bank."""

    peer_city: Annotated[CityCode, titled("对方城市", "Other city")]
    peer_bank: Bank


class Position(StrictContract):
    """What the other bank owes the calling one; below zero what is owed to it."""

    account: Annotated[str, titled("头寸账户", "Account of the position")]
    position_fen: Annotated[int, titled("头寸（分）", "Position in fen")]


class StandardDocument(StrictContract):
    """An ISO 20022 message, as XML text."""

    document: Annotated[str, titled("报文", "Message", max_length=DOCUMENT_CHARACTERS_MAX)]


class StatementPage(StandardDocument):
    """One page of a camt.053, a message of its own."""

    page: Annotated[int, titled("页码", "Page")]
    pages: Annotated[int, titled("总页数", "Pages")]


def document_of(request: BaseModel) -> dict[str, Any]:
    """A request as the store keeps it, to know the same one again."""
    return request.model_dump(mode="json")
