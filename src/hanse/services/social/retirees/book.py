"""The book of recipients: reading and writing this city's tables, and how each person stands."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone

from sqlalchemy import select

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import citizen_birth_date
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.social.retirees import rules
from hanse.services.social.retirees.certification import schemes_of
from hanse.services.social.retirees.codes import Standing
from hanse.services.social.retirees.contracts import Benefit, EntitlementState, Recipient
from hanse.services.social.retirees.months import read_month
from hanse.services.social.retirees.parameters import RetireesParameters
from hanse.services.social.retirees.tables import benefits, payments, recipients

RECIPIENT_UNKNOWN = ProblemKind(
    "retirees_recipient_unknown",
    404,
    Text("本市不向该人员发放待遇", "This city pays no benefit to that person"),
    Text("请核对公民身份号码，或向发放城市查询", "Check the number, or ask the paying city"),
)
RECIPIENT_TERMINATED = ProblemKind(
    "retirees_recipient_terminated",
    409,
    Text("该人员的待遇资格已终止", "The person's entitlement has ended"),
    Text("请查看该人员的资格状态", "Look at how the entitlement stands"),
)

SICHUAN = timezone(timedelta(hours=8))
PAID_MONTHS_MAX = 2_000


def day_of(now: datetime) -> date:
    """The calendar day in Sichuan on which the rules count."""
    return now.astimezone(SICHUAN).date()


def held(transaction: Transaction, citizen_id: str) -> Recipient:
    """The recipient, or the refusal."""
    found = look_up(transaction, citizen_id)
    if found is None:
        raise RECIPIENT_UNKNOWN()
    return found


def entitled(transaction: Transaction, citizen_id: str) -> Recipient:
    """The recipient whose entitlement has not ended, or the refusal."""
    found = held(transaction, citizen_id)
    if found.lost is not None:
        raise RECIPIENT_TERMINATED()
    return found


def look_up(transaction: Transaction, citizen_id: str) -> Recipient | None:
    """The recipient, if this city pays that person."""
    document = transaction.value(
        select(recipients.c.document).where(recipients.c.citizen_id == citizen_id)
    )
    return None if document is None else Recipient.model_validate_json(document)


def keep(transaction: Transaction, recipient: Recipient, now: datetime) -> None:
    """Make this what is known of a recipient. The message that changed it keeps the history."""
    transaction.upsert(
        recipients,
        {
            "citizen_id": recipient.citizen_id,
            "document": recipient.model_dump_json(),
            "changed_at_ms": to_ms(now),
        },
        lambda new: {"document": new.document, "changed_at_ms": new.changed_at_ms},
    )


def note_benefit(transaction: Transaction, benefit_id: str, citizen_id: str) -> bool:
    """Give a benefit its person; false where the number is taken, by this person or another."""
    taken = select(benefits.c.benefit_id).where(benefits.c.benefit_id == benefit_id)
    if transaction.value(taken) is not None:
        return False
    transaction.insert(benefits, {"benefit_id": benefit_id, "citizen_id": citizen_id})
    return True


def page(transaction: Transaction, after: str, limit: int) -> Sequence[Recipient]:
    """Recipients in the order of their numbers, after one of them."""
    rows = transaction.rows(
        select(recipients.c.document)
        .where(recipients.c.citizen_id > after)
        .order_by(recipients.c.citizen_id)
        .limit(limit)
    )
    return [Recipient.model_validate_json(row.document) for row in rows]


def paid_months(transaction: Transaction, citizen_id: str) -> Mapping[str, frozenset[int]]:
    """The months that were paid, by benefit."""
    rows = transaction.rows(
        select(payments.c.benefit_id, payments.c.month)
        .where(payments.c.citizen_id == citizen_id)
        .limit(PAID_MONTHS_MAX)
    )
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row.benefit_id, set()).add(row.month)
    return {benefit: frozenset(months) for benefit, months in found.items()}


def certified(recipient: Recipient, arrears: bool = False) -> rules.Certified:
    """What the rules need to know of a recipient."""
    return rules.Certified(
        born=citizen_birth_date(recipient.citizen_id),
        last_evidence=recipient.last_evidence,
        schemes=schemes_of(one.scheme for one in recipient.benefits),
        arrears=arrears,
        lost=recipient.lost is not None,
    )


def due_of(
    recipient: Recipient, benefit: Benefit, on: date, parameters: RetireesParameters
) -> date | None:
    """The last day of the certification as it counts for one benefit."""
    born = citizen_birth_date(recipient.citizen_id)
    found = rules.due_on(benefit.scheme, recipient.last_evidence, born, on, parameters)
    return None if found is None else found.due


def missed(
    transaction: Transaction, recipient: Recipient, on: date, parameters: RetireesParameters
) -> frozenset[int]:
    """The months before the last run up to today that were not paid for some benefit."""
    paid = paid_months(transaction, recipient.citizen_id)
    coming = rules.first_run_after(on, parameters.payment_run_day)
    lost_in = None if recipient.lost_on is None else rules.month_at(recipient.lost_on)
    return frozenset(
        month
        for benefit in recipient.benefits
        for month in rules.missed_months(
            read_month(benefit.since), coming, paid.get(benefit.benefit_id, ()), lost_in
        )
    )


def state_of(
    transaction: Transaction, recipient: Recipient, on: date, parameters: RetireesParameters
) -> EntitlementState:
    """How a recipient stands on a day."""
    unpaid = missed(transaction, recipient, on, parameters)
    known = certified(recipient, arrears=bool(unpaid))
    standing = rules.standing(known, on, parameters)
    due = None if recipient.lost is not None else rules.earliest_due(known, on, parameters)
    return EntitlementState(
        citizen_id=recipient.citizen_id,
        standing=standing,
        last_evidence=recipient.last_evidence,
        due_on=None if due is None else due.due,
        suspended_from=None
        if due is None
        else rules.written(rules.suspended_from(due.due, parameters)),
        missed=tuple(rules.written(month) for month in sorted(unpaid)),
        next_channel=None
        if standing is Standing.TERMINATED
        else rules.next_channel(recipient.tried),
        suspected=recipient.suspected,
        lost_on=recipient.lost_on,
        reckoning=None if due is None else due.as_dict(),
    )
