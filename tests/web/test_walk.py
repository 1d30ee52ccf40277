"""A walk through every page in a real browser: axe-core finds nothing on any, in both languages,
wide and narrow; essential steps work without scripts; nothing offends the pages' own policy."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hanse.node.people.who import Kind
from hanse.web.page import Page as Declared
from hanse.web.registry import SECTIONS
from tests.node.running import Running
from tests.web.conftest import HOME
from tests.web.test_bounds import LOGINS

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [page for section in SECTIONS for page in section.pages if not page.gives_file]
RUN_AXE = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return found.violations.map(
    (one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | "));
}"""
PLANTED = """() => {
  document.querySelector("main").insertAdjacentHTML("beforeend",
    '<img src="/x.png"><button></button><input><a href="/"></a>');
}"""
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The machine's Chromium; skips where there is none."""
    place = shutil.which("chromium") or shutil.which("chromium-browser")
    if place is None:
        pytest.skip("Chromium is not on this machine (Debian: apt-get install chromium)")
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=place, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe(npm: Path) -> str:
    return (npm / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def open_(chromium: Any, site: Running) -> Iterator[Open]:
    """Opens a page as a person in a language; the browser must complain of nothing on the way."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def make(login: str = "", language: str = "zh-CN", **options: Any) -> Any:
        options = {"viewport": WIDE, **options}
        context = chromium.new_context(
            base_url=site.zone.addresses[HOME], locale=language, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: _note(said, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if login:
            page.goto("/sign-in")
            page.click(f"button[value='{login}']")
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _note(said: Any, complaints: list[str]) -> None:
    """Errors and warnings of the browser, but that a page was answered with a refusal."""
    is_refusal = said.text.startswith("Failed to load resource")
    if said.type in ("error", "warning") and not is_refusal:
        complaints.append(said.text)


def violations(page: Any, axe: str) -> list[str]:
    page.evaluate(axe)
    return list(page.evaluate(RUN_AXE, TAGS))


def login_for(page: Declared) -> str:
    """Somebody who may see it: the public where it is public."""
    kind = Kind.VISITOR if Kind.VISITOR in page.access else min(page.access)
    return LOGINS[kind]


def test_axe_finds_a_fault_that_is_planted(open_: Open, axe: str) -> None:
    page = open_()
    page.goto("/verify")
    page.evaluate("() => document.documentElement.removeAttribute('lang')")
    page.evaluate(PLANTED.replace('<img src="/x.png">', '<img src="data:,">'))
    found = " ".join(violations(page, axe))
    for rule in ("image-alt", "button-name", "label", "link-name", "html-has-lang"):
        assert f"{rule}:" in found


@pytest.fixture(scope="module")
def walker(open_: Open) -> Open:
    """One page for each person and language, which goes from page to page."""
    return cache(open_)


@pytest.mark.parametrize("declared", PAGES, ids=lambda page: page.name)
def test_axe_finds_nothing_wide_in_chinese_and_narrow_in_english(
    walker: Open, axe: str, declared: Declared
) -> None:
    login, path = login_for(declared), declared.address(**declared.example)
    for language, size in (("zh-CN", WIDE), ("en-GB", NARROW)):
        page = walker(login, language)
        page.set_viewport_size(size)
        page.goto(path)
        assert violations(page, axe) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], "WCAG 1.4.10: nothing scrolls in two directions"
        assert page.evaluate("document.documentElement.lang") == language[:2].replace("zh", "zh-CN")


@pytest.mark.parametrize("path", ["/", "/verify", "/sign-in", "/league"])
def test_axe_finds_nothing_in_the_dark(open_: Open, axe: str, path: str) -> None:
    page = open_(color_scheme="dark")
    page.goto(path)
    assert violations(page, axe) == []


def test_the_essential_steps_need_no_script(open_: Open) -> None:
    page = open_(java_script_enabled=False, viewport=NARROW)
    page.goto("/")
    page.click("text=English")
    assert page.inner_text("h1") == "Chengdu Economic Zone"
    page.fill("#q", "pension")
    page.click("button:has-text('Find')")
    page.click("text=Transfer of pension relations")
    assert "Transfer of pension relations" in page.inner_text("h1")
    page.goto("/verify")
    page.fill("#presentation", "x.y.z~")
    page.click("text=Check the certificate")
    assert "Not verified" in page.inner_text("[role=alert]")
    page.goto("/operator/outbox")
    page.click("button[value='sample-operator']")
    assert page.inner_text("h1") == "Queues"
    page.select_option("#state", "done")
    page.click("button:has-text('Show')")
    assert "state=done" in page.url
    page.click("button:has-text('Sign out')")
    page.goto("/operator")
    assert "/sign-in" in page.url


def test_the_keyboard_reaches_the_content_first(open_: Open) -> None:
    page = open_()
    page.goto("/services")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"


def test_what_happens_now_is_brought_up_to_date_without_a_reload(open_: Open) -> None:
    page = open_()
    page.goto("/")
    if not page.evaluate("typeof htmx !== 'undefined'"):
        pytest.skip("the pages' scripts were not built: python -m hanse.web.build")
    page.evaluate("() => { document.querySelector('#now').dataset.old = 'yes'; }")
    page.evaluate(
        "() => htmx.ajax('GET', '/', {target: '#now', select: '#now', swap: 'outerHTML'})"
    )
    page.wait_for_function("() => !document.querySelector('#now').dataset.old")
    assert page.locator("#now article").count() == 3


def test_on_paper_there_is_the_content_and_no_menu(open_: Open) -> None:
    page = open_()
    page.goto("/league")
    page.emulate_media(media="print")
    assert not page.is_visible("nav.menu")
    assert page.is_visible("h1")
    assert page.is_visible("table")


def test_every_target_is_large_enough_for_a_thumb(open_: Open) -> None:
    """WCAG 2.5.8: buttons and fields are at least 24 pixels high; ours are 36."""
    page = open_(viewport=NARROW)
    for path in ("/", "/verify", "/sign-in"):
        page.goto(path)
        heights = page.evaluate(
            "() => [...document.querySelectorAll('button, input:not([type=hidden]), .menu a')]"
            ".map((one) => one.getBoundingClientRect().height)"
        )
        assert min(heights) >= 36
