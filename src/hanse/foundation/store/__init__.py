"""One store layer over SQLite and PostgreSQL: engines, transactions, and who may commit."""

from hanse.foundation.store.engine import open_engine
from hanse.foundation.store.schema import metadata
from hanse.foundation.store.transaction import Transaction

__all__ = ["Transaction", "metadata", "open_engine"]
