"""The desk: a queue is one bounded look however long it is, a step for many cases says what became
of each, a case says why something may not be done, and a desk shows nobody's case but its own."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from hanse.foundation.clock import to_ms, wall_clock
from hanse.mechanisms.cases import tables
from hanse.node.people.who import Kind, Who
from hanse.simulation import pension_people as people
from hanse.web.desk.queues import queue_page
from hanse.web.visit import Visit
from tests.node.running import Running
from tests.web.browsing import Browser
from tests.web.conftest import HOME, OTHER
from tests.web.test_bounds import COUNTED, _counting

__all__ = ["_counting"]
Make = Callable[..., Browser]
AGENCY, BUREAU = "social-insurance", "human-resources"
OFFICER = Who(Kind.OFFICER, "a", "a", "a", AGENCY, frozenset({"*"}))
MANY = 3_000
ELSEWHERE = "500100"
"""A household in another province."""


@pytest.fixture(scope="module")
def cases(site: Running) -> list[str]:
    """Two women over forty from elsewhere ask to be received: temporary accounts open for them."""
    found = []
    for number in (300, 302):
        worker = people.citizen(OTHER, number)
        relation = people.leaving(random.Random(number), OTHER, worker, ELSEWHERE)
        here = people.arriving(HOME, worker, ELSEWHERE)
        for city, kept in ((OTHER, relation), (HOME, here)):
            site.post(city, "/api/pension.keep", kept, organisation=AGENCY)
        asked = {"citizen_id": worker}
        given = site.post(OTHER, "/api/pension.issue_certificate", asked, organisation=AGENCY)
        application = people.application(given.data, HOME, (AGENCY, BUREAU))
        taken = site.post(HOME, "/api/pension_transfer.start", application, organisation=AGENCY)
        found.append(str(taken.data["case"]))
    return found


@pytest.mark.usefixtures("_counting")
def test_a_queue_is_one_look_however_many_cases_are_open(site: Running, cases: list[str]) -> None:
    node = site.zone.nodes[HOME]
    visit = Visit(node, OFFICER, "en", path={"matter": "pension_transfer"})

    async def statements() -> tuple[int, Any]:
        found: list[str] = []
        COUNTED.set(found)
        shown = await queue_page(visit)
        return len(found), shown

    before, _ = site.run(statements())
    rows = [
        {
            "case_id": f"510100-many-{number}",
            "role": "destination",
            "procedure": "social.pension_transfer",
            "organisation": AGENCY,
            "due_at_ms": to_ms(wall_clock()) + number,
            "is_escalated": False,
        }
        for number in range(MANY)
    ]
    site.run(node.writer.run(lambda tx: tx.insert(tables.tasks, rows)))
    try:
        after, _ = site.run(statements())
    finally:
        one = tables.tasks.c.case_id.startswith("510100-many-")
        site.run(node.writer.run(lambda tx: tx.execute(delete(tables.tasks).where(one))))
    assert after == before


def test_a_step_for_many_cases_says_what_became_of_each(browser: Make, cases: list[str]) -> None:
    officer = browser(f"sample-{AGENCY}")
    page = officer.get("/desk/queues/pension_transfer")
    assert all(case in page.text for case in cases)
    token = page.form("/desk/queues/pension_transfer").fields.get("form_token", "")
    token = token or officer.get("/verify").form("/verify").fields["form_token"]
    chosen = {f"case.{case}/destination": "on" for case in cases}
    asked = {"form_token": token, "key": "k1", "action": "open_temporary"}
    seen = officer.post("/desk/queues/pension_transfer", asked | chosen | {"case.x/y": "on"})
    assert seen.text.count(">Done</span>") == 2
    assert seen.text.count("mark-bad") == 1
    again = officer.post("/desk/queues/pension_transfer", asked | chosen)
    assert again.text.count(">Done</span>") == 2, "a second press is the same step"
    for case in cases:
        steps = officer.get(f"/desk/cases/pension_transfer/{case}").text
        assert steps.count("<strong>Open a temporary account</strong>") == 1
    refused = officer.post("/desk/queues/pension_transfer", asked | {"action": "accept"} | chosen)
    assert refused.status == 422


def test_a_case_of_others_is_not_there(browser: Make, cases: list[str]) -> None:
    stranger = browser("sample-hospital")
    for path in (
        f"/desk/cases/pension_transfer/{cases[0]}",
        f"/desk/cases/pension_transfer/{cases[0]}/destination/accept",
        f"/desk/find?case={cases[0]}",
    ):
        seen = stranger.get(path)
        assert seen.status == 404
        assert people.citizen(OTHER, 300) not in seen.text
    listed = stranger.get("/desk/cases/pension_transfer?state=closed")
    assert cases[0] not in listed.text


def test_a_number_leads_to_its_case(browser: Make, cases: list[str]) -> None:
    seen = browser(f"sample-{AGENCY}").get(f"/desk/find?case={cases[0]}")
    assert seen.path == f"/desk/cases/pension_transfer/{cases[0]}"


def test_a_resident_sees_the_own_matters_and_nobody_elses(
    site: Running, browser: Make, cases: list[str]
) -> None:
    own = browser("sample-resident").get("/my")
    assert own.status == 200
    assert not any(case in own.text for case in cases)
    asked = {"subject": people.citizen(OTHER, 300), "identity": "sign_in"}
    told = site.post(HOME, "/api/pension_transfer.mine", asked, organisation=AGENCY)
    assert [one["case"] for one in told.data["matters"]] == [cases[0]]


def test_what_a_desk_sent_is_shown_to_that_desk_alone(site: Running, browser: Make) -> None:
    now = wall_clock().isoformat()
    notice = {
        "id": "510100-sent",
        "version": 1,
        "issuer": HOME,
        "kind": "works",
        "road": "S1",
        "direction": "both",
        "measure": "advisory",
        "level": "local",
        "status": "issued",
        "issued_at": now,
        "updated_at": now,
        "start": now,
        "description": {"zh": "施工"},
    }
    told = site.post(HOME, "/api/traffic.publish", notice, organisation="traffic-police")
    assert told.status == 200, told.data
    words = ">Traffic notice</td>"
    assert words in browser("sample-traffic-police").get("/desk/sent").text
    assert words not in browser("sample-hospital").get("/desk/sent").text
