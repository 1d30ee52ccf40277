"""A node that dies at any commit, before it is on disk or right after: no cash is paid twice.

Each flow is played with one crash at its n-th commit, for every n that it has. Whoever had called
the dead node calls again, with the same serial; messages are sent again until they are answered.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.exchange.cities import carry

from .crashing import Crash, Crashed
from .league import CHENGDU, DEYANG, League, close, found_banks


def again(step: Callable[[], Any]) -> Any:
    """Do a step; once more where the node died in it."""
    try:
        return step()
    except Crashed:
        return step()


def deliver(league: League) -> None:
    for _ in range(3):
        for sender, receiver in ((CHENGDU, DEYANG), (DEYANG, CHENGDU)):
            again(lambda s=sender, r=receiver: carry(league.towns[s], league.towns[r]))  # type: ignore[misc]


def withdrawal(league: League, card: str, paid_out: list[int]) -> None:
    ask = ("withdraw", DEYANG, card, 30_000)
    again(lambda: league.begin(CHENGDU, *ask, serial="K1", fee_fen=200))
    deliver(league)
    answer = again(lambda: league.step(CHENGDU, "pay", "K1"))
    assert answer["state"] in ("paid", "success")
    paid_out.append(30_000)  # only now does the teller's drawer open
    deliver(league)


def deposit(league: League, card: str, paid_out: list[int]) -> None:
    paid_out.append(-30_200)
    ask = ("pay_in", DEYANG, card, 30_100)
    again(lambda: league.begin(CHENGDU, *ask, serial="K1", fee_fen=100))
    deliver(league)
    deliver(league)


def reversal(league: League, card: str, paid_out: list[int]) -> None:
    withdrawal(league, card, paid_out)

    def undo() -> None:
        if league.state(CHENGDU, "K1") not in ("reversing", "reversed"):
            league.step(CHENGDU, "undo", "K1")

    again(undo)
    paid_out.append(-30_000)
    deliver(league)


@pytest.fixture
def sqlite_league(tmp_path: Any) -> Any:
    made = found_banks(lambda city: f"sqlite:///{tmp_path / city}.sqlite")
    for city in (CHENGDU, DEYANG):
        made.cash(city)
    yield made
    close(made)


Flow = Callable[[League, str, list[int]], None]
COMMITS: dict[Flow, int] = {withdrawal: 6, deposit: 5, reversal: 10}
"""How many commits each flow has: one more than that crashes nothing."""
MOVED: dict[Flow, int] = {withdrawal: -30_200, deposit: 30_100, reversal: 0}


@pytest.mark.parametrize("durable", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("flow", "at"), [(flow, at) for flow, count in COMMITS.items() for at in range(1, count + 2)]
)
def test_a_crash_at_any_commit_leaves_cash_books_and_positions_right(
    sqlite_league: League,
    monkeypatch: pytest.MonkeyPatch,
    flow: Flow,
    at: int,
    durable: bool,
) -> None:
    league = sqlite_league
    card = league.open(DEYANG, 100_000)
    cash = league.money(CHENGDU, DEYANG)["cash"]
    paid_out: list[int] = []
    with monkeypatch.context() as patched:
        crash = Crash(patched, at, durable=durable)
        flow(league, card, paid_out)
    assert crash.happened is (at <= COMMITS[flow])
    wanted = "reversed" if flow is reversal else "success"
    assert league.state(CHENGDU, "K1") == wanted
    after = league.money(CHENGDU, DEYANG)
    assert after["cash"] == cash - sum(paid_out)
    assert after["position"] == -league.money(DEYANG, CHENGDU)["position"]
    moved = MOVED[flow]
    assert league.balance(DEYANG, card) == (100_000 + moved, 100_000 + moved)
    assert after["position"] == -moved
    assert league.differences(CHENGDU, DEYANG) == []
