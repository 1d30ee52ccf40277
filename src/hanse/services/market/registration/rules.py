"""The rules of registration: pure functions of days, names, people and parameters.

Sources: 市场主体登记管理条例 (from 2022-03-01) and its 实施细则 (SAMR Order 52).

    schema        the uniform conditions, papers and days
    time_limits   by when what is due
    suspension    three years in all
    bans          who may not be a legal representative
    names         one of a kind within an authority and an industry
"""

from hanse.services.market.registration.bans import Ban, check_representative, ends_on, in_force
from hanse.services.market.registration.names import industry_key, name_key, same_name
from hanse.services.market.registration.parameters import DEFAULTS, RegistrationParameters
from hanse.services.market.registration.schema import SCHEMA
from hanse.services.market.registration.suspension import (
    Suspension,
    check_extension,
    check_suspension,
    resumed_on,
)
from hanse.services.market.registration.time_limits import (
    apply_until,
    approval_is_stale,
    change_due,
    creditors_told_by,
    decision_due,
    departments_until,
    deregistered_by,
    extended_decision_due,
    file_due,
    objection_until,
)

__all__ = [
    "DEFAULTS",
    "SCHEMA",
    "Ban",
    "RegistrationParameters",
    "Suspension",
    "apply_until",
    "approval_is_stale",
    "change_due",
    "check_extension",
    "check_representative",
    "check_suspension",
    "creditors_told_by",
    "decision_due",
    "departments_until",
    "deregistered_by",
    "ends_on",
    "extended_decision_due",
    "file_due",
    "in_force",
    "industry_key",
    "name_key",
    "objection_until",
    "resumed_on",
    "same_name",
]
