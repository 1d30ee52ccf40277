"""The electronic licence: a credential that any city checks without asking the one that gave it."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any, Final

from hanse.foundation.credentials import ISSUER_PREFIX, Request, Status, Wanted, verify
from hanse.foundation.credentials.jws import from_jwk
from hanse.foundation.credentials.register import (
    Draft,
    issue_registered,
    keep_list,
    known_lists,
    list_uri,
    set_status,
    signed_list,
)
from hanse.foundation.identifiers import CreditCodeInRegister
from hanse.foundation.languages import Text, titled
from hanse.foundation.regions import CityCode
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.market.registration import book
from hanse.services.market.registration.codes import EntityType
from hanse.services.market.registration.contracts import Application, Contract
from hanse.services.market.registration.purposes import REGISTRATION

KIND: Final = "urn:hanse:credential:registration.licence:1"
LIST: Final = "registration"
VALID_DAYS: Final = 365
"""[P] after which a licence's credential is issued anew; the registration itself has no end."""
NEEDED: Final = frozenset({"uscc", "name", "entity_type", "authority"})
PRESENTATION_CHARS_MAX: Final = 60_000
TOKEN_CHARS_MAX: Final = 262_144

Uscc = Annotated[CreditCodeInRegister, titled("统一社会信用代码", "Credit code")]


class LicenceQuestion(Contract):
    """Which entity's electronic licence is wanted, bound to a key of the entity if one is given."""

    uscc: Uscc
    holder: Annotated[
        dict[str, str] | None, titled("持证人公钥(JWK)", "Holder's key as JWK", max_length=8)
    ] = None


class Licence(Contract):
    """The licence with all its disclosures, for the entity alone."""

    credential: Annotated[str, titled("电子营业执照", "Credential (SD-JWT VC)")]


class ListQuestion(Contract):
    """Which of a city's status lists is wanted."""

    number: Annotated[int, titled("列表序号", "List", ge=0, le=100_000)] = 0


class ListToken(Contract):
    """A status list, signed by its city. It names nobody."""

    uri: Annotated[str, titled("列表名称", "Name", max_length=200)]
    token: Annotated[str, titled("状态列表", "Token", max_length=TOKEN_CHARS_MAX)]


class FetchList(ListQuestion):
    """Has the own node fetch another city's status list."""

    city: Annotated[CityCode, titled("签发城市", "City")]


class Fetching(Contract):
    """The list is asked for."""

    message_id: Annotated[str, titled("请求编号", "Message")]


class Presented(Contract):
    """A licence as it was shown at a desk. The nonce is the desk's own, used once."""

    presentation: Annotated[
        str, titled("出示内容", "Presentation", min_length=1, max_length=PRESENTATION_CHARS_MAX)
    ]
    nonce: Annotated[str | None, titled("随机数", "Nonce", min_length=8, max_length=100)] = None


class LicenceChecked(Contract):
    """What a licence that counts says."""

    city: Annotated[str, titled("登记城市", "City")]
    uscc: Uscc
    name: Annotated[str, titled("名称", "Name")]
    entity_type: Annotated[EntityType, titled("主体类型", "Type")]
    authority: Annotated[str, titled("登记机关所在地", "Authority's city")]
    representative: Annotated[str | None, titled("法定代表人", "Legal representative")] = None


@operation(
    "registration.licence",
    Text("签发电子营业执照", "Issue an electronic licence"),
    reach=Reach.CITY,
)
def licence(transaction: Transaction, request: LicenceQuestion, context: Context) -> Licence:
    """Issue the electronic licence of an entity of this register; an earlier one is revoked."""
    row = book.registered(transaction, request.uscc)
    application = Application.model_validate_json(row.document)
    if row.credential_id is not None:
        set_status(transaction, row.credential_id, Status.REVOKED)
    until = book.day_of(context.now) + timedelta(days=VALID_DAYS)
    draft = Draft(
        kind=KIND,
        expires_at=datetime.combine(until, time(), book.SICHUAN),
        claims={
            "representative": application.representative.name,
            "domicile": application.domicile.address,
            "capital_fen": application.capital,
            "scope": list(application.scope),
        },
        open_claims={
            "uscc": request.uscc,
            "name": application.name,
            "entity_type": str(application.entity_type),
            "authority": context.city,
        },
        holder=None if request.holder is None else from_jwk(request.holder),
    )
    issued = issue_registered(
        transaction, LIST, draft, context.issuer(), context.now, context.randomness
    )
    book.note_credential(transaction, request.uscc, issued.credential_id)
    return Licence(credential=issued.text)


@operation(
    "registration.status_list",
    Text("获取电子执照状态列表", "A status list of licences"),
    purposes=(REGISTRATION,),
)
def status_list(transaction: Transaction, request: ListQuestion, context: Context) -> ListToken:
    """This city's list of which electronic licences still count, signed now."""
    return ListToken(
        uri=list_uri(context.city, LIST, request.number),
        token=signed_list(transaction, LIST, request.number, context.issuer(), context.now),
    )


@operation(
    "registration.fetch_status_list", Text("更新执照状态列表", "Fetch a list"), reach=Reach.CITY
)
def fetch_status_list(transaction: Transaction, request: FetchList, context: Context) -> Fetching:
    """Ask another city for its status list, to check licences with while it is fresh."""
    message_id = context.ask(
        transaction,
        request.city,
        "registration.status_list",
        ListQuestion(number=request.number),
        purpose=REGISTRATION.code,
    )
    return Fetching(message_id=message_id)


def list_fetched(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """Keep another city's list, if it is named as that city's; its signature is checked at use."""
    found = ListToken.model_validate(answer)
    keep_list(transaction, context.caller.city, found.uri, found.token, context.now)


@operation("registration.check_licence", Text("查验电子执照", "Check a licence"), reach=Reach.CITY)
def check_licence(transaction: Transaction, request: Presented, context: Context) -> LicenceChecked:
    """Check a licence with the charter and the lists that are kept here; nobody is asked."""
    may_issue = context.league.issuing_keys(context.city, context.now)
    own = context.issuer() if may_issue else None
    audience = ISSUER_PREFIX + context.city
    asked = None if request.nonce is None else Request(audience, request.nonce)
    found = verify(
        request.presentation,
        Wanted(KIND, NEEDED, asked),
        at=context.now,
        key_of=context.league.credential_key,
        status_tokens=known_lists(transaction, LIST, own, context.now),
    )
    return LicenceChecked(
        city=found.city,
        **{name: found.claims[name] for name in NEEDED},
        representative=found.claims.get("representative"),
    )
