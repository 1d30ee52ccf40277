"""Reading and writing this city's tables of experts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.governance.experts.contracts import Matter, Opinion, Profile
from hanse.services.governance.experts.tables import engagements, matters, profiles

EXPERT_UNKNOWN = ProblemKind(
    "expert_unknown",
    404,
    Text("没有该专家或事项", "There is no such expert or matter"),
    Text("请核对编号{named}", "Check the number {named}"),
)
PAGE_ROWS_MAX = 100
ENGAGEMENTS_MAX = 1_000
ENGAGED = ("working", "delivered", "taken")
"""The stages at which an expert has worked on a matter."""


def profile(transaction: Transaction, name: str) -> Profile | None:
    """The newest version of an expert's entry."""
    document = transaction.value(
        select(profiles.c.document).where(profiles.c.expert == name, profiles.c.is_newest == 1)
    )
    return None if document is None else Profile.model_validate_json(document)


def need(transaction: Transaction, name: str) -> Profile:
    """The newest version, or `expert_unknown`."""
    found = profile(transaction, name)
    if found is None:
        raise EXPERT_UNKNOWN(named=name)
    return found


def keep(transaction: Transaction, one: Profile) -> None:
    """Make a version the newest one; the earlier ones stay."""
    transaction.execute(update(profiles).where(profiles.c.expert == one.id).values(is_newest=0))
    transaction.insert(
        profiles,
        {
            "expert": one.id,
            "version": one.version,
            "is_newest": 1,
            "document": one.model_dump_json(),
        },
    )


def page(transaction: Transaction, after: str | None) -> list[Profile]:
    """The roster by numbers, one more than a page holds."""
    statement = select(profiles.c.document).where(profiles.c.is_newest == 1)
    if after is not None:
        statement = statement.where(profiles.c.expert > after)
    rows = transaction.rows(statement.order_by(profiles.c.expert).limit(PAGE_ROWS_MAX + 1))
    return [Profile.model_validate_json(row.document) for row in rows]


def matter(transaction: Transaction, name: str) -> Matter | None:
    """A matter of this city, as it was first asked."""
    document = transaction.value(select(matters.c.document).where(matters.c.matter == name))
    return None if document is None else Matter.model_validate_json(document)


def keep_matter(transaction: Transaction, one: Matter) -> None:
    """Keep a matter that is asked for the first time."""
    transaction.insert(matters, {"matter": one.id, "document": one.model_dump_json()})


def matters_page(transaction: Transaction, after: str | None) -> list[Matter]:
    """This city's matters by numbers, one more than a page holds."""
    statement = select(matters.c.document)
    if after is not None:
        statement = statement.where(matters.c.matter > after)
    rows = transaction.rows(statement.order_by(matters.c.matter).limit(PAGE_ROWS_MAX + 1))
    return [Matter.model_validate_json(row.document) for row in rows]


def keep_engagement(
    transaction: Transaction,
    case_id: str,
    one: Matter,
    expert: str,
    stage: str,
    opinion: Opinion | None,
) -> None:
    """Note where an expert's work on a matter stands."""
    row = {
        "case_id": case_id,
        "matter": one.id,
        "expert": expert,
        "stage": stage,
        "document": one.model_dump_json(),
        "opinion": None if opinion is None else opinion.model_dump_json(),
    }
    transaction.upsert(engagements, row, lambda new: {"stage": new.stage, "opinion": new.opinion})


def engagements_on(transaction: Transaction, name: str) -> Sequence[Any]:
    """Who is engaged on a matter."""
    return transaction.rows(
        select(engagements)
        .where(engagements.c.matter == name)
        .order_by(engagements.c.case_id)
        .limit(ENGAGEMENTS_MAX)
    )


def engagements_of(transaction: Transaction, expert: str, stages: Sequence[str]) -> Sequence[Any]:
    """What an expert is engaged on, at one of these stages."""
    return transaction.rows(
        select(engagements)
        .where(engagements.c.expert == expert, engagements.c.stage.in_(stages))
        .order_by(engagements.c.case_id)
        .limit(ENGAGEMENTS_MAX)
    )


def worked_on(transaction: Transaction, expert: str) -> set[str]:
    """The matters on which an expert has worked, as far as this city knows."""
    return {row.matter for row in engagements_of(transaction, expert, ENGAGED)}
