"""An outsider's probe, made from the declarations: every page, form, part and operation is tried
as each kind of person that must not have it. What is declared later is tried by itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from hanse.foundation.clock import wall_clock
from hanse.foundation.errors import Problem
from hanse.foundation.identity import system_randomness
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import FaceCall, Refused
from hanse.mechanisms.exchange.operations import Reach, Registry
from hanse.mechanisms.exchange.parts import Part, Place, Viewer
from hanse.node import tokens
from hanse.node.node import Node
from hanse.node.people import accounts
from hanse.node.people.accounts import NewAccount
from hanse.node.people.passwords import hashed
from hanse.node.people.samples import JOINT_ALLOWS
from hanse.node.people.who import VISITOR, Kind, Who
from hanse.services import ALL
from hanse.web.app import may_see
from hanse.web.page import OFFICERS, Page
from hanse.web.registry import SECTIONS
from hanse.web.visit import Visit
from tests.node.running import Running, send
from tests.web.browsing import Browser
from tests.web.conftest import HOME

Make = Callable[..., Browser]
PAGES = [page for section in SECTIONS for page in section.pages]
OPERATIONS = sorted(Registry.of(ALL).operations)
PEOPLE = {
    "visitor": "",
    "resident": "sample-resident",
    "officer": "outsider",
    "joint": "sample-joint-office",
    "operator": "sample-operator",
}
PASSWORD = "nothing at all is mine"


@pytest.fixture(scope="module")
def node(site: Running) -> Node:
    return site.zone.nodes[HOME]


@pytest.fixture(scope="module")
def people(site: Running, node: Node) -> Iterator[dict[str, Browser]]:
    """A browser of each kind of person; the officer has no right to anything."""
    new = NewAccount("outsider", Kind.OFFICER, "Wang", "nobody", password=hashed(PASSWORD))
    site.run(node.writer.run(lambda tx: accounts.add(tx, new, wall_clock())))
    found = {}
    for kind, login in PEOPLE.items():
        found[kind] = Browser(site.zone.addresses[HOME])
        if login == "outsider":
            page = found[kind].get("/sign-in")
            found[kind].submit(page, "/sign-in", login=login, password=PASSWORD)
        elif login:
            found[kind].be(login)
    yield found
    site.run(
        node.writer.run(
            lambda tx: accounts.close(tx, accounts.find(tx, "outsider").id, wall_clock())
        )
    )


def who_is(kind: str) -> Who:
    """Whoever signs in by that browser, with the rights of the sample identity."""
    if kind == "visitor":
        return VISITOR
    allows = {"joint": JOINT_ALLOWS, "operator": (tokens.OPERATOR,)}.get(kind, ())
    return Who(Kind(kind), account="a", organisation="nobody", allows=frozenset(allows))


def powerless(kind: str) -> Who:
    """The same kind of person without a right to any operation."""
    kept = who_is(kind).allows & {tokens.OPERATOR}
    return replace(who_is(kind), allows=kept)


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_shown_to_whom_it_is_for_and_to_nobody_else(
    people: dict[str, Browser], page: Page, kind: str
) -> None:
    path = page.address(**page.example)
    seen = people[kind].get(path, follow=False)
    if may_see(page, who_is(kind)):
        assert seen.status in (200, 303, 404)
        return
    if kind == "visitor":
        assert seen.status == 303
        assert seen.headers["location"].startswith("/sign-in?next=")
        assert seen.body == b""
    else:
        assert seen.status == 403
        assert "The page is not for you" in seen.text


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.submit], ids=lambda page: page.name
)
def test_a_form_is_taken_from_whom_it_is_for_and_from_nobody_else(
    people: dict[str, Browser], page: Page, kind: str
) -> None:
    if may_see(page, who_is(kind)):
        return
    person = people[kind]
    home = person.get("/verify").form("/verify").fields["form_token"]
    seen = person.post(page.address(**page.example), {"form_token": home}, follow=False)
    assert seen.status == 403


def test_the_menu_leads_nobody_to_what_is_not_theirs(people: dict[str, Browser]) -> None:
    for kind, person in people.items():
        links = person.get("/").links
        hidden = [page.path for page in PAGES if not may_see(page, who_is(kind))]
        assert [one for one in hidden if one in links] == []


def test_a_page_with_rights_is_not_shown_to_an_officer_without_them() -> None:
    page = replace(PAGES[0], access=OFFICERS, needs=("credit.record", "traffic.publish"))
    officer = who_is("officer")
    for allows, shown in (
        (set(), False),
        ({"credit.record"}, False),
        ({"credit.*", "traffic.acknowledge"}, False),
        ({"credit.record", "traffic.*"}, True),
        ({"*"}, True),
    ):
        assert may_see(page, replace(officer, allows=frozenset(allows))) is shown
    assert not may_see(page, who_is("operator"))


@pytest.mark.parametrize("kind", PEOPLE)
def test_no_operation_is_called_without_the_right(site: Running, node: Node, kind: str) -> None:
    visit = Visit(node, powerless(kind), "en")
    for name in OPERATIONS:
        asked = {"operation": name, "data": {}, "key": "k"}
        for calling in (
            visit.call(name, {}),
            visit.ask("510600", name, {}, purpose="any"),
            visit.propose_call(name, {}),
            visit.confirmed_call(asked, to=None, purpose=None),
        ):
            with pytest.raises(Problem) as refused:
                site.run(calling)
            assert refused.value.code == "token_not_allowed"


@pytest.mark.parametrize("kind", PEOPLE)
def test_nothing_but_a_declared_check_is_looked_at_without_a_right(
    site: Running, node: Node, kind: str
) -> None:
    checks = {check.operation for service in ALL for check in service.credentials}
    for name in set(OPERATIONS) - checks:
        with pytest.raises(Problem) as refused:
            site.run(Visit(node, powerless(kind), "en").look(name, {}))
        assert refused.value.code == "not_your_own"


def test_a_resident_s_part_gets_the_resident_s_own_data_and_no_other(
    site: Running, node: Node
) -> None:
    """Whatever a part asks for: another person's data, or what is of no person, is refused."""
    own, other = "510104195806010019", "510104195806010027"
    resident = replace(who_is("resident"), person=own)
    for name in OPERATIONS:
        operation = node.registry.operation(name)
        called = FaceCall(name, _data(operation.request, other))
        part = Part(
            "probe", Text("探", "Probe"), Place.RESIDENT, (name,),
            partial(_asks, called), lambda *_: [],
        )  # fmt: skip
        _, (outcome,) = site.run(Visit(node, resident, "en").outcomes(part))
        assert isinstance(outcome, Refused)
        assert outcome.problem["code"] in ("not_your_own", "data_invalid")


def test_a_part_of_the_desk_is_refused_without_its_rights(site: Running, node: Node) -> None:
    for name in OPERATIONS:
        part = Part(
            "probe", Text("探", "Probe"), Place.DESK, (name,),
            partial(_asks, FaceCall(name, {})), lambda *_: [],
        )  # fmt: skip
        for kind in PEOPLE:
            visit = Visit(node, powerless(kind), "en")
            assert not visit.sees(part)
            _, (outcome,) = site.run(visit.outcomes(part))
            assert isinstance(outcome, Refused)
            assert outcome.problem["code"] == "token_not_allowed"


def test_a_part_that_calls_what_it_does_not_declare_fails(site: Running, node: Node) -> None:
    part = Part(
        "probe", Text("探", "Probe"), Place.DESK, ("credit.record",),
        lambda _: [FaceCall("traffic.in_force", {})], lambda *_: [],
    )  # fmt: skip
    everything = replace(who_is("officer"), allows=frozenset({"*"}))
    with pytest.raises(ValueError, match="undeclared"):
        site.run(Visit(node, everything, "en").outcomes(part))


def test_agencies_without_the_right_reach_no_operation(site: Running, node: Node) -> None:
    def issue(transaction: Any) -> str:
        return tokens.issue(
            transaction,
            "outsider",
            ("none.none",),
            now=wall_clock(),
            expires=wall_clock() + timedelta(hours=1),
            randomness=system_randomness,
        )

    token = site.run(node.writer.run(issue))
    base = site.zone.addresses[HOME]
    for name in OPERATIONS:
        paths = [f"/api/{name}"]
        if node.registry.operation(name).reach is Reach.LEAGUE:
            paths.append(f"/api/league/{name}?to=510600&purpose=any")
        for path in paths:
            kind = {"Content-Type": "application/json"}
            assert send("POST", base + path, b"{}", kind).status in (401, 404), path
            held = kind | {"Authorization": f"Bearer {token}"}
            # A form that is not the declared one is refused before the right is asked for.
            assert send("POST", base + path, b"{}", held).status in (403, 404, 422), path


def test_a_session_s_cookie_opens_no_interface_of_agencies(
    site: Running, people: dict[str, Browser]
) -> None:
    for person in people.values():
        for path in ("/api/operator/status", "/api/operator/outbox"):
            assert person.get(path).status == 401


def _asks(call: FaceCall, viewer: Viewer) -> list[FaceCall]:
    return [call]


def _data(model: Any, person: str) -> dict[str, Any]:
    """Data that names a person wherever the model has room for one."""
    return {
        name: person
        for name in model.model_fields
        if any(part in name for part in ("citizen", "person", "identity", "patient", "insured"))
    }
