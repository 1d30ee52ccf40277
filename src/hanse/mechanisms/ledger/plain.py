"""The short way for plain transfers: no flags, nothing named, and nothing to refuse.

Nearly all transfers are such. The loop here books a run of them with the checks of `deciding` in
one pass over tuples, and stops before the first one that needs more, or that would be refused:
that one goes the long way, which alone says why. A test runs both ways against each other.
"""

from typing import TYPE_CHECKING

from hanse.foundation.money import AMOUNT_MAX
from hanse.mechanisms.ledger.accounts import COUNTER_MAX
from hanse.mechanisms.ledger.comparing import DAY_MS
from hanse.mechanisms.ledger.transfers import CREATED, ID_BYTES, Outcome, Transfer
from hanse.mechanisms.ledger.working_set import REFERENCE

if TYPE_CHECKING:
    from hanse.mechanisms.ledger.deciding import Decision

_NEVER = (bytes(ID_BYTES), b"\xff" * ID_BYTES)


def book_run(
    decision: "Decision", batch: list[Transfer], first: int, outcomes: list[Outcome]
) -> int:
    """Book plain transfers from `first` on; gives the place of the first that is not done."""
    working = decision.working
    accounts, known = working.by_id.get, working.transfers
    refused_now, refused_before = decision.refused, working.refused
    transfers, touched = decision.transfers, decision.touched
    booked = decision.booked_at_ms
    day = (booked + decision.day_offset_ms) // DAY_MS
    sequence, place = decision.sequence, first
    good_reference = REFERENCE.fullmatch
    new, outcome = tuple.__new__, Outcome
    for place in range(first, len(batch)):
        one = batch[place]
        id_, debit, credit, amount, code, flags, pending, timeout, effective, reference, old = one
        if flags or timeout or pending is not None or effective is not None or old is not None:
            break
        if id_ in known or id_ in refused_before or id_ in refused_now:
            break
        if len(id_) != ID_BYTES or id_ in _NEVER or (reference and not good_reference(reference)):
            break
        d, c = accounts(debit), accounts(credit)
        if d is None or c is None or amount is None or not 0 < amount <= AMOUNT_MAX:
            break
        # 12: book and currency, the same object for the same two; None where it is closed.
        if d is c or d[12] is not c[12] or d[12] is None or code not in d[11]:
            break
        # 7 to 10: the counters, debits first, pending first; 13 and 14: the caps.
        debits, credits_ = d[7] + d[8] + amount, c[9] + c[10] + amount
        if debits > d[10] + d[13] or credits_ > c[8] + c[14]:
            break
        if debits > COUNTER_MAX or credits_ > COUNTER_MAX:
            break
        d[8] += amount
        c[10] += amount
        sequence += 1
        from_, to = d[5], c[5]
        known[id_] = row = (
            sequence, id_, from_, to, amount, code, 0, day, booked, reference,
            None, None, None, None,
        )  # fmt: skip
        transfers.append(row)
        d[15].extend((from_, sequence, d[7], d[8], d[9], d[10]))
        c[15].extend((to, sequence, c[7], c[8], c[9], c[10]))
        touched[from_] = d
        touched[to] = c
        outcomes.append(new(outcome, (CREATED, sequence)))
    else:
        place = len(batch)
    decision.sequence = sequence
    return place
