"""The certificate of entitlement: a credential that any city checks without asking anybody.

It says who is entitled to what and until when that is certified, and ends with that day. Another
city checks it with the charter and the paying city's signed status list, which it keeps a copy of.
"""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

from hanse.foundation.credentials import Status
from hanse.foundation.credentials.jws import from_jwk
from hanse.foundation.credentials.register import Draft, issue_registered, set_status
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.foundation.working_days import Day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.mechanisms.exchange.parts import CredentialCheck
from hanse.mechanisms.exchange.status_lists import Presented, StatusLists
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
LISTS: Final = StatusLists("retirees", CERTIFICATION)
UNLIMITED_DAYS: Final = 365
"""How long a certificate of a person without a certification period counts."""
NEEDED: Final = frozenset({"schemes", "certified_on", "valid_until"})

CHECK: Final = CredentialCheck(
    KIND, Text("养老待遇领取资格凭证", "Certificate of entitlement"), "retirees.check_certificate"
)


class AskCertificate(OfPerson):
    """Asks for a certificate, bound to the holder's own key where one is given."""

    holder: Annotated[
        dict[str, str] | None, titled("持证人公钥（JWK）", "Holder's key as JWK", max_length=8)
    ] = None


class Certificate(Contract):
    """The certificate with all its disclosures, for its holder alone."""

    credential: Annotated[str, titled("电子凭证", "Credential (SD-JWT VC)")]
    expires_on: Annotated[Day, titled("有效至", "Valid until")]


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
        transaction, LISTS.field, draft, context.issuer(), context.now, context.randomness
    )
    kept = recipient.model_copy(update={"credential_id": issued.credential_id})
    book.keep(transaction, kept, context.now)
    return Certificate(credential=issued.text, expires_on=until)


@operation(
    "retirees.check_certificate", Text("查验电子凭证", "Check a certificate"), reach=Reach.CITY
)
def check_certificate(
    transaction: Transaction, request: Presented, context: Context
) -> CertificateChecked:
    """Check a certificate with the charter and the lists that are kept here; nobody is asked."""
    found = LISTS.check(transaction, request, KIND, NEEDED, context)
    return CertificateChecked(
        city=found.city,
        **{name: found.claims[name] for name in NEEDED},
        name=found.claims.get("name"),
        citizen_id=found.claims.get("citizen_id"),
    )


def _end_of(day: date) -> datetime:
    """Midnight in Sichuan at the end of a day."""
    return datetime.combine(day + timedelta(days=1), time(), book.SICHUAN)
