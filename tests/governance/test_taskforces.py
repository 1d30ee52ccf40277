"""Special groups: led by one city, planned in the open, reported on, overdue for all to see."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.services.governance.taskforces import rules
from hanse.services.governance.taskforces.contracts import (
    Group,
    Indicator,
    Milestone,
    Plan,
    Report,
    Standing,
    Value,
)
from tests.exchange.cities import START, Town
from tests.governance.towns import A, B, C, done, forge, refused, settle

TODAY = START.date()
ID = f"{A}-G1"
WORDS = {"zh": "生成", "en": "Generated"}


def group(**changes: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "version": 1,
        "field": "infrastructure",
        "title": WORDS,
        "mayor": {"zh": "成都市市长（生成）", "en": "Mayor of Chengdu (generated)"},
        "members": [A, B],
        "office": "planning",
        **changes,
    }


def milestone(number: int, city: str = B, days: int = 30, **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "title": WORDS,
        "city": city,
        "organisation": "planning",
        "due_on": (TODAY + timedelta(days=days)).isoformat(),
        **changes,
    }


def indicator(**changes: Any) -> dict[str, Any]:
    return {
        "code": "roads-km",
        "title": WORDS,
        "unit": {"zh": "公里", "en": "km"},
        "aggregate": "sum",
        "base": "100",
        "target": "200",
        **changes,
    }


def plan(**changes: Any) -> dict[str, Any]:
    return {
        "group": ID,
        "version": 1,
        "begins_on": TODAY.isoformat(),
        "ends_on": (TODAY + timedelta(days=365)).isoformat(),
        "milestones": [milestone(1), milestone(2, A, 60, after=[1])],
        "indicators": [indicator()],
        **changes,
    }


def founded(towns: dict[str, Town], **changes: Any) -> None:
    done(towns[A], "taskforces.set_up", group())
    done(towns[A], "taskforces.plan_work", plan(**changes))
    settle(towns)


def standings(town: Town) -> list[str]:
    found = done(town, "taskforces.view", {"group": ID})["milestones"]
    return [one["standing"] for one in found]


def test_every_city_sees_the_group_and_its_plan(towns: dict[str, Town]) -> None:
    founded(towns)
    views = [done(town, "taskforces.view", {"group": ID}) for town in towns.values()]
    assert views[0] == views[1] == views[2]
    (line,) = done(towns[C], "taskforces.groups", {})["groups"]
    assert (line["group"]["mayor"]["en"], line["milestones"]) == (
        "Mayor of Chengdu (generated)",
        {"open": 2},
    )


def test_a_group_out_of_order_is_refused_and_nothing_changes(towns: dict[str, Town]) -> None:
    for values, code in (
        (group(id=f"{B}-G1"), "taskforce_not_leader"),
        (group(members=[B, C]), "taskforce_members_wrong"),
        (group(members=[A, "511100"]), "taskforce_members_wrong"),
        (group(members=[A, A]), "data_invalid"),
        (group(version=2), "taskforce_version_wrong"),
        (group(field="sport"), "data_invalid"),
        (group(mayor={"zh": "市长", "en": ""}), "data_invalid"),
    ):
        assert refused(towns[A], "taskforces.set_up", values) == code, values
    assert refused(towns[A], "taskforces.plan_work", plan()) == "taskforce_unknown"
    founded(towns)
    assert refused(towns[B], "taskforces.plan_work", plan(version=2)) == "taskforce_not_leader"
    done(towns[A], "taskforces.set_up", group(version=2, is_dissolved=True))
    assert refused(towns[A], "taskforces.set_up", group(version=3)) == "taskforce_dissolved"
    assert refused(towns[A], "taskforces.plan_work", plan(version=2)) == "taskforce_dissolved"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"version": 2}, "taskforce_version_wrong"),
        ({"milestones": [milestone(2)]}, "taskforce_plan_milestones_wrong"),
        ({"milestones": [milestone(1, C)]}, "taskforce_plan_milestones_wrong"),
        ({"milestones": [milestone(1, after=[1])]}, "taskforce_plan_milestones_wrong"),
        ({"milestones": [milestone(1, after=[9])]}, "taskforce_plan_milestones_wrong"),
        ({"milestones": [milestone(1, days=-1)]}, "taskforce_plan_times_wrong"),
        ({"milestones": [milestone(1, days=366)]}, "taskforce_plan_times_wrong"),
        ({"milestones": [milestone(1, days=30), milestone(2, days=30, after=[1])]},
         "taskforce_plan_times_wrong"),
        ({"milestones": [milestone(1, days=5, after=[2]), milestone(2, days=6, after=[1])]},
         "taskforce_plan_times_wrong"),
        ({"milestones": [], "ends_on": TODAY.isoformat()}, "taskforce_plan_times_wrong"),
        ({"indicators": [indicator(), indicator()]}, "taskforce_plan_indicators_wrong"),
        ({"indicators": [indicator(target="100.0")]}, "taskforce_plan_indicators_wrong"),
    ],
)  # fmt: skip
def test_a_plan_is_of_members_within_its_time_and_in_a_possible_order(
    changes: dict[str, Any], code: str | None
) -> None:
    found = None
    try:
        whole = Plan.model_validate(plan(**changes))
        rules.check_plan(whole, None, Group.model_validate(group()))
    except Problem as problem:
        found = problem.code
    assert found == code


def test_a_milestone_is_not_left_out_but_dropped_with_its_reason(towns: dict[str, Town]) -> None:
    founded(towns)
    less = plan(version=2, milestones=[milestone(1)])
    assert refused(towns[A], "taskforces.plan_work", less) == "taskforce_plan_milestone_lost"
    dropped = milestone(2, A, 60, dropped_because={"zh": "合并", "en": "Merged"})
    done(towns[A], "taskforces.plan_work", plan(version=2, milestones=[milestone(1), dropped]))
    settle(towns)
    assert standings(towns[C]) == ["open", "dropped"]


def test_what_is_put_off_shows_by_how_much(towns: dict[str, Town]) -> None:
    founded(towns)
    later = [milestone(1, days=50), milestone(2, A, 60, after=[1])]
    done(towns[A], "taskforces.plan_work", plan(version=2, milestones=later))
    settle(towns)
    found = done(towns[B], "taskforces.view", {"group": ID})["milestones"]
    assert [one["postponed_days"] for one in found] == [20, 0]


@pytest.mark.parametrize(
    ("said", "today", "expected"),
    [
        ([], 0, Standing.OPEN),
        ([], 15, Standing.OPEN),
        ([], 16, Standing.SOON),
        ([], 30, Standing.SOON),
        ([], 31, Standing.OVERDUE),
        ([(1, 40, False)], 41, Standing.OVERDUE),
        ([(1, 30, True)], 90, Standing.DONE),
        ([(1, 31, True)], 90, Standing.LATE),
        ([(1, 20, True), (2, 25, False)], 31, Standing.OVERDUE),
        ([(2, 31, True), (1, 20, False)], 31, Standing.LATE),
    ],
)
def test_a_milestone_stands_by_its_last_report_and_its_day(
    said: list[tuple[int, int, bool]], today: int, expected: Standing
) -> None:
    """Due on day 30, due soon from 14 days before, overdue from the day after."""
    one = Milestone.model_validate(milestone(1))
    reports = [
        Report.model_validate(
            {
                "group": ID,
                "milestone": 1,
                "number": number,
                "reported_on": TODAY + timedelta(days=day),
                "is_done": is_done,
                "account": "生成",
            }
        )
        for number, day, is_done in said
    ]
    on: date = TODAY + timedelta(days=today)
    assert rules.standing(one, reports, on, rules.DEFAULTS) is expected


def test_reports_reach_every_city_and_overdue_stands_under_its_mayor(
    towns: dict[str, Town],
) -> None:
    founded(towns)
    towns[A].clock.advance(days=31)
    for town in towns.values():
        (line,) = done(town, "taskforces.overdue", {})["milestones"]
        assert (line["milestone"]["number"], line["days"]) == (1, 1)
        assert line["mayor"]["zh"] == "成都市市长（生成）"
    sent = {"group": ID, "milestone": 1, "account": "生成：已完成", "is_done": True}
    done(towns[B], "taskforces.report", sent)
    settle(towns)
    assert [standings(town) for town in towns.values()] == [["late", "open"]] * 3
    assert done(towns[C], "taskforces.overdue", {})["milestones"] == []
    (said,) = done(towns[A], "taskforces.reports", {"group": ID, "milestone": 1})["reports"]
    assert said["account"] == "生成：已完成"


def test_a_milestone_is_not_done_before_what_must_come_first(towns: dict[str, Town]) -> None:
    founded(towns)
    sent = {"group": ID, "milestone": 2, "account": "生成", "is_done": True}
    assert refused(towns[A], "taskforces.report", sent) == "taskforce_milestone_blocked"
    seen = done(towns[A], "taskforces.view", {"group": ID})["milestones"]
    assert seen[1]["blocked_by"] == [1]
    done(towns[B], "taskforces.report", {**sent, "milestone": 1})
    settle(towns)
    done(towns[A], "taskforces.report", sent)
    assert standings(towns[A]) == ["done", "done"]


def test_nobody_reports_on_anothers_milestone(towns: dict[str, Town]) -> None:
    founded(towns)
    sent = {"group": ID, "milestone": 1, "account": "生成", "is_done": True}
    assert refused(towns[A], "taskforces.report", sent) == "taskforce_milestone_not_ours"
    assert refused(towns[B], "taskforces.report", {**sent, "milestone": 3}) == (
        "taskforce_milestone_unknown"
    )
    forged = Report.model_validate({**sent, "number": 1, "reported_on": TODAY})
    forge(towns[C], "taskforces.work", forged)
    settle(towns)
    assert standings(towns[B]) == ["open", "open"], "C is not in charge: what it says counts not"


def test_another_city_changes_neither_group_nor_plan(towns: dict[str, Town]) -> None:
    founded(towns)
    before = [done(town, "taskforces.view", {"group": ID}) for town in towns.values()]
    forge(towns[B], "taskforces.group", Group.model_validate(group(version=2, members=[A])))
    forge(towns[B], "taskforces.plan", Plan.model_validate(plan(version=2, milestones=[])))
    settle(towns)
    assert [done(town, "taskforces.view", {"group": ID}) for town in towns.values()] == before


def figure(town: Town, amount: str, period: str = "2026-11") -> dict[str, Any]:
    sent = {"group": ID, "indicator": "roads-km", "period": period, "figure": amount}
    return done(town, "taskforces.give_figure", sent)


def points(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done(
        town, "taskforces.indicator", {"group": ID, "indicator": "roads-km"}
    )["points"]
    return found


def test_figures_are_put_together_when_every_member_has_given_its_own(
    towns: dict[str, Town],
) -> None:
    founded(towns)
    figure(towns[A], "80.5")
    settle(towns)
    (one,) = points(towns[C])
    assert (one["missing"], one.get("together")) == ([B], None)
    figure(towns[B], "44.5")
    settle(towns)
    (one,) = points(towns[C])
    assert (one["missing"], one["together"], one["progress_percent"]) == ([], "125.0000", "25.0")
    assert figure(towns[B], "69.5")["number"] == 2
    settle(towns)
    assert points(towns[C])[0]["together"] == "150.0000", "a correction counts"


def test_figures_that_cannot_be_are_refused_and_nothing_changes(towns: dict[str, Town]) -> None:
    founded(towns)
    sent = {"group": ID, "indicator": "roads-km", "period": "2026-11", "figure": "1"}
    for town, changes, code in (
        (B, {"period": "2026-12"}, "taskforce_period_ahead"),
        (B, {"indicator": "bridges"}, "taskforce_milestone_unknown"),
        (B, {"period": "2026-13"}, "data_invalid"),
        (B, {"figure": "NaN"}, "data_invalid"),
        (B, {"figure": "1.00001"}, "data_invalid"),
        (B, {"figure": "1e30"}, "data_invalid"),
        (B, {"group": f"{A}-G9"}, "taskforce_unknown"),
        (C, {}, "taskforce_not_member"),
    ):
        assert refused(towns[town], "taskforces.give_figure", {**sent, **changes}) == code
    value = Value.model_validate({**sent, "version": 1})
    forge(towns[C], "taskforces.figure", value)
    settle(towns)
    assert points(towns[A]) == [], "C is no member: its figure counts not"


FIGURES = st.decimals(-10_000, 10_000, places=4)


@given(FIGURES, FIGURES, st.sampled_from(["sum", "mean"]))
def test_progress_is_none_at_the_base_and_whole_at_the_target(
    base: Decimal, target: Decimal, aggregate: str
) -> None:
    if base == target:
        return
    one = Indicator.model_validate(
        indicator(base=str(base), target=str(target), aggregate=aggregate)
    )
    assert rules.progress_percent(one, base) == 0
    assert rules.progress_percent(one, target) == 100


def test_a_mean_is_rounded_half_up_once() -> None:
    one = Indicator.model_validate(indicator(aggregate="mean"))
    figures = {A: Decimal("0.0001"), B: Decimal("0.0002")}
    assert rules.together(one, figures, (A, B)) == Decimal("0.0002")
    assert rules.together(one, figures, (A, B, C)) is None
