"""What the clock makes due: time-outs, deadlines and reminders, done in transactions of their own.

A service declares its due work. The node runs it again and again and the simulation as an act of
its own; a run that is missed is made up for by the next, since what is due stands in the store.
"""

from datetime import datetime
from typing import Final

from hanse.foundation.identity import new_id
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context, Outlet
from hanse.mechanisms.exchange.core import Exchange
from hanse.mechanisms.exchange.message import Party
from hanse.mechanisms.league.view import LeagueView

NODE_ORGANISATION: Final = "node"
"""In whose name a city's node acts by itself."""


def run_due(
    exchange: Exchange, outlet: Outlet, transaction: Transaction, league: LeagueView, now: datetime
) -> int:
    """Run every service's due work once; gives how much was done. What fails undoes itself alone
    and is tried again at the next run."""
    done = 0
    for service in exchange.registry.services:
        for work in service.due:
            context = Context(
                city=exchange.city,
                caller=Party(exchange.city, NODE_ORGANISATION),
                operation=service.name,
                message_id=new_id(exchange.randomness),
                now=now,
                league=league,
                parameters=exchange.parameters.get(service.name),
                randomness=exchange.randomness,
                outlet=outlet,
                person_key=exchange.person_key,
                credential_keys=exchange.credential_keys,
            )
            try:
                with transaction.savepoint():
                    done += work(transaction, context)
            except Exception as error:
                exchange.on_error(context.message_id[:12], service.name, error)
    return done
