"""The newcomer's path, by the pages alone and without a script: a pension moves between two cities,
a bill of one is settled by the other, a traffic notice is issued in one and acknowledged in the
other. axe-core looks at every page of the way."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from hanse.foundation.clock import wall_clock
from hanse.mechanisms.cases.deadlines import local_day
from hanse.node.zone import SAMPLE_PERSON
from hanse.simulation import pension_people as people
from hanse.web.entry.fields import typed_of
from hanse.web.entry.reading import local_time
from tests.node.running import Running, until
from tests.web.conftest import HOME, OTHER
from tests.web.test_walk import NARROW, RUN_AXE, TAGS, WIDE, axe, chromium

__all__ = ["axe", "chromium"]

AGENCY, BUREAU, INSURER = "social-insurance", "human-resources", "medical-insurance"
TODAY = local_day(wall_clock())
Person = Callable[..., Any]
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("main *")].filter(
    (one) => one.getBoundingClientRect().right > innerWidth).map(
    (one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def person(chromium: Any, site: Running, axe: str) -> Iterator[Person]:
    """A person's browser at a city: no script of a page runs in it."""
    contexts: list[Any] = []

    def make(login: str, city: str = HOME, language: str = "zh-CN", size: Any = WIDE) -> Any:
        context = chromium.new_context(
            base_url=site.zone.addresses[city],
            locale=language,
            viewport=size,
            java_script_enabled=False,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto("/sign-in")
        page.click(f"button[value='{login}']")
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def seen(chromium: Any, site: Running, axe: str) -> Iterator[Callable[[Any], None]]:
    """What axe-core says of the page that is shown: nothing, and nothing scrolls sideways.

    axe needs a script, and the page has none: so it looks at the same page in a browser beside it.
    """
    context = chromium.new_context(base_url=site.zone.addresses[HOME])
    beside = context.new_page()

    def look(page: Any) -> None:
        assert page.evaluate(TOO_WIDE) == []
        beside.set_viewport_size(page.viewport_size)
        beside.goto("/verify")
        beside.set_content(page.content())
        beside.evaluate(axe)
        assert beside.evaluate(RUN_AXE, TAGS) == []

    yield look
    context.close()


def fill(page: Any, data: Any, prefix: str = "") -> None:
    """Type data into the fields that are named after it."""
    for name, value in typed_of(data, prefix).items():
        field = page.locator(f"[name='{name}']")
        if not field.count():
            continue
        kind = field.evaluate("one => one.tagName + (one.type === 'checkbox' ? '*' : '')")
        if kind == "SELECT":
            field.select_option(value)
        elif kind.endswith("*"):
            field.set_checked(bool(value))
        else:
            field.fill(value)


@pytest.fixture(scope="module")
def moving(site: Running) -> str:
    """The resident's relation is kept in the other city, and a move to this one is asked for."""
    chance = random.Random(4)
    relation = people.leaving(chance, OTHER, SAMPLE_PERSON, HOME)
    here = people.arriving(HOME, SAMPLE_PERSON, HOME)
    fund = people.whole(OTHER, people.citizen(OTHER, 390), OTHER)
    for city, kept in ((OTHER, fund), (OTHER, relation), (HOME, here)):
        assert site.post(city, "/api/pension.keep", kept, organisation=AGENCY).status == 200
    asked = {"citizen_id": SAMPLE_PERSON}
    given = site.post(OTHER, "/api/pension.issue_certificate", asked, organisation=AGENCY)
    application = people.application(given.data, HOME, (AGENCY, BUREAU))
    taken = site.post(HOME, "/api/pension_transfer.start", application, organisation=AGENCY)
    assert taken.status == 200, taken.data
    return str(taken.data["case"])


def test_a_pension_moves_from_desk_to_desk_and_its_owner_follows_it(
    person: Person, seen: Callable[[Any], None], moving: str
) -> None:
    here = person(f"sample-{AGENCY}", HOME, "zh-CN", WIDE)
    there = person(f"sample-{AGENCY}", OTHER, "en-GB", NARROW)
    owner = person("sample-resident", HOME, "en-GB", NARROW)
    here.goto("/desk")
    seen(here)
    here.click(f"text={moving}")
    assert "待审核" in here.inner_text(".case-state")
    seen(here)
    here.click("text=同意接收并发函")
    seen(here)
    here.click("button:has-text('同意接收并发函')")
    assert here.locator(":invalid").count() > 0, "the browser says what is missing"
    certificate = _certificate(here, moving)
    fill(here, people.letter(certificate, HOME, "L-1", TODAY.isoformat(), "city_66"), "data")
    here.click("button:has-text('同意接收并发函')")
    assert "原参保地办理" in here.inner_text(".case-state")
    owner.goto("/my")
    seen(owner)
    assert "At the origin" in owner.inner_text(".matter")
    assert "It waits for: Origin agency" in owner.inner_text(".matter")
    _until(there, "/desk", moving)
    seen(there)
    there.click(f"text={moving}")
    seen(there)
    there.click("text=Send the sheet")
    there.click("button:has-text('Fill it in')")
    assert there.input_value("[name='data.number']").startswith(f"S{OTHER}")
    seen(there)
    there.click("button.button:not(.button-quiet):has-text('Send the sheet')")
    _until(here, f"/desk/cases/pension_transfer/{moving}", "资金已划转")
    paid = here.locator("dt:has-text('划转金额') + dd").first.inner_text()
    here.click("text=核对合并")
    here.fill("[name='data.funds_received']", paid.replace(".", "").replace(",", ""))
    here.click("button:has-text('核对合并')")
    assert "已办结" in here.inner_text(".case-state")
    _until(there, f"/desk/cases/pension_transfer/{moving}", "Reconcile and merge")
    there.click("text=Compare with the other cities")
    assert "The same 5 steps" in there.inner_text(".case-side")
    owner.goto("/my")
    assert "Completed" in owner.inner_text(".matter")


def test_a_bill_of_one_city_is_settled_by_the_other_and_the_patient_sees_it(
    site: Running, person: Person, seen: Callable[[Any], None]
) -> None:
    enrolled = {"person": SAMPLE_PERSON, "scheme": "310", "valid_from": "2020-01-01"}
    filed = {
        "person": SAMPLE_PERSON,
        "kind": "long_term",
        "city": OTHER,
        "valid_from": "2026-01-01",
    }
    items = {"items": [{"item": "D001", "item_class": "A"}, {"item": "D004", "item_class": "C"}]}
    for city, operation, data in (
        (HOME, "insurance.enrol", enrolled),
        (HOME, "insurance.file", filed),
        (OTHER, "insurance.set_items", items),
    ):
        assert site.post(city, f"/api/{operation}", data, organisation=INSURER).status == 200
    hospital = person("sample-hospital", OTHER, "zh-CN", NARROW)
    hospital.goto("/desk/operations")
    seen(hospital)
    hospital.click("text=出院结算")
    discharged = TODAY - timedelta(days=1)
    bill = {
        "insured_city": HOME,
        "person": SAMPLE_PERSON,
        "visit": "V1",
        "number": "1",
        "level": "second",
        "care": "inpatient",
        "admitted_on": (discharged - timedelta(days=5)).isoformat(),
        "discharged_on": discharged.isoformat(),
    }
    lines = [
        {"item": "D001", "quantity": "1", "price_fen": 800_000},
        {"item": "D004", "quantity": "1", "price_fen": 10_000},
    ]
    fill(hospital, bill | {"lines": lines[:1]})
    hospital.click("button[value='lines']")
    assert hospital.input_value("[name='visit']") == "V1", "nothing that was typed is lost"
    fill(hospital, {"lines": lines} | {"visit": "V 1"})
    hospital.click("button:has-text('提交')")
    seen(hospital)
    assert "格式不符合要求" in hospital.inner_text("[role=alert]")
    assert hospital.input_value("[name='lines.1.item']") == "D004"
    fill(hospital, {"visit": "V1"})
    hospital.click("button:has-text('提交')")
    _until_settled(hospital)
    seen(hospital)
    assert "8100.00" in hospital.inner_text(".answer")
    hospital.goto("/desk/parts/insurance")
    seen(hospital)
    assert "已结算" in hospital.inner_text("table")
    patient = person("sample-resident", HOME, "en-GB", WIDE)
    patient.goto("/my")
    seen(patient)
    row = patient.locator("tr:has-text('8100.00')")
    assert "Settled" in row.inner_text()
    patient.click("nav >> text=Who looked at my data")
    seen(patient)
    looked = patient.locator("tr:has-text('Municipal public hospital')")
    assert "Settlement" in looked.first.inner_text() or "Settle" in looked.first.inner_text()


def test_a_traffic_notice_is_issued_acknowledged_and_lifted(
    person: Person, seen: Callable[[Any], None]
) -> None:
    issuer = person("sample-traffic-police", HOME, "en-GB", WIDE)
    issuer.goto("/desk/traffic")
    seen(issuer)
    issuer.click("text=Issue a notice")
    seen(issuer)
    issuer.click("button:has-text('Issue')")
    assert issuer.locator(":invalid").count() > 0
    notice = {
        "kind": "accident",
        "road": "G42",
        "direction": "both",
        "from_stake_m": "12000",
        "to_stake_m": "15500",
        "measure": "lane_closed",
        "expected_end": local_time(wall_clock() + timedelta(hours=3)),
        "description": {"zh": "事故占道"},
        "affected_cities": [OTHER],
    }
    fill(issuer, notice | {"to_stake_m": "1"})
    issuer.click("button:has-text('Issue')")
    seen(issuer)
    assert "the lower stake comes first" in issuer.inner_text("[role=alert]")
    assert issuer.input_value("[name='road']") == "G42"
    fill(issuer, notice)
    issuer.click("button:has-text('Issue')")
    assert issuer.inner_text("h1") == "G42 K12+000–K15+500"
    seen(issuer)
    number = issuer.url.rpartition("/")[2]
    other = person("sample-traffic-police", OTHER, "zh-CN", NARROW)
    _until(other, "/desk/traffic?road=G42", number)
    seen(other)
    other.click(f"text={number}")
    seen(other)
    other.click("text=确认收到")
    assert "已确认" in other.inner_text("[role=status]")
    _until(issuer, f"/desk/traffic/{number}", "Acknowledged")
    issuer.click("text=Lift it")
    assert "Lifted" in issuer.inner_text(".case-state")
    issuer.goto("/desk/sent")
    seen(issuer)
    assert "Delivered" in issuer.inner_text("table")


def _certificate(page: Any, case: str) -> dict[str, Any]:
    """What the letter needs of the certificate, read from the case's page as an officer would."""
    number = page.context.new_page()
    number.goto(f"/desk/cases/pension_transfer/{case}")
    found = number.locator("dt:has-text('凭证编号') + dd").first.text_content()
    number.close()
    return {
        "number": str(found).strip(),
        "person": {"citizen_id": SAMPLE_PERSON},
        "agency": {"city": OTHER},
    }


def _until(page: Any, path: str, words: str) -> None:
    """Open a page again until it says so: what another city told takes a moment."""

    def told() -> bool:
        page.goto(path)
        return words in page.inner_text("main")

    until(told)


def _until_settled(page: Any) -> None:
    """Where the other city's answer was owed, the same bill is the same settlement."""

    def settled() -> bool:
        if page.locator(".answer").count():
            return True
        page.click("button:has-text('提交')")
        return False

    until(settled)
