"""The treating city's book: its catalogue, and the bills of its hospitals."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, select, update

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.social.insurance.codes import ItemClass
from hanse.services.social.insurance.contracts import (
    Bill,
    CatalogueItem,
    ClaimState,
    HospitalBill,
    Settlement,
    SettleQuestion,
)
from hanse.services.social.insurance.lines import Line
from hanse.services.social.insurance.tables import claims, items, waiting

ITEM_UNKNOWN = ProblemKind(
    "insurance_item_unknown",
    422,
    Text("目录中没有该项目", "The catalogue has no such item"),
    Text("请核对国家医保编码：{items}", "Check the national codes: {items}"),
)
CLAIM_UNKNOWN = ProblemKind(
    "insurance_claim_unknown",
    404,
    Text("没有该结算", "There is no such settlement"),
    Text("请核对就诊流水号与结算流水号", "Check the visit and the settlement number"),
)
ITEMS_NAMED_MAX = 5

ASKED = "asked"
SETTLED = "settled"
REFUSED = "refused"
UNDOING = "undoing"
UNDONE = "undone"


def claim_id(city: str, organisation: str, visit: str, number: str) -> str:
    """The settlement's id: the same hospital, visit and number are the same settlement (3.6)."""
    named = "\n".join((city, organisation, visit, number))
    return hashlib.sha256(named.encode("utf-8")).hexdigest()[:32]


def keep_items(transaction: Transaction, catalogue: Iterable[CatalogueItem]) -> int:
    """Keep items of the catalogue; gives how many."""
    rows = [
        {
            "item": one.item,
            "item_class": str(one.item_class),
            "ceiling_fen": one.ceiling_fen,
            "self_share_bp": one.self_share_bp,
        }
        for one in catalogue
    ]
    for row in rows:
        transaction.upsert(
            items,
            row,
            lambda new: {
                "item_class": new.item_class,
                "ceiling_fen": new.ceiling_fen,
                "self_share_bp": new.self_share_bp,
            },
        )
    return len(rows)


def lines_of(transaction: Transaction, bill: Bill) -> tuple[Line, ...]:
    """The bill's lines with what the catalogue says of each; unknown items are refused."""
    wanted = sorted({line.item for line in bill.lines})
    found = {
        row.item: row for row in transaction.rows(select(items).where(items.c.item.in_(wanted)))
    }
    missing = [item for item in wanted if item not in found]
    if missing:
        raise ITEM_UNKNOWN(items=", ".join(missing[:ITEMS_NAMED_MAX]))
    return tuple(
        Line(
            item=line.item,
            item_class=_class(found[line.item].item_class),
            quantity=line.quantity,
            price_fen=line.price_fen,
            ceiling_fen=found[line.item].ceiling_fen,
            self_share_bp=found[line.item].self_share_bp,
        )
        for line in bill.lines
    )


def _class(code: str) -> ItemClass:
    return next(one for one in ItemClass if one == code)


def digest(bill: Bill) -> str:
    """What tells one content of a settlement from another."""
    return hashlib.sha256(bill.model_dump_json().encode("utf-8")).hexdigest()


def one(transaction: Transaction, claim: str) -> Any:
    """A claim of this city's hospitals, if there is one."""
    return transaction.row(select(claims).where(claims.c.claim == claim))


def by_question(transaction: Transaction, asked: str) -> Any:
    """The claim that a question to the insuring city is about."""
    return transaction.row(select(claims).where(claims.c.asked == asked))


def by_undoing(transaction: Transaction, asked: str) -> Any:
    """The claim that a question to the insuring city is to take back."""
    return transaction.row(select(claims).where(claims.c.undo_asked == asked))


def keep(
    transaction: Transaction,
    bill: Bill,
    question: SettleQuestion,
    organisation: str,
    asked: str,
    waits: str,
    now: datetime,
) -> None:
    """Keep a claim that was asked for."""
    transaction.insert(
        claims,
        {
            "claim": question.claim,
            "organisation": organisation,
            "insured_city": bill.insured_city,
            "state": ASKED,
            "digest": digest(bill),
            "question": question.model_dump_json(),
            "asked": asked or None,
            "changed_at_ms": to_ms(now),
        },
    )
    if waits:
        wait_too(transaction, question.claim, waits)


def wait_too(transaction: Transaction, claim: str, message_id: str) -> None:
    """Note a call that waits for the outcome of a claim."""
    transaction.insert(waiting, {"message_id": message_id, "claim": claim})


def take_waiting(transaction: Transaction, claim: str) -> list[str]:
    """The calls that wait for a claim; they wait no longer."""
    which = (waiting.c.claim == claim) & waiting.c.trial_asked.is_(None)
    rows = transaction.rows(select(waiting).where(which).order_by(waiting.c.message_id))
    found = [row.message_id for row in rows]
    transaction.execute(delete(waiting).where(which))
    return found


def keep_trial(transaction: Transaction, asked: str, message_id: str, claim: str) -> None:
    """Note a call that waits for the answer to a trial."""
    row = {"message_id": message_id, "claim": claim, "trial_asked": asked}
    transaction.insert(waiting, row)


def take_trial(transaction: Transaction, asked: str) -> tuple[str, str] | None:
    """The call that waits for a trial, and its claim; it waits no longer."""
    row = transaction.row(select(waiting).where(waiting.c.trial_asked == asked))
    if row is None:
        return None
    transaction.execute(delete(waiting).where(waiting.c.trial_asked == asked))
    return row.message_id, row.claim


def change(transaction: Transaction, claim: str, now: datetime, **values: Any) -> None:
    """Change a claim's state and what goes with it."""
    transaction.execute(
        update(claims).where(claims.c.claim == claim).values(changed_at_ms=to_ms(now), **values)
    )


def as_state(row: Any) -> ClaimState:
    """A claim as its hospital sees it."""
    return ClaimState(
        claim=row.claim,
        state=row.state,
        settlement=Settlement.model_validate_json(row.settlement) if row.settlement else None,
        problem=orjson.loads(row.problem) if row.problem else None,
    )


def bills_of(transaction: Transaction, organisation: str, count: int) -> tuple[HospitalBill, ...]:
    """The bills of a hospital, those that changed last first."""
    rows = transaction.rows(
        select(claims)
        .where(claims.c.organisation == organisation)
        .order_by(claims.c.changed_at_ms.desc())
        .limit(count)
    )
    return tuple(
        HospitalBill(
            claim=row.claim,
            insured_city=row.insured_city,
            state=row.state,
            changed_at=from_ms(row.changed_at_ms),
            settlement=as_state(row).settlement,
            problem=as_state(row).problem,
        )
        for row in rows
    )


def problem_text(problem: dict[str, Any]) -> str:
    """A refusal as it is kept."""
    return orjson.dumps(problem).decode()
