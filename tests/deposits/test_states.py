"""The table of a serial's states: what may happen, what is refused, and how every path ends."""

import itertools

import pytest

from hanse.foundation.errors import Problem
from hanse.services.finance.deposits import states
from hanse.services.finance.deposits.codes import FINAL, Action, Role, State

STARTS = {Role.ACQUIRER: State.ASKED, Role.ACCOUNT: State.ASKED}
EVERY = list(itertools.product(Role, State, Action))


@pytest.mark.parametrize(("role", "state", "action"), EVERY)
def test_what_the_table_lacks_is_refused_and_says_where_the_serial_stands(
    role: Role, state: State, action: Action
) -> None:
    wanted = states.TRANSITIONS[role].get((state, action))
    assert states.after(role, state, action) is wanted
    if wanted is None:
        with pytest.raises(Problem, match="deposits_action_not_now") as caught:
            states.require(role, state, action)
        assert state.text.zh in caught.value.hint.zh
    else:
        assert states.require(role, state, action) is wanted


@pytest.mark.parametrize("role", list(Role))
def test_every_serial_can_end_from_wherever_it_stands(role: Role) -> None:
    for start in reached(role):
        assert FINAL & reached(role, start), start


def test_what_was_reversed_or_failed_stays_so() -> None:
    for role in Role:
        for ended in (State.REVERSED, State.FAILED):
            assert reached(role, ended) == {ended}


def test_the_account_bank_never_gives_up_a_hold_by_itself() -> None:
    """Only a confirmation or a reversal, both of the acquirer, lead out of a hold."""
    leads = {action for (state, action) in states.TRANSITIONS[Role.ACCOUNT] if state is State.HELD}
    assert leads == {Action.CONFIRM, Action.REVERSED}


def test_the_acquirer_never_confirms_what_it_reverses() -> None:
    """Once reversing, nothing leads to paid: the two messages are never both meant."""
    assert State.PAID not in reached(Role.ACQUIRER, State.REVERSING)


def reached(role: Role, start: State | None = None) -> set[State]:
    found = {start or STARTS[role]}
    while True:
        more = {
            after for (state, _), after in states.TRANSITIONS[role].items() if state in found
        } - found
        if not more:
            return found
        found |= more
