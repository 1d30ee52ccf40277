"""camt.052, camt.053 and camt.054 as elements: they differ in a few names only."""

from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.elements import Branch, Cursor
from hanse.foundation.iso20022.parts import (
    read_account,
    read_agent,
    write_account_id,
    write_agent,
)
from hanse.foundation.iso20022.problems import (
    ISO_COUNT_DIFFERS,
    ISO_ELEMENT_MISSING,
    ISO_SUM_DIFFERS,
)
from hanse.foundation.iso20022.statement import (
    ENTRIES_MAX,
    LEAGUE,
    Balance,
    Entry,
    Kind,
    Statement,
)
from hanse.foundation.money import MINOR_DIGITS, Money

_NAMES: Final = {
    Kind.REPORT: ("BkToCstmrAcctRpt", "Rpt", "RptPgntn"),
    Kind.STATEMENT: ("BkToCstmrStmt", "Stmt", "StmtPgntn"),
    Kind.NOTICE: ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "NtfctnPgntn"),
}
ROOTS: Final = {kind: names[0] for kind, names in _NAMES.items()}
BALANCES_MAX: Final = 50
_INTERIM: Final = "INTM"
_ISO_CODE_PARTS: Final = 3


def write(root: Branch, message: Statement) -> None:
    """The message below its document's root."""
    body_name, report_name, pages_name = _NAMES[message.kind]
    body = root.branch(body_name)
    group = body.branch("GrpHdr")
    group.value("MsgId", message.message_id, forms.ID)
    group.instant("CreDtTm", message.created_at)
    report = body.branch(report_name)
    report.value("Id", message.statement_id, forms.ID)
    pages = report.branch(pages_name)
    pages.value("PgNb", str(message.page), forms.PAGE_NUMBER)
    pages.flag("LastPgInd", message.is_last_page)
    if message.sequence is not None:
        report.value("ElctrncSeqNb", str(message.sequence), forms.SEQUENCE)
    if message.from_to is not None:
        period = report.branch("FrToDt")
        period.instant("FrDtTm", message.from_to[0])
        period.instant("ToDtTm", message.from_to[1])
    account = report.branch("Acct")
    write_account_id(account, message.account)
    account.value("Ccy", message.currency, forms.CURRENCY)
    write_agent(account, "Svcr", message.servicer)
    for balance in message.balances:
        _write_balance(report.branch("Bal"), balance)
    _write_summary(report, message)
    for entry in message.entries:
        _write_entry(report.branch("Ntry"), entry)


def _write_amount(branch: Branch, amount: Money) -> None:
    branch.amount("Amt", -amount if amount.minor < 0 else amount)
    branch.value("CdtDbtInd", "DBIT" if amount.minor < 0 else "CRDT", forms.SIDE)


def _write_balance(branch: Branch, balance: Balance) -> None:
    kind = branch.branch("Tp")
    kind.branch("CdOrPrtry").value("Cd", balance.type, forms.CODE)
    if balance.is_interim:
        kind.branch("SubTp").value("Cd", _INTERIM, forms.CODE)
    _write_amount(branch, balance.amount)
    branch.branch("Dt").day("Dt", balance.at)


def _write_summary(report: Branch, message: Statement) -> None:
    entries = report.branch("TxsSummry").branch("TtlNtries")
    entries.value("NbOfNtries", str(len(message.entries)), forms.COUNT)
    turnover = Money(sum(abs(one.amount.minor) for one in message.entries), message.currency)
    entries.value("Sum", str(turnover), forms.DECIMAL)


def _write_entry(branch: Branch, entry: Entry) -> None:
    branch.value("NtryRef", entry.reference, forms.ID)
    _write_amount(branch, entry.amount)
    if entry.is_reversal:
        branch.flag("RvslInd", True)
    branch.branch("Sts").value("Cd", entry.status, forms.CODE)
    branch.branch("BookgDt").day("Dt", entry.booked_on)
    if entry.value_date is not None:
        branch.branch("ValDt").day("Dt", entry.value_date)
    _write_kind(branch.branch("BkTxCd"), entry)
    ids = (entry.message_id, entry.end_to_end_id, entry.transaction_id)
    if any(one is not None for one in ids):
        references = branch.branch("NtryDtls").branch("TxDtls").branch("Refs")
        references.optional("MsgId", entry.message_id, forms.ID)
        references.optional("EndToEndId", entry.end_to_end_id, forms.ID)
        references.optional("TxId", entry.transaction_id, forms.ID)
    branch.optional("AddtlNtryInf", entry.note, forms.LONG_NOTE)


def _write_kind(branch: Branch, entry: Entry) -> None:
    parts = entry.kind.split("-")
    if len(parts) == _ISO_CODE_PARTS and all(forms.CODE.pattern.fullmatch(part) for part in parts):
        domain = branch.branch("Domn")
        domain.value("Cd", parts[0], forms.CODE)
        family = domain.branch("Fmly")
        family.value("Cd", parts[1], forms.CODE)
        family.value("SubFmlyCd", parts[2], forms.CODE)
    else:
        own = branch.branch("Prtry")
        own.value("Cd", entry.kind, forms.ID)
        own.value("Issr", entry.kind_issuer, forms.ID)


def reader(kind: Kind) -> Callable[[Cursor], Statement]:
    """The reader of this kind of message. One message holds one account's page."""
    return lambda root: _read(root, kind)


def _read(root: Cursor, kind: Kind) -> Statement:
    body_name, report_name, pages_name = _NAMES[kind]
    body = root.child(body_name)
    group = body.child("GrpHdr")
    message_id, created_at = group.value("MsgId", forms.ID), group.instant("CreDtTm")
    reports = body.repeated(report_name, 1)
    if not reports:
        raise ISO_ELEMENT_MISSING(path=f"{body.path}/{report_name}")
    report = reports[0]
    statement_id = report.value("Id", forms.ID)
    pages = report.optional(pages_name)
    page, is_last = _read_page(pages)
    sequence = report.optional_value("ElctrncSeqNb", forms.SEQUENCE)
    from_to = _read_period(report)
    account = report.child("Acct")
    number = read_account(account)
    currency = account.value("Ccy", forms.CURRENCY)
    servicer = read_agent(account.child("Svcr"))
    balances = tuple(_read_balance(one) for one in report.repeated("Bal", BALANCES_MAX))
    summary = report.optional("TxsSummry")
    entries = tuple(_read_entry(one) for one in report.repeated("Ntry", ENTRIES_MAX))
    _check_summary(summary, entries)
    return Statement(
        kind=kind,
        message_id=message_id,
        created_at=created_at,
        statement_id=statement_id,
        account=number,
        currency=currency,
        servicer=servicer,
        balances=balances,
        entries=entries,
        page=page,
        is_last_page=is_last,
        sequence=None if sequence is None else int(sequence),
        from_to=from_to,
    )


def _read_page(cursor: Cursor | None) -> tuple[int, bool]:
    if cursor is None:
        return 1, True
    return int(cursor.value("PgNb", forms.PAGE_NUMBER)), cursor.flag("LastPgInd")


def _read_period(report: Cursor) -> tuple[datetime, datetime] | None:
    period = report.optional("FrToDt")
    return None if period is None else (period.instant("FrDtTm"), period.instant("ToDtTm"))


def _read_amount(cursor: Cursor) -> Money:
    amount = cursor.amount("Amt")
    return -amount if cursor.value("CdtDbtInd", forms.SIDE) == "DBIT" else amount


def _read_balance(cursor: Cursor) -> Balance:
    kind = cursor.child("Tp")
    type_ = kind.child("CdOrPrtry").value("Cd", forms.CODE)
    subtype = kind.optional("SubTp")
    is_interim = subtype is not None and subtype.value("Cd", forms.CODE) == _INTERIM
    amount = _read_amount(cursor)
    return Balance(type_, amount, _read_day(cursor.child("Dt")), is_interim)


def _read_day(choice: Cursor) -> date:
    """`Dt`, or the day of `DtTm` in the zone that it names."""
    day = choice.optional_day("Dt")
    return choice.day_of_instant("DtTm") if day is None else day


def _read_entry(cursor: Cursor) -> Entry:
    reference = cursor.value("NtryRef", forms.ID)
    amount = _read_amount(cursor)
    is_reversal = cursor.optional_value("RvslInd", forms.FLAG) in ("true", "1")
    status = cursor.child("Sts").value("Cd", forms.CODE)
    booked_on = _read_day(cursor.child("BookgDt"))
    value = cursor.optional("ValDt")
    value_date = None if value is None else _read_day(value)
    kind, issuer = _read_kind(cursor.child("BkTxCd"))
    details = cursor.optional("NtryDtls")
    transaction = None if details is None else details.optional("TxDtls")
    references = None if transaction is None else transaction.optional("Refs")
    ids: list[str | None] = [None, None, None]
    if references is not None:
        ids = [
            references.optional_value(name, forms.ID) for name in ("MsgId", "EndToEndId", "TxId")
        ]
    return Entry(
        reference=reference,
        amount=amount,
        booked_on=booked_on,
        kind=kind,
        status=status,
        value_date=value_date,
        is_reversal=is_reversal,
        message_id=ids[0],
        end_to_end_id=ids[1],
        transaction_id=ids[2],
        note=cursor.optional_value("AddtlNtryInf", forms.LONG_NOTE),
        kind_issuer=issuer,
    )


def _read_kind(cursor: Cursor) -> tuple[str, str]:
    domain = cursor.optional("Domn")
    if domain is None:
        own = cursor.child("Prtry")
        return own.value("Cd", forms.ID), own.optional_value("Issr", forms.ID) or LEAGUE
    code, family = domain.value("Cd", forms.CODE), domain.child("Fmly")
    parts = (code, family.value("Cd", forms.CODE), family.value("SubFmlyCd", forms.CODE))
    return "-".join(parts), LEAGUE


def _check_summary(summary: Cursor | None, entries: tuple[Entry, ...]) -> None:
    found = None if summary is None else summary.optional("TtlNtries")
    if found is None:
        return
    number = found.optional_value("NbOfNtries", forms.COUNT)
    if number is not None and int(number) != len(entries):
        path = f"{found.path}/NbOfNtries"
        raise ISO_COUNT_DIFFERS(path=path, stated=int(number), counted=len(entries))
    stated = found.optional_decimal("Sum")
    turnover = sum(
        Fraction(abs(one.amount.minor), 10 ** MINOR_DIGITS[one.amount.currency]) for one in entries
    )
    if stated is not None and stated != turnover:
        raise ISO_SUM_DIFFERS(path=f"{found.path}/Sum")
