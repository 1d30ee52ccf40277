"""Forms made from models: every field has its place, what is typed comes back as data, what is
wrong is said at its field, and nothing that was typed is lost."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from hanse.foundation.languages import Text, titled
from hanse.mechanisms.exchange.operations import Registry
from hanse.mechanisms.exchange.parts import Facts, Table
from hanse.services import ALL
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.social.insurance.contracts import Bill, Settlement
from hanse.web.desk.steps import grown
from hanse.web.entry.fields import Field, Typed, fields_of, typed_of
from hanse.web.entry.reading import checked, data_of
from hanse.web.entry.showing import blocks_of

CITIES = {"510100": Text("成都市", "Chengdu"), "510600": Text("德阳市", "Deyang")}
OPERATIONS = sorted(Registry.of(ALL).operations.values(), key=lambda one: one.name)
NOTICE = {
    "id": "510100-1",
    "version": 1,
    "issuer": "510100",
    "kind": "accident",
    "road": "G42",
    "direction": "both",
    "issued_at": "2026-11-25T08:00:00+08:00",
    "updated_at": "2026-11-25T08:00:00+08:00",
    "start": "2026-11-25T08:00:00+08:00",
    "measure": "lane_closed",
    "level": "local",
    "status": "issued",
    "affected_cities": ["510600"],
    "affected_vehicles": ["car"],
    "detour": [{"road": "G5"}, {"road": "G93"}],
    "description": {"zh": "事故"},
}


class Leaf(BaseModel):
    word: Annotated[str, titled("词", "Word", min_length=1, max_length=20)]
    count: Annotated[int, titled("数", "Count", ge=-5, le=5)] = 0


class Tree(BaseModel):
    leaves: Annotated[tuple[Leaf, ...], titled("叶", "Leaves")] = ()
    one: Annotated[Leaf | None, titled("一", "One")] = None
    sure: Annotated[bool, titled("是否", "Sure")] = False


def names(fields: tuple[Field, ...]) -> set[str]:
    return {field.name for field in fields} | {
        name for field in fields for name in names(field.fields)
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_every_operation_has_a_form_with_titles_in_both_languages(operation: object) -> None:
    request: type[BaseModel] = operation.request  # type: ignore[attr-defined]
    fields = fields_of(request, Typed({}, {}, CITIES))
    assert {one.name for one in fields} <= set(request.model_fields)
    assert all(one.title.zh and one.title.en for one in fields)


def test_what_is_filled_in_advance_comes_back_as_the_same_notice() -> None:
    data = data_of(Notice, typed_of(NOTICE))
    found, faults = checked(Notice, data)
    assert faults == {}
    assert Notice.model_validate(found) == Notice.model_validate(NOTICE)


words = st.text("ab 词,。", min_size=1, max_size=8).filter(lambda one: one == one.strip())
leaves = st.builds(Leaf, word=words, count=st.integers(-5, 5))


@given(st.builds(Tree, leaves=st.tuples(leaves, leaves), one=st.none() | leaves))
def test_any_tree_survives_its_form(tree: Tree) -> None:
    typed = typed_of(tree.model_dump(mode="json"))
    found, faults = checked(Tree, data_of(Tree, typed))
    assert faults == {}
    assert Tree.model_validate(found) == tree


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=6))
def test_whatever_is_sent_is_taken_or_refused_in_words(values: dict[str, str]) -> None:
    found, faults = checked(Notice, data_of(Notice, values))
    assert found is None
    assert all(one.zh and one.en for one in faults.values())
    assert fields_of(Notice, Typed(values, faults, CITIES, True))


def test_a_fault_stands_at_its_field_and_all_that_was_typed_is_there() -> None:
    typed = typed_of(NOTICE | {"speed_limit_kmh": 3, "detour": [{"road": ""}, {"road": "G93"}]})
    _, faults = checked(Notice, data_of(Notice, typed))
    fields = {one.name: one for one in fields_of(Notice, Typed(typed, faults, CITIES, True))}
    assert fields["speed_limit_kmh"].fault == Text("不得小于 5", "Not below 5")
    assert fields["speed_limit_kmh"].value == "3"
    first, second = fields["detour"].fields
    assert first.fields[0].fault == Text("请填写", "Fill this in")
    assert second.fields[0].value == "G93"
    assert [one for one, _, chosen in fields["affected_cities"].choices if chosen] == ["510600"]


def test_a_group_that_nobody_touched_is_left_out_whatever_its_defaults() -> None:
    assert "geometry" not in data_of(Notice, {"geometry.shape": "line"})
    assert data_of(Notice, {"geometry.shape": "polygon"})["geometry"] == {"shape": "polygon"}


def test_a_list_grows_by_a_row_and_stays_within_its_limit() -> None:
    values = grown({"more": "lines", "lines.0.item": "A1"})
    rows = {one.name: one for one in fields_of(Bill, Typed(values, {}, CITIES, True))}["lines"]
    assert len(rows.fields) == 2
    assert rows.fields[0].fields[0].value == "A1"
    many = fields_of(Tree, Typed({"leaves.#": "999", "leaves.9999.word": "x"}, {}, CITIES))
    assert len(many[0].fields) == 40
    assert not many[0].can_grow


def test_a_time_without_a_zone_is_the_time_of_the_cities() -> None:
    assert data_of(Notice, {"start": "2026-11-25T08:00"})["start"] == "2026-11-25T08:00:00+08:00"


def test_an_answer_is_facts_and_tables_with_money_as_money() -> None:
    settlement = {
        "claim": "0" * 32,
        "scheme": "310",
        "total_fen": 810_000,
        "trial": False,
        "local_defaults": ["a"],
    }
    (facts,) = blocks_of(Text("结果", "Answer"), Settlement, settlement, CITIES)
    assert isinstance(facts, Facts)
    shown = {title.en: str(value) for title, value in facts.pairs}
    assert shown["Total (CNY)"] == "8100.00"
    assert "Total, fen" not in shown
    tables = blocks_of(Text("结果", "Answer"), Tree, {"leaves": [{"word": "a"}]}, CITIES)
    assert [type(one) for one in tables] == [Table]
