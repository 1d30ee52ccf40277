"""Editions and their sessions as an iCalendar. RFC 5545.

Pure: the same editions give the same bytes in every city. UIDs stay through all versions, SEQUENCE
counts them (section 3.8.7.4); DTSTAMP is when the version was published (3.8.7.2, with METHOD).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from hanse.foundation.languages import Language, Text
from hanse.services.governance.forum.contracts import PublishedEdition, Session, Status

CALENDAR_TYPE: Final = "text/calendar; charset=utf-8"
LINE_OCTETS_MAX: Final = 75
_STATUS: Final = {Status.CONFIRMED: "CONFIRMED", Status.CANCELLED: "CANCELLED"}
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
_LANGUAGES: Final[dict[Language, str]] = {"zh": "zh-Hans", "en": "en"}


def calendar(
    editions: Sequence[PublishedEdition], league: str, title: Text, language: Language
) -> bytes:
    """The calendar in one language."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Hanse//governance.forum//EN",
        "METHOD:PUBLISH",
        *_words("NAME", title, language),
    ]
    for one in editions:
        lines += _edition(one, league, language)
        for session in one.edition.sessions:
            lines += _session(one, session, league, language)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _edition(published: PublishedEdition, league: str, language: Language) -> Iterator[str]:
    edition = published.edition
    yield from _event(
        f"forum-{edition.number}@{league}",
        published,
        edition.starts_at,
        edition.ends_at,
        [
            *_words("SUMMARY", edition.title, language),
            *_words("DESCRIPTION", edition.theme, language),
            *_words("LOCATION", edition.place, language),
        ],
    )


def _session(
    published: PublishedEdition, session: Session, league: str, language: Language
) -> Iterator[str]:
    edition = published.edition
    yield from _event(
        f"forum-{edition.number}-session-{session.number}@{league}",
        published,
        session.starts_at,
        session.ends_at,
        [
            f"RELATED-TO:forum-{edition.number}@{league}",
            *_words("SUMMARY", session.title, language),
            *_words("LOCATION", session.room, language),
        ],
    )


def _event(
    uid: str,
    published: PublishedEdition,
    starts_at: datetime,
    ends_at: datetime,
    more: Iterable[str],
) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{_instant(published.published_at)}"
    yield f"DTSTART:{_instant(starts_at)}"
    yield f"DTEND:{_instant(ends_at)}"
    yield f"SEQUENCE:{published.edition.version - 1}"
    yield f"STATUS:{_STATUS[published.edition.status]}"
    yield from more
    yield "END:VEVENT"


def _instant(value: datetime) -> str:
    """Section 3.3.5, form 2: UTC."""
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _words(name: str, text: Text, language: Language) -> Iterator[str]:
    """Section 3.3.11: a TEXT, with its language."""
    words = text.in_language(language).translate(_ESCAPES)
    yield f"{name};LANGUAGE={_LANGUAGES[language]}:{words}"


def folded(line: str) -> bytes:
    """A content line of at most 75 octets a row. Section 3.1; no character is cut in two."""
    rows, row = [], b""
    for character in line:
        octets = character.encode("utf-8")
        if len(row) + len(octets) > LINE_OCTETS_MAX:
            rows.append(row)
            row = b" "
        row += octets
    rows.append(row)
    return b"\r\n".join(rows) + b"\r\n"
