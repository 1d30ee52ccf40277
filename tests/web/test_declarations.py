"""Every page is declared whole: both languages, an audience, an example, a template; each fault
that a declaration can have is found."""

from dataclasses import replace

import pytest

from hanse.foundation.languages import Text
from hanse.services import ALL
from hanse.web.joint.bodies import LISTS
from hanse.web.page import ANYBODY, Page, Section
from hanse.web.portal.fields import FIELDS, field_of
from hanse.web.registry import SECTIONS, flaws

PORTAL = SECTIONS[0]
SERVICE = next(page for page in PORTAL.pages if page.name == "service")


def test_the_registry_has_no_flaw() -> None:
    assert flaws(SECTIONS) == []


@pytest.mark.parametrize(
    ("page", "flaw"),
    [
        (replace(SERVICE, access=frozenset()), "page service: nobody may see it"),
        (replace(SERVICE, example={}), "page service: its example does not fill its path"),
        (replace(SERVICE, under="none"), "page service: it is under none, which is no page"),
        (
            replace(SERVICE, title=Text("Service", "Service")),
            "page service: its titles are not in Chinese and English",
        ),
        (
            replace(SERVICE, title=Text("服务", "服务")),
            "page service: its titles are not in Chinese and English",
        ),
        (replace(SERVICE, path="/api/{name}"), "page service: /api/{name} is no path of a page"),
        (replace(SERVICE, name="home"), "page name home stands twice"),
        (replace(SERVICE, path="/published/{name}"), "path /published/{} stands twice"),
    ],
)
def test_a_flaw_is_found(page: Page, flaw: str) -> None:
    pages = tuple(page if one.name == "service" else one for one in PORTAL.pages)
    assert flaw in flaws((replace(PORTAL, pages=pages), *SECTIONS[1:]))


def test_a_section_without_templates_is_found() -> None:
    page = Page("lost", "/lost", Text("失", "Lost"), SERVICE.show, access=ANYBODY)
    section = Section("lost", Text("失", "Lost"), (page,), "hanse.foundation")
    assert "section lost: hanse.foundation has no templates" in flaws((section,))


def test_every_service_is_of_a_field_of_the_policy_and_says_what_it_is_for() -> None:
    assert [one.name for one in ALL if field_of(one) not in FIELDS] == []
    assert [one.name for one in ALL if one.summary is None] == []


def test_layers_and_publications_have_names_of_their_own() -> None:
    for names in (
        [one.name for service in ALL for one in service.layers],
        [one.name for service in ALL for one in service.publications],
    ):
        assert len(set(names)) == len(names)


def test_what_the_joint_office_lists_is_declared_and_asks_for_nothing() -> None:
    services = {one.name: {each.name: each for each in one.operations} for one in ALL}
    for service, listed in LISTS.items():
        for name in listed:
            fields = services[service][name].request.model_fields
            assert not [one for one, field in fields.items() if field.is_required()], name
