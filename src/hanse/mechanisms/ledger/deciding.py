"""Deciding a batch, one transfer after the other, in memory: every limit holds at every prefix.

Here is the ledger's whole law, over plain lists and tuples; nothing is read or written. What is
refused changes nothing, and its code says why.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from hanse.foundation.money import AMOUNT_MAX
from hanse.mechanisms.ledger import refusals as why
from hanse.mechanisms.ledger.accounts import COUNTER_MAX
from hanse.mechanisms.ledger.columns import Columns
from hanse.mechanisms.ledger.comparing import BALANCES, DAY_MS, RESOLVES, compared, day_number
from hanse.mechanisms.ledger.plain import book_run
from hanse.mechanisms.ledger.transfers import (
    CREATED,
    ID_BYTES,
    TIMEOUT_SECONDS_MAX,
    Flags,
    Outcome,
    Transfer,
)
from hanse.mechanisms.ledger.whole import book_whole
from hanse.mechanisms.ledger.working_set import (
    BOOK,
    CLOSED,
    CODES,
    CREDIT_CAP,
    CREDITS_PENDING,
    CREDITS_POSTED,
    CURRENCY,
    DEBIT_CAP,
    DEBITS_PENDING,
    DEBITS_POSTED,
    ENTRIES,
    ID,
    NUMBER,
    REFERENCE,
    T_AMOUNT,
    T_CODE,
    T_CREDIT,
    T_DEBIT,
    T_FLAGS,
    T_SEQUENCE,
    Account,
    Stored,
    WorkingSet,
)

LINKED: Final = int(Flags.LINKED)
PENDING: Final = int(Flags.PENDING)
POST: Final = int(Flags.POST)
VOID: Final = int(Flags.VOID)
BALANCING_DEBIT: Final = int(Flags.BALANCING_DEBIT)
BALANCING_CREDIT: Final = int(Flags.BALANCING_CREDIT)
EXPIRED: Final = int(Flags.EXPIRED)
KNOWN_FLAGS: Final = LINKED | PENDING | POST | VOID | BALANCES
DAY_NUMBER_MAX: Final = 47_482
"""2099-12-31. The calendar of no league reaches further; before 1970 nothing is booked."""
SECOND_MS: Final = 1_000
_LEAST_ID: Final = bytes(ID_BYTES)
_GREATEST_ID: Final = b"\xff" * ID_BYTES


@dataclass(slots=True)
class Decision:
    """What a batch comes to: rows to write, and the accounts that changed."""

    working: WorkingSet
    sequence: int
    """Of the newest transfer."""
    booked_at_ms: int
    day_offset_ms: int
    """What is added to an instant to know its day in the ledger's zone."""
    transfers: list[Stored] = field(default_factory=list)
    pendings: list[tuple[Any, ...]] = field(default_factory=list)
    resolved: list[tuple[str, int, int]] = field(default_factory=list)
    """State, resolving sequence, and sequence of the pending transfer."""
    refused: dict[bytes, str] = field(default_factory=dict)
    touched: dict[int, Account] = field(default_factory=dict)
    _undo: list[tuple[Account, list[int], int]] | None = None

    def decide(self, batch: list[Transfer], columns: Columns) -> list[Outcome]:
        """The outcome of each transfer, in order; `columns` are the batch's."""
        outcomes: list[Outcome] = []
        number, count = book_whole(self, columns, outcomes), len(batch)
        while number < count:
            number = book_run(self, batch, number, outcomes)
            if number == count:
                break
            if batch[number].flags & LINKED:
                end = number
                while end < count and batch[end].flags & LINKED:
                    end += 1
                outcomes += self._group(batch[number : end + 1], closed=end < count)
                number = end + 1
            else:
                outcomes.append(self._one(batch[number]))
                number += 1
        return outcomes

    def _group(self, group: list[Transfer], *, closed: bool) -> list[Outcome]:
        """All or none: the first that is refused says why, the others that it was."""
        lengths = (
            self.sequence,
            len(self.transfers),
            len(self.pendings),
            len(self.resolved),
        )
        refused_before = set(self.refused)
        self._undo = []
        outcomes: list[Outcome] = []
        failed: int | None = None
        for place, one in enumerate(group):
            outcome = self._one(one) if closed else Outcome(why.LINKED_OPEN, 0)
            outcomes.append(outcome)
            if not outcome.ok:
                failed = place
                break
        undo, self._undo = self._undo, None
        if failed is None:
            return outcomes
        self._take_back(undo, lengths, refused_before)
        for place, one in enumerate(group):
            culprit = place == failed
            self._note_refused(one.id, outcomes[place].code if culprit else why.LINKED_REFUSED)
        # Each is told what stands in the record: what existed, or was refused before, stays so.
        return [self._known(one) or Outcome(why.LINKED_REFUSED, 0) for one in group]

    def _take_back(
        self,
        undo: list[tuple[Account, list[int], int]],
        lengths: tuple[int, int, int, int],
        refused_before: set[bytes],
    ) -> None:
        for account, counters, length in reversed(undo):
            account[DEBITS_PENDING:CODES] = counters
            del account[ENTRIES][length:]
        self.sequence, *counts = lengths
        for stored in self.transfers[counts[0] :]:
            self.working.transfers.pop(stored[1], None)
            self.working.sequences.pop(stored[T_SEQUENCE], None)
            self.working.states.pop(stored[T_SEQUENCE], None)
        for _, _, sequence in self.resolved[counts[2] :]:
            self.working.states[sequence] = "open"
        rows: tuple[list[Any], ...] = (
            self.transfers,
            self.pendings,
            self.resolved,
        )
        for waiting, length in zip(rows, counts, strict=True):
            del waiting[length:]
        for refused in set(self.refused) - refused_before:
            del self.refused[refused]

    def _one(self, one: Transfer) -> Outcome:
        known = self._known(one)
        if known is not None:
            return known
        code = self._malformed(one) or self._applied(one)
        if code:
            self._note_refused(one.id, code)
            return Outcome(code, 0)
        return Outcome(CREATED, self.sequence)

    def _known(self, one: Transfer) -> Outcome | None:
        if len(one.id) != ID_BYTES or one.id in (_LEAST_ID, _GREATEST_ID):
            return Outcome(why.ID_MALFORMED, 0)
        stored = self.working.transfers.get(one.id)
        if stored is not None:
            code = compared(one, stored, self.working, self.day_offset_ms)
            return Outcome(code, stored[T_SEQUENCE] if code == "exists" else 0)
        code = self.refused.get(one.id) or self.working.refused.get(one.id, "")
        return Outcome(code, 0) if code else None

    def _note_refused(self, transfer_id: bytes, code: str) -> None:
        working = self.working
        new = transfer_id not in working.transfers and transfer_id not in working.refused
        if new and code != why.ID_MALFORMED and len(transfer_id) == ID_BYTES:
            self.refused.setdefault(transfer_id, code)

    def _malformed(self, one: Transfer) -> str:
        """What is wrong with a transfer by itself, in the order of the codes."""
        flags = one.flags
        resolves = flags & RESOLVES
        if flags & ~KNOWN_FLAGS or resolves == RESOLVES or (flags & PENDING and resolves):
            return why.FLAGS_CONFLICT
        if flags & BALANCES and (resolves or flags & BALANCES == BALANCES):
            return why.FLAGS_CONFLICT
        if resolves:
            if one.pending is None or one.pending == one.id:
                return why.PENDING_MISSING
        elif one.pending is not None:
            return why.PENDING_NOT_EXPECTED
        if one.timeout_seconds:
            if not flags & PENDING:
                return why.TIMEOUT_NOT_EXPECTED
            if not 0 < one.timeout_seconds <= TIMEOUT_SECONDS_MAX:
                return why.TIMEOUT_OUTSIDE
        if not resolves:
            if not one.code:
                return why.CODE_MISSING
            if one.debit == one.credit:
                return why.ACCOUNTS_SAME
            if one.amount is None and not flags & BALANCES:
                return why.AMOUNT_MISSING
        amount = one.amount
        if amount is not None:
            if amount < 0:
                return why.AMOUNT_NEGATIVE
            if amount == 0:
                return why.AMOUNT_ZERO
            if amount > AMOUNT_MAX:
                return why.AMOUNT_OVER_MAXIMUM
        if one.effective is not None and not 0 <= day_number(one.effective) <= DAY_NUMBER_MAX:
            return why.EFFECTIVE_OUTSIDE
        if one.reference and not REFERENCE.fullmatch(one.reference):
            return why.REFERENCE_MALFORMED
        return ""

    def _applied(self, one: Transfer) -> str:
        return self._resolve(one) if one.flags & RESOLVES else self._move(one)

    def _move(self, one: Transfer) -> str:
        """A transfer that moves or reserves money."""
        debit = self.working.by_id.get(one.debit)
        credit = self.working.by_id.get(one.credit)
        if debit is None:
            return why.DEBIT_ACCOUNT_UNKNOWN
        if credit is None:
            return why.CREDIT_ACCOUNT_UNKNOWN
        if debit[BOOK] != credit[BOOK]:
            return why.BOOKS_DIFFER
        if debit[CURRENCY] != credit[CURRENCY]:
            return why.CURRENCIES_DIFFER
        if one.code not in debit[CODES]:
            return why.CODE_UNKNOWN
        if debit[CLOSED]:
            return why.DEBIT_ACCOUNT_CLOSED
        if credit[CLOSED]:
            return why.CREDIT_ACCOUNT_CLOSED
        if one.corrects is not None and one.corrects not in self.working.transfers:
            return why.CORRECTED_UNKNOWN
        amount, asked = one.amount, None
        if one.flags & BALANCES:
            amount = self._balanced(one, debit, credit)
            asked = None if amount == one.amount else (one.amount or 0)
        assert amount is not None  # noqa: S101 - checked by _malformed
        code = _limits(debit, credit, amount)
        if code:
            return code
        self._remember(debit, credit)
        if one.flags & PENDING:
            debit[DEBITS_PENDING] += amount
            credit[CREDITS_PENDING] += amount
        else:
            debit[DEBITS_POSTED] += amount
            credit[CREDITS_POSTED] += amount
        stored = self._log(one, debit, credit, amount, one.code, asked, None)
        if one.flags & PENDING:
            expires = None
            if one.timeout_seconds:
                expires = self.booked_at_ms + one.timeout_seconds * SECOND_MS
            self.pendings.append((stored[T_SEQUENCE], "open", expires))
            self.working.states[stored[T_SEQUENCE]] = "open"
        return ""

    def _balanced(self, one: Transfer, debit: Account, credit: Account) -> int:
        """What the account's own limit leaves, at most what is asked; 0 is refused as too much."""
        if one.flags & BALANCING_DEBIT:
            cap, spent = debit[DEBIT_CAP], debit[DEBITS_PENDING] + debit[DEBITS_POSTED]
            left = AMOUNT_MAX if cap is None else debit[CREDITS_POSTED] + cap - spent
        else:
            cap, spent = credit[CREDIT_CAP], credit[CREDITS_PENDING] + credit[CREDITS_POSTED]
            left = AMOUNT_MAX if cap is None else credit[DEBITS_POSTED] + cap - spent
        most = AMOUNT_MAX if one.amount is None else one.amount
        return max(1, min(left, most))

    def _resolve(self, one: Transfer) -> str:
        """A transfer that posts or voids what another one reserved."""
        working = self.working
        pending = working.transfers.get(one.pending or b"")
        if pending is None:
            return why.PENDING_UNKNOWN
        if not pending[T_FLAGS] & PENDING:
            return why.PENDING_NOT_PENDING
        debit, credit = working.by_number[pending[T_DEBIT]], working.by_number[pending[T_CREDIT]]
        if one.debit and one.debit != debit[ID]:
            return why.PENDING_DIFFERS["debit"]
        if one.credit and one.credit != credit[ID]:
            return why.PENDING_DIFFERS["credit"]
        if one.code and one.code != pending[T_CODE]:
            return why.PENDING_DIFFERS["code"]
        reserved: int = pending[T_AMOUNT]
        amount = reserved if one.amount is None else one.amount
        if one.flags & VOID and amount != reserved:
            return why.PENDING_DIFFERS["amount"]
        if amount > reserved:
            return why.EXCEEDS_PENDING
        state = working.states[pending[T_SEQUENCE]]
        if state != "open":
            return why.PENDING_RESOLVED[state]
        if one.corrects is not None and one.corrects not in self.working.transfers:
            return why.CORRECTED_UNKNOWN
        if debit[DEBITS_POSTED] + amount > COUNTER_MAX:
            return why.OVERFLOWS_DEBITS
        if credit[CREDITS_POSTED] + amount > COUNTER_MAX:
            return why.OVERFLOWS_CREDITS
        posts = bool(one.flags & POST)
        self.release(pending, debit, credit, amount if posts else 0)
        stored = self._log(one, debit, credit, amount, pending[T_CODE], None, pending)
        new_state = "posted" if posts else "voided"
        self._resolved(new_state, stored[T_SEQUENCE], pending[T_SEQUENCE])
        return ""

    def expire(self, pending: Stored) -> None:
        """Release a pending transfer whose time is over: a transfer of the ledger's own."""
        debit = self.working.by_number[pending[T_DEBIT]]
        credit = self.working.by_number[pending[T_CREDIT]]
        self.release(pending, debit, credit, 0)
        self.sequence += 1
        stored: Stored = (
            self.sequence, None, pending[T_DEBIT], pending[T_CREDIT], pending[T_AMOUNT],
            pending[T_CODE], EXPIRED, self._day(None), self.booked_at_ms, "", None,
            pending[T_SEQUENCE], None, None,
        )  # fmt: skip
        self.transfers.append(stored)
        self._entries(debit, credit)
        self._resolved("expired", self.sequence, pending[T_SEQUENCE])

    def _resolved(self, state: str, by: int, pending: int) -> None:
        self.resolved.append((state, by, pending))
        self.working.states[pending] = state

    def release(self, pending: Stored, debit: Account, credit: Account, posted: int) -> None:
        """Give back what was reserved, and post so much of it."""
        self._remember(debit, credit)
        debit[DEBITS_PENDING] -= pending[T_AMOUNT]
        credit[CREDITS_PENDING] -= pending[T_AMOUNT]
        debit[DEBITS_POSTED] += posted
        credit[CREDITS_POSTED] += posted

    def _remember(self, debit: Account, credit: Account) -> None:
        self.touched[debit[NUMBER]] = debit
        self.touched[credit[NUMBER]] = credit
        if self._undo is not None:
            for one in (debit, credit):
                self._undo.append((one, one[DEBITS_PENDING:CODES], len(one[ENTRIES])))

    def _log(
        self,
        one: Transfer,
        debit: Account,
        credit: Account,
        amount: int,
        code: int,
        asked: int | None,
        pending: Stored | None,
    ) -> Stored:
        self.sequence += 1
        corrected = self.working.transfers[one.corrects] if one.corrects is not None else None
        stored: Stored = (
            self.sequence,
            one.id,
            debit[NUMBER],
            credit[NUMBER],
            amount,
            code,
            one.flags,
            self._day(one),
            self.booked_at_ms,
            one.reference,
            asked,
            pending[T_SEQUENCE] if pending is not None else None,
            one.timeout_seconds or None,
            corrected[T_SEQUENCE] if corrected is not None else None,
        )
        self.transfers.append(stored)
        self.working.transfers[one.id] = stored
        self.working.sequences[self.sequence] = stored
        self._entries(debit, credit)
        return stored

    def _day(self, one: Transfer | None) -> int:
        if one is not None and one.effective is not None:
            return day_number(one.effective)
        return (self.booked_at_ms + self.day_offset_ms) // DAY_MS

    def _entries(self, debit: Account, credit: Account) -> None:
        for one in (debit, credit):
            one[ENTRIES].extend((one[NUMBER], self.sequence, *one[DEBITS_PENDING:CODES]))


def _limits(debit: Account, credit: Account, amount: int) -> str:
    """The code of the limit that the amount would break, or nothing."""
    debits = debit[DEBITS_PENDING] + debit[DEBITS_POSTED] + amount
    credits_ = credit[CREDITS_PENDING] + credit[CREDITS_POSTED] + amount
    if debits > COUNTER_MAX:
        return why.OVERFLOWS_DEBITS
    if credits_ > COUNTER_MAX:
        return why.OVERFLOWS_CREDITS
    cap = debit[DEBIT_CAP]
    if cap is not None and debits > debit[CREDITS_POSTED] + cap:
        return why.EXCEEDS_NET_DEBIT_CAP if cap else why.EXCEEDS_CREDITS
    cap = credit[CREDIT_CAP]
    if cap is not None and credits_ > credit[DEBITS_POSTED] + cap:
        return why.EXCEEDS_NET_CREDIT_CAP if cap else why.EXCEEDS_DEBITS
    return ""
