"""XML from outside, parsed without doing anything that it asks for."""

import re
from typing import Final

from lxml import etree

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.safety.traffic.formats.reading import FILE_MALFORMED, check_size

FILE_HAS_DTD = ProblemKind(
    "traffic_file_has_dtd",
    400,
    Text("文件含有文档类型声明", "The file has a document type declaration"),
    Text("请去掉 DOCTYPE 后重新提交", "Remove the DOCTYPE and send it again"),
)

_ENCODING: Final = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})


def parse_xml(data: bytes, expected: str) -> etree._Element:
    """The root of a document, without comments and processing instructions.

    A DTD is refused before any parser sees it: entities (bombs and files of this machine alike)
    can only come from there. Only UTF-8 is read, because in another encoding a declaration could
    hide from that look. Depth and length of text are held to libxml2's limits.
    """
    check_size(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FILE_MALFORMED(expected=expected) from error
    declared = _ENCODING.match(text[:300].encode())
    if declared is not None and declared[1].lower() not in _ENCODINGS:
        raise FILE_MALFORMED(expected=expected)
    if "<!DOCTYPE" in text:
        raise FILE_HAS_DTD()
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
        raise FILE_MALFORMED(expected=expected) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FILE_HAS_DTD()  # the same again, by the parser's own account
    return root
