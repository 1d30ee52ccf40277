"""Books compared serial by serial: every difference has its name, and nothing else is named."""

from datetime import timedelta
from typing import Any

import pytest

from hanse.mechanisms.exchange.message import read_line
from hanse.services.finance.deposits import operations
from hanse.services.finance.deposits.codes import Kind, Role, State
from hanse.services.finance.deposits.contracts import BookLine, Serial
from hanse.services.finance.deposits.reconcile import Difference, compare

from .league import BANKS, CHENGDU, DEYANG, TODAY, League

SERIAL = Serial(
    acquirer_city=CHENGDU, acquirer_bank=BANKS[CHENGDU], business_date=TODAY, serial="S1"
)
HERE = BookLine(
    serial=SERIAL,
    role=Role.ACQUIRER,
    bank=BANKS[CHENGDU],
    peer_bank=BANKS[DEYANG],
    kind=Kind.WITHDRAW,
    state=State.SUCCESS,
    amount_fen=30_000,
    fee_fen=200,
    position_fen=30_200,
)
THERE = HERE.model_copy(
    update={
        "role": Role.ACCOUNT,
        "bank": BANKS[DEYANG],
        "peer_bank": BANKS[CHENGDU],
        "position_fen": -30_200,
    }
)


def test_books_that_agree_have_no_difference() -> None:
    assert compare([HERE], [THERE], TODAY) == []
    assert compare([THERE], [HERE], TODAY) == []
    assert compare([], [], TODAY) == []


@pytest.mark.parametrize(
    ("changes", "differences"),
    [
        ({"amount_fen": 30_001}, [Difference.AMOUNT]),
        ({"fee_fen": 199}, [Difference.FEE]),
        ({"kind": Kind.DEPOSIT}, [Difference.KIND]),
        ({"peer_bank": "another-bank"}, [Difference.BANK]),
        ({"bank": "another-bank"}, [Difference.BANK]),
        ({"position_fen": -30_199}, [Difference.POSITION]),
        ({"state": State.REVERSED}, [Difference.STATE]),
        ({"state": State.REVERSED, "position_fen": 0}, [Difference.STATE, Difference.POSITION]),
        ({"state": State.HELD, "position_fen": 0}, [Difference.OPEN]),
    ],
)
def test_each_difference_has_its_name(
    changes: dict[str, Any], differences: list[Difference]
) -> None:
    found = compare([HERE], [THERE.model_copy(update=changes)], TODAY)
    assert [one.difference for one in found] == differences
    assert {one.serial for one in found} == {SERIAL.text}
    if len(found) == 1:
        assert found[0].here != found[0].there


def test_a_serial_that_only_one_book_has_is_missing_in_the_other() -> None:
    assert [one.difference for one in compare([HERE], [], TODAY)] == [Difference.MISSING_THERE]
    assert [one.difference for one in compare([], [THERE], TODAY)] == [Difference.MISSING_HERE]


def test_what_is_unmatched_beyond_the_next_day_is_a_dispute() -> None:
    asked = HERE.model_copy(update={"state": State.ASKED, "position_fen": 0})
    for days, wanted in ((0, Difference.OPEN), (1, Difference.OPEN), (2, Difference.DISPUTE)):
        today = TODAY + timedelta(days=days)
        assert [one.difference for one in compare([asked], [], today)] == [wanted]
        held = THERE.model_copy(update={"state": State.HELD, "position_fen": 0})
        assert [one.difference for one in compare([asked], [held], today)] == [wanted]


def test_a_refusal_that_a_reversal_crossed_moved_no_money_in_either_book() -> None:
    failed = HERE.model_copy(update={"state": State.FAILED, "position_fen": 0})
    reversed_ = THERE.model_copy(update={"state": State.REVERSED, "position_fen": 0})
    assert compare([failed], [reversed_], TODAY) == []


def test_both_roles_of_two_cities_are_compared_at_once(league: League) -> None:
    numbers = {}
    for city, peer in ((CHENGDU, DEYANG), (DEYANG, CHENGDU)):
        card = league.open(peer, 100_000)
        league.begin(city, "pay_in", peer, card, 1_000)
        numbers[city] = league.begin(city, "withdraw", peer, card, 2_000)
    league.carry()
    for city, number in numbers.items():
        league.step(city, "pay", number)
    found = [one.difference for one in league.differences(CHENGDU, DEYANG)]
    assert found == [Difference.OPEN, Difference.OPEN]
    league.carry()
    assert league.differences(CHENGDU, DEYANG) == []


def test_a_city_shows_another_only_their_common_serials_and_nothing_personal(
    league: League,
) -> None:
    card = league.open(DEYANG, 100_000)
    local = league.open(CHENGDU, 100_000)
    league.begin(CHENGDU, "pay_in", DEYANG, card, 1_000)
    league.begin(CHENGDU, "pay_in", CHENGDU, local, 1_000)
    league.carry()
    town = league.towns[DEYANG]
    asked = {"purpose": "universal-deposit", "organisation": BANKS[DEYANG]}
    one = town.ask(CHENGDU, "deposits.book", {"business_date": TODAY.isoformat()}, **asked)
    league.carry()
    answer = (town.settled[one] or b"").decode()
    assert answer.count('"position_fen"') == 1
    for personal in (card, local, "生成客户", "510104"):
        assert personal not in answer


def test_pages_of_a_book_hold_every_serial_once(
    league: League, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "LINES_PER_PAGE_MAX", 2)
    card = league.open(DEYANG, 0)
    wanted = sorted(league.begin(CHENGDU, "pay_in", DEYANG, card, fen) for fen in range(100, 105))
    league.carry()
    town = league.towns[DEYANG]
    asked = {"purpose": "universal-deposit", "organisation": BANKS[DEYANG]}
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        data = {"business_date": TODAY.isoformat(), "after": after}
        one = town.ask(CHENGDU, "deposits.book", data, **asked)
        league.carry()
        page = _answer(town.settled[one])
        found += [line["serial"]["serial"] for line in page["lines"]]
        assert len(page["lines"]) <= 2
        after = page["next_after"]
    assert found == wanted


def _answer(line: bytes | None) -> dict[str, Any]:
    assert line is not None
    return dict(read_line(line).data)
