"""The rules of pension transfer: pure functions of rows, days and parameters.

Sources: 国办发〔2009〕66号 (from 2010-01-01), 人社部发〔2009〕187号, 人社部规〔2016〕5号,
人社厅发〔2019〕94号, 四川 2014, 国发〔2005〕38号, the retirement-age reform of 2025. Each part has
a module; this is their face.

    transfer_amount    how much moves: T = A + P
    personal_account   what is booked, what it earns, how a part is split off
    destination        the relation moves, or a temporary account opens
    claim_place        where the pension is claimed
    pension_age        from what age and after how many years
    entitlement        what the pension comes to, step by step
    back_payments      years that cannot move
    overlaps           months paid twice, pensions drawn twice
    time_limits        by when each step is due
    reconcile          whether a sheet agrees with the letter, the rules and the money
"""

from hanse.services.social.pensions.back_payments import Split, split_relation, why_immovable
from hanse.services.social.pensions.claim_place import (
    PlaceOfClaim,
    Stays,
    last_month,
    place_of_claim,
    stays_of,
)
from hanse.services.social.pensions.destination import (
    Arrival,
    DestinationFound,
    age_limit,
    age_on,
    destination_of,
    pooling_mode,
)
from hanse.services.social.pensions.entitlement import (
    ClaimFacts,
    Entitlement,
    YearIndex,
    account_pension,
    average_index,
    basic_pension,
    entitlement,
    year_indices,
)
from hanse.services.social.pensions.overlaps import (
    Cleared,
    DoublePension,
    Refund,
    clear_overlaps,
    end_double_pension,
    overlapping_months,
)
from hanse.services.social.pensions.parameters import DEFAULTS, PensionParameters
from hanse.services.social.pensions.pension_age import (
    PensionAge,
    delay_months,
    fits,
    minimum_months,
    pension_age,
)
from hanse.services.social.pensions.personal_account import (
    account_years,
    booked_for,
    split_account,
    year_interest,
)
from hanse.services.social.pensions.reconcile import Difference, differences
from hanse.services.social.pensions.time_limits import (
    TransferDeadlines,
    claim_due,
    latest_deadlines,
    origin_due,
    receive_due,
    review_due,
    unmovable_notice_due,
)
from hanse.services.social.pensions.transfer_amount import (
    TransferAmount,
    pool_basis_points,
    pool_lines,
    transfer_amount,
)

__all__ = [
    "DEFAULTS",
    "Arrival",
    "ClaimFacts",
    "Cleared",
    "DestinationFound",
    "Difference",
    "DoublePension",
    "Entitlement",
    "PensionAge",
    "PensionParameters",
    "PlaceOfClaim",
    "Refund",
    "Split",
    "Stays",
    "TransferAmount",
    "TransferDeadlines",
    "YearIndex",
    "account_pension",
    "account_years",
    "age_limit",
    "age_on",
    "average_index",
    "basic_pension",
    "booked_for",
    "claim_due",
    "clear_overlaps",
    "delay_months",
    "destination_of",
    "differences",
    "end_double_pension",
    "entitlement",
    "fits",
    "last_month",
    "latest_deadlines",
    "minimum_months",
    "origin_due",
    "overlapping_months",
    "pension_age",
    "place_of_claim",
    "pool_basis_points",
    "pool_lines",
    "pooling_mode",
    "receive_due",
    "review_due",
    "split_account",
    "split_relation",
    "stays_of",
    "transfer_amount",
    "unmovable_notice_due",
    "why_immovable",
    "year_indices",
    "year_interest",
]
