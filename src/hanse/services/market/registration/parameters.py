"""The parameters of registration: what no text fixes, or what is from memory, visible here.

[V] read in 市场主体登记管理条例 or its 实施细则 (SAMR Order 52), [M] from memory, [P] local.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class RegistrationParameters:
    """Day counts that a league may set otherwise."""

    decide_working_days: int = 3
    """[V] article 19: where it cannot be registered on the spot."""
    extension_working_days: int = 3
    """[V] article 19: complex, approved by the head."""
    change_days: int = 30
    """[V] article 24: from the decision to change, the permit, or the parent's change."""
    file_transfer_months: int = 3
    """[V] 实施细则 article 62: the old authority hands its file over."""
    notice_days: int = 20
    """[V] article 33: public notice of a simple deregistration."""
    apply_days: int = 20
    """[V] article 33: to apply after the notice."""
    departments_days: int = 10
    """[V] article 33: departments object to a self-employed household's deregistration."""
    creditors_days: int = 10
    """[V] article 32: the liquidation group notifies."""
    liquidated_days: int = 30
    """[V] article 32: deregister after the liquidation."""
    approval_days: int = 90
    """[V] 实施细则 article 22: an approval without a validity is confirmed anew after this."""
    suspension_years: int = 3
    """[V] 实施细则 articles 40 to 43: in total, then deemed resumed."""
    suspension_notice_days: int = 30
    """[V] the same: an extension is filed this long before the end."""
    crime_years: int = 5
    """[V] article 12."""
    responsible_years: int = 3
    """[V] article 12."""
    false_years: int = 3
    """[M] barred from applying after a false registration was revoked."""
    name_lock_minutes: int = 10
    """[P] for which a window may hold a name before it files."""


DEFAULTS: Final = RegistrationParameters()
