"""One visit of one person to one page: what the page may ask, and nothing past the grants.

A page reads in three ways. `call` applies an operation at the own node, `ask` puts it to another
city; both refuse what the person's rights do not cover, and both are recorded. `read` runs a query
of the node itself that can't write: for what the node knows of itself and what is public.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Language, Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.core import DATA_INVALID, places_in_words
from hanse.mechanisms.exchange.desk import Question
from hanse.mechanisms.exchange.dispatch import context_of
from hanse.mechanisms.exchange.faces import ALL_CITIES, FaceCall, Outcome, Refused
from hanse.mechanisms.exchange.message import Kind as MessageKind
from hanse.mechanisms.exchange.parts import Part, Place, Viewer
from hanse.node.people import acts
from hanse.node.people.who import Kind, Who
from hanse.web.names import city_names
from hanse.web.page import GoTo
from hanse.web.rates import Counters, Rate
from hanse.web.recent import Recent

if TYPE_CHECKING:
    from hanse.node.node import Node
    from hanse.node.people.openid_client import OpenIdClient
    from hanse.web.acts import Act
    from hanse.web.forms import Upload

Found = TypeVar("Found")
WAIT_SECONDS = 8.0
"""How long a page waits for other cities before it says that the answer is owed."""
CALLS_MAX = 50
PORTAL = "portal"
"""The organisation that stands for anybody at the public pages."""
NOT_YOUR_OWN = ProblemKind(
    "not_your_own",
    403,
    Text("只能查询本人信息", "Only one's own data can be asked for"),
    Text("请以本人身份登录后查询", "Sign in as the person whom it concerns"),
)


SECOND_NEEDED = ProblemKind(
    "second_person_needed",
    409,
    Text("该事项须由另一人复核", "This needs another person to confirm it"),
    Text("请提交复核", "Propose it for confirmation"),
)
ACT_NOT_YOURS = ProblemKind(
    "act_not_yours",
    403,
    Text("您无权提交该事项", "You may not propose this"),
    Text("请向运维人员申请权限", "Ask the operator for the right"),
)


@dataclass(frozen=True)
class Visit:
    """Who visits, and what was asked for."""

    node: "Node"
    who: Who
    language: Language
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    uploads: Mapping[str, "Upload"] = field(default_factory=dict)
    secret: str | None = None
    """The session's own secret, for signing out."""
    address: str = ""
    """Where the visitor comes from, for rate limits."""
    flow: str = ""
    """What the browser kept of a sign-in elsewhere."""
    acts: Mapping[str, "Act"] = field(default_factory=dict)
    """What can be proposed at this node."""
    providers: Mapping[str, "OpenIdClient"] = field(default_factory=dict)
    """Where people may sign in elsewhere."""
    counters: Counters = field(default_factory=Counters)
    recent: Recent = field(default_factory=Recent)
    """Public reads of the last seconds, shared by all visits of the node."""

    @property
    def now(self) -> datetime:
        """The node's time."""
        return self.node.clock()

    @property
    def viewer(self) -> Viewer:
        """The visitor as a service's part knows them."""
        return Viewer(
            city=self.node.config.city,
            organisation=self.who.organisation,
            now=self.now,
            person=self.who.person,
            query=self.query,
            city_names=city_names(self.node.league),
        )

    async def read(self, query: Callable[[Transaction], Found]) -> Found:
        """A read of the node's own store, of what is public or the node's own affair."""
        return await self.node.read(query)

    async def read_recent(
        self, name: str, seconds: float, query: Callable[[Transaction], Found]
    ) -> Found:
        """A read of what is public, at most so many seconds old: many visitors, one query."""
        return await self.recent.get(name, seconds, lambda: self.node.read(query))

    def limit(self, rate: Rate) -> None:
        """Count one of what costs, or refuse it: by where the visitor comes from."""
        self.counters.note(rate, self.address)

    async def look(self, operation: str, data: Any) -> Any:
        """Apply an operation that only looks at what the visitor brings and at what is public.

        It is for checks that services declare (`CredentialCheck`): the transaction can't write, no
        message is kept, and an operation that touches a person's data is refused.
        """
        found = self.node.registry.operation(operation)
        if found.person is not None or found.name not in checks_of(self.node):
            raise NOT_YOUR_OWN()
        request, side, now = validated(found.request, data), self.node.side, self.now
        message = side.exchange.new_message(
            MessageKind.REQUEST, operation, side.exchange.city, {}, organisation=PORTAL, now=now
        )
        context = context_of(side.exchange, side.outlet, side.league, message, now)
        return await self.read(lambda tx: found.handler(tx, request, context))

    async def call(
        self, operation: str, data: Any, *, purpose: str | None = None, key: str | None = None
    ) -> Outcome:
        """Apply an operation at the own node, as an agency of the visitor's organisation.

        Raises Problem where the person's rights do not cover it. A form that changes something
        gives a `key`, so that a second press of its button does nothing twice.
        """
        self.who.require(operation)
        return await self._call(FaceCall(operation, data, purpose=purpose), key)

    async def ask(
        self, city: str, operation: str, data: Any, *, purpose: str, key: str | None = None
    ) -> Outcome:
        """Put an operation to another city, under the agreements; None where it is owed yet."""
        self.who.require(operation)
        return await self._call(FaceCall(operation, data, to=city, purpose=purpose), key)

    async def propose(self, act: str, data: Any) -> GoTo:
        """Propose an act to whoever is to confirm it, and go to its page."""
        if not self.acts[act].may(self.who, data):
            raise ACT_NOT_YOURS()
        now = self.now
        number = await self.node.writer.run(
            lambda tx: acts.propose(tx, acts.Proposed(act, data), self.who, now)
        )
        return GoTo(f"/acts/{number}")

    async def propose_call(
        self, operation: str, data: Any, *, to: str | None = None, purpose: str | None = None
    ) -> GoTo:
        """Propose the call of an operation, as `two_people` asks; its data is checked first."""
        self.who.require(operation)
        validated(self.node.registry.operation(operation).request, data)
        return await self.propose(
            "call", {"operation": operation, "data": data, "to": to, "purpose": purpose}
        )

    async def confirmed_call(
        self, asked: Mapping[str, Any], *, to: str | None, purpose: str | None
    ) -> Outcome:
        """The call that another person proposed and this one has confirmed."""
        self.who.require(asked["operation"])
        call = FaceCall(asked["operation"], asked["data"], to=to, purpose=purpose)
        return await self._apply(call, asked["key"])

    async def outcomes(self, part: Part) -> tuple[list[FaceCall], list[Outcome]]:
        """The calls that a service's part makes for this visitor, and what became of them.

        A resident's part may only ask for the resident's own data, whatever the part gives.
        """
        calls = [one for call in part.ask(self.viewer) for one in self._each_city(call)][:CALLS_MAX]
        return calls, list(await asyncio.gather(*(self._outcome(part, call) for call in calls)))

    async def _outcome(self, part: Part, call: FaceCall) -> Outcome:
        if call.operation not in part.operations:
            raise ValueError(f"part {part.name} calls {call.operation} undeclared")
        try:
            self._allow(part, call)
            return await self._call(call, None)
        except Problem as problem:
            return Refused.of(problem)

    def sees(self, part: Part) -> bool:
        """Whether the part is for this visitor."""
        if part.place is Place.RESIDENT:
            return self.who.kind is Kind.RESIDENT and self.who.person is not None
        has_rights = self.who.kind in (Kind.OFFICER, Kind.JOINT)
        return has_rights and all(map(self.who.may, part.operations))

    def _allow(self, part: Part, call: FaceCall) -> None:
        if part.place is Place.DESK:
            self.who.require(call.operation)
            return
        operation = self.node.registry.operation(call.operation)
        if self.who.person is None or operation.person is None:
            raise NOT_YOUR_OWN()
        request = validated(operation.request, call.data)
        if operation.person(request) != self.who.person:
            raise NOT_YOUR_OWN()

    def _each_city(self, call: FaceCall) -> Sequence[FaceCall]:
        if call.to != ALL_CITIES:
            return [call]
        cities = self.node.questions.cities_named(ALL_CITIES)
        return [FaceCall(call.operation, call.data, city, call.purpose) for city in cities]

    async def _call(self, call: FaceCall, key: str | None) -> Outcome:
        if any(call.operation in service.two_people for service in self.node.registry.services):
            raise SECOND_NEEDED()
        return await self._apply(call, key)

    async def _apply(self, call: FaceCall, key: str | None) -> Outcome:
        node, organisation = self.node, self.who.organisation
        if call.to is None or call.to == node.config.city:
            operation = node.registry.operation(call.operation)
            reply = await node.call(
                operation, call.data, organisation, purpose=call.purpose, key=key
            )
            if reply.kind is MessageKind.REFUSAL:
                return Refused(reply.data)
            return reply.data if reply.kind is MessageKind.ANSWER else None
        question = Question(
            city=call.to,
            operation=call.operation,
            data=call.data,
            organisation=organisation,
            purpose=call.purpose,
            message_id=node.id_for_key(organisation, key, call.to),
        )
        (said,) = await node.questions.ask_all([question], WAIT_SECONDS)
        if said["state"] == "answered":
            answer: dict[str, Any] = said["answer"]
            return answer
        return Refused(said["problem"]) if said["state"] == "refused" else None


def checks_of(node: "Node") -> frozenset[str]:
    """The operations by which anybody checks a credential, as the services declare them."""
    return frozenset(
        check.operation for service in node.registry.services for check in service.credentials
    )


def validated(model: type[BaseModel], data: Any) -> BaseModel:
    """The data as the model takes it, or a refusal that names the places and never the values."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        wrong = [(one["loc"], one["type"]) for one in error.errors()]
        raise DATA_INVALID(fields=places_in_words(wrong)) from None
