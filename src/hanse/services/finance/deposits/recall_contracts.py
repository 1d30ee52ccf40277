"""What banks ask each other about a payment that should come back, and what their desks decide."""

from typing import Annotated

from hanse.foundation.languages import titled
from hanse.foundation.regions import CityCode
from hanse.foundation.working_days import Day
from hanse.services.finance.deposits.codes import RecallReason, RecallRefusal
from hanse.services.finance.deposits.contracts import (
    Bank,
    Serial,
    SerialNumber,
    StrictContract,
)

MessageName = Annotated[
    str, titled("原报文编号", "Id of the original message", min_length=1, max_length=35)
]


class RecallRequest(StrictContract):
    """Give a payment back that has succeeded, if its payee's bank agrees: camt.056."""

    serial: Annotated[Serial, titled("追回流水", "Serial of the recall")]
    original: Annotated[Serial, titled("原流水", "The payment's serial")]
    reason: Annotated[RecallReason, titled("追回原因", "Reason")]


class AskBack(StrictContract):
    """The calling bank asks a payment of its customer back."""

    serial: SerialNumber
    original: Annotated[Serial, titled("原流水", "The payment's serial")]
    reason: Annotated[RecallReason, titled("追回原因", "Reason")]
    message: MessageName | None = None
    """Of the pacs.008 that the payment came in with, where its bank says it."""


class RecallQuery(StrictContract):
    """The recalls that wait for the calling bank's decision, a page at a time."""

    after: Annotated[str, titled("续查起点", "Continue after", max_length=200)] = ""


class WaitingRecall(StrictContract):
    """A recall that the calling bank must decide."""

    serial: Annotated[Serial, titled("追回流水", "Serial of the recall")]
    original: Annotated[Serial, titled("原流水", "The payment's serial")]
    reason: Annotated[RecallReason, titled("追回原因", "Reason")]
    peer_city: Annotated[CityCode, titled("付款行所在城市", "City of the payer's bank")]
    peer_bank: Bank
    amount_fen: Annotated[int, titled("金额（分）", "Amount in fen")]
    due_on: Annotated[Day, titled("答复期限", "To be answered by")]


class WaitingRecalls(StrictContract):
    """Recalls in order of their date, and where to go on."""

    recalls: Annotated[tuple[WaitingRecall, ...], titled("待决追回", "Recalls")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


class RecallDecision(StrictContract):
    """The calling bank gives a payment back, or says why not."""

    serial: Annotated[Serial, titled("追回流水", "Serial of the recall")]
    accepted: Annotated[bool, titled("同意退回", "It is given back")]
    reason: Annotated[RecallRefusal | None, titled("拒绝原因", "Why not")] = None
