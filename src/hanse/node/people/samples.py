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
JOINT_NAME = Text("联席会议办公室", "Joint office")
RESIDENT_NAME = Text("居民", "Resident")


def add_samples(
    transaction: Transaction,
    organisations: Mapping[str, Text],
    operator_organisation: str,
    person: str,
    now: datetime,
) -> None:
    """An officer of each organisation, one of the joint office, an operator and a resident."""
    for organisation, title in organisations.items():
        new = NewAccount(
            login=f"sample-{organisation}",
            kind=Kind.OFFICER,
            name=f"{title.zh} / {title.en}",
            organisation=organisation,
            allows=("*",),
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
    joint = NewAccount(
        login="sample-joint-office",
        kind=Kind.JOINT,
        name=f"{JOINT_NAME.zh} / {JOINT_NAME.en}",
        organisation=operator_organisation,
        allows=("governance.*",),
        sample=True,
    )
    accounts.add(transaction, joint, now)
    resident = NewAccount(
        login="sample-resident",
        kind=Kind.RESIDENT,
        name=f"{RESIDENT_NAME.zh} / {RESIDENT_NAME.en}",
        organisation=RESIDENT_ORGANISATION,
        person=person,
        sample=True,
    )
    accounts.add(transaction, resident, now)
