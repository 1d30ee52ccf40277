"""A small service for the tests: a counter, a late answer, a failure and a topic."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Column, Integer, MetaData, String, Table, select

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import CitizenId
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Purpose, Reach, Service, operation, topic
from hanse.mechanisms.journal.access import Deferral

trial_metadata = MetaData()
counters = Table(
    "trial_counters",
    trial_metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
)
told = Table(
    "trial_told",
    trial_metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("text", String(100), nullable=False),
)

TOO_MUCH = ProblemKind(
    "trial_too_much", 409, Text("超过上限", "Too much"), Text("少加一些", "Add less")
)
NOT_NOW = ProblemKind(
    "trial_not_now", 503, Text("稍后", "Not now"), Text("再试", "Try again"), retry=True
)
PURPOSE = Purpose("trial", Text("试验", "A trial"))
OTHER = Purpose("other", Text("其他", "Another purpose"))


class Add(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, titled("名称", "Name", max_length=40)]
    amount: Annotated[int, titled("数量", "Amount", ge=-1000, le=1000)] = 1


class Added(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Annotated[int, titled("现值", "Value")]
    secret: Annotated[str, titled("内部信息", "Secret")] = "of the city"


class Say(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, titled("内容", "Text", max_length=100)]
    secret: Annotated[str, titled("内部信息", "Secret")] = "of the city"


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cities: Annotated[int, titled("城市数", "Cities")]


def value_of(transaction: Transaction, name: str) -> int:
    found = transaction.value(select(counters.c.value).where(counters.c.name == name))
    return int(found or 0)


@operation("trial.add", Text("累加", "Add"), purposes=(PURPOSE, OTHER))
def add(transaction: Transaction, request: Add, context: Context) -> Added:
    """Add to a counter, by a mistake-prone way: the row is changed before the limit is checked."""
    value = value_of(transaction, request.name) + request.amount
    transaction.upsert(
        counters, {"name": request.name, "value": value}, lambda new: {"value": new.value}
    )
    if value > 100:
        raise TOO_MUCH()
    if request.name == "not-now":
        raise NOT_NOW()
    if request.name == "broken":
        raise RuntimeError("a mistake in the service")
    return Added(value=value)


@operation("trial.add_later", Text("稍后累加", "Add later"), purposes=(PURPOSE,))
def add_later(transaction: Transaction, request: Add, context: Context) -> Added:
    """Take the request, note it, and owe its answer."""
    value = value_of(transaction, request.name) + request.amount
    transaction.upsert(
        counters, {"name": request.name, "value": value}, lambda new: {"value": new.value}
    )
    raise Owed


class GiveAnswer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    city: Annotated[str, titled("城市", "City")]
    message_id: Annotated[str, titled("编号", "Id")]
    value: Annotated[int, titled("现值", "Value")]


@operation("trial.give", Text("补发答复", "Give an owed answer"), reach=Reach.CITY)
def give(transaction: Transaction, request: GiveAnswer, context: Context) -> Said:
    """Give an answer that is owed."""
    context.answer(transaction, request.city, request.message_id, Added(value=request.value))
    return Said(cities=1)


@operation("trial.say", Text("告知", "Say"), reach=Reach.CITY)
def say(transaction: Transaction, request: Say, context: Context) -> Said:
    """Tell every subscriber."""
    return Said(cities=context.publish(transaction, "trial.said", request))


class Heard(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, titled("内容", "Text", max_length=100)]


@topic("trial.said", Text("告知", "Said"), purpose=PURPOSE)
def said(transaction: Transaction, data: Heard, context: Context) -> None:
    """Keep what was said; refuse what is rude."""
    transaction.insert(told, {"text": data.text})
    if data.text == "rude":
        raise TOO_MUCH()


class Look(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    person: Annotated[CitizenId, titled("公民身份号码", "Citizen identity number")]
    secretly: Annotated[bool, titled("依法推迟告知", "Deferred by law")] = False


class Found(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, titled("内容", "Text")]


def deferral(request: Look, now: datetime) -> Deferral | None:
    return Deferral(now + timedelta(days=30), "试验法第一条") if request.secretly else None


@operation(
    "trial.look",
    Text("查看", "Look"),
    purposes=(PURPOSE,),
    person=lambda request: request.person,
    deferral=deferral,
)
def look(transaction: Transaction, request: Look, context: Context) -> Found:
    """Look at a person's data."""
    return Found(text="found")


def note_refusal(transaction: Transaction, problem: dict[str, object], context: Context) -> None:
    """Keep why a question of this city was refused, under the question's id."""
    transaction.insert(told, {"text": f"{context.message_id[:8]} {problem['code']}"})


def expire(transaction: Transaction, context: Context) -> int:
    """Due work: a counter named `due` is taken to zero, one at a time; `due-broken` fails."""
    if value_of(transaction, "due-broken"):
        transaction.execute(counters.update().values(value=-1))
        raise RuntimeError("a mistake in due work")
    value = value_of(transaction, "due")
    if value <= 0:
        return 0
    transaction.execute(counters.update().where(counters.c.name == "due").values(value=value - 1))
    return 1


TRIAL = Service(
    name="trial",
    title=Text("试验", "Trial"),
    operations=(add, add_later, give, say, look),
    topics=(said,),
    refusal_handlers={"trial.add": note_refusal},
    due=(expire,),
)
