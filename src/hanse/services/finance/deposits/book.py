"""The banks' serials and accounts in the store: reading and writing them, one place for both."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, or_, select

from hanse.foundation.clock import to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.ledger import head
from hanse.services.finance.deposits.codes import (
    FINAL,
    WITHDRAWALS,
    AccountStatus,
    Kind,
    Product,
    ReverseReason,
    Role,
    State,
    coded,
)
from hanse.services.finance.deposits.contracts import Refusal, Serial
from hanse.services.finance.deposits.problems import ACCOUNT_UNKNOWN, SERIAL_UNKNOWN
from hanse.services.finance.deposits.tables import accounts, days, serials

SICHUAN: Final = timezone(timedelta(hours=8))
_KEY: Final = ("role", "acquirer_city", "acquirer_bank", "business_date", "serial")

# Asked and written with every step of every serial, so built once.
_FIND: Final = select(serials).where(*(serials.c[name] == bindparam(name) for name in _KEY))
_CHANGE: Final = serials.update().where(
    *(serials.c[name] == bindparam(f"{name}_") for name in _KEY)
)
_ASKED_WITH: Final = select(serials).where(serials.c.asked == bindparam("asked"))
_ACCOUNT: Final = select(accounts).where(accounts.c.card == bindparam("card"))
_NEWEST_DAY: Final = select(func.max(days.c.business_date))
_SPENDING: Final = tuple(str(one) for one in (State.ASKED, State.HELD, State.PAID, State.SUCCESS))


@dataclass(frozen=True)
class Business:
    """One serial in one bank's book."""

    role: Role
    serial: Serial
    bank: str
    peer_city: str
    peer_bank: str
    kind: Kind
    state: State
    amount_fen: int
    fee_fen: int
    booked_on: date
    interest_fen: int = 0
    card: str | None = None
    request: dict[str, Any] | None = None
    booked: bool = False
    corrects: str | None = None
    refusal: Refusal | None = None
    reason: ReverseReason | None = None
    due_at_ms: int | None = None
    asked: str | None = None
    """The message with which the account bank was asked last."""
    waits: str | None = None
    """The own counter's call that waits for the decision."""


@dataclass(frozen=True)
class DepositAccount:
    """A customer's account as its bank keeps it."""

    card: str
    bank: str
    ledger_account: str
    holder_name: str
    holder_id: str
    product: Product
    status: AccountStatus
    agreement_signed: bool
    item_limit_fen: int
    day_limit_fen: int
    opened_on: date
    matures_on: date | None = None
    lost_at_ms: int | None = None


def find(transaction: Transaction, role: Role, serial: Serial) -> Business | None:
    """A serial in the book of that role, or None."""
    row = transaction.row(_FIND, _key_of(role, serial))
    return None if row is None else business_of(row)


def need(transaction: Transaction, role: Role, serial: Serial) -> Business:
    """A serial in the book of that role, or the refusal."""
    found = find(transaction, role, serial)
    if found is None:
        raise SERIAL_UNKNOWN()
    return found


def lock(transaction: Transaction) -> None:
    """Be the only one who changes the banks' books until the transaction ends.

    The ledger takes this lock for every transfer anyway. Taken before a serial is looked at, it
    keeps two processes of one node from deciding about the same serial, or the same limit, at once.
    """
    head.lock(transaction)


def locked(transaction: Transaction, role: Role, serial: Serial) -> Business | None:
    """A serial that is about to be changed, or None."""
    lock(transaction)
    return find(transaction, role, serial)


def need_locked(transaction: Transaction, role: Role, serial: Serial) -> Business:
    """A serial that is about to be changed, or the refusal."""
    lock(transaction)
    return need(transaction, role, serial)


def add(transaction: Transaction, business: Business, now: datetime) -> Business:
    """A new serial."""
    transaction.insert(serials, {**_key(business), **_values(business, now)})
    return business


def change(transaction: Transaction, business: Business, now: datetime, **to: Any) -> Business:
    """The serial with other values."""
    changed = replace(business, **to)
    named = {f"{name}_": value for name, value in _key(changed).items()}
    transaction.execute(_CHANGE, {**named, **_values(changed, now)})
    return changed


def due(transaction: Transaction, now: datetime, count_max: int) -> list[Business]:
    """Serials of own acquirers on which they must act now, the oldest first."""
    rows = transaction.rows(
        select(serials)
        .where(serials.c.due_at_ms <= to_ms(now))
        .order_by(serials.c.due_at_ms)
        .limit(count_max)
    )
    return [business_of(row) for row in rows]


def asked_with(transaction: Transaction, message_id: str) -> Business | None:
    """The own serial about which a message asked the account bank, if it was the last one."""
    row = transaction.row(_ASKED_WITH, {"asked": message_id})
    return None if row is None else business_of(row)


def count_open(transaction: Transaction) -> int:
    """How many serials have not ended, in either role."""
    final = tuple(str(one) for one in FINAL)
    query = select(func.count()).select_from(serials).where(serials.c.state.not_in(final))
    return int(transaction.value(query))


def unfinished(
    transaction: Transaction, bank: str, after: str, count_max: int
) -> Sequence[Business]:
    """The serials of an own bank that have not ended, in order of their place."""
    final = tuple(str(one) for one in FINAL)
    rows = transaction.rows(
        select(serials)
        .where(serials.c.bank == bank, serials.c.state.not_in(final), _dated() > after)
        .order_by(_dated())
        .limit(count_max)
    )
    return [business_of(row) for row in rows]


def recalls(transaction: Transaction, bank: str, after: str, count_max: int) -> Sequence[Business]:
    """The recalls that wait for an own bank's decision, in order of their place."""
    rows = transaction.rows(
        select(serials)
        .where(
            serials.c.bank == bank,
            serials.c.role == str(Role.ACCOUNT),
            serials.c.state == str(State.ASKED),
            _dated() > after,
        )
        .order_by(_dated())
        .limit(count_max)
    )
    return [business_of(row) for row in rows]


def recall_of(transaction: Transaction, original: Serial, number: str) -> Business | None:
    """The recall of an own bank's payment under that number, on whatever date it was begun."""
    row = transaction.row(
        select(serials).where(
            serials.c.corrects == original.text,
            serials.c.role == str(Role.ACQUIRER),
            serials.c.kind == str(Kind.RETURN),
            serials.c.serial == number,
        )
    )
    return None if row is None else business_of(row)


def dated_place_of(business: Business) -> str:
    """Where a serial stands in the order of `unfinished`."""
    return f"{business.serial.business_date.isoformat()}/{place_of(business)}"


def adjusted(transaction: Transaction, role: Role, serial: Serial) -> bool:
    """Whether an adjustment of the serial stands in that book, done or on its way."""
    query = select(serials.c.serial).where(
        serials.c.corrects == serial.text,
        serials.c.role == str(role),
        serials.c.state.in_((*_SPENDING, str(State.REVERSING))),
    )
    return transaction.row(query.limit(1)) is not None


def spent_on(transaction: Transaction, card: str, day: date) -> int:
    """What left an account over the banks on a business date, in fen, what is held with it."""
    outward = or_(
        and_(
            serials.c.role == str(Role.ACCOUNT),
            serials.c.kind.in_(tuple(str(kind) for kind in WITHDRAWALS)),
        ),
        and_(serials.c.role == str(Role.ACQUIRER), serials.c.kind == str(Kind.TRANSFER)),
    )
    total = transaction.value(
        select(func.coalesce(func.sum(serials.c.amount_fen), 0)).where(
            serials.c.card == card,
            serials.c.booked_on == day.isoformat(),
            serials.c.state.in_(_SPENDING),
            outward,
        )
    )
    return int(total)


def of_date(
    transaction: Transaction, day: date, peer_city: str, after: str, count_max: int
) -> Sequence[Business]:
    """The serials of an acquirer's business date with another city, in order of their text."""
    rows = transaction.rows(
        select(serials)
        .where(
            serials.c.business_date == day.isoformat(),
            serials.c.peer_city == peer_city,
            _order() > after,
        )
        .order_by(_order())
        .limit(count_max)
    )
    return [business_of(row) for row in rows]


def place_of(business: Business) -> str:
    """Where a serial stands in the order of `of_date`."""
    serial = business.serial
    return f"{serial.acquirer_city}/{serial.acquirer_bank}/{serial.serial}/{business.role}"


def _order() -> Any:
    c = serials.c
    return c.acquirer_city + "/" + c.acquirer_bank + "/" + c.serial + "/" + c.role


def _dated() -> Any:
    return serials.c.business_date + "/" + _order()


def account(transaction: Transaction, card: str, bank: str | None = None) -> DepositAccount:
    """An account by its number, of that bank, or the refusal."""
    row = transaction.row(_ACCOUNT, {"card": card})
    if row is None or (bank is not None and row.bank != bank):
        raise ACCOUNT_UNKNOWN()
    values = dict(row._mapping)
    values["product"], values["status"] = (
        coded(Product, row.product),
        coded(AccountStatus, row.status),
    )
    values["opened_on"] = date.fromisoformat(row.opened_on)
    values["matures_on"] = None if row.matures_on is None else date.fromisoformat(row.matures_on)
    return DepositAccount(**values)


def is_open(transaction: Transaction, card: str) -> bool:
    """Whether there is an account of that number."""
    return transaction.row(select(accounts.c.card).where(accounts.c.card == card)) is not None


def add_account(transaction: Transaction, new: DepositAccount) -> None:
    """A new account."""
    values = dict(vars(new))
    values["product"], values["status"] = str(new.product), str(new.status)
    values["opened_on"] = new.opened_on.isoformat()
    values["matures_on"] = None if new.matures_on is None else new.matures_on.isoformat()
    transaction.insert(accounts, values)


def set_status(
    transaction: Transaction, card: str, status: AccountStatus, lost_at_ms: int | None
) -> None:
    """Stop or allow the use of an account."""
    transaction.execute(
        accounts.update()
        .where(accounts.c.card == card)
        .values(status=str(status), lost_at_ms=lost_at_ms)
    )


def closed_through(transaction: Transaction) -> date | None:
    """The newest business date that ended."""
    newest = transaction.value(_NEWEST_DAY)
    return None if newest is None else date.fromisoformat(newest)


def business_date(transaction: Transaction, now: datetime) -> date:
    """The present business date: the calendar day in Sichuan, or the day after the last closed."""
    today = now.astimezone(SICHUAN).date()
    closed = closed_through(transaction)
    return today if closed is None or closed < today else closed + timedelta(days=1)


def business_of(row: Any) -> Business:
    """The serial of its row."""
    return Business(
        role=coded(Role, row.role),
        serial=Serial(
            acquirer_city=row.acquirer_city,
            acquirer_bank=row.acquirer_bank,
            business_date=date.fromisoformat(row.business_date),
            serial=row.serial,
        ),
        bank=row.bank,
        peer_city=row.peer_city,
        peer_bank=row.peer_bank,
        kind=coded(Kind, row.kind),
        state=coded(State, row.state),
        amount_fen=row.amount_fen,
        fee_fen=row.fee_fen,
        booked_on=date.fromisoformat(row.booked_on),
        interest_fen=row.interest_fen,
        card=row.card,
        request=None if row.request is None else json.loads(row.request),
        booked=bool(row.booked),
        corrects=row.corrects,
        refusal=None if row.refusal is None else Refusal.model_validate_json(row.refusal),
        reason=None if row.reason is None else coded(ReverseReason, row.reason),
        due_at_ms=row.due_at_ms,
        asked=row.asked,
        waits=row.waits,
    )


def _key(business: Business) -> dict[str, Any]:
    return _key_of(business.role, business.serial)


def _key_of(role: Role, serial: Serial) -> dict[str, Any]:
    return {
        "role": str(role),
        "acquirer_city": serial.acquirer_city,
        "acquirer_bank": serial.acquirer_bank,
        "business_date": serial.business_date.isoformat(),
        "serial": serial.serial,
    }


def _values(business: Business, now: datetime) -> dict[str, Any]:
    request, refusal = business.request, business.refusal
    return {
        "bank": business.bank,
        "peer_city": business.peer_city,
        "peer_bank": business.peer_bank,
        "kind": str(business.kind),
        "state": str(business.state),
        "amount_fen": business.amount_fen,
        "fee_fen": business.fee_fen,
        "interest_fen": business.interest_fen,
        "card": business.card,
        "request": None if request is None else json.dumps(request, sort_keys=True),
        "booked": business.booked,
        "corrects": business.corrects,
        "refusal": None if refusal is None else refusal.model_dump_json(),
        "reason": None if business.reason is None else str(business.reason),
        "booked_on": business.booked_on.isoformat(),
        "due_at_ms": business.due_at_ms,
        "asked": business.asked,
        "waits": business.waits,
        "changed_at_ms": to_ms(now),
    }
