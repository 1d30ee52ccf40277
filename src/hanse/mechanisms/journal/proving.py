"""Making the evidence file of one message, from the records of this city."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import select

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import base64url
from hanse.foundation.languages import Text
from hanse.foundation.merkle import HASH_BYTES, inclusion_path
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.limits import CLOCK_SKEW_SECONDS_MAX
from hanse.mechanisms.exchange.outbox import MESSAGE_NOT_FOUND
from hanse.mechanisms.exchange.tables import deliveries, messages_in, messages_out
from hanse.mechanisms.journal import checkpointing, log
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.evidence import FORMAT
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.league.charter import SignedCharter

DELIVERIES_AT_ONCE: Final = 200
_SKEW_MS: Final = CLOCK_SKEW_SECONDS_MAX * 1_000

NOT_DELIVERED = ProblemKind(
    "evidence_not_delivered",
    409,
    Text("该报文没有投递记录", "The message has no delivery on record"),
    Text(
        "请等待投递完成；本市机构的调用没有投递",
        "Wait until it is delivered; calls of own agencies have no delivery",
    ),
)
NOT_COSIGNED_YET = ProblemKind(
    "evidence_not_cosigned_yet",
    503,
    Text("条目尚未经法定数量城市联署", "No quorum has cosigned the entry yet"),
    Text("请稍后重试", "Try again shortly"),
    retry=True,
)
DETAILS_ERASED = ProblemKind(
    "evidence_details_erased",
    410,
    Text("条目内容已到期删除", "The entry's details were erased when their term ended"),
    Text("仍可证明条目存在", "That the entry exists can still be proven"),
)


def prove(
    transaction: Transaction,
    message_id: str,
    city: str,
    charter: SignedCharter,
    peer: str | None = None,
) -> bytes:
    """The evidence file of a message that this city sent or received.

    Raises `message_not_found`, NOT_DELIVERED, NOT_COSIGNED_YET, DETAILS_ERASED.
    """
    direction, message = _message(transaction, message_id, peer)
    delivery, index = _delivery(transaction, direction, message)
    entry = transaction.row(
        select(journal_entries).where(journal_entries.c.delivery == delivery.number)
    )
    if entry is None:
        raise NOT_DELIVERED()
    if entry.details is None or entry.salt is None:
        raise DETAILS_ERASED()
    note = checkpointing.covering(transaction, entry.position)
    if note is None:
        raise NOT_COSIGNED_YET()
    size = parse_checkpoint(parse_note(note).text).size
    path = log.inclusion_path(transaction, entry.position, size)
    document = charter.document
    return orjson.dumps(
        {
            "format": FORMAT,
            "charter": {
                "league": document.league,
                "version": document.version,
                "digest": charter.digest,
            },
            "exchange": _exchange(message, delivery, index),
            "journal": {
                "city": city,
                "position": entry.position,
                "entry": bytes(entry.entry).decode(),
                "details": bytes(entry.details).decode(),
                "salt": base64url(bytes(entry.salt)),
                "path": [base64url(one) for one in path],
            },
            "checkpoint": note.decode(),
        },
        option=orjson.OPT_INDENT_2,
    )


def _message(transaction: Transaction, message_id: str, peer: str | None) -> tuple[str, Any]:
    for direction, table in (("out", messages_out), ("in", messages_in)):
        found = select(table).where(table.c.message_id == message_id).limit(1)
        row = transaction.row(found if peer is None else found.where(table.c.peer == peer))
        if row is not None:
            return direction, row
    raise MESSAGE_NOT_FOUND()


def _delivery(transaction: Transaction, direction: str, message: Any) -> tuple[Any, int]:
    """The delivery that carried the message and its final reply, and the place in it.

    A message that was sent again stands in several; the one with its recorded reply counts.
    """
    if direction == "out":
        first, last = message.created_at_ms - 1_000, 2**62
    else:
        first, last = message.received_at_ms - _SKEW_MS, message.received_at_ms + _SKEW_MS
    found = None
    after = 0
    while True:
        rows = transaction.rows(
            select(deliveries)
            .where(
                deliveries.c.direction == direction,
                deliveries.c.peer == message.peer,
                deliveries.c.created_at_ms.between(first, last),
                deliveries.c.number > after,
            )
            .order_by(deliveries.c.number)
            .limit(DELIVERIES_AT_ONCE)
        )
        for row in rows:
            leaves = _leaves(row.request_leaves)
            if bytes(message.commitment) not in leaves:
                continue
            index = leaves.index(bytes(message.commitment))
            found = found or (row, index)
            answer = message.answer_commitment
            if answer is not None and _leaves(row.response_leaves)[index] == bytes(answer):
                return row, index
        if len(rows) < DELIVERIES_AT_ONCE:
            break
        after = rows[-1].number
    if found is None:
        raise NOT_DELIVERED()
    return found


def _exchange(message: Any, delivery: Any, index: int) -> dict[str, Any]:
    asked, replied = _leaves(delivery.request_leaves), _leaves(delivery.response_leaves)
    is_reply = message.answer_commitment is not None and replied[index] == bytes(
        message.answer_commitment
    )
    return {
        "index": index,
        "count": len(asked),
        "message": _leaf(asked, index, message.line),
        "reply": _leaf(replied, index, message.answer if is_reply else None),
        "request": _signed(delivery.request_base, delivery.request_signature),
        "response": _signed(delivery.response_base, delivery.response_signature),
    }


def _leaf(leaves: Sequence[bytes], index: int, line: bytes | None) -> dict[str, Any]:
    leaf: dict[str, Any] = {
        "commitment": base64url(leaves[index]),
        "path": [base64url(one) for one in inclusion_path(leaves, index)],
    }
    if line is not None:
        leaf["line"] = bytes(line).decode()
    return leaf


def _signed(base: bytes, signature: bytes) -> dict[str, str]:
    return {"base": bytes(base).decode(), "signature": base64url(bytes(signature))}


def _leaves(data: bytes) -> list[bytes]:
    joined = bytes(data)
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
