"""The ledger against an obviously right one: the same outcome for every transfer, the same
balances after every batch, and a log that replays to the bit."""

import random
from collections.abc import Callable

import pytest

from hanse.mechanisms.ledger import Flags, Transfer
from tests.ledger.books import OPEN, new_ledger, tid
from tests.ledger.model import Held, Model

NAMES = [one.id for one in OPEN if one.book == "trial"]
BATCHES = 40


def some_transfer(chance: random.Random, known: list[bytes], count: int) -> Transfer:
    """A transfer that may well be refused, may repeat an id, and often resolves another one."""
    fresh = chance.random() < 0.9 or not known
    transfer_id = tid(chance.randrange(1, 10**9)) if fresh else chance.choice(known)
    linked = Flags.LINKED if chance.random() < 0.15 else Flags.NONE
    if known and chance.random() < 0.35:
        act = chance.choice([Flags.POST, Flags.POST, Flags.VOID])
        amount = chance.choice([None, None, chance.randrange(1, 500)])
        pending = chance.choice(known)
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


@pytest.mark.parametrize("seed", range(12))
def test_every_outcome_and_balance_is_the_models(
    fresh_store: Callable[[str], str], seed: int
) -> None:
    chance = random.Random(seed)
    held = new_ledger(fresh_store)
    model = Model({one.id: Held(one) for one in OPEN})
    known: list[bytes] = []
    for number in range(BATCHES):
        held.later(seconds=chance.choice([0, 1, 30, 300]))
        batch = [some_transfer(chance, known[-60:], number) for _ in range(chance.randrange(1, 25))]
        expected = model.batch(batch, held.now)
        found = held.codes(*batch)
        named = ["differs" if one.startswith("exists_with") else one for one in found]
        assert named == expected, (seed, number)
        known += [one.id for one in batch]
        balances = model.balances()
        assert held.all() == tuple(balances[one.id] for one in OPEN), (seed, number)
    assert held.audit() == []
    held.engine.dispose()


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
