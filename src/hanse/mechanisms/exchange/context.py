"""What a handler is given beside its transaction and its message: time, identity, the league."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel

from hanse.foundation.credentials import ALGORITHMS, CREDENTIAL_KEY_MISSING, Issuer
from hanse.foundation.identity import Randomness, new_id
from hanse.foundation.keys import PrivateKey
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.message import Party
from hanse.mechanisms.journal.access import Page, accesses_of

if TYPE_CHECKING:
    from hanse.mechanisms.league.view import LeagueView


class Outlet(Protocol):
    """Where a handler puts what it causes: rows of the same transaction, sent after its commit."""

    def ask(
        self,
        transaction: Transaction,
        city: str,
        operation: str,
        request: BaseModel,
        *,
        context: "Context",
        purpose: str | None,
        organisation: str | None = None,
        body: str | None = None,
    ) -> str:
        """Ask another city; gives the request's id. The answer reaches a handler of its own."""
        ...

    def publish(
        self, transaction: Transaction, topic: str, data: BaseModel, *, context: "Context"
    ) -> int:
        """Tell every city that subscribes to the topic; gives how many that is."""
        ...

    def answer(
        self,
        transaction: Transaction,
        asker: str,
        message_id: str,
        answer: BaseModel,
        *,
        context: "Context",
    ) -> None:
        """Give an answer that this city owed."""
        ...

    def subscribe(
        self,
        transaction: Transaction,
        peer: str,
        topic: str,
        *,
        subscribed: bool,
        replay_after: int | None,
        now: datetime,
    ) -> tuple[int, int]:
        """Begin, end or replay a peer's stream; gives its sequence and how many are replayed."""
        ...


@dataclass(frozen=True)
class Context:
    """The circumstances of one call. Nothing here reads a clock or a socket."""

    city: str
    """The city of this node."""
    caller: Party
    operation: str
    message_id: str
    now: datetime
    league: "LeagueView"
    parameters: Any
    randomness: Randomness
    outlet: Outlet
    purpose: str | None = None
    agreement: str | None = None
    sequence: int | None = None
    body: str | None = None
    """Digest of the large body that came with the message; agencies fetch it from their node."""
    person_key: bytes = field(default=b"", repr=False)
    credential_keys: Mapping[str, PrivateKey] = field(default_factory=dict, repr=False)

    @property
    def is_own_agency(self) -> bool:
        """Whether an agency of this city calls, not another city."""
        return self.caller.city == self.city

    def accesses(self, transaction: Transaction, person: str, after: int) -> Page:
        """What this city journaled about a person's data, as far as it may be told now."""
        return accesses_of(transaction, self.person_key, person, self.now, after)

    def issuer(self) -> Issuer:
        """This city with the key that the charter lets it issue credentials with now."""
        for key_id in self.league.issuing_keys(self.city, self.now):
            key = self.credential_keys.get(key_id)
            if key is not None and key.suite in ALGORITHMS:
                return Issuer(self.city, key_id, key)
        raise CREDENTIAL_KEY_MISSING()

    def new_id(self) -> str:
        """A fresh identifier from the context's randomness."""
        return new_id(self.randomness)

    def ask(
        self,
        transaction: Transaction,
        city: str,
        operation: str,
        request: BaseModel,
        *,
        purpose: str | None = None,
    ) -> str:
        """Put a request to another city in the outbox of this transaction; gives its id."""
        return self.outlet.ask(transaction, city, operation, request, context=self, purpose=purpose)

    def publish(self, transaction: Transaction, topic: str, data: BaseModel) -> int:
        """Put an event for every subscribed city in the outbox of this transaction."""
        return self.outlet.publish(transaction, topic, data, context=self)

    def answer(
        self, transaction: Transaction, asker: str, message_id: str, answer: BaseModel
    ) -> None:
        """Put the answer that this city owed to a request of `asker` in the outbox."""
        self.outlet.answer(transaction, asker, message_id, answer, context=self)
