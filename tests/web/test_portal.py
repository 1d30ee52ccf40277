"""The public pages: what they say, in both languages, and what anybody can verify there."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from hanse.foundation.errors import Problem
from hanse.mechanisms.journal.proving import prove
from hanse.mechanisms.league.charter import read_charter
from hanse.web.registry import SECTIONS
from tests.node.running import Running, until
from tests.web.browsing import Browser

Make = Callable[..., Browser]
PUBLIC = [
    page.address(**page.example)
    for section in SECTIONS
    for page in section.pages
    if section.name == "portal" and page.name != "charter"
]


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_a_public_page_is_whole_in_its_language(
    browser: Make, path: str, language: str, tag: str
) -> None:
    seen = browser(language=language).get(path)
    assert seen.status == 200
    assert f'<html lang="{tag}">' in seen.text
    assert seen.title


def test_the_language_that_was_chosen_stays(browser: Make) -> None:
    person = browser(language="zh")
    assert person.get("/").headers["content-language"] == "zh-CN"
    person.get("/?lang=en")
    assert person.get("/services").headers["content-language"] == "en"


def test_a_search_finds_in_either_language_and_says_when_it_finds_nothing(browser: Make) -> None:
    for words in ("pension", "养老", "retire soon"):
        assert "social.pensions" in browser().get(f"/services?q={quote(words)}").text
    seen = browser().get("/services?q=unicorn")
    assert "“unicorn”: 0 found" in seen.text


def test_a_service_names_the_agreement_that_covers_it(browser: Make) -> None:
    seen = browser().get("/services/market.credit")
    assert "/league/agreements/credit" in seen.links
    agreement = browser().get("/league/agreements/credit")
    assert "credit.record" not in agreement.title
    assert "records[].decision_number" in agreement.text


@pytest.mark.parametrize(
    "path",
    [
        "/services/no.such",
        "/published/none",
        "/league/agreements/none",
        "/nowhere",
        "/services/x/y",
    ],
)
def test_what_is_not_there_is_said_to_be_missing(browser: Make, path: str) -> None:
    seen = browser().get(path)
    assert seen.status == 404
    assert "<h1>" in seen.text


def test_what_the_public_was_told_of_is_on_the_map_and_what_is_for_authorities_is_not(
    site: Running, browser: Make
) -> None:
    notice = {
        "version": 1,
        "issuer": "510600",
        "kind": "accident",
        "road": "G5",
        "direction": "both",
        "measure": "lane_closed",
        "level": "local",
        "status": "issued",
        "issued_at": "2026-11-24T00:00:00Z",
        "updated_at": "2026-11-24T00:00:00Z",
        "start": "2026-11-24T00:00:00Z",
        "description": {"zh": "事故"},
    }
    public = notice | {"id": "510600-public", "public_from": "2026-11-24T00:00:00Z"}
    secret = notice | {"id": "510600-secret", "road": "S999", "measure": "advisory"}
    for one in (secret, public):  # in the stream's order, so whoever has the second has the first
        assert site.post("510600", "/api/traffic.publish", one).status == 200
    person = browser()
    assert until(lambda: "G5: Some lanes closed (Accident)" in _now(person))
    assert until(lambda: "510600-public" in person.get("/published/traffic").text)
    for path in PUBLIC:
        assert "S999" not in person.get(path).text


def test_evidence_that_a_node_made_is_verified_and_a_changed_one_is_not(
    site: Running, browser: Make
) -> None:
    answer = site.post("510100", "/api/league/league.ping", {}, to="510600", wait_seconds=20)
    message = answer.data["answers"][0]["message_id"]
    data = until(lambda: _evidence(site, message))
    person = browser()
    page = person.get("/verify")
    token = page.form("/verify").fields["form_token"]
    seen = person.post("/verify", {"form_token": token, "text": data.decode()})
    assert "The evidence holds" in seen.text
    changed = json.loads(data)
    changed["exchange"]["message"]["line"] = changed["exchange"]["message"]["line"].replace(
        "ping", "pong"
    )
    seen = person.post("/verify", {"form_token": token, "text": json.dumps(changed)})
    assert seen.status == 422
    assert "evidence_message_changed" not in seen.text
    assert "Not verified" in seen.text


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "x" * 2_000, "{" * 5_000, '"\\ud800"'])
def test_what_is_no_evidence_is_refused_in_words(browser: Make, text: str) -> None:
    person = browser()
    token = person.get("/verify").form("/verify").fields["form_token"]
    seen = person.post("/verify", {"form_token": token, "text": text})
    assert seen.status in (400, 422)
    assert "Not verified" in seen.text


@pytest.mark.parametrize("text", ["x", "~", "a.b.c~", "eyJhbGciOiJub25lIn0.e30.~", "é~" * 50])
def test_what_is_no_credential_is_refused_in_words(browser: Make, text: str) -> None:
    person = browser()
    token = person.get("/verify").form("/verify").fields["form_token"]
    seen = person.post("/verify", {"form_token": token, "presentation": text})
    assert 400 <= seen.status < 500
    assert "Not verified" in seen.text


def _now(person: Browser) -> str:
    return person.get("/").text


def _evidence(site: Running, message: str) -> bytes | None:
    """The evidence file, once enough cities have cosigned what it needs; None before."""
    node = site.zone.nodes["510100"]
    charter = read_charter(site.run(node.charters_after(0, 10))[-1])
    try:
        return site.run(node.read(lambda tx: prove(tx, message, "510100", charter, None)))
    except Problem:
        return None
