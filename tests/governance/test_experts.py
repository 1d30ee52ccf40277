"""The advisory group among three cities: asked, engaged, recused, evaluated."""

from typing import Any

from sqlalchemy import select

from hanse.services.governance.experts.contracts import Profile
from hanse.services.governance.experts.tables import engagements
from tests.cases.play import fire
from tests.exchange.cities import Town
from tests.governance.test_experts_rules import FIRM, OTHER, evaluation, interest, matter, profile
from tests.governance.towns import A, B, C, done, everything, forge, refused, settle

DESK = "planning"


def entered(towns: dict[str, Town], *names: str, **changes: Any) -> None:
    for name in names or (f"{B}-E1",):
        done(towns[name[:6]], "experts.enter", profile(id=name, **changes))
    settle(towns)


def asked(towns: dict[str, Town], expert: str = f"{B}-E1", **changes: Any) -> str:
    values = changes.pop("matter", None) or matter(**changes)
    case = done(towns[A], "experts.ask", {"matter": values, "expert": expert})["case"]
    settle(towns)
    return str(case)


def act(town: Town, case: str, role: str, action: str, **more: Any) -> None:
    move = {"case": case, "role": role, "action": action, **more}
    done(town, "consultation.act", move, DESK if role == "host" else "bureau")


def refused_act(town: Town, case: str, role: str, action: str, **more: Any) -> str:
    move = {"case": case, "role": role, "action": action, **more}
    return refused(town, "consultation.act", move, DESK if role == "host" else "bureau")


def accept(towns: dict[str, Town], case: str, city: str = B) -> None:
    told = {"working_days": 10, "no_other_interest": True}
    act(towns[city], case, "host", "accept", data=told)
    settle(towns)


def stage(town: Town, case: str, organisation: str = "bureau") -> str:
    return str(done(town, "consultation.view", {"case": case}, organisation)["stage"])


def test_an_expert_is_asked_answers_and_is_heard(towns: dict[str, Town]) -> None:
    entered(towns)
    case = asked(towns)
    accept(towns, case)
    act(towns[B], case, "host", "deliver", data={"text": "生成：建议分期实施"})
    settle(towns)
    act(towns[A], case, "asker", "take")
    settle(towns)
    seen = done(towns[A], "experts.matter", {"matter": "510100-X1"})
    (work,) = seen["engagements"]
    assert (work["stage"], work["opinion"]["text"]) == ("taken", "生成：建议分期实施")
    assert stage(towns[B], case, DESK) == "taken"


def test_an_expert_with_a_declared_interest_is_not_asked(towns: dict[str, Town]) -> None:
    entered(towns, interests=[interest()])
    sent = {"matter": matter(), "expert": f"{B}-E1"}
    assert refused(towns[A], "experts.ask", sent) == "expert_conflict"
    (candidate,) = done(towns[A], "experts.candidates", {"matter": matter()})["candidates"]
    assert (candidate["expert"], candidate["conflicts"]) == (f"{B}-E1", [FIRM])


def test_the_experts_city_refuses_by_its_newer_declarations(towns: dict[str, Town]) -> None:
    """A has not heard of the declaration yet; B's node refuses, and no work begins."""
    entered(towns)
    done(towns[B], "experts.enter", profile(version=2, interests=[interest()]))
    case = done(towns[A], "experts.ask", {"matter": matter(), "expert": f"{B}-E1"})["case"]
    settle(towns)
    assert list(towns[B].rows(select(engagements))) == []
    assert done(towns[A], "experts.matter", {"matter": "510100-X1"})["engagements"] == []
    assert refused(towns[B], "consultation.view", {"case": case}, DESK) == "case_unknown"


def test_whoever_opens_a_case_past_the_roster_is_refused_by_the_experts_city(
    towns: dict[str, Town],
) -> None:
    entered(towns, interests=[interest()])
    opening = {
        "subject": f"510100-X1/{B}-E1",
        "seats": {
            "asker": {"city": A, "organisation": "bureau"},
            "host": {"city": B, "organisation": DESK},
        },
        "role": "asker",
        "data": {"matter": matter(), "expert": f"{B}-E1"},
    }
    done(towns[A], "consultation.start", opening)
    settle(towns)
    assert list(towns[B].rows(select(engagements))) == []


def test_a_declaration_recuses_from_running_work(towns: dict[str, Town]) -> None:
    entered(towns)
    case = asked(towns)
    other = asked(towns, matter=matter(id="510100-X3", concerned=[OTHER]))
    for one in (case, other):
        accept(towns, one)
    told = done(towns[B], "experts.enter", profile(version=2, interests=[interest()]))
    assert told["recused"] == [case]
    settle(towns)
    assert [stage(towns[A], one) for one in (case, other)] == ["recused", "working"]
    deliver = {"text": "生成"}
    assert refused_act(towns[B], case, "host", "deliver", data=deliver) == (
        "case_action_not_allowed"
    )


def test_an_interest_that_begins_while_at_work_stops_the_opinion(towns: dict[str, Town]) -> None:
    """Declared for a later day: the work goes on until then, and not beyond."""
    entered(towns)
    case = asked(towns)
    accept(towns, case)
    later = interest(since="2026-12-01")
    told = done(towns[B], "experts.enter", profile(version=2, interests=[later]))
    assert told["recused"] == []
    towns[B].clock.advance(days=6)
    assert refused_act(towns[B], case, "host", "deliver", data={"text": "生成"}) == (
        "expert_conflict"
    )


def test_what_the_expert_takes_on_is_confirmed_and_in_time(towns: dict[str, Town]) -> None:
    entered(towns)
    case = asked(towns)
    for told, code in (
        ({"working_days": 21, "no_other_interest": True}, "expert_days_too_long"),
        ({"working_days": 10, "no_other_interest": False}, "expert_not_confirmed"),
        ({"working_days": 0, "no_other_interest": True}, "data_invalid"),
    ):
        assert refused_act(towns[B], case, "host", "accept", data=told) == code
    assert refused_act(towns[B], case, "host", "decline") == "case_reason_missing"
    act(towns[B], case, "host", "decline", reason="时间冲突")
    settle(towns)
    assert stage(towns[A], case) == "declined"


def test_silence_is_overdue_and_stands_in_the_askers_queue(towns: dict[str, Town]) -> None:
    entered(towns)
    case = asked(towns)
    towns[B].clock.advance(days=8)
    fire(towns[B])
    settle(towns)
    seen = done(towns[A], "consultation.view", {"case": case})
    assert seen["flags"] == ["late"]
    assert case in str(done(towns[A], "consultation.queue", {"role": "asker"}))


def test_an_evaluation_takes_three_experts_who_did_not_work_on_it(towns: dict[str, Town]) -> None:
    experts = [f"{B}-E1", f"{C}-E1", f"{C}-E2", f"{A}-E1"]
    entered(towns, *experts)
    accept(towns, asked(towns))
    again = evaluation(evaluates="510100-X1")
    sent = {"matter": again, "expert": experts[0]}
    assert refused(towns[A], "experts.ask", sent) == "expert_reviews_own"
    for number, expert in enumerate(experts[1:]):
        case = asked(towns, expert, matter=again)
        accept(towns, case, expert[:6])
        wrong = {"text": "生成", "scores": {"benefit": 80}}
        assert refused_act(towns[expert[:6]], case, "host", "deliver", data=wrong) == (
            "expert_scores_wrong"
        )
        said = {"text": "生成", "scores": {"benefit": 80 + number, "cost": 70}}
        act(towns[expert[:6]], case, "host", "deliver", data=said)
        settle(towns)
        before = done(towns[A], "experts.matter", {"matter": "510100-X2"})["result"]
        assert (before["experts"], before.get("score")) == (number, None)
        act(towns[A], case, "asker", "take")
        settle(towns)
    found = done(towns[A], "experts.matter", {"matter": "510100-X2"})["result"]
    assert (found["score"], found["lowest"], found["highest"]) == ("76.6", "76", "77.2")


def test_an_opinion_that_was_sent_back_does_not_count(towns: dict[str, Town]) -> None:
    entered(towns)
    case = asked(towns)
    accept(towns, case)
    act(towns[B], case, "host", "deliver", data={"text": "草稿"})
    settle(towns)
    act(towns[A], case, "asker", "send_back", data={"working_days": 3}, reason="请补充依据")
    settle(towns)
    (work,) = done(towns[A], "experts.matter", {"matter": "510100-X1"})["engagements"]
    assert (work["stage"], work.get("opinion")) == ("working", None)


def test_what_is_wrong_is_refused_and_nothing_changes(towns: dict[str, Town]) -> None:
    entered(towns)
    sent = {"matter": matter(), "expert": f"{B}-E1"}
    for town, operation, data, code in (
        (A, "experts.enter", profile(), "expert_not_ours"),
        (B, "experts.enter", profile(), "expert_version_wrong"),
        (B, "experts.enter", profile(version=2, interests=[interest("I" * 18)]),
         "uscc_character_wrong"),
        (B, "experts.enter", profile(version=2, specialities=[]), "data_invalid"),
        (B, "experts.enter", profile(version=2, interests=[interest(until="9999-12-31")]),
         "data_invalid"),
        (B, "experts.enter", profile(version=2, name="看不见\u202e"), "data_invalid"),
        (B, "experts.ask", sent, "expert_not_ours"),
        (A, "experts.ask", {**sent, "expert": f"{B}-E9"}, "expert_unknown"),
        (A, "experts.ask", {**sent, "matter": matter(speciality="finance")},
         "expert_speciality_wrong"),
        (A, "experts.matter", {"matter": "510100-X9"}, "expert_unknown"),
    ):  # fmt: skip
        assert refused(towns[town], operation, data) == code, data
    asked(towns)
    changed = {**sent, "matter": matter(question={"zh": "另问", "en": "Another"})}
    assert refused(towns[A], "experts.ask", changed) == "expert_matter_changed"
    assert refused(towns[A], "experts.ask", sent) == "case_duplicate"


def test_another_city_changes_no_entry_and_no_interest_is_lost_on_the_way(
    towns: dict[str, Town],
) -> None:
    entered(towns, interests=[interest()])
    before = [everything(towns[city])["experts_profiles"] for city in (A, C)]
    forge(towns[C], "experts.entered", Profile.model_validate(profile(version=2)))
    forge(towns[B], "experts.entered", Profile.model_validate(profile(version=2)))
    settle(towns)
    assert [everything(towns[city])["experts_profiles"] for city in (A, C)] == before


def test_the_roster_of_all_cities_is_listed_by_speciality(towns: dict[str, Town]) -> None:
    entered(towns, f"{A}-E1", f"{B}-E1")
    done(towns[C], "experts.enter", profile(id=f"{C}-E1", specialities=["finance"]))
    settle(towns)
    found = done(towns[A], "experts.roster", {"speciality": "law"})["experts"]
    assert [one["id"] for one in found] == [f"{A}-E1", f"{B}-E1"]
    assert done(towns[A], "experts.expert", {"expert": f"{C}-E1"})["specialities"] == ["finance"]
