"""Every table of a node: importing this module declares them all."""

from hanse import services as _services
from hanse.foundation.credentials import tables as _credentials
from hanse.foundation.store import metadata
from hanse.mechanisms.cases import tables as _cases
from hanse.mechanisms.exchange import tables as _exchange
from hanse.mechanisms.journal import tables as _journal
from hanse.mechanisms.league import tables as _league
from hanse.mechanisms.ledger import tables as _ledger
from hanse.node import tokens as _tokens
from hanse.node.people import tables as _people

__all__ = ["metadata"]

_DECLARED = (
    _cases,
    _credentials,
    _exchange,
    _journal,
    _league,
    _ledger,
    _people,
    _services,
    _tokens,
)
