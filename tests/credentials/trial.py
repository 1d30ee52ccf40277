"""A city that issues, a charter that lists its keys, a holder: what the credential tests use."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hanse.foundation.credentials import (
    Content,
    Issuer,
    Request,
    Status,
    StatusList,
    StatusReference,
    Verified,
    Wanted,
    issue,
    present,
    verify,
)
from hanse.foundation.credentials.register import list_uri
from hanse.foundation.credentials.status_list import ListTerms, sign_list
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import PrivateKey, generate
from hanse.mechanisms.league.charter import Charter
from hanse.mechanisms.league.view import LeagueView

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
CITY = "510600"
OTHER_CITY = "510100"
KIND = "urn:hanse:credential:trial:1"
URI = list_uri(CITY, "trial", 0)
REQUEST = Request(audience="urn:hanse:510100", nonce="n-0S6_WzA2Mj")
SUITES = ("ed25519", "ecdsa-p256-sha256")
CLAIMS: dict[str, Any] = {
    "name": "生成的居民",
    "born": "1950-03-07",
    "benefit": {"kind": "employee_pension", "since": "2010-04-01"},
}
OPEN: dict[str, Any] = {"city": CITY}


def key_of_suite(suite: str, name: str) -> PrivateKey:
    return generate(suite, seeded_randomness(f"credential {name}"))


def charter_of(suite: str, **of_key: Any) -> Charter:
    """A charter of two cities; the issuing key of the first is as `of_key` says."""
    members = []
    for city in (CITY, OTHER_CITY):
        voting = key_of_suite("ed25519", f"vote {city}")
        issuing = key_of_suite(suite, city)
        members.append(
            {
                "city": city,
                "name": {"zh": "试验市", "en": "A city for trials"},
                "address": f"https://{city}.test",
                "keys": [
                    {
                        "id": "k1",
                        **voting.public.as_dict(),
                        "uses": ["exchange", "charter"],
                        "valid_from": NOW - timedelta(days=400),
                    },
                    {
                        "id": "c1",
                        **issuing.public.as_dict(),
                        "uses": ["credential"],
                        "valid_from": NOW - timedelta(days=100),
                        **of_key,
                    },
                ],
            }
        )
    return Charter.model_validate(
        {
            "league": "trial",
            "version": 1,
            "title": {"zh": "试验联盟", "en": "A league for trials"},
            "issued_at": NOW - timedelta(days=400),
            "valid_from": NOW - timedelta(days=400),
            "valid_until": NOW + timedelta(days=3650),
            "threshold": 2,
            "witness_quorum": 1,
            "members": members,
        }
    )


@dataclass
class Trial:
    """One issuer, one holder, one verifier."""

    suite: str = "ed25519"
    issued_at: datetime = NOW
    expires_at: datetime = NOW + timedelta(days=365)
    statuses: dict[int, int] = field(default_factory=dict)
    of_key: dict[str, Any] = field(default_factory=dict)
    index: int = 7

    @property
    def issuer(self) -> Issuer:
        return Issuer(CITY, "c1", key_of_suite(self.suite, CITY))

    @property
    def holder(self) -> PrivateKey:
        return key_of_suite(self.suite, "holder")

    @property
    def league(self) -> LeagueView:
        charter = charter_of(self.suite, **self.of_key)
        return LeagueView(city=OTHER_CITY, revision=1, charter=charter, records=())

    def issued(self, **changes: Any) -> str:
        content = {
            "kind": KIND,
            "issued_at": self.issued_at,
            "expires_at": self.expires_at,
            "claims": CLAIMS,
            "open_claims": OPEN,
            "status": StatusReference(URI, self.index),
            "holder": self.holder.public,
            **changes,
        }
        randomness = seeded_randomness("credential salts")
        return issue(Content(**content), self.issuer, randomness)

    def shown(self, *names: str, **changes: Any) -> str:
        return present(self.issued(**changes), names, request=REQUEST, key=self.holder, at=NOW)

    def status_token(self, **changes: Any) -> str:
        terms = {
            "issuer": self.issuer.name,
            "uri": URI,
            "issued_at": NOW,
            "ttl": timedelta(hours=12),
            "lifetime": timedelta(days=2),
            **changes,
        }
        listed = StatusList.of(64, self.statuses)
        return sign_list(listed, ListTerms(**terms), self.issuer.key, "c1")

    def verified(self, presentation: str, at: datetime = NOW, **options: Any) -> Verified:
        tokens = options.pop("status_tokens", None)
        wanted = {"kind": KIND, "request": REQUEST, **options}
        return verify(
            presentation,
            Wanted(**wanted),
            at=at,
            key_of=self.league.credential_key,
            status_tokens={URI: self.status_token()} if tokens is None else tokens,
        )


REVOKED, SUSPENDED = int(Status.REVOKED), int(Status.SUSPENDED)
