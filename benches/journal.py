"""The journal alone: entries integrated a second, their bytes, and proofs over a long journal."""

import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benches.timing import percentile
from hanse.foundation.merkle import verify_inclusion
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.journal import log

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
