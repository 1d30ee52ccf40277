"""One's own account: the password, the one-time codes, and ending every session."""

import asyncio
import base64
from typing import Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.node.people import accounts, passwords, sessions, totp
from hanse.web.guard import signed, signed_value, web_key
from hanse.web.page import GoTo, Result, Shown
from hanse.web.visit import Visit

SAMPLE_FIXED = ProblemKind(
    "sample_fixed",
    403,
    Text("演示身份不能更改", "A sample identity can't be changed"),
    Text("请使用正式账号", "Use a real account"),
)
PASSWORDS_DIFFER = ProblemKind(
    "passwords_differ",
    422,
    Text("两次输入的密码不一致", "The two passwords differ"),
    Text("请重新输入", "Type them again"),
)
CODE_WRONG = ProblemKind(
    "code_wrong",
    422,
    Text("验证码不正确", "The code is not right"),
    Text("请核对手机时间后输入新的验证码", "Check the phone's clock and type a new code"),
)
PROPOSED: Final = b"hanse proposed totp key"


async def account(visit: Visit) -> Result:
    """What the account is, and how to change it."""
    return _page(visit, None)


async def change(visit: Visit) -> Result:
    """Do what the form asks for."""
    if visit.who.sample and visit.form.get("do") != "end":
        return _page(visit, SAMPLE_FIXED())
    try:
        match visit.form.get("do"):
            case "password":
                return await _set_password(visit)
            case "totp":
                return await _set_totp(visit)
            case "end":
                await visit.node.writer.run(lambda tx: sessions.end_all(tx, visit.who.account))
                return GoTo("/", ends=True)
    except Problem as problem:
        return _page(visit, problem)
    return _page(visit, None)


async def _set_password(visit: Visit) -> Result:
    """Set a new password; every session ends, so whoever stole one is out."""
    new, account_, now = visit.form.get("new", ""), visit.who.account, visit.now
    if new != visit.form.get("again"):
        raise PASSWORDS_DIFFER()
    passwords.check_new(new, visit.who.login)
    kept = await asyncio.to_thread(passwords.hashed, new)

    def settle(tx: Transaction) -> None:
        accounts.set_password(tx, account_, kept, now)
        sessions.end_all(tx, account_)

    await visit.node.writer.run(settle)
    return GoTo("/sign-in", ends=True)


async def _set_totp(visit: Visit) -> Result:
    """Take the proposed key once a code of it was typed: so the app has it for sure."""
    node, account_, now = visit.node, visit.who.account, visit.now
    secret = web_key(node.exchange.person_key)
    key = signed_value(secret, PROPOSED + account_.encode(), visit.form.get("key", ""))
    if key is None or totp.matched_step(key, visit.form.get("code", ""), now, 0) is None:
        raise CODE_WRONG()
    kept = totp.sealed(key, secret, account_, node.randomness)
    await node.writer.run(lambda tx: accounts.set_totp(tx, account_, kept, now))
    return GoTo("/account")


def _page(visit: Visit, problem: Problem | None) -> Shown:
    node, who = visit.node, visit.who
    secret, purpose = web_key(node.exchange.person_key), PROPOSED + who.account.encode()
    given = visit.form.get("key", "")
    key = signed_value(secret, purpose, given) or totp.new_key(node.randomness)
    values = {
        "problem": problem,
        "key": signed(secret, purpose, key),
        "totp_secret": base64.b32encode(key).decode().rstrip("="),
        "totp_uri": totp.uri(key, who.login, f"Hanse {node.config.city}"),
    }
    return Shown("signin/account.html", values, 200 if problem is None else problem.kind.status)
