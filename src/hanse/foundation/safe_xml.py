"""XML from outside, parsed without doing anything that it asks for.

Each format keeps refusals of its own, so that a desk's message names the format:

    REFUSALS = XmlRefusals(too_large=..., malformed=..., has_dtd=...)
    root = parse_xml(data, REFUSALS, bytes_max=8 * 1_048_576, expected="DATEX II 3 XML")
"""

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from hanse.foundation.errors import ProblemKind

TAGS_MAX: Final = 1_000_000
"""Angle brackets in one document: a bound on the tree before anything builds it."""

_ENCODING: Final = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})


@dataclass(frozen=True)
class XmlRefusals:
    """The refusals of one format. `malformed` takes `expected`, `too_large` takes `bytes_max`."""

    too_large: ProblemKind
    malformed: ProblemKind
    has_dtd: ProblemKind


def parse_xml(
    data: bytes, refusals: XmlRefusals, *, bytes_max: int, expected: str
) -> etree._Element:
    """The root of a document, without comments and processing instructions.

    A DTD is refused before any parser sees it: entities (bombs and files of this machine alike)
    can only come from there. Only UTF-8 is read, because in another encoding a declaration could
    hide from that look. Depth and length of text are held to libxml2's limits.
    """
    if len(data) > bytes_max:
        raise refusals.too_large(bytes_max=bytes_max)
    if data.count(b"<") > TAGS_MAX:
        raise refusals.malformed(expected=f"{expected}, <= {TAGS_MAX} tags")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusals.malformed(expected=expected) from error
    declared = _ENCODING.match(text[:300].encode())
    if declared is not None and declared[1].lower() not in _ENCODINGS:
        raise refusals.malformed(expected=expected)
    if "<!DOCTYPE" in text:
        raise refusals.has_dtd()
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise refusals.malformed(expected=expected) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusals.has_dtd()  # the same again, by the parser's own account
    return root
