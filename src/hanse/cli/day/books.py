"""After the day: every city's ledger replays to the bit, and what two cities owe is the same."""

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hanse.cli.day.deposits import BANKS
from hanse.foundation.store.transaction import reading
from hanse.mechanisms import ledger
from hanse.services.finance.deposits import chart as deposits
from hanse.services.social.insurance import chart as insurance

if TYPE_CHECKING:
    from hanse.cli.day.invariants import Findings, Nodes


def replayed(nodes: "Nodes") -> "Findings":
    """Debits equal credits, and the log gives every balance (invariant 1)."""
    for city, node in nodes.items():
        with reading(node.engine) as transaction:
            found = ledger.audit(transaction)
        yield f"{city}: {found[0]}" if found else None


def mirrored(nodes: "Nodes") -> "Findings":
    """What one city's funds or banks owe another is what the other expects of it."""
    for payer, payee in _pairs(nodes):
        owes = -_net(nodes, payer, insurance.intercity(payee).id)
        expects = _net(nodes, payee, insurance.intercity(payer).id)
        differs = f"{payer}>{payee}: {owes} fen owed, {expects} expected"
        yield None if owes == expects else differs
        for bank, peer in itertools.product(BANKS, BANKS):
            claim = _net(nodes, payer, deposits.intercity(bank, payee, peer))
            debt = -_net(nodes, payee, deposits.intercity(peer, payer, bank))
            differs = f"{payer}/{bank}>{payee}/{peer}: {claim} fen claimed, {debt} owed"
            yield None if claim == debt else differs


def _pairs(nodes: "Nodes") -> Iterator[tuple[str, str]]:
    """Each pair once: an account between two cities holds both directions."""
    cities = sorted(nodes)
    for place, one in enumerate(cities):
        for other in cities[place + 1 :]:
            yield one, other


def _net(nodes: "Nodes", city: str, account: str) -> int:
    with reading(nodes[city].engine) as transaction:
        held = ledger.states(transaction, {account})
        return held[0].balance.net_debit if held else 0
