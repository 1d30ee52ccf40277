"""The rules of retirees' certification: pure functions of days, evidence and parameters.

Sources: 社会保险经办条例 articles 25 and 26, 领取社会保险待遇资格确认经办规程（暂行）,
人社厅发〔2018〕107号.

    certification   when a certification ends, and where it stands
    evidence        what counts, and in which order an agency may look for it
    payments        which months are paid, owed, or were paid too much
    loss            who reports a loss by when, and when it is sure
    measures        the uniform measures for approving benefits
"""

from hanse.services.social.retirees.certification import (
    Certified,
    due_on,
    earliest_due,
    is_suspended,
    standing,
    suspended_from,
)
from hanse.services.social.retirees.evidence import (
    Seen,
    check_channel,
    check_evidence,
    next_channel,
)
from hanse.services.social.retirees.loss import (
    ByHand,
    DeathRecord,
    confirmed_loss,
    report_deadline,
)
from hanse.services.social.retirees.measures import MEASURES, check_approval
from hanse.services.social.retirees.months import first_run_after, month_at, run_on, written
from hanse.services.social.retirees.parameters import DEFAULTS, RetireesParameters
from hanse.services.social.retirees.payments import (
    missed_months,
    months_to_pay,
    overpaid_months,
)

__all__ = [
    "DEFAULTS",
    "MEASURES",
    "ByHand",
    "Certified",
    "DeathRecord",
    "RetireesParameters",
    "Seen",
    "check_approval",
    "check_channel",
    "check_evidence",
    "confirmed_loss",
    "due_on",
    "earliest_due",
    "first_run_after",
    "is_suspended",
    "missed_months",
    "month_at",
    "months_to_pay",
    "next_channel",
    "overpaid_months",
    "report_deadline",
    "run_on",
    "standing",
    "suspended_from",
    "written",
]
