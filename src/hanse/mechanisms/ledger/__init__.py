"""Double entry: typed accounts, and transfers that are decided in order, limited and final.

    open_accounts(transaction, [Account("cash/1", "deposits", 1001), ...], now)
    outcomes = transfer(transaction, [Transfer(id, debit=..., credit=..., amount=500, code=1)], now)
    require(outcomes)            # where all or nothing is wanted

`chart.py` declares a book's codes; `transfers.py` says what can be asked, `refusals.py` why it may
be refused. After the semantics of TigerBeetle: pending outflow counts as spent, pending inflow is
not spendable, and a refusal is final for its id.
"""

from hanse.mechanisms.ledger.accounts import (
    Account,
    AccountState,
    Balance,
    change_caps,
    close_account,
    open_accounts,
    reopen_account,
    state,
    states,
    states_of_numbers,
)
from hanse.mechanisms.ledger.auditing import audit
from hanse.mechanisms.ledger.auditing_evidence import Finding
from hanse.mechanisms.ledger.batches import TRANSFERS_PER_BATCH_MAX, ZONE, expire, transfer
from hanse.mechanisms.ledger.chart import AccountCode, Chart, Side, TransferCode, chart_of
from hanse.mechanisms.ledger.evidence import TransferProof, prove
from hanse.mechanisms.ledger.reading import (
    Booked,
    Line,
    accounts,
    balance_after,
    balance_at,
    between,
    by_ids,
    day_of,
    effective_balance,
    open_pendings,
    owed_under,
    sequence_at,
    statement,
)
from hanse.mechanisms.ledger.transfers import (
    Flags,
    Outcome,
    Transfer,
    derived_id,
    fresh_id,
    require,
)

__all__ = [
    "TRANSFERS_PER_BATCH_MAX",
    "ZONE",
    "Account",
    "AccountCode",
    "AccountState",
    "Balance",
    "Booked",
    "Chart",
    "Finding",
    "Flags",
    "Line",
    "Outcome",
    "Side",
    "Transfer",
    "TransferCode",
    "TransferProof",
    "accounts",
    "audit",
    "balance_after",
    "balance_at",
    "between",
    "by_ids",
    "change_caps",
    "chart_of",
    "close_account",
    "day_of",
    "derived_id",
    "effective_balance",
    "expire",
    "fresh_id",
    "open_accounts",
    "open_pendings",
    "owed_under",
    "prove",
    "reopen_account",
    "require",
    "sequence_at",
    "state",
    "statement",
    "states",
    "states_of_numbers",
    "transfer",
]
