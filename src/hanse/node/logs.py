"""Structured logs: one JSON object a line, of codes, ids and durations, never of data.

What is logged are ids, cities, codes and the places where code failed. Message bodies, field
values, keys and tokens never are; the processor below drops what could hold them all the same.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "city",
        "peer",
        "operation",
        "code",
        "status",
        "reference",
        "message_id",
        "attempts",
        "seconds",
        "retry_in_s",
        "version",
        "agreement",
        "pieces",
        "where",
        "error",
        "host",
        "port",
        "state",
        "count",
        "task",
    ]
)


def keep_allowed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Only known fields pass. An exception leaves its type and places, not its words or values."""
    kept = {key: value for key, value in event.items() if key in ALLOWED}
    exception = event.get("exc_info")
    if exception:
        error = exception if isinstance(exception, BaseException) else sys.exc_info()[1]
        if error is not None:
            kept["error"] = type(error).__qualname__
            kept["where"] = [
                f"{frame.filename.rsplit('/hanse/', 1)[-1]}:{frame.lineno}"
                for frame in traceback.extract_tb(error.__traceback__)[-5:]
            ]
    return kept


def configure(*, verbose: bool = False) -> None:
    """Send the logs to standard error. Called once, by the command line."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.INFO if verbose else logging.WARNING
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.lastResort = _Libraries(logging.WARNING)


class _Libraries(logging.Handler):
    """What the libraries log: where they spoke and an error's type; their words may quote data."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger("hanse.library").log(
            record.levelno,
            "library",
            where=f"{record.name}:{record.funcName}",
            exc_info=record.exc_info[1] if record.exc_info else None,
        )
