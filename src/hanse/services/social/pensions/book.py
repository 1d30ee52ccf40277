"""The book of relations and certificates: reading and writing this city's tables."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from sqlalchemy import select

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.services.social.pensions import funds
from hanse.services.social.pensions.claim_place import last_month
from hanse.services.social.pensions.codes import Standing
from hanse.services.social.pensions.contracts import Certificate
from hanse.services.social.pensions.relation import Relation
from hanse.services.social.pensions.tables import certificates, relations
from hanse.services.social.pensions.transfer_amount import transfer_amount

PENSION_RELATION_UNKNOWN = ProblemKind(
    "pension_relation_unknown",
    404,
    Text("本市没有该人员的养老保险关系", "This city keeps no relation of that person"),
    Text("请核对公民身份号码，或向原参保地查询", "Check the number, or ask the earlier city"),
)
PENSION_RELATION_NOT_HERE = ProblemKind(
    "pension_relation_not_here",
    409,
    Text("该关系正在转移或已转出", "The relation is on its way, or has moved"),
    Text("关系状态：{standing_zh}", "It stands as: {standing_en}"),
)
PENSION_RELATION_SHRINKS = ProblemKind(
    "pension_relation_shrinks",
    409,
    Text("登记的基金少于原登记", "The relation holds less than was kept before"),
    Text("请更正后再登记；退款须另行办理", "Correct it; a refund is a matter of its own"),
)
PENSION_MONTH_NOT_COME = ProblemKind(
    "pension_month_not_come",
    422,
    Text("缴费月份尚未到来", "A month that is said to be paid has not come yet"),
    Text("请核对{month}及以后的记录", "Check the rows of {month} and later"),
)
PENSION_CERTIFICATE_UNKNOWN = ProblemKind(
    "pension_certificate_unknown",
    404,
    Text("本市没有该编号的凭证", "This city gave out no such certificate"),
    Text("请核对凭证编号 {number}", "Check the certificate's number {number}"),
)

SICHUAN = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Kept:
    """A relation as it is kept, with its standing and the funds booked for it in fen.

    Where a province pools, a relation arrives without cash: what it carries counts as booked, in
    the province's fund, so that only what is collected later is booked here.
    """

    relation: Relation
    relation_id: str
    version: int
    standing: Standing
    case_id: str | None
    account_funds: int
    pool_funds: int


def day_of(now: datetime) -> date:
    """The calendar day in Sichuan on which the rules count."""
    return now.astimezone(SICHUAN).date()


def find(transaction: Transaction, citizen_id: str) -> Kept | None:
    """The relation of a person, or None."""
    row = transaction.row(select(relations).where(relations.c.citizen_id == citizen_id))
    if row is None:
        return None
    return Kept(
        relation=Relation.model_validate_json(row.document),
        relation_id=row.relation_id,
        version=row.version,
        standing=next(one for one in Standing if one == row.standing),
        case_id=row.case_id,
        account_funds=row.account_funds,
        pool_funds=row.pool_funds,
    )


def held(transaction: Transaction, citizen_id: str) -> Kept:
    """The relation of a person, wherever it stands; or the refusal."""
    found = find(transaction, citizen_id)
    if found is None:
        raise PENSION_RELATION_UNKNOWN()
    return found


def active(transaction: Transaction, citizen_id: str) -> Kept:
    """The relation of a person that is kept here and does not move; or the refusal."""
    found = held(transaction, citizen_id)
    if found.standing is not Standing.ACTIVE:
        label = found.standing.text
        raise PENSION_RELATION_NOT_HERE(standing_zh=label.zh, standing_en=label.en)
    return found


def collect(transaction: Transaction, relation: Relation, context: Context) -> Kept:
    """Keep a relation as it is now known; the funds that came with it are booked."""
    last = last_month(relation.contributions)
    if last > f"{day_of(context.now):%Y-%m}":
        raise PENSION_MONTH_NOT_COME(month=last)
    before = find(transaction, relation.person.citizen_id)
    # One that moved away may begin anew here; its old months are the other city's now.
    if before is not None and before.standing is Standing.MOVING:
        active(transaction, relation.person.citizen_id)
    amount = transfer_amount(relation.contributions, relation.account)
    was = (0, 0) if before is None else (before.account_funds, before.pool_funds)
    grown = amount.account - was[0], amount.pool_total - was[1]
    if min(grown) < 0:
        raise PENSION_RELATION_SHRINKS()
    kept = Kept(
        relation=relation,
        relation_id=new_id(context.randomness) if before is None else before.relation_id,
        version=1 if before is None else before.version + 1,
        standing=Standing.ACTIVE,
        case_id=None,
        account_funds=amount.account,
        pool_funds=amount.pool_total,
    )
    keep(transaction, kept, context.now)
    funds.collect(transaction, kept.relation_id, kept.version, grown, context.now)
    return kept


def keep(transaction: Transaction, kept: Kept, now: datetime) -> None:
    """Write a relation as it stands."""
    transaction.upsert(
        relations,
        {
            "citizen_id": kept.relation.person.citizen_id,
            "relation_id": kept.relation_id,
            "version": kept.version,
            "standing": kept.standing.value,
            "case_id": kept.case_id,
            "account_funds": kept.account_funds,
            "pool_funds": kept.pool_funds,
            "document": kept.relation.model_dump_json(),
            "changed_at_ms": to_ms(now),
        },
        lambda new: {
            "version": new.version,
            "standing": new.standing,
            "case_id": new.case_id,
            "account_funds": new.account_funds,
            "pool_funds": new.pool_funds,
            "document": new.document,
            "changed_at_ms": new.changed_at_ms,
        },
    )


def keep_certificate(transaction: Transaction, certificate: Certificate, now: datetime) -> None:
    """Write a certificate that was given out; its number is fresh."""
    transaction.insert(
        certificates,
        {
            "number": certificate.number,
            "citizen_id": certificate.person.citizen_id,
            "document": certificate.model_dump_json(),
            "issued_at_ms": to_ms(now),
        },
    )


def certificate(transaction: Transaction, number: str, citizen_id: str) -> Certificate:
    """The certificate of that number for that person; or the refusal."""
    document = transaction.value(
        select(certificates.c.document).where(
            certificates.c.number == number, certificates.c.citizen_id == citizen_id
        )
    )
    if document is None:
        raise PENSION_CERTIFICATE_UNKNOWN(number=number)
    return Certificate.model_validate_json(document)
