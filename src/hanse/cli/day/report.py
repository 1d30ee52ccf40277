"""What the day printed: per service what was asked, answered, refused, and how long it took."""

import html
import io
import math
import re
from typing import Any

from rich.cells import cell_len
from rich.console import Console

from hanse.cli.day.invariants import FINDINGS_SHOWN_MAX, Checked
from hanse.cli.day.stage import Stage
from hanse.cli.output import language, out, table
from hanse.foundation.languages import LANGUAGES, Language, Text

PICTURE_COLUMNS = 100
_TEXT = re.compile(
    r'(?P<before>textLength=")(?P<length>[0-9.]+)(?P<after>"[^>]*>)(?P<words>[^<]*)<'
)


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def summary(
    stage: Stage, checked: list[Checked], seconds: float, titles: dict[str, Text]
) -> dict[str, Any]:
    """The day as one JSON object."""
    return {
        "seed": stage.seed,
        "seconds": round(seconds, 2),
        "digest": stage.digest,
        "services": {
            name: {
                "title": titles[name].as_dict(),
                "asked": tally.asked,
                "answered": tally.answered,
                "refused": tally.refused,
                "owed": tally.owed,
                "median_ms": round(percentile(tally.seconds, 0.5) * 1000, 1),
                "p99_ms": round(percentile(tally.seconds, 0.99) * 1000, 1),
            }
            for name, tally in sorted(stage.tallies.items())
        },
        "invariants": [
            {
                "title": one.title.as_dict(),
                "holds": one.holds,
                "looked_at": one.looked_at,
                "findings": one.findings[:FINDINGS_SHOWN_MAX],
            }
            for one in checked
        ],
        "unexpected": stage.failures,
        "clean": not stage.failures and all(one.holds for one in checked),
    }


def picture(found: dict[str, Any]) -> str:
    """The same as an SVG picture, in both languages."""
    console = Console(record=True, width=PICTURE_COLUMNS, file=io.StringIO())
    for speaks in LANGUAGES:
        show(found, console, speaks)
    drawn = _TEXT.sub(_widened, console.export_svg(title="hanse day"))
    # The picture fetches nothing: its reader's own fixed-width font serves.
    return re.sub(r"@font-face \{[^}]*\}\s*", "", drawn)


def _widened(text: re.Match[str]) -> str:
    """A run of text at its width in cells: rich gives a Chinese character the room of one."""
    words = html.unescape(text["words"])
    length = float(text["length"]) * cell_len(words) / max(1, len(words))
    return f"{text['before']}{length:g}{text['after']}{text['words']}<"


def show(found: dict[str, Any], console: Console = out, chosen: Language | None = None) -> None:
    """The day for a person at a terminal."""
    speaks = chosen or language()
    rows = table(
        Text("联盟的一个工作日（数据均为生成）", "One working day of the league (generated data)"),
        [
            Text("服务", "Service"),
            Text("请求", "Asked"),
            Text("答复", "Answered"),
            Text("拒绝", "Refused"),
            Text("待答", "Owed"),
            Text("中位 ms", "Median ms"),
            Text("p99 ms", "p99 ms"),
        ],
        speaks,
    )
    for one in found["services"].values():
        rows.add_row(
            one["title"][speaks],
            *(str(one[part]) for part in ("asked", "answered", "refused", "owed")),
            f"{one['median_ms']:.1f}",
            f"{one['p99_ms']:.1f}",
        )
    console.print(rows)
    for invariant in found["invariants"]:
        mark = "[green]✓[/green]" if invariant["holds"] else "[red]✗[/red]"
        console.print(f"{mark} {invariant['title'][speaks]} ({invariant['looked_at']})")
        for finding in invariant["findings"]:
            console.print(f"    {finding}", markup=False)
    for failure in found["unexpected"][:FINDINGS_SHOWN_MAX]:
        console.print(f"[red]✗[/red] {failure}")
    ending = Text(
        "种子 {seed}，用时 {seconds} 秒，摘要 {digest}",
        "Seed {seed}, {seconds} s, digest {digest}",
    ).format(seed=found["seed"], seconds=found["seconds"], digest=found["digest"][:16])
    console.print(ending.in_language(speaks), highlight=False)
