"""Who may call what: the question that every message between cities asks.

No agreement, no answer. An index lays all agreements out by operation once; asking it is a look-up
and a few comparisons. It knows the whole course of every agreement, so its answers follow the
instant that is asked about, and it is kept until a version, signature or statement is added.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from hanse.mechanisms.league.agreement_records import AgreementRecord
from hanse.mechanisms.league.agreement_state import Course
from hanse.mechanisms.league.allowances import Allowance, Authorisation, allowances
from hanse.mechanisms.league.grant_refusals import Call, Candidate, refusal
from hanse.mechanisms.league.rate_windows import RATE_EXCEEDED, RateWindow, WindowKind

__all__ = [
    "RATE_EXCEEDED",
    "Authorisation",
    "GrantIndex",
    "RateWindow",
    "WindowKind",
    "authorise",
    "authorise_named",
]


class GrantIndex:
    """All agreements of a node, by operation. Immutable: make a new one when a record grows."""

    def __init__(self, records: Iterable[AgreementRecord]) -> None:
        """Lay the records out; ValueError where two are of the same agreement."""
        self.courses: dict[str, Course] = {}
        self._by_version: dict[tuple[str, int], tuple[Allowance, ...]] = {}
        self._by_operation: dict[str, list[Allowance]] = {}
        self._by_service: dict[str, list[Allowance]] = {}
        for record in sorted(records, key=lambda one: one.id):
            if record.id in self.courses:
                raise ValueError(f"agreement {record.id} has two records")
            self._add(record)

    def authorise(
        self,
        *,
        provider: str,
        caller: str,
        organisation: str | None,
        operation: str,
        purpose: str | None,
        at: datetime,
        agreement: str | None = None,
    ) -> Authorisation:
        """What covers a call; of several, the first by agreement id and place of the grant in it.

        With `agreement`, only that one may cover it. `organisation` None is the calling city
        itself; `purpose` None is granted nowhere.

        Raises the most helpful of `no_agreement`, `agreement_not_between`,
        `operation_not_granted`, `purpose_not_granted`, `organisation_not_granted`,
        `agreement_not_in_force`, `agreement_suspended`, `agreement_ended`, `agreement_expired`
        and `grant_out_of_period`.
        """
        call = Call(
            provider, caller, organisation or caller, operation, purpose or "", at, agreement
        )
        found = self._covering(call)
        if found is None:
            raise refusal(self._candidates(at), call)
        return found

    def find(
        self,
        *,
        provider: str,
        caller: str,
        organisation: str | None,
        operation: str,
        purpose: str | None,
        at: datetime,
        agreement: str | None = None,
    ) -> Authorisation | None:
        """What `authorise` gives, or None where it refuses."""
        return self._covering(
            Call(provider, caller, organisation or caller, operation, purpose or "", at, agreement)
        )

    def changes_after(self, at: datetime) -> datetime | None:
        """The earliest instant after this one at which an answer may change; None if none does.

        Answers need not be asked of a new index then; this is for whoever keeps them.
        """
        edges = [edge for course in self.courses.values() if (edge := course.changes_after(at))]
        for granted in self._by_version.values():
            for one in granted:
                edges.extend(edge for span in one.spans for edge in span if edge > at)
        return min(edges, default=None)

    def _add(self, record: AgreementRecord) -> None:
        course = self.courses[record.id] = Course(record)
        for signed in record.versions:
            granted = allowances(course, signed.document)
            self._by_version[record.id, signed.document.version] = granted
            for one in granted:
                if one.spans:
                    for operation in one.operations:
                        self._by_operation.setdefault(operation, []).append(one)
                    for service in one.services:
                        self._by_service.setdefault(service, []).append(one)

    def _covering(self, call: Call) -> Authorisation | None:
        exact = self._first(self._by_operation.get(call.operation), call)
        if not self._by_service:
            return None if exact is None else exact.authorisation
        service = call.operation.rpartition(".")[0]
        whole = self._first(self._by_service.get(service), call)
        found = _earlier(exact, whole)
        return None if found is None else found.authorisation

    def _first(self, granted: list[Allowance] | None, call: Call) -> Allowance | None:
        for one in granted or ():
            if (
                call.provider in one.providers
                and call.caller in one.callers
                and call.purpose in one.purposes
                and call.agreement in (None, one.agreement.id)
                and one.holds(call.at)
                and one.lists(call.caller, call.organisation)
            ):
                return one
        return None

    def _candidates(self, at: datetime) -> Iterator[Candidate]:
        for course in self.courses.values():
            counting = course.period(at).agreement
            yield Candidate(course, self._by_version[counting.id, counting.version])


def _earlier(one: Allowance | None, other: Allowance | None) -> Allowance | None:
    """The one that comes first by agreement, version and place in it."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other, key=lambda each: each.place)


def authorise(
    agreements: Iterable[AgreementRecord],
    *,
    provider: str,
    caller: str,
    organisation: str | None,
    operation: str,
    purpose: str | None,
    at: datetime,
) -> Authorisation:
    """`GrantIndex.authorise` for a single question."""
    return GrantIndex(agreements).authorise(
        provider=provider,
        caller=caller,
        organisation=organisation,
        operation=operation,
        purpose=purpose,
        at=at,
    )


def authorise_named(
    agreements: Iterable[AgreementRecord],
    *,
    agreement: str,
    provider: str,
    caller: str,
    organisation: str | None,
    operation: str,
    purpose: str | None,
    at: datetime,
) -> Authorisation:
    """`GrantIndex.authorise` for a single question whose message names its agreement."""
    return GrantIndex(agreements).authorise(
        agreement=agreement,
        provider=provider,
        caller=caller,
        organisation=organisation,
        operation=operation,
        purpose=purpose,
        at=at,
    )
