"""docs/faults.md: what was done to the league, and what came of it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from benches.report import machine

from faults.trial import clean

FOLDER = Path(__file__).resolve().parent.parent / "docs"
PAGE = """# Faults on real processes

`make faults` plays whole days of the league (`hanse day`) on real `hanse serve` processes, one for
each city, while their machines die and their networks lie. Callers repeat what was not answered,
under the same `Idempotency-Key`. After the day every node is started once more and everything is
checked: each accepted call answered once and the same at both ends, events in order, both books of
every pair of cities equal, every ledger replayed, every journal whole, cosigned, and an extension
of every head that it published before it was killed. The outcomes are those of an undisturbed day.

{verdict}

| fault | how often |
| --- | --- |
{faults}

- **killed**: `kill -9`, started again after 0 to 1.5 s, now and then killed again while it starts
- **frozen**: SIGSTOP for 1 to 4 s, its sockets stay open
- **cut**, **slow**: a proxy before the node resets its connections, or holds every 16 KiB for 50 ms
- **full_disk**: its disk (a small tmpfs of its own{disks}) is filled to the last byte for 1 to 3 s,
  sometimes killed there
- **clock_jump**: started with a clock that is wrong by up to 500 s, then with the right one; beyond
  300 s no city takes what it signs until its clock is right

| seed | cities | calls | tries | starts | seconds | heads kept | found wrong |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

Checked after each day: {checks}.

Written by `python -m faults --write` on {date}: {processor}, {cores} cores, {memory_gib} GiB,
Python {python}. [faults.json](faults.json) has the whole runs.
"""


def write_page(found: list[dict[str, Any]]) -> None:
    """Write the page and the figures that it comes from."""
    done: Counter[str] = Counter()
    for one in found:
        done.update(one["faults"])
    wrong = [one for one in found if not clean(one)]
    verdict = (
        f"In {len(found)} days nothing that was accepted was lost, nothing was done twice, and "
        "every journal verifies."
        if not wrong
        else f"**{len(wrong)} of {len(found)} days were not clean.**"
    )
    checks = "; ".join(
        f"{one['title']['en']} ({sum(_looked(day, one) for day in found):,})"
        for one in found[0]["invariants"]
    )
    page = PAGE.format(
        verdict=verdict,
        faults="\n".join(f"| {name} | {count} |" for name, count in sorted(done.items())),
        disks="" if any(one["disks_of_their_own"] for one in found) else "; not allowed here",
        rows="\n".join(map(_row, found)),
        checks=checks,
        **machine(),
    )
    (FOLDER / "faults.md").write_text(page, "utf-8")
    text = json.dumps({"machine": machine(), "days": found}, indent=1, ensure_ascii=False)
    (FOLDER / "faults.json").write_text(text + "\n", "utf-8")


def _looked(day: dict[str, Any], invariant: dict[str, Any]) -> int:
    return sum(
        int(one["looked_at"]) for one in day["invariants"] if one["title"] == invariant["title"]
    )


def _row(one: dict[str, Any]) -> str:
    findings = sum(len(each["findings"]) for each in one["invariants"])
    wrong = findings + len(one["unexpected"]) + len(one["heads_lost"])
    wrong += one["digest"] != one["digest_of_a_calm_day"]
    names = ("seed", "cities", "calls", "tries", "starts", "seconds", "heads_kept")
    return "| " + " | ".join([*(f"{one[name]:,}" for name in names), str(wrong)]) + " |"
