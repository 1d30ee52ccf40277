"""The accounts of this node: their rights, and closing them."""

from typing import Final

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.node.people import accounts, sessions
from hanse.node.tokens import OPERATOR
from hanse.web.page import GoTo, Result, Shown
from hanse.web.visit import Visit

ALLOWS_MAX: Final = 100
RIGHT_UNKNOWN = ProblemKind(
    "right_unknown",
    422,
    Text("没有该权限", "There is no such right"),
    Text("可填操作名、“服务.*”或“*”", "Name operations, “service.*” or “*”"),
    detail=Text("没有该权限：{right}", "There is no such right: {right}"),
)
OWN_ACCOUNT = ProblemKind(
    "own_account",
    403,
    Text("不能更改自己的账号", "One's own account can't be changed here"),
    Text("请由另一名运维人员更改", "Have another operator do it"),
)


async def people(visit: Visit) -> Result:
    """A page of accounts, by login."""
    return await _page(visit, None)


async def change(visit: Visit) -> Result:
    """Close an account, or set its rights; never one's own."""
    login, now = visit.form.get("login", ""), visit.now
    try:
        if login == visit.who.login:
            raise OWN_ACCOUNT()
        if visit.form.get("do") == "close":
            await visit.node.writer.run(lambda tx: _close(tx, login, visit))
        elif visit.form.get("do") == "allow":
            allows = _allows(visit)
            await visit.node.writer.run(
                lambda tx: accounts.set_allows(tx, accounts.find(tx, login).id, allows, now)
            )
    except Problem as problem:
        return await _page(visit, problem)
    return GoTo("/operator/people")


def _close(transaction: Transaction, login: str, visit: Visit) -> None:
    found = accounts.find(transaction, login)
    accounts.close(transaction, found.id, visit.now)
    sessions.end_all(transaction, found.id)


def _allows(visit: Visit) -> list[str]:
    """The rights of the form, each known: a misspelt one must not wait for its operation."""
    names = visit.node.registry.operations.keys()
    fields = {f"{name.partition('.')[0]}.*" for name in names}
    found = visit.form.get("allows", "").split()[:ALLOWS_MAX]
    for right in found:
        if right not in names and right not in fields and right not in ("*", OPERATOR):
            raise RIGHT_UNKNOWN(right=right[:100])
    return found


async def _page(visit: Visit, problem: Problem | None) -> Shown:
    after = visit.query.get("after", "")[:64]
    rows = await visit.read(lambda tx: accounts.page(tx, after))
    values = {
        "rows": rows,
        "next": rows[-1].login if len(rows) == accounts.PAGE_MAX else None,
        "now_ms": to_ms(visit.now),
        "problem": problem,
    }
    return Shown("operator/people.html", values, 200 if problem is None else problem.kind.status)
