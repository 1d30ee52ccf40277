"""What may become of a serial, as one table for each bank's book.

Rule 1: all that decides a serial's next state stands here. Rule 2: the account bank never gives a
hold up by itself, because the acquirer may have paid; the acquirer alone confirms or reverses, and
decides it once, in a transaction of its own. Rule 3: what is asked back waits at the account bank
until a person there decides, or the acquirer gives up at the deadline.
"""

from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.finance.deposits.codes import Action, Role, State

NOT_NOW = ProblemKind(
    "deposits_action_not_now",
    409,
    Text("该流水当前不能办理此步骤", "The serial is in no state for this step"),
    Text("流水状态：{state_zh}", "Its state is: {state_en}"),
)

A, B = Role.ACQUIRER, Role.ACCOUNT

TRANSITIONS: Final[dict[Role, dict[tuple[State, Action], State]]] = {
    A: {
        (State.ASKED, Action.APPROVE): State.HELD,
        (State.ASKED, Action.REFUSE): State.FAILED,
        (State.ASKED, Action.REVERSE): State.REVERSING,
        (State.HELD, Action.PAY): State.PAID,
        (State.HELD, Action.REVERSE): State.REVERSING,
        (State.PAID, Action.CONFIRM): State.SUCCESS,
        (State.PAID, Action.REVERSE): State.REVERSING,
        (State.SUCCESS, Action.REVERSE): State.REVERSING,
        (State.REVERSING, Action.REVERSED): State.REVERSED,
        (State.REVERSING, Action.KEEP): State.SUCCESS,
    },
    B: {
        (State.ASKED, Action.APPROVE): State.HELD,
        (State.ASKED, Action.REFUSE): State.FAILED,
        (State.ASKED, Action.REVERSED): State.REVERSED,
        (State.HELD, Action.CONFIRM): State.SUCCESS,
        (State.HELD, Action.REVERSED): State.REVERSED,
        (State.SUCCESS, Action.REVERSED): State.REVERSED,
    },
}


def after(role: Role, state: State, action: Action) -> State | None:
    """The next state, or None where the action is not for this state."""
    return TRANSITIONS[role].get((state, action))


def require(role: Role, state: State, action: Action) -> State:
    """The next state, or the refusal that says where the serial stands."""
    found = after(role, state, action)
    if found is None:
        raise NOT_NOW(state_zh=state.text.zh, state_en=state.text.en)
    return found
