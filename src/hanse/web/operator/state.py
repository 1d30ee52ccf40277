"""How the node stands: what needs attention first, then its peers."""

from typing import Any, Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.parts import Block, Facts, Mark, Table, Tone
from hanse.mechanisms.journal import checkpointing
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.notes import parse_note
from hanse.node.status import node_status
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

READY: Final = Mark(Text("正常", "In order"), Tone.GOOD)
NOT_READY: Final = Mark(Text("不能答复", "Can't answer"), Tone.BAD)


async def state(visit: Visit) -> Result:
    """The node, its peers, and what ends soon."""
    status = await node_status(visit.node)
    note = await visit.read(checkpointing.published)
    cosigned = 0 if note is None else parse_checkpoint(parse_note(note).text).size
    values = {
        "title": Text("节点状态", "State of the node"),
        "warnings": _warnings(status),
        "blocks": [_node(status, cosigned), _peers(visit, status)],
    }
    return Shown("operator/state.html", values)


def _warnings(status: dict[str, Any]) -> list[Text]:
    """What the operator should do something about, in words."""
    found = [Text(**one) for one in status["warnings"]]
    dead = sum(one["dead"] for one in status["peers"])
    if dead:
        words = Text("有 {count} 封死信，请查看后重发", "{count} dead letters: look and send again")
        found.append(words.format(count=dead))
    if status["journal"]["problem"] is not None:
        found.append(Text(**status["journal"]["problem"]["texts"]["detail"]))
    if status["journal"]["alarms"]:
        found.append(Text("有城市的日志出现分叉", "A city's journal was shown with two histories"))
    return found


def _node(status: dict[str, Any], cosigned: int) -> Block:
    journal = status["journal"]
    return Facts(
        Text("本节点", "This node"),
        (
            (Text("状态", "State"), READY if status["ready"] else NOT_READY),
            (Text("章程版本", "Charter version"), status["charter_version"]),
            (Text("服务数", "Services"), len(status["services"])),
            (Text("待写入的工作", "Work that waits to be written"), status["writer_waiting"]),
            (Text("日志条目", "Entries of the journal"), journal["size"]),
            (Text("已联署至", "Cosigned up to"), cosigned),
        ),
    )


def _peers(visit: Visit, status: dict[str, Any]) -> Block:
    rows = []
    for one in status["peers"]:
        failing = one["failures"] > 0
        words = Text("连接失败 {count} 次", "{count} failures").format(count=one["failures"])
        mark = Mark(words, Tone.CAUTION) if failing else Mark(Text("畅通", "Reached"), Tone.GOOD)
        problem = one["last_problem"]
        rows.append(
            (
                visit.node.league.name(one["city"]),
                mark,
                one["pending"],
                one["owed"],
                one["dead"],
                Text(**problem["texts"]["detail"]) if failing and problem else None,
            )
        )
    columns = (
        Text("城市", "City"),
        Text("连接", "Connection"),
        Text("待发", "Waiting"),
        Text("待对方答复", "Answer owed"),
        Text("死信", "Dead"),
        Text("最近问题", "Last problem"),
    )
    empty = Text("章程中没有其他成员", "The charter has no other member")
    return Table(Text("其他城市", "The other cities"), columns, tuple(rows), empty)
