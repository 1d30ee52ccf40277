"""pacs.002: what became of payments that were sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.checks import DETAILS_MAX, check_details, check_unique
from hanse.foundation.iso20022.elements import Branch, Cursor
from hanse.foundation.iso20022.parts import (
    Header,
    Reason,
    read_agent,
    read_reason,
    write_agents,
    write_reason,
)
from hanse.foundation.iso20022.problems import ISO_STATUS_CONTRADICTED

ROOT: Final = "FIToFIPmtStsRpt"
SETTLED: Final = "ACSC"
"""Accepted, and settled at the debtor's bank."""
REJECTED: Final = "RJCT"
PENDING: Final = "PDNG"
PARTLY: Final = "PART"
"""Of a group: some accepted, some not."""
STATUSES: Final = frozenset(
    {SETTLED, REJECTED, PENDING, "ACCC", "ACCP", "ACSP", "ACTC", "ACWC", "RCVD", "CANC"}
)
"""The statuses of one payment, of ISO's ExternalPaymentTransactionStatus1Code."""


@dataclass(frozen=True, slots=True)
class TransferStatus:
    """One payment's status. A rejection says why."""

    transaction_id: str
    end_to_end_id: str
    status: str
    reason: Reason | None = None
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The statuses of one message's payments."""

    header: Header
    original_message_id: str
    original_message_name: str
    statuses: tuple[TransferStatus, ...]
    group_status: str | None = None

    def check(self) -> None:
        """Known statuses, no payment twice, a reason for each rejection, and a fitting group's."""
        check_details(self.statuses, f"{ROOT}/TxInfAndSts")
        path = f"{ROOT}/TxInfAndSts"
        check_unique((one.transaction_id for one in self.statuses), f"{path}/OrgnlTxId")
        for one in self.statuses:
            if one.status not in STATUSES:
                raise ISO_STATUS_CONTRADICTED(path=f"{path}/TxSts")
            if one.status == REJECTED and one.reason is None:
                raise ISO_STATUS_CONTRADICTED(path=f"{path}/StsRsnInf")
        found = {one.status for one in self.statuses}
        if self.group_status == PARTLY:
            fits = len(found) > 1
        else:
            fits = self.group_status is None or found == {self.group_status}
        if not fits:
            raise ISO_STATUS_CONTRADICTED(path=f"{ROOT}/OrgnlGrpInfAndSts/GrpSts")


def write(root: Branch, message: StatusReport) -> None:
    """The message below its document's root."""
    body = root.branch(ROOT)
    group = body.branch("GrpHdr")
    group.value("MsgId", message.header.message_id, forms.ID)
    group.instant("CreDtTm", message.header.created_at)
    write_agents(group, message.header)
    original = body.branch("OrgnlGrpInfAndSts")
    original.value("OrgnlMsgId", message.original_message_id, forms.ID)
    original.value("OrgnlMsgNmId", message.original_message_name, forms.ID)
    original.optional("GrpSts", message.group_status, forms.CODE)
    for one in message.statuses:
        branch = body.branch("TxInfAndSts")
        branch.value("OrgnlEndToEndId", one.end_to_end_id, forms.ID)
        branch.value("OrgnlTxId", one.transaction_id, forms.ID)
        branch.value("TxSts", one.status, forms.CODE)
        if one.reason is not None:
            write_reason(branch, "StsRsnInf", one.reason)
        if one.accepted_at is not None:
            branch.instant("AccptncDtTm", one.accepted_at)


def read(root: Cursor) -> StatusReport:
    """The message."""
    body = root.child(ROOT)
    group = body.child("GrpHdr")
    header = Header(
        group.value("MsgId", forms.ID),
        group.instant("CreDtTm"),
        read_agent(group.child("InstgAgt")),
        read_agent(group.child("InstdAgt")),
    )
    original = body.child("OrgnlGrpInfAndSts")
    return StatusReport(
        header,
        original.value("OrgnlMsgId", forms.ID),
        original.value("OrgnlMsgNmId", forms.ID),
        group_status=original.optional_value("GrpSts", forms.CODE),
        statuses=tuple(_read_status(one) for one in body.repeated("TxInfAndSts", DETAILS_MAX)),
    )


def _read_status(cursor: Cursor) -> TransferStatus:
    end_to_end = cursor.value("OrgnlEndToEndId", forms.ID)
    transaction = cursor.value("OrgnlTxId", forms.ID)
    status = cursor.value("TxSts", forms.CODE)
    reason = cursor.optional("StsRsnInf")
    return TransferStatus(
        transaction,
        end_to_end,
        status,
        None if reason is None else read_reason(reason),
        cursor.optional_instant("AccptncDtTm"),
    )
