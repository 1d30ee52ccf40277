"""Whoever waits at a counter is answered once: decided, refused, or out of time; and who looked."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.message import read_line
from hanse.mechanisms.exchange.tables import messages_in
from hanse.mechanisms.journal.access import accesses_of
from hanse.services.finance.deposits import account_side, operations
from tests.exchange.cities import carry

from .league import BANKS, CHENGDU, DEYANG, HOLDER, OTHER_HOLDER, League, advance


def told(league: League, city: str) -> list[dict[str, Any]]:
    """What the counter's calls that had to wait were answered, in order."""
    rows = league.towns[city].rows(
        select(messages_in)
        .where(messages_in.c.peer == city, messages_in.c.operation == "deposits.withdraw")
        .order_by(messages_in.c.number)
    )
    return [dict(read_line(bytes(row.answer)).data) for row in rows if row.outcome == "answered"]


@pytest.mark.parametrize(
    ("fen", "wait", "state", "code"),
    [
        (30_000, 0, "held", None),
        (100_001, 0, "failed", "deposits_funds_short"),
        (30_000, 60, "reversing", None),
    ],
)
def test_the_counter_is_told_what_was_decided(
    league: League, fen: int, wait: int, state: str, code: str | None
) -> None:
    card = league.open(DEYANG, 100_000)
    league.begin(CHENGDU, "withdraw", DEYANG, card, fen)
    assert told(league, CHENGDU) == []
    if wait:
        advance(league, seconds=wait)
    else:
        league.carry()
    (answer,) = told(league, CHENGDU)
    assert answer["state"] == state
    assert (answer["refusal"] or {}).get("code") == code
    league.carry()
    advance(league, seconds=600)
    league.carry()
    assert told(league, CHENGDU) == [answer]


def test_a_second_call_for_the_same_serial_is_answered_at_once(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000, serial=number)
    assert [one["state"] for one in told(league, CHENGDU)] == ["asked"]
    league.carry()
    assert sorted(one["state"] for one in told(league, CHENGDU)) == ["asked", "held"]


def test_a_question_that_is_refused_as_a_message_fails_and_gives_the_cash_back(
    league: League,
) -> None:
    """The account bank's node knows the serial with other content: it refuses the message."""
    card = league.open(DEYANG, 100_000)
    before = league.money(CHENGDU, DEYANG)
    serial = league.serial(CHENGDU, "S77").model_dump(mode="json")
    asked = {
        "serial": serial,
        "account_bank": BANKS[DEYANG],
        "account": card,
        "holder_name": "生成客户",
        "amount_fen": 5,
        "fee_fen": 0,
    }
    options = {"purpose": "universal-deposit", "organisation": BANKS[CHENGDU]}
    league.towns[CHENGDU].ask(DEYANG, "deposits.deposit", asked, **options)
    league.carry()
    number = league.begin(CHENGDU, "pay_in", DEYANG, card, 30_000, serial="S77")
    league.carry()
    state = league.step(CHENGDU, "status", number)
    assert (state["state"], state["refusal"]["code"]) == ("failed", "deposits_serial_reused")
    assert state["refusal"]["zh"].startswith("流水号")
    assert league.money(CHENGDU, DEYANG) == before


def test_the_holder_sees_who_asked_whoever_was_named_at_the_counter(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    league.begin(CHENGDU, "pay_in", DEYANG, card, 100)
    league.begin(CHENGDU, "withdraw", DEYANG, card, 100)
    league.begin(CHENGDU, "withdraw", DEYANG, card, 100, holder_id=OTHER_HOLDER)
    league.carry()
    town = league.towns[DEYANG]
    with reading(town.engine) as transaction:
        found = [
            accesses_of(transaction, town.exchange.person_key, person, league.clock.now, 0).lines
            for person in (HOLDER, OTHER_HOLDER)
        ]
    holder = [(one["operation"], one["outcome"]) for one in map(_details, found[0])]
    assert sorted(holder) == [
        ("deposits.authorise", "answered"),
        ("deposits.authorise", "deposits_holder_differs"),
        ("deposits.deposit", "answered"),
    ]
    named = [one["operation"] for one in map(_details, found[1])]
    assert named == ["deposits.authorise"]


def test_an_answer_about_another_serial_than_was_asked_does_nothing(
    league: League, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A city that answers the confirmation of one serial with a decision about another."""
    card = league.open(DEYANG, 100_000)
    numbers = [league.begin(CHENGDU, "withdraw", DEYANG, card, 1_000) for _ in range(2)]
    league.carry()
    league.step(CHENGDU, "pay", numbers[1])
    carry(league.towns[CHENGDU], league.towns[DEYANG], lose_answer=True)
    other = league.serial(CHENGDU, numbers[1])
    real = account_side.confirm

    def confirm(*parts: Any) -> Any:
        return real(*parts).model_copy(update={"serial": other})

    monkeypatch.setattr(account_side, "confirm", confirm)
    league.step(CHENGDU, "pay", numbers[0])
    first = [one for one in league.towns[CHENGDU].waiting(DEYANG) if b"S" in one.line][-1]
    sealed = league.towns[CHENGDU].seal(DEYANG, [first])
    league.towns[CHENGDU].settle([first], sealed, league.towns[DEYANG].take(sealed))
    assert [league.state(CHENGDU, number) for number in numbers] == ["paid", "paid"]


def test_what_has_not_ended_is_listed_with_what_was_refused(
    league: League, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "LINES_PER_PAGE_MAX", 2)
    card = league.open(DEYANG, 100_000)
    numbers = [league.begin(CHENGDU, "withdraw", DEYANG, card, 1_000) for _ in range(3)]
    league.begin(CHENGDU, "withdraw", DEYANG, card, 200_000)
    league.carry()
    for city, role in ((CHENGDU, "acquirer"), (DEYANG, "account")):
        found: list[Any] = []
        after: str | None = ""
        while after is not None:
            page = league.call(city, "unfinished", after=after)
            found += page["serials"]
            after = page["next_after"]
        assert [one["serial"]["serial"] for one in found] == numbers
        assert {(one["state"], one["role"]) for one in found} == {("held", role)}


def _details(line: Any) -> dict[str, Any]:
    return dict(json.loads(line.details))
