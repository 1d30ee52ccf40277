"""What an own agency, or a service's own effect, does in a case: at once here, or by proposal."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from hanse.foundation.identifiers import check_citizen_id, check_uscc_form
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import book, evidence, keeper, papers, proposals
from hanse.mechanisms.cases.actor import Actor
from hanse.mechanisms.cases.case import Case, unopened
from hanse.mechanisms.cases.contracts import Act, Numbered, Open, Propose, Start, Taken
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.judge import CASE_SEAT_EMPTY, Allowed, Move, judge
from hanse.mechanisms.cases.procedure import OPENING, SubjectKind
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.due import NODE_ORGANISATION
from hanse.mechanisms.exchange.message import Party

CASE_ID_RANDOM_CHARS: Final = 12


def start(transaction: Transaction, family: Family, request: Start, context: Context) -> Taken:
    """Open a case: here if this city keeps it, else by asking the city that would."""
    procedure = family.in_force(local_day(context.now))
    subject = checked_subject(family.subject, request.subject)
    case_id = f"{context.city}-{local_day(context.now):%Y%m%d}-{_fresh(context)}"
    case = unopened(procedure, case_id, subject, request.seats, context.now)
    if not case.keeper:
        title = procedure.role(procedure.keeper)
        words = procedure.title if title is None else title.title
        raise CASE_SEAT_EMPTY(roles_zh=words.zh, roles_en=words.en)
    actor = _actor(request.role, context)
    move = Move(OPENING, request.data, request.reason, request.documents)
    papers.require_here(transaction, request.documents, context)
    evidence.note_access(transaction, family.subject, subject, context)
    book.refuse_duplicate(transaction, procedure, subject, case_id)
    if case.keeper == context.city:
        after = keeper.order(transaction, family, case, actor, move, context)
        return _numbered(transaction, after.id, 1)
    _require_allowed(family, case, actor, move, context)
    proposal = context.new_id()
    asked = Open(
        proposal=proposal,
        case=case_id,
        subject=subject,
        seats=dict(request.seats),
        role=request.role,
        data=request.data,
        reason=request.reason,
        documents=request.documents,
    )
    message_id = _ask(transaction, family, case.keeper, "open", asked, context)
    _note(transaction, case, request.role, OPENING, proposal, message_id, context)
    return Taken(case=case_id, proposal=proposal)


def act(transaction: Transaction, family: Family, request: Act, context: Context) -> Taken:
    """Take a step: numbered at once if this city keeps the case, else proposed to its keeper."""
    case = book.need(transaction, family.name, request.case)
    evidence.note_access(transaction, family.subject, case.subject, context)
    actor = _actor(request.role, context)
    move = Move(request.action, request.data, request.reason, request.documents)
    refuse_moved(case, request.seen)
    papers.require_here(transaction, request.documents, context)
    if case.keeper == context.city:
        after = keeper.order(transaction, family, case, actor, move, context)
        return _numbered(transaction, after.id, case.number + 1)
    _require_allowed(family, case, actor, move, context)
    proposal = context.new_id()
    asked = Propose(
        proposal=proposal,
        case=case.id,
        role=request.role,
        action=request.action,
        data=request.data,
        reason=request.reason,
        documents=request.documents,
        seen=request.seen,
    )
    message_id = _ask(transaction, family, case.keeper, "propose", asked, context)
    _note(transaction, case, request.role, request.action, proposal, message_id, context)
    return Taken(case=case.id, proposal=proposal)


def take(
    transaction: Transaction,
    family: Family,
    case: Case,
    role: str,
    action: str,
    context: Context,
    *,
    data: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> Taken:
    """A step that a service takes by itself, as from an effect or an answer of another city.

    It acts for this city's seat of that role, in the name of the seat's organisation, or of the
    node where the seat names none; for nobody else's seat: the judge refuses that.
    """
    seat = case.seats.get(role)
    name = seat.organisation if seat is not None and seat.organisation else NODE_ORGANISATION
    own = replace(context, caller=Party(context.city, name))
    asked = Act(case=case.id, role=role, action=action, data=dict(data or {}), reason=reason)
    return act(transaction, family, asked, own)


def opened_for(
    transaction: Transaction, family: Family, request: Open, context: Context
) -> Numbered:
    """The keeper opens a case that another city asks for, or refuses it."""
    before = keeper.numbered_before(transaction, request.case, request.proposal)
    if before is None:
        if book.load(transaction, family.name, request.case) is not None:
            raise book.CASE_EXISTS()
        procedure = family.in_force(local_day(context.now))
        subject = checked_subject(family.subject, request.subject)
        evidence.note_access(transaction, family.subject, subject, context)
        case = unopened(procedure, request.case, subject, request.seats, context.now)
        move = Move(OPENING, request.data, request.reason, request.documents)
        actor = _actor(request.role, context)
        keeper.order(transaction, family, case, actor, move, context, proposal=request.proposal)
        before = keeper.numbered_before(transaction, request.case, request.proposal)
    return _answer(request.case, before)


def proposed(
    transaction: Transaction, family: Family, request: Propose, context: Context
) -> Numbered:
    """The keeper numbers another party's step, or refuses it; what it numbered it says again."""
    before = keeper.numbered_before(transaction, request.case, request.proposal)
    if before is None:
        case = book.need(transaction, family.name, request.case)
        evidence.note_access(transaction, family.subject, case.subject, context)
        refuse_moved(case, request.seen)
        move = Move(request.action, request.data, request.reason, request.documents)
        actor = _actor(request.role, context)
        keeper.order(transaction, family, case, actor, move, context, proposal=request.proposal)
        before = keeper.numbered_before(transaction, request.case, request.proposal)
    return _answer(request.case, before)


def refuse_moved(case: Case, seen: int | None) -> None:
    """Refuse a step that was decided upon before the case's last one."""
    if seen is not None and seen != case.number:
        raise keeper.CASE_MOVED_ON(number=case.number)


def checked_subject(kind: SubjectKind, subject: str) -> str:
    """The subject as its kind is written; raises the identifier's own refusal."""
    if kind is SubjectKind.PERSON:
        return check_citizen_id(subject)
    return check_uscc_form(subject) if kind is SubjectKind.ENTERPRISE else subject


def _answer(case_id: str, place: tuple[int, str] | None) -> Numbered:
    if place is None:
        raise LookupError(f"case {case_id} lost a step that was just numbered")
    return Numbered(case=case_id, number=place[0], digest=place[1])


def _actor(role: str, context: Context) -> Actor:
    """Who acts is who signed: never what a message says of itself."""
    return Actor(city=context.caller.city, organisation=context.caller.organisation, role=role)


def _require_allowed(
    family: Family, case: Case, actor: Actor, move: Move, context: Context
) -> None:
    """What the keeper would refuse is refused here at once, by the same judge."""
    verdict = judge(
        family.of(case.version), case, actor, move, context.now, context.league.calendar,
        context.parameters,
    )  # fmt: skip
    if not isinstance(verdict, Allowed):
        raise verdict.problem


def _ask(
    transaction: Transaction, family: Family, city: str, verb: str, asked: Any, context: Context
) -> str:
    return context.outlet.ask(
        transaction,
        city,
        f"{family.matter}.{verb}",
        asked,
        context=context,
        purpose=family.purpose.code,
        organisation=context.caller.organisation if context.is_own_agency else None,
    )


def _note(
    transaction: Transaction,
    case: Case,
    role: str,
    action: str,
    proposal: str,
    message_id: str,
    context: Context,
) -> None:
    proposals.note(
        transaction,
        proposal=proposal,
        case_id=case.id,
        procedure=case.procedure,
        role=role,
        action=action,
        message_id=message_id,
        context=context,
    )


def _numbered(transaction: Transaction, case_id: str, number: int) -> Taken:
    return Taken(case=case_id, number=number, digest=book.digest_at(transaction, case_id, number))


def _fresh(context: Context) -> str:
    return context.new_id()[:CASE_ID_RANDOM_CHARS]
