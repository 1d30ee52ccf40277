"""One transfer is proved alone from its batch; every change to the books is found."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from hanse.foundation.errors import Problem
from hanse.foundation.identity import base64url
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.ledger import Flags, Transfer
from hanse.mechanisms.ledger.tables import ledger_batches
from tests.ledger.books import START, Ledger, new_ledger, tid


def worked(fresh_store: Callable[[str], str]) -> Ledger:
    """A ledger in which something of every kind has happened."""
    held = new_ledger(fresh_store)
    held.transfer(*(Transfer(tid(n), "free", "wallet", n, 1) for n in range(1, 8)))
    held.transfer(
        Transfer(tid(10), "wallet", "pool", 5, 1, Flags.PENDING, None, 60),
        Transfer(tid(11), "wallet", "pool", 6, 1, Flags.PENDING),
        Transfer(tid(12), "wallet", "pool", 7, 1, Flags.PENDING),
        Transfer(tid(13), amount=4, flags=Flags.POST, pending=tid(11)),
        Transfer(tid(14), flags=Flags.VOID, pending=tid(12)),
        Transfer(tid(15), "wallet", "pool", 1, 2, corrects=tid(3), reference="case/1"),
    )
    held.later(seconds=61)
    held.transfer(Transfer(tid(20), "wallet", "pool", 1, 1))
    return held


def test_each_transfer_is_proved_alone(fresh_store: Callable[[str], str]) -> None:
    held = worked(fresh_store)
    with reading(held.engine) as transaction:
        query = select(journal_entries.c.details).where(journal_entries.c.kind == "ledger.batch")
        roots = {json.loads(row[0])["root"] for row in transaction.rows(query)}
        for number in (1, 7, 10, 13, 14, 15, 20):
            proof = ledger.prove(transaction, tid(number))
            assert proof.holds()
            assert base64url(proof.root) in roots
            assert tid(number).hex() in proof.line
            assert "|wallet|" in proof.line
            assert not replace(proof, line=proof.line.replace("wallet", "free")).holds()
            assert not replace(proof, salt=bytes(16)).holds()
            assert not replace(proof, index=proof.index + 1).holds()
        with pytest.raises(Problem, match="ledger_transfer_unknown"):
            ledger.prove(transaction, tid(99))
    held.engine.dispose()


def test_the_replay_of_an_honest_log_finds_nothing(fresh_store: Callable[[str], str]) -> None:
    held = worked(fresh_store)
    assert held.audit() == []
    held.engine.dispose()


DAMAGES = {
    "account": "UPDATE ledger_accounts SET credits_posted = credits_posted + 1 WHERE id = 'free'",
    "sum": "UPDATE ledger_accounts SET debits_pending = debits_pending + 1 WHERE id = 'pool'",
    "entry": "UPDATE ledger_entries SET debits_posted = debits_posted + 1 WHERE sequence = 3",
    "batch": "UPDATE ledger_transfers SET reference = 'x' WHERE sequence = 3",
    "gap": "DELETE FROM ledger_transfers WHERE sequence = 4",
    "head": "UPDATE ledger_head SET sequence = sequence + 1",
    "journal": "DELETE FROM ledger_batches WHERE last_sequence = 7",
    "pending": "UPDATE ledger_pendings SET state = 'open' WHERE state = 'voided'",
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_book_is_found(fresh_store: Callable[[str], str], what: str) -> None:
    held = worked(fresh_store)
    with committing(held.engine) as transaction:
        transaction.execute(text(DAMAGES[what]))
    assert what in {one.what for one in held.audit()}
    held.engine.dispose()


def test_an_amount_that_was_rewritten_everywhere_still_breaks_the_root(
    fresh_store: Callable[[str], str],
) -> None:
    held = worked(fresh_store)
    with committing(held.engine) as transaction:
        for statement in (
            "UPDATE ledger_transfers SET amount = amount + 1 WHERE sequence = 7",
            "UPDATE ledger_entries SET debits_posted = debits_posted + 1 WHERE sequence >= 7 "
            "AND account = (SELECT number FROM ledger_accounts WHERE id = 'free')",
            "UPDATE ledger_entries SET credits_posted = credits_posted + 1 WHERE sequence >= 7 "
            "AND account = (SELECT number FROM ledger_accounts WHERE id = 'wallet')",
            "UPDATE ledger_accounts SET debits_posted = debits_posted + 1 WHERE id = 'free'",
            "UPDATE ledger_accounts SET credits_posted = credits_posted + 1 WHERE id = 'wallet'",
        ):
            transaction.execute(text(statement))
    assert {one.what for one in held.audit()} == {"batch"}
    with committing(held.engine) as transaction:  # now the root is made to fit as well
        reckoned = next(one.expected for one in held.audit())
        transaction.execute(
            ledger_batches.update()
            .where(ledger_batches.c.last_sequence == 7)
            .values(root=bytes.fromhex(reckoned))
        )
    assert {one.what for one in held.audit()} == {"journal"}
    held.engine.dispose()


def test_erased_details_of_the_journal_are_no_difference(
    fresh_store: Callable[[str], str],
) -> None:
    held = worked(fresh_store)
    with committing(held.engine) as transaction:
        transaction.execute(journal_entries.update().values(details=None, salt=None))
    assert held.audit() == []
    held.engine.dispose()


def test_the_balance_at_any_time_and_by_value_date(fresh_store: Callable[[str], str]) -> None:
    held = new_ledger(fresh_store)
    late = date(2026, 11, 20)
    held.transfer(Transfer(tid(1), "free", "wallet", 100, 1, effective=date(2026, 11, 22)))
    held.later(days=1)
    held.transfer(Transfer(tid(2), "free", "wallet", 30, 1, effective=late))
    held.later(days=1)
    held.transfer(Transfer(tid(3), "free", "wallet", 7, 1, Flags.PENDING))
    with reading(held.engine) as transaction:
        at = [
            ledger.balance_at(transaction, "wallet", START + timedelta(days=days)).credits_posted
            for days in (-1, 0, 0.5, 1, 9)
        ]
        assert at == [0, 100, 100, 130, 130]
        assert [ledger.balance_after(transaction, "wallet", n)[2:] for n in range(4)] == [
            (0, 0),
            (0, 100),
            (0, 130),
            (7, 130),
        ]
        days = (date(2026, 11, 19), late, date(2026, 11, 22), date(2026, 12, 31))
        found = [ledger.effective_balance(transaction, "wallet", day) for day in days]
        assert found == [0, -30, -130, -130]
    held.engine.dispose()


def test_a_statement_comes_in_pages_without_a_gap(fresh_store: Callable[[str], str]) -> None:
    held = new_ledger(fresh_store)
    held.transfer(*(Transfer(tid(n), "free", "wallet", n, 1) for n in range(1, 26)))
    with reading(held.engine) as transaction:
        found: list[int] = []
        while page := ledger.statement(transaction, "wallet", found[-1] if found else 0, 10):
            found += [line.transfer.sequence for line in page]
        assert found == list(range(1, 26))
        lines = ledger.statement(transaction, "wallet")
        assert lines[-1].balance == ledger.state(transaction, "wallet").balance
        with pytest.raises(Problem, match="ledger_page_too_large"):
            ledger.statement(transaction, "wallet", 0, 1_001)
        cut = ledger.between(transaction, 0, 9) + ledger.between(transaction, 9, 25)
        assert [one.sequence for one in cut] == list(range(1, 26))
    held.engine.dispose()
