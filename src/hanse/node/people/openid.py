"""OpenID Connect without a socket: the request, the way back, and what the ID token must say.

OpenID Connect Core 1.0, 3.1 (authorization code), with PKCE (RFC 7636) and the issuer in the
answer (RFC 9207). The browser keeps the sign-in's own secrets in a signed cookie while it lasts;
the node keeps nothing. Who signs in is (issuer, subject) and nothing that the token claims besides.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import Randomness, base64url
from hanse.foundation.languages import Text
from hanse.node.people.providers import ProviderConfig

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""Signatures only: `none` and shared secrets are refused."""
FLOW_SECONDS_MAX: Final = 600
LEEWAY_SECONDS: Final = 60
SUBJECT_CHARS_MAX: Final = 255

FLOW_LOST = ProblemKind(
    "sign_in_flow_lost",
    400,
    Text("登录过程已中断或超时", "The sign-in was interrupted, or took too long"),
    Text("请从登录页重新开始", "Begin again at the sign-in page"),
)
PROVIDER_REFUSED = ProblemKind(
    "sign_in_provider_refused",
    403,
    Text("身份提供方未予登录", "The identity provider did not sign the person in"),
    Text("请重试，或联系身份提供方", "Try again, or ask the identity provider"),
)
TOKEN_NOT_TRUSTED = ProblemKind(
    "sign_in_token_not_trusted",
    403,
    Text("身份提供方的答复不可信", "The identity provider's answer can't be trusted"),
    Text("请联系运维人员：{reason}", "Ask the operator: {reason}"),
)


@dataclass(frozen=True)
class Endpoints:
    """What the provider's discovery document says (OpenID Connect Discovery 1.0, 3)."""

    authorization: str
    token: str
    keys: str
    names_issuer: bool
    """Whether its way back names the issuer (RFC 9207)."""

    @classmethod
    def read(cls, values: Mapping[str, Any], issuer: str) -> "Endpoints":
        """The endpoints; the document must be of the issuer that it was asked for."""
        if values.get("issuer") != issuer:
            raise TOKEN_NOT_TRUSTED(reason="issuer of the discovery document")
        found = [
            values.get(f"{one}") for one in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        ]
        scheme = urlsplit(issuer).scheme
        if not all(isinstance(one, str) and urlsplit(one).scheme == scheme for one in found):
            raise TOKEN_NOT_TRUSTED(reason="endpoints")
        authorization, token, keys = (str(one) for one in found)
        names = values.get("authorization_response_iss_parameter_supported") is True
        return cls(authorization, token, keys, names)


@dataclass(frozen=True)
class Flow:
    """A sign-in that is under way, as its browser keeps it."""

    provider: str
    state: str
    nonce: str
    verifier: str
    next: str
    began: int
    """Seconds since 1970."""
    anew: bool = False
    """Whether the person is to sign in there anew, as a proof."""

    @classmethod
    def begin(
        cls, provider: str, next_: str, now: datetime, randomness: Randomness, *, anew: bool
    ) -> "Flow":
        """A fresh flow with secrets of its own."""
        state, nonce, verifier = (base64url(randomness(32)) for _ in range(3))
        return cls(provider, state, nonce, verifier, next_, int(now.timestamp()), anew)

    def to_bytes(self) -> bytes:
        """As it is signed and kept."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def of(cls, kept: bytes | None, provider: str, now: datetime) -> "Flow":
        """The flow of a cookie whose signature was checked; too old, or none, is refused."""
        if kept is None:
            raise FLOW_LOST()
        found = cls(**json.loads(kept))
        age = now.timestamp() - found.began
        if found.provider != provider or not 0 <= age + 1 <= FLOW_SECONDS_MAX:
            raise FLOW_LOST()
        return found


def address(config: ProviderConfig, ends: Endpoints, flow: Flow, back: str) -> str:
    """Where the browser goes to sign in."""
    anew = {"prompt": "login", "max_age": "0"} if flow.anew else {}
    found: str = prepare_grant_uri(
        ends.authorization,
        config.client_id,
        "code",
        redirect_uri=back,
        scope=config.scope,
        state=flow.state,
        nonce=flow.nonce,
        code_challenge=create_s256_code_challenge(flow.verifier),
        code_challenge_method="S256",
        **anew,
    )
    return found


def code_of(config: ProviderConfig, ends: Endpoints, flow: Flow, query: Mapping[str, str]) -> str:
    """The code of the way back, if it is that of this flow and of this issuer."""
    if query.get("state") != flow.state:
        raise FLOW_LOST()
    named = query.get("iss")
    if (ends.names_issuer or named is not None) and named != config.issuer:
        raise TOKEN_NOT_TRUSTED(reason="iss of the way back")
    if "error" in query or not query.get("code"):
        raise PROVIDER_REFUSED()
    return query["code"]


def token_request(code: str, flow: Flow, back: str) -> str:
    """The body of the request that takes the code's token."""
    body: str = prepare_token_request(
        "authorization_code", redirect_uri=back, code=code, code_verifier=flow.verifier
    )
    return body


def claims_of(
    token: Any, keys: KeySet, config: ProviderConfig, flow: Flow, now: datetime
) -> dict[str, Any]:
    """What an ID token says, once all of OpenID Connect Core 3.1.3.7 holds."""
    try:
        read = jwt.decode(str(token), keys, algorithms=ALGORITHMS)
        JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": config.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": config.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": flow.nonce},
        ).validate(read.claims)
    except (JoseError, ValueError) as error:
        raise TOKEN_NOT_TRUSTED(reason=type(error).__name__) from None
    claims: dict[str, Any] = dict(read.claims)
    audience, party = claims["aud"], claims.get("azp")
    if (isinstance(audience, list) and len(audience) > 1 and party is None) or (
        party is not None and party != config.client_id
    ):
        raise TOKEN_NOT_TRUSTED(reason="azp")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_CHARS_MAX:
        raise TOKEN_NOT_TRUSTED(reason="sub")
    signed_in = claims.get("auth_time")
    if flow.anew and (type(signed_in) is not int or signed_in < flow.began - LEEWAY_SECONDS):
        raise TOKEN_NOT_TRUSTED(reason="auth_time")
    return claims
