"""The parameters of retirees' certification: what no published text fixes, with a visible default.

[V2] from a secondary source, [M] from memory of the named instrument, [P] a local decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from hanse.services.social.retirees.codes import EvidenceKind, Scheme

PERIODS: Final[Mapping[Scheme, int]] = MappingProxyType(
    {
        Scheme.EMPLOYEE: 12,  # [V2] rolling twelve months
        Scheme.RESIDENT: 12,  # [P] some places use 6
        Scheme.SURVIVOR: 12,  # [V2]
        Scheme.INJURY: 12,  # [V2]
    }
)


@dataclass(frozen=True)
class RetireesParameters:
    """What a league or a city may set otherwise."""

    period_months: Mapping[Scheme, int] = field(default_factory=lambda: PERIODS)
    """How long a certification holds, by scheme."""
    due_soon_days: int = 60
    """[P] before the due day, from which on it is due soon."""
    payment_run_day: int = 15
    """[P] of each month. Both published examples hold for any day from 12 to 20: one whose
    certification ends on the 11th misses that month's run, one's that ends on the 20th does not."""
    adult_years: int = 18
    """[V2] below this age a periodic benefit has no certification period."""
    presence: frozenset[EvidenceKind] = frozenset(
        {
            EvidenceKind.INPATIENT,  # [V2] named as proof of presence
            EvidenceKind.FACE,  # [V2]
            EvidenceKind.FINGERPRINT,  # [V2]
            EvidenceKind.IN_PERSON,  # [V] article 26: a delegate's or visitor's own verification
        }
    )
    """Kinds of evidence that prove that the person was there. A purchase does not: another may
    use the card. [P] A journey and a vaccination do not either, until a league decides so."""
    face_score_min: int = 80
    """[P] of 100, from which on a face counts as recognised."""
    report_working_days: int = 20
    """[V] 社会保险经办条例 article 25: family and employer report a loss."""
    assist_working_days: int = 10
    """[P] within which the city of residence answers; shown to its desk."""


DEFAULTS: Final = RetireesParameters()
