"""A league of three towns on each kind of store."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from hanse.foundation.store import open_engine
from hanse.node.schema import metadata
from tests.exchange.cities import START, Town
from tests.registration import windows


@pytest.fixture
def start(request: pytest.FixtureRequest) -> datetime:
    """The instant at which the league begins; a test may set another."""
    return getattr(request, "param", START)


@pytest.fixture
def towns(fresh_store: Callable[[str], str], start: datetime) -> Iterator[dict[str, Town]]:
    engines = {}
    for city in (windows.WINDOW, windows.AUTHORITY, windows.FORMER):
        engines[city] = open_engine(fresh_store(city))
        metadata.create_all(engines[city])
    yield windows.make(engines, start)
    for engine in engines.values():
        engine.dispose()
