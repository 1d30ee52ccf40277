"""A league of three towns on each kind of store."""

from collections.abc import Callable, Iterator

import pytest

from hanse.foundation.store import metadata, open_engine
from hanse.node import schema as _schema  # declares the tables of the ledger and of credentials
from tests.exchange.cities import Town
from tests.retirees import towns as made

__all__ = ["_schema"]


@pytest.fixture
def towns(fresh_store: Callable[[str], str]) -> Iterator[dict[str, Town]]:
    engines = {}
    for city in (made.PAYER, made.HOME, made.CHECKER):
        engines[city] = open_engine(fresh_store(city))
        metadata.create_all(engines[city])
    yield made.make(engines)
    for engine in engines.values():
        engine.dispose()
