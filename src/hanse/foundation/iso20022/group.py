"""The group header of payments between banks: counts and sums stated, and checked when read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.checks import check_count, check_sum, check_total, sum_text
from hanse.foundation.iso20022.elements import Branch, Cursor
from hanse.foundation.iso20022.parts import (
    Agent,
    Header,
    Settlement,
    read_agent,
    read_settlement,
    settlement_date,
    write_agents,
    write_settlement,
)
from hanse.foundation.money import Money, total

FirstAgents = Callable[[], tuple[Agent, Agent]]


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """What a group header said."""

    header: Header
    settlement: Settlement
    settlement_date: date


def write_group(
    parent: Branch,
    header: Header,
    amounts: Sequence[Money],
    settlement: Settlement,
    day: date,
    total_name: str,
) -> None:
    """`GrpHdr` with the number, control sum and total of what follows."""
    group = parent.branch("GrpHdr")
    group.value("MsgId", header.message_id, forms.ID)
    group.instant("CreDtTm", header.created_at)
    group.value("NbOfTxs", str(len(amounts)), forms.COUNT)
    group.value("CtrlSum", sum_text(amounts), forms.DECIMAL)
    group.amount(total_name, total(amounts, amounts[0].currency))
    group.day("IntrBkSttlmDt", day)
    write_settlement(group, settlement)
    write_agents(group, header)


def read_group(
    group: Cursor,
    amounts: Sequence[Money],
    days: "list[date | None]",
    total_name: str,
    agents: FirstAgents,
) -> ReadGroup:
    """The header, after its count, sums and day agree with the details.

    `agents` gives the two banks where the header names none: they are then those of the payments.
    """
    message_id = group.value("MsgId", forms.ID)
    created_at: datetime = group.instant("CreDtTm")
    check_count(group, "NbOfTxs", len(amounts))
    check_sum(group.optional_decimal("CtrlSum"), amounts, f"{group.path}/CtrlSum")
    check_total(group.optional_amount(total_name), amounts, f"{group.path}/{total_name}")
    day = settlement_date(group.optional_day("IntrBkSttlmDt"), days, group.path)
    settlement = read_settlement(group)
    instructing, instructed = group.optional("InstgAgt"), group.optional("InstdAgt")
    if instructing is not None and instructed is not None:
        banks = read_agent(instructing), read_agent(instructed)
    else:
        banks = agents()
    return ReadGroup(Header(message_id, created_at, *banks), settlement, day)
