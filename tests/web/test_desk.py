"""The desk: a queue is one bounded look however long it is, a step for many cases says what became
of each, a case says why something may not be done, and a desk shows nobody's case but its own."""

import random
import re
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
    return [asked_for(site, number) for number in (300, 302)]


def asked_for(site: Running, number: int) -> str:
    worker = people.citizen(OTHER, number)
    relation = people.leaving(random.Random(number), OTHER, worker, ELSEWHERE)
    here = people.arriving(HOME, worker, ELSEWHERE)
    for city, kept in ((OTHER, relation), (HOME, here)):
        site.post(city, "/api/pension.keep", kept, organisation=AGENCY)
    asked = {"citizen_id": worker}
    given = site.post(OTHER, "/api/pension.issue_certificate", asked, organisation=AGENCY)
    application = people.application(given.data, HOME, (AGENCY, BUREAU))
    taken = site.post(HOME, "/api/pension_transfer.start", application, organisation=AGENCY)
    return str(taken.data["case"])


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
    path = "/desk/queues/pension_transfer"
    page = officer.get(path)
    assert all(case in page.text for case in cases)
    token = officer.get("/verify").form("/verify").fields["form_token"]
    keys = [
        re.findall(r'name="key" value="([^"]+)"', one.text) for one in (page, officer.get(path))
    ]
    assert keys[0] != keys[1], "a page that is opened anew is another press"
    chosen = {f"case.{case}/destination": "on" for case in cases}
    asked = {"form_token": token, "key": "k1", "action": "open_temporary"}
    seen = officer.post(path, asked | chosen | {"case.x/y": "on"})
    assert seen.text.count(">Done</span>") == 2
    assert seen.text.count("mark-bad") == 1
    again = officer.post(path, asked | chosen)
    assert again.text.count(">Done</span>") == 2, "a second press is the same step"
    for case in cases:
        steps = officer.get(f"/desk/cases/pension_transfer/{case}").text
        assert steps.count("<strong>Open a temporary account</strong>") == 1
    refused = officer.post(path, asked | {"action": "accept"} | chosen)
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


def test_a_paper_comes_with_its_step_and_can_be_fetched_by_those_who_see_the_case(
    site: Running, browser: Make
) -> None:
    case = asked_for(site, 304)
    officer = browser(f"sample-{AGENCY}")
    path = f"/desk/cases/pension_transfer/{case}/applicant/cancel"
    fields = officer.get(path).form(path).fields
    fields |= {"reason": "stays", "paper.back_payment_proof": ""}
    fields.pop("paper.unmovable_notice", None)
    wrong = officer.post(path, multipart(fields, b"MZ no paper"), Content_Type=MULTIPART)
    assert wrong.status == 422
    assert "stays" in wrong.text, "the reason that was typed is still there"
    fields |= {"key": wrong.form(path).fields["key"]}  # what is mended is another press
    paper = b"%PDF-1.7\n% a paper\n%%EOF\n"
    seen = officer.post(path, multipart(fields, paper), Content_Type=MULTIPART)
    assert seen.status == 200, seen.text[-2000:]
    assert "Cancelled" in seen.text
    assert "../proof.pdf" in seen.text, "the sender's name of a file is only shown"
    link = next(one for one in seen.links if "/documents/" in one)
    kept = officer.get(link)
    assert kept.body == paper
    assert "attachment" in kept.headers["content-disposition"]
    assert browser("sample-hospital").get(link).status == 404


MULTIPART = "multipart/form-data; boundary=line"


def multipart(fields: dict[str, str], paper: bytes) -> bytes:
    parts = []
    for name, value in fields.items():
        head = f'--line\r\nContent-Disposition: form-data; name="{name}"'
        if name == "paper.back_payment_proof":
            head += '; filename="../proof.pdf"\r\nContent-Type: application/pdf'
        parts.append(f"{head}\r\n\r\n".encode() + (paper if "paper." in name else value.encode()))
    return b"\r\n".join(parts) + b"\r\n--line--\r\n"
