"""What the other cities are told of an entity: its code, name and status, nothing else."""

from typing import Annotated

from hanse.foundation.identifiers import CreditCodeInRegister
from hanse.foundation.languages import titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.services.market.registration.codes import EntityStatus
from hanse.services.market.registration.contracts import Contract, EntityName


class EntityState(Contract):
    """An entity as the register of its city has it; all of this is public by law."""

    uscc: Annotated[CreditCodeInRegister, titled("统一社会信用代码", "Credit code")]
    name: EntityName
    status: Annotated[EntityStatus, titled("登记状态", "Status")]


def tell(
    transaction: Transaction, uscc: str, name: str, status: EntityStatus, context: Context
) -> int:
    """Tell every city that subscribes, for tax, social security and credit; gives how many."""
    state = EntityState(uscc=uscc, name=name, status=status)
    return context.publish(transaction, "registration.changed", state)
