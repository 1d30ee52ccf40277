"""A service whose every effect can be counted: what the simulation asks the cities to do."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Column, Integer, MetaData, String, Table

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Purpose, Reach, Service, operation, topic

counting_metadata = MetaData()
effects = Table(
    "simulated_effects",
    counting_metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(12), nullable=False, comment="add owed heard answered"),
    Column("peer", String(6), nullable=False),
    Column("message_id", String(128), nullable=False),
    Column("amount", Integer, nullable=False),
)
TOO_MUCH = ProblemKind(
    "simulated_too_much", 409, Text("超过上限", "Too much"), Text("请减少数量", "Add less")
)
TRIAL = Purpose("trial", Text("试验", "A trial"))
AMOUNT_MAX = 90


class Add(BaseModel):
    """How much is added."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: Annotated[int, titled("数量", "Amount", ge=0, le=100)]


class Added(BaseModel):
    """What was added, and what no grant lets through."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: Annotated[int, titled("数量", "Amount")]
    secret: Annotated[str, titled("内部信息", "Secret", max_length=20)] = "of the city"  # noqa: S105


class Give(BaseModel):
    """Which owed answer is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    city: Annotated[str, titled("城市", "City", max_length=6)]
    message_id: Annotated[str, titled("编号", "Id", max_length=128)]


def effect(transaction: Transaction, kind: str, context: Context, amount: int) -> None:
    """Count one effect of one message."""
    row = {
        "kind": kind,
        "peer": context.caller.city,
        "message_id": context.message_id,
        "amount": amount,
    }
    transaction.insert(effects, row)


def _add(transaction: Transaction, request: Add, context: Context) -> Added:
    effect(transaction, "add", context, request.amount)
    if request.amount > AMOUNT_MAX:
        raise TOO_MUCH()
    return Added(amount=request.amount)


@operation("simulated.add", Text("累加", "Add"), purposes=(TRIAL,))
def add(transaction: Transaction, request: Add, context: Context) -> Added:
    """Count, then refuse what is too much: the count must be undone."""
    return _add(transaction, request, context)


@operation("simulated.brief", Text("短期累加", "Add for a short time"), purposes=(TRIAL,))
def brief(transaction: Transaction, request: Add, context: Context) -> Added:
    """As `add`, under an agreement that expires early."""
    return _add(transaction, request, context)


@operation("simulated.later", Text("稍后累加", "Add later"), purposes=(TRIAL,))
def later(transaction: Transaction, request: Add, context: Context) -> Added:
    """Take the request and owe its answer."""
    effect(transaction, "owed", context, request.amount)
    raise Owed


@operation("simulated.give", Text("补发答复", "Give an owed answer"), reach=Reach.CITY)
def give(transaction: Transaction, request: Give, context: Context) -> Added:
    """Give an answer that is owed."""
    context.answer(transaction, request.city, request.message_id, Added(amount=1))
    return Added(amount=1)


@operation("simulated.say", Text("告知", "Say"), reach=Reach.CITY)
def say(transaction: Transaction, request: Add, context: Context) -> Added:
    """Tell every subscriber."""
    told = context.publish(transaction, "simulated.said", Added(amount=request.amount))
    return Added(amount=told)


@topic("simulated.said", Text("告知", "Said"), purpose=TRIAL)
def said(transaction: Transaction, data: Add, context: Context) -> None:
    """Count what was heard, in its order."""
    effect(transaction, "heard", context, context.sequence or 0)


def answered(transaction: Transaction, data: dict[str, object], context: Context) -> None:
    """Count that an answer reached its asker."""
    effect(transaction, "answered", context, len(data))


COUNTING = Service(
    name="simulated",
    title=Text("仿真", "Simulation"),
    operations=(add, brief, later, give, say),
    topics=(said,),
    answer_handlers=dict.fromkeys(
        ("simulated.add", "simulated.brief", "simulated.later"), answered
    ),
)
