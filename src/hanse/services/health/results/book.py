"""The book of results: reading and writing this city's tables, one place for both."""

from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

import orjson
from sqlalchemy import func, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.health.results.codes import HospitalGrade
from hanse.services.health.results.contracts import (
    ENTRIES_MAX,
    Decision,
    FiguresRow,
    IndexEntry,
    RegisterHospital,
    SearchResources,
    StoredResource,
)
from hanse.services.health.results.formats.fhir_index import RESULT_TYPES, facts
from hanse.services.health.results.formats.fhir_read import Resource, read
from hanse.services.health.results.tables import decisions, hospitals, resources

RESOURCE_UNKNOWN = ProblemKind(
    "result_unknown",
    404,
    Text("没有该资源", "There is no such resource"),
    Text("请核对类型与标识 {type}/{id}", "Check type and id {type}/{id}"),
)
RESOURCE_OF_ANOTHER = ProblemKind(
    "result_of_another_hospital",
    403,
    Text("该资源由其他机构提交", "Another organisation sent this resource"),
    Text("只能更新本机构提交的资源", "An organisation updates its own resources only"),
)
HOSPITAL_UNKNOWN = ProblemKind(
    "result_hospital_unknown",
    409,
    Text("该机构未登记医院等级", "The grade of this organisation is not registered"),
    Text("请卫生健康部门先登记该医院", "Have the health authority register the hospital first"),
)
SICHUAN: Final = timezone(timedelta(hours=8))
FIGURES_ROWS_MAX: Final = 2_000


def day_of(now: datetime) -> date:
    """The calendar day in Sichuan."""
    return now.astimezone(SICHUAN).date()


def keep(
    transaction: Transaction, sent: Resource, resource_id: str, organisation: str, now: datetime
) -> StoredResource:
    """Keep a version of a resource; earlier ones stay."""
    current = transaction.row(
        select(resources.c.version, resources.c.organisation).where(
            resources.c.type == sent.type,
            resources.c.resource_id == resource_id,
            resources.c.is_current,
        )
    )
    if current is not None and current.organisation != organisation:
        raise RESOURCE_OF_ANOTHER()
    version = 1 if current is None else current.version + 1
    if current is not None:
        transaction.execute(
            update(resources)
            .where(resources.c.type == sent.type, resources.c.resource_id == resource_id)
            .values(is_current=False)
        )
    known = facts(sent)
    text = sent.to_text()
    transaction.insert(
        resources,
        {
            "type": sent.type,
            "resource_id": resource_id,
            "version": version,
            "is_current": True,
            "organisation": organisation,
            "person": known.person or _person_of(transaction, known.patient),
            "patient": resource_id if sent.type == "Patient" else known.patient,
            "item": known.item,
            "status": known.status,
            "made_on": known.made_on.isoformat() if known.made_on else None,
            "updated_at_ms": to_ms(now),
            "text": text,
        },
    )
    return StoredResource(type=sent.type, id=resource_id, version=version, text=text)


def _person_of(transaction: Transaction, patient: str | None) -> str | None:
    if patient is None:
        return None
    found = transaction.value(
        select(resources.c.person).where(
            resources.c.type == "Patient",
            resources.c.resource_id == patient,
            resources.c.is_current,
        )
    )
    return str(found) if found is not None else None


def one(
    transaction: Transaction, type_: str, resource_id: str, version: int | None = None
) -> StoredResource:
    """A resource of this city; the newest version unless another is named."""
    query = select(resources).where(
        resources.c.type == type_, resources.c.resource_id == resource_id
    )
    which = resources.c.is_current if version is None else resources.c.version == version
    row = transaction.row(query.where(which))
    if row is None:
        raise RESOURCE_UNKNOWN(type=type_, id=resource_id)
    return _stored(row)


def person_of(transaction: Transaction, type_: str, resource_id: str) -> str | None:
    """Whose a resource is."""
    found = transaction.value(
        select(resources.c.person).where(
            resources.c.type == type_,
            resources.c.resource_id == resource_id,
            resources.c.is_current,
        )
    )
    return str(found) if found is not None else None


def search(transaction: Transaction, asked: SearchResources) -> list[StoredResource]:
    """Current resources that fit, by id; one more than a page, where there is more."""
    query = select(resources).where(resources.c.type == asked.type, resources.c.is_current)
    if asked.ids:
        query = query.where(resources.c.resource_id.in_(asked.ids))
    if asked.person is not None:
        query = query.where(resources.c.person == asked.person)
    if asked.patient is not None:
        query = query.where(resources.c.patient == asked.patient)
    if asked.items:
        query = query.where(resources.c.item.in_(asked.items))
    if asked.statuses:
        query = query.where(resources.c.status.in_(asked.statuses))
    if asked.made_from is not None:
        query = query.where(resources.c.made_on >= asked.made_from.isoformat())
    if asked.made_until is not None:
        query = query.where(resources.c.made_on <= asked.made_until.isoformat())
    if asked.after is not None:
        query = query.where(resources.c.resource_id > asked.after)
    rows = transaction.rows(query.order_by(resources.c.resource_id).limit(asked.count + 1))
    return [_stored(row) for row in rows]


def _stored(row: Any) -> StoredResource:
    return StoredResource(type=row.type, id=row.resource_id, version=row.version, text=row.text)


def index(
    transaction: Transaction, city: str, person: str, since: date | None
) -> tuple[list[IndexEntry], bool]:
    """The results of a person, newest first, and whether all of them are listed."""
    query = (
        select(resources, hospitals.c.grade, hospitals.c.consortium, hospitals.c.quality_passed)
        .select_from(
            resources.outerjoin(hospitals, hospitals.c.organisation == resources.c.organisation)
        )
        .where(
            resources.c.person == person,
            resources.c.type.in_(sorted(RESULT_TYPES)),
            resources.c.is_current,
            resources.c.made_on.is_not(None),
            resources.c.item.is_not(None),
        )
    )
    if since is not None:
        query = query.where(resources.c.made_on >= since.isoformat())
    order = (resources.c.made_on.desc(), resources.c.resource_id)
    rows = list(transaction.rows(query.order_by(*order).limit(ENTRIES_MAX + 1)))
    return [_entry(row, city) for row in rows[:ENTRIES_MAX]], len(rows) <= ENTRIES_MAX


def _entry(row: Any, city: str) -> IndexEntry:
    """A mark counts for items whose quality assessment the hospital passed, and for no others."""
    known = facts(read(row.text))
    passed = orjson.loads(row.quality_passed) if row.quality_passed is not None else ()
    return IndexEntry(
        holder_city=city,
        organisation=row.organisation,
        grade=HospitalGrade.UNGRADED if row.grade is None else _grade(row.grade),
        consortium=row.consortium,
        type=row.type,
        id=row.resource_id,
        item=row.item,
        group=known.group,
        title=known.title,
        reported_on=date.fromisoformat(row.made_on),
        mark=known.mark if row.item in passed else None,
        complete=known.complete,
        diagnosis_only=known.diagnosis_only,
    )


def _grade(code: str) -> HospitalGrade:
    return next(one for one in HospitalGrade if one == code)


def keep_hospital(transaction: Transaction, hospital: RegisterHospital) -> None:
    """Keep a hospital's grade and what it passed; the newest counts."""
    transaction.upsert(
        hospitals,
        {
            "organisation": hospital.organisation,
            "grade": str(hospital.grade),
            "consortium": hospital.consortium,
            "quality_passed": orjson.dumps(sorted(hospital.quality_passed)).decode(),
        },
        lambda new: {
            "grade": new.grade,
            "consortium": new.consortium,
            "quality_passed": new.quality_passed,
        },
    )


def hospital(transaction: Transaction, organisation: str) -> RegisterHospital:
    """A hospital of this city, or the refusal."""
    row = transaction.row(select(hospitals).where(hospitals.c.organisation == organisation))
    if row is None:
        raise HOSPITAL_UNKNOWN()
    return RegisterHospital(
        organisation=row.organisation,
        grade=_grade(row.grade),
        consortium=row.consortium,
        quality_passed=tuple(orjson.loads(row.quality_passed)),
    )


def keep_decision(
    transaction: Transaction,
    decision_id: str,
    organisation: str,
    decision: Decision,
    recognisable: bool,
    day: date,
) -> None:
    """Keep what a doctor chose."""
    transaction.insert(
        decisions,
        {
            "decision_id": decision_id,
            "organisation": organisation,
            "holder_city": decision.entry.holder_city,
            "item": decision.entry.item,
            "decided_on": day.isoformat(),
            "recognisable": recognisable,
            "choice": str(decision.choice),
            "reason": None if decision.reason is None else str(decision.reason),
            "fee_fen": decision.fee_fen,
            "document": decision.model_dump_json(),
        },
    )


def figures(transaction: Transaction, first: date, last: date) -> list[FiguresRow]:
    """Decisions of the days, by item and city of the holder."""
    recognised = decisions.c.choice == "recognised"
    rows = transaction.rows(
        select(
            decisions.c.item,
            decisions.c.holder_city,
            func.count().filter(decisions.c.recognisable).label("recognisable"),
            func.count().filter(decisions.c.recognisable, recognised).label("recognised"),
            func.count().filter(~recognised).label("repeated"),
            func.coalesce(func.sum(decisions.c.fee_fen).filter(recognised), 0).label("saved_fen"),
        )
        .where(decisions.c.decided_on.between(first.isoformat(), last.isoformat()))
        .group_by(decisions.c.item, decisions.c.holder_city)
        .order_by(decisions.c.item, decisions.c.holder_city)
        .limit(FIGURES_ROWS_MAX)
    )
    return [
        FiguresRow(
            item=row.item,
            holder_city=row.holder_city,
            recognisable=row.recognisable,
            recognised=row.recognised,
            repeated=row.repeated,
            saved_fen=int(row.saved_fen),
        )
        for row in rows
    ]
