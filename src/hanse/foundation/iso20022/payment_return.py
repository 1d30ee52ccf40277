"""pacs.004: payments that had settled, given back in whole or in part."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NoReturn

from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.checks import (
    DETAILS_MAX,
    check_amounts,
    check_details,
    check_unique,
)
from hanse.foundation.iso20022.elements import Branch, Cursor
from hanse.foundation.iso20022.group import read_group, write_group
from hanse.foundation.iso20022.parts import (
    CLEARED,
    Header,
    Original,
    Reason,
    Settlement,
    read_original,
    read_reason,
    write_original,
    write_reason,
)
from hanse.foundation.iso20022.problems import ISO_ELEMENT_MISSING, ISO_RETURN_ABOVE_ORIGINAL
from hanse.foundation.money import Money

ROOT: Final = "PmtRtr"
_TOTAL: Final = "TtlRtrdIntrBkSttlmAmt"


@dataclass(frozen=True, slots=True)
class PaymentReturn:
    """One payment given back, and why."""

    return_id: str
    original: Original
    amount: Money
    reason: Reason


@dataclass(frozen=True, slots=True)
class PaymentReturns:
    """A message of returns that settle on one day."""

    header: Header
    settlement_date: date
    returns: tuple[PaymentReturn, ...]
    settlement: Settlement = CLEARED

    def check(self) -> None:
        """Nothing is returned twice, and never more than was paid."""
        path = f"{ROOT}/TxInf"
        check_details(self.returns, path)
        check_amounts([one.amount for one in self.returns], f"{path}/RtrdIntrBkSttlmAmt")
        check_unique((one.return_id for one in self.returns), f"{path}/RtrId")
        originals = (f"{o.original.message_id} {o.original.transaction_id}" for o in self.returns)
        check_unique(originals, f"{path}/OrgnlTxId")
        for one in self.returns:
            if one.original.amount < one.amount:
                raise ISO_RETURN_ABOVE_ORIGINAL(path=f"{path}/RtrdIntrBkSttlmAmt")


def write(root: Branch, message: PaymentReturns) -> None:
    """The message below its document's root."""
    body = root.branch(ROOT)
    amounts = [one.amount for one in message.returns]
    write_group(body, message.header, amounts, message.settlement, message.settlement_date, _TOTAL)
    for one in message.returns:
        branch = body.branch("TxInf")
        branch.value("RtrId", one.return_id, forms.ID)
        write_original(branch, one.original)
        branch.amount("RtrdIntrBkSttlmAmt", one.amount)
        write_reason(branch, "RtrRsnInf", one.reason)


def read(root: Cursor) -> PaymentReturns:
    """The message; its header must agree with its returns, and name both banks."""
    body = root.child(ROOT)
    group = body.child("GrpHdr")
    details = [_read_return(one) for one in body.repeated("TxInf", DETAILS_MAX)]
    returns = tuple(one for one, _ in details)
    check_details(returns, f"{body.path}/TxInf")

    def no_agents() -> NoReturn:
        raise ISO_ELEMENT_MISSING(path=f"{group.path}/InstgAgt")

    read = read_group(
        group, [one.amount for one in returns], [day for _, day in details], _TOTAL, no_agents
    )
    return PaymentReturns(read.header, read.settlement_date, returns, read.settlement)


def _read_return(cursor: Cursor) -> tuple[PaymentReturn, date | None]:
    return_id = cursor.value("RtrId", forms.ID)
    original = read_original(cursor)
    amount = cursor.amount("RtrdIntrBkSttlmAmt")
    day = cursor.optional_day("IntrBkSttlmDt")
    reason = read_reason(cursor.child("RtrRsnInf"))
    return PaymentReturn(return_id, original, amount, reason), day
