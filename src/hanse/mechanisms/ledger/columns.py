"""A batch turned on its side: each field of all its transfers, to be checked in one pass each."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from hanse.mechanisms.ledger.transfers import Transfer


class Columns(NamedTuple):
    """The fields of `Transfer`, in its order, over a whole batch."""

    ids: tuple[bytes, ...] = ()
    debits: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    amounts: tuple[int | None, ...] = ()
    codes: tuple[int, ...] = ()
    flags: tuple[int, ...] = ()
    pendings: tuple[bytes | None, ...] = ()
    timeouts: tuple[int, ...] = ()
    effectives: tuple[date | None, ...] = ()
    references: tuple[str, ...] = ()
    corrects: tuple[bytes | None, ...] = ()


def columns_of(batch: Sequence[Transfer]) -> Columns:
    """The columns of a batch. TypeError for an amount that is no integer or an id that is not
    bytes: a fault of the caller's program."""
    if not batch:
        return Columns()
    columns = Columns(*zip(*batch, strict=True))
    if set(map(type, columns.ids)) != {bytes}:
        raise TypeError("a transfer's id is bytes")
    if set(map(type, columns.amounts)) - {int, type(None)}:
        raise TypeError("an amount is an integer of minor units")
    return columns
