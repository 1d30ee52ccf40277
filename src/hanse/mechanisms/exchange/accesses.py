"""The resident's question: who looked at my data, when, why, under which agreement."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from hanse.foundation.identifiers import CitizenId
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Purpose, Service, operation

RESIDENT = Purpose("resident-access", Text("本人查询", "The resident's own question"))


class IdentityCheck(StrEnum):
    """How it was made sure that the resident asks, by the agency that puts the question."""

    ID_CARD = "id_card"
    """In person, with the identity card."""
    FACE = "face"
    """Face recognition against the police register."""
    SIGN_IN = "sign_in"
    """A sign-in at the level that the city accepts for sensitive matters."""


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccessQuestion(_Contract):
    """A resident asks, through an agency that has made sure of who asks."""

    person: Annotated[CitizenId, titled("公民身份号码", "Citizen identity number")]
    identity: Annotated[IdentityCheck, titled("身份核验方式", "How identity was checked")]
    after: Annotated[int, titled("续查起点", "Continue after", ge=-1, lt=2**62)] = -1


class AccessLine(_Contract):
    """One access. `details` opens the entry's commitment; `path` proves it in the checkpoint."""

    position: Annotated[int, titled("日志位置", "Position in the journal")]
    entry: Annotated[str, titled("日志条目", "Journal entry")]
    details: Annotated[str, titled("访问内容", "What was accessed")]
    salt: Annotated[str, titled("盐值", "Salt")]
    path: Annotated[tuple[str, ...], titled("证明路径", "Inclusion path")]


class Accesses(_Contract):
    """What one city journaled about the resident, as far as the law lets it be told now."""

    city: Annotated[str, titled("城市", "City")]
    lines: Annotated[tuple[AccessLine, ...], titled("访问记录", "Accesses")]
    checkpoint: Annotated[str | None, titled("联署检查点", "Cosigned checkpoint")]
    next_after: Annotated[int | None, titled("续查起点", "Continue after")]


@operation(
    "journal.accesses",
    Text("谁查看过我的信息", "Who looked at my data"),
    purposes=(RESIDENT,),
    person=lambda request: request.person,
)
def accesses(transaction: Transaction, request: AccessQuestion, context: Context) -> Accesses:
    """Every access to the resident's data in this city, with its proof; this question too."""
    page = context.accesses(transaction, request.person, request.after)
    return Accesses(
        city=context.city,
        lines=tuple(
            AccessLine(
                position=one.position,
                entry=one.entry,
                details=one.details,
                salt=one.salt,
                path=one.path,
            )
            for one in page.lines
        ),
        checkpoint=page.checkpoint,
        next_after=page.next_after,
    )


ACCESSES = Service(
    name="journal",
    title=Text("个人信息访问查询", "Access to one's own data"),
    operations=(accesses,),
)
