"""The league's documents in this node's store: taken in only if they prove themselves.

What is in the store was verified when it came in and is not verified again when it is read.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.mechanisms.league import agreement_records as records
from hanse.mechanisms.league.agreement_records import AgreementRecord
from hanse.mechanisms.league.agreement_state import Course
from hanse.mechanisms.league.agreements import (
    SignedAgreement,
    SignedStatement,
    read_agreement,
    read_statement,
)
from hanse.mechanisms.league.charter import Charter, SignedCharter, read_charter
from hanse.mechanisms.league.charter_changes import accept_all
from hanse.mechanisms.league.tables import agreements, charters, league_revisions, statements
from hanse.mechanisms.league.view import LeagueView

LEAGUE_NOT_FOUNDED = ProblemKind(
    "league_not_founded",
    409,
    Text("本节点尚无章程", "This node holds no charter yet"),
    Text("请先接受首版章程", "Take the league's first charter first"),
)
CHARTER_NOT_HELD = ProblemKind(
    "charter_not_held",
    409,
    Text("本节点没有该版本章程", "This node does not hold that charter"),
    Text("请先取得第{version}版章程（{digest}）", "First fetch charter {version}, {digest}"),
    retry=True,
)
STATEMENT_TOO_EARLY = ProblemKind(
    "statement_before_agreement",
    404,
    Text("没有该协议", "There is no such agreement"),
    Text("请先提交协议文本", "Submit the agreement's text first"),
    retry=True,
)
REVISION_NAME = "league"
_REVISION = select(league_revisions.c.revision).where(league_revisions.c.name == REVISION_NAME)
"""Made once: it is asked at every commit."""
AGREEMENTS_IN_MEMORY_MAX = 256
STATEMENTS_IN_MEMORY_MAX = 2_048
CHARTERS_IN_MEMORY_MAX = 16
_held_charter = lru_cache(maxsize=CHARTERS_IN_MEMORY_MAX)(read_charter)
_held_agreement = lru_cache(maxsize=AGREEMENTS_IN_MEMORY_MAX)(read_agreement)
_held_statement = lru_cache(maxsize=STATEMENTS_IN_MEMORY_MAX)(read_statement)
"""What is held never changes: one more statement is no reason to read all others again."""


@dataclass(frozen=True)
class Taken:
    """How an agreement stands after something of it was taken in."""

    agreement: str
    version: int
    status: str


def revision(transaction: Transaction) -> int:
    """A number that grows with every change of charter or agreements."""
    return int(transaction.value(_REVISION) or 0)


def load(transaction: Transaction, city: str) -> LeagueView:
    """The league as the store holds it."""
    current = current_charter(transaction)
    return LeagueView(
        city=city,
        revision=revision(transaction),
        charter=current.document if current is not None else None,
        records=tuple(_records(transaction).values()),
    )


def current_charter(transaction: Transaction) -> SignedCharter | None:
    """The newest charter, or None before the league was founded here."""
    document = transaction.value(
        select(charters.c.document).order_by(charters.c.version.desc()).limit(1)
    )
    return _held_charter(bytes(document)) if document is not None else None


def charters_after(transaction: Transaction, version: int, count: int) -> list[bytes]:
    """The charters after a version, oldest first, as they were signed."""
    rows = transaction.rows(
        select(charters.c.document)
        .where(charters.c.version > version)
        .order_by(charters.c.version)
        .limit(count)
    )
    return [bytes(row.document) for row in rows]


def charter_named(transaction: Transaction, version: int, digest: str) -> Charter:
    """The charter of that version and digest, past or present, or `charter_not_held`."""
    row = transaction.row(
        select(charters.c.digest, charters.c.document).where(charters.c.version == version)
    )
    if row is None or row.digest != digest:
        raise CHARTER_NOT_HELD(version=version, digest=digest)
    return read_charter(bytes(row.document)).document


def accept_charters(
    transaction: Transaction, documents: Sequence[bytes], genesis_digest: str, now: datetime
) -> int:
    """Take charters, each following the one before; gives the version held then.

    Those that are held already are passed over, so a peer may send more than what is missing.
    Raises the refusals of `charter_changes`; then nothing is taken.
    """
    current = current_charter(transaction)
    held = current.document.version if current is not None else 0
    proposed = [read_charter(document) for document in documents]
    fresh = [one for one in proposed if one.document.version > held]
    if not fresh:
        # Checked all the same: a rolled back or forked charter is refused, not ignored.
        last = accept_all(current, proposed[-1:], now, genesis_digest)
        return last.document.version
    last = accept_all(current, fresh, now, genesis_digest)
    for one in fresh:
        transaction.insert(
            charters,
            {
                "version": one.document.version,
                "digest": one.digest,
                "document": one.to_bytes(),
                "accepted_at_ms": to_ms(now),
            },
        )
        details = {"version": one.document.version, "digest": one.digest}
        log.record(transaction, "charter.accepted", details, at=now)
    _changed(transaction)
    return last.document.version


def accept_agreement(transaction: Transaction, document: bytes, now: datetime) -> Taken:
    """Take an agreement, or more signatures of one; gives how it stands."""
    proposed = read_agreement(document)
    known = _record(transaction, proposed.document.id)
    record = records.accept_agreement(known, proposed, _charter(transaction), now)
    if record != known:
        for one in record.versions:
            if known is None or one not in known.versions:
                _keep_version(transaction, one, now)
        _changed(transaction)
    return _taken(record, now)


def accept_statement(transaction: Transaction, document: bytes, now: datetime) -> Taken:
    """Take a party's statement; gives how the agreement stands."""
    proposed = read_statement(document)
    known = _record(transaction, proposed.document.agreement)
    if known is None:
        raise STATEMENT_TOO_EARLY()
    record = records.accept_statement(known, proposed, _charter(transaction), now)
    if record != known:
        transaction.insert(
            statements,
            {
                "agreement": record.id,
                "city": proposed.document.city,
                "sequence": proposed.document.sequence,
                "document": proposed.to_bytes(),
                "accepted_at_ms": to_ms(now),
            },
        )
        details = {
            "agreement": record.id,
            "city": proposed.document.city,
            "sequence": proposed.document.sequence,
            "digest": proposed.digest,
        }
        log.record(transaction, "statement.accepted", details, at=now)
        _changed(transaction)
    return _taken(record, now)


def _charter(transaction: Transaction) -> Charter:
    current = current_charter(transaction)
    if current is None:
        raise LEAGUE_NOT_FOUNDED()
    return current.document


def _keep_version(transaction: Transaction, signed: SignedAgreement, now: datetime) -> None:
    transaction.upsert(
        agreements,
        {
            "agreement": signed.document.id,
            "version": signed.document.version,
            "digest": signed.digest,
            "document": signed.to_bytes(),
            "changed_at_ms": to_ms(now),
        },
        lambda new: {"document": new.document, "changed_at_ms": new.changed_at_ms},
    )
    details = {
        "agreement": signed.document.id,
        "version": signed.document.version,
        "digest": signed.digest,
    }
    log.record(transaction, "agreement.accepted", details, at=now)


def _taken(record: AgreementRecord, now: datetime) -> Taken:
    state = Course(record).state(now)
    return Taken(record.id, state.agreement.version, str(state.status))


def _changed(transaction: Transaction) -> None:
    transaction.upsert(
        league_revisions,
        {"name": REVISION_NAME, "revision": 1},
        lambda new: {"revision": league_revisions.c.revision + 1},
    )


def _record(transaction: Transaction, agreement: str) -> AgreementRecord | None:
    return _records(transaction, agreement).get(agreement)


def _records(transaction: Transaction, only: str | None = None) -> dict[str, AgreementRecord]:
    of_versions = select(agreements).order_by(agreements.c.agreement, agreements.c.version)
    of_statements = select(statements).order_by(statements.c.city, statements.c.sequence)
    if only is not None:
        of_versions = of_versions.where(agreements.c.agreement == only)
        of_statements = of_statements.where(statements.c.agreement == only)
    versions: dict[str, list[SignedAgreement]] = defaultdict(list)
    stated: dict[str, list[SignedStatement]] = defaultdict(list)
    for row in transaction.rows(of_versions):
        versions[row.agreement].append(_held_agreement(bytes(row.document)))
    for row in transaction.rows(of_statements):
        stated[row.agreement].append(_held_statement(bytes(row.document)))
    return {
        agreement: AgreementRecord(tuple(found), tuple(stated[agreement]))
        for agreement, found in versions.items()
    }
