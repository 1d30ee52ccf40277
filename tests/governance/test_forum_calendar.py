"""The calendar: read by icalendar, folded and escaped as RFC 5545 says, alike in every city."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hanse.foundation.languages import Language, Text
from hanse.services.governance.forum.calendar import LINE_OCTETS_MAX, calendar, folded
from hanse.services.governance.forum.contracts import PublishedEdition
from tests.governance.test_forum_rules import STARTS, edition, session

TITLE = Text("试验联盟：论坛", "A league: forum")


def published(**changes: Any) -> PublishedEdition:
    at = STARTS - timedelta(days=60)
    return PublishedEdition(edition=edition(**changes), published_at=at)


def read(data: bytes) -> list[Any]:
    found = icalendar.Calendar.from_ical(data)
    assert found.errors == []
    assert (found["VERSION"], found["METHOD"]) == ("2.0", "PUBLISH")
    return [one for one in found.walk("VEVENT") if one.errors == []]


@pytest.mark.parametrize(("language", "word"), [("zh", "生成"), ("en", "Generated")])
def test_icalendar_reads_editions_and_sessions(language: Language, word: str) -> None:
    one = published(version=3, sessions=[session(1, 0), session(2, 1)])
    whole, first, second = read(calendar([one], "trial", TITLE, language))
    assert (whole["UID"], whole["SUMMARY"], whole["SEQUENCE"]) == ("forum-1@trial", word, 2)
    assert (whole.start, whole.end) == (STARTS, STARTS + timedelta(days=2))
    assert whole["STATUS"] == "CONFIRMED"
    assert first["UID"] == "forum-1-session-1@trial"
    assert first["RELATED-TO"] == "forum-1@trial"
    assert second.start == STARTS + timedelta(hours=1)


def test_a_cancelled_edition_is_cancelled_in_the_calendar() -> None:
    (one,) = read(calendar([published(version=2, status="cancelled")], "trial", TITLE, "zh"))
    assert (one["STATUS"], one["SEQUENCE"]) == ("CANCELLED", 1)


def test_a_calendar_of_nothing_is_read_too() -> None:
    assert read(calendar([], "trial", TITLE, "zh")) == []


@given(st.text(max_size=300))
def test_lines_are_folded_at_75_octets_and_no_character_is_cut(line: str) -> None:
    line = line.replace("\n", "").replace("\r", "")
    try:
        line.encode()
    except UnicodeEncodeError:
        return
    written = folded(line)
    rows = written.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(row) <= LINE_OCTETS_MAX for row in rows)
    assert b"".join(rows[:1] + [row[1:] for row in rows[1:]]).decode() == line
    assert all(row.startswith(b" ") for row in rows[1:])


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=200).filter(str.strip), st.sampled_from(["zh", "en"]))
def test_any_title_comes_back_as_it_was(words: str, language: Language) -> None:
    try:
        one = published(title={"zh": words, "en": words})
    except ValidationError:
        return
    (event,) = read(calendar([one], "trial", TITLE, language))
    assert str(event["SUMMARY"]) == words
