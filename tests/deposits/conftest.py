"""The league of banks that the tests of this folder play on, on both stores."""

from collections.abc import Callable, Iterator

import pytest

from .league import CHENGDU, DEYANG, League, close, found_banks


@pytest.fixture
def league(fresh_store: Callable[[str], str]) -> Iterator[League]:
    """Chengdu and Deyang, each with cash at its counter."""
    made = found_banks(fresh_store)
    for city in (CHENGDU, DEYANG):
        made.cash(city)
    yield made
    errors = [error for town in made.towns.values() for error in town.errors]
    close(made)
    assert errors == []
