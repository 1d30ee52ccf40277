"""pacs.029: the netted positions of a clearing cycle, to be settled all together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hanse.foundation.iso20022 import forms
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
    CLEARED,
    Agent,
    Settlement,
    read_settlement,
    write_settlement,
)
from hanse.foundation.iso20022.problems import ISO_COUNT_DIFFERS, ISO_SUM_DIFFERS
from hanse.foundation.money import Money, total

ROOT: Final = "MulSttlmReq"
_CREDIT, _DEBIT = "CRDT", "DBIT"


@dataclass(frozen=True, slots=True)
class Movement:
    """What one participant receives (`is_credit`) or pays."""

    movement_id: str
    participant: Agent
    amount: Money
    is_credit: bool


@dataclass(frozen=True, slots=True)
class SettlementRequest:
    """One cycle's movements. What some receive is what the others pay."""

    message_id: str
    created_at: datetime
    request_id: str
    cycle: str
    movements: tuple[Movement, ...]
    settlement: Settlement = CLEARED

    def check(self) -> None:
        """Two movements at least, each participant once, and a sum of zero."""
        path = f"{ROOT}/SttlmReq/MvmntRcrd"
        check_details(self.movements[1:], path)
        check_details(self.movements, path)
        check_amounts([one.amount for one in self.movements], f"{path}/Amt")
        check_unique((one.movement_id for one in self.movements), f"{path}/Id")
        participants = (f"{m.participant.authority} {m.participant.id}" for m in self.movements)
        check_unique(participants, f"{path}/Ptcpt")
        if self._sum(is_credit=True) != self._sum(is_credit=False):
            raise ISO_SUM_DIFFERS(path=f"{path}/Amt")

    def _sum(self, *, is_credit: bool) -> Money:
        currency = self.movements[0].amount.currency
        return total((m.amount for m in self.movements if m.is_credit is is_credit), currency)


def write(root: Branch, message: SettlementRequest) -> None:
    """The message below its document's root."""
    body = root.branch(ROOT)
    group = body.branch("GrpHdr")
    group.value("MsgId", message.message_id, forms.ID)
    group.instant("CreDtTm", message.created_at)
    group.value("NbOfSttlmReqs", "1", forms.COUNT)
    group.value("CtrlSum", sum_text(one.amount for one in message.movements), forms.DECIMAL)
    write_settlement(group, message.settlement)
    request = body.branch("SttlmReq")
    request.value("InstrId", message.request_id, forms.ID)
    request.value("SttlmCycl", message.cycle, forms.ID)
    request.value("NbOfMvmntRcrds", str(len(message.movements)), forms.COUNT)
    for number, one in enumerate(message.movements, start=1):
        record = request.branch("MvmntRcrd")
        record.value("Id", one.movement_id, forms.ID)
        record.value("SeqNb", str(number), forms.COUNT)
        amount = record.branch("Amt")
        amount.amount("Amt", one.amount)
        amount.value("CdtDbt", _CREDIT if one.is_credit else _DEBIT, forms.SIDE)
        _write_participant(record, one.participant)


def _write_participant(record: Branch, participant: Agent) -> None:
    organisation = record.branch("Ptcpt").branch("Id").branch("OrgId")
    if participant.authority == "BIC":
        organisation.value("AnyBIC", participant.id, forms.BIC)
    else:
        other = organisation.branch("Othr")
        other.value("Id", participant.id, forms.ID)
        other.value("Issr", participant.authority, forms.ID)


def read(root: Cursor) -> SettlementRequest:
    """The message of one request; its counts and its control sum must agree with it."""
    body = root.child(ROOT)
    group = body.child("GrpHdr")
    message_id, created_at = group.value("MsgId", forms.ID), group.instant("CreDtTm")
    check_count(group, "NbOfSttlmReqs", 1)
    stated = group.optional_decimal("CtrlSum")
    settlement = read_settlement(group)
    request = body.child("SttlmReq")
    request_id = request.value("InstrId", forms.ID)
    cycle = request.value("SttlmCycl", forms.ID)
    records = request.optional_decimal("NbOfMvmntRcrds")
    movements = tuple(_read_movement(m) for m in request.repeated("MvmntRcrd", DETAILS_MAX))
    if records is not None and records != len(movements):
        path = f"{request.path}/NbOfMvmntRcrds"
        raise ISO_COUNT_DIFFERS(path=path, stated=records, counted=len(movements))
    check_sum(stated, [one.amount for one in movements], f"{group.path}/CtrlSum")
    return SettlementRequest(message_id, created_at, request_id, cycle, movements, settlement)


def _read_movement(cursor: Cursor) -> Movement:
    movement_id = cursor.value("Id", forms.ID)
    cursor.optional_decimal("SeqNb")
    amount = cursor.child("Amt")
    money = amount.amount("Amt")
    is_credit = amount.value("CdtDbt", forms.SIDE) == _CREDIT
    organisation = cursor.child("Ptcpt").child("Id").child("OrgId")
    bic = organisation.optional_value("AnyBIC", forms.BIC)
    if bic is not None:
        return Movement(movement_id, Agent("BIC", bic), money, is_credit)
    other = organisation.child("Othr")
    agent = Agent(id=other.value("Id", forms.ID), authority=other.value("Issr", forms.ID))
    return Movement(movement_id, agent, money, is_credit)
