"""`hanse ledger accounts | balance | statement | audit | prove`: the books of this node."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

import hanse.services  # noqa: F401 - importing them declares the charts of their books
from hanse.cli.node_commands import config_option
from hanse.cli.output import language, out, print_json, say, table
from hanse.foundation.clock import from_ms, iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import reading
from hanse.mechanisms import ledger as books
from hanse.mechanisms.ledger import AccountState, Line, Side, TransferProof, chart_of
from hanse.mechanisms.ledger.reading import PAGE_MAX
from hanse.node.config import load

AUDIT_FAILED = ProblemKind(
    "ledger_audit_failed",
    422,
    Text("账本核对不符", "The books do not agree"),
    Text("请停止记账，保存上述结果并恢复备份", "Stop booking, keep the above, restore a backup"),
)
ID_UNREADABLE = ProblemKind(
    "ledger_id_unreadable",
    422,
    Text("转账编号无法读取", "The transfer's id can't be read"),
    Text("请输入32位十六进制数", "Give 32 hexadecimal digits"),
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON")
_SIDES: Final = {Side.DEBIT: Text("借", "Debit"), Side.CREDIT: Text("贷", "Credit")}
_VALUE_DATE: Final = Text("起息日", "Value date")


@click.group()
def ledger() -> None:
    """账本 / The ledger."""


@ledger.command()
@config_option
@click.option("--book", help="账簿 / Book")
@click.option("--after", default=0, help="上一页末行序号 / Number of the last page's last line")
@click.option("--count", default=100, show_default=True, type=click.IntRange(1, PAGE_MAX))
@json_option
def accounts(config_path: Path, book: str | None, after: int, count: int, as_json: bool) -> None:
    """列出账户 / List accounts, in the order in which they were opened."""
    with reading(open_engine(load(config_path).database_url)) as transaction:
        found = books.accounts(transaction, book, after, count)
    if as_json:
        print_json([_account(one) for one in found])
        return
    heads = [
        Text("序号", "Number"),
        Text("账户", "Account"),
        Text("账簿", "Book"),
        Text("科目", "Code"),
        Text("余额", "Balance"),
        Text("方向", "Side"),
        Text("状态", "State"),
    ]
    listed = table(Text("账户", "Accounts"), heads)
    for one in found:
        code = chart_of(one.account.book).account_codes[one.account.code]
        state = Text("已关闭", "closed") if one.closed else Text("正常", "open")
        listed.add_row(
            str(one.number),
            one.account.id,
            one.account.book,
            f"{code.code} {code.title.in_language(language())}",
            _money(one.on_its_side, one.account.currency),
            _SIDES[code.side].in_language(language()),
            state.in_language(language()),
        )
    out.print(listed)


@ledger.command()
@config_option
@click.argument("account")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="截至时间 / As at")
@json_option
def balance(config_path: Path, account: str, at: datetime | None, as_json: bool) -> None:
    """查询余额 / Show a balance, now or at a time such as 2026-11-25T09:00:00+0800."""
    with reading(open_engine(load(config_path).database_url)) as transaction:
        held = books.state(transaction, account)
        counters = held.balance if at is None else books.balance_at(transaction, account, at)
    if as_json:
        print_json({"account": account, **counters._asdict()})
        return
    currency = held.account.currency
    for text, amount in (
        (Text("借方已记 {amount}", "Debits posted {amount}"), counters.debits_posted),
        (Text("贷方已记 {amount}", "Credits posted {amount}"), counters.credits_posted),
        (Text("借方预记 {amount}", "Debits pending {amount}"), counters.debits_pending),
        (Text("贷方预记 {amount}", "Credits pending {amount}"), counters.credits_pending),
    ):
        say(text, amount=_money(amount, currency))


@ledger.command()
@config_option
@click.argument("account")
@click.option("--after", default=0, help="上一页末行序号 / Sequence of the last page's last line")
@click.option("--count", default=100, show_default=True, type=click.IntRange(1, PAGE_MAX))
@json_option
def statement(config_path: Path, account: str, after: int, count: int, as_json: bool) -> None:
    """对账单 / An account's statement, page by page."""
    with reading(open_engine(load(config_path).database_url)) as transaction:
        held = books.state(transaction, account)
        lines = books.statement(transaction, account, after, count)
    if as_json:
        print_json([_line(one) for one in lines])
        return
    chart, currency = chart_of(held.account.book), held.account.currency
    heads = [
        Text("序号", "Sequence"),
        Text("记账时间", "Booked"),
        _VALUE_DATE,
        Text("业务", "Transfer"),
        Text("借方", "Debit"),
        Text("贷方", "Credit"),
        Text("净借记余额", "Net debit after"),
    ]
    listed = table(Text("对账单", "Statement"), heads)
    listed.columns[heads.index(_VALUE_DATE)].no_wrap = True
    for one in lines:
        amount = _money(one.transfer.amount, currency)
        listed.add_row(
            str(one.transfer.sequence),
            iso(from_ms(one.transfer.booked_at_ms)),
            str(books.day_of(one.transfer.effective_day)),
            f"{chart.transfer_codes[one.transfer.code].title.in_language(language())} "
            f"{_kind(one).in_language(language())}",
            amount if one.is_debit else "",
            "" if one.is_debit else amount,
            _money(one.balance.net_debit, currency),
        )
    out.print(listed)


@ledger.command()
@config_option
@json_option
def audit(config_path: Path, as_json: bool) -> None:
    """重放全部转账并核对 / Replay the whole log, and name each difference."""
    with reading(open_engine(load(config_path).database_url)) as transaction:
        found = books.audit(transaction)
    if as_json:
        print_json([{name: getattr(one, name) for name in one.__slots__} for one in found])
    else:
        for one in found:
            click.echo(f"✗ {one.what} {one.place}: {one.expected} ≠ {one.found}")
    if found:
        sys.stdout.flush()
        raise AUDIT_FAILED()
    if not as_json:
        say(Text("✓ 账本相符", "✓ The books agree"))


@ledger.command()
@config_option
@click.argument("transfer")
@json_option
def prove(config_path: Path, transfer: str, as_json: bool) -> None:
    """证明一笔转账在日志中 / Prove that a transfer is in the journal's batch."""
    try:
        transfer_id = bytes.fromhex(transfer)
    except ValueError:
        raise ID_UNREADABLE() from None
    with reading(open_engine(load(config_path).database_url)) as transaction:
        proof = books.prove(transaction, transfer_id)
    if as_json:
        print_json(_proof(proof))
        return
    click.echo(proof.line)
    say(
        Text(
            "第 {index} 笔，共 {size} 笔；根 {root}，见日志条目 ledger.batch {first}-{last}",
            "Number {index} of {size}; root {root}, in the journal's entry ledger.batch "
            "{first}-{last}",
        ),
        index=proof.index + 1,
        size=proof.size,
        root=proof.root.hex(),
        first=proof.first_sequence,
        last=proof.last_sequence,
    )


def _account(one: AccountState) -> dict[str, Any]:
    held = one.account
    return {
        "number": one.number,
        "id": held.id,
        "book": held.book,
        "code": held.code,
        "currency": held.currency,
        "net_debit_cap": held.net_debit_cap,
        "net_credit_cap": held.net_credit_cap,
        "closed": one.closed,
        **one.balance._asdict(),
    }


def _line(one: Line) -> dict[str, Any]:
    named = one.transfer._asdict()
    named["id"] = None if one.transfer.id is None else one.transfer.id.hex()
    return {**named, "is_debit": one.is_debit, "after": one.balance._asdict()}


def _proof(one: TransferProof) -> dict[str, Any]:
    return {
        "line": one.line,
        "salt": one.salt.hex(),
        "index": one.index,
        "size": one.size,
        "path": [step.hex() for step in one.path],
        "root": one.root.hex(),
        "first_sequence": one.first_sequence,
        "last_sequence": one.last_sequence,
        "holds": one.holds(),
    }


def _kind(line: Line) -> Text:
    for flag, text in (
        (books.Flags.PENDING, Text("(预记)", "(pending)")),
        (books.Flags.POST, Text("(预记入账)", "(posts a pending one)")),
        (books.Flags.VOID, Text("(撤销预记)", "(voids a pending one)")),
        (books.Flags.EXPIRED, Text("(预记超时)", "(a pending one timed out)")),
    ):
        if line.transfer.flags & flag:
            return text
    return Text("(入账)", "(posted)")


def _money(minor: int, currency: str) -> str:
    return f"{Money(minor, currency)} {currency}"
