"""The rules of public credit: pure functions of records, days and parameters.

Sources: NDRC Order 36 (from 2026-04-01) and its forerunners, the State Council's plan
国办发〔2025〕22号, SAMR Orders 44 and 45. Each part has a module; this is their face.

    rule_sets          which rules stood on which day, and for how long they publish
    publication        the dates of one decision, and the market regulators' deadlines
    records            the life of a record at its source
    visibility         what may be used on a day, one record for one decision
    succession         whose records a successor answers for
    serious_list       the list of SAMR Order 44
    repair_conditions  who may apply for repair, when, with which papers
    repair_case        the steps of an application and what is due
    measures           joint sanctions and incentives
"""

from hanse.services.market.credit.measures import ImposedMeasure, check_measure
from hanse.services.market.credit.parameters import DEFAULTS, CreditParameters
from hanse.services.market.credit.publication import (
    Publication,
    PublishDeadlines,
    publication_of,
    samr_publish_deadlines,
    samr_withdrawal_deadline,
)
from hanse.services.market.credit.records import (
    ACTIONS,
    corrected,
    lifted,
    new_record,
    objected,
    objection_answered,
    repaired,
    restored,
    withdrawn,
)
from hanse.services.market.credit.repair_case import (
    TRANSITIONS,
    RepairCase,
    RepairStep,
    effect_on_record,
    submit,
    take_step,
)
from hanse.services.market.credit.repair_conditions import (
    bar_ends,
    check_application,
    check_asked,
    papers_allowed,
    papers_needed,
)
from hanse.services.market.credit.rule_sets import RULE_SETS, RuleSet, rules_on, severity_of
from hanse.services.market.credit.serious_list import (
    check_early_removal,
    is_listed,
    list_periods,
    on_serious_list,
    removal_deadline,
)
from hanse.services.market.credit.standing import Standing
from hanse.services.market.credit.succession import answers_for
from hanse.services.market.credit.visibility import (
    answer_about,
    decision_key,
    usability,
    usable_records,
    without_copies,
)

__all__ = [
    "ACTIONS",
    "DEFAULTS",
    "RULE_SETS",
    "TRANSITIONS",
    "CreditParameters",
    "ImposedMeasure",
    "Publication",
    "PublishDeadlines",
    "RepairCase",
    "RepairStep",
    "RuleSet",
    "Standing",
    "answer_about",
    "answers_for",
    "bar_ends",
    "check_application",
    "check_asked",
    "check_early_removal",
    "check_measure",
    "corrected",
    "decision_key",
    "effect_on_record",
    "is_listed",
    "lifted",
    "list_periods",
    "new_record",
    "objected",
    "objection_answered",
    "on_serious_list",
    "papers_allowed",
    "papers_needed",
    "publication_of",
    "removal_deadline",
    "repaired",
    "restored",
    "rules_on",
    "samr_publish_deadlines",
    "samr_withdrawal_deadline",
    "severity_of",
    "submit",
    "take_step",
    "usability",
    "usable_records",
    "withdrawn",
    "without_copies",
]
