"""The register: reading and writing this city's tables."""

from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from sqlalchemy import delete, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.market.registration import rules
from hanse.services.market.registration.codes import BanKind, EntityStatus
from hanse.services.market.registration.contracts import Application
from hanse.services.market.registration.tables import bans, entities, held_names

NAME_TAKEN = ProblemKind(
    "registration_name_taken",
    409,
    Text("同一登记机关同行业已有该字号", "The trade name is taken here in this industry"),
    Text("请更换字号", "Choose another trade name"),
)
NAME_HELD = ProblemKind(
    "registration_name_held",
    409,
    Text("该字号正由其他窗口申请", "Another window has put in for this trade name"),
    Text("请稍后再试或更换字号", "Try again later, or choose another one"),
)
ENTITY_UNKNOWN = ProblemKind(
    "registration_entity_unknown",
    404,
    Text("本市登记簿中没有该主体", "This city's register has no such entity"),
    Text("请核对统一社会信用代码", "Check the credit code"),
)
ENTITY_NOT_REGISTERED = ProblemKind(
    "registration_entity_not_registered",
    409,
    Text("该主体当前不在存续状态", "The entity is not registered now"),
    Text("登记状态：{status_zh}", "It stands as: {status_en}"),
)

SICHUAN: Final = timezone(timedelta(hours=8))
BANS_PER_PERSON_MAX: Final = 100


def day_of(now: datetime) -> date:
    """The calendar day in Sichuan on which the rules count."""
    return now.astimezone(SICHUAN).date()


def look_up(transaction: Transaction, uscc: str) -> Any | None:
    """The register's row of an entity."""
    return transaction.row(select(entities).where(entities.c.uscc == uscc))


def registered(transaction: Transaction, uscc: str) -> Any:
    """The row of an entity that is registered or suspended here, or the refusal."""
    row = look_up(transaction, uscc)
    if row is None:
        raise ENTITY_UNKNOWN()
    if row.status not in (EntityStatus.REGISTERED, EntityStatus.SUSPENDED):
        words = next(one.text for one in EntityStatus if one == row.status)
        raise ENTITY_NOT_REGISTERED(status_zh=words.zh, status_en=words.en)
    return row


def keep(transaction: Transaction, uscc: str, application: Application, now: datetime) -> None:
    """Put an entity into the register, or its newest particulars."""
    transaction.upsert(
        entities,
        {
            "uscc": uscc,
            "name_key": rules.name_key(application.trade_name),
            "industry_key": rules.industry_key(application.industry),
            "status": str(EntityStatus.REGISTERED),
            "credential_id": None,
            "document": application.model_dump_json(),
            "changed_at_ms": to_ms(now),
        },
        lambda new: {
            "name_key": new.name_key,
            "industry_key": new.industry_key,
            "status": new.status,
            "document": new.document,
            "changed_at_ms": new.changed_at_ms,
        },
    )


def set_status(transaction: Transaction, uscc: str, status: EntityStatus, now: datetime) -> None:
    """What has become of an entity."""
    transaction.execute(
        update(entities)
        .where(entities.c.uscc == uscc)
        .values(status=str(status), changed_at_ms=to_ms(now))
    )


def note_credential(transaction: Transaction, uscc: str, credential_id: str) -> None:
    """Which electronic licence of an entity counts."""
    transaction.execute(
        update(entities).where(entities.c.uscc == uscc).values(credential_id=credential_id)
    )


def hold_name(
    transaction: Transaction,
    trade_name: str,
    industry: str,
    holder: str,
    now: datetime,
    until: datetime | None,
    uscc: str | None = None,
    instead_of: str | None = None,
) -> None:
    """Hold a name for a window or a case; or the refusal. The same holder may hold it again.

    `uscc` may have the name itself, as an entity that changes something else does; `instead_of`
    is the window whose hold a case takes over.
    """
    key = (rules.name_key(trade_name), rules.industry_key(industry))
    of_name = (entities.c.name_key == key[0], entities.c.industry_key == key[1])
    taken = transaction.rows(
        select(entities.c.uscc)
        .where(
            *of_name,
            entities.c.status.in_((EntityStatus.REGISTERED, EntityStatus.SUSPENDED)),
        )
        .limit(2)
    )
    if any(row.uscc != uscc for row in taken):
        raise NAME_TAKEN()
    row = transaction.row(
        select(held_names).where(
            held_names.c.name_key == key[0], held_names.c.industry_key == key[1]
        )
    )
    is_others = row is not None and row.holder not in (holder, instead_of)
    if row is not None and is_others and (row.until_ms is None or row.until_ms > to_ms(now)):
        raise NAME_HELD()
    transaction.upsert(
        held_names,
        {
            "name_key": key[0],
            "industry_key": key[1],
            "holder": holder,
            "until_ms": None if until is None else to_ms(until),
        },
        lambda new: {"holder": new.holder, "until_ms": new.until_ms},
    )


def release_name(transaction: Transaction, holder: str) -> None:
    """A case that has ended holds no name any more."""
    transaction.execute(delete(held_names).where(held_names.c.holder == holder))


def bans_of(transaction: Transaction, citizen_id: str) -> list[rules.Ban]:
    """What this city knows that bars a person."""
    rows = transaction.rows(
        select(bans).where(bans.c.citizen_id == citizen_id).limit(BANS_PER_PERSON_MAX)
    )
    kinds = {str(kind): kind for kind in BanKind}
    return [
        rules.Ban(
            kinds[row.kind],
            date.fromisoformat(row.since),
            None if row.lifted_on is None else date.fromisoformat(row.lifted_on),
        )
        for row in rows
    ]
