"""Payments and agreements: proposed by one person, done when another confirms, once."""

from collections.abc import Callable
from typing import Any

import pytest

from hanse.foundation.errors import Problem
from hanse.node.node import Node
from hanse.node.people.tables import accounts
from hanse.node.people.who import Kind, Who
from hanse.services import ALL
from hanse.web.acts import CALL
from hanse.web.visit import Visit
from tests.node.running import Running
from tests.web.browsing import Browser
from tests.web.conftest import HOME

Make = Callable[..., Browser]
FUND = {"city": HOME, "amount_fen": 500, "pays_out": False, "number": "n-1"}


@pytest.fixture
def node(site: Running) -> Node:
    return site.zone.nodes[HOME]


def who(site: Running, node: Node, login: str, **changed: Any) -> Who:
    row: Any = site.run(
        node.read(lambda tx: tx.row(accounts.select().where(accounts.c.login == login)))
    )
    values = {
        "kind": Kind(row.kind),
        "account": row.id,
        "name": row.name,
        "organisation": row.organisation,
        "allows": frozenset(row.allows),
    }
    return Who(**{**values, **changed})


def visit(site: Running, node: Node, login: str, **changed: Any) -> Visit:
    return Visit(node, who(site, node, login, **changed), "en", acts={"call": CALL})


def proposed(site: Running, node: Node, number: str, login: str = "sample-clearing-centre") -> str:
    data = FUND | {"number": number}
    going = site.run(visit(site, node, login).propose_call("clearing.fund", data))
    return going.path


def funds(site: Running, amount: int, number: str) -> int:
    """What the house holds for the city, with so much more paid in by an agency."""
    answer = site.post(HOME, "/api/clearing.fund", FUND | {"amount_fen": amount, "number": number})
    return int(answer.data["available_fen"])


def test_every_operation_for_two_is_an_operation() -> None:
    for service in ALL:
        assert set(service.two_people) <= {one.name for one in service.operations}


def test_a_payment_can_not_be_called_from_a_page(site: Running, node: Node) -> None:
    with pytest.raises(Problem) as refused:
        site.run(visit(site, node, "sample-clearing-centre").call("clearing.fund", FUND))
    assert refused.value.code == "second_person_needed"


def test_who_lacks_the_right_can_not_propose(site: Running, node: Node) -> None:
    seen = visit(site, node, "sample-clearing-centre", allows=frozenset({"clearing.cycle"}))
    with pytest.raises(Problem) as refused:
        site.run(seen.propose_call("clearing.fund", FUND))
    assert refused.value.code == "token_not_allowed"


def test_what_is_proposed_must_be_of_the_declared_form(site: Running, node: Node) -> None:
    with pytest.raises(Problem) as refused:
        site.run(visit(site, node, "sample-clearing-centre").propose_call("clearing.fund", {}))
    assert refused.value.code == "data_invalid"


def test_the_proposer_can_not_confirm_and_another_does_it_once(
    site: Running, node: Node, browser: Make
) -> None:
    path = proposed(site, node, "p-1")
    proposer = browser("sample-clearing-centre")
    page = proposer.get(path)
    assert "another person must confirm it" in page.text
    assert proposer.submit(page, path, do="confirm").status == 403
    other = browser("sample-second-clearing-centre")
    assert path in other.get("/acts").links
    page = other.get(path)
    assert "Amount, fen" in page.text
    done = other.submit(page, path, do="confirm")
    assert "Done" in done.text
    assert other.submit(page, path, do="confirm").status == 409
    assert other.submit(page, path, do="refuse").status == 409


def test_what_is_refused_is_not_done(site: Running, node: Node, browser: Make) -> None:
    path = proposed(site, node, "p-2")
    other = browser("sample-second-clearing-centre")
    seen = other.submit(other.get(path), path, do="refuse")
    assert "Refused" in seen.text
    before = funds(site, 0, "look-1")
    assert funds(site, 7, "p-2") == before + 7, "the number was free: nothing had been done"


@pytest.mark.parametrize("login", ["sample-second-medical-insurance", "sample-second-operations"])
def test_another_organisation_does_not_learn_of_an_act(
    site: Running, node: Node, browser: Make, login: str
) -> None:
    path = proposed(site, node, f"p-3-{login[-3:]}")
    other = browser(login)
    assert other.get(path).status == 404
    assert path not in other.get("/acts").links


def test_what_fails_when_it_is_done_says_why(site: Running, node: Node, browser: Make) -> None:
    data = FUND | {"pays_out": True, "amount_fen": 10**14, "number": "p-4"}
    going = site.run(
        visit(site, node, "sample-clearing-centre").propose_call("clearing.fund", data)
    )
    other = browser("sample-second-clearing-centre")
    seen = other.submit(other.get(going.path), going.path, do="confirm")
    assert "Could not be done" in seen.text
