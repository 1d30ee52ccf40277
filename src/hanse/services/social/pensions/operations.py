"""Pension relations between the cities: kept, certified, moved with their funds, claimed."""

from typing import Any

from hanse.foundation.identifiers import citizen_birth_date, citizen_sex
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.cases import (
    answer_handlers_of,
    due_of,
    operations_of,
    refusal_handlers_of,
)
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, Service, operation
from hanse.mechanisms.exchange.parts import Need
from hanse.services.social.pensions import (
    book,
    chart,
    claim,
    effects,
    funds,
    parts,
    rules,
    sheets,
)
from hanse.services.social.pensions.codes import AccountKind, Destination, Standing
from hanse.services.social.pensions.contracts import Certificate, InformationSheet
from hanse.services.social.pensions.parameters import PensionParameters
from hanse.services.social.pensions.procedure import PENSION_TRANSFER
from hanse.services.social.pensions.purposes import TRANSFER_PURPOSE
from hanse.services.social.pensions.relation import Relation
from hanse.services.social.pensions.requests import (
    ArrivalAnswer,
    ArrivalQuery,
    ByPerson,
    CertificateAnswer,
    CertificateQuery,
    ClaimAnswer,
    ClaimRequest,
    FundPosition,
    NoQuestion,
    RelationState,
    SheetRequest,
    in_words,
)


def _person(request: Any) -> str:
    return str(request.citizen_id)


def _of_relation(request: Relation) -> str:
    return request.person.citizen_id


def _of_letter(request: SheetRequest) -> str:
    return request.letter.citizen_id


@operation(
    "pension.keep",
    Text("登记养老保险关系", "Keep a relation"),
    reach=Reach.CITY,
    person=_of_relation,
)
def keep(transaction: Transaction, relation: Relation, context: Context) -> RelationState:
    """Keep a relation as the agency's own system has it; funds that are new are booked."""
    return _state(book.collect(transaction, relation, context))


@operation(
    "pension.relation",
    Text("查询养老保险关系", "Ask for a relation"),
    reach=Reach.CITY,
    person=_person,
)
def relation(transaction: Transaction, request: ByPerson, context: Context) -> RelationState:
    """Where a person's relation stands at this city."""
    return _state(book.held(transaction, request.citizen_id))


@operation(
    "pension.issue_certificate",
    Text("出具参保缴费凭证", "Issue a certificate"),
    reach=Reach.CITY,
    person=_person,
)
def issue_certificate(transaction: Transaction, request: ByPerson, context: Context) -> Certificate:
    """The certificate with which a worker who leaves applies at the new place."""
    kept = book.active(transaction, request.citizen_id)
    held = kept.relation
    if held.draws_pension:
        raise claim.PENSION_DRAWN_ALREADY()
    today = book.day_of(context.now)
    normal = any(row.account is AccountKind.NORMAL for row in held.contributions)
    certificate = Certificate(
        number=f"C{context.city}-{today:%Y%m%d}-{context.new_id()[:12]}",
        person=held.person,
        agency=held.agency,
        account=AccountKind.NORMAL if normal else AccountKind.TEMPORARY,
        first_insured=held.first_insured,
        last_paid=rules.last_month(held.contributions),
        paid_months=sum(len(row.months) for row in held.contributions),
        deemed_months=held.deemed_months,
        account_balance=held.account[-1].closing,
        arrears=held.arrears,
        issued_on=today,
    )
    book.keep_certificate(transaction, certificate, context.now)
    return certificate


@operation(
    "pension.certificate",
    Text("核验参保缴费凭证", "Check a certificate"),
    purposes=(TRANSFER_PURPOSE,),
    person=_person,
)
def certificate(
    transaction: Transaction, request: CertificateQuery, context: Context
) -> CertificateAnswer:
    """The certificate that this city gave to that person under that number."""
    found = book.certificate(transaction, request.number, request.citizen_id)
    return CertificateAnswer(certificate=found)


@operation(
    "pension.arrival",
    Text("判断接续方式", "What an arrival opens"),
    reach=Reach.CITY,
    person=_person,
)
def arrival(transaction: Transaction, request: ArrivalQuery, context: Context) -> ArrivalAnswer:
    """Whether a worker's relation would move here or a temporary account opens, and by when."""
    parameters: PensionParameters = context.parameters
    today = book.day_of(context.now)
    found = rules.destination_of(
        rules.Arrival(
            sex=citizen_sex(request.citizen_id),
            born=citizen_birth_date(request.citizen_id),
            applied_on=today,
            origin=request.origin,
            destination=context.city,
            household_region=request.household_region,
            by_order=request.by_order,
        ),
        rules.pooling_mode(parameters.pooling, today),
    )
    if found.destination is Destination.TEMPORARY:
        return ArrivalAnswer(destination=found.destination, reason=in_words(found.reason))
    due = rules.latest_deadlines(today, context.league.calendar, parameters.limits)
    return ArrivalAnswer(
        destination=found.destination,
        reason=in_words(found.reason),
        deadlines=tuple(in_words(one.explanation) for one in (due.review, due.origin, due.receive)),
    )


@operation(
    "pension.make_sheet",
    Text("编制转移接续信息表", "Make an information sheet"),
    reach=Reach.CITY,
    person=_of_letter,
)
def make_sheet(
    transaction: Transaction, request: SheetRequest, context: Context
) -> InformationSheet:
    """The sheet of this city's relation for a letter, with what must stay and why."""
    kept = book.held(transaction, request.letter.citizen_id)
    if kept.standing is Standing.MOVED:
        label = kept.standing.text
        raise book.PENSION_RELATION_NOT_HERE(standing_zh=label.zh, standing_en=label.en)
    effects.check_mode(request.letter.mode, request.letter.written_on, context)
    number = f"S{context.city}-{context.new_id()[:16]}"
    today = book.day_of(context.now)
    return sheets.information_sheet(
        kept.relation, request.letter, number, today, context.parameters
    )


@operation(
    "pension.claim",
    Text("确定待遇领取地并测算待遇", "Place of claim, and the pension"),
    reach=Reach.CITY,
    person=_person,
)
def claim_(transaction: Transaction, request: ClaimRequest, context: Context) -> ClaimAnswer:
    """Where a person claims, whether it is due, and each step of what it comes to."""
    kept = book.active(transaction, request.citizen_id)
    return claim.answer_claim(
        kept.relation,
        request,
        context.city,
        book.day_of(context.now),
        context.league.calendar,
        context.parameters,
    )


@operation("pension.funds", Text("查询基金及城际往来", "Funds and positions"), reach=Reach.CITY)
def fund_position(transaction: Transaction, request: NoQuestion, context: Context) -> FundPosition:
    """What this city's fund holds now, and what it and the other cities owe each other."""
    funds.open_books(transaction, context.now)
    peers = [one for one in context.league.cities if one != context.city]
    positions = {peer: funds.position(transaction, peer) for peer in peers}
    return FundPosition(
        accounts=ledger.state(transaction, chart.ACCOUNTS).on_its_side,
        pool=ledger.state(transaction, chart.POOL).on_its_side,
        owed_by_peers={peer: amount for peer, amount in positions.items() if amount},
    )


def _state(kept: book.Kept) -> RelationState:
    rows = kept.relation.contributions
    return RelationState(
        standing=kept.standing,
        version=kept.version,
        paid_months=sum(len(row.months) for row in rows),
        account_balance=kept.relation.account[-1].closing,
        last_paid=rules.last_month(rows),
        case_id=kept.case_id,
    )


SERVICE = Service(
    name="social.pensions",
    title=Text("养老保险关系转移接续", "Transfer of pension relations"),
    operations=(
        keep,
        relation,
        issue_certificate,
        certificate,
        arrival,
        make_sheet,
        claim_,
        fund_position,
        *operations_of(PENSION_TRANSFER),
    ),
    answer_handlers=answer_handlers_of(PENSION_TRANSFER),
    refusal_handlers=refusal_handlers_of(PENSION_TRANSFER),
    due=(due_of(PENSION_TRANSFER),),
    parameters=rules.DEFAULTS,
    parts=(parts.RESIDENT, parts.CERTIFICATE),
    summary=Text(
        "换城市工作，养老保险关系随人转移",
        "Change the city of work, and the pension relation follows",
    ),
    needs=(
        Need(Text("我换了工作的城市", "I work in another city now")),
        Need(Text("我快要退休", "I retire soon")),
    ),
)
