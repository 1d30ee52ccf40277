"""The league's own operations, which membership alone covers: no resident's data passes here."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Basis, Operation, Service, operation
from hanse.mechanisms.exchange.today import EXCHANGED_TODAY
from hanse.mechanisms.league import store
from hanse.mechanisms.league.documents import DOCUMENT_BYTES_MAX

DOCUMENT_CHARACTERS_MAX = DOCUMENT_BYTES_MAX


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ping(_Contract):
    """Nothing: the question is whether the peer answers."""


class Pong(_Contract):
    """The peer's time and charter."""

    time: Annotated[str, titled("时间", "Time")]
    charter_version: Annotated[int, titled("章程版本", "Charter version")]


class SignedText(_Contract):
    """A signed document as it stands."""

    document: Annotated[
        str, titled("已签名文件", "Signed document", max_length=DOCUMENT_CHARACTERS_MAX)
    ]


class AgreementState(_Contract):
    """An agreement as this city holds it now."""

    agreement: Annotated[str, titled("协议编号", "Agreement")]
    version: Annotated[int, titled("版本", "Version")]
    status: Annotated[str, titled("状态", "Status")]


class StreamRequest(_Contract):
    """A topic, and the sequence after which its events are wanted."""

    topic: Annotated[str, titled("主题", "Topic", max_length=128)]
    subscribed: Annotated[bool, titled("订阅", "Subscribed")] = True
    replay_after: Annotated[
        int | None, titled("从该序号之后重放", "Replay after", ge=0, lt=2**63)
    ] = None


class StreamState(_Contract):
    """Where the stream stands at its publisher."""

    topic: Annotated[str, titled("主题", "Topic")]
    sequence: Annotated[int, titled("当前序号", "Sequence of the last event")]
    replayed: Annotated[int, titled("重放条数", "Events replayed")] = 0


@operation("league.ping", Text("连通测试", "Ping"), basis=Basis.CHARTER)
def ping(transaction: Transaction, request: Ping, context: Context) -> Pong:
    """Whether the other node answers, and which charter it holds."""
    return Pong(time=context.now.isoformat(), charter_version=context.league.version)


@operation("league.agree", Text("交换协议文本", "Exchange an agreement"), basis=Basis.CHARTER)
def agree(transaction: Transaction, request: SignedText, context: Context) -> AgreementState:
    """Take an agreement with the signatures that it has so far; they are joined to ours."""
    held = store.accept_agreement(transaction, request.document.encode("utf-8"), context.now)
    return AgreementState(agreement=held.agreement, version=held.version, status=held.status)


@operation("league.state", Text("通知协议状态", "Suspend, resume or end"), basis=Basis.CHARTER)
def state(transaction: Transaction, request: SignedText, context: Context) -> AgreementState:
    """Take a party's signed statement that suspends, resumes or ends an agreement."""
    held = store.accept_statement(transaction, request.document.encode("utf-8"), context.now)
    return AgreementState(agreement=held.agreement, version=held.version, status=held.status)


@operation("stream.subscribe", Text("订阅事件", "Subscribe to events"), basis=Basis.CHARTER)
def subscribe(transaction: Transaction, request: StreamRequest, context: Context) -> StreamState:
    """Begin, end or replay the caller's stream of a topic.

    Subscribing grants nothing: each event is still sent only under an agreement in force.
    """
    sequence, replayed = context.outlet.subscribe(
        transaction,
        context.caller.city,
        request.topic,
        subscribed=request.subscribed,
        replay_after=request.replay_after,
        now=context.now,
    )
    return StreamState(topic=request.topic, sequence=sequence, replayed=replayed)


OPERATIONS: tuple[Operation, ...] = (ping, agree, state, subscribe)
HOUSEKEEPING = Service(
    name="league",
    title=Text("联盟事务", "The league's own matters"),
    operations=OPERATIONS,
    layers=(EXCHANGED_TODAY,),
)
