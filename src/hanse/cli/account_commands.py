"""`hanse account add | allow | close | list`: who may sign in at the node's pages."""

from pathlib import Path

import click
from sqlalchemy import Engine

from hanse.cli.node_commands import config_option
from hanse.cli.output import out, say, table
from hanse.foundation.clock import from_ms, iso, wall_clock
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.node.config import load
from hanse.node.migrations import require_current
from hanse.node.people import accounts, passwords, sessions
from hanse.node.people.accounts import NewAccount
from hanse.node.people.who import Kind

login_argument = click.argument("login")


def _store(config_path: Path) -> Engine:
    engine = open_engine(load(config_path).database_url)
    require_current(engine)
    return engine


@click.group()
def account() -> None:
    """人员账号 / Accounts of people."""


@account.command()
@config_option
@login_argument
@click.option("--name", required=True, help="姓名 / Name")
@click.option(
    "--kind", type=click.Choice(["officer", "joint", "operator", "resident"]), required=True
)
@click.option("--organisation", required=True, help="机构编号 / The organisation's id")
@click.option("--allow", "allows", multiple=True, help="操作名、'服务.*' 或 '*' / What it may do")
@click.option("--person", help="居民的公民身份号码 / A resident's identity number")
@click.password_option(help="初始密码，不填则询问 / The first password; asked for if not given")
def add(
    config_path: Path,
    login: str,
    name: str,
    kind: str,
    organisation: str,
    allows: tuple[str, ...],
    person: str | None,
    password: str,
) -> None:
    """设立账号 / Make an account."""
    passwords.check_new(password, login)
    new = NewAccount(
        login=login,
        kind=Kind(kind),
        name=name,
        organisation=organisation,
        allows=allows,
        person=person,
        password=passwords.hashed(password),
    )
    with committing(_store(config_path)) as transaction:
        accounts.add(transaction, new, wall_clock())
    say(Text("已设立账号 {login}", "Made the account {login}"), login=login)


@account.command()
@config_option
@login_argument
@click.option("--allow", "allows", multiple=True, help="操作名、'服务.*' 或 '*' / What it may do")
def allow(config_path: Path, login: str, allows: tuple[str, ...]) -> None:
    """重设权限 / Set what an account may do; what is not named it may not."""
    with committing(_store(config_path)) as transaction:
        found = accounts.find(transaction, login)
        accounts.set_allows(transaction, found.id, allows, wall_clock())
    say(Text("已重设 {login} 的权限", "Set what {login} may do"), login=login)


@account.command()
@config_option
@login_argument
def close(config_path: Path, login: str) -> None:
    """关闭账号并结束其会话 / Close an account and end its sessions."""
    with committing(_store(config_path)) as transaction:
        found = accounts.find(transaction, login)
        accounts.close(transaction, found.id, wall_clock())
        sessions.end_all(transaction, found.id)
    say(Text("已关闭账号 {login}", "Closed the account {login}"), login=login)


@account.command("list")
@config_option
@click.option("--after", default="", help="翻页位置 / Continue after this login")
def list_(config_path: Path, after: str) -> None:
    """列出账号 / List the accounts."""
    with reading(_store(config_path)) as transaction:
        rows = accounts.page(transaction, after)
    columns = [Text("登录名", "Login"), Text("身份", "Kind"), Text("机构", "Organisation")]
    listed = table(Text("账号", "Accounts"), [*columns, Text("设立", "Made")])
    for row in rows:
        closed = " ✗" if row.closed else ""
        made = iso(from_ms(row.created_at_ms))
        listed.add_row(row.login + closed, row.kind, row.organisation, made)
    out.print(listed)
