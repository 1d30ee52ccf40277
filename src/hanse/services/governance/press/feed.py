"""Published announcements as an Atom feed. RFC 4287, and RFC 5829 for the link to a version before.

Pure: the same announcements give the same bytes in every city. An entry's `updated` is the instant
at which its newest version was fixed, `published` that of the version shown when it is the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree import ElementTree

from hanse.foundation.clock import iso
from hanse.foundation.languages import Language, Text
from hanse.services.governance.press.contracts import Announcement

ATOM: Final = "http://www.w3.org/2005/Atom"
XHTML: Final = "http://www.w3.org/1999/xhtml"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
ATOM_TYPE: Final = "application/atom+xml"
ENTRIES_MAX: Final = 50
TITLE: Final = Text("{league}：联合公告", "{league}: joint announcements")
_LANGUAGES: Final[dict[Language, str]] = {"zh": "zh-Hans", "en": "en"}
_NOT_XML: Final = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
"""XML 1.0 section 2.2 has no place for these; the controls are refused in every signed text."""


@dataclass(frozen=True)
class Place:
    """Where the feed is served, and whose it is."""

    league: str
    title: Text
    base: str
    """The public face's address, without a slash at its end."""
    founded_at: datetime
    """What the feed's `updated` is while nothing is published."""


def feed(
    announcements: Sequence[Announcement],
    names: dict[str, Text],
    place: Place,
    language: Language,
) -> bytes:
    """The feed in one language; `names` are the cities'."""
    root = ElementTree.Element(f"{{{ATOM}}}feed", {XML_LANG: _LANGUAGES[language]})
    _text(root, "id", f"urn:hanse:press:{place.league}")
    _text(root, "title", TITLE.format(league=place.title.in_language(language)), language)
    newest = max((one.issued_at for one in announcements), default=place.founded_at)
    _text(root, "updated", iso(newest))
    _link(root, "self", f"{place.base}/atom.xml?lang={language}", ATOM_TYPE)
    for one in announcements[:ENTRIES_MAX]:
        root.append(_entry(one, names, place, language))
    ElementTree.register_namespace("", ATOM)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(
    announcement: Announcement, names: dict[str, Text], place: Place, language: Language
) -> ElementTree.Element:
    entry = ElementTree.Element(f"{{{ATOM}}}entry")
    _text(entry, "id", f"urn:hanse:press:{place.league}:{announcement.id}")
    _text(entry, "title", announcement.title, language)
    _text(entry, "updated", iso(announcement.issued_at))
    if announcement.version == 1:
        _text(entry, "published", iso(announcement.issued_at))
    for city in announcement.signatories:
        author = ElementTree.SubElement(entry, f"{{{ATOM}}}author")
        _text(author, "name", names.get(city, Text(city, city)), language)
    subject = announcement.subject
    label = subject.text.in_language(language)
    ElementTree.SubElement(entry, f"{{{ATOM}}}category", {"term": subject.value, "label": label})
    here = f"{place.base}/{announcement.id}"
    _link(entry, "alternate", f"{here}/{announcement.version}")
    if announcement.version > 1:
        _link(entry, "predecessor-version", f"{here}/{announcement.version - 1}")
    if announcement.change is not None and announcement.change_note is not None:
        kind = announcement.change.text.in_language(language)
        said = announcement.change_note.in_language(language)
        _text(entry, "summary", f"{kind}：{said}" if language == "zh" else f"{kind}: {said}")
    content = ElementTree.SubElement(entry, f"{{{ATOM}}}content", {"type": "xhtml"})
    division = ElementTree.SubElement(content, f"{{{XHTML}}}div")
    for paragraph in announcement.text:
        written = ElementTree.SubElement(division, f"{{{XHTML}}}p")
        written.text = _clean(paragraph.in_language(language))
    return entry


def _text(
    parent: ElementTree.Element, name: str, said: str | Text, language: Language = "zh"
) -> None:
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}")
    element.text = _clean(said if isinstance(said, str) else said.in_language(language))


def _link(
    parent: ElementTree.Element, relation: str, href: str, media_type: str | None = None
) -> None:
    values = {"rel": relation, "href": href}
    if media_type is not None:
        values["type"] = media_type
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", values)


def _clean(text: str) -> str:
    return text.translate(_NOT_XML)
