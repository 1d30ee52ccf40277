"""Planted bugs of the ledger: each changes one line, and the play against the model finds it."""

import inspect
import textwrap
from dataclasses import dataclass
from typing import Any

import pytest

from hanse.mechanisms.ledger import batches, comparing, deciding, plain, whole
from hanse.mechanisms.ledger.deciding import Decision


@dataclass(frozen=True)
class Mutation:
    """In the function `owner.function`, the text `old` becomes `new`."""

    name: str
    owner: Any
    function: str
    old: str
    new: str


def plant(mutation: Mutation, patch: pytest.MonkeyPatch) -> None:
    """Put the changed function in the place of the real one, wherever it is used."""
    real = getattr(mutation.owner, mutation.function)
    source = textwrap.dedent(inspect.getsource(real))
    assert source.count(mutation.old) == 1, "the line is not there any more"
    scope = dict(real.__globals__)
    exec(source.replace(mutation.old, mutation.new), scope)  # noqa: S102 - our own text
    changed = scope[mutation.function]
    patch.setattr(mutation.owner, mutation.function, changed)
    if mutation.function.startswith("book_"):
        patch.setattr(deciding, mutation.function, changed)
    if mutation.function == "compared":
        patch.setattr(deciding, mutation.function, changed)


def _whole(name: str, old: str, new: str, function: str = "book_whole") -> Mutation:
    return Mutation(f"whole_{name}", whole, function, old, new)


MUTATIONS = (
    Mutation(
        "whole_pending_outflow_not_spent", whole, "book_whole", "d7 + d8 + amount", "d8 + amount"
    ),
    Mutation(
        "whole_inflow_spendable",
        whole,
        "book_whole",
        "debits > d10 + room",
        "debits > d10 + d9 + room",
    ),
    Mutation(
        "whole_one_sided", whole, "book_whole", "c[10] = c10 = c10 + amount", "c[10] = c10 = c10"
    ),
    _whole("credit_limit_forgotten", "credits_ > c8 + room", "False"),
    _whole("debit_limit_forgotten", "debits > d10 + room", "False"),
    Mutation(
        "whole_entry_of_before",
        whole,
        "book_whole",
        "d7, d8, d9, d10)",
        "d7, d8 - amount, d9, d10)",
    ),
    Mutation(
        "whole_refusal_forgotten", whole, "_is_plain", "ids.isdisjoint(working.refused)", "True"
    ),
    Mutation(
        "whole_repeat_not_seen", whole, "_is_plain", "ids.isdisjoint(working.transfers)", "True"
    ),
    _whole("id_twice", "len(ids) < len(batch.ids)", "False", "_is_plain"),
    _whole("pending_taken_for_plain", "any(batch.flags)", "False", "_is_plain"),
    Mutation(
        "quick_pending_outflow_not_spent",
        plain,
        "book_run",
        "d[7] + d[8] + amount",
        "d[8] + amount",
    ),
    Mutation(
        "quick_pending_inflow_spendable", plain, "book_run", "d[10] + d[13]", "d[9] + d[10] + d[13]"
    ),
    Mutation("quick_one_sided", plain, "book_run", "c[10] += amount", "c[10] += 0"),
    Mutation("quick_credit_limit_forgotten", plain, "book_run", "credits_ > c[8] + c[14]", "False"),
    Mutation("quick_refusal_forgotten", plain, "book_run", "id_ in refused_before", "id_ in ()"),
    Mutation("quick_entry_of_before", plain, "book_run", "c[8], c[9], c[10]))", "c[8], c[9], 0))"),
    Mutation(
        "pending_outflow_not_spent",
        deciding,
        "_limits",
        "debits = debit[DEBITS_PENDING] + ",
        "debits = ",
    ),
    Mutation(
        "limit_off_by_one",
        deciding,
        "_limits",
        "debits > debit[CREDITS_POSTED] + cap",
        "debits > debit[CREDITS_POSTED] + cap + 1",
    ),
    Mutation(
        "rest_not_released",
        Decision,
        "release",
        "debit[DEBITS_PENDING] -= pending[T_AMOUNT]",
        "debit[DEBITS_PENDING] -= posted",
    ),
    Mutation("posted_twice", Decision, "_resolve", 'if state != "open":', "if False:"),
    Mutation("more_than_reserved", Decision, "_resolve", "if amount > reserved:", "if False:"),
    Mutation(
        "group_keeps_counters",
        Decision,
        "_take_back",
        "account[DEBITS_PENDING:CODES] = counters",
        "pass",
    ),
    Mutation(
        "group_keeps_entries", Decision, "_take_back", "del account[ENTRIES][length:]", "pass"
    ),
    Mutation(
        "group_keeps_resolution",
        Decision,
        "_take_back",
        'self.working.states[sequence] = "open"',
        "pass",
    ),
    Mutation("group_not_undone", Decision, "_group", "if failed is None:", "if True:"),
    Mutation(
        "refusal_not_recorded",
        Decision,
        "_note_refused",
        "self.refused.setdefault(transfer_id, code)",
        "pass",
    ),
    Mutation(
        "difference_not_seen",
        comparing,
        "compared",
        "if _amount_differs(asked, stored, pending):",
        "if False:",
    ),
    Mutation("expires_too_late", batches, "_expire_due", "expires_at_ms <= ?", "expires_at_ms < ?"),
    Mutation(
        "resolution_not_stored",
        batches,
        "_write",
        "states, decision.resolved)",
        "states, [])",
    ),
    Mutation(
        "greatest_id_forgotten",
        batches,
        "_write",
        "max([held.greatest_id, *used, *decision.refused])",
        "held.greatest_id",
    ),
    Mutation(
        "refusals_not_counted_as_used",
        batches,
        "_write",
        "*used, *decision.refused]",
        "*used]",
    ),
    Mutation("sequence_with_a_gap", Decision, "_log", "self.sequence += 1", "self.sequence += 2"),
)
