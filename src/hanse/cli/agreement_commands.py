"""`hanse agreement draft | sign | list | show | suspend | resume | end`.

What a city signs or states is stored at its node and queued to the other parties; a running node
sends it within a second, one that is down when it comes back.
"""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from hanse.cli.league_files import Held, open_held, own_key, read_file, write_file
from hanse.cli.node_commands import config_option
from hanse.cli.output import language, out, print_json, say, table
from hanse.foundation.clock import iso, wall_clock
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import system_randomness
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange.core import Exchange
from hanse.mechanisms.exchange.desk import Desk, Question
from hanse.mechanisms.exchange.housekeeping import HOUSEKEEPING
from hanse.mechanisms.exchange.operations import Registry
from hanse.mechanisms.league import store
from hanse.mechanisms.league.agreement_records import AgreementRecord, next_statement
from hanse.mechanisms.league.agreements import Agreement, StatementKind, read_agreement
from hanse.mechanisms.league.documents import Signed, add_signature, read_json, read_part, sign
from hanse.node.config import NodeConfig, load

AGREEMENT_NOT_HELD = ProblemKind(
    "agreement_not_held",
    404,
    Text("本节点没有该协议", "This node holds no such agreement"),
    Text("现有协议：{held}", "It holds: {held}"),
)
DRAFT_UNREADABLE = ProblemKind(
    "draft_unreadable",
    400,
    Text("草案无法读取", "The draft can't be read"),
    Text("请修正 TOML:{reason}", "Mend the TOML: {reason}"),
)
file_argument = click.argument("file", type=click.Path(path_type=Path, exists=True))
at_option = click.option("--at", type=click.DateTime(), help="生效时间 / When it takes effect")
reason_options = (
    click.option("--reason-zh", required=True, help="理由（中文）"),
    click.option("--reason-en", required=True, help="Reason (English)"),
)


@click.group()
def agreement() -> None:
    """城市间协议 / Agreements between cities."""


@agreement.command()
@file_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
def draft(file: Path, output: Path) -> None:
    """由 TOML 起草协议 / Draft an agreement from a TOML file."""
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DRAFT_UNREADABLE(reason=error) from None
    drafted: Signed[Agreement] = Signed(read_part(values, Agreement))
    write_file(output, drafted.to_bytes())
    say(
        Text("已起草 {output}，摘要 {digest}", "Drafted {output}, digest {digest}"),
        output=output,
        digest=drafted.digest,
    )


@agreement.command("sign")
@config_option
@file_argument
def sign_(config_path: Path, file: Path) -> None:
    """签署并发给各方 / Sign, store, and send to the other parties."""
    config = load(config_path)
    held = open_held(config)
    signed = read_file(file, read_agreement)
    key = own_key(config).load(config.key_id)
    signature = sign(signed.document, config.city, config.key_id, key)
    signed = add_signature(signed, signature)
    now = wall_clock()
    with committing(held.engine) as transaction:
        taken = store.accept_agreement(transaction, signed.to_bytes(), now)
        _send(
            config,
            transaction,
            "league.agree",
            signed.to_bytes(),
            signed.document.parties,
            now,
        )
    write_file(file, signed.to_bytes())
    say(
        Text("{id}：{status}", "{id}: {status}"),
        id=taken.agreement,
        status=taken.status,
    )


@agreement.command("list")
@config_option
@click.option("--json", "as_json", is_flag=True, help="JSON")
def list_(config_path: Path, as_json: bool) -> None:
    """列出协议与状态 / List the agreements and how they stand."""
    held = open_held(load(config_path))
    found = held.league.describe_agreements(wall_clock())
    if as_json:
        print_json(found)
        return
    speaks = language()
    rows = table(
        Text("协议", "Agreements"),
        [
            Text("编号", "Id"),
            Text("版本", "Version"),
            Text("名称", "Title"),
            Text("状态", "Status"),
            Text("有效期至", "Valid until"),
            Text("未签", "Unsigned"),
        ],
    )
    for one in found:
        rows.add_row(
            one["id"],
            str(one["version"]),
            one["title"][speaks],
            one["status_text"][speaks],
            one["valid_until"],
            ", ".join(one["missing"]) or "-",
        )
    out.print(rows)


@agreement.command()
@config_option
@click.argument("identifier")
def show(config_path: Path, identifier: str) -> None:
    """显示协议全文与签名 / Show an agreement with its signatures."""
    record = _record(open_held(load(config_path)), identifier)
    print_json([read_json(one.to_bytes()) for one in record.versions])


@agreement.command()
@config_option
@click.argument("identifier")
@reason_options[0]
@reason_options[1]
@at_option
def suspend(config_path: Path, identifier: str, **options: Any) -> None:
    """中止协议 / Suspend an agreement."""
    _state(config_path, identifier, StatementKind.SUSPEND, **options)


@agreement.command()
@config_option
@click.argument("identifier")
@reason_options[0]
@reason_options[1]
@at_option
def resume(config_path: Path, identifier: str, **options: Any) -> None:
    """恢复本市中止的协议 / Resume what this city suspended."""
    _state(config_path, identifier, StatementKind.RESUME, **options)


@agreement.command()
@config_option
@click.argument("identifier")
@reason_options[0]
@reason_options[1]
@at_option
def end(config_path: Path, identifier: str, **options: Any) -> None:
    """终止协议 / End an agreement."""
    _state(config_path, identifier, StatementKind.END, **options)


def _state(
    config_path: Path,
    identifier: str,
    kind: StatementKind,
    reason_zh: str,
    reason_en: str,
    at: datetime | None,
) -> None:
    config = load(config_path)
    held = open_held(config)
    record = _record(held, identifier)
    now = wall_clock()
    statement = next_statement(
        record,
        config.city,
        kind,
        Text(reason_zh, reason_en),
        issued_at=now,
        effective_at=at.astimezone() if at else None,
    )
    key = own_key(config).load(config.key_id)
    signed = Signed(statement, (sign(statement, config.city, config.key_id, key),))
    with committing(held.engine) as transaction:
        taken = store.accept_statement(transaction, signed.to_bytes(), now)
        parties = tuple(sorted(record.parties))
        _send(config, transaction, "league.state", signed.to_bytes(), parties, now)
    say(
        Text("{id}：{status}，自 {at} 起", "{id}: {status}, from {at}"),
        id=taken.agreement,
        status=taken.status,
        at=iso(statement.effective_at),
    )


def _record(held: Held, identifier: str) -> AgreementRecord:
    for record in held.league.records:
        if record.id == identifier:
            return record
    known = ", ".join(record.id for record in held.league.records) or "-"
    raise AGREEMENT_NOT_HELD(held=known)


def _send(
    config: NodeConfig,
    transaction: Transaction,
    operation: str,
    document: bytes,
    parties: tuple[str, ...],
    now: datetime,
) -> None:
    desk = Desk(Exchange(config.city, Registry.of((HOUSEKEEPING,)), system_randomness))
    league = store.load(transaction, config.city)
    for city in parties:
        if city != config.city:
            question = Question(
                city=city,
                operation=operation,
                data={"document": document.decode("utf-8")},
                organisation=config.city,
            )
            desk.put_question(transaction, league, question, now)
