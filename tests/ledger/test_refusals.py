"""Every refusal: its own code, nothing changed, and final for the id whatever happens later."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from hanse.foundation.money import AMOUNT_MAX
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.mechanisms.journal import log
from hanse.mechanisms.ledger import Flags, Transfer
from hanse.mechanisms.ledger import tables as t
from hanse.mechanisms.ledger.refusals import REFUSALS
from hanse.mechanisms.ledger.transfers import TIMEOUT_SECONDS_MAX
from tests.ledger.books import Ledger, new_ledger, tid

NEVER = frozenset({"id_malformed"})
"""Not recorded: what is no id can't be remembered."""
TABLES = (t.ledger_accounts, t.ledger_transfers, t.ledger_entries, t.ledger_pendings)


def plain(number: int = 1, amount: int | None = 5, **more: Any) -> Transfer:
    return Transfer(tid(number), "free", "pool", amount, 1)._replace(**more)


def pending(number: int, amount: int = 10, timeout: int = 0) -> Transfer:
    return plain(number, amount, flags=Flags.PENDING, timeout_seconds=timeout)


def resolve(number: int, of: int, act: int = Flags.POST, **more: Any) -> Transfer:
    return Transfer(tid(number), flags=act, pending=tid(of))._replace(**more)


def sql(held: Ledger, statement: str) -> None:
    with committing(held.engine) as transaction:
        transaction.execute(text(statement))


def closed(name: str) -> Callable[[Ledger], None]:
    def close(held: Ledger) -> None:
        with held.write() as transaction:
            ledger.close_account(transaction, name, held.now)

    return close


@dataclass
class Case:
    refused: Transfer
    before: list[Transfer] = field(default_factory=list)
    act: Callable[[Ledger], None] = lambda held: None


def _existing(**changed: Any) -> Case:
    first = plain(reference="r", effective=date(2026, 11, 20))
    return Case(first._replace(**changed), [plain(8), first])


def _ends(held: Ledger) -> None:
    held.later(seconds=60)


def _filled(column: str) -> Callable[[Ledger], None]:
    def fill(held: Ledger) -> None:
        sql(held, f"UPDATE ledger_accounts SET {column} = {2**63 - 3} WHERE id = 'free'")  # noqa: S608

    return fill


CASES: dict[str, Case] = {
    "id_malformed": Case(plain()._replace(id=b"\xff" * 16)),
    "exists_with_different_flags": _existing(flags=Flags.PENDING),
    "exists_with_different_pending": Case(resolve(3, 2), [pending(1), pending(2), resolve(3, 1)]),
    "exists_with_different_timeout": Case(pending(1, timeout=9), [pending(1, timeout=8)]),
    "exists_with_different_debit": _existing(debit="wallet"),
    "exists_with_different_credit": _existing(credit="till"),
    "exists_with_different_amount": _existing(amount=6),
    "exists_with_different_code": _existing(code=2),
    "exists_with_different_effective": _existing(effective=date(2026, 11, 21)),
    "exists_with_different_reference": _existing(reference="s"),
    "exists_with_different_corrects": _existing(corrects=tid(8)),
    "flags_conflict": Case(resolve(1, 2, Flags.POST | Flags.VOID)),
    "linked_open": Case(plain(flags=Flags.LINKED)),
    "pending_not_expected": Case(plain(pending=tid(9))),
    "pending_missing": Case(plain(flags=Flags.POST)),
    "timeout_not_expected": Case(plain(timeout_seconds=5)),
    "timeout_outside": Case(pending(1, timeout=TIMEOUT_SECONDS_MAX + 1)),
    "code_missing": Case(plain(code=0)),
    "accounts_same": Case(plain(credit="free")),
    "amount_missing": Case(plain(amount=None)),
    "amount_negative": Case(plain(amount=-5)),
    "amount_zero": Case(plain(amount=0)),
    "amount_over_maximum": Case(plain(amount=AMOUNT_MAX + 1)),
    "effective_outside": Case(plain(effective=date(2300, 1, 1))),
    "reference_malformed": Case(plain(reference='a"b')),
    "debit_account_unknown": Case(plain(debit="nobody")),
    "credit_account_unknown": Case(plain(credit="nobody")),
    "books_differ": Case(plain(credit="foreign")),
    "currencies_differ": Case(
        plain(),
        act=lambda held: sql(held, "UPDATE ledger_accounts SET currency='XXX' WHERE id='free'"),
    ),
    "code_unknown": Case(plain(code=77)),
    "pending_unknown": Case(resolve(1, 9)),
    "pending_not_pending": Case(resolve(2, 1), [plain(1)]),
    "pending_has_different_debit": Case(resolve(2, 1, debit="wallet"), [pending(1)]),
    "pending_has_different_credit": Case(resolve(2, 1, credit="till"), [pending(1)]),
    "pending_has_different_code": Case(resolve(2, 1, code=2), [pending(1)]),
    "pending_has_different_amount": Case(resolve(2, 1, Flags.VOID, amount=9), [pending(1)]),
    "exceeds_pending": Case(resolve(2, 1, amount=11), [pending(1)]),
    "pending_posted": Case(resolve(3, 1), [pending(1), resolve(2, 1)]),
    "pending_voided": Case(resolve(3, 1), [pending(1), resolve(2, 1, Flags.VOID)]),
    "pending_expired": Case(resolve(3, 1), [pending(1, timeout=60)], _ends),
    "debit_account_closed": Case(plain(), act=closed("free")),
    "credit_account_closed": Case(plain(), act=closed("pool")),
    "corrected_unknown": Case(plain(corrects=tid(9))),
    "overflows_debits": Case(plain(), act=_filled("debits_posted")),
    "overflows_credits": Case(
        plain(debit="wallet", credit="free", flags=Flags.PENDING),
        [plain(9, 50, credit="wallet")],
        _filled("credits_pending"),
    ),
    "exceeds_credits": Case(plain(debit="wallet")),
    "exceeds_net_debit_cap": Case(plain(debit="capped", amount=1_001)),
    "exceeds_debits": Case(plain(credit="till")),
    "exceeds_net_credit_cap": Case(plain(amount=5_001)),
}


def contents(held: Ledger) -> list[object]:
    with reading(held.engine) as transaction:
        rows: list[object] = [
            [tuple(row) for row in transaction.rows(select(table).order_by(*table.primary_key))]
            for table in TABLES
        ]
        return [*rows, log.size(transaction)]


def test_every_refusal_has_its_case() -> None:
    assert set(REFUSALS) - {"linked_refused"} == set(CASES)


@pytest.mark.parametrize("code", CASES)
def test_a_refusal_has_its_code_and_changes_nothing(
    fresh_store: Callable[[str], str], code: str
) -> None:
    case, held = CASES[code], new_ledger(fresh_store)
    assert set(held.codes(*case.before)) <= {"created"}
    case.act(held)
    held.transfer()  # releases what is due
    before = contents(held)
    assert held.codes(case.refused) == [code]
    assert contents(held) == before
    assert REFUSALS[code]().detail.zh
    if not code.startswith("exists") and code not in NEVER:
        held.transfer(plain(77, 40, credit="wallet"))
        again = plain()._replace(id=case.refused.id, amount=1)
        assert held.codes(again, case.refused) == [code, code]
    held.engine.dispose()


def test_the_first_difference_is_named_in_the_documented_order(
    fresh_store: Callable[[str], str],
) -> None:
    held = new_ledger(fresh_store)
    first = plain(reference="r", effective=date(2026, 11, 20))
    held.transfer(plain(8), first)
    changes: list[tuple[str, Any, str]] = [
        ("corrects", tid(8), "corrects"),
        ("reference", "s", "reference"),
        ("effective", date(2026, 11, 21), "effective"),
        ("code", 2, "code"),
        ("amount", 6, "amount"),
        ("credit", "wallet", "credit"),
        ("debit", "capped", "debit"),
        ("timeout_seconds", 3, "timeout"),
        ("pending", tid(8), "pending"),
        ("flags", Flags.PENDING, "flags"),
    ]
    asked = first
    for name, value, field_ in changes:
        asked = asked._replace(**{name: value})
        assert held.codes(asked) == [f"exists_with_different_{field_}"]
    assert held.codes(first) == ["exists"]
    held.engine.dispose()


@pytest.mark.parametrize("bad", [1.5, True, "5"])
def test_an_amount_that_is_no_integer_is_a_fault_of_the_program(
    fresh_store: Callable[[str], str], bad: object
) -> None:
    held = new_ledger(fresh_store)
    before = contents(held)
    with pytest.raises(TypeError):
        held.transfer(plain(1), plain(2)._replace(amount=bad))  # type: ignore[arg-type]
    assert contents(held) == before
    held.engine.dispose()


def test_a_transfer_that_corrects_another_is_known_by_it(
    fresh_store: Callable[[str], str],
) -> None:
    held = new_ledger(fresh_store)
    wrong, right = plain(1), plain(2, corrects=tid(1))
    assert held.codes(wrong, right) == ["created", "created"]
    assert held.codes(right, right._replace(corrects=None)) == [
        "exists",
        "exists_with_different_corrects",
    ]
    held.engine.dispose()
