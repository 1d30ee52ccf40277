"""The Atom feed: read by feedparser, the same bytes in every city, no text breaks it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hanse.foundation.languages import Language, Text
from hanse.services.governance.press.contracts import Announcement
from hanse.services.governance.press.feed import ENTRIES_MAX, Place, feed

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
PLACE = Place(
    league="trial",
    title=Text("试验联盟", "A league for trials"),
    base="https://node.test/public/press",
    founded_at=NOW - timedelta(days=1),
)
NAMES = {"510100": Text("成都市", "Chengdu"), "510600": Text("德阳市", "Deyang")}
ATOM = "{http://www.w3.org/2005/Atom}"


def announcement(number: int = 1, **changes: Any) -> Announcement:
    return Announcement.model_validate(
        {
            "league": "trial",
            "charter_version": 1,
            "charter_digest": "sha-256:" + "0" * 64,
            "issued_at": NOW + timedelta(minutes=number),
            "signatories": ["510100", "510600"],
            "needed": 2,
            "id": f"510100-N{number}",
            "version": 1,
            "subject": "environment",
            "title": {"zh": "水质公告", "en": "Water <quality> & more"},
            "text": [
                {"zh": "第一段", "en": "First <b>paragraph</b>"},
                {"zh": "第二段", "en": "Second"},
            ],
            **changes,
        }
    )


def read(data: bytes) -> Any:
    parsed = feedparser.parse(data)
    assert parsed.bozo == 0, parsed.get("bozo_exception")
    return parsed


@pytest.mark.parametrize("language", ["zh", "en"])
def test_feedparser_reads_the_feed_without_complaint(language: Language) -> None:
    parsed = read(feed([announcement(2), announcement(1)], NAMES, PLACE, language))
    assert parsed.version == "atom10"
    assert parsed.feed.id == "urn:hanse:press:trial"
    assert [one.id for one in parsed.entries] == [
        "urn:hanse:press:trial:510100-N2",
        "urn:hanse:press:trial:510100-N1",
    ]
    entry = parsed.entries[0]
    title, author = {"zh": ("水质公告", "成都市"), "en": ("Water <quality> & more", "Chengdu")}[
        language
    ]
    assert (entry.title, entry.authors[0]["name"]) == (title, author)
    assert entry.updated == entry.published == "2026-11-25T01:02:00.000Z"
    assert entry.link == "https://node.test/public/press/510100-N2/1"
    assert parsed.feed.updated == "2026-11-25T01:02:00.000Z"


def test_markup_in_a_text_is_text_in_the_feed() -> None:
    (entry,) = read(feed([announcement()], NAMES, PLACE, "en")).entries
    assert "First &lt;b&gt;paragraph&lt;/b&gt;" in entry.content[0].value


def test_a_correction_says_what_it_changes_and_links_to_the_version_before() -> None:
    second = announcement(
        version=2,
        previous="sha-256:" + "1" * 64,
        change="correction",
        change_note={"zh": "日期有误", "en": "The date was wrong"},
    )
    (entry,) = read(feed([second], NAMES, PLACE, "en")).entries
    assert entry.summary == "Correction: The date was wrong"
    links = {one.rel: one.href for one in entry.links}
    assert links["predecessor-version"] == "https://node.test/public/press/510100-N1/1"
    assert links["alternate"].endswith("/510100-N1/2")
    assert entry.id == "urn:hanse:press:trial:510100-N1", "an entry keeps its id for ever"
    (entry,) = read(feed([second], NAMES, PLACE, "zh")).entries
    assert entry.summary == "更正：日期有误"


def test_a_feed_of_nothing_is_a_feed() -> None:
    """RFC 4287 section 4.1.1: id, title and updated stand in every feed."""
    parsed = read(feed([], NAMES, PLACE, "zh"))
    assert (parsed.entries, parsed.feed.title) == ([], "试验联盟：联合公告")
    assert parsed.feed.updated == "2026-11-24T01:00:00.000Z"


def test_a_feed_is_bounded() -> None:
    many = [announcement(number) for number in range(ENTRIES_MAX + 5)]
    assert len(read(feed(many, NAMES, PLACE, "zh")).entries) == ENTRIES_MAX


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=40).filter(str.strip), st.sampled_from(["zh", "en"]))
def test_no_text_that_can_be_signed_breaks_the_feed(words: str, language: Language) -> None:
    try:
        one = announcement(title={"zh": words, "en": words}, text=[{"zh": words, "en": words}])
    except ValidationError:
        return
    written = feed([one], NAMES, PLACE, language)
    root = ElementTree.fromstring(written)  # noqa: S314 - our own bytes
    shown = root.findtext(f"{ATOM}entry/{ATOM}title")
    assert shown == re.sub("[\ufffe\uffff]", "\ufffd", words)
    assert read(written).entries
