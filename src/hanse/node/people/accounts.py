"""Accounts: made by an operator, by a sign-in that another authority vouches for, or as samples."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.node.people.tables import accounts
from hanse.node.people.who import Kind

ACCOUNT_EXISTS = ProblemKind(
    "account_exists",
    409,
    Text("登录名已被使用", "The login is taken"),
    Text("请另选登录名", "Choose another login"),
)
ACCOUNT_UNKNOWN = ProblemKind(
    "account_unknown",
    404,
    Text("没有该账号", "There is no such account"),
    Text("请核对登录名 {login}", "Check the login {login}"),
)
PAGE_MAX = 100
SAMPLE_UNKNOWN = ProblemKind(
    "sample_unknown",
    404,
    Text("没有该演示身份", "There is no such sample identity"),
    Text("请在登录页选择所列身份", "Choose one that the sign-in page lists"),
)


@dataclass(frozen=True)
class NewAccount:
    """What an account is made from."""

    login: str
    kind: Kind
    name: str
    organisation: str
    allows: Sequence[str] = ()
    person: str | None = None
    password: str | None = None
    """As it is kept: hashed."""
    issuer: str | None = None
    subject: str | None = None
    sample: bool = False


def add(transaction: Transaction, new: NewAccount, now: datetime) -> str:
    """Make an account; gives its id. A login that is taken is refused."""
    taken = select(accounts.c.id).where(accounts.c.login == new.login)
    if transaction.value(taken) is not None:
        raise ACCOUNT_EXISTS()
    account = new_id(transaction.randomness)
    transaction.insert(
        accounts,
        {
            "id": account,
            "login": new.login,
            "kind": str(new.kind),
            "name": new.name,
            "organisation": new.organisation,
            "allows": list(new.allows),
            "person": new.person,
            "password": new.password,
            "totp": None,
            "totp_step": 0,
            "failures": 0,
            "locked_until_ms": 0,
            "issuer": new.issuer,
            "subject": new.subject,
            "sample": new.sample,
            "closed": False,
            "created_at_ms": to_ms(now),
        },
    )
    details = {"account": account, "kind": str(new.kind), "allows": list(new.allows)}
    log.record(transaction, "account.made", details, at=now)
    return account


def set_password(transaction: Transaction, account: str, kept: str, now: datetime) -> None:
    """Set the password, as it is kept; its sessions are the caller's to end."""
    _change(transaction, account, now, "password", password=kept, failures=0, locked_until_ms=0)


def set_totp(transaction: Transaction, account: str, kept: str | None, now: datetime) -> None:
    """Set the key of its one-time codes, as it is kept, or take it away."""
    _change(transaction, account, now, "totp", totp=kept, totp_step=0)


def set_allows(
    transaction: Transaction, account: str, allows: Sequence[str], now: datetime
) -> None:
    """Set what the account may do; it counts from the next request on."""
    _change(transaction, account, now, "allows", allows=list(allows))


def close(transaction: Transaction, account: str, now: datetime) -> None:
    """Close an account for good: nobody signs in with it, and its sessions find nobody."""
    _change(transaction, account, now, "closed", closed=True)


def find(transaction: Transaction, login: str) -> Any:
    """The account of a login, or a refusal."""
    row = transaction.row(select(accounts).where(accounts.c.login == login))
    if row is None:
        raise ACCOUNT_UNKNOWN(login=login)
    return row


def of_subject(transaction: Transaction, issuer: str, subject: str) -> Row[Any] | None:
    """The account for which another authority vouches, or None."""
    return transaction.row(
        select(accounts).where(accounts.c.issuer == issuer, accounts.c.subject == subject)
    )


def login_of(issuer: str, subject: str) -> str:
    """The login of such an account: nobody types it, and no other account has it."""
    return "openid-" + hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:40]


def page(transaction: Transaction, after: str) -> Sequence[Row[Any]]:
    """A page of all accounts, by login."""
    return transaction.rows(
        select(accounts).where(accounts.c.login > after).order_by(accounts.c.login).limit(PAGE_MAX)
    )


def _change(
    transaction: Transaction, account: str, now: datetime, what: str, **values: Any
) -> None:
    transaction.execute(update(accounts).where(accounts.c.id == account).values(**values))
    log.record(transaction, "account.changed", {"account": account, "what": what}, at=now)


def samples(transaction: Transaction) -> Sequence[Row[tuple[str, str, str, str]]]:
    """The sample identities that this node has: login, kind, name and organisation."""
    return transaction.rows(
        select(accounts.c.login, accounts.c.kind, accounts.c.name, accounts.c.organisation)
        .where(accounts.c.sample, ~accounts.c.closed)
        .order_by(accounts.c.kind, accounts.c.login)
        .limit(100)
    )


def sample(transaction: Transaction, login: str) -> str:
    """The id of a sample identity, or a refusal; no other account is found."""
    found: str | None = transaction.value(
        select(accounts.c.id).where(
            accounts.c.login == login, accounts.c.sample, ~accounts.c.closed
        )
    )
    if found is None:
        raise SAMPLE_UNKNOWN()
    return found
