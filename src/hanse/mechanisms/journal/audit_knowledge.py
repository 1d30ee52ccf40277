"""What this city's own store knows of another city's journal, for an audit of it."""

from sqlalchemy import select

from hanse.foundation.merkle import HASH_BYTES, root
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.tables import deliveries
from hanse.mechanisms.journal import witness
from hanse.mechanisms.journal.audit_findings import Known, Remembered, Source
from hanse.mechanisms.journal.delivery_entries import Exchanged
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.parties import origin_of
from hanse.mechanisms.league.charter import Charter


def knowledge(
    transaction: Transaction,
    charter: Charter,
    own: str,
    city: str,
    reference: Source | None = None,
) -> Known:
    """The heads that we cosigned, and the deliveries whose answer the city signed for us.

    It committed each of those with its entry before it answered. Deliveries newer than our last
    cosignature are left out: the journal that is audited may not hold them yet.
    """
    heads = [
        Remembered(parse_note(bytes(row.note)), row.at_seconds)
        for row in witness.remembered(transaction, origin_of(charter, city))
    ]
    last = max((one.at_seconds or 0 for one in heads), default=0)
    rows = transaction.rows(
        select(deliveries)
        .where(
            deliveries.c.peer == city,
            deliveries.c.direction == "out",
            deliveries.c.created_at_ms < last * 1000,
        )
        .order_by(deliveries.c.number)
    )
    expected = [
        Exchanged(
            nonce=row.nonce,
            request_root=_root(row.request_leaves),
            request_base=bytes(row.request_base),
            request_signature=bytes(row.request_signature),
            response_root=_root(row.response_leaves),
            response_base=bytes(row.response_base),
            response_signature=bytes(row.response_signature),
        ).commitment(own)
        for row in rows
    ]
    return Known(remembered=heads, deliveries=expected, reference=reference)


def _root(leaves: bytes) -> bytes:
    joined = bytes(leaves)
    return root([joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)])
