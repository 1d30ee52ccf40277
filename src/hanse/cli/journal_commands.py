"""`hanse journal head | show | prove | verify | audit`: evidence for whoever needs it."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import click
from sqlalchemy import Engine

from hanse.cli.node_commands import config_option
from hanse.cli.output import out, print_json, say, table
from hanse.foundation.clock import from_ms, iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.journal import checkpointing, log
from hanse.mechanisms.journal.audit import audit as audit_journal
from hanse.mechanisms.journal.audit_findings import Source
from hanse.mechanisms.journal.audit_knowledge import knowledge
from hanse.mechanisms.journal.evidence import verify as verify_evidence
from hanse.mechanisms.journal.proving import prove as prove_message
from hanse.mechanisms.journal.tiles import Tile
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.charter import SignedCharter
from hanse.node.config import NodeConfig, load
from hanse.node.journal_api import JOURNAL_PREFIX

FILE_BYTES_MAX: Final = 16_777_216
FETCH_SECONDS: Final = 30

JOURNAL_FILE_MISSING = ProblemKind(
    "journal_file_missing",
    404,
    Text("日志文件无法读取", "A file of the journal can't be read"),
    Text("请检查 {place}", "Check {place}"),
)
AUDIT_FAILED = ProblemKind(
    "journal_audit_failed",
    422,
    Text("审计发现问题", "The audit found something wrong"),
    Text("请保存上述结果，并告知其他城市", "Keep what is shown above, and tell the other cities"),
)


@click.group()
def journal() -> None:
    """日志与证据 / The journal and its evidence."""


@journal.command()
@config_option
def head(config_path: Path) -> None:
    """显示最新检查点 / Show the newest checkpoint, a C2SP signed note."""
    with reading(_engine(load(config_path))) as transaction:
        note = checkpointing.published(transaction)
        size = log.size(transaction)
    if note is not None:
        click.echo(note.decode(), nl=False)
    say(Text("日志共 {size} 条", "The journal has {size} entries"), size=size)


@journal.command()
@config_option
@click.option("--from", "first", default=-20, show_default=True, help="起始位置 / First position")
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="JSON")
def show(config_path: Path, first: int, count: int, as_json: bool) -> None:
    """列出条目 / List entries; a negative position counts from the end."""
    with reading(_engine(load(config_path))) as transaction:
        start = max(0, log.size(transaction) + first) if first < 0 else first
        rows = log.rows_from(transaction, start, count)
    found = [
        {
            "position": row.position,
            "kind": row.kind,
            "at": iso(from_ms(row.at_ms)),
            "details": None if row.details is None else bytes(row.details).decode(),
        }
        for row in rows
    ]
    if as_json:
        print_json(found)
        return
    columns = [Text("位置", "Position"), Text("种类", "Kind"), Text("时间", "Time")]
    listed = table(Text("日志", "Journal"), [*columns, Text("内容", "Details")])
    for one in found:
        listed.add_row(*(str(one[name] or "-") for name in ("position", "kind", "at", "details")))
    out.print(listed)


@journal.command()
@config_option
@click.argument("message_id")
@click.option("--peer", help="对方城市代码 / City code")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
def prove(config_path: Path, message_id: str, peer: str | None, output: Path) -> None:
    """出具一条报文的证据文件 / Write the evidence file of one message."""
    config = load(config_path)
    with reading(_engine(config)) as transaction:
        charter = own_charter(config)
        data = prove_message(transaction, message_id, config.city, charter, peer)
    output.write_bytes(data)
    say(Text("已写入 {output}", "Wrote {output}"), output=output)


@journal.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--charter",
    "charters",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="章程文件，可重复 / A charter's file; may be repeated",
)
def verify(file: Path, charters: tuple[Path, ...]) -> None:
    """离线核验证据文件 / Check an evidence file offline, with nothing but the charter."""
    found = verify_evidence(_read(file), [_read(path) for path in charters])
    say(
        Text(
            "✓ {sender} 于 {asked} 致 {receiver},{answered} 得到答复;"
            "在 {journal} 日志第 {position} 条，{count} 市联署",
            "✓ From {sender} at {asked} to {receiver}, answered at {answered}; entry {position} "
            "of the journal of {journal}, cosigned by {count} cities",
        ),
        sender=found.sender,
        receiver=found.receiver,
        asked=iso(found.signed_at),
        answered=iso(found.answered_at),
        journal=found.journal,
        position=found.position,
        count=len(found.witnesses),
    )
    for one in (found.message, found.reply):
        if one is not None:
            click.echo(one.to_line().decode())
    for name, seconds in sorted(found.witnesses.items()):
        click.echo(f"{name} {iso(datetime.fromtimestamp(seconds, UTC))}")


@journal.command()
@config_option
@click.argument("city")
@click.argument("place", required=False)
@click.option("--copy", type=click.Path(path_type=Path), help="较早的副本 / An earlier copy")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def audit(
    config_path: Path, city: str, place: str | None, copy: Path | None, as_json: bool
) -> None:
    """审计他市日志 / Audit a city's journal: at PLACE (an address or a folder), or where the
    charter says that its node is."""
    config = load(config_path)
    charter = own_charter(config).document
    where = place or charter.member(city).address
    source: Source = HttpJournal(where) if "://" in where else FolderJournal(Path(where))
    mirror = FolderJournal(copy) if copy is not None else None
    with reading(_engine(config)) as transaction:
        known = knowledge(transaction, charter, config.city, city, mirror)
    report = audit_journal(source, charter, city, known)
    if as_json:
        print_json({"city": city, "size": report.size, "found": [vars(x) for x in report.found]})
    else:
        text = Text(
            "{city}：读取 {read}/{size} 条，{witnesses} 市联署",
            "{city}: {read} of {size} entries read, cosigned by {witnesses}",
        )
        say(
            text,
            city=city,
            read=report.entries_read,
            size=report.size,
            witnesses=report.witnesses,
        )
        for one in report.found:
            click.echo(f"✗ {one.what} {one.first}-{one.last} {one.detail}")
            for note in one.notes:
                click.echo(note)
    if not report.clean:
        sys.stdout.flush()
        raise AUDIT_FAILED()


class FolderJournal:
    """A journal as C2SP lays it out in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def checkpoint(self) -> bytes:
        """The file `checkpoint`."""
        return _read(self._folder / "checkpoint")

    def tile(self, tile: Tile) -> bytes:
        """One tile's file."""
        return _read(self._folder / tile.path)


class HttpJournal:
    """A journal at a node's address."""

    def __init__(self, address: str) -> None:
        if not address.startswith(("http://", "https://")):
            raise JOURNAL_FILE_MISSING(place=address)
        self._prefix = address.rstrip("/") + JOURNAL_PREFIX

    def checkpoint(self) -> bytes:
        """The published checkpoint."""
        return self._get("checkpoint")

    def tile(self, tile: Tile) -> bytes:
        """One tile."""
        return self._get(tile.path)

    def _get(self, path: str) -> bytes:
        url = self._prefix + path
        try:
            with urlopen(url, timeout=FETCH_SECONDS) as response:  # noqa: S310 - http(s) only
                data: bytes = response.read(FILE_BYTES_MAX)
                return data
        except (URLError, OSError):
            raise JOURNAL_FILE_MISSING(place=url) from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(FILE_BYTES_MAX)
    except OSError:
        raise JOURNAL_FILE_MISSING(place=path) from None


def _engine(config: NodeConfig) -> Engine:
    return open_engine(config.database_url)


def own_charter(config: NodeConfig) -> SignedCharter:
    """The charter that the node holds."""
    with reading(_engine(config)) as transaction:
        current = league_store.current_charter(transaction)
    if current is None:
        raise league_store.LEAGUE_NOT_FOUNDED()
    return current
