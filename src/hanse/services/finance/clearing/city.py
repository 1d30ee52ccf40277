"""A city in a cycle: it cuts and submits, checks what the house reckoned, books what settled."""

import hashlib
from typing import Any

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.clearing.books import (
    CLEARED_ACCOUNT,
    CLEARED_TRANSFER,
    REFERENCE_PREFIX,
    cleared_account,
)
from hanse.mechanisms.clearing.obligations import city_of
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Purpose, operation, topic
from hanse.mechanisms.journal import log
from hanse.mechanisms.ledger import Account, Flags, Transfer, derived_id
from hanse.services.finance.clearing import city_book as book
from hanse.services.finance.clearing import collecting
from hanse.services.finance.clearing.codes import PairState, Stage
from hanse.services.finance.clearing.contracts import (
    PAGE_MAX,
    Acknowledgement,
    ClaimLines,
    Cut,
    LinesQuestion,
    PairName,
    PairResult,
    Result,
    Settled,
    Submission,
)
from hanse.services.finance.clearing.matching import key_of, view_of
from hanse.services.finance.clearing.parameters import ClearingRules

CLEARING = Purpose("clearing", Text("资金清算", "Clearing of funds"))
NOT_THE_HOUSE = ProblemKind(
    "clearing_not_the_house",
    403,
    Text("该城市不是章程指定的清算所", "This city is not the clearing house of the charter"),
    Text("清算所为 {house}", "The house is {house}"),
)
CYCLE_UNKNOWN = ProblemKind(
    "clearing_cycle_unknown",
    404,
    Text("没有该清算场次", "There is no such cycle"),
    Text("请核对场次编号", "Check the name of the cycle"),
)


def rules_of(context: Context) -> ClearingRules:
    """The charter's rules now."""
    charter = context.league.charter
    return ClearingRules.of(charter.settlement if charter is not None else None)


def require_house(context: Context, city: str) -> ClearingRules:
    """Refuse whoever speaks as the house and is not."""
    rules = rules_of(context)
    if city != rules.house:
        raise NOT_THE_HOUSE(house=rules.house)
    return rules


def require_cutter(transaction: Transaction, cycle: str, context: Context) -> None:
    """Refuse whoever speaks of a cycle and is not the house that cut it.

    The house that cut a cycle finishes it, though the charter names another one meanwhile.
    """
    made = book.cut_row(transaction, cycle)
    if made is None:
        require_house(context, context.caller.city)
    elif made.house != context.caller.city:
        raise NOT_THE_HOUSE(house=made.house)


@topic("clearing.cut", Text("清算截止", "Cut of a cycle"), purpose=CLEARING)
def cut(transaction: Transaction, event: Cut, context: Context) -> None:
    """Cut the own ledger and submit this city's side. Transfers go on without a pause."""
    require_house(context, context.caller.city)
    submission = make_cut(transaction, event, context)
    if submission is not None:
        submit(transaction, event.house, submission, context)


def submit(transaction: Transaction, house: str, submission: Submission, context: Context) -> None:
    """Tell the house this city's side."""
    context.ask(transaction, house, "clearing.submit", submission, purpose=CLEARING.code)


def make_cut(transaction: Transaction, event: Cut, context: Context) -> Submission | None:
    """The cut, and what it comes to where that is collected at once.

    None where more is to be collected, by and by, or where this city has cut that cycle before.
    """
    for one in event.settled:
        before_it = book.cut_row(transaction, one.cycle)
        if before_it is not None and before_it.house == event.house:
            word = Settled(cycle=one.cycle, version=one.version, house=event.house)
            book_settled(transaction, word, context)
    if book.cut_row(transaction, event.cycle) is not None:
        return None
    currency = rules_of(context).currency
    before = collecting.under_way(transaction)
    made = book.cut(transaction, event.cycle, event.house, currency, context.now)
    if before is not None:
        return None  # cuts are collected in their order: what one carries is the next one's
    return go_on(transaction, made.number, context)


def go_on(transaction: Transaction, number: int, context: Context) -> Submission | None:
    """Collect a piece of a cut; its submission where that was the last and it is still wanted."""
    if not collecting.piece(transaction, number, context.city):
        return None
    made = book.numbered(transaction, number)
    submission = Submission(
        cycle=made.cycle,
        after_sequence=made.after_sequence,
        up_to_sequence=made.up_to_sequence,
        pairs=book.claims(transaction, number),
    )
    details = {
        "cycle": made.cycle,
        "house": made.house,
        "after": made.after_sequence,
        "up_to": made.up_to_sequence,
        "digest": _digest(submission),
    }
    log.record(transaction, "clearing.cut", details, at=context.now)
    if made.settled_version is None:
        return submission
    # The cycle was settled without this city: all that it holds is in a later one.
    for of in book.pairs_of(transaction, number):
        book.carry(transaction, made.cycle, of, None)
    return None


@operation("clearing.lines", Text("清算明细", "Lines of a pair"), purposes=(CLEARING,))
def lines(transaction: Transaction, request: LinesQuestion, context: Context) -> ClaimLines:
    """This city's lines of a pair, for the house, because the two sides differ."""
    require_cutter(transaction, request.cycle, context)
    found = book.page(
        transaction, request.cycle, request.own, request.other, request.after, PAGE_MAX
    )
    page = tuple(found[:PAGE_MAX])
    return ClaimLines(lines=page, after=page[-1].reference if len(found) > PAGE_MAX else None)


@topic("clearing.result", Text("清算结果", "Result of a cycle"), purpose=CLEARING)
def result(transaction: Transaction, event: Result, context: Context) -> None:
    """Reckon the own pairs again, keep the result, and say whether it is right."""
    require_cutter(transaction, event.cycle, context)
    word = check_result(transaction, event, context)
    if word is not None:
        context.ask(
            transaction,
            context.caller.city,
            "clearing.acknowledge",
            word,
            purpose=CLEARING.code,
        )


def check_result(
    transaction: Transaction, event: Result, context: Context
) -> Acknowledgement | None:
    """This city's word on a result; None where it did not cut that cycle or it is settled."""
    made = book.cut_row(transaction, event.cycle)
    if made is None or made.settled_version is not None:
        return None
    disputed = [
        PairName(first=pair.first, second=pair.second)
        for pair in event.pairs
        if context.city in (city_of(pair.first), city_of(pair.second))
        and pair.state is PairState.SETTLES
        and pair.amount_fen != _own_amount(transaction, event.cycle, pair, context.city)
    ]
    reasons = [f"{pair.first} {pair.second}" for pair in disputed]
    if sum(one.net_fen for one in event.cities):
        reasons.append("positions do not sum to zero")
    book.note_result(transaction, event.cycle, event.model_dump_json())
    details = {"cycle": event.cycle, "version": event.version, "digest": _digest(event)}
    log.record(transaction, "clearing.result", details, at=context.now)
    return Acknowledgement(
        cycle=event.cycle,
        version=event.version,
        accepted=not reasons,
        reason="; ".join(reasons)[:500],
        pairs=tuple(disputed),
    )


def _own_amount(transaction: Transaction, cycle: str, pair: PairResult, city: str) -> int:
    own, other = _ends(pair, city)
    of = book.pair(transaction, cycle, own, other)
    if of is None:
        return 0
    return view_of(own, other, book.sum_without(transaction, of, pair.excluded))


def _ends(pair: PairResult, city: str) -> tuple[str, str]:
    """The own party and the other one."""
    if city_of(pair.first) == city:
        return pair.first, pair.second
    return pair.second, pair.first


@topic("clearing.settled", Text("清算终局", "A cycle is settled"), purpose=CLEARING)
def settled(transaction: Transaction, event: Settled, context: Context) -> None:
    """Book what settled, and carry the rest into the next cycle. Once, whatever comes again.

    Cuts, results and settlements are streams of their own: this word may come before the others.
    """
    require_cutter(transaction, event.cycle, context)
    if book.cut_row(transaction, event.cycle) is None:
        currency = rules_of(context).currency
        book.stand_aside(
            transaction, event.cycle, event.house, event.version, currency, context.now
        )
        return
    book_settled(transaction, event, context)


def book_settled(transaction: Transaction, event: Settled, context: Context) -> None:
    """Take what was settled out of the inter-city accounts; carry what was left out.

    Nothing of a city settles before it has agreed: where this version's result has not come here,
    it has no part in it, and carries everything.
    """
    made = book.cut_row(transaction, event.cycle)
    if made is None or made.settled_version is not None:
        return
    reckoned = Result.model_validate_json(made.result) if made.result is not None else None
    agreed = reckoned.pairs if reckoned and reckoned.version == event.version else ()
    results = {(pair.first, pair.second): pair for pair in agreed}
    batch: list[Transfer] = []
    # By the own lines and not by the result's pairs: of what this city told nobody in time, the
    # house knows nothing, and it must not be lost. What is still being collected is carried then.
    collected = made.stage == Stage.DONE
    for of in book.pairs_of(transaction, made.number) if collected else ():
        pair = results.get(key_of(of.own, of.other))
        if pair is None or pair.state is not PairState.SETTLES:
            book.carry(transaction, event.cycle, of, None)
            continue
        book.carry(transaction, event.cycle, of, pair.excluded)
        amount = book.sum_without(transaction, of, pair.excluded)
        batch += _cleared(transaction, event, of.own, of.account_id, amount, context)
    if batch:
        last = batch[-1]
        linked = [one._replace(flags=int(Flags.LINKED)) for one in batch[:-1]]
        ledger.require(ledger.transfer(transaction, [*linked, last], context.now))
    book.note_settled(transaction, event.cycle, event.version)
    details = {"cycle": event.cycle, "version": event.version, "transfers": len(batch)}
    log.record(transaction, "clearing.settled", details, at=context.now)


def _cleared(
    transaction: Transaction, event: Settled, own: str, account: str, amount: int, context: Context
) -> list[Transfer]:
    """The transfer that settles an account's part: a claim is paid, or a debt is."""
    if amount == 0:
        return []
    held = ledger.state(transaction, account).account
    opposite = Account(
        cleared_account(held.book, own.partition("/")[2]),
        held.book,
        CLEARED_ACCOUNT.code,
        held.currency,
    )
    ledger.open_accounts(transaction, [opposite], context.now)
    debit, credit = (opposite.id, account) if amount > 0 else (account, opposite.id)
    reference = f"{REFERENCE_PREFIX}{event.cycle}"
    return [
        Transfer(
            derived_id("clearing", event.cycle, account),
            debit,
            credit,
            abs(amount),
            CLEARED_TRANSFER.code,
            reference=reference,
        )
    ]


def _digest(document: Any) -> str:
    return hashlib.sha256(document.model_dump_json().encode()).hexdigest()
