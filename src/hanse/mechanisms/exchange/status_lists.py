"""What every service with credentials does alike: its status lists, and checking what is shown.

A service issues its own kind of credential; that one city asks another for its signed list of which
still count, keeps it, and checks what somebody shows with the charter and that list, asking nobody,
is the same for all of them (Token Status List, SD-JWT VC).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict

from hanse.foundation.credentials import ISSUER_PREFIX, Request, Verified, Wanted, verify
from hanse.foundation.credentials.register import keep_list, known_lists, list_uri, signed_list
from hanse.foundation.languages import Text, titled
from hanse.foundation.regions import CityCode
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Purpose, Reach, operation

PRESENTATION_CHARS_MAX: Final = 60_000
TOKEN_CHARS_MAX: Final = 262_144
LISTS_MAX: Final = 100_000


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListQuestion(_Contract):
    """Which of a city's status lists is wanted."""

    number: Annotated[int, titled("列表序号", "List", ge=0, le=LISTS_MAX)] = 0


class ListToken(_Contract):
    """A status list, signed by its city. It names nobody."""

    uri: Annotated[str, titled("列表名称", "Name", max_length=200)]
    token: Annotated[str, titled("状态列表", "Token", max_length=TOKEN_CHARS_MAX)]


class FetchList(ListQuestion):
    """Has the own node fetch another city's status list."""

    city: Annotated[CityCode, titled("签发城市", "City")]


class Fetching(_Contract):
    """The list is asked for."""

    message_id: Annotated[str, titled("请求编号", "Message")]


class Presented(_Contract):
    """A credential as it was shown at a desk. The nonce is the desk's own, used once."""

    presentation: Annotated[
        str, titled("出示内容", "Presentation", min_length=1, max_length=PRESENTATION_CHARS_MAX)
    ]
    nonce: Annotated[str | None, titled("随机数", "Nonce", min_length=8, max_length=100)] = None


@dataclass(frozen=True)
class StatusLists:
    """The lists of one service's credentials.

    field     its operations' field, such as "retirees"; the lists are named after it too
    purpose   for which another city's list is asked for
    """

    field: str
    purpose: Purpose

    def operations(self) -> tuple[Operation, Operation]:
        """`<field>.status_list`, which other cities ask, and `<field>.fetch_status_list`."""
        asked = f"{self.field}.status_list"

        @operation(
            asked,
            Text("获取凭证状态列表", "A status list of credentials"),
            purposes=(self.purpose,),
        )
        def status_list(
            transaction: Transaction, request: ListQuestion, context: Context
        ) -> ListToken:
            """This city's list of which credentials still count, signed now."""
            return ListToken(
                uri=list_uri(context.city, self.field, request.number),
                token=signed_list(
                    transaction, self.field, request.number, context.issuer(), context.now
                ),
            )

        @operation(
            f"{self.field}.fetch_status_list",
            Text("更新凭证状态列表", "Fetch a status list"),
            reach=Reach.CITY,
        )
        def fetch(transaction: Transaction, request: FetchList, context: Context) -> Fetching:
            """Ask another city for its list, to check credentials with while it is fresh."""
            message_id = context.ask(
                transaction,
                request.city,
                asked,
                ListQuestion(number=request.number),
                purpose=self.purpose.code,
            )
            return Fetching(message_id=message_id)

        return status_list, fetch

    def answer_handlers(self) -> Mapping[str, Any]:
        """Keeps a list that was asked for."""
        return {f"{self.field}.status_list": _keep}

    def check(
        self,
        transaction: Transaction,
        presented: Presented,
        kind: str,
        needed: frozenset[str],
        context: Context,
    ) -> Verified:
        """Check what was shown with the charter and the lists that are kept here; nobody is asked.

        kind, needed   the credential's type, and the claims without which it counts for nothing
        """
        may_issue = context.league.issuing_keys(context.city, context.now)
        own = context.issuer() if may_issue else None
        audience = ISSUER_PREFIX + context.city
        asked = None if presented.nonce is None else Request(audience, presented.nonce)
        return verify(
            presented.presentation,
            Wanted(kind, needed, asked),
            at=context.now,
            key_of=context.league.credential_key,
            status_tokens=known_lists(transaction, self.field, own, context.now),
        )


def _keep(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """Keep another city's list, if it is named as that city's; its signature is checked at use."""
    found = ListToken.model_validate(answer)
    keep_list(transaction, context.caller.city, found.uri, found.token, context.now)
