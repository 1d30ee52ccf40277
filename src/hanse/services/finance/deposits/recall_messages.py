"""ISO 20022 of recalls at the bank's edge: camt.056 in, camt.029 out, and the pacs.004 of a return.

A recall's id is its serial number, and a payment is named by its TxId and its settlement date, as
in `messages`. The same camt.056 again gives the outcomes as they are by then.
"""

from typing import Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.iso20022 import (
    Agent,
    Header,
    Original,
    PaymentReturn,
    PaymentReturns,
    Reason,
    Recall,
    RecallAnswer,
    RecallOutcome,
    Recalls,
    read,
    write,
)
from hanse.foundation.iso20022.recall_answer import ACCEPTED, PENDING, REJECTED
from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.core import validated
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.finance.deposits import book, counter, recalls
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import Kind, RecallRefusal, Role, State
from hanse.services.finance.deposits.contracts import Serial, SerialName, StandardDocument
from hanse.services.finance.deposits.messages import (
    MESSAGE_TOO_LONG,
    NOT_FROM_THIS_BANK,
    PARTS_NAMED_MAX,
    PARTS_NOT_CARRIED,
    PAYMENTS_PER_MESSAGE_MAX,
)
from hanse.services.finance.deposits.problems import SERIAL_UNKNOWN
from hanse.services.finance.deposits.recall_contracts import AskBack

NOT_A_CAMT056 = ProblemKind(
    "deposits_not_a_camt056",
    422,
    Text("不是 camt.056 报文", "The message is no camt.056"),
    Text("请提交 camt.056", "Send a camt.056"),
)
NOT_RETURNED = ProblemKind(
    "deposits_not_returned",
    409,
    Text("该笔付款尚未退回", "The payment has not been given back"),
    Text("请查询追回流水的状态", "Look at the state of the recall"),
)
AMOUNT_OTHER = ProblemKind(
    "deposits_recall_amount_other",
    422,
    Text("金额与原付款不符", "The amount is not the payment's"),
    Text("只能追回全部金额", "A payment is asked back whole"),
)
_EXTERNAL: Final = {
    "deposits_serial_unknown": RecallRefusal.NO_ORIGINAL,
    "deposits_not_recallable": RecallRefusal.RETURNED,
}
"""ExternalPaymentCancellationRejection1Code for our refusals; the others go under their own."""
PACS008: Final = "pacs.008.001.08"


@operation("deposits.camt056", Text("提交 camt.056", "Send a camt.056"), reach=Reach.CITY)
def take_camt056(
    transaction: Transaction, request: StandardDocument, context: Context
) -> StandardDocument:
    """Ask back the payments of a camt.056 of the calling bank; gives the camt.029 of now."""
    reading = read(request.document.encode("utf-8"))
    message = reading.message
    if not isinstance(message, Recalls):
        raise NOT_A_CAMT056()
    if reading.dropped:
        raise PARTS_NOT_CARRIED(parts=", ".join(reading.dropped[:PARTS_NAMED_MAX]))
    if len(message.recalls) > PAYMENTS_PER_MESSAGE_MAX:
        raise MESSAGE_TOO_LONG(count_max=PAYMENTS_PER_MESSAGE_MAX)
    own = Agent(context.city, context.caller.organisation)
    if message.header.instructing != own:
        raise NOT_FROM_THIS_BANK(city=context.city, bank=context.caller.organisation)
    answer = RecallAnswer(
        header=Header(
            message_id=context.new_id(),
            created_at=context.now,
            instructing=message.header.instructed,
            instructed=own,
        ),
        outcomes=tuple(_outcome(transaction, one, context) for one in message.recalls),
    )
    return StandardDocument(document=write(answer).decode("utf-8"))


@operation("deposits.pacs004", Text("退汇 pacs.004", "Return, pacs.004"), reach=Reach.CITY)
def pacs004(transaction: Transaction, request: SerialName, context: Context) -> StandardDocument:
    """The return of a payment that the calling bank asked back, once it is booked."""
    serial = counter.serial_of(context, request.business_date, request.serial)
    found = book.need(transaction, Role.ACQUIRER, serial)
    if found.kind is not Kind.RETURN:
        raise SERIAL_UNKNOWN()
    if found.state is not State.SUCCESS:
        raise NOT_RETURNED()
    asked = AskBack.model_validate(found.request)
    amount = Money(found.amount_fen)
    original = Original(
        message_id=asked.message or asked.original.serial,
        message_name=PACS008,
        end_to_end_id=asked.original.serial,
        transaction_id=asked.original.serial,
        amount=amount,
        settlement_date=asked.original.business_date,
    )
    returned = PaymentReturn(serial.serial, original, amount, Reason(str(asked.reason)))
    message = PaymentReturns(
        header=Header(
            message_id=context.new_id(),
            created_at=context.now,
            instructing=Agent(found.peer_city, found.peer_bank),
            instructed=Agent(context.city, found.bank),
        ),
        settlement_date=found.booked_on,
        returns=(returned,),
    )
    return StandardDocument(document=write(message).decode("utf-8"))


def _outcome(transaction: Transaction, one: Recall, context: Context) -> RecallOutcome:
    try:
        with transaction.savepoint():  # a recall that is refused leaves nothing behind
            found = _begin(transaction, one, context)
    except Problem as problem:
        return _told(one, REJECTED, problem.code, problem.detail.zh)
    if found.state is State.SUCCESS:
        return _told(one, ACCEPTED)
    if found.state is State.FAILED and found.refusal is not None:
        return _told(one, REJECTED, found.refusal.code, found.refusal.zh)
    if found.state in (State.REVERSING, State.REVERSED):
        return _told(one, REJECTED, str(RecallRefusal.NO_ANSWER))
    return _told(one, PENDING)


def _begin(transaction: Transaction, one: Recall, context: Context) -> Business:
    original = Serial(
        acquirer_city=context.city,
        acquirer_bank=context.caller.organisation,
        business_date=one.original.settlement_date,
        serial=one.original.transaction_id,
    )
    asked = {
        "serial": one.recall_id,
        "original": original,
        "reason": one.reason.code,
        "message": one.original.message_id,
    }
    known = book.recall_of(transaction, original, one.recall_id)
    if known is not None:
        return known
    request = validated(AskBack, asked)
    paid = book.need(transaction, Role.ACQUIRER, original)
    if one.original.amount != Money(paid.amount_fen):
        raise AMOUNT_OTHER()
    return recalls.begin(transaction, request, context)


def _told(one: Recall, outcome: str, code: str | None = None, words: str = "") -> RecallOutcome:
    reason = None
    if code is not None:
        reason = Reason(str(_EXTERNAL.get(code, code))[:35], words[:105] or None)
    return RecallOutcome(one.recall_id, one.original, outcome, reason)
