"""The charter or agreement that a resolution approves, as this node holds it, with who signed."""

from typing import Annotated, Final

from hanse.foundation.languages import titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.league import store
from hanse.mechanisms.league.charter import read_charter
from hanse.mechanisms.league.document_types import CityCode, Digest
from hanse.services.governance.conference.contracts import Contract, Resolution, ResolutionKind

CHARTERS_READ_MAX: Final = 100


class LinkedDocument(Contract):
    """The document that a resolution approves."""

    digest: Annotated[Digest, titled("文件摘要", "Digest of the document")]
    is_here: Annotated[bool, titled("本节点已收到", "Held by this node")]
    agreement: Annotated[str | None, titled("协议编号", "Agreement")] = None
    version: Annotated[int | None, titled("版本", "Version")] = None
    signed_by: Annotated[tuple[CityCode, ...], titled("已签署城市", "Signed by")] = ()
    missing: Annotated[tuple[CityCode, ...], titled("未签署城市", "Not signed by")] = ()


def linked_document(
    transaction: Transaction, resolution: Resolution, context: Context
) -> LinkedDocument | None:
    """The document of the resolution's digest; None where it changes none.

    A charter is held once enough have signed it: before, its proposal travels as a file. Of an
    agreement every version is held from its first signature on.
    """
    digest = resolution.changes
    if digest is None:
        return None
    found = (
        _charter(transaction, digest)
        if resolution.kind is ResolutionKind.CHARTER
        else _agreement(digest, context)
    )
    return found or LinkedDocument(digest=digest, is_here=False)


def _charter(transaction: Transaction, digest: str) -> LinkedDocument | None:
    after = 0
    while documents := store.charters_after(transaction, after, CHARTERS_READ_MAX):
        for document in documents:
            signed = read_charter(document)
            after = signed.document.version
            if signed.digest == digest:
                cities = signed.document.cities
                return LinkedDocument(
                    digest=digest,
                    is_here=True,
                    version=after,
                    signed_by=tuple(city for city in cities if city in signed.signers),
                    missing=tuple(city for city in cities if city not in signed.signers),
                )
    return None


def _agreement(digest: str, context: Context) -> LinkedDocument | None:
    for record in context.league.records:
        for signed in record.versions:
            if signed.digest == digest:
                return LinkedDocument(
                    digest=digest,
                    is_here=True,
                    agreement=record.id,
                    version=signed.document.version,
                    signed_by=tuple(sorted(signed.signers)),
                    missing=record.missing_signatures(signed),
                )
    return None
