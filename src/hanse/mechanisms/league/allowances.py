"""One grant laid out to be asked quickly: whom it covers, for what, and when it holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hanse.foundation.languages import Text
from hanse.mechanisms.league.agreement_state import Course
from hanse.mechanisms.league.agreements import ANY, Agreement, Grant
from hanse.mechanisms.league.fields import FieldFilter


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What covers a call, and what of the answer it lets through."""

    agreement: str
    version: int
    grant: str
    filter: FieldFilter
    rate_per_minute: int | None
    rate_per_day: int | None
    legal_basis: Text

    @property
    def fields(self) -> tuple[str, ...]:
        """The paths that are let through, or `*`."""
        return self.filter.paths

    def visible(self, data: dict[str, Any]) -> dict[str, Any]:
        """An answer with only the granted fields."""
        return self.filter.apply(data)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A grant of one version of an agreement, with the spans of time in which it holds."""

    agreement: Agreement
    grant: Grant
    operations: frozenset[str]
    services: frozenset[str]
    """Services of which every operation is granted."""
    providers: frozenset[str]
    callers: frozenset[str]
    organisations: frozenset[str]
    purposes: frozenset[str]
    spans: tuple[tuple[datetime, datetime], ...]
    """Each from its first instant to the first instant after it."""
    place: tuple[str, int, int]
    """Agreement id, version and place among the grants: the order in which grants are tried."""
    authorisation: Authorisation

    def grants(self, operation: str) -> bool:
        """Whether the operation is named, or its whole service."""
        return operation in self.operations or operation.rpartition(".")[0] in self.services

    def lists(self, caller: str, organisation: str) -> bool:
        """Whether that organisation of the calling city is named, by itself or among all."""
        return (
            ANY in self.organisations
            or f"{caller}/{organisation}" in self.organisations
            or f"{caller}/{ANY}" in self.organisations
        )

    def holds(self, at: datetime) -> bool:
        """Whether the agreement is in force at the instant, and the grant within its period."""
        return any(start <= at < end for start, end in self.spans)


def allowances(course: Course, agreement: Agreement) -> tuple[Allowance, ...]:
    """The grants of one version, in their order."""
    spans = tuple(course.in_force(agreement))
    return tuple(
        _allowance(agreement, grant, place, spans) for place, grant in enumerate(agreement.grants)
    )


def _allowance(
    agreement: Agreement, grant: Grant, place: int, spans: tuple[tuple[datetime, datetime], ...]
) -> Allowance:
    wildcard = f".{ANY}"
    callers = grant.callers or agreement.parties
    return Allowance(
        agreement=agreement,
        grant=grant,
        operations=frozenset(name for name in grant.operations if not name.endswith(wildcard)),
        services=frozenset(
            name.removesuffix(wildcard) for name in grant.operations if name.endswith(wildcard)
        ),
        providers=frozenset(grant.providers or agreement.parties),
        callers=frozenset(callers),
        organisations=frozenset(_full_names(grant.organisations, callers)),
        purposes=frozenset(grant.purposes),
        spans=tuple(_within(spans, grant)),
        place=(agreement.id, agreement.version, place),
        authorisation=Authorisation(
            agreement=agreement.id,
            version=agreement.version,
            grant=grant.id,
            filter=FieldFilter(grant.fields),
            rate_per_minute=grant.rate_per_minute,
            rate_per_day=grant.rate_per_day,
            legal_basis=grant.legal_basis,
        ),
    )


def _full_names(organisations: Iterable[str], callers: tuple[str, ...]) -> Iterable[str]:
    """An id alone is of the one city that calls: identity is always (authority, id)."""
    for one in organisations:
        yield one if one == ANY or "/" in one else f"{callers[0]}/{one}"


def _within(
    spans: Iterable[tuple[datetime, datetime]], grant: Grant
) -> Iterable[tuple[datetime, datetime]]:
    for start, end in spans:
        begin = start if grant.valid_from is None else max(start, grant.valid_from)
        until = end if grant.valid_until is None else min(end, grant.valid_until)
        if begin < until:
            yield begin, until
