"""camt.029: what became of recalls. An accepted one is followed by a pacs.004."""

from dataclasses import dataclass
from typing import Final

from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.assignment import read_assignment, write_assignment
from hanse.foundation.iso20022.checks import DETAILS_MAX, check_details, check_unique
from hanse.foundation.iso20022.elements import Branch, Cursor
from hanse.foundation.iso20022.parts import (
    Header,
    Original,
    Reason,
    read_original_ids,
    read_reason,
    write_original_ids,
    write_reason,
)
from hanse.foundation.iso20022.problems import ISO_STATUS_CONTRADICTED

ROOT: Final = "RsltnOfInvstgtn"
ACCEPTED: Final = "ACCR"
REJECTED: Final = "RJCR"
PENDING: Final = "PDCR"
_CONFIRMATION: Final = {ACCEPTED: "CNCL", REJECTED: "RJCR", PENDING: "PDCR"}
"""The status of the whole where all details have this one; else it is pending."""


@dataclass(frozen=True, slots=True)
class RecallOutcome:
    """One recall's outcome. A rejection says why."""

    outcome_id: str
    original: Original
    outcome: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class RecallAnswer:
    """The outcomes of recalls, from the bank that was asked."""

    header: Header
    outcomes: tuple[RecallOutcome, ...]

    @property
    def confirmation(self) -> str:
        """The status of the whole: cancelled, rejected, or pending where they differ."""
        found = {one.outcome for one in self.outcomes}
        return _CONFIRMATION[found.pop()] if len(found) == 1 else "PDCR"

    def check(self) -> None:
        """Known outcomes, a reason for each rejection, and no payment twice."""
        path = f"{ROOT}/CxlDtls/TxInfAndSts"
        check_details(self.outcomes, path)
        check_unique((one.outcome_id for one in self.outcomes), f"{path}/CxlStsId")
        originals = (f"{o.original.message_id} {o.original.transaction_id}" for o in self.outcomes)
        check_unique(originals, f"{path}/OrgnlTxId")
        for one in self.outcomes:
            if one.outcome not in _CONFIRMATION:
                raise ISO_STATUS_CONTRADICTED(path=f"{path}/TxCxlSts")
            if one.outcome == REJECTED and one.reason is None:
                raise ISO_STATUS_CONTRADICTED(path=f"{path}/CxlStsRsnInf")


def write(root: Branch, message: RecallAnswer) -> None:
    """The message below its document's root."""
    body = root.branch(ROOT)
    write_assignment(body, message.header)
    body.branch("Sts").value("Conf", message.confirmation, forms.CODE)
    details = body.branch("CxlDtls")
    for one in message.outcomes:
        branch = details.branch("TxInfAndSts")
        branch.value("CxlStsId", one.outcome_id, forms.ID)
        write_original_ids(branch, one.original)
        branch.value("TxCxlSts", one.outcome, forms.CODE)
        if one.reason is not None:
            write_reason(branch, "CxlStsRsnInf", one.reason)
        branch.amount("OrgnlIntrBkSttlmAmt", one.original.amount)
        branch.day("OrgnlIntrBkSttlmDt", one.original.settlement_date)


def read(root: Cursor) -> RecallAnswer:
    """The message; the status of the whole must be that of its details."""
    body = root.child(ROOT)
    header = read_assignment(body)
    confirmation = body.child("Sts").value("Conf", forms.CODE)
    details = body.child("CxlDtls").repeated("TxInfAndSts", DETAILS_MAX)
    answer = RecallAnswer(header, tuple(_read_outcome(one) for one in details))
    answer.check()
    if answer.confirmation != confirmation:
        raise ISO_STATUS_CONTRADICTED(path=f"{body.path}/Sts/Conf")
    return answer


def _read_outcome(cursor: Cursor) -> RecallOutcome:
    outcome_id = cursor.value("CxlStsId", forms.ID)
    ids = read_original_ids(cursor)
    outcome = cursor.value("TxCxlSts", forms.CODE)
    reason = cursor.optional("CxlStsRsnInf")
    why = None if reason is None else read_reason(reason)
    amount = cursor.amount("OrgnlIntrBkSttlmAmt")
    original = Original(*ids, amount, cursor.day("OrgnlIntrBkSttlmDt"))
    return RecallOutcome(outcome_id, original, outcome, why)
