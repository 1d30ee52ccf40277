"""The node's measurements since it started, as tables; Prometheus reads the same at /metrics."""

from collections import defaultdict
from typing import Any, Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.parts import Block, Table
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

ROWS_MAX: Final = 100
STAGES: Final = {
    "verify": Text("验证签名", "Verify"),
    "write": Text("写入", "Write"),
    "sign": Text("签名", "Sign"),
    "network": Text("网络", "Network"),
}


async def metrics(visit: Visit) -> Result:
    """What was answered, carried and committed."""
    node = visit.node
    samples: dict[str, list[Any]] = defaultdict(list)
    for family in node.metrics.registry.collect():
        for sample in family.samples:
            samples[sample.name].append(sample)
    blocks: list[Block] = [_messages(samples), _deliveries(visit, samples), _times(samples)]
    title = Text("运行指标", "Metrics")
    hint = Text("自节点启动以来。", "Since the node started.")
    return Shown("operator/blocks.html", {"title": title, "hint": hint, "blocks": blocks})


def _messages(samples: dict[str, list[Any]]) -> Block:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for one in samples["hanse_messages_in_total"]:
        counts[one.labels["operation"]][one.labels["outcome"]] = int(one.value)
    rows = tuple(
        (name, found.get("answer", 0), found.get("refusal", 0), sum(found.values()))
        for name, found in sorted(counts.items(), key=lambda item: -sum(item[1].values()))
    )
    columns = (
        Text("业务操作", "Operation"),
        Text("答复", "Answered"),
        Text("拒绝", "Refused"),
        Text("合计", "All"),
    )
    empty = Text("尚未收到报文", "No message was taken yet")
    return Table(Text("收到的报文", "Messages taken"), columns, rows[:ROWS_MAX], empty)


def _deliveries(visit: Visit, samples: dict[str, list[Any]]) -> Block:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for one in samples["hanse_deliveries_total"]:
        counts[one.labels["peer"]][one.labels["direction"]] = int(one.value)
    for one in samples["hanse_delivery_failures_total"]:
        found = counts[one.labels["peer"]]
        found["failed"] = found.get("failed", 0) + int(one.value)
    league = visit.node.league
    rows = tuple(
        (
            league.name(peer) if peer in league.cities else peer,
            found.get("in", 0),
            found.get("out", 0),
            found.get("failed", 0),
        )
        for peer, found in sorted(counts.items())
    )
    columns = (
        Text("城市", "City"),
        Text("收到", "In"),
        Text("发出", "Out"),
        Text("未送达", "Not taken"),
    )
    empty = Text("尚无投递", "No delivery yet")
    return Table(Text("投递", "Deliveries"), columns, rows, empty)


def _times(samples: dict[str, list[Any]]) -> Block:
    rows = []
    for one in samples["hanse_stage_seconds_sum"]:
        stage = one.labels["stage"]
        count = _count(samples["hanse_stage_seconds_count"], stage=stage)
        rows.append((STAGES.get(stage, stage), count, _ms(one.value, count)))
    for one in samples["hanse_commit_seconds_sum"]:
        count = _count(samples["hanse_commit_seconds_count"])
        rows.append((Text("提交", "Commit"), count, _ms(one.value, count)))
    columns = (Text("环节", "Stage"), Text("次数", "Times"), Text("平均毫秒", "Mean, ms"))
    empty = Text("尚无测量", "Nothing was measured yet")
    return Table(Text("用时", "Time taken"), columns, tuple(rows), empty)


def _count(samples: list[Any], **labels: str) -> int:
    return int(sum(one.value for one in samples if labels.items() <= one.labels.items()))


def _ms(seconds: float, count: int) -> str:
    return f"{1_000 * seconds / count:.1f}" if count else "–"
