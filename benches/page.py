"""docs/benchmarks/README.md, written from the figures of the run that it describes."""

from typing import Any

from benches.report import CLOSED, rows

GOALS = (
    ("closed_64_to_bound", "single requests, 64 clients, to the bound", 0.5),
    ("closed_64_to_plain_endpoint", "single requests, 64 clients, to the plain endpoint", 3.0),
    ("batch_to_closed_1_per_message", "batches of 1,000 to one client, a message", 10.0),
    ("batch_to_closed_64_per_message", "batches of 1,000 to 64 clients, a message", 10.0),
    ("ledger_sqlite_per_second", "transfers a second, batches of 8,000, SQLite", 100_000.0),
    ("ledger_postgresql_per_second", "the same, PostgreSQL", 40_000.0),
    ("ledger_to_hordak_bulk", "the ledger's batches of 8,000 to django-hordak's bulk", 20.0),
)
PAGE = """# Benchmarks

Written by `make bench` (`python -m benches`) from one run; [results.json](results.json) has it all.
Every commit is on disk before anything is answered: SQLite in WAL mode with `synchronous=FULL`,
PostgreSQL with its defaults.

{disturbed}## Ratios

| ratio | found | goal | |
| --- | --- | --- | --- |
{goals}

| | to the bound | to the plain endpoint | batch to it, a message |
| --- | --- | --- | --- |
{ratios}

- **Bound**: what one core could do if only Ed25519 cost anything: a delivery and its answer are
  each signed and verified once, {bound:,.0f} deliveries a second. Ours used {cores:.1f} cores of
  {machine_cores} for both nodes and the load at 64 clients.
- **Single requests** share deliveries where they wait for one: {shared} messages a delivery at 64
  clients, exactly one at one client. Where they are shared, one signature serves many requests,
  and the bound could be passed.
- **Batches** are judged twice. One client that asks one thing at a time pays three commits and four
  signature operations for each; 64 clients share commits and deliveries already, {shared} messages
  each, so a batch can save them little but what is left of that. Ten times as fast as they are, it
  would have to spend {cpu_tenth:,.0f} µs of processor time a message where it spends
  {cpu_batch:,.0f} µs, and most of that is each message's own: parsed, authorised, handled and
  recorded at both ends.
- **Plain endpoint**: FastAPI on uvicorn, which verifies and signs with `http-message-signatures`
  and commits one row a request, in its own process, under the same loops. It has no agreements, no
  outbox, no journal and no record at the asking side: one durable commit a request, where ours has
  three (asked, answered, settled).
- **What stands in the way**: one request at a time costs {cpu_1:,.0f} µs of processor time at
  both ends together, in a batch {cpu_batch:,.0f} µs. Signatures are {crypto:,.0f} µs of it.

- **The ledger's bound** (`bound_8000`): the same rows by the same statements on the same store,
  with nothing decided, checked, proved or looked up: {bound_sqlite:,.0f} transfers a second on
  SQLite, {bound_postgresql:,.0f} on PostgreSQL. The ledger reaches {share_sqlite:.0%} and
  {share_postgresql:.0%} of it; the rest is the decision of each transfer, its leaf and its proof.
- **A closing** (`closing_*`): `alone` and `closing` are the same single transfers at the same pace
  at the house's node, without and while a cycle of a million references closes at both cities.

![Requests a second](requests.png)
![Latency](latency.png)

## Figures

{machine}

| what | figures |
| --- | --- |
{figures}

`closed_N`: N clients, each asks again when it is answered. `open_half`: calls at a fixed pace, half
of `closed_64`, and a call's time counts from when it was due. A request is `credit.record` of one
city to another: authorised under an agreement, its answer filtered to the granted fields. Both
nodes and the load share the machine's cores. `growth`: the asker holds that many settled messages
in its outbox, the asked city as many in its inbox. `publishers_N`: N agencies of one city publish
at the same time; its node and the seven others share one process, and so one core.
`other_work_cores`: processor time of everything but the bench and its servers while a section ran;
there PostgreSQL counts as other work.

![Growth](growth.png)

## Again

    make bench                                      # all; a closing of a million takes minutes
    .venv/bin/python -m benches quick               # a tenth of it, in a minute; keeps nothing
    .venv/bin/python -m benches signatures growth   # some sections
    .venv/bin/python -m benches journal_ten_million # takes many minutes
"""


OTHER_WORK_CORES_MAX = 0.25
OWN_SERVERS = ("requests_postgresql", "ledger_postgresql", "ledger_hordak")
"""There the other work is PostgreSQL's own, for the most part."""
COMPARED = ("signatures", "plain_endpoint", "requests_sqlite")
DISTURBED = """**The machine was not quiet**: other work took up to {cores:g} of its cores. These
sections found less than they would, and no goal is judged by ratios of them:
{sections}.

"""


def page(whole: dict[str, Any]) -> str:
    """The page of a whole run."""
    ours, ratios, machine = whole["requests_sqlite"], whole["ratios"], whole["machine"]
    at_64, at_1, batch = ours["closed_64"], ours["closed_1"], ours["batch_1000"]
    bound = whole["signatures"]["deliveries_per_second_one_core"]
    sections = [name for name in whole if name not in ("machine", "ratios")]
    return PAGE.format(
        disturbed=_warning(whole),
        goals="\n".join(_goal(whole, *goal) for goal in GOALS),
        ratios="\n".join(_compared(ratios, one) for one in CLOSED),
        bound=bound,
        cores=at_64["asker_cores"] + at_64["asked_cores"],
        machine_cores=machine["cores"],
        shared=at_64["messages_per_delivery"],
        cpu_1=at_1["cpu_us_per_message"],
        cpu_batch=batch["cpu_us_per_message"],
        cpu_tenth=at_64["cpu_us_per_message"] / 10,
        crypto=1e6 / bound,
        bound_sqlite=whole["ledger_sqlite"]["bound_8000"]["per_second"],
        bound_postgresql=whole["ledger_postgresql"]["bound_8000"]["per_second"],
        share_sqlite=ratios["ledger_sqlite_to_bound"],
        share_postgresql=ratios["ledger_postgresql_to_bound"],
        machine=", ".join(f"{name.replace('_', ' ')} {one}" for name, one in machine.items()),
        figures="\n".join(row for name in sections for row in rows(name, whole[name])),
    )


def _disturbed(whole: dict[str, Any]) -> dict[str, float]:
    """The sections during which other work took much of the machine, and how many cores."""
    return {
        name: one["other_work_cores"]
        for name, one in whole.items()
        if name not in ("machine", "ratios", *OWN_SERVERS)
        and one["other_work_cores"] > OTHER_WORK_CORES_MAX
    }


def _warning(whole: dict[str, Any]) -> str:
    over = _disturbed(whole)
    return DISTURBED.format(cores=max(over.values()), sections=", ".join(over)) if over else ""


def _goal(whole: dict[str, Any], name: str, meaning: str, goal: float) -> str:
    found = whole["ratios"][name]
    verdict = "reached" if found >= goal else "missed"
    if not _disturbed(whole).keys().isdisjoint(COMPARED):
        verdict = "not judged"
    return f"| {meaning} | {found:,.6g} | {goal:,g} | {verdict} |"


def _compared(ratios: dict[str, float], one: str) -> str:
    clients = one.rpartition("_")[2]
    bound, plain = ratios[f"{one}_to_bound"], ratios[f"{one}_to_plain_endpoint"]
    batch = ratios[f"batch_to_{one}_per_message"]
    return f"| clients: {clients} | {bound:g} | {plain:g} | {batch:g} |"
