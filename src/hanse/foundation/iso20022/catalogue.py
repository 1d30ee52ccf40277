"""Which messages and versions are carried; reading and writing whole documents."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from hanse.foundation.iso20022 import (
    credit_transfer,
    institution_transfer,
    payment_return,
    recall,
    recall_answer,
    settlement_request,
    statement_format,
    status_report,
)
from hanse.foundation.iso20022.credit_transfer import CreditTransfers
from hanse.foundation.iso20022.elements import Branch, Cursor
from hanse.foundation.iso20022.institution_transfer import InstitutionTransfers
from hanse.foundation.iso20022.payment_return import PaymentReturns
from hanse.foundation.iso20022.problems import (
    FILE_BYTES_MAX,
    ISO_MESSAGE_UNKNOWN,
    XML_REFUSALS,
)
from hanse.foundation.iso20022.recall import Recalls
from hanse.foundation.iso20022.recall_answer import RecallAnswer
from hanse.foundation.iso20022.settlement_request import SettlementRequest
from hanse.foundation.iso20022.statement import Kind, Statement
from hanse.foundation.iso20022.status_report import StatusReport
from hanse.foundation.safe_xml import parse_xml

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"
EXPECTED: Final = "ISO 20022 XML"

Message = (
    CreditTransfers
    | InstitutionTransfers
    | StatusReport
    | PaymentReturns
    | SettlementRequest
    | Recalls
    | RecallAnswer
    | Statement
)


@dataclass(frozen=True)
class Format:
    """One message: the version written, and the versions read, whose parts that we use agree."""

    written: str
    read: tuple[str, ...]
    reader: Callable[[Cursor], Any]
    writer: Callable[[Branch, Any], None]


def _versions(message: str, first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{message}.001.{version:02d}" for version in range(first, last + 1))


FORMATS: Final[dict[str, Format]] = {
    "pacs.008": Format(
        "pacs.008.001.08",
        _versions("pacs.008", 8, 13),
        credit_transfer.read,
        credit_transfer.write,
    ),
    "pacs.009": Format(
        "pacs.009.001.10",
        _versions("pacs.009", 8, 12),
        institution_transfer.read,
        institution_transfer.write,
    ),
    "pacs.002": Format(
        "pacs.002.001.12",
        _versions("pacs.002", 10, 15),
        status_report.read,
        status_report.write,
    ),
    "pacs.004": Format(
        "pacs.004.001.11",
        _versions("pacs.004", 9, 11) + _versions("pacs.004", 13, 14),
        payment_return.read,
        payment_return.write,
    ),
    "pacs.029": Format(
        "pacs.029.001.02",
        _versions("pacs.029", 2, 2),
        settlement_request.read,
        settlement_request.write,
    ),
    "camt.056": Format("camt.056.001.11", _versions("camt.056", 8, 11), recall.read, recall.write),
    "camt.029": Format(
        "camt.029.001.13",
        _versions("camt.029", 9, 13),
        recall_answer.read,
        recall_answer.write,
    ),
    **{
        str(kind): Format(
            f"{kind}.001.08",
            _versions(str(kind), 8, 14),
            statement_format.reader(kind),
            statement_format.write,
        )
        for kind in Kind
    },
}
_BY_VERSION: Final = {version: one for one in FORMATS.values() for version in one.read}
_KNOWN: Final = ", ".join(one.written for one in FORMATS.values())
_OF_TYPE: Final = {
    CreditTransfers: "pacs.008",
    InstitutionTransfers: "pacs.009",
    StatusReport: "pacs.002",
    PaymentReturns: "pacs.004",
    SettlementRequest: "pacs.029",
    Recalls: "camt.056",
    RecallAnswer: "camt.029",
}


@dataclass(frozen=True)
class Reading:
    """A message, its name with the version, and by name all that was not read of it."""

    name: str
    message: Message
    dropped: tuple[str, ...]


def format_of(message: Message) -> Format:
    """The format in which this message is written."""
    if isinstance(message, Statement):
        return FORMATS[str(message.kind)]
    return FORMATS[_OF_TYPE[type(message)]]


def write(message: Message) -> bytes:
    """The document of a message, after its rules hold; a Problem where they do not."""
    message.check()
    one = format_of(message)
    namespace = NAMESPACE + one.written
    prefixes: Any = {None: namespace}  # the stubs know no default namespace
    root = etree.Element(f"{{{namespace}}}Document", nsmap=prefixes)
    one.writer(Branch(root, namespace, ""), message)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def read(data: bytes) -> Reading:
    """The message of a document. Refuses what is no message that is carried, or breaks a rule.

    What a document holds beyond the parts that we carry is named in `dropped`: whether the
    message may be acted upon without them is for the caller to say.
    """
    root = parse_xml(data, XML_REFUSALS, bytes_max=FILE_BYTES_MAX, expected=EXPECTED)
    name = _version_of(root)
    dropped: list[str] = []
    cursor = Cursor(root, "", dropped)
    message: Message = _BY_VERSION[name].reader(cursor)
    cursor.finish()
    message.check()
    return Reading(name, message, tuple(dropped))


def _version_of(root: etree._Element) -> str:
    tag = str(root.tag)
    name = tag.removeprefix("{" + NAMESPACE).removesuffix("}Document")
    if tag != f"{{{NAMESPACE}{name}}}Document" or name not in _BY_VERSION:
        raise ISO_MESSAGE_UNKNOWN(known=_KNOWN)
    return name
