"""Acts for four eyes: declared once, proposed by one person, done when another confirms.

An act says who may propose and confirm it, how it reads, and what is done. `CALL` is the act of
calling an operation: an operation that its service lists under `two_people` can be called from a
page in no other way.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import Refused
from hanse.mechanisms.exchange.parts import Block, Facts
from hanse.node.people.who import Kind, Who
from hanse.web.models import facts_of
from hanse.web.page import JOINT_OFFICE, OFFICERS

if TYPE_CHECKING:
    from hanse.web.visit import Visit


@dataclass(frozen=True)
class Act:
    """One kind of act."""

    name: str
    title: Text
    access: frozenset[Kind]
    needs: Callable[[Any], Sequence[str]]
    """Which rights its data asks for, of whoever proposes and of whoever confirms."""
    describe: Callable[["Visit", Any], Sequence[Block]]
    """What is to be done, for whoever is to confirm it."""
    perform: Callable[["Visit", Any, str], Awaitable[Text]]
    """Do it; the number serves as the key, so that it is done once. Gives what came of it."""

    def may(self, who: Who, data: Any) -> bool:
        """Whether a person may propose or confirm it."""
        return who.kind in self.access and all(map(who.may, self.needs(data)))


def _call_needs(data: Any) -> Sequence[str]:
    return (str(data["operation"]),)


def _call_reads(visit: "Visit", data: Any) -> Sequence[Block]:
    operation = visit.node.registry.operation(data["operation"])
    asked = operation.request.model_validate(data["data"])
    terms: list[tuple[Text, Any]] = [(Text("事项", "Matter"), operation.title)]
    if data.get("to"):
        terms.append((Text("对方城市", "City"), visit.node.league.name(data["to"])))
    return (
        Facts(Text("办理事项", "What is to be done"), tuple(terms)),
        facts_of(Text("内容", "With"), asked),
    )


async def _call(visit: "Visit", data: Any, number: str) -> Text:
    asked = {"operation": data["operation"], "data": data["data"], "key": number}
    outcome = await visit.confirmed_call(asked, to=data.get("to"), purpose=data.get("purpose"))
    if isinstance(outcome, Refused):
        texts = outcome.problem["texts"]
        raise NotDone(Text(**texts["detail"]))
    if outcome is None:
        return Text("已发出，等待对方答复", "Sent; the other city's answer is awaited")
    return Text("已办理", "Done")


class NotDone(Exception):  # noqa: N818 - it is an outcome, told in words
    """A confirmed act that was refused where it was to be done."""

    def __init__(self, words: Text) -> None:
        self.words = words
        super().__init__(words.en)


CALL: Final = Act(
    name="call",
    title=Text("办理业务", "Call of an operation"),
    access=OFFICERS | JOINT_OFFICE,
    needs=_call_needs,
    describe=_call_reads,
    perform=_call,
)
Acts = Mapping[str, Act]
