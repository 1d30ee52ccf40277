"""At the insuring city's own desk: enrolment, filing, policies, claims on paper, prepayment."""

from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.social.insurance import insurer_book as book
from hanse.services.social.insurance.contracts import (
    CLAIMS_TRIED_MAX,
    CancelFiling,
    Enrolment,
    Filed,
    FilePlace,
    OwnFiling,
    OwnInsurance,
    OwnInsuranceState,
    OwnSettlement,
    PaperClaim,
    PaperClaimTaken,
    PolicySet,
    PolicyTried,
    SetPolicy,
    Settlement,
    SettleQuestion,
    TryPolicy,
)
from hanse.services.social.insurance.filing import Filing, new_filing
from hanse.services.social.insurance.insurer import day_of, reckoned_on_paper
from hanse.services.social.insurance.lines import split
from hanse.services.social.insurance.parameters import InsuranceParameters
from hanse.services.social.insurance.rules import Circumstances
from hanse.services.social.insurance.trial import PastClaim, try_policy

OWN_SETTLEMENTS_MAX: Final = 100
POLICY_OF_ANOTHER = ProblemKind(
    "insurance_policy_of_another_city",
    422,
    Text("政策不属于本市", "The policy is another city's"),
    Text("请将参保地填为 {city}", "Write {city} as its city"),
)
FILING_UNKNOWN = ProblemKind(
    "insurance_filing_unknown",
    404,
    Text("没有该备案", "There is no such filing"),
    Text("请核对备案编号", "Check the number of the filing"),
)
FILING_AT_HOME = ProblemKind(
    "insurance_filing_at_home",
    422,
    Text("在参保地就医无需备案", "Treatment at the place of insurance needs no filing"),
    Text("请填写其他城市", "Name another city"),
)


@operation(
    "insurance.enrol",
    Text("登记参保", "Enrol"),
    reach=Reach.CITY,
    person=lambda request: request.person,
)
def enrol(transaction: Transaction, request: Enrolment, context: Context) -> Enrolment:
    """Keep what the register of this city says of a person."""
    book.keep_enrolment(transaction, request)
    return request


@operation(
    "insurance.file",
    Text("异地就医备案", "File for treatment elsewhere"),
    reach=Reach.CITY,
    person=lambda request: request.person,
)
def file(transaction: Transaction, request: FilePlace, context: Context) -> Filed:
    """File one of this city's people for treatment in another city."""
    if request.city == context.city:
        raise FILING_AT_HOME()
    book.scheme_on(transaction, request.person, request.valid_from)
    filing = new_filing(request.kind, request.city, request.valid_from, request.valid_to)
    filing_id = context.new_id()
    book.keep_filing(transaction, filing_id, request.person, filing)
    return _filed(filing_id, filing)


@operation("insurance.end_filing", Text("取消备案", "End a filing"), reach=Reach.CITY)
def end_filing(transaction: Transaction, request: CancelFiling, context: Context) -> Filed:
    """End a filing today; stays that began before keep it."""
    filing = book.end_filing(transaction, request.filing_id, day_of(context.now))
    if filing is None:
        raise FILING_UNKNOWN()
    return _filed(request.filing_id, filing)


def _filed(filing_id: str, filing: Filing) -> Filed:
    return Filed(
        filing_id=filing_id,
        kind=filing.kind,
        city=filing.city,
        valid_from=filing.valid_from,
        valid_to=filing.valid_to,
    )


@operation(
    "insurance.mine",
    Text("本人医保结算", "One's own settlements"),
    reach=Reach.CITY,
    person=lambda request: request.person,
)
def mine(transaction: Transaction, request: OwnInsurance, context: Context) -> OwnInsuranceState:
    """A person's filings, and its bills as this city, where it is insured, settled them."""
    filings = book.filings_of(transaction, request.person)
    rows = book.settlements_of(transaction, request.person, OWN_SETTLEMENTS_MAX)
    return OwnInsuranceState(
        filings=tuple(
            OwnFiling(
                kind=one.kind, city=one.city, valid_from=one.valid_from, valid_to=one.valid_to
            )
            for one in filings
        ),
        settlements=tuple(_own(row) for row in rows),
    )


def _own(row: Any) -> OwnSettlement:
    settled = Settlement.model_validate_json(row.settlement)
    return OwnSettlement(
        claim=row.claim,
        treated_city=row.treated_city,
        settled_on=row.settled_on,
        taken_back=row.state == "undone",
        total_fen=settled.total_fen,
        fund_fen=settled.fund_fen + settled.serious_fen,
        account_fen=settled.account_fen,
        cash_fen=settled.cash_fen,
    )


@operation("insurance.set_policy", Text("发布医保政策", "Set a policy"), reach=Reach.CITY)
def set_policy(transaction: Transaction, request: SetPolicy, context: Context) -> PolicySet:
    """Keep a policy, to be in force from its day; what is kept is never changed."""
    if request.policy.city != context.city:
        raise POLICY_OF_ANOTHER(city=context.city)
    book.keep_policy(transaction, request.policy)
    return PolicySet(name=request.policy.name, local_defaults=request.policy.local_defaults)


@operation("insurance.try_policy", Text("政策试算", "Try a policy"), reach=Reach.CITY)
def try_(transaction: Transaction, request: TryPolicy, context: Context) -> PolicyTried:
    """Settle the claims between two days anew by a policy: what would change for how many."""
    if request.policy.city != context.city:
        raise POLICY_OF_ANOTHER(city=context.city)
    rows = book.settled_between(
        transaction, request.policy.scheme, request.first_day, request.last_day, CLAIMS_TRIED_MAX
    )
    claims = [
        _past(
            row.person,
            SettleQuestion.model_validate_json(row.question),
            Settlement.model_validate_json(row.settlement),
        )
        for row in rows
    ]
    old = book.policy_for(transaction, context.city, request.policy.scheme, request.last_day)
    tried = try_policy(old, request.policy, claims)
    return PolicyTried(
        claims=tried.claims,
        changed=len(tried.changes),
        fund_fen=tried.fund_fen,
        people_better=tried.people_better,
        people_worse=tried.people_worse,
    )


def _past(person: str, question: SettleQuestion, settlement: Settlement) -> PastClaim:
    about = Circumstances(
        level=question.level,
        care=question.care,
        age=book.age_on(person, question.admitted_on),
        filing=settlement.filing,
        account_fen=0,
    )
    return PastClaim(settlement.claim, person, split(question.lines), about)


@operation(
    "insurance.paper_claim",
    Text("手工报销受理", "Take a claim on paper"),
    reach=Reach.CITY,
    person=lambda request: request.question.person,
)
def paper_claim(transaction: Transaction, request: PaperClaim, context: Context) -> PaperClaimTaken:
    """A bill that was paid in cash: what is paid back, to be decided in 30 working days. Under
    the same number as a claim that was sent, it is settled once, this way or that."""
    parameters: InsuranceParameters = context.parameters
    settlement = reckoned_on_paper(transaction, request, context)
    reckoning = context.league.calendar.add_working_days(
        request.received_on, parameters.paper_claim_working_days
    )
    return PaperClaimTaken(
        settlement=settlement, due_on=reckoning.due, reckoning=reckoning.as_dict()
    )
