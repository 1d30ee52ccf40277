"""Bounds: queries of every page whatever the store holds, and what a page weighs."""

import re
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.node.node import Node
from hanse.node.people.tables import accounts
from hanse.node.people.who import VISITOR, Kind, Who
from hanse.web.acts import CALL
from hanse.web.operator.agreements import ACTS
from hanse.web.page import Page
from hanse.web.registry import SECTIONS
from hanse.web.visit import Visit
from tests.node.running import Running
from tests.web.browsing import Browser
from tests.web.conftest import HOME

Make = Callable[..., Browser]
WEIGHT_BYTES_MAX = 150_000
PAGES = [page for section in SECTIONS for page in section.pages]
LOGINS = {
    Kind.VISITOR: "",
    Kind.RESIDENT: "sample-resident",
    Kind.OFFICER: "sample-clearing-centre",
    Kind.JOINT: "sample-joint-office",
    Kind.OPERATOR: "sample-operator",
}
COUNTED: ContextVar[list[str] | None] = ContextVar("counted", default=None)


@pytest.fixture
def node(site: Running) -> Node:
    return site.zone.nodes[HOME]


@pytest.fixture
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each statement of the task that asks to be counted, in whatever thread it runs."""
    for name in ("execute", "rows", "row", "value", "change", "insert"):
        plain = getattr(Transaction, name)

        def counted(self: Any, *arguments: Any, plain: Any = plain, **named: Any) -> Any:
            found = COUNTED.get()
            if found is None:
                return plain(self, *arguments, **named)
            found.append(str(arguments[0])[:200])
            token = COUNTED.set(None)  # a method that calls another is one statement
            try:
                return plain(self, *arguments, **named)
            finally:
                COUNTED.reset(token)

        monkeypatch.setattr(Transaction, name, counted)


def who(site: Running, node: Node, kind: Kind) -> Who:
    if kind is Kind.VISITOR:
        return VISITOR
    row: Any = site.run(
        node.read(lambda tx: tx.row(select(accounts).where(accounts.c.login == LOGINS[kind])))
    )
    return Who(
        kind, row.id, row.login, row.name, row.organisation, frozenset(row.allows), row.person
    )


@pytest.mark.usefixtures("_counting")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_asks_the_store_no_more_than_it_declares(
    site: Running, node: Node, page: Page
) -> None:
    declared = {act.name: act for act in (CALL, *ACTS)}
    for kind in page.access:
        person = who(site, node, kind)
        visit = Visit(node, person, "en", path=page.example, acts=declared)

        async def shown(visit: Visit = visit) -> list[str]:
            found: list[str] = []
            COUNTED.set(found)
            with suppress(Problem):  # an example that is not there: still what it asks is counted
                await page.show(visit)
            return found

        statements = site.run(shown())
        assert len(statements) <= page.queries_max, statements


@pytest.mark.usefixtures("_counting")
def test_the_count_would_find_one_too_many(site: Running, node: Node) -> None:
    async def asked() -> int:
        found: list[str] = []
        COUNTED.set(found)
        for _ in range(3):
            await node.read(lambda tx: tx.value(select(accounts.c.id).limit(1)))
        return len(found)

    assert site.run(asked()) == 3


@pytest.mark.parametrize(
    "page", [page for page in PAGES if not page.gives_file], ids=lambda page: page.name
)
def test_a_page_with_all_that_it_loads_is_light(browser: Make, page: Page) -> None:
    kind = next(iter(sorted(page.access)))
    person = browser(LOGINS[kind])
    seen = person.get(page.address(**page.example))
    loaded = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', seen.text))
    weight = len(seen.body) + sum(
        len(person.get(path).body) for path in loaded if "echarts" not in path
    )
    assert loaded
    assert weight < WEIGHT_BYTES_MAX


def test_nothing_is_loaded_from_another_origin(browser: Make) -> None:
    for page in PAGES:
        text = browser("sample-operator").get(page.address(**page.example)).text
        loads = re.findall(r'<(?:script|link|img|iframe|source)[^>]*(?:src|href)="([^"]+)"', text)
        assert [one for one in loads if not one.startswith("/assets/")] == []
