"""`python -m benches [quick] [section ...]`: measure, print a table, write docs/benchmarks.

Without names, everything but what takes many minutes. Only such a whole run at full scale is kept,
so that what stands side by side in docs/benchmarks comes from one run.
"""

import inspect
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from benches import cases, clearing, insurance, journal, ledger, ledger_peers, report, web
from benches.at_rest import at_rest
from benches.closing import closing
from benches.events import events
from benches.evidence import evidence_share
from benches.growth import growth
from benches.large_body import large_body
from benches.page import page
from benches.plain import plain
from benches.processes import machine_busy_seconds, own_busy_seconds
from benches.requests_between import requests
from benches.signatures import bound
from hanse.node import logs

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"
QUICK_SCALE = 0.1

SECTIONS: dict[str, Callable[[float], Any]] = {
    "signatures": bound,
    "plain_endpoint": plain,
    "requests_sqlite": requests,
    "requests_postgresql": partial(requests, store="postgresql"),
    "events_one_to_seven": events,
    "large_body": large_body,
    "at_rest": at_rest,
    "growth": growth,
    "journal": journal.entries,
    "evidence_share": evidence_share,
    "netting": clearing.positions,
    "gridlock": clearing.gridlock,
    "closing_sqlite": closing,
    "closing_postgresql": partial(closing, store="postgresql"),
    "insurance_settlements": insurance.settlements,
    "insurance_clearing": insurance.clearing,
    "cases_steps": cases.steps,
    "cases_pages": cases.pages,
    "cases_beside_spiffworkflow": cases.spiff,
    "pages_served": web.pages,
    "ledger_sqlite": ledger.transfers,
    "ledger_postgresql": partial(ledger.transfers, store="postgresql"),
    "ledger_hordak": ledger_peers.hordak,
    "ledger_python_accounting": ledger_peers.python_accounting,
    "journal_ten_million": journal.ten_million,
}
LONG = {"journal_ten_million"}
"""Sections that take many minutes, run only when they are named."""


def run(names: list[str], scale: float) -> dict[str, Any]:
    """Run sections one after the other; each prints its rows of the table."""
    found: dict[str, Any] = {}
    for name in names:
        began, others = time.perf_counter(), _other_work()
        value = SECTIONS[name](scale)
        found[name] = uvloop.run(value) if inspect.iscoroutine(value) else value
        cores = (_other_work() - others) / (time.perf_counter() - began)
        found[name]["other_work_cores"] = round(max(0.0, cores), 2)
        print("\n".join(report.rows(name, found[name])), flush=True)
    return found


def _other_work() -> float:
    return machine_busy_seconds() - own_busy_seconds()


def main(arguments: list[str]) -> None:
    """Run what is named, or everything."""
    logs.configure()
    scale = QUICK_SCALE if "quick" in arguments else 1.0
    everything = [name for name in SECTIONS if name not in LONG]
    names = [one for one in arguments if one != "quick"] or everything
    unknown = sorted(set(names) - set(SECTIONS))
    if unknown:
        sys.exit(f"no such section: {', '.join(unknown)}; there are: {', '.join(SECTIONS)}")
    machine = report.machine()
    print("\n".join(report.rows("machine", machine)), flush=True)
    found = run(names, scale)
    ratios = report.ratios(found)
    if ratios:
        print("\n".join(report.rows("ratios", ratios)))
    if scale == 1.0 and set(everything) <= found.keys():
        FOLDER.mkdir(parents=True, exist_ok=True)
        whole = {"machine": machine, "ratios": ratios, **found}
        (FOLDER / "results.json").write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
        (FOLDER / "README.md").write_text(page(whole), "utf-8")
        report.plots(found, FOLDER)


if __name__ == "__main__":
    main(sys.argv[1:])
