"""A node subscribes by itself to every topic that it handles and that an agreement grants it."""

import hashlib
from typing import TYPE_CHECKING

from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.desk import Question

if TYPE_CHECKING:
    from hanse.node.node import Node


def subscribe_to_granted(node: "Node", transaction: Transaction) -> int:
    """Ask each peer once for each topic that an agreement in force grants; gives how many.

    The question's id follows from what it asks, so asking again after a restart asks nothing.
    """
    now = node.clock()
    asked = 0
    for peer in node.league.cities:
        if peer == node.config.city:
            continue
        for topic in node.registry.topics.values():
            granted = node.league.find(
                provider=peer,
                caller=node.config.city,
                organisation=None,
                operation=topic.name,
                purpose=topic.purpose.code,
                at=now,
            )
            if granted is None:
                continue
            named = f"subscribe\n{node.config.city}\n{peer}\n{topic.name}\n{granted.agreement}"
            question = Question(
                city=peer,
                operation="stream.subscribe",
                data={"topic": topic.name},
                organisation=node.config.city,
                message_id=hashlib.sha256(named.encode()).hexdigest()[:32],
            )
            node.desk.put_question(transaction, node.league, question, now)
            asked += 1
    return asked
