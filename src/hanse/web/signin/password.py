"""Signing in with a local account."""

import asyncio
from typing import Final

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.node.people import accounts, sessions, signing_in
from hanse.node.people.passwords import matches
from hanse.node.people.signing_in import Given
from hanse.web.guard import own_path, web_key
from hanse.web.page import GoTo, Result, Shown
from hanse.web.rates import Rate
from hanse.web.visit import Visit

TRIES: Final = Rate("sign-in", 20, 60)
"""From one address, whatever the logins; each account has its lockout besides."""
AT_ONCE_MAX: Final = 4
"""A password's check takes 64 MiB for its while."""
_checking = asyncio.Semaphore(AT_ONCE_MAX)


async def sign_in(visit: Visit) -> Result:
    """The ways to sign in that this node has."""
    return await page(visit, None)


async def try_password(visit: Visit) -> Result:
    """Sign in, or say that something was wrong, and never what."""
    visit.limit(TRIES)
    given = Given(
        visit.form.get("login", ""), visit.form.get("password", ""), visit.form.get("code", "")
    )
    try:
        account = await checked(visit, given)
    except Problem as problem:
        return await page(visit, problem)
    earlier, now = visit.secret, visit.now

    def begin(tx: Transaction) -> str:
        if earlier:
            sessions.end(tx, earlier)
        return sessions.begin(tx, account, "password", now)

    secret = await visit.node.writer.run(begin)
    return GoTo(own_path(visit.form.get("next", "/")), begins=secret)


async def checked(visit: Visit, given: Given) -> str:
    """The account of a login, a password and a code that are right; else the one refusal."""
    now, secret = visit.now, web_key(visit.node.exchange.person_key)
    row = await visit.read(lambda tx: signing_in.look(tx, given, now))
    async with _checking:
        kept = None if row is None else row.password
        is_right = await asyncio.to_thread(matches, kept, given.password)
    if row is None:
        raise signing_in.wrong()
    account = await visit.node.writer.run(
        lambda tx: signing_in.settle(tx, row, given, is_right, secret, now)
    )
    if account is None:
        raise signing_in.wrong()
    return account


async def page(visit: Visit, problem: Problem | None) -> Shown:
    """The sign-in page, with what went wrong."""
    values = {
        "samples": await visit.read(accounts.samples),
        "next": own_path(visit.form.get("next") or visit.query.get("next", "/")),
        "providers": visit.providers,
        "problem": problem,
        "login": visit.form.get("login", "")[: signing_in.LOGIN_CHARS_MAX],
    }
    status = 200 if problem is None else problem.kind.status
    return Shown("signin/sign_in.html", values, status)
