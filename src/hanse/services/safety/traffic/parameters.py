"""The parameters of the traffic rules, with their visible defaults."""

from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from typing import Final


@dataclass(frozen=True)
class TrafficParameters:
    """What the law leaves open or this project has not read in the instrument itself."""

    long_hours: int = 24
    """Interruption of levels I to III. [V2] 公通字〔2008〕54号."""
    short_hours: int = 12
    """Interruption of level IV. [V2] 公通字〔2008〕54号."""
    planned_lead_hours: int = 24
    """Works and events that restrict traffic are announced this long before. [P]: §39 says only
    beforehand."""
    works_closure_lead_days: int = 5
    """Works that close the road. [V2] 公路安全保护条例 §51."""
    works_half_metres_min: int = 2_000
    works_half_days_min: int = 30
    """Works on half the road count as a closure from this length, for longer than these days.
    [V2] 公路安全保护条例 §51."""
    acknowledgement_minutes: int = 10
    """A city that has not acknowledged by then is telephoned. [P] RULES 14."""
    zone: tzinfo = timezone(timedelta(hours=8))
    """Whose calendar days are counted."""


DEFAULTS: Final = TrafficParameters()
