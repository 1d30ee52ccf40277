"""Tokens of the city's own agencies: which organisation calls, and what it may call.

Only a digest of a token is kept, so a stolen store opens nothing. A token names one organisation;
identity between cities is always (city, organisation).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, BigInteger, Column, String, Table, delete, select

from hanse.foundation.clock import iso, to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import Randomness, base64url
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction, metadata
from hanse.mechanisms.journal import log

TOKEN_WRONG = ProblemKind(
    "token_wrong",
    401,
    Text("令牌无效", "The token is not valid"),
    Text(
        "请在 Authorization 头中使用有效的 Bearer 令牌，可由运维人员签发",
        "Send a valid Bearer token in the field Authorization; the operator issues them",
    ),
)
TOKEN_NOT_ALLOWED = ProblemKind(
    "token_not_allowed",
    403,
    Text("该令牌无权调用此操作", "The token does not allow this operation"),
    Text("请向运维人员申请 {operation} 权限", "Ask the operator for {operation}"),
)

TOKEN_BYTES = 32
OPERATOR = "operator"
"""The permission that opens the operator's interface; operations are named as themselves."""

tokens = Table(
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("organisation", String(128), nullable=False),
    Column("allows", JSON, nullable=False, comment="operation names, '*' or 'operator'"),
    Column("issued_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
)


@dataclass(frozen=True)
class Agency:
    """Who calls."""

    organisation: str
    allows: frozenset[str]

    def require(self, operation: str) -> None:
        """Refuse what the token does not allow. '*' is every operation, not the operator's."""
        if operation in self.allows or ("*" in self.allows and operation != OPERATOR):
            return
        raise TOKEN_NOT_ALLOWED(operation=operation)


def issue(
    transaction: Transaction,
    organisation: str,
    allows: Sequence[str],
    *,
    now: datetime,
    expires: datetime,
    randomness: Randomness,
) -> str:
    """Make a token and give it once; it can't be read again."""
    token = base64url(randomness(TOKEN_BYTES))
    transaction.insert(
        tokens,
        {
            "digest": digest(token),
            "organisation": organisation,
            "allows": list(allows),
            "issued_at_ms": to_ms(now),
            "expires_at_ms": to_ms(expires),
        },
    )
    details = {"organisation": organisation, "allows": list(allows), "expires": iso(expires)}
    log.record(transaction, "token.issued", details, at=now)
    return token


def revoke(transaction: Transaction, organisation: str, now: datetime) -> int:
    """End every token of an organisation; gives how many there were."""
    result = transaction.execute(delete(tokens).where(tokens.c.organisation == organisation))
    details = {"organisation": organisation, "count": result.rowcount}
    log.record(transaction, "token.revoked", details, at=now)
    return result.rowcount


def look_up(transaction: Transaction, token: str, now: datetime) -> Agency:
    """The agency that holds the token, or a refusal."""
    row = transaction.row(
        select(tokens.c.organisation, tokens.c.allows).where(
            tokens.c.digest == digest(token), tokens.c.expires_at_ms > to_ms(now)
        )
    )
    if row is None:
        raise TOKEN_WRONG()
    return Agency(row.organisation, frozenset(row.allows))


def digest(token: str) -> str:
    """What is kept of a token. It holds 256 random bits, so a plain digest can't be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
