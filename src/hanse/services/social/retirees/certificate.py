"""The certificate of entitlement: a credential that any city checks without asking anybody.

It says who is entitled to what and until when that is certified, and ends with that day. Another
city checks it with the charter and the paying city's signed status list, which it keeps a copy of.
"""

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
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.regions import CityCode
from hanse.foundation.store import Transaction
from hanse.foundation.working_days import Day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.mechanisms.exchange.parts import CredentialCheck
from hanse.services.social.retirees import book, rules
from hanse.services.social.retirees.codes import Scheme, Standing
from hanse.services.social.retirees.contracts import Contract, OfPerson
from hanse.services.social.retirees.purposes import CERTIFICATION

NOT_CERTIFIED = ProblemKind(
    "retirees_not_certified",
    409,
    Text("该人员当前未通过认证或正在核查", "The person is not certified now, or is under enquiry"),
    Text("请先完成认证", "Certify the person first"),
)

KIND: Final = "urn:hanse:credential:retirees.entitlement:1"
LIST: Final = "retirees"
UNLIMITED_DAYS: Final = 365
"""How long a certificate of a person without a certification period counts."""
PRESENTATION_CHARS_MAX: Final = 60_000
TOKEN_CHARS_MAX: Final = 262_144
NEEDED: Final = frozenset({"schemes", "certified_on", "valid_until"})


CHECK: Final = CredentialCheck(
    KIND, Text("养老待遇领取资格凭证", "Certificate of entitlement"), "retirees.check_certificate"
)


class AskCertificate(OfPerson):
    """Asks for a certificate, bound to the holder's own key where one is given."""

    holder: Annotated[
        dict[str, str] | None, titled("持证人公钥(JWK)", "Holder's key as JWK", max_length=8)
    ] = None


class Certificate(Contract):
    """The certificate with all its disclosures, for its holder alone."""

    credential: Annotated[str, titled("电子凭证", "Credential (SD-JWT VC)")]
    expires_on: Annotated[Day, titled("有效至", "Valid until")]


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
    """A certificate as it was shown at a desk. The nonce is the desk's own, used once."""

    presentation: Annotated[
        str, titled("出示内容", "Presentation", min_length=1, max_length=PRESENTATION_CHARS_MAX)
    ]
    nonce: Annotated[str | None, titled("随机数", "Nonce", min_length=8, max_length=100)] = None


class CertificateChecked(Contract):
    """What a certificate that counts says."""

    city: Annotated[str, titled("签发城市", "City of payment")]
    schemes: Annotated[tuple[Scheme, ...], titled("待遇类别", "Schemes")]
    certified_on: Annotated[Day, titled("认证日期", "Certified on")]
    valid_until: Annotated[Day, titled("有效至", "Valid until")]
    name: Annotated[str | None, titled("姓名", "Name")] = None
    citizen_id: Annotated[str | None, titled("公民身份号码", "Citizen identity number")] = None


@operation(
    "retirees.certificate",
    Text("签发领取资格电子凭证", "Issue a certificate of entitlement"),
    reach=Reach.CITY,
    person=lambda request: request.citizen_id,
)
def certificate(transaction: Transaction, request: AskCertificate, context: Context) -> Certificate:
    """Issue a certificate to a recipient who is certified now; an earlier one is revoked."""
    recipient = book.entitled(transaction, request.citizen_id)
    today = book.day_of(context.now)
    known = book.certified(recipient)
    standing = rules.standing(known, today, context.parameters)
    if standing not in (Standing.VALID, Standing.DUE_SOON) or recipient.suspected:
        raise NOT_CERTIFIED()
    due = rules.earliest_due(known, today, context.parameters)
    until = today + timedelta(days=UNLIMITED_DAYS) if due is None else due.due
    if recipient.credential_id is not None:
        set_status(transaction, recipient.credential_id, Status.REVOKED)
    draft = Draft(
        kind=KIND,
        expires_at=_end_of(until),
        claims={"name": recipient.name, "citizen_id": recipient.citizen_id},
        open_claims={
            "schemes": [str(scheme) for scheme in known.schemes],
            "certified_on": recipient.last_evidence.isoformat(),
            "valid_until": until.isoformat(),
        },
        holder=None if request.holder is None else from_jwk(request.holder),
    )
    issued = issue_registered(
        transaction, LIST, draft, context.issuer(), context.now, context.randomness
    )
    kept = recipient.model_copy(update={"credential_id": issued.credential_id})
    book.keep(transaction, kept, context.now)
    return Certificate(credential=issued.text, expires_on=until)


@operation(
    "retirees.status_list",
    Text("获取凭证状态列表", "A status list of certificates"),
    purposes=(CERTIFICATION,),
)
def status_list(transaction: Transaction, request: ListQuestion, context: Context) -> ListToken:
    """This city's list of which certificates still count, signed now."""
    issuer = context.issuer()
    return ListToken(
        uri=list_uri(context.city, LIST, request.number),
        token=signed_list(transaction, LIST, request.number, issuer, context.now),
    )


@operation("retirees.fetch_status_list", Text("更新状态列表", "Fetch a list"), reach=Reach.CITY)
def fetch_status_list(transaction: Transaction, request: FetchList, context: Context) -> Fetching:
    """Ask another city for its status list, to check certificates with while it is fresh."""
    message_id = context.ask(
        transaction,
        request.city,
        "retirees.status_list",
        ListQuestion(number=request.number),
        purpose=CERTIFICATION.code,
    )
    return Fetching(message_id=message_id)


def list_fetched(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """Keep another city's list, if it is named as that city's; its signature is checked at use."""
    found = ListToken.model_validate(answer)
    keep_list(transaction, context.caller.city, found.uri, found.token, context.now)


@operation(
    "retirees.check_certificate", Text("查验电子凭证", "Check a certificate"), reach=Reach.CITY
)
def check_certificate(
    transaction: Transaction, request: Presented, context: Context
) -> CertificateChecked:
    """Check a certificate with the charter and the lists that are kept here; nobody is asked."""
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
    return CertificateChecked(
        city=found.city,
        **{name: found.claims[name] for name in NEEDED},
        name=found.claims.get("name"),
        citizen_id=found.claims.get("citizen_id"),
    )


def _end_of(day: Any) -> datetime:
    """Midnight in Sichuan at the end of a day."""
    return datetime.combine(day + timedelta(days=1), time(), book.SICHUAN)
