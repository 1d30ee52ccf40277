"""An obviously right ledger in memory: it predicts what the real one must say of each transfer.

One dictionary of each kind, one transfer at a time, no sets and no speed. Groups copy everything
and put the copy back. It was written from the rules, not from the ledger.
"""

import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hanse.mechanisms.ledger import Account, Flags, Transfer

LIMIT = 10**15


@dataclass
class Held:
    account: Account
    dp: int = 0
    d: int = 0
    cp: int = 0
    c: int = 0


@dataclass
class Model:
    accounts: dict[str, Held]
    done: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    refused: dict[bytes, str] = field(default_factory=dict)

    def batch(self, transfers: list[Transfer], now: datetime) -> list[str]:
        self.expire(now)
        found: list[str] = []
        group: list[Transfer] = []
        for number, one in enumerate(transfers):
            group.append(one)
            if one.flags & Flags.LINKED and number + 1 < len(transfers):
                continue
            if one.flags & Flags.LINKED:
                found += self.fail(group, 0, "linked_open")
            elif len(group) == 1:
                found.append(self.one(one, now))
            else:
                found += self.group(group, now)
            group = []
        return found

    def group(self, group: list[Transfer], now: datetime) -> list[str]:
        before = copy.deepcopy((self.accounts, self.done, self.refused))
        found = []
        for number, one in enumerate(group):
            code = self.one(one, now)
            if code not in ("created", "exists"):
                self.accounts, self.done, self.refused = before
                return self.fail(group, number, code)
            found.append(code)
        return found

    def fail(self, group: list[Transfer], failed: int, code: str) -> list[str]:
        for number, one in enumerate(group):
            if one.id not in self.done:
                self.refused.setdefault(one.id, code if number == failed else "linked_refused")
        return [self.known(one) for one in group]

    def known(self, one: Transfer) -> str:
        if one.id in self.done:
            return "exists" if self.done[one.id]["asked"] == one else "differs"
        return self.refused.get(one.id, "")

    def one(self, one: Transfer, now: datetime) -> str:
        if self.known(one):
            return self.known(one)
        code = self.resolve(one) if one.flags & (Flags.POST | Flags.VOID) else self.move(one, now)
        if code != "created":
            self.refused[one.id] = code
        return code

    def move(self, one: Transfer, now: datetime) -> str:
        debit, credit = self.accounts[one.debit], self.accounts[one.credit]
        amount = one.amount
        if one.flags & Flags.BALANCING_DEBIT:
            cap = debit.account.net_debit_cap
            left = LIMIT if cap is None else debit.c + cap - debit.dp - debit.d
            amount = min(left, LIMIT if one.amount is None else one.amount)
            if amount <= 0:
                return "exceeds_credits" if not cap else "exceeds_net_debit_cap"
        assert amount is not None
        cap = debit.account.net_debit_cap
        if cap is not None and debit.dp + debit.d + amount > debit.c + cap:
            return "exceeds_net_debit_cap" if cap else "exceeds_credits"
        cap = credit.account.net_credit_cap
        if cap is not None and credit.cp + credit.c + amount > credit.d + cap:
            return "exceeds_net_credit_cap" if cap else "exceeds_debits"
        pending = bool(one.flags & Flags.PENDING)
        if pending:
            debit.dp += amount
            credit.cp += amount
        else:
            debit.d += amount
            credit.c += amount
        ends = now.timestamp() + one.timeout_seconds if one.timeout_seconds else None
        self.done[one.id] = {
            "asked": one,
            "amount": amount,
            "state": "open" if pending else "",
            "ends": ends,
        }
        return "created"

    def resolve(self, one: Transfer) -> str:
        held = self.done.get(one.pending or b"")
        if held is None:
            return "pending_unknown"
        if not held["state"]:
            return "pending_not_pending"
        amount = held["amount"] if one.amount is None else one.amount
        if one.flags & Flags.VOID and amount != held["amount"]:
            return "pending_has_different_amount"
        if amount > held["amount"]:
            return "exceeds_pending"
        if held["state"] != "open":
            return f"pending_{held['state']}"
        self.release(held, amount if one.flags & Flags.POST else 0)
        held["state"] = "posted" if one.flags & Flags.POST else "voided"
        self.done[one.id] = {"asked": one, "amount": amount, "state": "", "ends": None}
        return "created"

    def release(self, held: dict[str, Any], posted: int) -> None:
        debit, credit = self.accounts[held["asked"].debit], self.accounts[held["asked"].credit]
        debit.dp -= held["amount"]
        credit.cp -= held["amount"]
        debit.d += posted
        credit.c += posted

    def expire(self, now: datetime) -> None:
        for held in self.done.values():
            ends = held["ends"]
            if held["state"] == "open" and ends is not None and ends <= now.timestamp():
                self.release(held, 0)
                held["state"] = "expired"

    def balances(self) -> dict[str, tuple[int, ...]]:
        return {name: (one.dp, one.d, one.cp, one.c) for name, one in self.accounts.items()}
