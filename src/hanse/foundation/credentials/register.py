"""The register of what a city has issued: places in its status lists, and what becomes of each.

Places are drawn at random, so that neighbours in a list say nothing of who applied when. Where so
many draws in a row meet a taken place, the list is about full, and the next one is begun.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.credentials.issue import ISSUER_PREFIX, Content, Issuer, issue
from hanse.foundation.credentials.problems import CREDENTIAL_STATUS_FINAL, CREDENTIAL_UNKNOWN
from hanse.foundation.credentials.status_list import (
    BITS,
    ListTerms,
    Status,
    StatusList,
    StatusReference,
    sign_list,
)
from hanse.foundation.credentials.tables import credentials, kept_lists
from hanse.foundation.identity import Randomness, new_id
from hanse.foundation.keys import PublicKey
from hanse.foundation.store import Transaction

LIST_SIZE: Final = 131_072
DRAWS_MAX: Final = 8
"""A list that is half full still serves 255 of 256 credentials."""
KEPT_LISTS_MAX: Final = 1_000
TTL: Final = timedelta(hours=12)
LIFETIME: Final = timedelta(days=2)


@dataclass(frozen=True)
class Draft:
    """A credential before it has its place: what `issue.Content` says without the status."""

    kind: str
    expires_at: datetime
    claims: Mapping[str, object]
    open_claims: Mapping[str, object]
    holder: PublicKey | None = None


@dataclass(frozen=True)
class Issued:
    """A credential that was issued: its number in this city's register, and its text."""

    credential_id: str
    text: str


def list_uri(city: str, list_name: str, number: int) -> str:
    """The name of a status list. It is a name and no address: a list is asked for by operation."""
    return f"{ISSUER_PREFIX}{city}:status-list:{list_name}:{number}"


def issue_registered(
    transaction: Transaction,
    list_name: str,
    draft: Draft,
    issuer: Issuer,
    now: datetime,
    randomness: Randomness,
) -> Issued:
    """Issue a credential with a place in this city's newest status list of that name."""
    number, index = _free_place(transaction, list_name, randomness)
    credential_id = new_id(randomness)
    content = Content(
        kind=draft.kind,
        issued_at=now,
        expires_at=draft.expires_at,
        claims=draft.claims,
        open_claims=draft.open_claims,
        status=StatusReference(list_uri(issuer.city, list_name, number), index),
        holder=draft.holder,
    )
    text = issue(content, issuer, randomness)
    transaction.insert(
        credentials,
        {
            "credential_id": credential_id,
            "list_name": list_name,
            "list_number": number,
            "list_index": index,
            "status": int(Status.VALID),
            "issued_at_ms": to_ms(now),
            "expires_at_ms": to_ms(draft.expires_at),
        },
    )
    return Issued(credential_id, text)


def set_status(transaction: Transaction, credential_id: str, status: Status) -> None:
    """Revoke, suspend or resume. Raises `credential_unknown` or `credential_status_final`."""
    held = transaction.value(
        select(credentials.c.status).where(credentials.c.credential_id == credential_id)
    )
    if held is None:
        raise CREDENTIAL_UNKNOWN()
    if held == Status.REVOKED and status is not Status.REVOKED:
        raise CREDENTIAL_STATUS_FINAL()
    transaction.execute(
        update(credentials)
        .where(credentials.c.credential_id == credential_id)
        .values(status=int(status))
    )


def signed_list(
    transaction: Transaction, list_name: str, number: int, issuer: Issuer, now: datetime
) -> str:
    """The status list as it stands, signed now. Raises `credential_unknown` without such a list."""
    newest = newest_list(transaction, list_name)
    if not 0 <= number <= newest:
        raise CREDENTIAL_UNKNOWN()
    rows = transaction.rows(
        select(credentials.c.list_index, credentials.c.status)
        .where(
            credentials.c.list_name == list_name,
            credentials.c.list_number == number,
            credentials.c.status != int(Status.VALID),
        )
        .limit(LIST_SIZE)
    )
    statuses = StatusList.of(LIST_SIZE, {row.list_index: row.status for row in rows}, BITS)
    terms = ListTerms(
        issuer=issuer.name,
        uri=list_uri(issuer.city, list_name, number),
        issued_at=now,
        ttl=TTL,
        lifetime=LIFETIME,
    )
    return sign_list(statuses, terms, issuer.key, issuer.key_id)


def keep_list(transaction: Transaction, city: str, uri: str, token: str, now: datetime) -> None:
    """Keep a city's list if it is named as that city's; its signature is checked at each use."""
    if not uri.startswith(f"{ISSUER_PREFIX}{city}:"):
        return
    transaction.upsert(
        kept_lists,
        {"uri": uri, "token": token, "fetched_at_ms": to_ms(now)},
        lambda new: {"token": new.token, "fetched_at_ms": new.fetched_at_ms},
    )


def known_lists(
    transaction: Transaction, list_name: str, own: Issuer | None, now: datetime
) -> dict[str, str]:
    """The lists that were kept of other cities, and this city's own newest word, by their URI."""
    rows = transaction.rows(select(kept_lists.c.uri, kept_lists.c.token).limit(KEPT_LISTS_MAX))
    found = {row.uri: row.token for row in rows}
    if own is not None:
        for number in range(newest_list(transaction, list_name) + 1):
            uri = list_uri(own.city, list_name, number)
            found[uri] = signed_list(transaction, list_name, number, own, now)
    return found


def newest_list(transaction: Transaction, list_name: str) -> int:
    """The number of the list that new credentials are placed in."""
    number = transaction.value(
        select(func.max(credentials.c.list_number)).where(credentials.c.list_name == list_name)
    )
    return 0 if number is None else int(number)


def _free_place(
    transaction: Transaction, list_name: str, randomness: Randomness
) -> tuple[int, int]:
    number = newest_list(transaction, list_name)
    of_list = (credentials.c.list_name == list_name, credentials.c.list_number == number)
    for _ in range(DRAWS_MAX):
        index = _draw(randomness)
        if (
            transaction.row(
                select(credentials.c.list_index).where(*of_list, credentials.c.list_index == index)
            )
            is None
        ):
            return number, index
    return number + 1, _draw(randomness)


def _draw(randomness: Randomness) -> int:
    return int.from_bytes(randomness(8), "big") % LIST_SIZE
