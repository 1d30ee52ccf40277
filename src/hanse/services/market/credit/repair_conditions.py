"""Who may ask for the repair of a record, when, and with which papers.

Credit China: the minimum period has passed, the duties are done in full, a public commitment is
made (Order 36). The market regulators: an early end of publication under SAMR Order 45, article 14,
or early removal from the serious list under Order 44. A court's ruling that approves a plan of
reorganisation suffices for a lifting while the plan is carried out.
"""

from collections.abc import Iterable
from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import Reckoning, add_months
from hanse.services.market.credit.codes import (
    Condition,
    CreditSystem,
    DutyStatus,
    Material,
    RecordKind,
    RecordStatus,
    RepairBasis,
)
from hanse.services.market.credit.contracts import CreditRecord, RepairApplication
from hanse.services.market.credit.parameters import CreditParameters
from hanse.services.market.credit.publication import publication_of
from hanse.services.market.credit.rule_sets import rules_on
from hanse.services.market.credit.serious_list import conditions_of_removal
from hanse.services.market.credit.standing import Standing, refuse_unmet

REPAIR_OTHER_RECORD = ProblemKind(
    "credit_repair_other_record",
    409,
    Text("申请与信用信息不符", "The application is for another record or subject"),
    Text("请重新查询后按最新版本申请", "Look the record up and apply for its present version"),
)
REPAIR_NOT_OPEN = ProblemKind(
    "credit_repair_not_open",
    409,
    Text("该信息无需或不能修复", "This record needs or allows no repair"),
    Text("该信息当前状态：{status_zh}", "The record's status is: {status_en}"),
)
REPAIR_BARRED = ProblemKind(
    "credit_repair_barred",
    403,
    Text(
        "因提供虚假材料或违背承诺，暂不得申请信用修复",
        "No repair for a time, after false material or a broken commitment",
    ),
    Text("请于{until}起申请", "Apply from {until}"),
)
REPAIR_IMPOSSIBLE = ProblemKind(
    "credit_repair_impossible",
    409,
    Text("该类信息不得提前停止公示", "A record of this kind cannot end early"),
    Text("公示期届满后自动停止公示", "It ends by itself when its period is over"),
)
REPAIR_TOO_EARLY = ProblemKind(
    "credit_repair_too_early",
    409,
    Text("最短公示期尚未届满", "The minimum period is not yet over"),
    Text("请于{earliest}起申请", "Apply from {earliest}"),
)
REPAIR_DUTY_OPEN = ProblemKind(
    "credit_repair_duty_open",
    409,
    Text("义务尚未全部履行", "The duties are not yet done in full"),
    Text("请先履行决定规定的全部义务", "First do all that the decision demands"),
)
REPAIR_MATERIAL_MISSING = ProblemKind(
    "credit_repair_material_missing",
    422,
    Text("申请材料不齐全", "Material is missing"),
    Text("请补充：{missing_zh}", "Add: {missing_en}"),
)
REPAIR_MATERIAL_NOT_ALLOWED = ProblemKind(
    "credit_repair_material_not_allowed",
    422,
    Text("不得要求申请人提供该材料", "This material may not be asked of an applicant"),
    Text("只能要求：{allowed_zh}", "Only these may be asked for: {allowed_en}"),
)

_OPEN_FOR_REPAIR = (RecordStatus.NOT_PUBLISHED, RecordStatus.PUBLISHED, RecordStatus.LIFTED)


def check_application(
    record: CreditRecord,
    application: RepairApplication,
    standing: Standing,
    on: date,
    parameters: CreditParameters,
) -> None:
    """Passes where the application may be filed on `on`; else the first refusal that stands.

    Order: the record is the one meant and open, the applicant is not barred, the period, the
    conditions, the papers.
    """
    if record.reference != application.record or record.subject != application.subject:
        raise REPAIR_OTHER_RECORD()
    _check_open(record, on)
    _check_bar(standing, on, parameters)
    if application.basis is RepairBasis.REORGANISATION:
        if record.status is not RecordStatus.PUBLISHED:
            raise _not_open(record)
    else:
        _check_period(record, on, parameters)
        _check_conditions(record, standing, on)
    check_papers(application, on, record.system)


def _check_open(record: CreditRecord, on: date) -> None:
    ended = record.publish_until is not None and on >= record.publish_until
    if record.kind is RecordKind.GOOD or record.status not in _OPEN_FOR_REPAIR or ended:
        raise _not_open(record)


def _not_open(record: CreditRecord) -> Exception:
    label = record.status.text
    return REPAIR_NOT_OPEN(status_zh=label.zh, status_en=label.en)


def bar_ends(barred_on: date, parameters: CreditParameters) -> Reckoning[date]:
    """From when a subject may apply again after false material or a broken commitment."""
    return add_months(barred_on, parameters.repair_bar_months)


def _check_bar(standing: Standing, on: date, parameters: CreditParameters) -> None:
    if standing.barred_on is None:
        return
    until = bar_ends(standing.barred_on, parameters).due
    if on < until:
        raise REPAIR_BARRED(until=until)


def _check_period(record: CreditRecord, on: date, parameters: CreditParameters) -> None:
    """The minimum period, by the rules on the day of the decision."""
    if record.kind is RecordKind.ABNORMAL:
        return  # Leaves the abnormal list as soon as the cause is gone.
    put_up = record.publish_from or record.decided_on
    repair_from = publication_of(record, put_up, parameters).repair_from
    if repair_from is None:
        if record.kind is RecordKind.PENALTY or record.system is CreditSystem.SAMR:
            raise REPAIR_IMPOSSIBLE()
        return  # The rules of the day set no minimum for this kind.
    if on < repair_from:
        raise REPAIR_TOO_EARLY(earliest=repair_from)


def _check_conditions(record: CreditRecord, standing: Standing, on: date) -> None:
    if record.duty in (DutyStatus.OPEN, DutyStatus.PARTLY_DONE):
        raise REPAIR_DUTY_OPEN()
    if record.system is CreditSystem.SAMR and record.kind is RecordKind.LIST:
        refuse_unmet(conditions_of_removal(record.restricted_until, standing, on))
    elif record.system is CreditSystem.SAMR and record.kind is RecordKind.PENALTY:
        refuse_unmet(
            {
                Condition.DUTY_DONE: standing.duty_done,
                Condition.HARM_REMOVED: standing.harm_removed,
                Condition.NOT_REPEATED: not standing.same_kind_again,
                Condition.NOT_ABNORMAL: not standing.on_abnormal_list,
                Condition.NOT_SERIOUS: not standing.on_serious_list,
            }
        )
    elif not standing.duty_done:
        raise REPAIR_DUTY_OPEN()


def papers_allowed(basis: RepairBasis, on: date, system: CreditSystem) -> frozenset[Material]:
    """What may be asked of an applicant on the day of the application; nothing else may."""
    if basis is RepairBasis.REORGANISATION:
        return frozenset({Material.COURT_RULING})
    return rules_on(system, on).materials


def papers_needed(basis: RepairBasis) -> frozenset[Material]:
    """Without what an application is not complete."""
    if basis is RepairBasis.REORGANISATION:
        return frozenset({Material.COURT_RULING})
    return frozenset({Material.DUTY_PROOF, Material.COMMITMENT})


def check_papers(application: RepairApplication, on: date, system: CreditSystem) -> None:
    """Passes where nothing needed is missing. What is handed in beyond that is no fault."""
    given = {item.material for item in application.materials}
    missing = papers_needed(application.basis) - given
    if missing:
        zh, en = _named(missing)
        raise REPAIR_MATERIAL_MISSING(missing_zh=zh, missing_en=en)


def check_asked(
    asked: Iterable[Material], basis: RepairBasis, on: date, system: CreditSystem
) -> None:
    """Passes where an office asks only for what it may ask for."""
    allowed = papers_allowed(basis, on, system)
    if not set(asked) <= allowed:
        zh, en = _named(allowed)
        raise REPAIR_MATERIAL_NOT_ALLOWED(allowed_zh=zh, allowed_en=en)


def _named(materials: frozenset[Material]) -> tuple[str, str]:
    labels = [material.text for material in Material if material in materials]
    return "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
