"""Reads: one filter for all, pages by key, and a number of queries that does not grow."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import event, select

from hanse.mechanisms.cases import operations_of
from hanse.mechanisms.cases.tables import cases
from tests.cases.play import acted, answered, opened, refused, seats, settle_all
from tests.cases.trial import MOVE
from tests.exchange.cities import Town

COUNT = 25


@pytest.fixture
def many(pair: list[Town]) -> list[Town]:
    for number in range(COUNT):
        pair[0].clock.advance(hours=number % 3)
        opened(pair[0], subject=f"licence-{number}")
    return pair


def pages(town: Town, verb: str, part: str, **question: Any) -> list[list[str]]:
    found, cursor = [], None
    for _ in range(20):
        page = answered(town, verb, {**question, "cursor": cursor, "limit": 10})
        found.append([one["case"] for one in page[part]])
        cursor = page["cursor"]
        if cursor is None:
            return found
    raise AssertionError("the pages do not end")


def test_pages_of_a_list_hold_each_case_once_newest_first(many: list[Town]) -> None:
    keeper = many[0]
    found = pages(keeper, "list", "cases")
    assert [len(page) for page in found] == [10, 10, 5]
    rows = keeper.rows(
        select(cases.c.case_id).order_by(cases.c.opened_at_ms.desc(), cases.c.case_id.desc())
    )
    assert list(chain(*found)) == [row.case_id for row in rows]


def test_pages_of_a_queue_hold_each_task_once_by_what_is_due_first(many: list[Town]) -> None:
    keeper = many[0]
    found = pages(keeper, "queue", "tasks", role="destination")
    assert [len(page) for page in found] == [10, 10, 5]
    assert len(set(chain(*found))) == COUNT
    first = answered(keeper, "queue", {"limit": 200})["tasks"]
    assert [one["due_at"] for one in first] == sorted(one["due_at"] for one in first)
    settle_all(many)
    assert answered(many[1], "queue", {})["tasks"] == []
    case = first[0]["case"]
    acted(keeper, case, "destination", "accept")
    settle_all(many)
    (task,) = answered(many[1], "queue", {})["tasks"]
    assert (task["case"], task["role"]) == (case, "origin")


def test_a_list_is_of_open_or_closed_cases_and_of_one_subject(many: list[Town]) -> None:
    keeper = many[0]
    (case,) = answered(keeper, "list", {"subject": "licence-7"})["cases"]
    acted(keeper, case["case"], "applicant", "withdraw")
    assert answered(keeper, "list", {"subject": "licence-7"})["cases"] == []
    closed = answered(keeper, "list", {"is_open": False})["cases"]
    assert [one["status"] for one in closed] == ["withdrawn"]


@pytest.mark.parametrize("cursor", ["x", "1", "-1/a", "1/a/b/c", f"{2**63}/a", "१/a", "/"])
def test_a_malformed_cursor_is_refused(pair: list[Town], cursor: str) -> None:
    for verb in ("list", "queue"):
        assert refused(pair[0], verb, {"cursor": cursor}) == "case_cursor_malformed"


@pytest.mark.parametrize(
    ("verb", "question"),
    [("list", {"limit": 200}), ("queue", {"limit": 200}), ("progress", {"subject": "licence-1"})],
)
def test_a_page_takes_as_many_queries_as_a_single_case(
    pair: list[Town], verb: str, question: dict[str, Any]
) -> None:
    def counted() -> int:
        statements: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if "case" in statement and "journal" not in statement:
                statements.append(statement)

        event.listen(pair[0].engine, "before_cursor_execute", note)
        answered(pair[0], verb, question)
        event.remove(pair[0].engine, "before_cursor_execute", note)
        return len(statements)

    opened(pair[0], subject="licence-1")
    one = counted()
    for number in range(2, 20):
        opened(pair[0], subject=f"licence-{number}")
    assert counted() == one <= 2


READS: dict[str, Callable[[str], dict[str, Any]]] = {
    "view": lambda case: {"case": case},
    "timeline": lambda case: {"case": case},
    "list": lambda case: {},
    "queue": lambda case: {},
    "progress": lambda case: {"subject": "licence-1"},
}


def test_every_read_is_known_here() -> None:
    writes = {"start", "act", "migrate", "open", "propose", "record", "document", "compare"}
    verbs = {one.name.partition(".")[2] for one in operations_of(MOVE)}
    assert verbs == writes | READS.keys()


@pytest.mark.parametrize("verb", READS)
def test_no_read_shows_a_case_to_an_outsider(pair: list[Town], verb: str) -> None:
    """The desk that has the seat sees it; another organisation of the same city does not."""
    own = {"applicant": {"city": "510100", "organisation": "counter"}}
    case = opened(pair[0], role="destination", seats=seats() | own)
    question = READS[verb](case)
    assert case in str(pair[0].call(f"move.{verb}", question).data)
    for organisation in ("stranger", "", "510100", "Bureau"):
        if organisation:
            reply = pair[0].call(f"move.{verb}", question, organisation=organisation)
            assert case not in str(reply.data)
