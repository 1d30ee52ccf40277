"""The clearing house: cuts a cycle, matches, nets, waits for the cities' word, and settles.

Whoever the charter names is the house; the same code runs at every node. Each step is a state in
the store, so a house that is killed goes on where it was, and what comes twice changes nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.clearing.obligations import city_of
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.mechanisms.ledger import Flags, Transfer, derived_id
from hanse.services.finance.clearing import chart, city, city_book, collecting, funds
from hanse.services.finance.clearing import house_book as book
from hanse.services.finance.clearing.city import CLEARING, CYCLE_UNKNOWN, require_house
from hanse.services.finance.clearing.codes import CycleState, LeftOut, PairState
from hanse.services.finance.clearing.contracts import (
    SETTLED_REPEATED_MAX,
    Acknowledgement,
    ClaimLines,
    Cut,
    CycleQuestion,
    LinesQuestion,
    Result,
    Settled,
    Submission,
    Taken,
)
from hanse.services.finance.clearing.matching import PairKey, aged, matched, netted, to_compare

CYCLE_EXISTS = ProblemKind(
    "clearing_cycle_exists",
    409,
    Text("该场次已存在", "A cycle of this name exists"),
    Text("请用新的场次编号", "Use another name"),
)
CYCLE_OPEN = ProblemKind(
    "clearing_cycle_open",
    409,
    Text("上一场次尚未结束", "The cycle before is not settled"),
    Text("请先完成或撤出场次 {cycle}", "Settle or unwind cycle {cycle} first"),
)
CYCLE_FINAL = ProblemKind(
    "clearing_cycle_final",
    409,
    Text("该场次已终局结算", "The cycle is settled and final"),
    Text("更正须另行转账", "What is wrong is corrected by a new transfer"),
)


@operation("clearing.open", Text("开始清算", "Cut a cycle"), reach=Reach.CITY)
def open_cycle(transaction: Transaction, request: CycleQuestion, context: Context) -> Taken:
    """Cut a cycle at every city. One cycle is under way at a time."""
    rules = require_house(context, context.city)
    if book.row(transaction, request.cycle) is not None:
        raise CYCLE_EXISTS()
    waiting = book.open_rows(transaction)
    if waiting:
        raise CYCLE_OPEN(cycle=waiting[0].cycle)
    book.begin(transaction, request.cycle, context.now, rules.submit_minutes)
    event = Cut(
        cycle=request.cycle,
        house=context.city,
        settled=book.settled(transaction, SETTLED_REPEATED_MAX),
    )
    context.publish(transaction, "clearing.cut", event)
    submission = city.make_cut(transaction, event, context)
    if submission is not None:
        take_submission(transaction, context.city, submission, context)
    return taken(transaction, request.cycle)


def own_cycle(transaction: Transaction, cycle: str, context: Context) -> Any:
    """A cycle that this house cut: it finishes it, though the charter names another meanwhile."""
    held = book.row(transaction, cycle)
    if held is None:
        require_house(context, context.city)
        raise CYCLE_UNKNOWN()
    return held


@operation("clearing.submit", Text("清算申报", "A city's side of a cycle"), purposes=(CLEARING,))
def submit(transaction: Transaction, request: Submission, context: Context) -> Taken:
    """Take a city's side. Too late, it is not taken: the city's obligations are in the next."""
    own_cycle(transaction, request.cycle, context)
    take_submission(transaction, context.caller.city, request, context)
    return taken(transaction, request.cycle)


def take_submission(
    transaction: Transaction, whose: str, submission: Submission, context: Context
) -> None:
    """Keep a city's side, its first one and in time; after the last one the cycle goes on."""
    held = book.row(transaction, submission.cycle)
    if held.state == CycleState.CUT and book.keep_submission(transaction, whose, submission):
        go_on(transaction, submission.cycle, context)


def taken(transaction: Transaction, cycle: str) -> Taken:
    """The answer that says how far a cycle has come."""
    return Taken(cycle=cycle, state=book.row(transaction, cycle).state)


def go_on(transaction: Transaction, cycle: str, context: Context, *, late: bool = False) -> None:
    """From the submissions on: compare where sides differ, then net."""
    found = book.submitted(transaction, cycle)
    everyone = set(context.league.cities)
    if found.keys() != everyone and not late:
        return
    for silent in sorted(everyone - found.keys()):
        book.note(transaction, cycle, f"{silent}: 未申报 / did not submit")
    pairs = to_compare(found)
    if not pairs:
        net(transaction, cycle, context)
        return
    due = to_ms(context.now + timedelta(minutes=city.rules_of(context).submit_minutes))
    book.change(transaction, cycle, state=str(CycleState.MATCHING), due_at_ms=due)
    for first, second in pairs:
        for own, other in ((first, second), (second, first)):
            _ask_lines(transaction, cycle, own, other, context)
    if book.all_compared(transaction, cycle):
        net(transaction, cycle, context)


def _ask_lines(
    transaction: Transaction, cycle: str, own: str, other: str, context: Context
) -> None:
    whose = city_of(own)
    if whose == context.city:
        book.begin_compare(transaction, cycle, whose, own, other, "")
        lines = city_book.all_lines(transaction, cycle, own, other)
        found = book.comparing_own(transaction, cycle, own, other)
        book.add_lines(transaction, found, lines, None)
        return
    question = LinesQuestion(cycle=cycle, own=own, other=other)
    asked = context.ask(transaction, whose, "clearing.lines", question, purpose=CLEARING.code)
    book.begin_compare(transaction, cycle, whose, own, other, asked)


def lines_answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """A page of lines has come; after the last one of all the cycle is netted."""
    found = book.comparing(transaction, context.message_id)
    if found is None:
        return
    held = book.row(transaction, found.cycle)
    if held is None or held.state != CycleState.MATCHING:
        return
    page = ClaimLines.model_validate(answer)
    asked = None
    if page.after is not None:
        question = LinesQuestion(
            cycle=found.cycle, own=found.own, other=found.other, after=page.after
        )
        asked = context.ask(
            transaction, found.city, "clearing.lines", question, purpose=CLEARING.code
        )
    lines = {one.reference: one.amount_fen for one in page.lines}
    book.add_lines(transaction, found, lines, asked)
    if book.all_compared(transaction, found.cycle):
        net(transaction, found.cycle, context)


def net(
    transaction: Transaction,
    cycle: str,
    context: Context,
    out: Mapping[str, LeftOut] | None = None,
    pairs_out: Mapping[PairKey, LeftOut] | None = None,
) -> None:
    """Net what matches, within funds and caps; publish it; and wait for the cities' word."""
    rules = city.rules_of(context)
    held = book.row(transaction, cycle)
    submissions = book.submitted(transaction, cycle)
    compared = book.compared_lines(transaction, cycle)
    incomplete = {pair for pair in to_compare(submissions) if len(compared.get(pair, {})) < 2}
    taken_out = _taken_out(held) | dict.fromkeys(incomplete, LeftOut.NO_LINES)
    taken_out.update(pairs_out or {})
    pairs, found = matched(submissions, compared, out or {}, taken_out)
    differences = aged(found, cycle, book.differences_before(transaction, held))
    result = netted(
        cycle,
        held.version + 1,
        context.city,
        pairs,
        differences,
        funds.bounds(transaction, context, context.league.cities),
        currency=rules.currency,
        allow_passing=rules.allow_passing,
    )
    book.change(
        transaction,
        cycle,
        state=str(CycleState.NETTED),
        version=result.version,
        result=result.model_dump_json(),
        due_at_ms=to_ms(context.now + timedelta(minutes=rules.submit_minutes)),
    )
    context.publish(transaction, "clearing.result", result)
    word = city.check_result(transaction, result, context)
    if word is not None:
        book.acknowledge(transaction, context.city, word)
    _settle_if_agreed(transaction, cycle, context)


def _taken_out(held: Any) -> dict[PairKey, LeftOut]:
    """The pairs that earlier versions took out: they stay out, or two cities that are taken out in
    turn would let each other in again for ever."""
    before = book.result_of(held)
    return {
        (pair.first, pair.second): pair.rule or LeftOut.DECIDED
        for pair in (before.pairs if before is not None else ())
        if pair.state is PairState.UNWOUND
    }


@operation("clearing.acknowledge", Text("确认清算结果", "Word on a result"), purposes=(CLEARING,))
def acknowledge(transaction: Transaction, request: Acknowledgement, context: Context) -> Taken:
    """Take a city's word. All who have a part must agree before anything is settled."""
    held = own_cycle(transaction, request.cycle, context)
    book.acknowledge(transaction, context.caller.city, request)
    if held.state in (CycleState.NETTED, CycleState.DISPUTED):
        _settle_if_agreed(transaction, request.cycle, context)
    return taken(transaction, request.cycle)


def _settle_if_agreed(transaction: Transaction, cycle: str, context: Context) -> None:
    held = book.row(transaction, cycle)
    result = book.result_of(held)
    if result is None:
        return
    words = book.acknowledged(transaction, cycle, result.version)
    if any(not word.accepted for word in words.values()):
        if held.state != CycleState.DISPUTED:
            minutes = city.rules_of(context).dispute_minutes
            due_ms = to_ms(context.now + timedelta(minutes=minutes))
            book.change(transaction, cycle, state=str(CycleState.DISPUTED), due_at_ms=due_ms)
        return
    if concerned(result) <= words.keys():
        settle(transaction, cycle, result, context)


def concerned(result: Result) -> set[str]:
    """The cities with a part in what settles, though it be a sum of nothing: who has not agreed
    to a version carries all its lines when that is settled, and the other side must do so too."""
    return {
        city_of(party)
        for pair in result.pairs
        if pair.amount_fen or pair.state is PairState.SETTLES
        for party in (pair.first, pair.second)
    }


def settle(transaction: Transaction, cycle: str, result: Result, context: Context) -> None:
    """Move the net positions between the cities' funds: all of them, or none."""
    batch = []
    for one in sorted(result.cities, key=lambda position: position.net_fen):
        if one.net_fen == 0:
            continue
        account = chart.funds(one.party).id
        debit, credit = (
            (account, chart.SETTLEMENT_ACCOUNT.id)
            if one.net_fen < 0
            else (chart.SETTLEMENT_ACCOUNT.id, account)
        )
        transfer_id = derived_id("clearing", cycle, str(_try_of(transaction, cycle)), one.party)
        batch.append(
            Transfer(
                transfer_id,
                debit,
                credit,
                abs(one.net_fen),
                chart.SETTLED,
                flags=int(Flags.LINKED),
                reference=f"clearing/{cycle}",
            )
        )
    if batch:
        funds.open_(transaction, [one.party for one in result.cities], context)
        batch[-1] = batch[-1]._replace(flags=0)
        outcomes = ledger.transfer(transaction, batch, context.now)
        if not all(outcome.ok for outcome in outcomes):
            _short(transaction, cycle, context)
            return
    book.change(transaction, cycle, state=str(CycleState.SETTLED), due_at_ms=None)
    event = Settled(cycle=cycle, version=result.version, house=context.city)
    context.publish(transaction, "clearing.settled", event)
    city.book_settled(transaction, event, context)


def _try_of(transaction: Transaction, cycle: str) -> int:
    """Which try at settling this is: the id of a transfer that was refused is used up, and each
    refusal leaves a note."""
    return len(book.row(transaction, cycle).notes)


def _short(transaction: Transaction, cycle: str, context: Context) -> None:
    """Funds fell short between netting and settling: wait for them, and say so."""
    held = book.row(transaction, cycle)
    book.note(transaction, cycle, "资金不足，等待补足 / short of funds, waiting")
    if held.state != CycleState.SHORT:
        minutes = city.rules_of(context).fund_minutes
        due = to_ms(context.now + timedelta(minutes=minutes))
        book.change(transaction, cycle, state=str(CycleState.SHORT), due_at_ms=due)


def collect_due(transaction: Transaction, context: Context) -> int:
    """Collect a piece of the oldest cut that is not collected; submit what is complete."""
    made = collecting.under_way(transaction)
    if made is None:
        return 0
    submission = city.go_on(transaction, made.number, context)
    if submission is None:
        return 1
    if made.house == context.city:
        take_submission(transaction, context.city, submission, context)
    else:
        city.submit(transaction, made.house, submission, context)
    return 1
