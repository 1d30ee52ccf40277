"""At the insuring city: eligibility and settlement by its policy, for hospitals of any city."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Purpose, operation
from hanse.services.social.insurance import insurer_book as book
from hanse.services.social.insurance import shared_lines
from hanse.services.social.insurance.bookings import (
    book_at_insurer,
    book_paid_back,
    unbook_at_insurer,
)
from hanse.services.social.insurance.codes import FilingKind, Scheme
from hanse.services.social.insurance.contracts import (
    PaperClaim,
    Settlement,
    SettleQuestion,
    Undone,
    UndoQuestion,
)
from hanse.services.social.insurance.filing import filing_for
from hanse.services.social.insurance.lines import split
from hanse.services.social.insurance.policies import Policy
from hanse.services.social.insurance.rules import Circumstances, Result, settle

SETTLEMENT_PURPOSE = Purpose("medical-settlement", Text("医疗费用结算", "Settlement of bills"))
RECONCILIATION_PURPOSE = Purpose("medical-clearing", Text("医疗费用清算", "Clearing of bills"))

CLAIM_DIFFERS = ProblemKind(
    "insurance_claim_differs",
    409,
    Text("同一结算编号的内容不同", "The same settlement has another content"),
    Text(
        "请先冲正原结算，再以新流水号上传", "Take the first back, then send it under a new number"
    ),
)
CLAIM_TAKEN_BACK = ProblemKind(
    "insurance_claim_taken_back",
    409,
    Text("该结算已冲正", "The settlement was taken back"),
    Text("如需重新结算，请使用新流水号", "To settle again, use a new number"),
)
CLAIM_OF_ANOTHER = ProblemKind(
    "insurance_claim_of_another_city",
    403,
    Text("该结算由其他城市发起", "The settlement is another city's"),
    Text("请由就医地城市办理", "The treating city must act"),
)
DISCHARGE_AHEAD = ProblemKind(
    "insurance_discharge_ahead",
    422,
    Text("出院日期晚于今天", "The discharge lies in the future"),
    Text("请核对日期", "Check the dates"),
)
SICHUAN: Final = timezone(timedelta(hours=8))


def day_of(now: datetime) -> date:
    """The calendar day in Sichuan."""
    return now.astimezone(SICHUAN).date()


@operation(
    "insurance.settle",
    Text("异地就医结算", "Settle a bill"),
    purposes=(SETTLEMENT_PURPOSE,),
    person=lambda request: request.person,
)
def settle_bill(transaction: Transaction, request: SettleQuestion, context: Context) -> Settlement:
    """What this city's funds pay of a bill of one of its people, or would pay: a trial keeps
    nothing. The same settlement again is answered from the book and paid once."""
    treated_city = context.caller.city
    known = book.settlement_row(transaction, request.claim)
    if known is not None and not request.trial:
        return _known(known, request, treated_city)
    today = day_of(context.now)
    if request.discharged_on > today:
        raise DISCHARGE_AHEAD()
    reckoned = _Reckoned.of(transaction, request, context.city, treated_city)
    if request.trial:
        return reckoned.as_settlement(request, None)
    month = shared_lines.month_of(transaction, treated_city, today)
    settlement = reckoned.as_settlement(request, month)
    book.keep_settlement(transaction, request, treated_city, settlement, reckoned.result, today)
    if treated_city != context.city:
        shared_lines.add(transaction, shared_lines.INSURER, treated_city, settlement, month)
    book_at_insurer(transaction, context, treated_city, settlement)
    return settlement


class _Reckoned:
    """One bill with what it was reckoned by."""

    def __init__(
        self, result: Result, policy: Policy, scheme: Scheme, filing: FilingKind | None
    ) -> None:
        self.result, self.policy, self.scheme, self.filing = result, policy, scheme, filing

    @classmethod
    def of(
        cls,
        transaction: Transaction,
        request: SettleQuestion,
        city: str,
        treated_city: str,
        *,
        on_paper: bool = False,
    ) -> "_Reckoned":
        """Reckon by the policy, the filings and the year of the person."""
        day = request.discharged_on
        scheme = book.scheme_on(transaction, request.person, day)
        policy = book.policy_for(transaction, city, scheme, day)
        filing = filing_for(
            book.filings_of(transaction, request.person),
            policy,
            treated_city,
            request.admitted_on,
            emergency=request.emergency,
            on_paper=on_paper,
        )
        about = Circumstances(
            level=request.level,
            care=request.care,
            age=book.age_on(request.person, request.admitted_on),
            filing=filing,
            account_fen=book.account_fen(transaction, request.person, scheme),
        )
        year = book.year_of(transaction, request.person, scheme, day.year)
        return cls(settle(split(request.lines), policy, about, year), policy, scheme, filing)

    def as_settlement(self, request: SettleQuestion, month: str | None) -> Settlement:
        """As the treating city is told."""
        result = self.result
        return Settlement(
            claim=request.claim,
            trial=request.trial,
            scheme=self.scheme,
            policy=self.policy.name,
            local_defaults=self.policy.local_defaults,
            filing=self.filing,
            total_fen=result.split.total_fen,
            in_policy_fen=result.split.in_policy_fen,
            deductible_fen=result.deductible_fen,
            ratio_bp=result.ratio_bp,
            fund_fen=result.fund_fen,
            serious_fen=result.serious_fen,
            account_fen=result.account_fen,
            cash_fen=result.cash_fen,
            cap_reached=result.cap_reached,
            month=month,
        )


def _known(known: object, request: SettleQuestion, treated_city: str) -> Settlement:
    row = known._mapping  # type: ignore[attr-defined]
    if row["treated_city"] != treated_city:
        raise CLAIM_OF_ANOTHER()
    if row["state"] != "settled":
        raise CLAIM_TAKEN_BACK()
    if SettleQuestion.model_validate_json(row["question"]) != request:
        raise CLAIM_DIFFERS()
    return Settlement.model_validate_json(row["settlement"])


def reckoned_on_paper(transaction: Transaction, claim: PaperClaim, context: Context) -> Settlement:
    """Settle a bill that was paid in cash: the person gets what the funds pay; nothing is owed
    to the treating city. Late filing is enough, for the person waits for nothing."""
    request = claim.question
    known = book.settlement_row(transaction, request.claim)
    if known is not None:
        return _known(known, request, claim.treated_city)
    reckoned = _Reckoned.of(transaction, request, context.city, claim.treated_city, on_paper=True)
    settlement = reckoned.as_settlement(request, None)
    today = day_of(context.now)
    book.keep_settlement(
        transaction, request, claim.treated_city, settlement, reckoned.result, today
    )
    book_paid_back(transaction, context, settlement)
    return settlement


@operation(
    "insurance.undo",
    Text("冲正异地就医结算", "Take a settlement back"),
    purposes=(SETTLEMENT_PURPOSE,),
    person=lambda request: request.person,
)
def undo(transaction: Transaction, request: UndoQuestion, context: Context) -> Undone:
    """Take a settlement back and give the year what it used. One that has not arrived is barred
    for ever, so that a reversal that overtakes its settlement leaves nothing paid."""
    treated_city = context.caller.city
    known = book.settlement_row(transaction, request.claim)
    today = day_of(context.now)
    if known is None:
        book.bar(transaction, request.claim, request.person, treated_city, today)
        return Undone(claim=request.claim)
    if known.treated_city != treated_city or known.person != request.person:
        raise CLAIM_OF_ANOTHER()
    if known.state == "barred":
        return Undone(claim=request.claim)
    settlement = Settlement.model_validate_json(known.settlement)
    month = shared_lines.month_of_reversal(transaction, treated_city, request.claim, today)
    if known.state == "settled":
        book.mark_undone(transaction, request.claim)
        if treated_city != context.city:
            shared_lines.take_back(
                transaction, shared_lines.INSURER, treated_city, settlement, month
            )
        unbook_at_insurer(transaction, context, treated_city, settlement)
    return Undone(claim=request.claim, settlement=settlement, month=month)
