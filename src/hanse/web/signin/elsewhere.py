"""Signing in elsewhere: with an identity provider that speaks OpenID Connect.

It begins with a link, because a form's redirect to another origin is refused by the pages' own
policy; what the link begins is bound to the browser by a signed cookie, so another site that
opens it gains nothing.
"""

from typing import Any, Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identifiers import check_citizen_id
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.node.people import accounts, openid, sessions
from hanse.node.people.openid import TOKEN_NOT_TRUSTED, Flow
from hanse.node.people.openid_client import OpenIdClient
from hanse.node.people.providers import ProviderConfig
from hanse.node.people.who import Kind
from hanse.web.guard import own_path, signed, signed_value, web_key
from hanse.web.page import GoTo, Result
from hanse.web.rates import Rate
from hanse.web.visit import Visit

TRIES: Final = Rate("sign-in elsewhere", 30, 60)
PURPOSE: Final = b"hanse sign-in flow"
RIGHTS_MAX: Final = 100
PROVIDER_UNKNOWN = ProblemKind(
    "sign_in_provider_unknown",
    404,
    Text("没有该身份提供方", "There is no such identity provider"),
    Text("请从登录页选择", "Choose one at the sign-in page"),
)


async def begin(visit: Visit) -> Result:
    """Send the browser to the provider."""
    visit.limit(TRIES)
    client, name = _client(visit), visit.path["provider"]
    node, anew = visit.node, visit.query.get("anew") == "1"
    next_ = own_path(visit.query.get("next", "/"))
    flow = Flow.begin(name, next_, visit.now, node.randomness, anew=anew)
    where = openid.address(client.config, await client.endpoints(), flow, _back(visit))
    kept = signed(web_key(node.exchange.person_key), PURPOSE, flow.to_bytes())
    return GoTo("/", flow=kept, abroad=where)


async def back(visit: Visit) -> Result:
    """The browser comes back with a code: take its token, and begin the session."""
    visit.limit(TRIES)
    client, node, now = _client(visit), visit.node, visit.now
    kept = signed_value(web_key(node.exchange.person_key), PURPOSE, visit.flow)
    flow = Flow.of(kept, visit.path["provider"], now)
    code = openid.code_of(client.config, await client.endpoints(), flow, visit.query)
    token = await client.id_token(openid.token_request(code, flow, _back(visit)))
    try:
        claims = openid.claims_of(token, await client.keys(), client.config, flow, now)
    except Problem:
        claims = openid.claims_of(token, await client.keys_again(), client.config, flow, now)
    earlier = visit.secret

    def settle(tx: Transaction) -> str:
        account = _account(tx, client.config, claims, visit)
        if earlier:
            sessions.end(tx, earlier)
        return sessions.begin(tx, account, "openid", now)

    secret = await node.writer.run(settle)
    return GoTo(own_path(flow.next), begins=secret, flow="")


def _client(visit: Visit) -> OpenIdClient:
    found: OpenIdClient | None = visit.providers.get(visit.path["provider"])
    if found is None:
        raise PROVIDER_UNKNOWN()
    return found


def _back(visit: Visit) -> str:
    """Where the provider sends the browser: at the address that the charter names."""
    node = visit.node
    return (
        f"{node.league.address(node.config.city)}/sign-in/elsewhere/{visit.path['provider']}/back"
    )


def _account(tx: Transaction, config: ProviderConfig, claims: dict[str, Any], visit: Visit) -> str:
    """The account of (issuer, subject), made at the first sign-in; rights are the claims' now."""
    found = accounts.of_subject(tx, config.issuer, claims["sub"])
    allows = _allows(config, claims, visit)
    if found is not None:
        if found.closed:
            raise openid.PROVIDER_REFUSED()
        if list(found.allows) != allows:
            accounts.set_allows(tx, found.id, allows, visit.now)
        return str(found.id)
    name = claims.get("name") or claims.get("preferred_username") or claims["sub"]
    new = accounts.NewAccount(
        login=accounts.login_of(config.issuer, claims["sub"]),
        kind=config.kind,
        name=str(name)[:128],
        organisation=config.organisation,
        allows=allows,
        person=_person(config, claims),
        issuer=config.issuer,
        subject=claims["sub"],
    )
    return accounts.add(tx, new, visit.now)


def _allows(config: ProviderConfig, claims: dict[str, Any], visit: Visit) -> list[str]:
    """Rights that exist here; what a provider may not give is what only an operator has."""
    claimed = claims.get(config.allows_claim)
    listed = claimed if isinstance(claimed, list) else []
    names = visit.node.registry.operations.keys()
    fields = {f"{name.partition('.')[0]}.*" for name in names}
    given = {one for one in listed[:RIGHTS_MAX] if isinstance(one, str)}
    return sorted({*config.allows, *(one for one in given if one in names or one in fields)})


def _person(config: ProviderConfig, claims: dict[str, Any]) -> str | None:
    if config.kind is not Kind.RESIDENT:
        return None
    person = claims.get(config.person_claim)
    if not isinstance(person, str):
        raise TOKEN_NOT_TRUSTED(reason=config.person_claim)
    try:
        return check_citizen_id(person)
    except (Problem, ValueError):
        raise TOKEN_NOT_TRUSTED(reason=config.person_claim) from None
