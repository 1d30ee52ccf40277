"""The ledger against an obviously right one: the same outcome for every transfer, the same
balances after every batch, and a log that replays to the bit."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from hanse.foundation.errors import Problem
from hanse.foundation.store.transaction import reading
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import Flags, Transfer, deciding
from tests.ledger.books import OPEN, Ledger, new_ledger, tid
from tests.ledger.model import Held, Model
from tests.ledger.mutations import MUTATIONS, Mutation, plant

NAMES = [one.id for one in OPEN if one.book == "trial"]
BATCHES = 40


def some_transfer(chance: random.Random, sent: list[Transfer], count: int) -> Transfer:
    """A transfer that may well be refused, may repeat another one with or without a change, and
    often resolves another one."""
    if sent and chance.random() < 0.08:
        again = chance.choice(sent)
        change: dict[str, Any] = chance.choice(
            [{}, {"reference": "other"}, {"amount": (again.amount or 1) + 1}]
        )
        return again._replace(**change)
    known = [one.id for one in sent]
    fresh = chance.random() < 0.97 or not known
    transfer_id = tid(count * 10**6 + chance.randrange(1, 10**6)) if fresh else chance.choice(known)
    linked = Flags.LINKED if chance.random() < 0.15 else Flags.NONE
    if known and chance.random() < 0.35:
        act = chance.choice([Flags.POST, Flags.POST, Flags.VOID])
        amount = chance.choice([None, None, chance.randrange(1, 500)])
        open_ones = [one.id for one in sent if one.flags & Flags.PENDING][-6:]
        pending = chance.choice(open_ones if open_ones and chance.random() < 0.8 else known)
        if pending != transfer_id:
            return Transfer(transfer_id, amount=amount, flags=act | linked, pending=pending)
    debit, credit = chance.sample(NAMES, 2)
    flags = chance.choice(
        [Flags.NONE, Flags.NONE, Flags.PENDING, Flags.PENDING, Flags.BALANCING_DEBIT]
    )
    timeout = chance.choice([0, 0, 60, 600]) if flags & Flags.PENDING else 0
    return Transfer(
        transfer_id,
        debit,
        credit,
        chance.randrange(1, 800),
        code=chance.choice([1, 2]),
        flags=flags | linked,
        timeout_seconds=timeout,
        reference=f"r{count}",
    )


def plain_transfer(chance: random.Random, sent: list[Transfer], count: int) -> Transfer:
    """One that moves its amount at once, under an id that is new but for once in a while."""
    one = some_transfer(chance, [], count)
    debit, credit = chance.sample(NAMES, 2)
    again = sent and chance.random() < 0.05
    return one._replace(
        id=chance.choice(sent).id if again else one.id,
        debit=debit,
        credit=credit,
        flags=0,
        timeout_seconds=0,
    )


def play(held: Ledger, seed: int, batches: int = BATCHES) -> None:
    """Random batches to both; raises at the first outcome or balance that is not the model's."""
    chance = random.Random(seed)
    model = Model({one.id: Held(one) for one in OPEN})
    sent: list[Transfer] = []
    for number in range(batches):
        held.later(seconds=chance.choice([0, 1, 30, 300]))
        first = len(sent)
        make = plain_transfer if chance.random() < 0.3 else some_transfer
        for _ in range(chance.randrange(1, 40)):
            sent.append(make(chance, sent[-60:], number))
        batch = sent[first:]
        expected = model.batch(batch, held.now)
        found = held.codes(*batch)
        named = ["differs" if one.startswith("exists_with") else one for one in found]
        assert named == expected, (seed, number)
        balances = model.balances()
        assert held.all() == tuple(balances[one.id] for one in OPEN), (seed, number)
    assert held.audit() == []


@pytest.mark.parametrize("seed", range(12))
def test_every_outcome_and_balance_is_the_models(
    fresh_store: Callable[[str], str], seed: int
) -> None:
    held = new_ledger(fresh_store)
    play(held, seed)
    held.engine.dispose()


@pytest.mark.parametrize("make", [some_transfer, plain_transfer])
def test_the_short_ways_book_what_the_long_way_books(
    fresh_store: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    chance = random.Random(5)
    batch = [make(chance, [], number) for number in range(600)]
    short, long = new_ledger(fresh_store, "short"), new_ledger(fresh_store, "long")
    found = short.transfer(*batch)
    monkeypatch.setattr(deciding, "book_run", lambda decision, batch, first, outcomes: first)
    monkeypatch.setattr(deciding, "book_whole", lambda decision, batch, outcomes: 0)
    assert long.transfer(*batch) == found
    assert long.all() == short.all()
    with reading(short.engine) as one, reading(long.engine) as other:
        assert ledger.between(one, 0, 1_000) == ledger.between(other, 0, 1_000)
    assert (short.audit(), long.audit()) == ([], [])
    short.engine.dispose()
    long.engine.dispose()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_a_planted_bug_is_found(
    mutation: Mutation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(mutation, monkeypatch)
    assert any(_found(tmp_path, seed) for seed in range(4))


def _found(folder: Path, seed: int) -> bool:
    held = new_ledger(lambda name: f"sqlite:///{folder / name}{seed}")
    try:
        play(held, seed, batches=30)
    except (AssertionError, KeyError, Problem, sqlite3.IntegrityError, IntegrityError):
        return True
    finally:
        held.engine.dispose()
    return False


def test_the_same_log_again_in_other_batches_gives_the_same_books(
    fresh_store: Callable[[str], str],
) -> None:
    chance = random.Random(99)
    one, other = new_ledger(fresh_store, "one"), new_ledger(fresh_store, "other")
    transfers = [
        some_transfer(chance, [], number)._replace(flags=0, timeout_seconds=0)
        for number in range(400)
    ]
    whole = one.codes(*transfers)
    split: list[str] = []
    while len(split) < len(transfers):
        split += other.codes(*transfers[len(split) : len(split) + chance.randrange(1, 40)])
    assert whole == split
    assert one.all() == other.all()
    one.engine.dispose()
    other.engine.dispose()
