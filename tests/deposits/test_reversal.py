"""冲正: by acquirer, date and serial, once, in any order of messages, and before the day's end."""

from datetime import timedelta

import pytest

from hanse.foundation.store.transaction import committing
from hanse.mechanisms.league import store
from hanse.mechanisms.league.agreements import Statement
from hanse.services.finance.deposits.codes import Role, State
from tests.exchange.cities import carry, signed_by

from .league import BANKS, CHENGDU, DEYANG, HOLDER, OTHER_HOLDER, TODAY, League, advance

NEXT = TODAY + timedelta(days=1)


def test_a_held_withdrawal_that_is_not_collected_is_released(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.carry()
    before = league.money(CHENGDU, DEYANG)
    advance(league, seconds=301)
    assert league.state(CHENGDU, number) == "reversing"
    league.step(CHENGDU, "pay", number, "deposits_action_not_now")
    league.carry()
    assert league.state(CHENGDU, number) == "reversed"
    assert league.balance(DEYANG, card) == (100_000, 100_000)
    assert league.money(CHENGDU, DEYANG) == before
    assert league.differences(CHENGDU, DEYANG) == []


@pytest.mark.parametrize("lost", ["request", "answer", "nothing"])
def test_a_withdrawal_without_an_answer_in_time_is_reversed(league: League, lost: str) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    chengdu, deyang = league.towns[CHENGDU], league.towns[DEYANG]
    carry(chengdu, deyang, lose_request=lost == "request", lose_answer=lost == "answer")
    advance(league, seconds=59)
    wanted = "held" if lost == "nothing" else "asked"
    assert league.state(CHENGDU, number) == wanted
    if lost == "nothing":
        return
    advance(league, seconds=1)
    assert league.state(CHENGDU, number) == "reversing"
    league.carry()
    assert league.state(CHENGDU, number) == "reversed"
    assert league.balance(DEYANG, card) == (100_000, 100_000)
    assert league.differences(CHENGDU, DEYANG) == []


def test_cash_of_a_deposit_that_timed_out_goes_back_at_once(league: League) -> None:
    card = league.open(DEYANG, 0)
    before = league.money(CHENGDU, DEYANG)
    number = league.begin(CHENGDU, "pay_in", DEYANG, card, 30_000, fee_fen=100)
    carry(league.towns[CHENGDU], league.towns[DEYANG], lose_answer=True)
    advance(league, seconds=60)
    assert league.state(CHENGDU, number) == "reversing"
    assert league.money(CHENGDU, DEYANG) == before
    league.carry()
    assert league.state(CHENGDU, number) == "reversed"
    assert league.balance(DEYANG, card) == (0, 0)
    assert league.differences(CHENGDU, DEYANG) == []


def test_a_reversal_that_comes_first_keeps_the_late_request_out(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.step(CHENGDU, "undo", number)
    chengdu, deyang = league.towns[CHENGDU], league.towns[DEYANG]
    request, reversal = chengdu.waiting(DEYANG)
    for waiting in ([reversal], [request]):
        sealed = chengdu.seal(DEYANG, waiting)
        chengdu.settle(waiting, sealed, deyang.take(sealed))
    there = league.find(DEYANG, Role.ACCOUNT, CHENGDU, number)
    assert there is not None
    assert there.state is State.REVERSED
    assert league.state(CHENGDU, number) == "reversed"
    assert league.balance(DEYANG, card) == (100_000, 100_000)
    assert league.differences(CHENGDU, DEYANG) == []


@pytest.mark.parametrize("first", ["confirm", "reverse"])
def test_a_reversal_that_crosses_its_confirmation_ends_the_same_in_both_books(
    league: League, first: str
) -> None:
    card = league.open(DEYANG, 100_000)
    before = league.money(CHENGDU, DEYANG)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000, fee_fen=200)
    league.carry()
    league.step(CHENGDU, "pay", number)
    league.step(CHENGDU, "undo", number)
    chengdu, deyang = league.towns[CHENGDU], league.towns[DEYANG]
    confirmation, reversal = chengdu.waiting(DEYANG)
    order = [confirmation, reversal] if first == "confirm" else [reversal, confirmation]
    for one in order:
        sealed = chengdu.seal(DEYANG, [one])
        chengdu.settle([one], sealed, deyang.take(sealed))
    assert league.state(CHENGDU, number) == "reversed"
    assert league.balance(DEYANG, card) == (100_000, 100_000)
    assert league.money(CHENGDU, DEYANG) == before
    assert league.money(DEYANG, CHENGDU)["position"] == 0
    assert league.differences(CHENGDU, DEYANG) == []


@pytest.mark.parametrize("operation", ["withdraw", "pay_in", "send"])
def test_business_that_succeeded_is_reversed_on_its_day_by_new_transfers(
    league: League, operation: str
) -> None:
    card, payer = league.open(DEYANG, 100_000), league.open(CHENGDU, 100_000)
    before = (league.money(CHENGDU, DEYANG), league.balance(DEYANG, card))
    extra = {"payer_account": payer} if operation == "send" else {}
    number = league.begin(CHENGDU, operation, DEYANG, card, 30_000, fee_fen=100, **extra)
    league.carry()
    if operation == "withdraw":
        league.step(CHENGDU, "pay", number)
        league.carry()
    assert league.state(CHENGDU, number) == "success"
    league.step(CHENGDU, "undo", number)
    league.carry()
    assert league.state(CHENGDU, number) == "reversed"
    assert (league.money(CHENGDU, DEYANG), league.balance(DEYANG, card)) == before
    assert league.balance(CHENGDU, payer) == (100_000, 100_000)
    assert league.differences(CHENGDU, DEYANG) == []


def test_a_second_reversal_is_refused_and_a_repeated_message_does_nothing_again(
    league: League,
) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.carry()
    league.step(CHENGDU, "undo", number)
    league.step(CHENGDU, "undo", number, "deposits_action_not_now")
    advance(league, seconds=601)  # not answered in time: the node asks again by itself
    assert len(league.towns[CHENGDU].waiting(DEYANG)) == 2
    league.carry()
    assert league.state(CHENGDU, number) == "reversed"
    assert league.balance(DEYANG, card) == (100_000, 100_000)
    before = league.image()
    league.step(CHENGDU, "undo", number, "deposits_action_not_now")
    assert league.image() == before


def test_what_was_credited_and_spent_is_not_reversed_and_nobody_is_overdrawn(
    league: League,
) -> None:
    card = league.open(DEYANG, 0)
    number = league.begin(CHENGDU, "pay_in", DEYANG, card, 30_000)
    league.carry()
    spent = league.begin(DEYANG, "withdraw", DEYANG, card, 20_000)
    league.step(DEYANG, "pay", spent)
    league.step(CHENGDU, "undo", number)
    league.carry()
    state = league.step(CHENGDU, "status", number)
    assert (state["state"], state["refusal"]["code"]) == (
        "success",
        "deposits_reversal_exceeds_funds",
    )
    assert league.balance(DEYANG, card) == (10_000, 10_000)
    assert league.differences(CHENGDU, DEYANG) == []


def test_a_confirmation_that_was_not_answered_is_asked_again_and_booked_once(
    league: League,
) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.carry()
    league.step(CHENGDU, "pay", number)
    carry(league.towns[CHENGDU], league.towns[DEYANG], lose_answer=True)
    advance(league, seconds=600)
    assert len(league.towns[CHENGDU].waiting(DEYANG)) == 2
    league.carry()
    assert league.state(CHENGDU, number) == "success"
    assert league.balance(DEYANG, card) == (70_000, 70_000)
    advance(league, seconds=6_000)
    assert league.towns[CHENGDU].waiting(DEYANG) == []


def test_an_agreement_that_is_suspended_delays_a_reversal_and_stops_no_other_one(
    league: League,
) -> None:
    """What cannot be asked now is asked later; the due work of other serials goes on."""
    card, own = league.open(DEYANG, 100_000), league.open(CHENGDU, 100_000)
    far = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    near = league.begin(CHENGDU, "withdraw", CHENGDU, own, 20_000)
    league.carry()
    chengdu = league.towns[CHENGDU]
    suspended = state(league, "suspend")
    advance(league, seconds=301)
    assert (league.state(CHENGDU, far), league.state(CHENGDU, near)) == ("held", "reversed")
    refusal = league.step(CHENGDU, "status", far)["refusal"]
    assert refusal["code"] == "agreement_suspended"
    assert chengdu.waiting(DEYANG) == []
    state(league, "resume", suspended)
    advance(league, seconds=601)
    league.carry()
    assert league.state(CHENGDU, far) == "reversed"
    assert league.balance(DEYANG, card) == (100_000, 100_000)


def state(league: League, kind: str, previous: Statement | None = None) -> Statement:
    """Deyang suspends the agreement, or resumes it; both cities know at once."""
    deyang, now = league.towns[DEYANG], league.clock.now
    statement = Statement.model_validate(
        {
            "league": "trial",
            "agreement": "trial",
            "city": DEYANG,
            "sequence": 1 if previous is None else previous.sequence + 1,
            "previous": None if previous is None else previous.digest,
            "kind": kind,
            "issued_at": now,
            "effective_at": now,
            "reason": {"zh": "试验", "en": "trial"},
        }
    )
    document = signed_by(statement, [deyang]).to_bytes()
    for town in league.towns.values():
        with committing(town.engine) as transaction:
            store.accept_statement(transaction, document, now)
    return statement


def test_after_the_days_end_nothing_booked_is_reversed_but_adjusted(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    before = (league.money(CHENGDU, DEYANG), league.balance(DEYANG, card))
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000, fee_fen=200)
    league.carry()
    league.step(CHENGDU, "pay", number)
    league.carry()
    original = league.serial(CHENGDU, number).model_dump(mode="json")
    league.call(CHENGDU, "correct", "deposits_day_not_closed", serial="A0", original=original)
    league.call(CHENGDU, "close_day", business_date=TODAY.isoformat())
    image = league.image()
    league.step(CHENGDU, "undo", number, "deposits_day_closed")
    assert league.image() == image

    league.call(CHENGDU, "correct", serial="A1", original=original)
    league.carry()
    assert league.state(CHENGDU, "A1", NEXT) == "success"
    assert (league.money(CHENGDU, DEYANG), league.balance(DEYANG, card)) == before
    assert league.state(CHENGDU, number) == "success"
    league.call(CHENGDU, "correct", "deposits_not_adjustable", serial="A2", original=original)
    for day in (TODAY, NEXT):
        assert league.differences(CHENGDU, DEYANG, day) == []


def test_a_deposit_is_adjusted_against_the_customer_who_must_have_it(league: League) -> None:
    card = league.open(DEYANG, 0)
    number = league.begin(CHENGDU, "pay_in", DEYANG, card, 30_000, fee_fen=100)
    league.carry()
    original = league.serial(CHENGDU, number).model_dump(mode="json")
    league.call(CHENGDU, "close_day", business_date=TODAY.isoformat())
    spent = league.begin(DEYANG, "withdraw", DEYANG, card, 1)
    league.step(DEYANG, "pay", spent)
    league.call(CHENGDU, "correct", serial="A1", original=original)
    league.carry()
    state = league.step(CHENGDU, "status", "A1", day=NEXT)
    assert (state["state"], state["refusal"]["code"]) == ("failed", "deposits_funds_short")
    league.begin(DEYANG, "pay_in", DEYANG, card, 1)
    league.call(CHENGDU, "correct", serial="A2", original=original)
    league.carry()
    assert league.state(CHENGDU, "A2", NEXT) == "success"
    assert league.balance(DEYANG, card) == (0, 0)
    assert league.money(CHENGDU, DEYANG)["fees"] == 0
    assert league.money(CHENGDU, DEYANG)["position"] == 0


def test_a_reversal_after_the_account_banks_day_end_is_refused_there(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.carry()
    league.step(CHENGDU, "pay", number)
    league.carry()
    league.call(DEYANG, "close_day", business_date=TODAY.isoformat())
    league.step(CHENGDU, "undo", number)
    league.carry()
    state = league.step(CHENGDU, "status", number)
    assert (state["state"], state["refusal"]["code"]) == ("success", "deposits_day_closed")
    assert league.balance(DEYANG, card) == (70_000, 70_000)
    assert league.differences(CHENGDU, DEYANG) == []


def test_a_hold_is_released_also_after_the_days_end(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.carry()
    for city in (CHENGDU, DEYANG):
        closed = league.call(city, "close_day", business_date=TODAY.isoformat())
        assert closed["open_serials"] == 1
    league.step(CHENGDU, "undo", number)
    league.carry()
    assert league.state(CHENGDU, number) == "reversed"
    assert league.balance(DEYANG, card) == (100_000, 100_000)


def test_a_loss_report_stops_payments_at_once_and_what_was_approved_before_stands(
    league: League,
) -> None:
    card = league.open(DEYANG, 100_000)
    held = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.carry()
    report = {"account_bank": BANKS[DEYANG], "account": card, "holder_id": HOLDER}
    asked = {"purpose": "universal-deposit", "organisation": BANKS[CHENGDU]}
    one = league.towns[CHENGDU].ask(DEYANG, "deposits.report_loss", report, **asked)
    league.carry()
    assert b"reported_at" in (league.towns[CHENGDU].settled[one] or b"")
    late = league.begin(CHENGDU, "withdraw", DEYANG, card, 1)
    league.step(CHENGDU, "pay", held)
    league.carry()
    assert league.state(CHENGDU, held) == "success"
    refusal = league.step(CHENGDU, "status", late)["refusal"]
    assert refusal["code"] == "deposits_account_lost"
    assert league.call(DEYANG, "account", account=card)["status"] == "lost"


def test_only_the_holder_reports_a_loss(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    before = league.image()
    report = {"account_bank": BANKS[DEYANG], "account": card, "holder_id": OTHER_HOLDER}
    league.call(DEYANG, "report_loss", "deposits_holder_differs", **report)
    assert league.image() == before
