"""The sample identities of a demonstration: labelled, and open to anybody who stands before it."""

from collections.abc import Mapping
from datetime import datetime

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.node.people import accounts
from hanse.node.people.accounts import NewAccount
from hanse.node.people.who import Kind
from hanse.node.tokens import OPERATOR

RESIDENT_ORGANISATION = "resident-services"
OPERATOR_NAME = Text("节点运维人员", "Node operator")
JOINT_OFFICE = "joint-office"
"""The organisation of a city that serves the league's common bodies."""
JOINT_ALLOWS = tuple(
    f"{field}.*"
    for field in (
        "conference",
        "follow_up",
        "taskforces",
        "experts",
        "briefing",
        "press",
        "forum",
    )
)
WITH_SECOND = frozenset(
    {"clearing-centre", "city-commercial-bank", "medical-insurance", "social-insurance"}
)
RESIDENT_NAME = Text("居民", "Resident")


def add_samples(
    transaction: Transaction,
    organisations: Mapping[str, Text],
    operator_organisation: str,
    person: str,
    now: datetime,
) -> None:
    """An officer of each organisation, those of the joint office among them, an operator and a
    resident.

    Where payments and agreements need four eyes there is a second one, who confirms.
    """
    for organisation, title in organisations.items():
        if organisation in WITH_SECOND:
            _second(transaction, organisation, title, Kind.OFFICER, ("*",), now)
    _second(transaction, operator_organisation, OPERATOR_NAME, Kind.OPERATOR, (OPERATOR,), now)
    for organisation, title in organisations.items():
        joint = organisation == JOINT_OFFICE
        new = NewAccount(
            login=f"sample-{organisation}",
            kind=Kind.JOINT if joint else Kind.OFFICER,
            name=f"{title.zh} / {title.en}",
            organisation=organisation,
            allows=JOINT_ALLOWS if joint else ("*",),
            sample=True,
        )
        accounts.add(transaction, new, now)
    operator = NewAccount(
        login="sample-operator",
        kind=Kind.OPERATOR,
        name=f"{OPERATOR_NAME.zh} / {OPERATOR_NAME.en}",
        organisation=operator_organisation,
        allows=(OPERATOR,),
        sample=True,
    )
    accounts.add(transaction, operator, now)
    resident = NewAccount(
        login="sample-resident",
        kind=Kind.RESIDENT,
        name=f"{RESIDENT_NAME.zh} / {RESIDENT_NAME.en}",
        organisation=RESIDENT_ORGANISATION,
        person=person,
        sample=True,
    )
    accounts.add(transaction, resident, now)


def _second(
    transaction: Transaction,
    organisation: str,
    title: Text,
    kind: Kind,
    allows: tuple[str, ...],
    now: datetime,
) -> None:
    new = NewAccount(
        login=f"sample-second-{organisation}",
        kind=kind,
        name=f"{title.zh}（复核） / {title.en} (confirms)",
        organisation=organisation,
        allows=allows,
        sample=True,
    )
    accounts.add(transaction, new, now)
