"""A league of three towns that hold meetings, publish and host together, on each kind of store."""

from collections.abc import Callable, Iterator

import pytest

from hanse.foundation.store import open_engine
from hanse.node.schema import metadata
from tests.exchange.cities import Town
from tests.governance import towns as made


@pytest.fixture
def towns(fresh_store: Callable[[str], str]) -> Iterator[dict[str, Town]]:
    engines = {}
    for city in made.CITIES:
        engines[city] = open_engine(fresh_store(city))
        metadata.create_all(engines[city])
    yield made.make(engines)
    for engine in engines.values():
        engine.dispose()
