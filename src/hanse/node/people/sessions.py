"""Sessions: who is signed in at a browser, kept in the store and ended there.

A session's secret is in the browser's cookie alone; the store has its digest. Rights are read with
each request from the account, so what an operator takes away is gone at the next one.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.identity import base64url
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.node.people.tables import accounts, sessions
from hanse.node.people.who import VISITOR, Kind, Who
from hanse.node.tokens import digest

SECRET_BYTES: Final = 32
SESSION_HOURS_MAX: Final = 10
"""A working day; then the person signs in again."""
IDLE_MINUTES_MAX: Final = 60
SEEN_SECONDS: Final = 60
"""How often it is noted that a session is used: a page need not write each time."""


def begin(transaction: Transaction, account: str, method: str, now: datetime) -> str:
    """Begin a session; gives its secret once."""
    secret = base64url(transaction.randomness(SECRET_BYTES))
    log.record(transaction, "session.begun", {"account": account, "method": method}, at=now)
    transaction.execute(delete(sessions).where(sessions.c.ends_at_ms <= to_ms(now)))
    transaction.insert(
        sessions,
        {
            "digest": digest(secret),
            "account": account,
            "method": method,
            "began_at_ms": to_ms(now),
            "seen_at_ms": to_ms(now),
            "ends_at_ms": to_ms(now + timedelta(hours=SESSION_HOURS_MAX)),
            "proved_at_ms": to_ms(now),
        },
    )
    return secret


def look_up(transaction: Transaction, secret: str, now: datetime) -> tuple[Who, bool]:
    """Who holds the session, and whether its use is to be noted; a visitor where there is none."""
    row = transaction.row(
        select(sessions, accounts)
        .join(accounts, accounts.c.id == sessions.c.account)
        .where(
            sessions.c.digest == digest(secret),
            sessions.c.ends_at_ms > to_ms(now),
            sessions.c.seen_at_ms > to_ms(now - timedelta(minutes=IDLE_MINUTES_MAX)),
            ~accounts.c.closed,
        )
    )
    if row is None:
        return VISITOR, False
    who = Who(
        kind=Kind(row.kind),
        account=row.account,
        login=row.login,
        name=row.name,
        organisation=row.organisation,
        allows=frozenset(row.allows),
        person=row.person,
        method=row.method,
        proved_at=from_ms(row.proved_at_ms),
        sample=row.sample,
        has_totp=row.totp is not None,
    )
    return who, row.seen_at_ms < to_ms(now - timedelta(seconds=SEEN_SECONDS))


def note_seen(transaction: Transaction, secret: str, now: datetime) -> None:
    """Note that a session is in use."""
    here = sessions.c.digest == digest(secret)
    transaction.execute(update(sessions).where(here).values(seen_at_ms=to_ms(now)))


def note_proved(transaction: Transaction, secret: str, now: datetime) -> None:
    """Note that its person has proved it again, for what is sensitive."""
    here = sessions.c.digest == digest(secret)
    transaction.execute(update(sessions).where(here).values(proved_at_ms=to_ms(now)))


def end(transaction: Transaction, secret: str) -> None:
    """End a session; one that has ended stays so."""
    transaction.execute(delete(sessions).where(sessions.c.digest == digest(secret)))


def end_all(transaction: Transaction, account: str) -> int:
    """End every session of an account; gives how many there were."""
    return transaction.execute(delete(sessions).where(sessions.c.account == account)).rowcount
