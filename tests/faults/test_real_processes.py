"""A short day on real processes that are killed, frozen and cut off: nothing lost or doubled."""

import asyncio
from pathlib import Path

import pytest
from faults.cities import HOST
from faults.proxy import Proxy
from faults.trial import Plan, clean, trial

from hanse.cli.day.insurance import InsurancePart
from tests.node.running import small_league

CITIES = ("510100", "510600", "510700")


def plan(*, chaos: bool) -> Plan:
    """Money alone: the part of the day that must least be lost or doubled."""
    return Plan(small_league(*CITIES), 5, (InsurancePart(),), chaos=chaos, seconds_max=8)


@pytest.mark.timeout(240)
def test_a_day_under_faults_comes_out_as_an_undisturbed_one() -> None:
    calm = asyncio.run(trial(plan(chaos=False)))
    found = asyncio.run(trial(plan(chaos=True)))
    assert clean(calm), calm
    assert clean(found), found
    assert found["digest"] == calm["digest"]
    assert sum(found["faults"].values()) > 0
    assert found["starts"] >= len(CITIES)


def test_a_day_that_lost_something_is_not_clean() -> None:
    good = {"invariants": [{"holds": True}], "unexpected": [], "heads_lost": [], "digest": "a"}
    assert clean(good)
    for wrong in (
        {"invariants": [{"holds": False}]},
        {"unexpected": ["no answer"]},
        {"heads_lost": ["510100@7"]},
        {"digest_of_a_calm_day": "b"},
    ):
        assert not clean(good | wrong)


def test_a_network_that_is_cut_resets_and_one_that_is_slow_delays(tmp_path: Path) -> None:
    async def work() -> None:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.read(10))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(echo, HOST, 0)
        behind = server.sockets[0].getsockname()[1]
        proxy = Proxy(HOST, 0, behind)
        await proxy.start()
        assert proxy.listening
        proxy.port = proxy.listening

        async def said() -> bytes:
            reader, writer = await asyncio.open_connection(HOST, proxy.port)
            try:
                writer.write(b"hello")
                return await reader.read(10)
            except OSError:
                return b""
            finally:
                writer.transport.abort()

        assert await said() == b"hello"
        proxy.slow = True
        assert await said() == b"hello"
        proxy.cut = True
        assert await said() == b""
        await proxy.stop()
        server.close()

    asyncio.run(work())
