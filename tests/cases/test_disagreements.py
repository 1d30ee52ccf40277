"""What a city does not accept changes nothing in it, and both journals name the step."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from hanse.foundation.errors import Problem
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.cases.step import STEP_BYTES_MAX, digest_of, read_step
from hanse.mechanisms.cases.tables import copies, disputes, steps
from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.mechanisms.exchange.tables import messages_out
from hanse.mechanisms.journal.tables import journal_entries
from tests.cases.play import acted, answered, fire, held, history, opened, settle_all
from tests.exchange.cities import Town

BROKEN = json.loads(
    (Path(__file__).parents[1] / "vectors" / "cases" / "broken_steps.json").read_text("utf-8")
)


def lines_of(town: Town, case: str) -> list[bytes]:
    rows = town.rows(select(steps.c.line).where(steps.c.case_id == case).order_by(steps.c.number))
    return [bytes(row.line) for row in rows]


def changed(line: bytes, **changes: Any) -> str:
    return orjson.dumps({**orjson.loads(line), **changes}).decode()


def told(sender: Town, receiver: Town, case: str, *lines: str) -> dict[str, Any]:
    """Send steps as if the sender's node had numbered them; gives the answer or refusal."""
    data = {"case": case, "lines": list(lines)}
    message = sender.ask(receiver.city, "move.record", data, purpose="licence-move")
    settle_all([sender, receiver])
    (row,) = sender.rows(select(messages_out).where(messages_out.c.message_id == message))
    found: dict[str, Any] = read_line(bytes(row.answer)).data
    return found


def kinds(town: Town) -> list[str]:
    return [row.kind for row in town.rows(select(journal_entries.c.kind))]


def next_step(town: Town, case: str, **changes: Any) -> str:
    """The step `accept` as the keeper would number it, with changes."""
    (first,) = lines_of(town, case)
    made = {
        **orjson.loads(first),
        "number": 2,
        "previous": digest_of(first),
        "action": "reject",
        "reason": "because",
        "actor": {"city": "510100", "organisation": "bureau", "role": "destination"},
        "data": {},
        "deadlines": [],
    }
    made.pop("begins")
    accept = orjson.loads(first)["deadlines"][0]
    made["deadlines"] = [{**accept, "standing": "done", "ended_at": made["at"]}]
    return orjson.dumps({**made, **changes}).decode()


def test_a_step_of_the_keeper_is_taken_once_however_often_it_comes(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    line = next_step(keeper, case)
    assert told(keeper, origin, case, line)["number"] == 2
    assert told(keeper, origin, case, line)["number"] == 2
    assert told(keeper, origin, case, *[one.decode() for one in lines_of(origin, case)]) == {
        "case": case, "number": 2, "digest": digest_of(line.encode()),
        "disputed": None, "problem": None,
    }  # fmt: skip


def test_a_step_that_another_city_numbers_is_refused(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    before = held(keeper, case)
    answer = told(origin, keeper, case, next_step(keeper, case))
    assert answer["code"] == "case_step_not_from_keeper"
    answer = told(origin, keeper, case, next_step(keeper, case, keeper="510600"))
    assert answer["code"] == "case_step_not_from_keeper"
    assert held(keeper, case) == before
    assert keeper.rows(select(disputes)) == []


def test_a_relayed_step_is_not_the_keepers(three: list[Town]) -> None:
    keeper, origin, other = three
    case = opened(keeper)
    settle_all(three)
    answer = told(other, origin, case, next_step(keeper, case))
    assert answer["code"] == "case_step_not_from_keeper"
    assert len(history(origin, case)) == 1


def test_a_case_in_which_the_city_has_no_seat_is_refused(three: list[Town]) -> None:
    keeper, _, other = three
    case = opened(keeper)
    answer = told(keeper, other, case, lines_of(keeper, case)[0].decode())
    assert answer["code"] == "case_not_ours"
    assert history(other, case) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"previous": "sha-256:" + "1" * 64}, "case_step_previous_wrong"),
        ({"action": "approve"}, "case_action_not_allowed"),
        ({"action": "send_file", "reason": None}, "case_role_wrong"),
        ({"action": "hand_over"}, "case_action_not_allowed"),
        ({"reason": None}, "case_reason_missing"),
        ({"deadlines": []}, "case_step_deadline_differs"),
        ({"version": 7}, "case_version_unknown"),
        ({"at": "2026-11-20T01:00:00.000Z"}, "case_time_backwards"),
    ],
)
def test_a_forged_step_of_the_keeper_itself_is_disputed_in_both_journals(
    pair: list[Town], changes: dict[str, Any], code: str
) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    before = held(origin, case)
    answer = told(keeper, origin, case, next_step(keeper, case, **changes))
    assert answer["disputed"] == 2
    assert answer["problem"]["code"] == code
    assert held(origin, case) == before
    for town in pair:
        (row,) = town.rows(select(disputes))
        assert (row.number, row.city) == (2, "510600")
        assert kinds(town).count("case.disputed") == 1
    (view,) = answered(origin, "view", {"case": case})["disputes"]
    assert view["problem"]["code"] == code
    assert not view["settled"]


def test_another_content_under_a_known_number_is_disputed(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    other = changed(lines_of(keeper, case)[0], data={"area": 101})
    answer = told(keeper, origin, case, other)
    assert answer["problem"]["code"] == "case_step_differs"
    assert held(origin, case).data["open"] == {"area": 100}
    (row,) = origin.rows(select(disputes))
    assert row.digest == digest_of(other.encode())


def test_a_step_that_time_took_too_early_is_disputed(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    (first,) = lines_of(keeper, case)
    accept = orjson.loads(first)["deadlines"][0]
    early = next_step(
        keeper, case,
        action="overdue",
        data={"deadline": "accept"},
        reason=None,
        actor={"city": "510100", "organisation": "510100", "role": "clock"},
        deadlines=[{**accept, "standing": "overdue"}],
    )  # fmt: skip
    answer = told(keeper, origin, case, early)
    assert answer["problem"]["code"] == "case_step_deadline_differs"


def test_steps_that_come_early_wait_for_those_before(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    acted(keeper, case, "destination", "accept")
    acted(keeper, case, "destination", "suspend", reason="x")
    first, second, third = (one.decode() for one in lines_of(keeper, case))
    assert told_alone(keeper, origin, case, third)["number"] == 1
    assert told_alone(keeper, origin, case, first, second, third)["number"] == 3
    assert history(origin, case) == history(keeper, case)


def told_alone(sender: Town, receiver: Town, case: str, *lines: str) -> dict[str, Any]:
    """As `told`, while all else that waits stays behind."""
    data = {"case": case, "lines": list(lines)}
    message = sender.ask(receiver.city, "move.record", data, purpose="licence-move")
    waiting = [one for one in sender.waiting(receiver.city) if one.message_id == message]
    sealed = sender.seal(receiver.city, waiting)
    sender.settle(waiting, sealed, receiver.take(sealed))
    (row,) = sender.rows(select(messages_out).where(messages_out.c.message_id == message))
    found: dict[str, Any] = read_line(bytes(row.answer)).data
    return found


def test_what_a_city_has_not_taken_is_sent_again_until_it_has(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    for one in keeper.waiting("510600"):
        bury(keeper, one.message_id)
    acted(keeper, case, "destination", "accept")
    for one in keeper.waiting("510600"):
        bury(keeper, one.message_id)
    settle_all(pair)
    assert history(origin, case) == []
    keeper.clock.advance(minutes=11)
    assert fire(keeper) == 1
    settle_all(pair)
    assert history(origin, case) == history(keeper, case)
    (row,) = keeper.rows(select(copies))
    assert (row.acknowledged, row.target, row.is_behind) == (2, 2, False)
    keeper.clock.advance(minutes=11)
    assert fire(keeper) == 0


def bury(town: Town, message_id: str) -> None:
    with committing(town.engine) as transaction:
        transaction.execute(
            update(messages_out).where(messages_out.c.message_id == message_id).values(state="dead")
        )


def test_both_histories_can_be_compared(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    message = origin.ask("510100", "move.compare", {"case": case}, purpose="licence-move")
    settle_all(pair)
    (row,) = origin.rows(select(messages_out).where(messages_out.c.message_id == message))
    reply = read_line(bytes(row.answer))
    assert reply.kind is Kind.ANSWER
    assert reply.data["digests"] == history(origin, case)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one["what"])
def test_a_broken_step_is_refused(broken: dict[str, Any]) -> None:
    whole = broken["line"] if isinstance(broken["line"], str) else json.dumps(broken["line"])
    with pytest.raises(Problem, match="case_step_malformed"):
        read_step(whole.encode())


def test_an_oversized_step_is_refused() -> None:
    with pytest.raises(Problem, match="case_step_too_large"):
        read_step(b" " * (STEP_BYTES_MAX + 1))
