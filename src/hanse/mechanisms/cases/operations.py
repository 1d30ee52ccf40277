"""The operations of a procedure, made from its declaration: between cities, and at the own desk.

Between cities, granted by agreements under the matter's name (`pension_transfer.*`, with all
fields, since both sides need all of an answer): `open`, `propose`, `record`, `compare`,
`document`. For the city's own agencies: `start`, `act`, `view`, `timeline`, `list`, `queue`,
`progress`, `migrate`, and for a person's own question `mine`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import BaseModel

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import (
    acting,
    book,
    copies,
    firing,
    follower,
    keeper,
    papers,
    proposals,
    reading,
)
from hanse.mechanisms.cases import contracts as said
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.procedure import Procedure, SubjectKind
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import (
    AnswerHandler,
    Basis,
    DueWork,
    Operation,
    Reach,
)

DIGESTS_PER_ANSWER_MAX: Final = 1_000
_FAMILY: Final = "cases_family"


def operations_of(*versions: Procedure) -> tuple[Operation, ...]:
    """Every operation of a procedure, for a service's list. All its versions are given at once."""
    family = Family(versions)
    return (*_between_cities(family), *_at_the_desk(family))


def answer_handlers_of(*versions: Procedure) -> Mapping[str, AnswerHandler]:
    """What a service's `answer_handlers` must hold for the procedure."""
    family = Family(versions)

    def taken(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
        copies.take_answer(transaction, family, answer, context)

    return {f"{family.matter}.record": taken}


def refusal_handlers_of(*versions: Procedure) -> Mapping[str, AnswerHandler]:
    """What a service's `refusal_handlers` must hold for the procedure."""
    matter = Family(versions).matter
    return {
        f"{matter}.record": copies.take_refusal,
        f"{matter}.open": proposals.refused,
        f"{matter}.propose": proposals.refused,
    }


def due_of(*versions: Procedure) -> DueWork:
    """What a service's `due` must hold for the procedure."""
    family = Family(versions)

    def fire(transaction: Transaction, context: Context) -> int:
        return firing.run(transaction, family, context)

    return fire


def families_of(operations: Iterable[Operation]) -> tuple[Family, ...]:
    """The procedures behind a list of operations, each once, in their order."""
    found = (getattr(one.handler, _FAMILY, None) for one in operations)
    return tuple(dict.fromkeys(one for one in found if isinstance(one, Family)))


def _between_cities(family: Family) -> tuple[Operation, ...]:
    def opened(transaction: Transaction, request: said.Open, context: Context) -> said.Numbered:
        """Open a case as its keeper; the step goes to every city that has a seat."""
        return acting.opened_for(transaction, family, request, context)

    def propose(transaction: Transaction, request: said.Propose, context: Context) -> said.Numbered:
        """Number another party's step, or refuse it with the reason and what can be done."""
        return acting.proposed(transaction, family, request, context)

    def record(transaction: Transaction, request: said.Record, context: Context) -> said.Have:
        """Take the keeper's numbered steps; say how far the history goes, and what is disputed."""
        return follower.record(transaction, family, request, context)

    def compare(transaction: Transaction, request: said.Compare, context: Context) -> said.Digests:
        """The digests of this city's history of a case, for a city that has a seat in it."""
        case = book.need(transaction, family.name, request.case)
        if context.caller.city not in case.cities:
            raise book.CASE_UNKNOWN()
        found = book.lines_of(transaction, case.id, request.after, DIGESTS_PER_ANSWER_MAX)
        digests = tuple(digest for _, digest, _ in found)
        return said.Digests(case=case.id, after=request.after, digests=digests)

    def document(transaction: Transaction, request: said.Paper, context: Context) -> said.Have:
        """Take a document's bytes, which come with the message."""
        return papers.take(transaction, request, context)

    make = _maker(family, Reach.LEAGUE)
    return (
        make("open", Text("请求立案", "Ask to open"), said.Open, said.Numbered, opened),
        make("propose", Text("提议步骤", "Propose a step"), said.Propose, said.Numbered, propose),
        make("record", Text("登记步骤", "Record steps"), said.Record, said.Have, record),
        make("compare", Text("比对办理记录", "Compare"), said.Compare, said.Digests, compare),
        make("document", Text("传送材料", "Send a document"), said.Paper, said.Have, document),
    )


def _at_the_desk(family: Family) -> tuple[Operation, ...]:
    return (*_acts(family), *_reads(family))


def _acts(family: Family) -> tuple[Operation, ...]:
    def start(transaction: Transaction, request: said.Start, context: Context) -> said.Taken:
        """Open a case, here or at the city that keeps it."""
        return acting.start(transaction, family, request, context)

    def act(transaction: Transaction, request: said.Act, context: Context) -> said.Taken:
        """Take a step; it is numbered at once, or proposed to the keeper."""
        return acting.act(transaction, family, request, context)

    def migrate(transaction: Transaction, request: said.Migrate, context: Context) -> said.Taken:
        """Move a running case to another version of the procedure, with the reason."""
        case = reading.visible(transaction, family, request.case, context)
        after = keeper.migrate(transaction, family, case, request.version, request.reason, context)
        return said.Taken(case=after.id, number=after.number, digest=after.head)

    make = _maker(family, Reach.CITY)
    return (
        make("start", Text("立案", "Open a case"), said.Start, said.Taken, start),
        make("act", Text("办理步骤", "Take a step"), said.Act, said.Taken, act),
        make("migrate", Text("转入程序版本", "Migrate"), said.Migrate, said.Taken, migrate),
    )


def _reads(family: Family) -> tuple[Operation, ...]:
    def view(
        transaction: Transaction, request: said.CaseQuestion, context: Context
    ) -> said.CaseView:
        """A case, its deadlines, and what the asking organisation may do now."""
        return reading.view(transaction, family, request.case, context)

    def timeline(
        transaction: Transaction, request: said.TimelineQuestion, context: Context
    ) -> said.Timeline:
        """The steps of a case in words."""
        return reading.timeline(transaction, family, request, context)

    def list_(transaction: Transaction, request: said.ListQuestion, context: Context) -> Any:
        """A page of cases, newest first."""
        return reading.list_cases(transaction, family, request, context)

    def queue(transaction: Transaction, request: said.QueueQuestion, context: Context) -> Any:
        """A page of what waits for the asking organisation, the most urgent first."""
        return reading.queue(transaction, family, request, context)

    def progress(
        transaction: Transaction, request: said.SubjectQuestion, context: Context
    ) -> said.Progress:
        """How the matters of a person or enterprise stand, in words for them."""
        subject = acting.checked_subject(family.subject, request.subject)
        return reading.progress(transaction, family, subject, context)

    make = _maker(family, Reach.CITY)
    own = () if family.subject is not SubjectKind.PERSON else (_own(family, make),)
    return (
        *own,
        make("view", Text("查看案件", "View a case"), said.CaseQuestion, said.CaseView, view),
        make("timeline", Text("办理经过", "Steps"), said.TimelineQuestion, said.Timeline, timeline),
        make("list", Text("案件列表", "List cases"), said.ListQuestion, said.CasePage, list_),
        make("queue", Text("待办", "What waits"), said.QueueQuestion, said.Queue, queue),
        make("progress", Text("办理进度", "Progress"), said.SubjectQuestion, said.Progress,
             progress),
    )  # fmt: skip


def _own(family: Family, make: Callable[..., Operation]) -> Operation:
    def mine(
        transaction: Transaction, request: said.OwnQuestion, context: Context
    ) -> said.Progress:
        """How a person's own matters stand in this city, whichever bodies have seats in them."""
        subject = acting.checked_subject(family.subject, request.subject)
        return reading.own_progress(transaction, family, subject)

    operation: Operation = make(
        "mine", Text("本人事项进度", "One's own matters"), said.OwnQuestion, said.Progress, mine
    )
    return replace(operation, person=lambda request: str(request.subject))


def _maker(family: Family, reach: Reach) -> Callable[..., Operation]:
    """Makes the operations of one procedure; its title stands before each of theirs."""

    def make(
        verb: str,
        title: Text,
        request: type[BaseModel],
        answer: type[BaseModel],
        handler: Callable[[Transaction, Any, Context], Any],
    ) -> Operation:
        whole = family.newest.title
        setattr(handler, _FAMILY, family)
        return Operation(
            name=f"{family.matter}.{verb}",
            title=Text(f"{whole.zh}：{title.zh}", f"{whole.en}: {title.en}"),
            request=request,
            answer=answer,
            handler=handler,
            reach=reach,
            basis=Basis.AGREEMENT,
            purposes=(family.purpose,) if reach is Reach.LEAGUE else (),
            person=None,
            deferral=None,
            description=(handler.__doc__ or "").strip(),
        )

    return make
