"""The insuring city's book: who is insured and filed where, its policies, what a year has used."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import citizen_birth_date
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.social.insurance.codes import FilingKind, Scheme
from hanse.services.social.insurance.contracts import Enrolment, Settlement, SettleQuestion
from hanse.services.social.insurance.counters import Counters
from hanse.services.social.insurance.default_policies import employee_policy, resident_policy
from hanse.services.social.insurance.filing import Filing
from hanse.services.social.insurance.policies import Policy, policy_on
from hanse.services.social.insurance.rules import Result
from hanse.services.social.insurance.tables import enrolments, filings, policies, settlements

NOT_INSURED = ProblemKind(
    "insurance_not_insured",
    409,
    Text("该人在出院日未在本地参保", "The person is not insured here on the day of discharge"),
    Text("请核对参保地与证件号码", "Check the place of insurance and the number"),
)
POLICY_EXISTS = ProblemKind(
    "insurance_policy_exists",
    409,
    Text("该版本的政策已存在", "This version of the policy exists"),
    Text("已公布的政策不可更改，请用版本{next}", "A policy never changes: use version {next}"),
)
FILINGS_MAX = 100


def keep_enrolment(transaction: Transaction, enrolment: Enrolment) -> None:
    """Keep what the register says; the newest word on a start counts."""
    transaction.upsert(
        enrolments,
        {
            "person": enrolment.person,
            "scheme": str(enrolment.scheme),
            "valid_from": enrolment.valid_from.isoformat(),
            "valid_to": enrolment.valid_to.isoformat() if enrolment.valid_to else None,
            "account_fen": enrolment.account_fen,
        },
        lambda new: {"valid_to": new.valid_to, "account_fen": new.account_fen},
    )


def scheme_on(transaction: Transaction, person: str, day: date) -> Scheme:
    """Under what the person is insured on a day; employees' insurance comes first."""
    found = transaction.rows(
        select(enrolments.c.scheme).where(
            enrolments.c.person == person,
            enrolments.c.valid_from <= day.isoformat(),
            (enrolments.c.valid_to.is_(None)) | (enrolments.c.valid_to >= day.isoformat()),
        )
    )
    schemes = {row.scheme for row in found}
    for scheme in Scheme:
        if scheme.value in schemes:
            return scheme
    raise NOT_INSURED()


def account_fen(transaction: Transaction, person: str, scheme: Scheme) -> int:
    """What the personal account still holds: what was paid in less what settlements took."""
    held = transaction.value(
        select(func.coalesce(func.sum(enrolments.c.account_fen), 0)).where(
            enrolments.c.person == person, enrolments.c.scheme == scheme.value
        )
    )
    taken = transaction.value(
        select(func.coalesce(func.sum(settlements.c.account_fen), 0)).where(
            settlements.c.person == person,
            settlements.c.scheme == scheme.value,
            settlements.c.state == "settled",
        )
    )
    return max(0, int(held or 0) - int(taken or 0))


def keep_filing(transaction: Transaction, filing_id: str, person: str, filing: Filing) -> None:
    """Keep a filing."""
    transaction.insert(
        filings,
        {
            "filing_id": filing_id,
            "person": person,
            "kind": str(filing.kind),
            "city": filing.city,
            "valid_from": filing.valid_from.isoformat(),
            "valid_to": filing.valid_to.isoformat() if filing.valid_to else None,
        },
    )


def end_filing(transaction: Transaction, filing_id: str, day: date) -> Filing | None:
    """End a filing on a day; gives it as it holds then, None where there is none."""
    transaction.execute(
        update(filings).where(filings.c.filing_id == filing_id).values(valid_to=day.isoformat())
    )
    row = transaction.row(select(filings).where(filings.c.filing_id == filing_id))
    return _filing(row) if row is not None else None


def filings_of(transaction: Transaction, person: str) -> list[Filing]:
    """The filings of a person."""
    rows = transaction.rows(
        select(filings)
        .where(filings.c.person == person)
        .order_by(filings.c.valid_from.desc())
        .limit(FILINGS_MAX)
    )
    return [_filing(row) for row in rows]


def _filing(row: Any) -> Filing:
    ends = date.fromisoformat(row.valid_to) if row.valid_to else None
    kind = next(one for one in FilingKind if one == row.kind)
    return Filing(kind, row.city, date.fromisoformat(row.valid_from), ends)


def keep_policy(transaction: Transaction, policy: Policy) -> None:
    """Keep a policy; a version that exists is never changed."""
    newest = transaction.value(
        select(func.max(policies.c.version)).where(policies.c.scheme == policy.scheme.value)
    )
    if policy.version <= int(newest or 1):
        raise POLICY_EXISTS(next=int(newest or 1) + 1)
    transaction.insert(
        policies,
        {
            "scheme": policy.scheme.value,
            "version": policy.version,
            "effective_from": policy.effective_from.isoformat(),
            "document": policy.model_dump_json(),
        },
    )


def policy_for(transaction: Transaction, city: str, scheme: Scheme, day: date) -> Policy:
    """The policy of the day: of those that the city entered, or the default of version 1."""
    rows = transaction.rows(
        select(policies.c.document).where(
            policies.c.scheme == scheme.value, policies.c.effective_from <= day.isoformat()
        )
    )
    entered = [Policy.model_validate_json(row.document) for row in rows]
    return policy_on([*entered, default_policy(city, scheme)], city, scheme, day)


def default_policy(city: str, scheme: Scheme) -> Policy:
    """What holds until the city enters a policy of its own."""
    return employee_policy(city) if scheme is Scheme.EMPLOYEE else resident_policy(city)


def year_of(transaction: Transaction, person: str, scheme: Scheme, year: int) -> Counters:
    """What the person's year has used: the sum over the settlements that stand."""
    row = transaction.row(
        select(
            *(
                func.coalesce(func.sum(settlements.c[name]), 0).label(name)
                for name in Counters.__dataclass_fields__
            )
        ).where(
            settlements.c.person == person,
            settlements.c.scheme == scheme.value,
            settlements.c.year == year,
            settlements.c.state == "settled",
        )
    )
    if row is None:
        return Counters()
    return Counters(**{name: int(row._mapping[name]) for name in Counters.__dataclass_fields__})


def settlement_row(transaction: Transaction, claim: str) -> Any:
    """What this city has of a claim, if anything."""
    return transaction.row(select(settlements).where(settlements.c.claim == claim))


def keep_settlement(
    transaction: Transaction,
    question: SettleQuestion,
    treated_city: str,
    settlement: Settlement,
    result: Result,
    day: date,
) -> None:
    """Keep a settlement with what it adds to the year."""
    change = result.change
    transaction.insert(
        settlements,
        {
            "claim": question.claim,
            "person": question.person,
            "scheme": settlement.scheme.value,
            "year": question.discharged_on.year,
            "treated_city": treated_city,
            "state": "settled",
            "settled_on": day.isoformat(),
            "question": question.model_dump_json(),
            "settlement": settlement.model_dump_json(),
            "admissions": change.admissions,
            "fund_fen": change.fund_fen,
            "burden_fen": change.burden_fen,
            "serious_fen": change.serious_fen,
            "chronic_deductible_fen": change.chronic_deductible_fen,
            "account_fen": result.account_fen,
        },
    )


def bar(transaction: Transaction, claim: str, person: str, treated_city: str, day: date) -> None:
    """Note that a claim was taken back before it came: it may never be settled."""
    transaction.insert(
        settlements,
        {
            "claim": claim,
            "person": person,
            "scheme": "",
            "year": day.year,
            "treated_city": treated_city,
            "state": "barred",
            "settled_on": day.isoformat(),
            "admissions": 0,
            "fund_fen": 0,
            "burden_fen": 0,
            "serious_fen": 0,
            "chronic_deductible_fen": 0,
            "account_fen": 0,
        },
    )


def mark_undone(transaction: Transaction, claim: str) -> None:
    """Take a settlement out of the year."""
    transaction.execute(
        update(settlements).where(settlements.c.claim == claim).values(state="undone")
    )


def settled_between(
    transaction: Transaction, scheme: Scheme, first: date, last: date, count_max: int
) -> list[Any]:
    """Settlements that stand, by the day they were made."""
    return list(
        transaction.rows(
            select(settlements)
            .where(
                settlements.c.scheme == scheme.value,
                settlements.c.state == "settled",
                settlements.c.settled_on.between(first.isoformat(), last.isoformat()),
            )
            .order_by(settlements.c.settled_on, settlements.c.claim)
            .limit(count_max)
        )
    )


def settlements_of(transaction: Transaction, person: str, count: int) -> Sequence[Any]:
    """A person's settlements of bills, the newest first; bars without a bill are left out."""
    return transaction.rows(
        select(settlements)
        .where(settlements.c.person == person, settlements.c.settlement.is_not(None))
        .order_by(settlements.c.settled_on.desc(), settlements.c.claim)
        .limit(count)
    )


def age_on(person: str, day: date) -> int:
    """Full years of a person on a day, by the citizen id."""
    born = citizen_birth_date(person)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
