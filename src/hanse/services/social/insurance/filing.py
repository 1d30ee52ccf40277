"""Filing for treatment elsewhere (备案): its kinds, its days, and which one a stay counts under.

RULES 3.2 and 3.6, after 医保发〔2022〕22号. A long-term resident's filing holds until it is
cancelled; a temporary one for six months at least and any number of visits. Emergency treatment
without a filing counts as filed (规程 §34).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import add_months
from hanse.services.social.insurance.codes import FilingKind
from hanse.services.social.insurance.policies import Policy

TEMPORARY_MONTHS_MIN: Final = 6
"""[V2] 医保发〔2022〕22号: a temporary filing is good for six months at least."""

FILING_TOO_SHORT = ProblemKind(
    "insurance_filing_too_short",
    422,
    Text("备案有效期过短", "The filing is too short"),
    Text("临时备案的有效期不得早于{ends}", "A temporary filing ends on {ends} or later"),
)
FILING_MISSING = ProblemKind(
    "insurance_filing_missing",
    409,
    Text("未办理异地就医备案", "No filing for treatment in this city"),
    Text(
        "请先向参保地备案；出院后补办备案的，可申请手工报销",
        "File with the place of insurance first; filed after discharge, claim on paper",
    ),
)


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing of a person: where, as what, and on which days, both included."""

    kind: FilingKind
    city: str
    valid_from: date
    valid_to: date | None
    """None: until cancelled, for long-term residents alone."""

    def covers(self, city: str, day: date) -> bool:
        """Whether a stay that begins in that city on that day counts under the filing."""
        ends = self.valid_to
        return self.city == city and self.valid_from <= day and (ends is None or day <= ends)


def new_filing(kind: FilingKind, city: str, valid_from: date, valid_to: date | None) -> Filing:
    """A filing as the rules allow it: a temporary one ends, and not before its shortest time."""
    if kind is FilingKind.LONG_TERM:
        return Filing(kind, city, valid_from, valid_to)
    shortest = add_months(valid_from, TEMPORARY_MONTHS_MIN).due
    if valid_to is not None and valid_to < shortest:
        raise FILING_TOO_SHORT(ends=shortest.isoformat())
    return Filing(kind, city, valid_from, valid_to or shortest)


def filing_for(
    filings: Iterable[Filing],
    policy: Policy,
    treated_in: str,
    admitted_on: date,
    *,
    emergency: bool,
    on_paper: bool = False,
) -> FilingKind | None:
    """What a stay counts under: the filing that reduces least; None at the place of insurance.

    For a claim on paper a filing that was made after the stay is early enough.

    An emergency counts as filed though nothing was. Where the policy lets people settle without a
    filing, they do so at the rate of those who were not referred.
    """
    if treated_in == policy.city:
        return None
    kinds = {
        one.kind
        for one in filings
        if one.covers(treated_in, admitted_on)
        or (on_paper and one.city == treated_in and one.valid_from > admitted_on)
    }
    if emergency:
        kinds.add(FilingKind.EMERGENCY)
    if not kinds and policy.settles_without_filing:
        kinds.add(FilingKind.NO_REFERRAL)
    if not kinds:
        raise FILING_MISSING()
    return min(kinds, key=lambda kind: (policy.reduction_bp[kind], kind))
