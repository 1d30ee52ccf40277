"""What the other cities are told when a record changes, and the one place that tells it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from hanse.foundation.languages import titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.services.market.credit import book
from hanse.services.market.credit.codes import RecordStatus
from hanse.services.market.credit.contracts import CreditRecord, RecordReference


class RecordState(BaseModel):
    """A record's name, version and status: enough to stop its use, nothing of its content."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: Annotated[RecordReference, titled("信用信息", "Record")]
    status: Annotated[RecordStatus, titled("信息状态", "Status")]


def tell(transaction: Transaction, record: CreditRecord, context: Context) -> int:
    """Keep a changed record and tell every city that subscribes; gives how many that is."""
    book.keep(transaction, record, context.now)
    state = RecordState(record=record.reference, status=record.status)
    return context.publish(transaction, "credit.changed", state)
