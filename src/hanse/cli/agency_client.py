"""The command line's client towards its own node: the agencies' REST, with a token."""

import json
import ssl
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

from hanse.cli.output import language
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.node.config import NodeConfig

NODE_SILENT = ProblemKind(
    "node_silent",
    502,
    Text("本市节点没有应答", "The own node does not answer"),
    Text("请先运行 hanse serve；地址 {address}", "Run hanse serve first; its address is {address}"),
)
NODE_REFUSED = ProblemKind(
    "node_refused",
    400,
    Text("节点拒绝了请求", "The node refused"),
    Text("{hint}", "{hint}"),
    Text("{detail}({code})", "{detail} ({code})"),
)
TIMEOUT_SECONDS = 90


class Client:
    """One node's REST as one agency sees it."""

    def __init__(self, config: NodeConfig, token: str) -> None:
        scheme = "https" if config.tls_certificate else "http"
        self.address = f"{scheme}://{config.listen_host}:{config.listen_port}"
        self._token = token
        self._trust = config.tls_trust

    def get(self, path: str, **query: Any) -> Any:
        """Read something."""
        return self._send("GET", path, None, query)

    def post(self, path: str, value: Any = None, *, key: str | None = None, **query: Any) -> Any:
        """Do something; the same again with the same key does it once."""
        return self._send("POST", path, value, query, key)

    def _send(
        self, method: str, path: str, value: Any, query: dict[str, Any], key: str | None = None
    ) -> Any:
        named = {name: item for name, item in query.items() if item is not None}
        url = f"{self.address}{path}" + (f"?{urlencode(named)}" if named else "")
        request = urllib.request.Request(  # noqa: S310 - the scheme is fixed above
            url,
            method=method,
            data=None if value is None else json.dumps(value).encode(),
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "Accept-Language": language(),
                **({"Idempotency-Key": key} if key else {}),
            },
        )
        context = ssl.create_default_context(cafile=self._trust) if self._trust else None
        try:
            with urllib.request.urlopen(  # noqa: S310
                request, timeout=TIMEOUT_SECONDS, context=context
            ) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise _refused(error) from None
        except OSError:
            raise NODE_SILENT(address=self.address) from None


def _refused(error: urllib.error.HTTPError) -> Exception:
    try:
        problem = json.load(error)
        texts = problem["texts"]
        return NODE_REFUSED(
            code=problem["code"],
            detail=texts["detail"][language()],
            hint=texts["hint"][language()],
        )
    except (ValueError, KeyError, TypeError):
        return NODE_REFUSED(code=str(error.code), detail=str(error.reason), hint="-")
