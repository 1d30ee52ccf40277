"""The league as one node sees it at one revision of its documents: immutable, and quick to ask."""

from datetime import datetime
from functools import cached_property
from typing import Any

from hanse.foundation.clock import iso
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.keys import PublicKey
from hanse.foundation.languages import Text
from hanse.foundation.working_days import Calendar
from hanse.mechanisms.league.agreement_records import AgreementRecord
from hanse.mechanisms.league.agreement_state import STATUS_TITLES, warnings
from hanse.mechanisms.league.agreements import Agreement
from hanse.mechanisms.league.charter import Charter, KeyUse
from hanse.mechanisms.league.grants import GrantIndex

CHARTER_NOT_IN_FORCE = ProblemKind(
    "charter_not_in_force",
    503,
    Text("本节点没有现行章程", "No charter is in force at this node"),
    Text("请接受新版章程后重试", "Take the next version of the charter, then try again"),
    retry=True,
)
CALENDAR_MISSING = ProblemKind(
    "calendar_missing",
    409,
    Text("章程中没有工作日历", "The charter carries no working-day calendar"),
    Text("请修订章程，加入工作日历", "Amend the charter with a calendar"),
)

EXPIRY_DAYS = 60


class LeagueView:
    """The charter and the agreements. A change makes a new view; this one never changes."""

    def __init__(
        self,
        *,
        city: str,
        revision: int,
        charter: Charter | None,
        records: tuple[AgreementRecord, ...],
    ) -> None:
        self.city = city
        self.revision = revision
        self.charter = charter
        self.records = records
        self._index = GrantIndex(records)
        self.authorise = self._index.authorise
        """What covers a call, or the refusal; see `GrantIndex.authorise`."""
        self.find = self._index.find
        """What covers a call, or None."""

    @classmethod
    def empty(cls, city: str) -> "LeagueView":
        """The view of a node that has read nothing yet."""
        return cls(city=city, revision=-1, charter=None, records=())

    @property
    def version(self) -> int:
        """The charter's version; 0 without one."""
        return 0 if self.charter is None else self.charter.version

    @cached_property
    def cities(self) -> tuple[str, ...]:
        """The members' codes, in the charter's order."""
        return () if self.charter is None else tuple(self.charter.cities)

    def in_force(self, at: datetime) -> bool:
        """Whether the charter governs at this instant: it has not ended.

        Its beginning was checked when it was taken; a clock that was set back since by some
        seconds must not stop the node.
        """
        return self.charter is not None and at < self.charter.valid_until

    def require_in_force(self, at: datetime) -> None:
        """Refuse to deal with anybody without a charter in force."""
        if not self.in_force(at):
            raise CHARTER_NOT_IN_FORCE()

    def address(self, city: str) -> str:
        """The origin of a city's node, as the charter says."""
        if self.charter is None:
            raise CHARTER_NOT_IN_FORCE()
        return self.charter.member(city).address

    def exchange_key(self, city: str, key_id: str, at: datetime) -> PublicKey | None:
        """The key with which a city may sign deliveries at this instant; None if it may not."""
        if self.charter is None:
            return None
        try:
            return self.charter.key(city, key_id, at, KeyUse.EXCHANGE).public_key
        except Problem:
            return None

    def credential_key(self, city: str, key_id: str, at: datetime) -> PublicKey:
        """The key with which a city could issue credentials at this instant, or the refusal."""
        if self.charter is None:
            raise CHARTER_NOT_IN_FORCE()
        return self.charter.key(city, key_id, at, KeyUse.CREDENTIAL).public_key

    def issuing_keys(self, city: str, at: datetime) -> tuple[str, ...]:
        """The ids of a city's keys that may issue credentials at this instant."""
        member = None if self.charter is None else self.charter.cities.get(city)
        keys = () if member is None else member.keys
        return tuple(key.id for key in keys if KeyUse.CREDENTIAL in key.uses and key.is_valid(at))

    @cached_property
    def calendar(self) -> Calendar:
        """The league's working days, as the charter carries them."""
        if self.charter is None or self.charter.calendar is None:
            raise CALENDAR_MISSING()
        return Calendar.from_values(self.charter.calendar)

    def name(self, city: str) -> Text:
        """A member's name."""
        if self.charter is None:
            raise CHARTER_NOT_IN_FORCE()
        return self.charter.member(city).name

    def describe_agreements(self, at: datetime) -> list[dict[str, Any]]:
        """Every agreement and how it stands, for people and programs."""
        found = []
        for agreement_id, course in self._index.courses.items():
            state = course.state(at)
            found.append(
                {
                    "id": agreement_id,
                    "version": state.agreement.version,
                    "title": state.agreement.title.as_dict(),
                    "status": str(state.status),
                    "status_text": STATUS_TITLES[state.status].as_dict(),
                    "parties": list(state.agreement.parties),
                    "valid_from": iso(state.agreement.valid_from),
                    "valid_until": iso(state.agreement.valid_until),
                    "missing": list(state.missing_signatures),
                    "by": list(state.by),
                }
            )
        return found

    def agreement(self, agreement: str, at: datetime) -> Agreement | None:
        """The version of an agreement that counts at this instant; None where there is none."""
        course = self._index.courses.get(agreement)
        return None if course is None else course.state(at).agreement

    def status(self, agreement: str, at: datetime) -> str:
        """How one agreement stands."""
        return str(self._index.courses[agreement].state(at).status)

    def warnings(self, at: datetime) -> list[Text]:
        """What ends soon: agreements, the charter, keys."""
        found = [one.text for one in warnings(self._index.courses.values(), at)]
        return found + self._charter_warnings(at)

    def _charter_warnings(self, at: datetime) -> list[Text]:
        if self.charter is None:
            return []
        found = []
        days = (self.charter.valid_until - at).days
        if days <= EXPIRY_DAYS:
            found.append(
                Text(f"章程将在 {days} 日内到期", f"The charter expires within {days} days")
            )
        for member in self.charter.members:
            for key in member.keys:
                if key.valid_until is None or not at < key.valid_until:
                    continue
                days = (key.valid_until - at).days
                if days <= EXPIRY_DAYS:
                    found.append(
                        Text(
                            f"{member.city} 的密钥 {key.id} 将在 {days} 日内失效",
                            f"Key {key.id} of {member.city} ends within {days} days",
                        )
                    )
        return found
