"""The parts that several messages share: banks, parties, accounts, headers, references, reasons."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.elements import Branch, Cursor
from hanse.foundation.iso20022.problems import ISO_ELEMENT_MISSING, ISO_SETTLEMENT_DAY_DIFFERS
from hanse.foundation.money import Money

BIC: Final = "BIC"
CLEARING_AUTHORITIES: Final = frozenset({"CNAPS"})
"""Clearing systems whose members' numbers stand in `ClrSysMmbId`; CNAPS is China's."""
NOTES_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Agent:
    """A bank: (authority, id), as identity always is.

    `BIC` stands as `BICFI`, a clearing system's member as `ClrSysMmbId`, and every other
    authority, such as a city's code, as the issuer of `Othr`.
    """

    authority: str
    id: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account's number: `Othr/Id`, or an IBAN."""

    number: str
    is_iban: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """How the banks settle: the method's code, and the clearing system's name."""

    method: str = "CLRG"
    system: str | None = None


CLEARED: Final = Settlement()
"""Through a clearing system that needs no name."""


@dataclass(frozen=True, slots=True)
class Header:
    """Who sends whom a message, and when. The id is unique for its sender."""

    message_id: str
    created_at: datetime
    instructing: Agent
    instructed: Agent


@dataclass(frozen=True, slots=True)
class Original:
    """The payment that a later message is about."""

    message_id: str
    message_name: str
    end_to_end_id: str
    transaction_id: str
    amount: Money
    settlement_date: date


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code of ISO's external lists (up to 4 capitals), or a word of our own; and a note."""

    code: str
    note: str | None = None


def write_agent(parent: Branch, name: str, agent: Agent) -> None:
    """`BranchAndFinancialInstitutionIdentification`."""
    institution = parent.branch(name).branch("FinInstnId")
    if agent.authority == BIC:
        institution.value("BICFI", agent.id, forms.BIC)
    elif agent.authority in CLEARING_AUTHORITIES:
        member = institution.branch("ClrSysMmbId")
        member.branch("ClrSysId").value("Cd", agent.authority, forms.CLEARING_SYSTEM)
        member.value("MmbId", agent.id, forms.ID)
    else:
        other = institution.branch("Othr")
        other.value("Id", agent.id, forms.ID)
        other.value("Issr", agent.authority, forms.ID)


def read_agent(cursor: Cursor) -> Agent:
    """The bank, by its BIC, its clearing member's number, or another issuer's number."""
    institution = cursor.child("FinInstnId")
    bic = institution.optional_value("BICFI", forms.BIC)
    if bic is not None:
        return Agent(BIC, bic)
    member = institution.optional("ClrSysMmbId")
    if member is not None:
        system = member.child("ClrSysId").value("Cd", forms.CLEARING_SYSTEM)
        return Agent(system, member.value("MmbId", forms.ID))
    other = institution.child("Othr")
    return Agent(id=other.value("Id", forms.ID), authority=other.value("Issr", forms.ID))


def write_account(parent: Branch, name: str, account: Account) -> None:
    """`CashAccount`."""
    write_account_id(parent.branch(name), account)


def write_account_id(parent: Branch, account: Account) -> None:
    """The identification within an account that carries more."""
    identification = parent.branch("Id")
    if account.is_iban:
        identification.value("IBAN", account.number, forms.IBAN)
    else:
        identification.branch("Othr").value("Id", account.number, forms.ACCOUNT)


def read_account(cursor: Cursor) -> Account:
    """The account's number."""
    identification = cursor.child("Id")
    iban = identification.optional_value("IBAN", forms.IBAN)
    if iban is not None:
        return Account(iban, is_iban=True)
    return Account(identification.child("Othr").value("Id", forms.ACCOUNT))


def write_settlement(parent: Branch, settlement: Settlement) -> None:
    """`SettlementInstruction`."""
    branch = parent.branch("SttlmInf")
    branch.value("SttlmMtd", settlement.method, forms.SETTLEMENT_METHOD)
    if settlement.system is not None:
        branch.branch("ClrSys").value("Prtry", settlement.system, forms.ID)


def read_settlement(parent: Cursor) -> Settlement:
    """How it settles; a clearing system is named by its code or by words of its own."""
    cursor = parent.child("SttlmInf")
    method = cursor.value("SttlmMtd", forms.SETTLEMENT_METHOD)
    system = cursor.optional("ClrSys")
    if system is None:
        return Settlement(method)
    code = system.optional_value("Cd", forms.CLEARING_SYSTEM)
    return Settlement(method, code or system.value("Prtry", forms.ID))


def write_agents(parent: Branch, header: Header) -> None:
    """The instructing and the instructed bank, last in a group header."""
    write_agent(parent, "InstgAgt", header.instructing)
    write_agent(parent, "InstdAgt", header.instructed)


def write_reason(parent: Branch, name: str, reason: Reason) -> None:
    """A reason with its note: `Cd` where it has a code's form, else `Prtry`."""
    branch = parent.branch(name)
    choice = branch.branch("Rsn")
    if forms.CODE.pattern.fullmatch(reason.code):
        choice.value("Cd", reason.code, forms.CODE)
    else:
        choice.value("Prtry", reason.code, forms.ID)
    branch.optional("AddtlInf", reason.note, forms.NOTE)


def read_reason(cursor: Cursor) -> Reason:
    """A reason with its first note."""
    choice = cursor.child("Rsn")
    code = choice.optional_value("Cd", forms.CODE) or choice.value("Prtry", forms.ID)
    notes = cursor.repeated("AddtlInf", NOTES_MAX)
    return Reason(code, notes[0].text(forms.NOTE) if notes else None)


def write_original(parent: Branch, original: Original) -> None:
    """The original group and payment, up to its amount and settlement day."""
    write_original_ids(parent, original)
    parent.amount("OrgnlIntrBkSttlmAmt", original.amount)
    parent.day("OrgnlIntrBkSttlmDt", original.settlement_date)


def write_original_ids(parent: Branch, original: Original) -> None:
    """The original message and the original payment's identifications."""
    group = parent.branch("OrgnlGrpInf")
    group.value("OrgnlMsgId", original.message_id, forms.ID)
    group.value("OrgnlMsgNmId", original.message_name, forms.ID)
    parent.value("OrgnlEndToEndId", original.end_to_end_id, forms.ID)
    parent.value("OrgnlTxId", original.transaction_id, forms.ID)


def read_original_ids(cursor: Cursor) -> tuple[str, str, str, str]:
    """Message id and name, end-to-end id, transaction id."""
    group = cursor.child("OrgnlGrpInf")
    message = group.value("OrgnlMsgId", forms.ID), group.value("OrgnlMsgNmId", forms.ID)
    return (
        *message,
        cursor.value("OrgnlEndToEndId", forms.ID),
        cursor.value("OrgnlTxId", forms.ID),
    )


def read_original(cursor: Cursor) -> Original:
    """The original group and payment, up to its amount and settlement day."""
    ids = read_original_ids(cursor)
    return Original(*ids, cursor.amount("OrgnlIntrBkSttlmAmt"), cursor.day("OrgnlIntrBkSttlmDt"))


def settlement_date(stated: date | None, details: "list[date | None]", path: str) -> date:
    """The one day on which all of a message settles, from its header or from every detail."""
    days = {day for day in (stated, *details) if day is not None}
    if len(days) > 1:
        raise ISO_SETTLEMENT_DAY_DIFFERS()
    if stated is None and (not days or None in details):
        raise ISO_ELEMENT_MISSING(path=f"{path}/IntrBkSttlmDt")
    return days.pop()
