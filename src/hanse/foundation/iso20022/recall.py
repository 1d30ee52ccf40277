"""camt.056: the bank that paid asks for payments to be cancelled."""

from dataclasses import dataclass
from typing import Final

from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.assignment import read_assignment, write_assignment
from hanse.foundation.iso20022.checks import (
    DETAILS_MAX,
    check_amounts,
    check_count,
    check_details,
    check_sum,
    check_unique,
    sum_text,
)
from hanse.foundation.iso20022.elements import Branch, Cursor
from hanse.foundation.iso20022.parts import (
    Header,
    Original,
    Reason,
    read_original,
    read_reason,
    write_original,
    write_reason,
)

ROOT: Final = "FIToFIPmtCxlReq"


@dataclass(frozen=True, slots=True)
class Recall:
    """One payment that should be cancelled, and why."""

    recall_id: str
    original: Original
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recalls:
    """A message of recalls."""

    header: Header
    recalls: tuple[Recall, ...]

    def check(self) -> None:
        """No recall and no payment twice."""
        path = f"{ROOT}/Undrlyg/TxInf"
        check_details(self.recalls, path)
        amounts = [one.original.amount for one in self.recalls]
        check_amounts(amounts, f"{path}/OrgnlIntrBkSttlmAmt")
        check_unique((one.recall_id for one in self.recalls), f"{path}/CxlId")
        originals = (f"{o.original.message_id} {o.original.transaction_id}" for o in self.recalls)
        check_unique(originals, f"{path}/OrgnlTxId")


def write(root: Branch, message: Recalls) -> None:
    """The message below its document's root."""
    body = root.branch(ROOT)
    write_assignment(body, message.header)
    control = body.branch("CtrlData")
    control.value("NbOfTxs", str(len(message.recalls)), forms.COUNT)
    control.value("CtrlSum", sum_text(r.original.amount for r in message.recalls), forms.DECIMAL)
    underlying = body.branch("Undrlyg")
    for one in message.recalls:
        branch = underlying.branch("TxInf")
        branch.value("CxlId", one.recall_id, forms.ID)
        write_original(branch, one.original)
        write_reason(branch, "CxlRsnInf", one.reason)


def read(root: Cursor) -> Recalls:
    """The message; its control data, where it has any, must agree with its recalls."""
    body = root.child(ROOT)
    header = read_assignment(body)
    control = body.optional("CtrlData")
    details = body.child("Undrlyg").repeated("TxInf", DETAILS_MAX)
    recalls = tuple(_read_recall(one) for one in details)
    if control is not None:
        check_count(control, "NbOfTxs", len(recalls))
        amounts = [one.original.amount for one in recalls]
        check_sum(control.optional_decimal("CtrlSum"), amounts, f"{control.path}/CtrlSum")
    return Recalls(header, recalls)


def _read_recall(cursor: Cursor) -> Recall:
    recall_id = cursor.value("CxlId", forms.ID)
    original = read_original(cursor)
    return Recall(recall_id, original, read_reason(cursor.child("CxlRsnInf")))
