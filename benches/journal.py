"""The journal alone: entries integrated a second, their bytes, and proofs over a long journal."""

import hashlib
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from benches.timing import percentile
from hanse.foundation.clock import iso, to_ms
from hanse.foundation.identity import base64url
from hanse.foundation.merkle import Frontier, leaf_hash, verify_inclusion
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.entries import Entry
from hanse.mechanisms.journal.tables import journal_entries, journal_head, journal_nodes
from hanse.mechanisms.journal.tiles import TILE_HEIGHT

AT = datetime(2026, 11, 25, tzinfo=UTC)
GROUP = 1_000
PROOFS = 200


def entries(scale: float) -> dict[str, Any]:
    """Entries in groups of 1,000, each group one durable commit; then proofs of single entries."""
    count = int(200_000 * scale) // GROUP * GROUP or GROUP
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        engine = open_engine(f"sqlite:///{path}")
        metadata.create_all(engine)
        started = time.perf_counter()
        for first in range(0, count, GROUP):
            with committing(engine) as transaction:
                for number in range(first, first + GROUP):
                    log.record(
                        transaction,
                        "token.issued",
                        {"organisation": str(number), "allows": ["*"], "expires": "-"},
                        at=AT,
                    )
        seconds = time.perf_counter() - started
        spent = []
        with reading(engine) as transaction:
            head = log.head(transaction)
            for number in range(PROOFS):
                position = number * (count // PROOFS)
                began = time.perf_counter()
                path_of = log.inclusion_path(transaction, position, head.size)
                spent.append(time.perf_counter() - began)
                (row,) = log.rows_from(transaction, position, 1)
                proven = verify_inclusion(
                    bytes(row.leaf), position, head.size, path_of, head.root()
                )
                if not proven:
                    raise RuntimeError("a proof does not verify")
            began = time.perf_counter()
            log.verify_stored(transaction)
            verified = time.perf_counter() - began
        engine.dispose()
        size = path.stat().st_size
    return {
        "entries": count,
        "entries_per_second": round(count / seconds),
        "tessera_posix_writes_per_second_published": 2_900,
        "bytes_per_entry": round(size / count),
        "proof_p50_ms": round(percentile(spent, 0.5) * 1000, 2),
        "proof_p99_ms": round(percentile(spent, 0.99) * 1000, 2),
        "verify_all_entries_per_second": round(count / verified),
    }


def ten_million(scale: float) -> dict[str, Any]:
    """Proofs and a whole verification over ten million entries whose details were erased."""
    count = int(10_000_000 * scale)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        engine = open_engine(f"sqlite:///{path}")
        metadata.create_all(engine)
        began = time.perf_counter()
        frontier = _fill(engine, count)
        filled = time.perf_counter() - began
        spent, consistent = [], []
        with reading(engine) as transaction:
            tree_root = frontier.root()
            for number in range(PROOFS):
                position = number * (count // PROOFS)
                began = time.perf_counter()
                path_of = log.inclusion_path(transaction, position, count)
                spent.append(time.perf_counter() - began)
                (row,) = log.rows_from(transaction, position, 1)
                if not verify_inclusion(bytes(row.leaf), position, count, path_of, tree_root):
                    raise RuntimeError("a proof does not verify")
                began = time.perf_counter()
                log.consistency_path(transaction, position + 1, count)
                consistent.append(time.perf_counter() - began)
            began = time.perf_counter()
            log.verify_stored(transaction)
            verified = time.perf_counter() - began
        engine.dispose()
        size = path.stat().st_size
    return {
        "entries": count,
        "fill_seconds": round(filled, 1),
        "bytes_per_entry_once_erased": round(size / count),
        "inclusion_proof_p50_ms": round(percentile(spent, 0.5) * 1000, 2),
        "inclusion_proof_p99_ms": round(percentile(spent, 0.99) * 1000, 2),
        "consistency_proof_p50_ms": round(percentile(consistent, 0.5) * 1000, 2),
        "consistency_proof_p99_ms": round(percentile(consistent, 0.99) * 1000, 2),
        "verify_all_seconds": round(verified, 1),
    }


def _fill(engine: Engine, count: int) -> Frontier:
    """Entries as they stand after erasure, in bulk: the tree is the real one."""
    frontier = Frontier()
    at = iso(AT)
    for first in range(0, count, 50_000):
        rows, nodes = [], []
        for number in range(first, min(first + 50_000, count)):
            digest = base64url(hashlib.sha256(number.to_bytes(8, "big")).digest())
            entry = Entry("delivery.received", at, "exchange", digest).to_bytes()
            leaf = leaf_hash(entry)
            rows.append(
                {
                    "position": number,
                    "kind": "delivery.received",
                    "at_ms": to_ms(AT),
                    "retention": "exchange",
                    "entry": entry,
                    "leaf": leaf,
                }
            )
            nodes += [
                {"level": node.level // TILE_HEIGHT, "index": node.index, "hash": node.hash}
                for node in frontier.append(leaf)
                if node.level and node.level % TILE_HEIGHT == 0
            ]
        with committing(engine) as transaction:
            transaction.insert(journal_entries, rows)
            transaction.insert(journal_nodes, nodes)
            head = {"name": "journal", "size": frontier.size, "frontier": frontier.serialise()}
            transaction.upsert(
                journal_head, head, lambda new: {"size": new.size, "frontier": new.frontier}
            )
    return frontier
