"""`hanse case`: the words of a timeline, the diagram, and what is refused before any call."""

import dataclasses
from pathlib import Path

import pytest

from hanse.cli import case_commands
from hanse.foundation.errors import Problem
from hanse.mechanisms.cases import Family, diagram, families_of
from hanse.mechanisms.cases.procedure import known
from hanse.simulation.cases_matter import MATTER
from tests.cases.play import acted, answered, opened
from tests.cases.trial import MOVE, service
from tests.exchange.cities import Town


def test_a_timeline_is_told_with_each_reckoning(
    pair: list[Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(pair[0])
    acted(pair[0], case, "destination", "return", reason="the form lacks a page")
    found = answered(pair[0], "timeline", {"case": case})
    for speaks, words in (("zh", "3个工作日"), ("en", "3 working days after 2026-11-25")):
        monkeypatch.setenv("HANSE_LANGUAGE", speaks)
        lines = case_commands.timeline_lines(Family([MOVE]), found)
        assert words in lines[1]
        assert "the form lacks a page" in lines[3]
        assert "[paused]" in lines[4]


def test_the_diagram_holds_every_stage_and_action_of_the_table() -> None:
    for language in ("zh", "en"):
        drawn = diagram(MOVE, language)
        assert drawn.startswith("stateDiagram-v2\n")
        for stage in MOVE.stages:
            assert f"    {stage.name} : " in drawn
        edges = [line for line in drawn.splitlines() if "-->" in line and "*" not in line]
        assert len(edges) == sum(len(action.from_stages) for action in MOVE.actions)
        for action in MOVE.actions:
            for origin in action.from_stages:
                edge = f"    {origin} --> {action.to or origin} : "
                title = action.title.zh if language == "zh" else action.title.en
                assert any(line.startswith(edge) and title in line for line in edges)


def test_words_that_mermaid_would_read_as_signs_are_taken_out() -> None:
    stage = dataclasses.replace(MOVE.stages[0], title=known(MOVE.stage("done")).title)
    odd = dataclasses.replace(stage, title=type(stage.title)("甲;乙:丙", "a;b:c#d\ne"))
    drawn = diagram(dataclasses.replace(MOVE, stages=(odd, *MOVE.stages[1:])), "en")
    assert "received : a b c d e" in drawn


def test_the_procedures_behind_a_service_are_found() -> None:
    (family,) = families_of(service(MOVE).operations)
    assert (family.name, family.newest) == ("trial.move", MOVE)


def test_a_matter_that_no_service_declares_is_refused() -> None:
    with pytest.raises(Problem, match="case_matter_unknown"):
        case_commands._family("nothing")


@pytest.mark.parametrize("text", ["", "[]", "1", "{", "null"])
def test_data_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="case_data_not_json"):
        case_commands._object(text)


def test_the_page_on_cases_shows_the_diagram_as_it_is_made() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "cases.md").read_text("utf-8")
    assert diagram(MATTER, "en") in page
