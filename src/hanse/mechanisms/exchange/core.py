"""The exchange of one city, without any socket: what the other modules here are handed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import SALT_BYTES, Randomness, base64url, new_id
from hanse.foundation.keys import PrivateKey
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.limits import ExchangeLimits
from hanse.mechanisms.exchange.message import Kind, Message, Party, stamp
from hanse.mechanisms.exchange.operations import Registry

DATA_INVALID = ProblemKind(
    "data_invalid",
    422,
    Text("内容不符合要求", "The data does not meet the declared form"),
    Text("请修正以下字段：{fields}", "Mend these fields: {fields}"),
)
INTERNAL_ERROR = ProblemKind(
    "internal_error",
    500,
    Text("系统内部错误", "Internal error"),
    Text(
        "未产生任何变更；请稍后重试，或将编号 {reference} 告知运维人员",
        "Nothing was changed; try again later, or tell the operator reference {reference}",
    ),
    retry=True,
)

INVALID_FIELDS_MAX = 10
FIELD_NAME_LENGTH_MAX = 64

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that waits to be sent: what a sender needs of its row."""

    message_id: str
    peer: str
    kind: Kind
    operation: str
    line: bytes
    agreement: str | None
    organisation: str
    purpose: str | None
    attempts: int
    expires_at_ms: int
    sequence: int | None
    body: str | None = None


@dataclass
class Exchange:
    """What one city's exchange knows: its declarations, limits and randomness."""

    city: str
    registry: Registry
    randomness: Randomness
    limits: ExchangeLimits = field(default_factory=ExchangeLimits)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Rule parameters by operation or topic name, as the node's configuration sets them."""
    person_key: bytes = field(default=b"", repr=False)
    """Makes the digests that stand for persons in this city's journal."""
    credential_keys: Mapping[str, PrivateKey] = field(default_factory=dict, repr=False)
    """This city's opened keys by id; the charter says which may issue credentials, and when."""
    on_outgoing: Callable[[Outgoing], None] = lambda outgoing: None
    """Called after the commit that put a message in the outbox."""
    on_settled: Callable[[str, bytes | None], None] = lambda message_id, answer: None
    """Called after the commit that settled a message of ours, with its id and the reply's line;
    None where it became a dead letter."""
    on_error: Callable[[str, str, Exception], None] = lambda reference, operation, error: None
    """Called with a reference where a handler failed in a way that it did not declare."""
    pending: Counter[str] = field(default_factory=Counter)
    """Unsettled messages by peer: the measure of back-pressure."""

    def new_message(
        self,
        kind: Kind,
        operation: str,
        recipient: str,
        data: Any,
        *,
        organisation: str,
        now: datetime,
        **attributes: Any,
    ) -> Message:
        """A message of this city with a fresh salt, and a fresh id unless one is given."""
        return Message(
            id=attributes.pop("id", None) or new_id(self.randomness),
            kind=kind,
            operation=operation,
            sender=Party(self.city, organisation),
            recipient=recipient,
            time=stamp(now),
            salt=base64url(self.randomness(SALT_BYTES)),
            data=data,
            **attributes,
        )


def validated(model: type[Model], data: Any) -> Model:
    """The data as its declared model, or a refusal that names the fields and never their values."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise DATA_INVALID(fields=invalid_fields(error)) from None


def invalid_fields(error: ValidationError) -> str:
    """The places and kinds of what is wrong, in one line, without the values."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return places_in_words([(detail["loc"], detail["type"]) for detail in details])


def places_in_words(wrong: Sequence[tuple[Sequence[int | str], str]]) -> str:
    """Places and kinds in one line. A name that a caller chose is shortened and made printable."""
    places = [f"{'.'.join(map(_part, place)) or '(root)'}: {kind}" for place, kind in wrong]
    more = f" (+{len(places) - INVALID_FIELDS_MAX})" if len(places) > INVALID_FIELDS_MAX else ""
    return "; ".join(places[:INVALID_FIELDS_MAX]) + more


def _part(part: int | str) -> str:
    text = str(part)
    if len(text) > FIELD_NAME_LENGTH_MAX:
        text = text[:FIELD_NAME_LENGTH_MAX] + "…"
    return text if text.isprintable() else ascii(text)
