"""A process that dies at a commit has changed nothing; two processes at once take turns."""

import contextlib
import threading
from collections.abc import Callable

from sqlalchemy import Engine

from hanse.foundation.store import Transaction, open_engine
from hanse.foundation.store.transaction import committing
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import Account, Flags, Transfer
from tests.ledger.books import Ledger, new_ledger, tid
from tests.ledger.test_refusals import contents

THREADS, BATCHES, SIZE = 4, 12, 15


def test_a_crash_before_any_commit_changes_nothing(fresh_store: Callable[[str], str]) -> None:
    held = new_ledger(fresh_store)
    held.transfer(Transfer(tid(1), "free", "wallet", 100, 1))
    held.transfer(Transfer(tid(2), "wallet", "pool", 10, 1, Flags.PENDING, None, 5))
    held.later(seconds=9)
    before = contents(held)
    batch = [
        Transfer(tid(3), "wallet", "pool", 90, 1),
        Transfer(tid(4), "wallet", "pool", 90, 1),
        Transfer(tid(5), "free", "pool", 1, 1, Flags.PENDING),
        Transfer(tid(6), flags=Flags.POST, pending=tid(5)),
    ]
    expected = ["created", "exceeds_credits", "created", "created"]
    with held.engine.connect() as connection:
        begun = connection.begin()
        transaction = Transaction(connection)
        found = ledger.transfer(transaction, batch, held.now)
        transaction.finish()
        assert [one.code for one in found] == expected
        begun.rollback()
    assert contents(held) == before
    assert held.codes(*batch) == expected  # no refusal was kept either
    assert held.audit() == []
    held.engine.dispose()


def test_a_savepoint_that_is_undone_takes_the_batch_back(
    fresh_store: Callable[[str], str],
) -> None:
    held = new_ledger(fresh_store)
    before = contents(held)
    with committing(held.engine) as transaction:
        with contextlib.suppress(KeyError), transaction.savepoint():
            ledger.transfer(transaction, [Transfer(tid(1), "free", "pool", 1, 1)], held.now)
            raise KeyError
        assert ledger.transfer(transaction, [], held.now) == []
    assert contents(held) == before
    assert held.codes(Transfer(tid(1), "free", "pool", 1, 1)) == ["created"]
    assert held.audit() == []
    held.engine.dispose()


def test_processes_that_write_at_once_take_turns(fresh_store: Callable[[str], str]) -> None:
    """Each with an engine of its own, as a process has: the wallet is emptied exactly once."""
    url: list[str] = []

    def remembered(name: str) -> str:
        url.append(fresh_store(name))
        return url[0]

    held = new_ledger(remembered)
    held.transfer(Transfer(tid(1), "free", "wallet", 100, 1))
    codes: list[str] = []
    failures: list[BaseException] = []

    def work(number: int, engine: Engine) -> None:
        own = Ledger(engine)
        try:
            for batch in range(BATCHES):
                first = 1_000_000 * (batch + 1) + 1_000 * number
                codes.extend(
                    own.codes(
                        *(Transfer(tid(first + n), "wallet", "pool", 3, 1) for n in range(SIZE))
                    )
                )
        except BaseException as error:
            failures.append(error)

    engines = [open_engine(url[0]) for _ in range(THREADS)]
    threads = [
        threading.Thread(target=work, args=(number, engine))
        for number, engine in enumerate(engines)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert failures == []
    assert len(codes) == THREADS * BATCHES * SIZE
    assert codes.count("created") == 33
    assert set(codes) == {"created", "exceeds_credits"}
    assert held.balance("wallet") == (0, 99, 0, 100)
    assert held.audit() == []
    held.engine.dispose()


def test_two_processes_begin_an_empty_ledger_at_once(fresh_store: Callable[[str], str]) -> None:
    url = fresh_store("empty")
    first = new_ledger(lambda name: url)
    engines = [open_engine(url) for _ in range(2)]
    ready = threading.Barrier(2)

    def work(number: int) -> None:
        ready.wait()
        with committing(engines[number]) as transaction:
            opened = [Account(f"new/{number}", "trial", 1)]
            ledger.open_accounts(transaction, opened, first.now)
            one = Transfer(tid(number + 1), f"new/{number}", "pool", 1, 1)
            ledger.require(ledger.transfer(transaction, [one], first.now))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert first.balance("pool") == (0, 0, 0, 2)
    assert first.audit() == []
    first.engine.dispose()
