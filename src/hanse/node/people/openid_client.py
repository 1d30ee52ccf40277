"""The node's questions to identity providers: discovery, keys and tokens, each within limits."""

import base64
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

import aiohttp
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hanse.foundation.clock import monotonic_seconds
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.node.people.openid import TOKEN_NOT_TRUSTED, Endpoints
from hanse.node.people.providers import ProviderConfig

SECONDS_MAX: Final = 10
BYTES_MAX: Final = 262_144
KEPT_SECONDS: Final = 600
"""How long a provider's keys and endpoints are used before they are asked for again."""
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")

PROVIDER_UNREACHABLE = ProblemKind(
    "sign_in_provider_unreachable",
    503,
    Text("身份提供方无法连接", "The identity provider can't be reached"),
    Text("请稍后重试，或使用账号登录", "Try again later, or sign in with an account"),
)


class OpenIdClient:
    """One identity provider as this node asks it."""

    def __init__(self, config: ProviderConfig) -> None:
        parts = urlsplit(config.issuer)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ValueError(f"the identity provider {config.issuer} is to be reached by https")
        self.config = config
        self._known: tuple[Endpoints, KeySet, float] | None = None

    async def endpoints(self) -> Endpoints:
        """Where the provider answers."""
        return (await self._knowledge())[0]

    async def keys(self) -> KeySet:
        """The keys with which it signs."""
        return (await self._knowledge())[1]

    async def keys_again(self) -> KeySet:
        """The keys anew: it may have begun to sign with another."""
        self._known = None
        return await self.keys()

    async def id_token(self, body: str) -> Any:
        """The ID token that it gives for a code."""
        ends, config = await self.endpoints(), self.config
        secret = config.client_secret.get_secret_value()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if secret:
            headers["Authorization"] = _basic(config.client_id, secret)
        else:
            body += f"&client_id={config.client_id}"
        found = await self._ask("POST", ends.token, body, headers)
        return found.get("id_token")

    async def _knowledge(self) -> tuple[Endpoints, KeySet]:
        known, now = self._known, monotonic_seconds()
        if known is None or now - known[2] > KEPT_SECONDS:
            place = self.config.issuer.rstrip("/") + "/.well-known/openid-configuration"
            ends = Endpoints.read(await self._ask("GET", place), self.config.issuer)
            try:
                keys = KeySet.import_key_set(await self._ask("GET", ends.keys))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError):
                raise TOKEN_NOT_TRUSTED(reason="jwks") from None
            known = self._known = (ends, keys, now)
        return known[0], known[1]

    async def _ask(
        self,
        method: str,
        url: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """One JSON answer; redirects are not followed, so no other host is asked."""
        timeout = aiohttp.ClientTimeout(total=SECONDS_MAX)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(
                    method,
                    url,
                    data=body,
                    headers={"Accept": "application/json", **(headers or {})},
                    allow_redirects=False,
                ) as answer,
            ):
                data = await answer.content.read(BYTES_MAX)
                if answer.status != 200:
                    raise PROVIDER_UNREACHABLE()
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise PROVIDER_UNREACHABLE() from None
        try:
            found = orjson.loads(data)
        except orjson.JSONDecodeError:
            raise TOKEN_NOT_TRUSTED(reason="JSON") from None
        if not isinstance(found, dict):
            raise TOKEN_NOT_TRUSTED(reason="JSON")
        return found


def _basic(client: str, secret: str) -> str:
    """The client's own password, as RFC 6749, 2.3.1 has it: both encoded before they are joined."""
    joined = f"{quote_plus(client)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(joined.encode()).decode()
