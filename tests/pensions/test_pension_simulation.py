"""Transfers under faults: whole runs hold, equal seeds are equal runs, planted bugs are found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hanse.foundation.store import open_engine
from hanse.services.social.pensions import book, effects, funds
from hanse.services.social.pensions.codes import Standing
from hanse.simulation.pensions_part import run_transfers

WORKERS = 5


@pytest.mark.parametrize("seed", range(1, 5))
def test_no_relation_and_no_fen_is_lost_under_faults(seed: int) -> None:
    found = run_transfers(seed, WORKERS)
    assert found.failure is None
    assert found.cases == WORKERS
    assert found.moved_fen > 0
    assert found.lost + found.doubled + found.deaths > 0


def test_equal_seeds_are_equal_runs_and_others_are_not() -> None:
    one, same, other = (run_transfers(seed, 3) for seed in (7, 7, 8))
    assert one == same
    assert one.digest != other.digest


def test_the_same_run_holds_on_each_store(fresh_store: Callable[[str], str]) -> None:
    found = run_transfers(7, 3, lambda city: open_engine(fresh_store(city)))
    assert found == run_transfers(7, 3)


def _nothing(*_given: Any) -> None:
    """A step that somebody forgot."""


def _one_fen_more(consignment: funds.Consignment) -> funds.Consignment:
    return replace(consignment, pool=consignment.pool + 1)


def _planted(monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    dispatch, keep = funds.dispatch, book.keep
    if bug == "money is not posted":
        monkeypatch.setattr(funds, "settle", _nothing)
    elif bug == "money is not released":
        monkeypatch.setattr(funds, "give_back", _nothing)
    elif bug == "one fen more is sent":
        monkeypatch.setattr(
            funds, "dispatch", lambda tx, one, now: dispatch(tx, _one_fen_more(one), now)
        )
    elif bug == "a sheet is not reconciled":
        monkeypatch.setattr(effects, "_check_sheet", _nothing)
        monkeypatch.setattr(funds, "expect", _nothing)
    elif bug == "a cancelled relation stays on the way":

        def forgetful(tx: Any, kept: Any, now: Any) -> None:
            before = book.find(tx, kept.relation.person.citizen_id)
            was_moving = before is not None and before.standing is Standing.MOVING
            if not (was_moving and kept.standing is Standing.ACTIVE):
                keep(tx, kept, now)

        monkeypatch.setattr(book, "keep", forgetful)


@pytest.mark.parametrize(
    "bug",
    [
        "money is not posted",
        "money is not released",
        "one fen more is sent",
        "a sheet is not reconciled",
        "a cancelled relation stays on the way",
    ],
)
def test_a_planted_bug_is_found(monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    _planted(monkeypatch, bug)
    found = []
    for seed in range(1, 4):
        try:
            found.append(run_transfers(seed, WORKERS).failure)
        except Exception as error:  # a bug may also break a later step
            found.append(str(error))
        if found[-1]:
            return
    raise AssertionError(f"{bug}: nobody noticed")
