"""Retirees: approved alike, certified where they live, paid what they are entitled to."""

from typing import Annotated

from hanse.foundation.credentials import Status
from hanse.foundation.credentials.register import set_status
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.foundation.uniform_rules import RuleBook, differences
from hanse.foundation.working_days import Day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, Service, operation
from hanse.mechanisms.exchange.parts import Need
from hanse.services.social.retirees import assist, book, certificate, parts, paying, rules
from hanse.services.social.retirees.certifying import certify_from, suspect
from hanse.services.social.retirees.codes import Channel, EvidenceKind
from hanse.services.social.retirees.contracts import (
    Approval,
    Contract,
    EntitlementState,
    Evidence,
    LossDecision,
    LossReport,
    OfPerson,
    Recipient,
)
from hanse.services.social.retirees.loss import LOSS_IN_FUTURE
from hanse.services.social.retirees.parameters import RetireesParameters
from hanse.services.social.retirees.paying import Payment
from hanse.services.social.retirees.purposes import UNIFORMITY

BENEFIT_APPROVED_ALREADY = ProblemKind(
    "retirees_benefit_approved_already",
    409,
    Text("该待遇已核定", "The benefit was approved before"),
    Text("同一人员的同类待遇只核定一次", "A person has one benefit of a scheme"),
)
BENEFIT_NUMBER_TAKEN = ProblemKind(
    "retirees_benefit_number_taken",
    409,
    Text("该待遇编号已使用", "The number of the benefit is in use"),
    Text("请核对编号，每项待遇使用各自的编号", "Check the number: each benefit has its own"),
)
APPROVAL_NAME_DIFFERS = ProblemKind(
    "retirees_approval_name_differs",
    422,
    Text("姓名与已登记的不一致", "The name is not the one that is kept"),
    Text("请先核实并更正姓名", "Find out which is right, and correct it"),
)
IDENTIFIED_IN_FUTURE = ProblemKind(
    "retirees_identified_in_future",
    422,
    Text("核验日期晚于今天", "The person was seen after today"),
    Text("请核对核验日期", "Check the day"),
)
EVIDENCE_NAME_DIFFERS = ProblemKind(
    "retirees_evidence_name_differs",
    422,
    Text("证据姓名与登记姓名不一致", "The evidence is of another name"),
    Text("请人工核实是否为同一人", "Find out by hand whether it is the same person"),
)


class LossReported(Contract):
    """By when a loss was to be reported, and whether it was."""

    report_by: Annotated[Day, titled("应报告日期", "To be reported by")]
    in_time: Annotated[bool, titled("按期报告", "In time")]
    explanation: Annotated[dict[str, str], titled("期限计算", "Reckoning")]


class LossConfirmed(Contract):
    """A loss that is sure, and what was paid after it."""

    lost_on: Annotated[Day, titled("丧失资格日期", "Lost on")]
    overpaid: Annotated[tuple[Payment, ...], titled("多发月份", "Months paid too much")]
    total: Annotated[int, titled("应追回（分）", "To be recovered, in fen")]


class Measures(Contract):
    """A city's uniform measures, whole."""

    digest: Annotated[str, titled("摘要", "Digest")]
    book: Annotated[RuleBook, titled("统一办法", "Measures")]


class MeasuresOf(Contract):
    """The measures of another city, to be compared with the own ones."""

    book: Annotated[RuleBook, titled("统一办法", "Measures")]


class MeasuresCompared(Contract):
    """Whether two cities apply the same measures, and every difference: ours / theirs."""

    same: Annotated[bool, titled("一致", "The same")]
    digest: Annotated[str, titled("本市摘要", "Digest here")]
    differences: Annotated[tuple[str, ...], titled("差异", "Differences")]


def _person(request: OfPerson) -> str:
    return str(request.citizen_id)


@operation(
    "retirees.approve", Text("核定待遇", "Approve a benefit"), reach=Reach.CITY, person=_person
)
def approve(transaction: Transaction, request: Approval, context: Context) -> EntitlementState:
    """Approve a benefit under the uniform measures of today; the person was seen that day."""
    today = book.day_of(context.now)
    measures = rules.MEASURES.on(today)
    matter = measures.matter(str(request.benefit.scheme))
    if matter is None:
        raise LookupError(f"the measures have no matter {request.benefit.scheme}")
    rules.check_approval(matter, request.conditions_met, request.papers)
    if request.identified_on > today:
        raise IDENTIFIED_IN_FUTURE()
    known = book.look_up(transaction, request.citizen_id)
    if known is not None and known.lost is not None:
        raise book.RECIPIENT_TERMINATED()
    if known is not None and known.name != request.name:
        raise APPROVAL_NAME_DIFFERS()
    held = () if known is None else known.benefits
    if any(one.scheme is request.benefit.scheme for one in held):
        raise BENEFIT_APPROVED_ALREADY()
    if not book.note_benefit(transaction, request.benefit.benefit_id, request.citizen_id):
        raise BENEFIT_NUMBER_TAKEN()
    seen_last = request.identified_on
    recipient = Recipient(
        citizen_id=request.citizen_id,
        name=request.name,
        residence=request.residence,
        benefits=(*held, request.benefit),
        last_evidence=seen_last if known is None else max(known.last_evidence, seen_last),
        last_kind=EvidenceKind.IN_PERSON,
        last_channel=Channel.DELEGATED,
        suspected=known is not None and known.suspected,
        credential_id=None if known is None else known.credential_id,
    )
    book.keep(transaction, recipient, context.now)
    return book.state_of(transaction, recipient, today, context.parameters)


@operation(
    "retirees.state", Text("查询领取资格", "How it stands"), reach=Reach.CITY, person=_person
)
def state(transaction: Transaction, request: OfPerson, context: Context) -> EntitlementState:
    """How a person's entitlement stands today, with what is due and why."""
    recipient = book.held(transaction, request.citizen_id)
    return book.state_of(transaction, recipient, book.day_of(context.now), context.parameters)


@operation("retirees.certify", Text("认证领取资格", "Certify"), reach=Reach.CITY, person=_person)
def certify(transaction: Transaction, request: Evidence, context: Context) -> EntitlementState:
    """Certify a recipient by this city's own evidence, for all benefits at once."""
    recipient = book.entitled(transaction, request.citizen_id)
    if recipient.name != request.name:
        raise EVIDENCE_NAME_DIFFERS()
    seen = rules.Seen(request.kind, request.channel, request.on, request.face_score)
    changed = certify_from(transaction, recipient, seen, context)
    return book.state_of(transaction, changed, book.day_of(context.now), context.parameters)


@operation(
    "retirees.report_loss", Text("报告丧失资格", "Report a loss"), reach=Reach.CITY, person=_person
)
def report_loss(transaction: Transaction, request: LossReport, context: Context) -> LossReported:
    """Take a report of family or employer; it is investigated, and nothing is stopped yet."""
    recipient = book.entitled(transaction, request.citizen_id)
    today = book.day_of(context.now)
    if request.lost_on > today:
        raise LOSS_IN_FUTURE()
    parameters: RetireesParameters = context.parameters
    due = rules.report_deadline(request.lost_on, context.league.calendar, parameters)
    suspect(transaction, recipient, context)
    return LossReported(
        report_by=due.due, in_time=today <= due.due, explanation=due.explanation.as_dict()
    )


@operation(
    "retirees.confirm_loss",
    Text("确认丧失资格", "Confirm a loss"),
    reach=Reach.CITY,
    person=_person,
)
def confirm_loss(
    transaction: Transaction, request: LossDecision, context: Context
) -> LossConfirmed:
    """End an entitlement once its loss is sure; months paid after that month are claimed back."""
    recipient = book.entitled(transaction, request.citizen_id)
    by_hand = None
    if request.decided_on_day is not None and request.reason is not None:
        by_hand = rules.ByHand(request.decided_on_day, request.reason)
    lost_on = rules.confirmed_loss(
        request.kind,
        [rules.DeathRecord(one.source, one.died_on) for one in request.deaths],
        request.found_on,
        recipient.last_evidence,
        book.day_of(context.now),
        by_hand,
    )
    if recipient.credential_id is not None:
        set_status(transaction, recipient.credential_id, Status.REVOKED)
    ended = recipient.model_copy(
        update={"lost": request.kind, "lost_on": lost_on, "suspected": False}
    )
    book.keep(transaction, ended, context.now)
    paying.open_books(transaction, context)
    overpaid = paying.claim_back(transaction, ended, rules.month_at(lost_on), context)
    return LossConfirmed(
        lost_on=lost_on, overpaid=overpaid, total=sum(one.amount for one in overpaid)
    )


@operation("retirees.measures", Text("统一核定办法", "The uniform measures"), reach=Reach.CITY)
def measures(transaction: Transaction, request: paying.NoQuestion, context: Context) -> Measures:
    """The measures that this city applies today."""
    found = rules.MEASURES.on(book.day_of(context.now))
    return Measures(digest=found.digest, book=found)


@operation(
    "retirees.compare_measures",
    Text("核对统一核定办法", "Compare the uniform measures"),
    purposes=(UNIFORMITY,),
)
def compare_measures(
    transaction: Transaction, request: MeasuresOf, context: Context
) -> MeasuresCompared:
    """Whether another city's measures are the ones applied here today; every difference."""
    ours = rules.MEASURES.on(book.day_of(context.now))
    found = differences(ours, request.book)
    return MeasuresCompared(same=not found, digest=ours.digest, differences=found)


SERVICE = Service(
    name="social.retirees",
    title=Text("退休人员待遇核定与异地认证", "Retirees' benefits approved and certified anywhere"),
    operations=(
        approve,
        state,
        certify,
        report_loss,
        confirm_loss,
        assist.note_evidence,
        assist.ask_assist,
        assist.assist,
        assist.waiting,
        assist.answer_assist,
        certificate.certificate,
        *certificate.LISTS.operations(),
        certificate.check_certificate,
        paying.fund,
        paying.funds,
        paying.run,
        paying.recover,
        measures,
        compare_measures,
    ),
    answer_handlers={
        "retirees.assist": assist.answered,
        **certificate.LISTS.answer_handlers(),
    },
    refusal_handlers={"retirees.assist": assist.refused},
    parameters=rules.DEFAULTS,
    credentials=(certificate.CHECK,),
    two_people=("retirees.fund", "retirees.run"),
    parts=(parts.RESIDENT, parts.CERTIFICATE),
    summary=Text(
        "退休待遇各市同样核定，住在哪里就在哪里认证",
        "Benefits are approved alike everywhere, and certified wherever one lives",
    ),
    needs=(Need(Text("我退休后住在另一城市", "I live in another city after retiring")),),
)
