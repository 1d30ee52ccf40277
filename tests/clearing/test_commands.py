"""`hanse clearing ...` at two nodes that run: a cycle is closed at the house and looked at."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from benches.cities import ASKED, ASKER, two_cities
from click.testing import CliRunner, Result

from hanse.cli.agency_client import Client
from hanse.cli.main import hanse
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing
from hanse.mechanisms import ledger
from hanse.mechanisms.clearing.books import intercity_account
from hanse.mechanisms.ledger import Account, Transfer, derived_id
from hanse.node.config import load
from hanse.node.zone import TOKENS_NAME, init_zone, running
from hanse.services.finance.deposits import chart

WAIT_SECONDS = 30


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two cities that run; a bank of the first owes one of the second 1234.50 yuan."""
    folder = tmp_path_factory.mktemp("zone")
    init_zone(folder, two_cities())
    for city, peer in ((ASKER, ASKED), (ASKED, ASKER)):
        owe(folder / city, city, peer)
    stop, ready = asyncio.Event(), threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with running(folder):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(WAIT_SECONDS)
    yield folder
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def owe(folder: Path, city: str, peer: str) -> None:
    account, rest = intercity_account("bank", peer, "bank"), chart.fees("bank")
    debit, credit = (rest, account) if city == ASKER else (account, rest)
    engine = open_engine(load(folder / "node.toml").database_url)
    at = datetime(2026, 11, 25, tzinfo=UTC)
    with committing(engine) as transaction:
        opened = [
            Account(account, chart.BOOK, chart.INTERCITY),
            Account(rest, chart.BOOK, chart.FEES),
        ]
        ledger.open_accounts(transaction, opened, at)
        one = Transfer(derived_id(city), debit, credit, 123_450, chart.PAYMENT, reference="r1")
        ledger.require(ledger.transfer(transaction, [one], at))
    engine.dispose()


def call(zone: Path, *arguments: str, city: str = ASKER, language: str = "en") -> Result:
    token = json.loads((zone / TOKENS_NAME).read_text("utf-8"))[city]["clearing-centre"]
    config = str(zone / city / "node.toml")
    return CliRunner().invoke(
        hanse,
        ["clearing", *arguments, "--config", config, "--token", token],
        env={"HANSE_LANGUAGE": language, "COLUMNS": "150"},
    )


def read(zone: Path, *arguments: str, city: str = ASKER) -> Any:
    return json.loads(call(zone, *arguments, "--json", city=city).output)


def fund(zone: Path, city: str, fen: int, number: str) -> None:
    token = json.loads((zone / TOKENS_NAME).read_text("utf-8"))[ASKER]["clearing-centre"]
    data = {"city": city, "amount_fen": fen, "number": number}
    Client(load(zone / ASKER / "node.toml"), token).post("/api/clearing.fund", data)


def settled(zone: Path, name: str, city: str) -> Any:
    ending = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < ending:
        found = read(zone, "cycle", name, city=city)
        if found.get("state") == "settled":
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_a_cycle_is_closed_and_shown_with_what_waits_and_by_which_rule(zone: Path) -> None:
    fund(zone, ASKER, 100_000, "1")
    assert "Cycle day-1" in call(zone, "close", "day-1").output
    settled(zone, "day-1", ASKED)
    waits = call(zone, "matrix", "day-1")
    assert "Waits: next cycle" in waits.output
    assert "Beyond the debtor's funds" in waits.output
    means = read(zone, "liquidity", ASKER)
    assert (means["funds_fen"], means["available_fen"]) == (100_000, 100_000)
    fund(zone, ASKER, 23_450, "2")
    assert "1234.50" in call(zone, "liquidity", ASKER).output
    call(zone, "close", "day-2")
    for city in (ASKER, ASKED):
        result = settled(zone, "day-2", city)["result"]
        assert [one["net_fen"] for one in result["cities"]] == [-123_450, 123_450]
    assert "已结算" in call(zone, "status", language="zh").output
    assert "1234.50" in call(zone, "matrix", "day-2", city=ASKED).output
    assert "-1234.50" in call(zone, "cycle", "day-2").output
    again = call(zone, "close", "day-2")
    assert again.exit_code != 0
    assert "clearing_cycle_exists" in f"{again.output} {again.exception!r}"
    other = call(zone, "close", "day-3", city=ASKED)
    assert "clearing_not_the_house" in f"{other.output} {other.exception!r}"
