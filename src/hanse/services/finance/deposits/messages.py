"""ISO 20022 at the counter's edge: pacs.008 in, pacs.002 out. camt.053 is in `statements`.

A payment of a pacs.008 is a transfer whose serial number is its TxId, and whose business date is
the message's settlement date. The same message again gives the statuses as they are by then.
"""

from typing import Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.iso20022 import (
    Agent,
    CreditTransfer,
    CreditTransfers,
    Header,
    Reason,
    StatusReport,
    TransferStatus,
    read,
    write,
)
from hanse.foundation.iso20022.status_report import PARTLY, PENDING, REJECTED, SETTLED
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.core import validated
from hanse.services.finance.deposits import book, counter
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import Role, State
from hanse.services.finance.deposits.contracts import CounterTransfer, Serial
from hanse.services.finance.deposits.problems import DAY_WRONG

PAYMENTS_PER_MESSAGE_MAX: Final = 500

NOT_A_PACS008 = ProblemKind(
    "deposits_not_a_pacs008",
    422,
    Text("不是 pacs.008 报文", "The message is no pacs.008"),
    Text("请提交 pacs.008", "Send a pacs.008"),
)
PARTS_NOT_CARRIED = ProblemKind(
    "deposits_parts_not_carried",
    422,
    Text("报文含有本系统不能执行的内容", "The message holds parts that are not carried out"),
    Text("请去掉：{parts}", "Leave out: {parts}"),
)
NOT_FROM_THIS_BANK = ProblemKind(
    "deposits_not_from_this_bank",
    403,
    Text("付款行不是本行", "The debtor's bank is another than the calling one"),
    Text("付款行须为 {city}/{bank}", "The debtor's bank must be {city}/{bank}"),
)
MESSAGE_TOO_LONG = ProblemKind(
    "deposits_message_too_long",
    413,
    Text("报文笔数过多", "The message has too many payments"),
    Text("每份不超过 {count_max} 笔", "At most {count_max} in one message"),
)
PARTS_NAMED_MAX: Final = 5

_EXTERNAL: Final = {
    "deposits_account_unknown": "AC01",
    "deposits_account_closed": "AC04",
    "deposits_account_lost": "AC06",
    "deposits_account_frozen": "AC06",
    "deposits_holder_differs": "BE01",
    "deposits_funds_short": "AM04",
    "deposits_serial_reused": "AM05",
    "deposits_over_item_limit": "AM02",
    "deposits_over_day_limit": "AM02",
    "deposits_over_system_limit": "AM02",
}
"""ISO 20022 ExternalStatusReason1Code for our refusals; the others go under their own code."""


def take_pacs008(transaction: Transaction, document: str, context: Context) -> str:
    """Begin every payment of a pacs.008 of the calling bank; gives the pacs.002 of this moment.

    A message that holds more than is carried out is refused whole: a part of a payment order must
    not be passed over.
    """
    reading = read(document.encode("utf-8"))
    message = reading.message
    if not isinstance(message, CreditTransfers):
        raise NOT_A_PACS008()
    if reading.dropped:
        raise PARTS_NOT_CARRIED(parts=", ".join(reading.dropped[:PARTS_NAMED_MAX]))
    if len(message.transfers) > PAYMENTS_PER_MESSAGE_MAX:
        raise MESSAGE_TOO_LONG(count_max=PAYMENTS_PER_MESSAGE_MAX)
    own = Agent(context.city, context.caller.organisation)
    if any(one.debtor_agent != own for one in message.transfers):
        raise NOT_FROM_THIS_BANK(city=context.city, bank=context.caller.organisation)
    statuses = tuple(_status(transaction, message, one, context) for one in message.transfers)
    found = {one.status for one in statuses}
    report = StatusReport(
        header=Header(
            message_id=context.new_id(),
            created_at=context.now,
            instructing=own,
            instructed=message.header.instructing,
        ),
        original_message_id=message.header.message_id,
        original_message_name=reading.name,
        statuses=statuses,
        group_status=found.pop() if len(found) == 1 else PARTLY,
    )
    return write(report).decode("utf-8")


def _status(
    transaction: Transaction, message: CreditTransfers, one: CreditTransfer, context: Context
) -> TransferStatus:
    try:
        with transaction.savepoint():  # a payment that is refused leaves nothing behind
            business = _begin(transaction, message, one, context)
    except Problem as problem:
        return _rejected(one, problem.code, problem.detail.zh)
    if business.state in (State.FAILED, State.REVERSED):
        code = "deposits_already_reversed" if business.refusal is None else business.refusal.code
        words = "" if business.refusal is None else business.refusal.zh
        return _rejected(one, code, words)
    settled = business.state is State.SUCCESS
    return TransferStatus(one.transaction_id, one.end_to_end_id, SETTLED if settled else PENDING)


def _begin(
    transaction: Transaction, message: CreditTransfers, one: CreditTransfer, context: Context
) -> Business:
    request = validated(
        CounterTransfer,
        {
            "serial": one.transaction_id,
            "account_city": one.creditor_agent.authority,
            "account_bank": one.creditor_agent.id,
            "account": one.creditor_account.number,
            "holder_name": one.creditor_name or "-",
            "amount_fen": one.amount.minor,
            "payer_account": one.debtor_account.number,
            "payer_name": one.debtor_name or "-",
        },
    )
    today = book.business_date(transaction, context.now)
    if message.settlement_date != today:
        known = _known(transaction, message, one, context)
        if known is None:
            raise DAY_WRONG(today=today.isoformat())
        return known
    return counter.begin(transaction, request, context)


def _known(
    transaction: Transaction, message: CreditTransfers, one: CreditTransfer, context: Context
) -> Business | None:
    """The serial of a payment that was begun on an earlier business date."""
    serial = Serial(
        acquirer_city=context.city,
        acquirer_bank=context.caller.organisation,
        business_date=message.settlement_date,
        serial=one.transaction_id,
    )
    return book.find(transaction, Role.ACQUIRER, serial)


def _rejected(one: CreditTransfer, code: str, words: str) -> TransferStatus:
    reason = Reason(_EXTERNAL.get(code, code[:35]), words[:105] or None)
    return TransferStatus(one.transaction_id, one.end_to_end_id, REJECTED, reason)
