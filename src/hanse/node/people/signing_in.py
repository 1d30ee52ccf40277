"""Signing in with a login, a password and, where the account has it, a one-time code.

Whether the login, the password or the code is wrong is never told. After so many failures the
account is locked for some minutes; while it is locked nothing is tried.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.node.people import totp
from hanse.node.people.tables import accounts

FAILURES_MAX: Final = 5
LOCKED_MINUTES: Final = 15
LOGIN_CHARS_MAX: Final = 64

SIGN_IN_WRONG = ProblemKind(
    "sign_in_wrong",
    401,
    Text("登录名、密码或验证码不正确", "The login, password or code is not right"),
    Text(
        "请检查后重试；连续 {failures} 次错误将锁定 {minutes} 分钟",
        "Check them and try again; {failures} failures in a row lock the account for {minutes} min",
    ),
)
ACCOUNT_LOCKED = ProblemKind(
    "account_locked",
    429,
    Text("账号暂时锁定", "The account is locked for now"),
    Text("请在 {minutes} 分钟后重试", "Try again in {minutes} minutes"),
)


@dataclass(frozen=True)
class Given:
    """What the person typed."""

    login: str
    password: str
    code: str


Matches = Callable[[str | None, str], bool]


def look(transaction: Transaction, given: Given, now: datetime) -> Any:
    """The account of a login, or None; a locked one is refused before anything is tried."""
    row = transaction.row(select(accounts).where(accounts.c.login == given.login[:LOGIN_CHARS_MAX]))
    if row is None or row.closed or row.password is None:
        return None
    if row.locked_until_ms > to_ms(now):
        minutes = -(-(from_ms(row.locked_until_ms) - now).total_seconds() // 60)
        raise ACCOUNT_LOCKED(minutes=int(minutes))
    return row


def settle(
    transaction: Transaction, row: Any, given: Given, is_right: bool, secret: bytes, now: datetime
) -> str | None:
    """Note what became of the try, the password having been checked outside: the account, or None.

    It is read again here, so that of two tries at once neither is forgotten, and a code serves one.
    """
    held = transaction.row(select(accounts).where(accounts.c.id == row.id))
    if held is None or held.closed or held.locked_until_ms > to_ms(now):
        return None
    step = held.totp_step
    if is_right and held.totp is not None:
        key = totp.opened(held.totp, secret, held.id)
        found = None if key is None else totp.matched_step(key, given.code, now, held.totp_step)
        is_right, step = found is not None, found or step
    if is_right:
        _change(transaction, held.id, failures=0, locked_until_ms=0, totp_step=step)
        return str(held.id)
    failures = held.failures + 1
    if failures < FAILURES_MAX:
        _change(transaction, held.id, failures=failures)
        return None
    until = now + timedelta(minutes=LOCKED_MINUTES)
    _change(transaction, held.id, failures=0, locked_until_ms=to_ms(until))
    log.record(transaction, "account.locked", {"account": held.id}, at=now)
    return None


def wrong() -> Exception:
    """The one refusal of a wrong login, password or code."""
    return SIGN_IN_WRONG(failures=FAILURES_MAX, minutes=LOCKED_MINUTES)


def _change(transaction: Transaction, account: str, **values: Any) -> None:
    transaction.execute(update(accounts).where(accounts.c.id == account).values(**values))
