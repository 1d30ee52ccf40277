"""Seeds of the simulation of cases that must be clean, and planted bugs that it must find."""

from collections.abc import Callable

import pytest

from hanse.foundation.store import open_engine
from hanse.mechanisms.cases import copies, deadlines, follower
from hanse.simulation.cases_part import run_cases


@pytest.mark.parametrize("seed", range(2))
def test_a_seed_is_clean(seed: int) -> None:
    result = run_cases(seed, 25)
    assert result.failure is None
    assert result.cases > 18
    assert result.deaths
    assert result.lost
    assert result.doubled


def test_the_same_seed_gives_the_same_histories_on_either_store(
    fresh_store: Callable[[str], str],
) -> None:
    there = run_cases(7, 8, open_store=lambda city: open_engine(fresh_store(city)))
    assert there == run_cases(7, 8)


def steps_are_never_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "take_answer", lambda *arguments: None)
    monkeypatch.setattr(copies, "resend", lambda *arguments: 0)


def a_passed_deadline_stays_due(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = deadlines.passed
    monkeypatch.setattr(
        deadlines, "passed", lambda state: passed(state).model_copy(
            update={"standing": "running"}
        )
    )  # fmt: skip


def the_chain_is_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A follower that takes what it is sent under a number of its own loses steps."""
    monkeypatch.setattr(follower, "digest_of", lambda line: "sha-256:" + "0" * 64)


def nothing_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "hand_to_all", lambda *arguments: None)


@pytest.mark.parametrize(
    ("bug", "cases"),
    [
        (steps_are_never_sent_again, 8),
        (a_passed_deadline_stays_due, 30),
        (the_chain_is_not_checked, 6),
        (nothing_is_handed_over, 12),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_planted_bug_is_found(
    bug: Callable[[pytest.MonkeyPatch], None], cases: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    found = []
    for seed in range(4):
        try:
            found.append(run_cases(seed, cases).failure)
        except Exception as error:
            found.append(str(error))
        if found[-1]:
            return
    raise AssertionError("the simulation does not find it")
