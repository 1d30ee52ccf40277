"""The journal: its head, who cosigned it, what was seen of others, and its newest entries."""

from datetime import UTC, datetime
from typing import Any, Final

from hanse.foundation.clock import from_ms
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.parts import Block, Facts, Mark, Table, Tone
from hanse.mechanisms.journal import checkpointing, log
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosigned_by
from hanse.mechanisms.journal.entries import KINDS
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.parties import origin_of, valid_cosignatures, witness_keys
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

ENTRIES_SHOWN: Final = 30


async def journal(visit: Visit) -> Result:
    """How the journal stands."""
    status = await visit.node.witnessing.status()
    note = await visit.read(checkpointing.published)
    rows = await visit.read(_newest)
    size = 0 if note is None else parse_checkpoint(parse_note(note).text).size
    head = Facts(
        Text("本市日志", "This city's journal"),
        (
            (Text("条目", "Entries"), status["size"]),
            (Text("已联署至", "Cosigned up to"), size),
        ),
    )
    blocks: list[Block] = [head, _witnesses(visit, note), _alarms(status), _entries(rows)]
    return Shown(
        "operator/blocks.html",
        {"title": Text("日志与见证", "Journal and witnesses"), "hint": None, "blocks": blocks},
    )


def _newest(transaction: Transaction) -> list[Any]:
    first = max(0, log.size(transaction) - ENTRIES_SHOWN)
    return list(log.rows_from(transaction, first, ENTRIES_SHOWN))[::-1]


def _witnesses(visit: Visit, note: bytes | None) -> Block:
    charter, own = visit.node.league.charter, visit.node.config.city
    found: dict[str, int] = {}
    if note is not None and charter is not None:
        times = cosigned_by(parse_note(note), witness_keys(charter, own))
        found = valid_cosignatures(charter, own, times)
    by_name = {} if charter is None else {origin_of(charter, city): city for city in charter.cities}
    rows = []
    for name, seconds in sorted(found.items()):
        city = by_name.get(name, name)
        title = visit.node.league.name(city) if city in visit.node.league.cities else name
        rows.append((title, datetime.fromtimestamp(seconds, UTC)))
    return Table(
        Text("最新检查点的联署城市", "Who cosigned the newest checkpoint"),
        (Text("城市", "City"), Text("联署时间", "Cosigned at")),
        tuple(rows),
        Text("尚无城市联署", "No city cosigned yet"),
    )


def _alarms(status: dict[str, Any]) -> Block:
    fork = Mark(Text("两份历史不一致", "Two histories"), Tone.BAD)
    rows = tuple((one["origin"], one["size"], one["at"], fork) for one in status["alarms"])
    columns = (
        Text("日志", "Journal"),
        Text("大小", "Size"),
        Text("时间", "Seen at"),
        Text("发现", "Found"),
    )
    empty = Text("未见任何城市改动历史", "No city was seen to change its history")
    return Table(Text("见证告警", "Alarms as a witness"), columns, rows, empty)


def _entries(rows: list[Any]) -> Block:
    shown = tuple(
        (row.position, KINDS[row.kind].title if row.kind in KINDS else row.kind, from_ms(row.at_ms))
        for row in rows
    )
    columns = (Text("位置", "Position"), Text("种类", "Kind"), Text("时间", "Time"))
    empty = Text("日志为空", "The journal is empty")
    return Table(Text("最新条目", "Newest entries"), columns, shown, empty)
