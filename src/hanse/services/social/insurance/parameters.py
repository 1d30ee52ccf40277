"""The parameters of medical insurance, with their visible defaults."""

from dataclasses import dataclass, field
from typing import Final

from hanse.services.social.insurance.prepayment import PrepaymentParameters


@dataclass(frozen=True)
class InsuranceParameters:
    """What the national rule leaves to provinces and cities."""

    prepayment: PrepaymentParameters = field(default_factory=PrepaymentParameters)
    paper_claim_working_days: int = 30
    """[V] 社会保险经办条例 §20: a claim on paper is decided within 30 working days."""
    injury_needs_declaration: bool = True
    """[V] 规程 §35: an injured patient declares that no third party is liable."""


DEFAULTS: Final = InsuranceParameters()
