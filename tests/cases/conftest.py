"""Two or three cities that share cases, without sockets."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hanse.foundation.store import open_engine
from hanse.mechanisms.cases import Procedure
from hanse.node.schema import metadata
from tests.cases.trial import MOVE, service, trial_metadata
from tests.exchange.cities import (
    START,
    Clock,
    Town,
    agreement_between,
    found_league,
    make_town,
)

ROOT = Path(__file__).resolve().parents[2]
GRANTS: list[dict[str, Any]] = [{"operations": ["move.*"], "purposes": ["licence-move"]}]
CALENDAR: dict[str, Any] = {
    "name": "trial", "version": "1", "source": "trial", "first_day": "2026-01-01",
    "horizon": "2027-12-31", "rest_days": [], "working_weekends": [],
}  # fmt: skip


def found(make_url: Callable[[str], str], cities: tuple[str, ...], *versions: Procedure,
          grants: list[dict[str, Any]] | None = None) -> list[Town]:  # fmt: skip
    clock = Clock()
    towns = []
    for city in cities:
        engine = open_engine(make_url(city))
        metadata.create_all(engine)
        trial_metadata.create_all(engine)
        towns.append(make_town(city, engine, clock, [service(*(versions or (MOVE,)))]))
    agreement = agreement_between(towns, START, grants or GRANTS)
    found_league(towns, [agreement], START, calendar=CALENDAR)
    return towns


@pytest.fixture
def pair(fresh_store: Callable[[str], str]) -> Iterator[list[Town]]:
    """Chengdu keeps what is moved to it; Deyang is the origin."""
    towns = found(fresh_store, ("510100", "510600"))
    yield towns
    for town in towns:
        town.engine.dispose()


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Town]]:
    towns = found(
        lambda name: f"sqlite:///{tmp_path / name}.sqlite", ("510100", "510600", "510700")
    )
    yield towns
    for town in towns:
        town.engine.dispose()


@pytest.fixture
def pair_with(fresh_store: Callable[[str], str]) -> Iterator[Callable[..., list[Town]]]:
    """Makes the pair with other versions of the procedure."""
    made: list[Town] = []

    def make(*versions: Procedure, **options: Any) -> list[Town]:
        made.extend(found(fresh_store, ("510100", "510600"), *versions, **options))
        return made

    yield make
    for town in made:
        town.engine.dispose()
