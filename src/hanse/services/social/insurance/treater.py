"""At the treating city: a hospital's bill is split by the catalogue, sent on, and awaited.

A hospital calls its own node and waits a stated time. If the insuring city is silent meanwhile, the
call says that the answer is owed; the question is sent again until it is answered, the hospital may
ask for the state, and the same bill again is the same settlement.
"""

from typing import Any

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.social.insurance import shared_lines
from hanse.services.social.insurance import treater_book as book
from hanse.services.social.insurance.bookings import book_at_treater, unbook_at_treater
from hanse.services.social.insurance.contracts import (
    Bill,
    Bills,
    ClaimQuestion,
    ClaimState,
    Kept,
    NoQuestion,
    SetItems,
    Settlement,
    SettleQuestion,
    Undone,
    UndoQuestion,
)
from hanse.services.social.insurance.insurer import (
    CLAIM_DIFFERS,
    CLAIM_TAKEN_BACK,
    SETTLEMENT_PURPOSE,
    day_of,
    settle_bill,
    undo,
)
from hanse.services.social.insurance.parameters import InsuranceParameters

BILLS_SHOWN_MAX = 100
INJURY_UNDECLARED = ProblemKind(
    "insurance_injury_undeclared",
    409,
    Text("外伤患者未签署无第三方责任承诺书", "No declaration that no third party is liable"),
    Text("核验身份并签署承诺书后再结算", "Check identity and have it signed, then settle"),
)
THIRD_PARTY_LIABLE = ProblemKind(
    "insurance_third_party_liable",
    409,
    Text("应由第三方负担的费用不纳入医保", "What a third party must bear is not insured"),
    Text("请由第三方支付（社会保险法第三十条）", "The third party pays (Social Insurance Law 30)"),
)


@operation("insurance.set_items", Text("维护本地目录", "Set catalogue items"), reach=Reach.CITY)
def set_items(transaction: Transaction, request: SetItems, context: Context) -> Kept:
    """Keep items of this city's catalogue: class, share borne first, ceiling."""
    return Kept(kept=book.keep_items(transaction, request.items))


@operation(
    "insurance.presettle",
    Text("预结算", "What would be paid"),
    reach=Reach.CITY,
    person=lambda request: request.person,
)
def presettle(transaction: Transaction, request: Bill, context: Context) -> ClaimState:
    """What would be paid if the bill were settled now; nothing is kept at either city."""
    question = _question(transaction, request, context, trial=True)
    if request.insured_city == context.city:
        return _state("trial", settle_bill.handler(transaction, question, context))
    asked = context.ask(
        transaction,
        request.insured_city,
        settle_bill.name,
        question,
        purpose=SETTLEMENT_PURPOSE.code,
    )
    book.keep_trial(transaction, asked, context.message_id, question.claim)
    raise Owed


@operation(
    "insurance.claim",
    Text("出院结算", "Settle a bill at discharge"),
    reach=Reach.CITY,
    person=lambda request: request.person,
)
def claim(transaction: Transaction, request: Bill, context: Context) -> ClaimState:
    """Settle a bill: the patient pays only the own share. The same hospital, visit and number are
    the same settlement, however often they are sent."""
    question = _question(transaction, request, context, trial=False)
    known = book.one(transaction, question.claim)
    if known is not None:
        return _again(transaction, known, request, context)
    if request.insured_city == context.city:
        settlement = settle_bill.handler(transaction, question, context)
        book.keep(transaction, request, question, context.caller.organisation, "", "", context.now)
        book.change(
            transaction,
            question.claim,
            context.now,
            state=book.SETTLED,
            settlement=settlement.model_dump_json(),
        )
        return _state(book.SETTLED, settlement)
    asked = context.ask(
        transaction,
        request.insured_city,
        settle_bill.name,
        question,
        purpose=SETTLEMENT_PURPOSE.code,
    )
    book.keep(
        transaction,
        request,
        question,
        context.caller.organisation,
        asked,
        context.message_id,
        context.now,
    )
    raise Owed


def _again(transaction: Transaction, known: Any, request: Bill, context: Context) -> ClaimState:
    """The same settlement again: what became of it, or this call waits for it as well."""
    if known.digest != book.digest(request):
        raise CLAIM_DIFFERS()
    if known.state in (book.UNDOING, book.UNDONE):
        raise CLAIM_TAKEN_BACK()
    if known.state != book.ASKED:
        return book.as_state(known)
    book.wait_too(transaction, known.claim, context.message_id)
    raise Owed


def _question(
    transaction: Transaction, bill: Bill, context: Context, *, trial: bool
) -> SettleQuestion:
    parameters: InsuranceParameters = context.parameters
    if bill.third_party:
        raise THIRD_PARTY_LIABLE()
    if bill.injury and not bill.declaration_signed and parameters.injury_needs_declaration:
        raise INJURY_UNDECLARED()
    organisation = context.caller.organisation
    return SettleQuestion(
        claim=book.claim_id(context.city, organisation, bill.visit, bill.number),
        trial=trial,
        person=bill.person,
        organisation=organisation,
        level=bill.level,
        care=bill.care,
        admitted_on=bill.admitted_on,
        discharged_on=bill.discharged_on,
        emergency=bill.emergency,
        lines=book.lines_of(transaction, bill),
    )


def _state(state: str, settlement: Settlement) -> ClaimState:
    return ClaimState(claim=settlement.claim, state=state, settlement=settlement)


@operation("insurance.claim_state", Text("查询结算状态", "State of a bill"), reach=Reach.CITY)
def claim_state(transaction: Transaction, request: ClaimQuestion, context: Context) -> ClaimState:
    """How far a bill of the calling hospital has come."""
    return book.as_state(_own(transaction, request, context))


@operation("insurance.bills", Text("本院结算单", "Bills of one's own"), reach=Reach.CITY)
def bills(transaction: Transaction, request: NoQuestion, context: Context) -> Bills:
    """The bills of the asking hospital and how far each has come, the last changed first."""
    return Bills(bills=book.bills_of(transaction, context.caller.organisation, BILLS_SHOWN_MAX))


def _own(transaction: Transaction, request: ClaimQuestion, context: Context) -> Any:
    claim_id = book.claim_id(
        context.city, context.caller.organisation, request.visit, request.number
    )
    found = book.one(transaction, claim_id)
    if found is None:
        raise book.CLAIM_UNKNOWN()
    return found


@operation("insurance.reverse", Text("冲正", "Take a settlement back"), reach=Reach.CITY)
def reverse(transaction: Transaction, request: ClaimQuestion, context: Context) -> ClaimState:
    """Take a settlement back, whether the insuring city has answered it yet or not."""
    found = _own(transaction, request, context)
    if found.state in (book.UNDONE, book.REFUSED):
        return book.as_state(found)
    question = SettleQuestion.model_validate_json(found.question)
    asking = UndoQuestion(claim=found.claim, person=question.person)
    if found.insured_city == context.city:
        undone = undo.handler(transaction, asking, context)
        book.change(transaction, found.claim, context.now, state=book.UNDONE)
        return ClaimState(claim=found.claim, state=book.UNDONE, settlement=undone.settlement)
    if found.state != book.UNDOING:
        asked = context.ask(
            transaction,
            found.insured_city,
            undo.name,
            asking,
            purpose=SETTLEMENT_PURPOSE.code,
        )
        book.change(
            transaction,
            found.claim,
            context.now,
            state=book.UNDOING,
            undo_asked=asked,
            problem=None,
        )
    book.wait_too(transaction, found.claim, context.message_id)
    raise Owed


def settle_answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """The insuring city's answer: booked once, and told to the hospital's calls that wait."""
    settlement = Settlement.model_validate(answer)
    if settlement.trial:
        trial = book.take_trial(transaction, context.message_id)
        if trial is not None:
            context.answer(transaction, context.city, trial[0], _state("trial", settlement))
        return
    found = book.by_question(transaction, context.message_id)
    if found is None or found.state not in (book.ASKED, book.UNDOING) or found.settlement:
        return
    _booked(transaction, found, settlement, context)
    if found.state == book.ASKED:
        book.change(transaction, found.claim, context.now, state=book.SETTLED)
        _tell(transaction, found.claim, context)


def settle_refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """The insuring city refuses the bill: nothing is booked, the hospital learns why."""
    trial = book.take_trial(transaction, context.message_id)
    if trial is not None:
        refused = ClaimState(claim=trial[1], state=book.REFUSED, problem=problem)
        context.answer(transaction, context.city, trial[0], refused)
        return
    found = book.by_question(transaction, context.message_id)
    if found is None or found.state not in (book.ASKED, book.UNDOING):
        return
    book.change(transaction, found.claim, context.now, problem=book.problem_text(problem))
    if found.state == book.ASKED:
        book.change(transaction, found.claim, context.now, state=book.REFUSED)
        _tell(transaction, found.claim, context)


def undo_answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """It is taken back there: both lines are booked here too, whichever answer came first."""
    undone = Undone.model_validate(answer)
    found = book.one(transaction, undone.claim)
    if found is None or found.state == book.UNDONE:
        return
    if undone.settlement is not None and undone.month is not None:
        if found.settlement is None:
            _booked(transaction, found, undone.settlement, context)
        shared_lines.take_back(
            transaction,
            shared_lines.TREATER,
            found.insured_city,
            undone.settlement,
            undone.month,
        )
        unbook_at_treater(transaction, context, found, undone.settlement)
    book.change(transaction, found.claim, context.now, state=book.UNDONE)
    _tell(transaction, found.claim, context)


def undo_refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """The insuring city did not take it back: the bill stands as before, and may be tried again."""
    found = book.by_undoing(transaction, context.message_id)
    if found is None or found.state != book.UNDOING:
        return
    if found.settlement is not None:
        text = book.problem_text(problem)
        book.change(transaction, found.claim, context.now, state=book.SETTLED, problem=text)
    elif found.problem is not None:
        book.change(transaction, found.claim, context.now, state=book.REFUSED)
    else:  # its settlement is still awaited, and so are the calls' answers
        book.change(transaction, found.claim, context.now, state=book.ASKED)
        return
    _tell(transaction, found.claim, context)


def _booked(transaction: Transaction, found: Any, settlement: Settlement, context: Context) -> None:
    month = settlement.month or str(day_of(context.now))[:7]
    shared_lines.add(transaction, shared_lines.TREATER, found.insured_city, settlement, month)
    book_at_treater(transaction, context, found, settlement)
    text = settlement.model_dump_json()
    book.change(transaction, found.claim, context.now, settlement=text)


def _tell(transaction: Transaction, claim_id: str, context: Context) -> None:
    """Answer every call of the hospital that waits for this claim."""
    state = book.as_state(book.one(transaction, claim_id))
    for waiting in book.take_waiting(transaction, claim_id):
        context.answer(transaction, context.city, waiting, state)
