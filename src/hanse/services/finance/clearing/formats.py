"""A cycle's result in ISO 20022: pacs.029 of all positions, pacs.009 of a city's own ones.

A party is a bank of a city: (authority, id) is (city, organisation), as everywhere.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.iso20022 import (
    Agent,
    Header,
    InstitutionTransfer,
    InstitutionTransfers,
    Movement,
    SettlementRequest,
)
from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.mechanisms.clearing.obligations import PARTY_SEPARATOR, city_of
from hanse.services.finance.clearing.contracts import Position, Result

NOTHING_TO_SETTLE = ProblemKind(
    "clearing_nothing_to_settle",
    409,
    Text("该场次没有须结算的净额", "The cycle has no position to settle"),
    Text("请查询场次的结果", "Look at the cycle's result"),
)
HOUSE_ORGANISATION: Final = "clearing-house"


def settlement_request(
    result: Result, message_id: str, now: datetime, currency: str
) -> SettlementRequest:
    """The pacs.029: what each party receives or pays, all together, as the house netted it.

    Raises `clearing_nothing_to_settle`.
    """
    return SettlementRequest(
        message_id=message_id,
        created_at=now,
        request_id=f"{result.cycle[:24]}-v{result.version}",
        cycle=result.cycle,
        movements=tuple(
            _movement(one, number, currency)
            for number, one in enumerate(_moving(result.parties), start=1)
        ),
    )


def own_transfers(
    result: Result, city: str, message_id: str, now: datetime, day: date, currency: str
) -> InstitutionTransfers:
    """The pacs.009 of a city: what its own parties pay to the house, and receive from it.

    Raises `clearing_nothing_to_settle`.
    """
    house = Agent(result.house, HOUSE_ORGANISATION)
    own = _moving(one for one in result.parties if city_of(one.party) == city)
    return InstitutionTransfers(
        header=Header(message_id, now, _agent(own[0].party), house),
        settlement_date=day,
        transfers=tuple(_transfer(result, one, house, currency, n) for n, one in enumerate(own, 1)),
    )


def _movement(one: Position, number: int, currency: str) -> Movement:
    amount = Money(abs(one.net_fen), currency)
    return Movement(f"{number}", _agent(one.party), amount, one.net_fen > 0)


def _transfer(
    result: Result, one: Position, house: Agent, currency: str, number: int
) -> InstitutionTransfer:
    party = _agent(one.party)
    debtor, creditor = (party, house) if one.net_fen < 0 else (house, party)
    return InstitutionTransfer(
        transaction_id=f"{result.cycle[:24]}-v{result.version}-{number}",
        end_to_end_id=result.cycle,
        amount=Money(abs(one.net_fen), currency),
        debtor=debtor,
        creditor=creditor,
    )


def _moving(positions: Iterable[Position]) -> list[Position]:
    found = [one for one in positions if one.net_fen]
    if not found:
        raise NOTHING_TO_SETTLE()
    return found


def _agent(party: str) -> Agent:
    city, _, organisation = party.partition(PARTY_SEPARATOR)
    return Agent(city, organisation)
