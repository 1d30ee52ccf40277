"""The electronic licence: a credential that any city checks without asking the one that gave it."""

from datetime import datetime, time, timedelta
from typing import Annotated, Final

from hanse.foundation.credentials import Status
from hanse.foundation.credentials.jws import from_jwk
from hanse.foundation.credentials.register import Draft, issue_registered, set_status
from hanse.foundation.identifiers import CreditCodeInRegister
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.mechanisms.exchange.parts import CredentialCheck
from hanse.mechanisms.exchange.status_lists import Presented, StatusLists
from hanse.services.market.registration import book
from hanse.services.market.registration.codes import EntityType
from hanse.services.market.registration.contracts import Application, Contract
from hanse.services.market.registration.purposes import REGISTRATION

KIND: Final = "urn:hanse:credential:registration.licence:1"
LISTS: Final = StatusLists("registration", REGISTRATION)
VALID_DAYS: Final = 365
"""[P] after which a licence's credential is issued anew; the registration itself has no end."""
NEEDED: Final = frozenset({"uscc", "name", "entity_type", "authority"})
CHECK: Final = CredentialCheck(
    KIND, Text("电子营业执照", "Electronic business licence"), "registration.check_licence"
)

Uscc = Annotated[CreditCodeInRegister, titled("统一社会信用代码", "Credit code")]


class LicenceQuestion(Contract):
    """Which entity's electronic licence is wanted, bound to a key of the entity if one is given."""

    uscc: Uscc
    holder: Annotated[
        dict[str, str] | None, titled("持证人公钥（JWK）", "Holder's key as JWK", max_length=8)
    ] = None


class Licence(Contract):
    """The licence with all its disclosures, for the entity alone."""

    credential: Annotated[str, titled("电子营业执照", "Credential (SD-JWT VC)")]


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
        transaction, LISTS.field, draft, context.issuer(), context.now, context.randomness
    )
    book.note_credential(transaction, request.uscc, issued.credential_id)
    return Licence(credential=issued.text)


@operation("registration.check_licence", Text("查验电子执照", "Check a licence"), reach=Reach.CITY)
def check_licence(transaction: Transaction, request: Presented, context: Context) -> LicenceChecked:
    """Check a licence with the charter and the lists that are kept here; nobody is asked."""
    found = LISTS.check(transaction, request, KIND, NEEDED, context)
    return LicenceChecked(
        city=found.city,
        **{name: found.claims[name] for name in NEEDED},
        representative=found.claims.get("representative"),
    )
