"""Exchanging turns: one city offers, the other answers, and both state it to all."""

from typing import Annotated, Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Operation, Reach, operation, topic
from hanse.mechanisms.league.document_types import CityCode
from hanse.services.governance.forum import book, rules
from hanse.services.governance.forum.contracts import (
    EDITIONS_MAX,
    Contract,
    EditionNumber,
    MessageId,
    Reason,
    Swap,
    SwapAnswer,
    SwapStatement,
)
from hanse.services.governance.forum.purposes import FORUM

FORUM_OFFER_OPEN = ProblemKind(
    "forum_offer_open",
    409,
    Text("本市已就该届提出互换，尚未答复", "This city's offer of that edition is not answered yet"),
    Text("请等待答复", "Wait for the answer"),
)
FORUM_NO_OFFER = ProblemKind(
    "forum_no_offer",
    404,
    Text("没有待答复的互换请求", "No such offer waits for an answer"),
    Text("请核对城市和编号", "Check the city and the number"),
)
FORUM_REASON_MISSING = ProblemKind(
    "forum_reason_missing",
    422,
    Text("不同意须说明理由", "To decline takes a reason"),
    Text("请填写理由", "Give the reason"),
)
FORUM_STATEMENT_WRONG = ProblemKind(
    "forum_statement_wrong",
    403,
    Text("仅互换双方可声明互换", "Only the two cities state their swap"),
    Text("请由{cities}声明", "Leave it to {cities}"),
)


class Offered(Contract):
    """The offer is on its way."""

    message_id: MessageId


class OfferWaiting(Swap):
    """An offer that waits for an answer."""

    city: Annotated[CityCode, titled("对方城市", "The other city")]
    message_id: MessageId
    is_own: Annotated[bool, titled("本市提出", "Offered by this city")]


class OffersWaiting(Contract):
    """Offers to this city and by it."""

    offers: Annotated[tuple[OfferWaiting, ...], titled("待答复互换", "Offers that wait")]


class AnswerSwap(Contract):
    """Agree to an offer, or decline it with a reason."""

    city: Annotated[CityCode, titled("提出城市", "Offered by")]
    message_id: MessageId
    accepted: Annotated[bool, titled("同意", "Agree")]
    reason: Reason = None


class SwapQuestion(Contract):
    """This city's turn, and the other city's turn that it would have instead."""

    edition: Annotated[EditionNumber, titled("本市届次", "This city's edition")]
    other: Annotated[EditionNumber, titled("对方届次", "The other city's edition")]


class NoQuestion(Contract):
    """Nothing needs to be said."""


@operation("forum.offer_swap", Text("提出互换轮值", "Offer a swap"), reach=Reach.CITY)
def offer_swap(transaction: Transaction, request: SwapQuestion, context: Context) -> Offered:
    """Offer this city's turn for another city's; it stays bound until the other answers."""
    swap = _checked(transaction, request.edition, request.other, context)
    mine, theirs = _sides(swap, request.edition)
    if mine != context.city:
        raise rules.FORUM_NOT_HOST(edition=request.edition, city=mine)
    if book.offered_by_us(transaction) & {request.edition, request.other}:
        raise FORUM_OFFER_OPEN()
    asked = Swap(edition=request.edition, other=request.other)
    message_id = context.ask(transaction, theirs, "forum.swap", asked, purpose=FORUM.code)
    book.keep_offer(transaction, theirs, message_id, True, request.edition, request.other)
    return Offered(message_id=message_id)


@operation("forum.swap", Text("互换轮值", "Swap turns"), purposes=(FORUM,))
def swap_asked(transaction: Transaction, request: Swap, context: Context) -> SwapAnswer:
    """Another city offers its turn for this city's; its answer is owed until the office says."""
    swap = _checked(transaction, request.edition, request.other, context)
    theirs, mine = _sides(swap, request.edition)
    if theirs != context.caller.city or mine != context.city:
        raise rules.FORUM_SWAP_WRONG(edition=request.edition, other=request.other)
    book.keep_offer(
        transaction,
        context.caller.city,
        context.message_id,
        False,
        request.edition,
        request.other,
    )
    raise Owed


@operation("forum.offers", Text("待答复互换", "Offers that wait"), reach=Reach.CITY)
def offers(transaction: Transaction, request: NoQuestion, context: Context) -> OffersWaiting:
    """The offers that wait, to this city and by it; 100 at most."""
    return OffersWaiting(
        offers=tuple(
            OfferWaiting(
                edition=row.edition,
                other=row.other,
                city=row.peer,
                message_id=row.message_id,
                is_own=bool(row.is_own),
            )
            for row in book.waiting_offers(transaction)
        )
    )


@operation("forum.answer_swap", Text("答复互换", "Answer an offer"), reach=Reach.CITY)
def answer_swap(transaction: Transaction, request: AnswerSwap, context: Context) -> SwapAnswer:
    """Agree or decline. Agreed, this city states the swap to all; the other does on the answer."""
    row = book.offer(transaction, request.city, request.message_id, is_own=False)
    if row is None:
        raise FORUM_NO_OFFER()
    if not request.accepted and not (request.reason or "").strip():
        raise FORUM_REASON_MISSING()
    answer = SwapAnswer(accepted=request.accepted, reason=request.reason)
    if request.accepted:
        swap = _checked(transaction, row.edition, row.other, context)
        if book.offered_by_us(transaction) & {row.edition, row.other}:
            raise FORUM_OFFER_OPEN()
        _state(transaction, swap, context)
    state = "accepted" if request.accepted else "declined"
    book.end_offer(transaction, request.city, request.message_id, state, request.reason)
    context.answer(transaction, request.city, request.message_id, answer)
    return answer


def swap_answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """The other city has answered: what it agreed to, this city states too."""
    said = SwapAnswer.model_validate(answer)
    row = book.offer(transaction, context.caller.city, context.message_id, is_own=True)
    if row is None:
        return
    state = "accepted" if said.accepted else "declined"
    book.end_offer(transaction, row.peer, row.message_id, state, said.reason)
    if said.accepted:
        turn = book.turns(transaction, context, max(row.edition, row.other))
        _state(transaction, _statement(row.edition, row.other, turn), context)


def swap_refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """The other city's node refused the offer: this city is free again."""
    code = str(problem.get("code", ""))[:64]
    book.end_offer(transaction, context.caller.city, context.message_id, "refused", code)


@topic("forum.swapped", Text("轮值互换声明", "A swap is stated"), purpose=FORUM)
def swapped(transaction: Transaction, statement: SwapStatement, context: Context) -> None:
    """Keep what one of the two states. The swap counts once both have."""
    if context.caller.city not in (statement.host, statement.other_host):
        cities = f"{statement.host}, {statement.other_host}"
        raise FORUM_STATEMENT_WRONG(cities=cities)
    if (
        statement.edition >= statement.other
        or len(book.stated_by(transaction, context.caller.city)) > EDITIONS_MAX
    ):
        raise rules.FORUM_SWAP_WRONG(edition=statement.edition, other=statement.other)
    book.state_swap(transaction, context.caller.city, statement)


def _checked(transaction: Transaction, edition: int, other: int, context: Context) -> SwapStatement:
    turn = book.turns(transaction, context, max(edition, other))
    swap = _statement(edition, other, turn)
    settled = set(book.published_turns(transaction))
    settled |= {number for one in book.swaps(transaction) for number in (one.edition, one.other)}
    settled |= book.stated_by(transaction, context.city)
    rules.check_swap(swap, turn, settled)
    return swap


def _statement(edition: int, other: int, turn: dict[int, str]) -> SwapStatement:
    """The swap in the one form that both state: the earlier edition first."""
    first, second = sorted((edition, other))
    return SwapStatement(edition=first, other=second, host=turn[first], other_host=turn[second])


def _sides(swap: SwapStatement, edition: int) -> tuple[str, str]:
    """Whose turn the named edition is, and whose the other."""
    both = (swap.host, swap.other_host)
    return both if swap.edition == edition else (both[1], both[0])


def _state(transaction: Transaction, swap: SwapStatement, context: Context) -> None:
    book.state_swap(transaction, context.city, swap)
    context.publish(transaction, "forum.swapped", swap)


OPERATIONS: Final[tuple[Operation, ...]] = (offer_swap, swap_asked, offers, answer_swap)
