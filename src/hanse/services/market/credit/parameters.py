"""The credit rules' parameters: what was not read in a published text, with its visible default.

[M] is from memory of the named instrument, [V2] from a secondary source, [P] a local decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from hanse.services.market.credit.codes import PenaltyKind, Severity

USUAL_SEVERITY: Final[Mapping[PenaltyKind, Severity]] = {
    PenaltyKind.WARNING: Severity.MINOR,  # [V2] Order 36
    PenaltyKind.CRITICISM: Severity.MINOR,  # [V2] Order 36
    PenaltyKind.LOW_FINE: Severity.MINOR,  # [P] Order 36 names only larger fines as general
    PenaltyKind.LARGE_FINE: Severity.GENERAL,  # [V2] Order 36
    PenaltyKind.CONFISCATION: Severity.GENERAL,  # [V2] Order 36
    PenaltyKind.LICENCE_SUSPENDED: Severity.GENERAL,  # [V2] the draft of Order 36
    PenaltyKind.DOWNGRADED: Severity.GENERAL,  # [P]
    PenaltyKind.VERY_LARGE_FINE: Severity.SERIOUS,  # [V2] Order 36
    PenaltyKind.LICENCE_REVOKED: Severity.SERIOUS,  # [V2] Order 36
    PenaltyKind.BUSINESS_LICENCE_REVOKED: Severity.SERIOUS,  # [V2] Order 36
    PenaltyKind.BUSINESS_RESTRICTED: Severity.SERIOUS,  # [P]
    PenaltyKind.PRODUCTION_STOPPED: Severity.SERIOUS,  # [P]
    PenaltyKind.CLOSED: Severity.SERIOUS,  # [V2] Order 36
    PenaltyKind.TRADE_BANNED: Severity.SERIOUS,  # [V2] Order 36
}
"""The class of a penalty where its authority names none; authorities publish their own."""


@dataclass(frozen=True)
class CreditParameters:
    """Day counts and tables that a league may set otherwise."""

    usual_severity: Mapping[PenaltyKind, Severity] = field(
        default_factory=lambda: MappingProxyType(dict(USUAL_SEVERITY))
    )

    repair_accept_working_days: int = 3
    """[M] Order 36: the authority accepts or refuses an application."""
    repair_decide_working_days: int = 10
    """[M] Order 36: the authority decides, from acceptance."""
    repair_extension_working_days: int = 10
    """[P] once, for a complex case; the order's number was not legible."""
    repair_site_working_days: int = 10
    """[M] Order 36: the site's own handling, from submission to decision."""
    repair_sync_working_days: int = 3
    """[P] from the approval until the site and the platform show it."""
    repair_honour_days: int = 1
    """[P] within which every city that holds a copy must honour a repair, rest days included."""
    repair_bar_months: int = 36
    """[M] Order 58: no repair after false material or a broken commitment."""

    samr_early_stop_months: int = 6
    """[M] 国市监信规〔2021〕3号: published that long before an early end."""
    samr_early_stop_months_strict: int = 12
    """[M] the same, for food, drugs and special equipment."""

    serious_list_years: int = 3
    """[M] SAMR Order 44: an entry leaves the list by itself."""
    serious_list_early_years: int = 1
    """[M] SAMR Order 44: earliest application for early removal."""
    serious_list_decide_working_days: int = 15
    """[M] SAMR Order 44: decision on early removal, from acceptance."""


DEFAULTS: Final = CreditParameters()
