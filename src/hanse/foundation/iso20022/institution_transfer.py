"""pacs.009: transfers between banks on their own account, such as a net position that is paid."""

from dataclasses import dataclass
from datetime import date
from typing import Final

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
    Agent,
    Header,
    Settlement,
    read_agent,
    write_agent,
)
from hanse.foundation.money import Money

ROOT: Final = "FICdtTrf"
_TOTAL: Final = "TtlIntrBkSttlmAmt"


@dataclass(frozen=True, slots=True)
class InstitutionTransfer:
    """One bank pays another."""

    transaction_id: str
    end_to_end_id: str
    amount: Money
    debtor: Agent
    creditor: Agent
    instruction_id: str | None = None
    uetr: str | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class InstitutionTransfers:
    """A message of such payments that settle on one day."""

    header: Header
    settlement_date: date
    transfers: tuple[InstitutionTransfer, ...]
    settlement: Settlement = CLEARED

    def check(self) -> None:
        """The rules beyond the schema: amounts above zero, one currency, no id twice."""
        path = f"{ROOT}/CdtTrfTxInf"
        check_details(self.transfers, path)
        check_amounts([one.amount for one in self.transfers], f"{path}/IntrBkSttlmAmt")
        check_unique((one.transaction_id for one in self.transfers), f"{path}/PmtId/TxId")


def write(root: Branch, message: InstitutionTransfers) -> None:
    """The message below its document's root."""
    body = root.branch(ROOT)
    amounts = [one.amount for one in message.transfers]
    write_group(body, message.header, amounts, message.settlement, message.settlement_date, _TOTAL)
    for one in message.transfers:
        branch = body.branch("CdtTrfTxInf")
        ids = branch.branch("PmtId")
        ids.optional("InstrId", one.instruction_id, forms.ID)
        ids.value("EndToEndId", one.end_to_end_id, forms.ID)
        ids.value("TxId", one.transaction_id, forms.ID)
        ids.optional("UETR", one.uetr, forms.UETR)
        branch.amount("IntrBkSttlmAmt", one.amount)
        write_agent(branch, "Dbtr", one.debtor)
        write_agent(branch, "Cdtr", one.creditor)
        if one.remark is not None:
            branch.branch("RmtInf").value("Ustrd", one.remark, forms.REMARK)


def read(root: Cursor) -> InstitutionTransfers:
    """The message; its header must agree with its payments."""
    body = root.child(ROOT)
    group = body.child("GrpHdr")
    details = [_read_transfer(one) for one in body.repeated("CdtTrfTxInf", DETAILS_MAX)]
    transfers = tuple(transfer for transfer, _ in details)
    check_details(transfers, f"{body.path}/CdtTrfTxInf")
    read = read_group(
        group,
        [one.amount for one in transfers],
        [day for _, day in details],
        _TOTAL,
        lambda: (transfers[0].debtor, transfers[0].creditor),
    )
    return InstitutionTransfers(read.header, read.settlement_date, transfers, read.settlement)


def _read_transfer(cursor: Cursor) -> tuple[InstitutionTransfer, date | None]:
    ids = cursor.child("PmtId")
    instruction = ids.optional_value("InstrId", forms.ID)
    end_to_end = ids.value("EndToEndId", forms.ID)
    transaction = ids.value("TxId", forms.ID)
    uetr = ids.optional_value("UETR", forms.UETR)
    amount, day = cursor.amount("IntrBkSttlmAmt"), cursor.optional_day("IntrBkSttlmDt")
    debtor, creditor = read_agent(cursor.child("Dbtr")), read_agent(cursor.child("Cdtr"))
    remark = cursor.optional("RmtInf")
    transfer = InstitutionTransfer(
        transaction_id=transaction,
        end_to_end_id=end_to_end,
        amount=amount,
        debtor=debtor,
        creditor=creditor,
        instruction_id=instruction,
        uetr=uetr,
        remark=None if remark is None else remark.optional_value("Ustrd", forms.REMARK),
    )
    return transfer, day
