"""Random days under random faults end right in every book; a planted bug does not stay hidden."""

from collections.abc import Callable
from typing import Any

import pytest

from .mutations import MUTATIONS
from .random_days import play

SEEDS = 8
SEEDS_OF_A_MUTATION = 8


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_random_day_ends_right_in_every_book(seed: int, tmp_path: Any) -> None:
    play(seed, lambda city: f"sqlite:///{tmp_path / city}.sqlite")


def test_a_random_day_ends_right_on_both_stores(fresh_store: Callable[[str], str]) -> None:
    play(100, fresh_store, steps=60)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: str(one.__name__))
def test_a_planted_bug_is_found(
    mutation: Callable[[pytest.MonkeyPatch], None], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutation(monkeypatch)
    for seed in range(SEEDS_OF_A_MUTATION):
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            play(seed, lambda city, at=folder: f"sqlite:///{at / city}.sqlite")
        except Exception:
            return
    pytest.fail(f"no seed finds {mutation.__doc__}")
