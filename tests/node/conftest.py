"""A zone of three cities for the tests of one module, and what they may ask of it."""

from collections.abc import Iterator

import pytest

from tests.node.running import Running, make_zone, run_zone


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Three cities that run on SQLite."""
    folder = make_zone(tmp_path_factory.mktemp("zone"), "510100", "510600", "510700")
    with run_zone(folder) as found:
        yield found
