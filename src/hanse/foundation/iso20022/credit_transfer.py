"""pacs.008: customers' credit transfers between two banks."""

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
    Account,
    Agent,
    Header,
    Settlement,
    read_account,
    read_agent,
    write_account,
    write_agent,
)
from hanse.foundation.money import Money

ROOT: Final = "FIToFICstmrCdtTrf"
_TOTAL: Final = "TtlIntrBkSttlmAmt"


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One payment of a customer. Both ids last from end to end; `transaction_id` is the banks'."""

    transaction_id: str
    end_to_end_id: str
    amount: Money
    debtor_name: str | None
    debtor_account: Account
    debtor_agent: Agent
    creditor_name: str | None
    creditor_account: Account
    creditor_agent: Agent
    charge_bearer: str = "SLEV"
    instruction_id: str | None = None
    uetr: str | None = None
    purpose: str | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class CreditTransfers:
    """A message of payments that settle on one day between two banks."""

    header: Header
    settlement_date: date
    transfers: tuple[CreditTransfer, ...]
    settlement: Settlement = CLEARED

    def check(self) -> None:
        """The rules beyond the schema: amounts above zero, one currency, no id twice."""
        check_details(self.transfers, f"{ROOT}/CdtTrfTxInf")
        path = f"{ROOT}/CdtTrfTxInf"
        check_amounts([one.amount for one in self.transfers], f"{path}/IntrBkSttlmAmt")
        check_unique((one.transaction_id for one in self.transfers), f"{path}/PmtId/TxId")
        uetrs = (one.uetr for one in self.transfers if one.uetr is not None)
        check_unique(uetrs, f"{path}/PmtId/UETR")


def write(root: Branch, message: CreditTransfers) -> None:
    """The message below its document's root."""
    body = root.branch(ROOT)
    amounts = [one.amount for one in message.transfers]
    write_group(body, message.header, amounts, message.settlement, message.settlement_date, _TOTAL)
    for one in message.transfers:
        _write_transfer(body.branch("CdtTrfTxInf"), one)


def _write_transfer(branch: Branch, one: CreditTransfer) -> None:
    ids = branch.branch("PmtId")
    ids.optional("InstrId", one.instruction_id, forms.ID)
    ids.value("EndToEndId", one.end_to_end_id, forms.ID)
    ids.value("TxId", one.transaction_id, forms.ID)
    ids.optional("UETR", one.uetr, forms.UETR)
    branch.amount("IntrBkSttlmAmt", one.amount)
    branch.value("ChrgBr", one.charge_bearer, forms.CHARGE_BEARER)
    branch.branch("Dbtr").optional("Nm", one.debtor_name, forms.NAME)
    write_account(branch, "DbtrAcct", one.debtor_account)
    write_agent(branch, "DbtrAgt", one.debtor_agent)
    write_agent(branch, "CdtrAgt", one.creditor_agent)
    branch.branch("Cdtr").optional("Nm", one.creditor_name, forms.NAME)
    write_account(branch, "CdtrAcct", one.creditor_account)
    if one.purpose is not None:
        branch.branch("Purp").value("Cd", one.purpose, forms.CODE)
    if one.remark is not None:
        branch.branch("RmtInf").value("Ustrd", one.remark, forms.REMARK)


def read(root: Cursor) -> CreditTransfers:
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
        lambda: (transfers[0].debtor_agent, transfers[0].creditor_agent),
    )
    return CreditTransfers(read.header, read.settlement_date, transfers, read.settlement)


def _read_transfer(cursor: Cursor) -> tuple[CreditTransfer, date | None]:
    ids = cursor.child("PmtId")
    instruction = ids.optional_value("InstrId", forms.ID)
    end_to_end = ids.value("EndToEndId", forms.ID)
    transaction = ids.value("TxId", forms.ID)
    uetr = ids.optional_value("UETR", forms.UETR)
    amount, day = cursor.amount("IntrBkSttlmAmt"), cursor.optional_day("IntrBkSttlmDt")
    bearer = cursor.value("ChrgBr", forms.CHARGE_BEARER)
    debtor = cursor.child("Dbtr").optional_value("Nm", forms.NAME)
    debtor_account = read_account(cursor.child("DbtrAcct"))
    debtor_agent = read_agent(cursor.child("DbtrAgt"))
    creditor_agent = read_agent(cursor.child("CdtrAgt"))
    creditor = cursor.child("Cdtr").optional_value("Nm", forms.NAME)
    creditor_account = read_account(cursor.child("CdtrAcct"))
    purpose, remark = cursor.optional("Purp"), cursor.optional("RmtInf")
    transfer = CreditTransfer(
        transaction_id=transaction,
        end_to_end_id=end_to_end,
        amount=amount,
        debtor_name=debtor,
        debtor_account=debtor_account,
        debtor_agent=debtor_agent,
        creditor_name=creditor,
        creditor_account=creditor_account,
        creditor_agent=creditor_agent,
        charge_bearer=bearer,
        instruction_id=instruction,
        uetr=uetr,
        purpose=None if purpose is None else purpose.optional_value("Cd", forms.CODE),
        remark=None if remark is None else remark.optional_value("Ustrd", forms.REMARK),
    )
    return transfer, day
