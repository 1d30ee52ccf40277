"""The same question between nodes that already hold many messages: sent by one, taken by the
other, which are the tables that grow with every request."""

import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benches.cities import ASKED, ASKER, serving_pair, two_cities
from benches.timing import closed_loop
from hanse.foundation.clock import to_ms
from hanse.foundation.store import open_engine
from hanse.node.config import load
from hanse.node.zone import init_zone

SIZES = (10_000, 100_000, 1_000_000)
AT_MS = to_ms(datetime(2026, 11, 1, tzinfo=UTC))
CLIENTS = 8


async def growth(scale: float) -> dict[str, Any]:
    """The asker starts with that many settled rows in its outbox, the asked in its inbox."""
    found: dict[str, Any] = {}
    for rows in SIZES:
        if rows >= SIZES[-1] * scale and scale < 1:
            continue
        with tempfile.TemporaryDirectory() as folder:
            init_zone(Path(folder), two_cities())
            fill(Path(folder) / ASKER, rows, _OUTBOX)
            fill(Path(folder) / ASKED, rows, _INBOX)
            async with serving_pair(Path(folder)) as both:
                await closed_loop(both.ask, CLIENTS, int(200 * scale))
                measured = await closed_loop(both.ask, CLIENTS, int(1_000 * scale))
                ready = round(both.asked.started_seconds, 2)
        found[str(rows)] = asdict(measured) | {"ready_seconds": ready}
    return found


def fill(folder: Path, rows: int, statement: str) -> None:
    """Put settled messages in the inbox or the outbox of a node that isn't running.

    Their ids are random, as those of real messages are: they spread over the whole index.
    """
    engine = open_engine(load(folder / "node.toml").database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement, {"rows": rows, "at": AT_MS})
    engine.dispose()


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"
_COMMON = "peer, message_id, kind, operation, organisation, line, commitment"
_SAME = """
    SELECT '510700', lower(hex(randomblob(16))), 'request', 'credit.record', 'tendering',
        zeroblob(400), zeroblob(32)"""
_INBOX = f"""INSERT INTO messages_in
    ({_COMMON}, outcome, answer, answer_commitment, received_at_ms)
    {_NUMBERS} {_SAME}, 'answered', zeroblob(400), zeroblob(32), :at FROM n"""
_OUTBOX = f"""INSERT INTO messages_out
    ({_COMMON}, state, answer, answer_commitment, attempts, created_at_ms, expires_at_ms,
        settled_at_ms)
    {_NUMBERS} {_SAME}, 'done', zeroblob(400), zeroblob(32), 1, :at, :at, :at FROM n"""
