"""Two or three cities in a league, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from hanse.foundation.store import metadata, open_engine
from tests.exchange.cities import (
    START,
    Clock,
    Town,
    agreement_between,
    found_league,
    make_town,
)
from tests.exchange.trial import TRIAL, trial_metadata

GRANTS: tuple[dict[str, Any], ...] = (
    {
        "operations": ["trial.add"],
        "purposes": ["trial"],
        "fields": ["value"],
        "organisations": ["510100/bureau", "510600/bureau"],
    },
    {"operations": ["trial.add_later"], "purposes": ["trial"], "fields": ["value"]},
    {"operations": ["trial.said"], "purposes": ["trial"], "fields": ["text"]},
    {"operations": ["trial.look"], "purposes": ["trial"]},
    {"operations": ["journal.accesses"], "purposes": ["resident-access"]},
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_league(
    fresh_store: Callable[[str], str], clock: Clock
) -> Iterator[Callable[..., list[Town]]]:
    """Makes a league of so many towns, with these grants between them all."""
    towns: list[Town] = []

    def make(
        count: int = 2, grants: Sequence[dict[str, Any]] = GRANTS, **options: Any
    ) -> list[Town]:
        for city in ("510100", "510600", "510700")[:count]:
            engine = open_engine(fresh_store(city))
            metadata.create_all(engine)
            trial_metadata.create_all(engine)
            towns.append(make_town(city, engine, clock, [TRIAL], **options))
        found_league(towns, [agreement_between(towns, START, grants)], START)
        return towns

    yield make
    for town in towns:
        town.engine.dispose()


@pytest.fixture
def pair(make_league: Callable[..., list[Town]]) -> tuple[Town, Town]:
    """Two towns: the asker and the asked."""
    asker, asked = make_league(2)
    return asker, asked
