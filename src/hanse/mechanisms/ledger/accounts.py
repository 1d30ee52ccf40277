"""Accounts: opened by a service with a declared code, limited, closed, and never deleted."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.money import CURRENCY_UNKNOWN, MINOR_DIGITS
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.mechanisms.ledger import bulk, head
from hanse.mechanisms.ledger.chart import Side, chart_of
from hanse.mechanisms.ledger.tables import ledger_accounts

ACCOUNT_ID: Final = re.compile(r"[A-Za-z0-9._:/@+#-]{1,64}")
ACCOUNTS_PER_CALL_MAX: Final = 8_192
COUNTER_MAX: Final = 2**63 - 1
CAP_MAX: Final = 2**62

ACCOUNT_ID_MALFORMED = ProblemKind(
    "ledger_account_id_malformed",
    422,
    Text("账户编号格式错误", "The account's id is malformed"),
    Text("请用1至64位字母、数字或 ._:/@+#-", "Use 1 to 64 letters, digits or ._:/@+#-"),
)
ACCOUNT_CODE_UNKNOWN = ProblemKind(
    "ledger_account_code_unknown",
    422,
    Text("科目表中没有该科目", "The account code is not in the book's chart"),
    Text("请使用账簿 {book} 的科目", "Use a code of the chart of {book}"),
)
ACCOUNT_CAP_WRONG = ProblemKind(
    "ledger_account_cap_wrong",
    422,
    Text("账户限额不成立", "The account's caps do not hold together"),
    Text("限额不为负，且不得同时为零", "A cap is not negative, and not both are zero"),
)
ACCOUNT_EXISTS_DIFFERENT = ProblemKind(
    "ledger_account_exists_different",
    409,
    Text("该编号的账户已存在且不同", "An account of this id exists and is different"),
    Text("不同之处：{field}；请用新编号", "It differs in {field}; use a new id"),
)
ACCOUNT_UNKNOWN = ProblemKind(
    "ledger_account_unknown",
    404,
    Text("没有该账户", "There is no such account"),
    Text("请核对账户编号 {account}", "Check the account's id {account}"),
)
ACCOUNT_NOT_EMPTY = ProblemKind(
    "ledger_account_not_empty",
    409,
    Text("账户尚有余额或预记金额", "The account has a balance or pending amounts"),
    Text("请先结清账户 {account}", "Settle account {account} first"),
)
ACCOUNTS_TOO_MANY = ProblemKind(
    "ledger_accounts_too_many",
    422,
    Text("一次开户过多", "Too many accounts in one call"),
    Text("每次不超过 {most} 户", "Open at most {most} at a time"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is opened.

    A `net_debit_cap` limits debits, posted and pending, to the posted credits and so much more:
    0 means that debits must not exceed credits, None that there is no limit. `net_credit_cap` is
    its mirror image. Both are in minor units.
    """

    id: str
    book: str
    code: int
    currency: str = "CNY"
    net_debit_cap: int | None = None
    net_credit_cap: int | None = None


class Balance(NamedTuple):
    """An account's four counters, in minor units. They only grow, but for what is released."""

    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int

    @property
    def net_debit(self) -> int:
        """Posted debits less posted credits: below zero is a credit balance."""
        return self.debits_posted - self.credits_posted


ZERO: Final = Balance(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account as it stands."""

    account: Account
    number: int
    closed: bool
    opened_at_ms: int
    balance: Balance

    @property
    def on_its_side(self) -> int:
        """The posted balance on the side where an account of its code has it."""
        net = self.balance.net_debit
        side = chart_of(self.account.book).account_codes[self.account.code].side
        return net if side is Side.DEBIT else -net

    @property
    def debit_available(self) -> int | None:
        """How much may still be debited; None without a limit. Pending outflow is spent."""
        if self.account.net_debit_cap is None:
            return None
        balance = self.balance
        spent = balance.debits_pending + balance.debits_posted
        return max(0, balance.credits_posted + self.account.net_debit_cap - spent)

    @property
    def credit_available(self) -> int | None:
        """How much may still be credited; None without a limit."""
        if self.account.net_credit_cap is None:
            return None
        balance = self.balance
        spent = balance.credits_pending + balance.credits_posted
        return max(0, balance.debits_posted + self.account.net_credit_cap - spent)


def open_accounts(transaction: Transaction, accounts: Sequence[Account], now: datetime) -> int:
    """Open accounts; gives how many are new. The same again changes nothing.

    Raises for a malformed id, a code outside the chart, impossible caps, an id that another
    account has; then none is opened.
    """
    if len(accounts) > ACCOUNTS_PER_CALL_MAX:
        raise ACCOUNTS_TOO_MANY(most=ACCOUNTS_PER_CALL_MAX)
    for account in accounts:
        _check(account)
    head.lock(transaction)
    held = {one.account.id: one.account for one in states(transaction, {a.id for a in accounts})}
    new: dict[str, Account] = {}
    for account in accounts:
        same = held.get(account.id) or new.get(account.id)
        if same is None:
            new[account.id] = account
        elif same != account:
            raise ACCOUNT_EXISTS_DIFFERENT(field=_first_difference(same, account))
    at_ms = to_ms(now)
    rows = [
        {
            "id": one.id,
            "book": one.book,
            "code": one.code,
            "currency": one.currency,
            "net_debit_cap": one.net_debit_cap,
            "net_credit_cap": one.net_credit_cap,
            "closed": False,
            "opened_at_ms": at_ms,
            **ZERO._asdict(),
        }
        for one in new.values()
    ]
    transaction.insert(ledger_accounts, rows)
    if new:
        _note(transaction, "opened", list(new.values()), now)
    return len(new)


def change_caps(
    transaction: Transaction,
    account_id: str,
    now: datetime,
    *,
    net_debit_cap: int | None,
    net_credit_cap: int | None,
) -> None:
    """Give an account other caps. Below what is used already, nothing more may leave it."""
    held = locked_state(transaction, account_id).account
    changed = Account(held.id, held.book, held.code, held.currency, net_debit_cap, net_credit_cap)
    _check(changed)
    values = {"net_debit_cap": net_debit_cap, "net_credit_cap": net_credit_cap}
    _change(transaction, account_id, values)
    _note(transaction, "capped", [changed], now)


def close_account(transaction: Transaction, account_id: str, now: datetime) -> None:
    """Close an account that is settled: nothing pending, no balance. It can be reopened."""
    held = locked_state(transaction, account_id)
    balance = held.balance
    if balance.debits_pending or balance.credits_pending or balance.net_debit:
        raise ACCOUNT_NOT_EMPTY(account=account_id)
    if not held.closed:
        _change(transaction, account_id, {"closed": True})
        _note(transaction, "closed", [held.account], now)


def reopen_account(transaction: Transaction, account_id: str, now: datetime) -> None:
    """Open a closed account again."""
    held = locked_state(transaction, account_id)
    if held.closed:
        _change(transaction, account_id, {"closed": False})
        _note(transaction, "reopened", [held.account], now)


_COLUMNS: Final = (
    "id, book, code, currency, net_debit_cap, net_credit_cap, number, closed, opened_at_ms, "
    "debits_pending, debits_posted, credits_pending, credits_posted"
)


def states(transaction: Transaction, ids: set[str]) -> list[AccountState]:
    """The accounts of these ids, in no order; those that do not exist are left out."""
    rows = bulk.select_in(transaction, _COLUMNS, "ledger_accounts", "id", "text", ids)
    return [_state(row) for row in rows]


def states_of_numbers(transaction: Transaction, numbers: set[int]) -> list[AccountState]:
    """The accounts of these numbers, in no order."""
    rows = bulk.select_in(transaction, _COLUMNS, "ledger_accounts", "number", "bigint", numbers)
    return [_state(row) for row in rows]


def state(transaction: Transaction, account_id: str) -> AccountState:
    """One account as it stands now, or ACCOUNT_UNKNOWN."""
    found = states(transaction, {account_id})
    if not found:
        raise ACCOUNT_UNKNOWN(account=account_id)
    return found[0]


def locked_state(transaction: Transaction, account_id: str) -> AccountState:
    """The account, with the ledger locked until the transaction ends."""
    head.lock(transaction)
    return state(transaction, account_id)


def _state(row: Sequence[Any]) -> AccountState:
    return AccountState(
        Account(*row[:6]),
        number=row[6],
        closed=bool(row[7]),
        opened_at_ms=row[8],
        balance=Balance(*row[9:]),
    )


def _check(account: Account) -> None:
    if not ACCOUNT_ID.fullmatch(account.id):
        raise ACCOUNT_ID_MALFORMED()
    if account.code not in chart_of(account.book).account_codes:
        raise ACCOUNT_CODE_UNKNOWN(book=account.book)
    if account.currency not in MINOR_DIGITS:
        raise CURRENCY_UNKNOWN(known=", ".join(MINOR_DIGITS))
    caps = [one for one in (account.net_debit_cap, account.net_credit_cap) if one is not None]
    if caps == [0, 0] or not all(0 <= cap <= CAP_MAX for cap in caps):
        raise ACCOUNT_CAP_WRONG()


def _first_difference(one: Account, other: Account) -> str:
    return next(name for name in Account.__slots__ if getattr(one, name) != getattr(other, name))


def _change(transaction: Transaction, account_id: str, values: dict[str, Any]) -> None:
    transaction.execute(
        ledger_accounts.update().where(ledger_accounts.c.id == account_id).values(values)
    )


def _note(
    transaction: Transaction, change: str, accounts: Sequence[Account], now: datetime
) -> None:
    listed = [[getattr(one, name) for name in Account.__slots__] for one in accounts]
    digest = hashlib.sha256(orjson.dumps(listed)).hexdigest()
    details = {"change": change, "count": len(accounts), "digest": digest}
    log.record(transaction, "ledger.accounts", details, at=now)
