"""Assistance between the city of payment and the city of residence.

The city of residence looks into its own evidence first and answers at once where that proves
presence, or where an authority there has registered the death. Where a person must be seen, it owes
the answer until its desk has found out. What the answer does at the city of payment follows from
the same rules as its own evidence.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final

from sqlalchemy import select, update

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.foundation.working_days import Day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.social.retirees import book, paying, rules
from hanse.services.social.retirees.certifying import certify_from, note_tried, suspect
from hanse.services.social.retirees.codes import Channel, DeathSource, EvidenceKind, Result
from hanse.services.social.retirees.contracts import (
    AskAssist,
    AssistRequest,
    AssistResult,
    Contract,
    DeathWord,
    DeskResult,
    Evidence,
    OfPerson,
)
from hanse.services.social.retirees.evidence import EVIDENCE_IN_FUTURE
from hanse.services.social.retirees.parameters import RetireesParameters
from hanse.services.social.retirees.purposes import CERTIFICATION
from hanse.services.social.retirees.tables import asked, assists, evidence

RESIDENCE_ABROAD = ProblemKind(
    "retirees_residence_abroad",
    409,
    Text("该人员居住在境外", "The person lives abroad"),
    Text("请通过驻外使领馆等渠道认证", "Use the channel of the consulates"),
)
RESIDENCE_HERE = ProblemKind(
    "retirees_residence_here",
    409,
    Text("该人员居住在本市", "The person lives in this city"),
    Text("请用本市证据认证", "Certify with this city's own evidence"),
)
EVIDENCE_KNOWN = ProblemKind(
    "retirees_evidence_known",
    409,
    Text("该编号的证据已登记", "Evidence of this number was noted before"),
    Text("请核对证据编号", "Check the evidence's number"),
)
ASSIST_UNKNOWN = ProblemKind(
    "retirees_assist_unknown",
    404,
    Text("没有待办的协查请求", "No such request waits here"),
    Text("请核对请求城市和编号", "Check who asked, and the number"),
)
ASSIST_PERSON_DIFFERS = ProblemKind(
    "retirees_assist_person_differs",
    422,
    Text("结果与请求不是同一人员", "The result is about another person"),
    Text("请核对公民身份号码", "Check the citizen identity number"),
)
DESK_CHANNEL_WRONG = ProblemKind(
    "retirees_desk_channel_wrong",
    422,
    Text("经办方式与请求不符", "The result is by another channel than was asked for"),
    Text("请求的方式为{zh}", "Asked for was: {en}"),
)

WAITING_MAX: Final = 200
EVIDENCE_READ_MAX: Final = 100
WAITING: Final = "waiting"
ANSWERED: Final = "answered"
_DEATHS: Final = {
    EvidenceKind.DEATH: DeathSource.POLICE,
    EvidenceKind.CREMATION: DeathSource.CIVIL,
}


class Noted(Contract):
    """It is noted."""

    evidence_id: Annotated[str, titled("证据编号", "Evidence")]


class Asked(Contract):
    """The question is on its way."""

    message_id: Annotated[str, titled("请求编号", "Message")]
    city: Annotated[str, titled("居住城市", "City of residence")]


class Waiting(OfPerson):
    """A request that a desk here must answer."""

    city: Annotated[str, titled("请求城市", "City that asked")]
    message_id: Annotated[str, titled("请求编号", "Message")]
    channel: Annotated[Channel, titled("请求的方式", "Channel asked for")]
    due_on: Annotated[Day, titled("答复期限", "Answer by")]


class Queue(Contract):
    """Requests that wait, the most urgent first."""

    waiting: Annotated[tuple[Waiting, ...], titled("待办", "Waiting")]


def _person(request: Any) -> str:
    return str(request.citizen_id)


@operation(
    "retirees.note_evidence",
    Text("登记认证证据", "Note evidence"),
    reach=Reach.CITY,
    person=_person,
)
def note_evidence(transaction: Transaction, request: Evidence, context: Context) -> Noted:
    """Keep what a hospital, an app or a desk of this city has seen; questions may be put to it."""
    known = transaction.value(
        select(evidence.c.document).where(evidence.c.evidence_id == request.evidence_id)
    )
    if known is not None and Evidence.model_validate_json(known) != request:
        raise EVIDENCE_KNOWN()
    if request.on > book.day_of(context.now):
        raise EVIDENCE_IN_FUTURE()
    if known is None:
        transaction.insert(
            evidence,
            {
                "evidence_id": request.evidence_id,
                "citizen_id": request.citizen_id,
                "seen_on": request.on.isoformat(),
                "document": request.model_dump_json(),
            },
        )
    return Noted(evidence_id=request.evidence_id)


@operation(
    "retirees.ask_assist",
    Text("请求居住城市协查", "Ask the city of residence"),
    reach=Reach.CITY,
    person=_person,
)
def ask_assist(transaction: Transaction, request: AskAssist, context: Context) -> Asked:
    """Ask the city where the person lives, by the channel that the law puts next."""
    recipient = book.entitled(transaction, request.citizen_id)
    if recipient.residence is None:
        raise RESIDENCE_ABROAD()
    if recipient.residence == context.city:
        raise RESIDENCE_HERE()
    rules.check_channel(request.channel, recipient.tried)
    today = book.day_of(context.now)
    due = rules.earliest_due(book.certified(recipient), today, context.parameters)
    question = AssistRequest(
        citizen_id=recipient.citizen_id,
        name=recipient.name,
        schemes=book.certified(recipient).schemes,
        last_evidence=recipient.last_evidence,
        due_on=None if due is None else due.due,
        channel=request.channel,
    )
    message_id = context.ask(
        transaction,
        recipient.residence,
        "retirees.assist",
        question,
        purpose=CERTIFICATION.code,
    )
    transaction.insert(
        asked,
        {
            "message_id": message_id,
            "citizen_id": recipient.citizen_id,
            "city": recipient.residence,
            "channel": str(request.channel),
            "outcome": None,
        },
    )
    return Asked(message_id=message_id, city=recipient.residence)


@operation(
    "retirees.assist",
    Text("协助认证领取资格", "Help to certify an entitlement"),
    purposes=(CERTIFICATION,),
    person=_person,
)
def assist(transaction: Transaction, request: AssistRequest, context: Context) -> AssistResult:
    """Whether a person who lives here is alive, with the evidence; owed where a desk must see."""
    today = book.day_of(context.now)
    found = _from_evidence(transaction, request, today, context)
    if found is not None:
        return found
    if request.channel in (Channel.COMPARISON, Channel.SELF_SERVICE):
        return AssistResult(
            result=Result.NOT_FOUND,
            channel=request.channel,
            operator=context.city,
            result_on=today,
        )
    parameters: RetireesParameters = context.parameters
    due = context.league.calendar.add_working_days(today, parameters.assist_working_days)
    transaction.insert(
        assists,
        {
            "city": context.caller.city,
            "message_id": context.message_id,
            "citizen_id": request.citizen_id,
            "state": WAITING,
            "due_on": due.due.isoformat(),
            "document": request.model_dump_json(),
        },
    )
    raise Owed


@operation("retirees.waiting", Text("待办协查", "Requests that wait"), reach=Reach.CITY)
def waiting(transaction: Transaction, request: paying.NoQuestion, context: Context) -> Queue:
    """What other cities asked that a desk here must find out, the most urgent first."""
    rows = transaction.rows(
        select(assists)
        .where(assists.c.state == WAITING)
        .order_by(assists.c.due_on, assists.c.city, assists.c.message_id)
        .limit(WAITING_MAX)
    )
    return Queue(
        waiting=tuple(
            Waiting(
                citizen_id=row.citizen_id,
                city=row.city,
                message_id=row.message_id,
                channel=AssistRequest.model_validate_json(row.document).channel,
                due_on=date.fromisoformat(row.due_on),
            )
            for row in rows
        )
    )


@operation(
    "retirees.answer_assist",
    Text("答复协查", "Answer a request that waits"),
    reach=Reach.CITY,
    person=_person,
)
def answer_assist(transaction: Transaction, request: DeskResult, context: Context) -> AssistResult:
    """Give the answer that this city owes, as its desk found it."""
    of_request = (assists.c.city == request.city, assists.c.message_id == request.message_id)
    row = transaction.row(select(assists).where(*of_request, assists.c.state == WAITING))
    if row is None:
        raise ASSIST_UNKNOWN()
    question = AssistRequest.model_validate_json(row.document)
    if question.citizen_id != request.citizen_id:
        raise ASSIST_PERSON_DIFFERS()
    if request.found.channel is not question.channel:
        words = question.channel.text
        raise DESK_CHANNEL_WRONG(zh=words.zh, en=words.en)
    if request.found.result is Result.ALIVE:
        today = book.day_of(context.now)
        rules.check_evidence(
            _seen(request.found), question.last_evidence, today, context.parameters
        )
    transaction.execute(update(assists).where(*of_request).values(state=ANSWERED))
    context.answer(transaction, request.city, request.message_id, request.found)
    return request.found


def answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """At the city of payment: certify, suspect a loss, or note that the channel found nothing.

    What the rules refuse certifies nobody; the refusal stands with the question.
    """
    citizen_id = transaction.value(
        select(asked.c.citizen_id).where(asked.c.message_id == context.message_id)
    )
    if citizen_id is None:
        return
    found = AssistResult.model_validate(answer)
    recipient = book.look_up(transaction, citizen_id)
    if recipient is None or recipient.lost is not None:
        return
    outcome = str(found.result)
    if found.result is Result.ALIVE:
        try:
            certify_from(transaction, recipient, _seen(found), context)
        except Problem as problem:
            outcome = problem.code
            note_tried(transaction, recipient, found.channel, context)
    elif found.result is Result.DECEASED:
        suspect(transaction, recipient, context)
    else:
        note_tried(transaction, recipient, found.channel, context)
    _note_outcome(transaction, context, outcome)


def refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """The other city refused: the question ends with the reason's code."""
    _note_outcome(transaction, context, str(problem.get("code", "refused"))[:64])


def _note_outcome(transaction: Transaction, context: Context, outcome: str) -> None:
    transaction.execute(
        update(asked).where(asked.c.message_id == context.message_id).values(outcome=outcome)
    )


def _from_evidence(
    transaction: Transaction, request: AssistRequest, today: date, context: Context
) -> AssistResult | None:
    """What the evidence here proves of that person under that name: a death, or life."""
    rows = transaction.rows(
        select(evidence.c.document)
        .where(
            evidence.c.citizen_id == request.citizen_id,
            evidence.c.seen_on > request.last_evidence.isoformat(),
        )
        .order_by(evidence.c.seen_on.desc(), evidence.c.evidence_id)
        .limit(EVIDENCE_READ_MAX)
    )
    found = [Evidence.model_validate_json(row.document) for row in rows]
    own = [one for one in found if one.name == request.name]
    deaths = _deaths(own)
    if deaths:
        return AssistResult(
            result=Result.DECEASED,
            channel=Channel.COMPARISON,
            deaths=deaths,
            operator=context.city,
            result_on=today,
        )
    for one in own:
        seen = rules.Seen(one.kind, one.channel, one.on, one.face_score)
        try:
            rules.check_evidence(seen, request.last_evidence, today, context.parameters)
        except Problem:
            continue
        return AssistResult(
            result=Result.ALIVE,
            channel=one.channel,
            kind=one.kind,
            evidence_on=one.on,
            source=one.source,
            face_score=one.face_score,
            operator=context.city,
            result_on=today,
        )
    return None


def _deaths(found: Sequence[Evidence]) -> tuple[DeathWord, ...]:
    words = {
        _DEATHS[one.kind]: DeathWord(source=_DEATHS[one.kind], died_on=one.on)
        for one in found
        if one.kind in _DEATHS
    }
    return tuple(words.values())


def _seen(found: AssistResult) -> rules.Seen:
    if found.kind is None or found.evidence_on is None:
        raise ValueError("a result that the person is alive names its evidence")
    return rules.Seen(found.kind, found.channel, found.evidence_on, found.face_score)
