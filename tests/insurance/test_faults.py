"""Lost, doubled and crossing messages: the two books agree and the patient is charged once."""

import random
from collections.abc import Callable

import pytest

from hanse.mechanisms.exchange.message import Kind
from hanse.services.social.insurance.insurer import CLAIM_OF_ANOTHER, undo
from tests.exchange.cities import carry
from tests.insurance.towns import Two, insured, two_cities

FUND = 24_820_00
Store = Callable[[str], str]


def rest(two: Two) -> None:
    """Carry everything until nothing waits."""
    for _ in range(20):
        carry(two.treater, two.insurer)
        carry(two.insurer, two.treater)
        if not two.treater.waiting(two.insurer.city) and not two.insurer.waiting(two.treater.city):
            return
    raise AssertionError("it does not come to rest")


def close(two: Two) -> None:
    two.treater.engine.dispose()
    two.insurer.engine.dispose()


def test_a_silent_insurer_leaves_an_interim_answer_and_settles_when_it_is_back(
    fresh_store: Store,
) -> None:
    two = two_cities(fresh_store)
    person = insured(two, 1)
    receipt = two.claim(person, "a")
    assert receipt.kind is Kind.RECEIPT
    for _ in range(3):
        carry(two.treater, two.insurer, lose_request=True)
    assert two.state("a")["state"] == "asked"
    assert two.owed() == (0, 0)
    assert two.claim(person, "a").kind is Kind.RECEIPT
    rest(two)
    assert two.state("a")["state"] == "settled"
    assert two.owed() == (FUND, FUND)
    answered = [line for line in two.treater.settled.values() if line is not None]
    assert len(answered) == 3
    close(two)


def test_an_answer_that_is_lost_is_given_again_and_booked_once(fresh_store: Store) -> None:
    two = two_cities(fresh_store)
    two.claim(insured(two, 1), "a")
    for _ in range(3):
        carry(two.treater, two.insurer, lose_answer=True)
    assert two.owed() == (0, FUND)
    rest(two)
    assert two.owed() == (FUND, FUND)
    close(two)


def test_a_reversal_that_overtakes_its_settlement_bars_it_for_ever(fresh_store: Store) -> None:
    two = two_cities(fresh_store)
    two.claim(insured(two, 1), "a")
    settle = two.treater.waiting(two.insurer.city)
    two.reverse("a")
    both = two.treater.waiting(two.insurer.city)
    undo = [one for one in both if one not in settle]
    for batch in (undo, settle):
        sealed = two.treater.seal(two.insurer.city, batch)
        assert two.treater.settle(batch, sealed, two.insurer.take(sealed)) == []
    rest(two)
    assert two.state("a")["state"] == "undone"
    assert two.owed() == (0, 0)
    close(two)


def test_a_reversal_while_the_answer_is_lost_is_booked_at_both(fresh_store: Store) -> None:
    two = two_cities(fresh_store)
    person = insured(two, 1)
    two.claim(person, "a")
    settle = two.treater.waiting(two.insurer.city)
    carry(two.treater, two.insurer, lose_answer=True)
    two.reverse("a")
    undo = [one for one in two.treater.waiting(two.insurer.city) if one not in settle]
    sealed = two.treater.seal(two.insurer.city, undo)
    two.treater.settle(undo, sealed, two.insurer.take(sealed))
    assert two.state("a")["state"] == "undone"
    assert two.owed() == (0, 0)
    rest(two)
    assert two.owed() == (0, 0)
    two.claim(person, "b")
    rest(two)
    assert two.state("b")["settlement"]["deductible_fen"] == 800_00
    assert two.audits() == []
    close(two)


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_reversal_that_is_refused_leaves_the_bill_as_it_was(
    fresh_store: Store, monkeypatch: pytest.MonkeyPatch, is_answered: bool
) -> None:
    """Such as under an agreement that is suspended at the insuring city alone."""

    def refuses(*given: object) -> None:
        raise CLAIM_OF_ANOTHER()

    two = two_cities(fresh_store)
    person = insured(two, 1)
    two.claim(person, "a")
    if is_answered:
        rest(two)
    with monkeypatch.context() as refused:
        refused.setitem(vars(undo), "handler", refuses)
        two.reverse("a")
        rest(two)
    assert two.state("a")["state"] == "settled"
    assert two.owed() == (FUND, FUND)
    assert two.claim(person, "a").kind is Kind.ANSWER
    two.reverse("a")
    rest(two)
    assert two.state("a")["state"] == "undone"
    assert two.owed() == (0, 0)
    assert None not in two.treater.settled.values()
    close(two)


@pytest.mark.parametrize("seed", range(15))
def test_whatever_happens_to_messages_both_books_agree_and_nobody_pays_twice(
    fresh_store: Store, seed: int
) -> None:
    chance = random.Random(seed)
    two = two_cities(fresh_store)
    people = [insured(two, number) for number in range(1, 4)]
    claimed: dict[str, str] = {}
    reversed_: set[str] = set()
    for step in range(40):
        act = chance.randrange(6)
        if act == 0:
            number = f"n{step}"
            claimed[number] = chance.choice(people)
            two.claim(claimed[number], number)
        elif act == 1 and claimed:
            number = chance.choice(sorted(claimed))
            two.claim(claimed[number], number)
        elif act == 2 and claimed:
            number = chance.choice(sorted(claimed))
            two.reverse(number)
            reversed_.add(number)
        else:
            carry(
                two.treater,
                two.insurer,
                lose_request=chance.random() < 0.3,
                lose_answer=chance.random() < 0.3,
            )
    rest(two)
    states = {number: two.state(number) for number in claimed}
    for number, state in states.items():
        assert state["state"] == ("undone" if number in reversed_ else "settled"), number
    owed = sum(
        one["settlement"]["fund_fen"] for one in states.values() if one["state"] == "settled"
    )
    assert two.owed() == (owed, owed)
    assert two.audits() == []
    assert (two.treater.errors, two.insurer.errors) == ([], [])
    close(two)
