"""Pending, post, void, time-out, linked groups, limits: what each leaves in the four counters."""

from collections.abc import Callable

import pytest

from hanse.foundation.errors import Problem
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import Flags, Transfer, batches, bulk
from tests.ledger.books import Ledger, new_ledger, tid

LINKED, PENDING, POST, VOID = Flags.LINKED, Flags.PENDING, Flags.POST, Flags.VOID


def funded(fresh_store: Callable[[str], str], amount: int = 100) -> Ledger:
    held = new_ledger(fresh_store)
    held.transfer(Transfer(tid(1), "free", "wallet", amount, 1))
    return held


def spend(number: int, amount: int, flags: int = 0, timeout: int = 0) -> Transfer:
    return Transfer(tid(number), "wallet", "pool", amount, 1, flags, None, timeout)


def test_pending_outflow_is_spent_and_pending_inflow_is_not_spendable(
    fresh_store: Callable[[str], str],
) -> None:
    held = funded(fresh_store)
    assert held.codes(spend(2, 80, PENDING), spend(3, 30)) == ["created", "exceeds_credits"]
    inflow = Transfer(tid(4), "free", "wallet", 500, 1, PENDING)
    assert held.codes(inflow, spend(5, 30)) == ["created", "exceeds_credits"]
    assert held.codes(spend(6, 20)) == ["created"]
    assert held.balance("wallet") == (80, 20, 500, 100)
    held.engine.dispose()


def test_a_part_is_posted_and_the_rest_is_released(fresh_store: Callable[[str], str]) -> None:
    held = funded(fresh_store)
    held.transfer(spend(2, 80, PENDING), Transfer(tid(3), amount=30, flags=POST, pending=tid(2)))
    assert held.balance("wallet") == (0, 30, 0, 100)
    assert held.balance("pool") == (0, 0, 0, 30)
    held.engine.dispose()


def test_a_void_releases_everything(fresh_store: Callable[[str], str]) -> None:
    held = funded(fresh_store)
    held.transfer(spend(2, 80, PENDING), Transfer(tid(3), flags=VOID, pending=tid(2)))
    assert held.balance("wallet") == (0, 0, 0, 100)
    held.engine.dispose()


def test_a_pending_transfer_ends_at_its_millisecond_and_not_before(
    fresh_store: Callable[[str], str],
) -> None:
    held = funded(fresh_store)
    held.transfer(spend(2, 80, PENDING, 60))
    held.later(milliseconds=59_999)
    assert held.codes(spend(3, 30)) == ["exceeds_credits"]
    held.later(milliseconds=1)
    assert held.codes(spend(4, 30)) == ["created"]
    assert held.balance("wallet") == (0, 30, 0, 100)
    with reading(held.engine) as transaction:
        assert ledger.open_pendings(transaction, 0, 10) == []
    held.engine.dispose()


def test_what_timed_out_is_released_in_the_order_of_its_ends(
    fresh_store: Callable[[str], str],
) -> None:
    held = funded(fresh_store)
    held.transfer(spend(2, 10, PENDING, 90), spend(3, 20, PENDING, 30), spend(4, 5, PENDING, 60))
    held.later(seconds=500)
    with committing(held.engine) as transaction:
        assert ledger.expire(transaction, held.now) == 3
    with reading(held.engine) as transaction:
        released = [one.amount for one in ledger.between(transaction, 4, 100)]
    assert released == [20, 5, 10]
    assert held.audit() == []
    held.engine.dispose()


def test_the_ledgers_time_never_goes_back(fresh_store: Callable[[str], str]) -> None:
    held = funded(fresh_store)
    held.later(hours=-5)
    held.transfer(spend(2, 1))
    with reading(held.engine) as transaction:
        first, second = ledger.between(transaction, 0, 10)
    assert first.booked_at_ms == second.booked_at_ms
    held.engine.dispose()


def test_a_linked_group_happens_whole_or_not_at_all(fresh_store: Callable[[str], str]) -> None:
    held = funded(fresh_store)
    before = held.all()
    group = [spend(2, 60, LINKED), spend(3, 30, LINKED | PENDING), spend(4, 11)]
    refused = ["linked_refused", "linked_refused", "exceeds_credits"]
    assert held.codes(*group) == refused
    assert held.all() == before
    assert held.codes(*group) == refused
    good = [spend(5, 60, LINKED), spend(6, 30, LINKED | PENDING), spend(7, 10)]
    assert held.codes(*good) == ["created"] * 3
    assert held.codes(*good) == ["exists"] * 3
    assert held.balance("wallet") == (30, 70, 0, 100)
    assert held.audit() == []
    held.engine.dispose()


def test_a_group_that_fails_gives_a_pending_transfer_back(
    fresh_store: Callable[[str], str],
) -> None:
    held = funded(fresh_store)
    held.transfer(spend(2, 80, PENDING))
    posting = Transfer(tid(3), flags=POST | LINKED, pending=tid(2))
    outcomes = held.transfer(posting, spend(4, 21))
    assert [one.code for one in outcomes] == ["linked_refused", "exceeds_credits"]
    with pytest.raises(Problem) as refused:
        ledger.require(outcomes)
    assert refused.value.code == "ledger_exceeds_credits"
    assert held.codes(Transfer(tid(5), flags=POST, pending=tid(2))) == ["created"]
    assert held.audit() == []
    held.engine.dispose()


def test_limits_hold_at_every_prefix_not_only_at_the_end(
    fresh_store: Callable[[str], str],
) -> None:
    held = funded(fresh_store)
    later_money = Transfer(tid(3), "free", "wallet", 500, 1)
    assert held.codes(spend(2, 101), later_money, spend(4, 101)) == [
        "exceeds_credits",
        "created",
        "created",
    ]
    held.engine.dispose()


def test_a_balancing_transfer_moves_what_is_left(fresh_store: Callable[[str], str]) -> None:
    held = funded(fresh_store)
    asked = spend(2, 5_000, Flags.BALANCING_DEBIT)
    assert held.codes(asked, spend(3, 1, Flags.BALANCING_DEBIT)) == ["created", "exceeds_credits"]
    assert held.balance("wallet") == (0, 100, 0, 100)
    assert held.codes(asked, asked._replace(amount=100)) == [
        "exists",
        "exists_with_different_amount",
    ]
    held.engine.dispose()


def test_a_changed_cap_counts_from_the_next_transfer(fresh_store: Callable[[str], str]) -> None:
    held = funded(fresh_store)
    with held.write() as transaction:
        ledger.change_caps(transaction, "wallet", held.now, net_debit_cap=50, net_credit_cap=None)
    assert held.codes(spend(2, 151), spend(3, 150)) == ["exceeds_net_debit_cap", "created"]
    held.engine.dispose()


def test_more_end_at_once_than_one_pass_takes(
    fresh_store: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "EXPIRIES_PER_PASS", 3)
    held = funded(fresh_store)
    held.transfer(*(spend(n, 5, PENDING, 30 + n) for n in range(2, 10)))
    held.later(seconds=500)
    assert held.codes(spend(20, 100)) == ["created"]
    assert held.balance("wallet") == (0, 100, 0, 100)
    assert held.audit() == []
    held.engine.dispose()


def test_a_damaged_pending_ends_the_release_instead_of_repeating_it(
    fresh_store: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = funded(fresh_store)
    held.transfer(spend(2, 5, PENDING, 30))
    held.later(seconds=500)
    before = held.all()
    monkeypatch.setattr(bulk, "update", lambda *given: None)
    with pytest.raises(Problem, match="ledger_damaged"):
        held.transfer()
    monkeypatch.undo()
    assert held.all() == before
    held.engine.dispose()


def test_a_batch_beyond_the_limit_is_refused_whole(fresh_store: Callable[[str], str]) -> None:
    held = funded(fresh_store)
    before = held.all()
    most = ledger.TRANSFERS_PER_BATCH_MAX
    with pytest.raises(Problem, match="ledger_batch_too_large"):
        held.transfer(*(spend(n, 1) for n in range(2, most + 3)))
    assert held.all() == before
    held.engine.dispose()


def test_an_account_closes_only_when_it_is_settled(fresh_store: Callable[[str], str]) -> None:
    held = funded(fresh_store)
    with pytest.raises(Problem, match="ledger_account_not_empty"), held.write() as transaction:
        ledger.close_account(transaction, "wallet", held.now)
    held.transfer(spend(2, 100, PENDING))
    with pytest.raises(Problem, match="ledger_account_not_empty"), held.write() as transaction:
        ledger.close_account(transaction, "wallet", held.now)
    held.transfer(Transfer(tid(3), flags=POST, pending=tid(2)))
    with held.write() as transaction:
        ledger.close_account(transaction, "wallet", held.now)
    back = Transfer(tid(4), "free", "wallet", 1, 1)
    assert held.codes(back) == ["credit_account_closed"]
    with held.write() as transaction:
        ledger.reopen_account(transaction, "wallet", held.now)
    assert held.codes(back._replace(id=tid(5))) == ["created"]
    held.engine.dispose()
