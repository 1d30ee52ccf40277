"""Seeds that must be clean, digests that must be equal, and planted bugs that must be found."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from hanse.foundation.store import open_engine
from hanse.simulation.parts import ALWAYS, PARTS
from hanse.simulation.run import run
from hanse.simulation.shrink import shrink, story
from tests.simulation import planted_in_cases, planted_in_governance, planted_in_money
from tests.simulation.mutations import MUTATIONS, Mutation, doubled_answer
from tests.simulation.planted import Planted, planted_in

SEEDS = int(os.environ.get("HANSE_SIMULATION_SEEDS", "200"))
SHORT_STEPS = 20
LONG_STEPS = 200
BESIDE = [part.name for part in PARTS if part.name not in ALWAYS]
BUGS = planted_in(planted_in_cases, planted_in_money, planted_in_governance)
WITHOUT_A_PART = {
    "services.governance.conference",
    "services.governance.experts",
    "services.governance.forum",
    "services.governance.press",
    "services.governance.taskforces",
    "services.market.registration",
}
"""Services that have not joined the simulation yet: each that joins leaves this list."""


@pytest.mark.parametrize("seed", range(2))
def test_a_seed_of_the_whole_league_is_clean(seed: int) -> None:
    assert run(seed, LONG_STEPS).failure is None


@pytest.mark.parametrize("first", range(0, SEEDS, 10))
def test_seeds_are_clean(first: int) -> None:
    """Short runs, each with one of the parts beside the exchange, so that many seeds fit."""
    for seed in range(first, min(first + 10, SEEDS)):
        part, cities = BESIDE[seed % len(BESIDE)], 2 + seed // len(BESIDE) % 3 // 2
        found = run(seed, SHORT_STEPS, cities=cities, parts=frozenset({part}))
        assert found.failure is None, (seed, found.failure)


def test_the_same_seed_gives_the_same_digest_on_either_store(
    fresh_store: Callable[[str], str],
) -> None:
    there = run(3, 100, open_store=lambda city: open_engine(fresh_store(city)))
    assert (there.failure, there.digest) == (None, run(3, 100).digest)


def test_the_digest_does_not_depend_on_the_process() -> None:
    code = "from hanse.simulation.run import run; print(run(3, 100).digest)"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(found) == 1


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
def test_a_planted_bug_is_found(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    mutation(monkeypatch)
    alone = frozenset({"ledger"})
    assert any(run(seed, 600, check_every=30, parts=alone).failure for seed in range(4))


@pytest.mark.parametrize("bug", BUGS, ids=lambda one: one.name)
def test_a_planted_bug_of_a_part_is_found(bug: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)
    assert run(bug.seed, bug.steps, check_every=10, parts=bug.parts).failure is not None


def test_a_failing_seed_is_shrunk_to_a_short_story(monkeypatch: pytest.MonkeyPatch) -> None:
    doubled_answer(monkeypatch)
    none = frozenset[str]()
    long = next(one for seed in range(4) if (one := run(seed, 600, parts=none)).failure)
    short = shrink(
        long,
        lambda steps, cities, faults: run(
            long.seed, steps, cities=cities, faults=faults, parts=none
        ),
    )
    assert short.failure is not None
    assert len(short.steps) < 60
    assert str(short.seed) in story(short).en
    assert story(short).zh != story(short).en


def test_every_mechanism_and_service_has_a_part() -> None:
    import hanse

    root = next(iter(hanse.__path__))
    from pathlib import Path

    packages = [
        *Path(root, "mechanisms").glob("*/__init__.py"),
        *Path(root, "services").glob("*/*/__init__.py"),
    ]
    every = {".".join(one.parent.relative_to(root).parts) for one in packages}
    covered = {name for part in PARTS for name in part.covers}
    assert every - covered == WITHOUT_A_PART
