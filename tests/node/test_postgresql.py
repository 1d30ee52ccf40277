"""The whole zone on PostgreSQL: the same questions, events and evidence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hanse.foundation.identifiers import make_uscc
from tests.conftest import STORES
from tests.node.running import make_zone, run_zone


@pytest.mark.parametrize("fresh_store", ["postgresql"], indirect=True)
@pytest.mark.skipif("postgresql" not in STORES, reason="HANSE_TEST_STORES leaves PostgreSQL out")
def test_two_cities_on_postgresql_ask_and_tell(
    fresh_store: Callable[[str], str], tmp_path: Path
) -> None:
    cities = ("510100", "510600")
    folder = make_zone(
        tmp_path / "zone", *cities, databases={city: fresh_store(city) for city in cities}
    )
    subject = make_uscc(1_000_005, region="510600")
    with run_zone(folder) as zone:
        answer = zone.post(
            "510100", "/api/league/credit.record", {"subject": subject}, to="510600",
            organisation="tendering", purpose="tendering", wait_seconds=20,
        )  # fmt: skip
        (one,) = answer.data["answers"]
        assert one["state"] == "answered", one
        assert one["answer"]["records"] == []
        for city in cities:
            zone.run(zone.zone.nodes[city].witnessing.checkpoint_now())
            assert zone.is_alive(city)
