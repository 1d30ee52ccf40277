"""Running cases keep their version; they move, and change their keeper, only by a step."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.store.transaction import reading
from hanse.mechanisms.cases import Family, Procedure, take
from hanse.mechanisms.cases.tables import disputes, proposals
from hanse.mechanisms.exchange.operations import Registry
from tests.cases.play import (
    acted,
    answered,
    fire,
    held,
    history,
    move,
    opened,
    refused,
    seats,
    settle_all,
)
from tests.cases.trial import MOVE, TOO_LARGE, effects_of, note_effect, procedure, service
from tests.exchange.cities import START, Town

STAGES = {stage.name: stage.name for stage in MOVE.stages}


def second() -> Procedure:
    """Version 2 asks for a reason when a case is accepted, from a month later on."""
    accept = dataclasses.replace(MOVE.actions[0], needs_reason=True)
    return dataclasses.replace(
        MOVE,
        version=2,
        in_force_from=(START + timedelta(days=30)).date(),
        migrates_from={1: STAGES},
        actions=(accept, *MOVE.actions[1:]),
    )


def test_a_running_case_keeps_its_version_and_new_ones_take_the_newest_in_force(
    pair_with: Callable[..., list[Town]],
) -> None:
    pair = pair_with(MOVE, second())
    keeper, origin = pair
    old = opened(keeper)
    keeper.clock.advance(days=40)
    new = opened(keeper, subject="licence-2")
    settle_all(pair)
    assert (held(keeper, old).version, held(origin, new).version) == (1, 2)
    assert refused(keeper, "act", move(new, "destination", "accept")) == "case_reason_missing"
    acted(keeper, old, "destination", "accept")
    settle_all(pair)
    assert history(keeper, old) == history(origin, old)


def test_migration_is_a_step_with_its_reason_by_the_keepers_desk_alone(
    pair_with: Callable[..., list[Town]],
) -> None:
    pair = pair_with(MOVE, second())
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    asked = {"case": case, "version": 2, "reason": "the new rule helps the applicant"}
    assert refused(origin, "migrate", asked) == "case_keeper_elsewhere"
    assert refused(keeper, "migrate", asked, organisation="other") == "case_not_your_seat"
    assert refused(keeper, "migrate", asked | {"version": 3}) == "case_version_unknown"
    assert answered(keeper, "migrate", asked)["number"] == 2
    assert refused(keeper, "migrate", asked) == "case_migration_impossible"
    settle_all(pair)
    assert held(origin, case).version == 2
    assert held(origin, case) == held(keeper, case)
    last = answered(origin, "timeline", {"case": case})["steps"][-1]
    assert last["reason"] == asked["reason"]
    assert refused(keeper, "act", move(case, "destination", "accept")) == "case_reason_missing"


def test_a_city_without_the_version_says_so_and_catches_up_when_upgraded(
    pair_with: Callable[..., list[Town]],
) -> None:
    pair = pair_with(MOVE, second())
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    whole = origin.exchange.registry
    origin.exchange.registry = Registry.of((*whole.services[:2], service(MOVE)))
    answered(keeper, "migrate", {"case": case, "version": 2, "reason": "why"})
    settle_all(pair)
    for town in pair:
        (row,) = town.rows(select(disputes))
        assert row.city == "510600"
        assert "case_version_unknown" in row.problem
        assert row.settled_at_ms is None
    assert len(history(origin, case)) == 1
    origin.exchange.registry = whole
    keeper.clock.advance(minutes=11)
    fire(keeper)
    settle_all(pair)
    assert history(origin, case) == history(keeper, case)
    for town in pair:
        (row,) = town.rows(select(disputes))
        assert row.settled_at_ms is not None


def test_versions_of_different_procedures_are_no_family() -> None:
    with pytest.raises(ValueError, match="not versions of one procedure"):
        Family([MOVE, procedure(2, purpose=dataclasses.replace(MOVE.purpose, code="x"))])
    with pytest.raises(ValueError, match="not versions of one procedure"):
        Family([MOVE, MOVE])


def test_the_keeper_hands_the_case_over_by_a_step(three: list[Town]) -> None:
    keeper, origin, _ = three
    province: dict[str, Any] = {"province": {"city": "510700", "organisation": "bureau"}}
    case = opened(keeper, seats=seats(**province))
    acted(keeper, case, "destination", "accept")
    settle_all(three)
    acted(keeper, case, "destination", "hand_over", reason="the origin is nearer")
    taken = acted(origin, case, "origin", "object", reason="early")
    assert taken["number"] is None
    settle_all(three)
    (row,) = origin.rows(select(proposals))
    assert row.state == "refused"
    assert "case_keeper_elsewhere" in row.problem
    assert acted(origin, case, "origin", "send_file")["number"] == 4
    assert acted(keeper, case, "destination", "extend", reason="late")["number"] is None
    settle_all(three)
    assert [held(town, case).keeper for town in three] == ["510600"] * 3
    assert held(keeper, case) == held(origin, case) == held(three[2], case)
    assert len(history(three[2], case)) == 5
    three[0].clock.advance(days=90)
    assert fire(keeper) == 0
    assert fire(origin) == 1
    settle_all(three)
    assert len({tuple(history(town, case)) for town in three}) == 1


def test_an_effect_that_a_city_refuses_is_shown_and_the_step_stands(
    pair_with: Callable[..., list[Town]],
) -> None:
    def fails_at_the_origin(transaction: Any, case: Any, step: Any, context: Any) -> None:
        note_effect(transaction, case, step, context)
        if context.city == "510600":
            raise TOO_LARGE()

    accept = dataclasses.replace(MOVE.actions[0], effect=fails_at_the_origin)
    pair = pair_with(dataclasses.replace(MOVE, actions=(accept, *MOVE.actions[1:])))
    keeper, origin = pair
    case = opened(keeper)
    acted(keeper, case, "destination", "accept")
    settle_all(pair)
    acted(keeper, case, "destination", "suspend", reason="x")
    settle_all(pair)
    assert history(origin, case) == history(keeper, case)
    for town in pair:
        (row,) = town.rows(select(disputes))
        assert "trial_area_too_large" in row.problem
        assert row.settled_at_ms is None


def test_an_effect_that_the_keeper_refuses_undoes_the_step(
    pair_with: Callable[..., list[Town]],
) -> None:
    def fails(transaction: Any, case: Any, step: Any, context: Any) -> None:
        note_effect(transaction, case, step, context)
        raise TOO_LARGE()

    accept = dataclasses.replace(MOVE.actions[0], effect=fails)
    pair = pair_with(dataclasses.replace(MOVE, actions=(accept, *MOVE.actions[1:])))
    case = opened(pair[0])
    settle_all(pair)
    before = held(pair[0], case)
    assert refused(pair[0], "act", move(case, "destination", "accept")) == "trial_area_too_large"
    assert held(pair[0], case) == before
    assert pair[0].waiting("510600") == []
    with reading(pair[0].engine) as transaction:
        assert effects_of(transaction, case) == ["open"]


def test_a_service_acts_by_itself_in_an_effect_here_or_by_proposal(
    pair_with: Callable[..., list[Town]],
) -> None:
    family: list[Family] = []

    def sends_at_once(transaction: Any, case: Any, step: Any, context: Any) -> None:
        if context.city == "510600":
            take(transaction, family[0], case, "origin", "send_file", context)

    accept = dataclasses.replace(MOVE.actions[0], effect=sends_at_once)
    made = dataclasses.replace(MOVE, actions=(accept, *MOVE.actions[1:]))
    family.append(Family([made]))
    pair = pair_with(made)
    keeper, origin = pair
    case = opened(keeper)
    acted(keeper, case, "destination", "accept")
    settle_all(pair)
    assert "file_sent" in held(keeper, case).flags
    assert history(origin, case) == history(keeper, case)
