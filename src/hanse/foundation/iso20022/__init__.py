"""ISO 20022 at the edge: payments, statuses, returns, recalls, settlement and statements.

    document = write(CreditTransfers(header, day, (payment,)))   # bytes of a pacs.008.001.08
    reading = read(document)                                     # .message, .name, .dropped

The schemas leave rules unstated that every message must keep: counts and sums, one currency with
its decimals, nothing twice, balances and pages of statements. Both directions check them.
"""

from hanse.foundation.iso20022.catalogue import FORMATS, Message, Reading, format_of, read, write
from hanse.foundation.iso20022.credit_transfer import CreditTransfer, CreditTransfers
from hanse.foundation.iso20022.institution_transfer import (
    InstitutionTransfer,
    InstitutionTransfers,
)
from hanse.foundation.iso20022.parts import (
    Account,
    Agent,
    Header,
    Original,
    Reason,
    Settlement,
)
from hanse.foundation.iso20022.payment_return import PaymentReturn, PaymentReturns
from hanse.foundation.iso20022.recall import Recall, Recalls
from hanse.foundation.iso20022.recall_answer import RecallAnswer, RecallOutcome
from hanse.foundation.iso20022.settlement_request import Movement, SettlementRequest
from hanse.foundation.iso20022.statement import (
    Balance,
    Entry,
    Kind,
    Statement,
    check_pages,
    pages_of,
)
from hanse.foundation.iso20022.status_report import StatusReport, TransferStatus

__all__ = [
    "FORMATS",
    "Account",
    "Agent",
    "Balance",
    "CreditTransfer",
    "CreditTransfers",
    "Entry",
    "Header",
    "InstitutionTransfer",
    "InstitutionTransfers",
    "Kind",
    "Message",
    "Movement",
    "Original",
    "PaymentReturn",
    "PaymentReturns",
    "Reading",
    "Reason",
    "Recall",
    "RecallAnswer",
    "RecallOutcome",
    "Recalls",
    "Settlement",
    "SettlementRequest",
    "Statement",
    "StatusReport",
    "TransferStatus",
    "check_pages",
    "format_of",
    "pages_of",
    "read",
    "write",
]
