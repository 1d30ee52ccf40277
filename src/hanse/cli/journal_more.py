"""`hanse journal copy | erase | accesses`: mirrors, retention, and the resident's question."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from hanse.cli.agency_client import Client
from hanse.cli.journal_commands import HttpJournal, journal, own_charter
from hanse.cli.node_commands import config_option
from hanse.cli.output import out, print_json, say, table
from hanse.foundation.clock import iso, wall_clock
from hanse.foundation.errors import Problem
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange.accesses import IdentityCheck
from hanse.mechanisms.journal.access import verify_line
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.erasure import erase_entries, erase_messages
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.tiles import tiles_of
from hanse.mechanisms.league.charter import Charter
from hanse.node.config import load


@journal.command()
@config_option
@click.argument("city")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def copy(config_path: Path, city: str, folder: Path) -> None:
    """保存他市日志的副本 / Keep a copy of a city's journal, for `audit --copy` later."""
    charter = own_charter(load(config_path)).document
    source = HttpJournal(charter.member(city).address)
    note = source.checkpoint()
    size = parse_checkpoint(parse_note(note).text).size
    for tile in tiles_of(size):
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.tile(tile))
    (folder / "checkpoint").write_bytes(note)
    say(Text("已保存 {size} 条", "Kept {size} entries"), size=size)


@journal.command()
@config_option
@click.option(
    "--messages-before", type=click.DateTime(), help="此前的报文内容 / Bodies before this"
)
@click.option("--entries", is_flag=True, help="到期条目的内容 / Details whose term has ended")
@click.option("--reason", required=True, help="依据 / Why")
def erase(config_path: Path, messages_before: datetime | None, entries: bool, reason: str) -> None:
    """删除到期内容，证明仍然有效 / Erase contents whose term has ended; proofs stay."""
    now = wall_clock()
    with committing(open_engine(load(config_path).database_url)) as transaction:
        messages = (
            erase_messages(transaction, messages_before.astimezone(), reason, now)
            if messages_before is not None
            else 0
        )
        details = erase_entries(transaction, now, reason) if entries else 0
    say(
        Text(
            "已删除 {messages} 条报文、{details} 条条目内容",
            "Erased {messages} bodies, {details} details",
        ),
        messages=messages,
        details=details,
    )


@journal.command()
@config_option
@click.option("--token", envvar="HANSE_TOKEN", required=True, help="机构令牌 / Agency's token")
@click.option(
    "--identity",
    type=click.Choice([str(one) for one in IdentityCheck]),
    required=True,
    help="身份核验方式 / How identity was checked",
)
@click.option("--json", "as_json", is_flag=True, help="JSON")
def accesses(config_path: Path, token: str, identity: str, as_json: bool) -> None:
    """谁看过我的信息 / Who looked at a resident's data, in all cities, each line proven.

    The identity number is read from standard input, so that it stands in no process list.
    """
    config = load(config_path)
    person = click.prompt("", prompt_suffix="", hide_input=True, err=True).strip()
    asked = {"person": person, "identity": identity}
    client = Client(config, token)
    answers = [client.post("/api/journal.accesses", asked)]
    found = client.post("/api/league/journal.accesses", asked, to="all", purpose="resident-access")
    silent = [one["city"] for one in found["answers"] if one["state"] != "answered"]
    answers += [one["answer"] for one in found["answers"] if one["state"] == "answered"]
    charter = own_charter(config).document
    lines = [_told(charter, answer, line) for answer in answers for line in answer.get("lines", [])]
    if as_json:
        print_json({"lines": lines, "silent": silent})
        return
    _print(lines)
    if silent:
        say(
            Text("尚未答复的城市：{cities}", "Cities that have not answered: {cities}"),
            cities=", ".join(silent),
        )


def _told(charter: Charter, answer: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    """A line with what it proves; `proven` is false while its checkpoint is not cosigned."""
    details: dict[str, Any] = json.loads(line["details"])
    proven = False
    if line["path"] and answer["checkpoint"]:
        try:
            details = verify_line(charter, answer["city"], answer["checkpoint"], **line)
            proven = True
        except Problem:
            proven = False
    entry = json.loads(line["entry"])
    return {"held_by": answer["city"], "at": entry["at"], "proven": proven, **details}


def _print(lines: list[dict[str, Any]]) -> None:
    rows = table(
        Text("谁看过我的信息", "Who looked at my data"),
        [
            Text("时间", "Time"),
            Text("数据所在市", "Held by"),
            Text("查询方", "Who"),
            Text("操作", "What"),
            Text("用途", "Why"),
            Text("协议", "Agreement"),
            Text("结果", "Outcome"),
            Text("已证明", "Proven"),
        ],
    )
    for one in sorted(lines, key=lambda each: str(each["at"])):
        rows.add_row(
            one["at"],
            one["held_by"],
            f"{one['city']}/{one['organisation']}",
            one["operation"],
            one.get("purpose", "-"),
            one.get("agreement", "-"),
            one["outcome"],
            "✓" if one["proven"] else "…",
        )
    out.print(rows)
    say(Text("共 {count} 条，截至 {now}", "{count} lines, as of {now}"), count=len(lines),
        now=iso(wall_clock()))  # fmt: skip
