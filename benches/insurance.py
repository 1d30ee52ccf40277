"""Bills settled between two nodes end to end, and the clearing of a month among eight cities."""

import itertools
import json
import random
import resource
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Engine

from benches.cities import ASKED, ASKER, Pair, serving_pair, two_cities
from benches.timing import closed_loop, open_loop
from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.node.zone import TOKENS_NAME, init_zone, read_league
from hanse.services.social.insurance import shared_lines
from hanse.services.social.insurance.clearing_rows import Settled, net, rows
from hanse.services.social.insurance.codes import Scheme
from hanse.services.social.insurance.reconciliation import differences
from hanse.services.social.insurance.tables import lines

PEOPLE = 200
CLIENTS = 64
WAIT_SECONDS = 60
OPEN_SECONDS = 6
CLAIMS = 1_000_000
PLANTED = 100
PAGE = 1_000
MONTH = "2026-10"
ROWS_PER_INSERT = 20_000


async def settlements(scale: float) -> dict[str, Any]:
    """A hospital of one city settles bills of people of the other: signed, journaled, booked in
    both ledgers, durable at both ends three times."""
    with tempfile.TemporaryDirectory() as folder:
        init_zone(Path(folder), two_cities())
        async with serving_pair(Path(folder)) as both, _prepared(both, Path(folder)) as settle:
            await closed_loop(settle, 8, int(200 * scale))
            closed = await closed_loop(settle, CLIENTS, int(3_000 * scale))
            pace = closed.per_second / 2
            opened = await open_loop(settle, pace, int(pace * OPEN_SECONDS * scale) + 1)
    return {
        f"closed_{CLIENTS}": asdict(closed),
        "open_half": {"pace": pace} | asdict(opened),
    }


@asynccontextmanager
async def _prepared(both: Pair, folder: Path) -> AsyncIterator[Any]:
    """People insured and filed at the asked city, a catalogue at the asker; gives the call."""
    tokens = json.loads((folder / TOKENS_NAME).read_text("utf-8"))
    people = [make_citizen_id(ASKED, date(1980, 1, 1), number) for number in range(1, PEOPLE + 1)]
    headers = {"Authorization": f"Bearer {tokens[ASKED]['medical-insurance']}"}
    async with aiohttp.ClientSession(both.asked.address, headers=headers) as session:
        for person in people:
            enrolled = {"person": person, "scheme": "310", "valid_from": "2020-01-01"}
            filed = {
                "person": person,
                "kind": "long_term",
                "city": ASKER,
                "valid_from": "2020-01-01",
            }
            for name, data in (("enrol", enrolled), ("file", filed)):
                async with session.post(f"/api/insurance.{name}", json=data) as answer:
                    answer.raise_for_status()
    registry = both.asker.registry
    items = {"items": [{"item": "A001", "item_class": "A"}]}
    await both.asker.call(registry.operation("insurance.set_items"), items, "medical-insurance")
    operation, numbers = registry.operation("insurance.claim"), itertools.count(1)

    async def settle() -> None:
        number = next(numbers)
        reply = await both.asker.call(operation, _bill(people, number), "hospital")
        line = await both.asker.questions.own_answer(reply.in_reply_to or "", WAIT_SECONDS)
        if line is None or read_line(line).data.get("state") != "settled":
            raise RuntimeError(f"not settled: {line!r}")
        if reply.kind is not Kind.RECEIPT:
            raise RuntimeError("settled without asking the insuring city")

    yield settle


def _bill(people: list[str], number: int) -> dict[str, Any]:
    return {
        "insured_city": ASKED,
        "person": people[number % len(people)],
        "visit": f"V{number}",
        "number": str(number),
        "level": "third",
        "care": "inpatient",
        "admitted_on": "2026-11-01",
        "discharged_on": "2026-11-10",
        "lines": [{"item": "A001", "quantity": "1", "price_fen": 500_000}],
    }


def clearing(scale: float) -> dict[str, Any]:
    """A month of a million settlements among eight cities: each pair compared line by line as its
    two nodes do, with differences planted; then the rows and what each city pays."""
    cities = [one["code"] for one in read_league().values["cities"]]
    count = int(CLAIMS * scale)
    with tempfile.TemporaryDirectory() as folder:
        engines = {city: _store(Path(folder) / city) for city in cities}
        planted = _fill(engines, count)
        began = time.perf_counter()
        found = owed = 0
        for treater, insurer in itertools.permutations(cities, 2):
            theirs = list(_pages(engines[insurer], treater, insurer))
            with reading(engines[treater]) as transaction:
                held = shared_lines.all_of(transaction, shared_lines.TREATER, insurer, MONTH)
            mine = shared_lines.as_settled(held, insurer, treater)
            found += sum(1 for _ in differences(theirs, mine))
            owed += len(net(rows(theirs)))
        seconds = time.perf_counter() - began
        for engine in engines.values():
            engine.dispose()
    return {
        "claims": count,
        "pairs": len(cities) * (len(cities) - 1),
        "planted": planted,
        "found": found,
        "seconds": round(seconds, 1),
        "claims_per_second": round(count / seconds),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _store(path: Path) -> Engine:
    engine = open_engine(f"sqlite:///{path}.sqlite")
    metadata.create_all(engine, tables=[lines, metadata.tables["insurance_cleared_months"]])
    return engine


def _fill(engines: dict[str, Engine], count: int) -> int:
    """The same line at both cities of each settlement, but where a difference is planted."""
    chance, cities = random.Random(1), sorted(engines)
    wrong = set(chance.sample(range(count), min(PLANTED, count)))
    waiting: dict[str, list[dict[str, Any]]] = {city: [] for city in cities}
    for number in range(count):
        treater, insurer = chance.sample(cities, 2)
        owed = chance.randrange(100, 5_000_000)
        line = {
            "line": f"{chance.getrandbits(128):032x}",
            "month": MONTH,
            "scheme": "310",
            "total_fen": owed + 1_000,
        }
        waiting[insurer].append(line | {"role": "insurer", "peer": treater, "owed_fen": owed})
        told = owed + 1 if number in wrong else owed
        waiting[treater].append(line | {"role": "treater", "peer": insurer, "owed_fen": told})
        for city, held in waiting.items():
            if len(held) >= ROWS_PER_INSERT or number == count - 1:
                with committing(engines[city]) as transaction:
                    transaction.insert(lines, held)
                held.clear()
    return len(wrong)


def _pages(engine: Engine, treater: str, insurer: str) -> list[Settled]:
    """The insuring city's lines as they cross the exchange: a thousand at a time."""
    found: list[Settled] = []
    after = ""
    with reading(engine) as transaction:
        while True:
            page = shared_lines.page(
                transaction, shared_lines.INSURER, treater, MONTH, after, 1_000
            )
            found += [
                Settled(one.line, insurer, treater, Scheme.EMPLOYEE, one.total_fen, one.owed_fen)
                for one in page[:PAGE]
            ]
            if len(page) <= PAGE:
                return found
            after = page[PAGE - 1].line
