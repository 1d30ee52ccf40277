"""An account's report (camt.052), statement (camt.053) and notice (camt.054): one model of all.

A statement may have pages. Every page balances by itself, and the next begins where it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hanse.foundation.iso20022.checks import check_details, check_unique
from hanse.foundation.iso20022.parts import Account, Agent
from hanse.foundation.iso20022.problems import (
    ISO_BALANCE_DIFFERS,
    ISO_BALANCE_MISSING,
    ISO_CURRENCY_MIXED,
    ISO_PAGE_WRONG,
    ISO_TOO_MANY,
)
from hanse.foundation.money import Money, total

ENTRIES_MAX: Final = 5_000
"""Entries on one page."""
PAGES_MAX: Final = 99_999
"""Max5NumericText."""
OPENING: Final = "OPBD"
CLOSING: Final = "CLBD"
BOOKED: Final = "BOOK"
PENDING: Final = "PDNG"
LEAGUE: Final = "HANSE"
"""Who issues bank transaction codes of our own."""


class Kind(StrEnum):
    """Which of the three messages it is."""

    REPORT = "camt.052"
    STATEMENT = "camt.053"
    NOTICE = "camt.054"


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance of a type (`OPBD`, `CLBD`, ...) on a day, above or below zero.

    An interim one opens or closes a page that is not the statement's first or last.
    """

    type: str
    amount: Money
    at: date
    is_interim: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its amount is above zero for a credit to the account, below for a debit."""

    reference: str
    amount: Money
    booked_on: date
    kind: str
    """Bank transaction code: `PMNT-RCDT-DMCT` of ISO's lists, or an issuer's own."""
    status: str = BOOKED
    value_date: date | None = None
    is_reversal: bool = False
    message_id: str | None = None
    end_to_end_id: str | None = None
    transaction_id: str | None = None
    note: str | None = None
    kind_issuer: str = LEAGUE


@dataclass(frozen=True, slots=True)
class Statement:
    """One page of an account's statement, or a whole report or notice."""

    kind: Kind
    message_id: str
    created_at: datetime
    statement_id: str
    account: Account
    currency: str
    servicer: Agent
    balances: tuple[Balance, ...] = ()
    entries: tuple[Entry, ...] = ()
    page: int = 1
    is_last_page: bool = True
    sequence: int | None = None
    from_to: tuple[datetime, datetime] | None = None

    def check(self) -> None:
        """The page's number, one currency, no reference twice, and a statement that balances."""
        if not 1 <= self.page <= PAGES_MAX:
            raise ISO_PAGE_WRONG(page=self.page)
        if len(self.entries) > ENTRIES_MAX:
            raise ISO_TOO_MANY(path="Ntry", count_max=ENTRIES_MAX)
        amounts = [one.amount for one in self.balances] + [one.amount for one in self.entries]
        if any(amount.currency != self.currency for amount in amounts):
            raise ISO_CURRENCY_MIXED()
        check_unique((one.reference for one in self.entries), "Ntry/NtryRef")
        if self.kind is Kind.NOTICE:
            check_details(self.entries, "Ntfctn/Ntry", ENTRIES_MAX)
            if self.balances:
                raise ISO_BALANCE_MISSING(balance="-")
        if self.kind is Kind.STATEMENT:
            self._check_balances()

    def _check_balances(self) -> None:
        opening, closing = self.balance(OPENING), self.balance(CLOSING)
        if opening.is_interim is (self.page == 1) or closing.is_interim is self.is_last_page:
            raise ISO_PAGE_WRONG(page=self.page)
        booked = (one.amount for one in self.entries if one.status == BOOKED)
        if opening.amount + total(booked, self.currency) != closing.amount:
            raise ISO_BALANCE_DIFFERS(page=self.page)

    def balance(self, type_: str) -> Balance:
        """The one balance of that type, or the refusal."""
        found = [one for one in self.balances if one.type == type_]
        if len(found) != 1:
            raise ISO_BALANCE_MISSING(balance=type_)
        return found[0]


def check_pages(pages: Sequence[Statement]) -> None:
    """All pages of one statement: numbered from 1 without gaps, the last one marked, and chained.

    Raises the refusal that names the first page that is wrong.
    """
    check_details(pages, "Stmt", PAGES_MAX)
    first = pages[0]
    for number, page in enumerate(pages, start=1):
        page.check()
        same = (page.kind, page.statement_id, page.account, page.servicer, page.sequence) == (
            first.kind,
            first.statement_id,
            first.account,
            first.servicer,
            first.sequence,
        )
        if page.page != number or page.is_last_page is not (number == len(pages)) or not same:
            raise ISO_PAGE_WRONG(page=number)
        if first.kind is not Kind.STATEMENT or number == 1:
            continue
        if pages[number - 2].balance(CLOSING).amount != page.balance(OPENING).amount:
            raise ISO_BALANCE_DIFFERS(page=number)
    check_unique((e.reference for page in pages for e in page.entries), "Ntry/NtryRef")


def pages_of(whole: Statement, entries_per_page: int) -> tuple[Statement, ...]:
    """A statement of one page, cut into pages of so many entries; each gets its message id."""
    whole.check()
    opening, closing = whole.balance(OPENING), whole.balance(CLOSING)
    count = max(1, -(-len(whole.entries) // entries_per_page))
    pages = []
    carried = opening.amount
    for number in range(1, count + 1):
        entries = whole.entries[(number - 1) * entries_per_page : number * entries_per_page]
        booked = (one.amount for one in entries if one.status == BOOKED)
        after = carried + total(booked, whole.currency)
        balances = (
            Balance(OPENING, carried, opening.at, is_interim=number > 1),
            Balance(CLOSING, after, closing.at, is_interim=number < count),
        )
        pages.append(
            Statement(
                kind=whole.kind,
                message_id=f"{whole.message_id}-{number}" if count > 1 else whole.message_id,
                created_at=whole.created_at,
                statement_id=whole.statement_id,
                account=whole.account,
                currency=whole.currency,
                servicer=whole.servicer,
                balances=balances,
                entries=entries,
                page=number,
                is_last_page=number == count,
                sequence=whole.sequence,
                from_to=whole.from_to,
            )
        )
        carried = after
    return tuple(pages)
