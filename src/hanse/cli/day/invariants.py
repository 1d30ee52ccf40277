"""After the day: what must always hold, read from all nodes' stores and checked, not believed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from hanse.cli.day import books, journals
from hanse.foundation.languages import Text
from hanse.foundation.merkle import root
from hanse.foundation.store import Transaction
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.delivery import bytes_field
from hanse.mechanisms.exchange.message import read_line
from hanse.mechanisms.exchange.operations import Basis
from hanse.mechanisms.exchange.tables import (
    deliveries,
    messages_in,
    messages_out,
    streams_in,
    streams_out,
)
from hanse.node.node import Node

FINDINGS_SHOWN_MAX = 5


@dataclass(frozen=True)
class Checked:
    """One invariant, how many things were looked at, and what was found wrong."""

    title: Text
    looked_at: int
    findings: list[str]

    @property
    def holds(self) -> bool:
        """Whether it holds. An invariant that looked at nothing has not been checked."""
        return self.looked_at > 0 and not self.findings


Nodes = dict[str, Node]
Findings = Iterator[str | None]
"""One item for each thing looked at: None where it is right."""


def check_all(nodes: Nodes) -> list[Checked]:
    """Every invariant that these mechanisms answer for."""
    return [
        _checked(nodes, title, check)
        for title, check in (
            (
                Text("每条报文恰好处理一次，双方一致", "Messages: once, and both agree"),
                _messages,
            ),
            (Text("事件按序、不缺、不重", "Events: in order, none missing"), _streams),
            (Text("每次投递的签名与摘要可验证", "Deliveries: signatures verify"), _deliveries),
            (
                Text("日志完整，每次投递都有凭证", "Journals: whole, every delivery in them"),
                journals.whole,
            ),
            (
                Text("各市日志均经法定数量城市联署", "Journals: cosigned by the quorum"),
                journals.cosigned,
            ),
            (Text("答复不超出协议授权字段", "Answers: only granted fields"), _answers),
            (Text("各市账务借贷相等、可重放", "Ledgers: balanced, and replayed"), books.replayed),
            (Text("城市间往来两边一致", "Between cities: both books agree"), books.mirrored),
        )
    ]


def _checked(nodes: Nodes, title: Text, check: Callable[[Nodes], Findings]) -> Checked:
    looked_at = 0
    findings: list[str] = []
    for finding in check(nodes):
        looked_at += 1
        if finding is not None:
            findings.append(finding)
    return Checked(title, looked_at, findings)


def _read(node: Node, query: Callable[[Transaction], Any]) -> Any:
    with reading(node.engine) as transaction:
        return query(transaction)


def _messages(nodes: Nodes) -> Findings:
    """What one sent, the other has with the same bytes and answer; nothing is left unsettled."""
    taken = {
        (city, row.peer, row.message_id): row
        for city, node in nodes.items()
        for row in _read(node, lambda tx: tx.rows(select(messages_in)))
        if row.peer != city
    }
    for city, node in nodes.items():
        for row in _read(node, lambda tx: tx.rows(select(messages_out))):
            there = taken.pop((row.peer, city, row.message_id), None)
            yield _difference(city, row, there)
    for city, peer, message_id in taken:
        yield f"{city} took {message_id}, which {peer} never sent"


def _difference(city: str, sent: Any, taken: Any) -> str | None:
    name = f"{city}>{sent.peer} {sent.operation} {sent.message_id}"
    if sent.state in ("pending", "owed"):
        return f"{name}: still {sent.state}"
    if sent.state == "dead":
        return f"{name}: dead"
    if taken is None:
        # A refusal that may be asked again is not recorded; every other reply is.
        return None if sent.state == "refused" else f"{name}: settled, but unknown there"
    if bytes(taken.commitment) != bytes(sent.commitment):
        return f"{name}: other bytes arrived"
    if bytes(taken.answer_commitment) != bytes(sent.answer_commitment):
        return f"{name}: another answer arrived"
    return None


def _streams(nodes: Nodes) -> Findings:
    """Each receiver stands where each publisher does, and holds every number once."""
    for city, node in nodes.items():
        for row in _read(node, lambda tx: tx.rows(select(streams_out))):
            peer = nodes[row.peer]
            at_peer = _read(peer, partial(_stream_there, city=city, topic=row.topic))
            numbers = _read(peer, partial(_sequences, city=city, topic=row.topic))
            name = f"{city}>{row.peer} {row.topic}"
            if at_peer != row.sequence:
                yield f"{name}: {row.sequence} sent, {at_peer} taken"
            elif numbers != list(range(1, row.sequence + 1)):
                yield f"{name}: out of order"
            else:
                yield None


def _stream_there(transaction: Transaction, city: str, topic: str) -> int:
    found = transaction.value(
        select(streams_in.c.sequence).where(streams_in.c.peer == city, streams_in.c.topic == topic)
    )
    return int(found or 0)


def _sequences(transaction: Transaction, city: str, topic: str) -> list[int]:
    rows = transaction.rows(
        select(messages_in.c.sequence)
        .where(messages_in.c.peer == city, messages_in.c.operation == topic)
        .where(messages_in.c.kind == "event")
        .order_by(messages_in.c.number)
    )
    return [row.sequence for row in rows]


def _deliveries(nodes: Nodes) -> Findings:
    """Each side kept what the other signed, and the charter's keys verify it."""
    for city, node in nodes.items():
        for row in _read(node, lambda tx: tx.rows(select(deliveries))):
            name = f"{city} {row.direction} {row.peer} {row.nonce}"
            at = datetime.fromtimestamp(row.created_at_ms / 1000, UTC)
            for base, signature, key_name, leaves in (
                (row.request_base, row.request_signature, row.request_key, row.request_leaves),
                (row.response_base, row.response_signature, row.response_key, row.response_leaves),
            ):
                signer, _, key_id = key_name.partition("/")
                key = node.league.exchange_key(signer, key_id, at)
                hashes = [bytes(leaves[i : i + 32]) for i in range(0, len(leaves), 32)]
                named = bytes_field(root(hashes)).encode()
                if named not in bytes(base):
                    yield f"{name}: the signature covers another root"
                elif key is None or not key.verify(bytes(signature), bytes(base)):
                    yield f"{name}: the signature of {key_name} does not verify"
                else:
                    yield None


def _answered_to_others(transaction: Transaction, city: str) -> Any:
    return transaction.rows(
        select(messages_in).where(messages_in.c.peer != city, messages_in.c.outcome == "answered")
    )


def _answers(nodes: Nodes) -> Findings:
    """Of every answer given to another city, each field is granted to it."""
    for city, node in nodes.items():
        for row in _read(node, partial(_answered_to_others, city=city)):
            operation = node.registry.operations[row.operation]
            if operation.basis is Basis.CHARTER:
                continue
            authorisation = node.league.find(
                provider=city,
                caller=row.peer,
                organisation=row.organisation,
                operation=row.operation,
                purpose=row.purpose,
                at=datetime.fromtimestamp(row.received_at_ms / 1000, UTC),
                agreement=row.agreement,
            )
            name = f"{city} answered {row.peer} {row.operation} {row.message_id}"
            data = read_line(bytes(row.answer)).data
            if authorisation is None:
                yield f"{name}: no agreement covers it"
            elif authorisation.visible(data) != data:
                yield f"{name}: more than what is granted"
            else:
                yield None
