"""The life of a record at its source: what may be done to it in which status.

Every change makes the next version. A reader that missed one knows it from the gap; a change to
another version than the present one is refused, so that two offices cannot overwrite each other.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.market.credit.codes import ObjectionStatus, RecordAction, RecordStatus
from hanse.services.market.credit.contracts import Correction, CreditRecord, Decision
from hanse.services.market.credit.parameters import CreditParameters
from hanse.services.market.credit.publication import Publication, publication_of

CREDIT_RECORD_ACTION_NOT_ALLOWED = ProblemKind(
    "credit_record_action_not_allowed",
    409,
    Text("该信息当前状态不能进行该操作", "This cannot be done to the record in its status"),
    Text("当前状态：{status_zh}", "Its status is: {status_en}"),
)
CREDIT_RECORD_VERSION_CONFLICT = ProblemKind(
    "credit_record_version_conflict",
    409,
    Text("该信息已有新版本", "The record has another version"),
    Text("现为第{present}版，请重新查询后办理", "It is at version {present}: look it up again"),
)
CREDIT_RECORD_IDENTITY_FIXED = ProblemKind(
    "credit_record_identity_fixed",
    422,
    Text("更正不得改变信息的身份要素", "A correction may not change what identifies the record"),
    Text(
        "{field}有误的，请撤回后重新公示",
        "Where {field} is wrong, withdraw the record and publish it anew",
    ),
)
CREDIT_OBJECTION_NOT_OPEN = ProblemKind(
    "credit_objection_not_open",
    409,
    Text("没有待答复的异议", "There is no objection to answer"),
    Text("请先登记异议", "Record the objection first"),
)
CREDIT_OBJECTION_OPEN = ProblemKind(
    "credit_objection_open",
    409,
    Text("已有异议正在处理", "An objection is being examined"),
    Text("请等待来源单位答复", "Wait for the source's answer"),
)

CREDIT_PERIOD_OVER = ProblemKind(
    "credit_period_over",
    409,
    Text("该信息的公示期已届满", "The period of this record is already over"),
    Text(
        "公示期已于{until}届满，不得再公示",
        "It ended on {until}, and may be published no more",
    ),
)

_ALWAYS: Final = {RecordAction.OBJECT, RecordAction.ANSWER_OBJECTION, RecordAction.WITHDRAW}
ACTIONS: Final[Mapping[RecordStatus, frozenset[RecordAction]]] = {
    RecordStatus.NOT_PUBLISHED: frozenset(
        {*_ALWAYS, RecordAction.CORRECT, RecordAction.REPAIR},
    ),
    RecordStatus.PUBLISHED: frozenset(
        {*_ALWAYS, RecordAction.CORRECT, RecordAction.REPAIR, RecordAction.LIFT},
    ),
    RecordStatus.LIFTED: frozenset(
        {*_ALWAYS, RecordAction.CORRECT, RecordAction.REPAIR, RecordAction.RESTORE},
    ),
    RecordStatus.REPAIRED: frozenset({*_ALWAYS, RecordAction.RESTORE}),
    RecordStatus.WITHDRAWN: frozenset(),
}
"""Every status with what may be done in it; all else is refused and changes nothing."""

IDENTITY_FIELDS: Final = (
    "system",
    "kind",
    "subject",
    "authority",
    "decision_number",
)


def new_record(
    decision: Decision,
    *,
    source_city: str,
    record_id: str,
    published_on: date,
    parameters: CreditParameters,
) -> CreditRecord:
    """The first version of a record of `decision`, published where the rules say so.

    Raises `credit_period_over` where its period is over before it is put up.
    """
    publication = publication_of(decision, published_on, parameters)
    until = publication.until
    if publication.published and until is not None and until <= published_on:
        raise CREDIT_PERIOD_OVER(until=until)
    return CreditRecord(
        **_fields_of(decision),
        source_city=source_city,
        record_id=record_id,
        **_published(publication),
    )


def corrected(
    record: CreditRecord, correction: Correction, on: date, parameters: CreditParameters
) -> CreditRecord:
    """The record as the correction has it; its periods count from its first publication still."""
    _check(record, RecordAction.CORRECT, correction.record.version)
    for field in IDENTITY_FIELDS:
        if getattr(record, field) != getattr(correction.corrected, field):
            raise CREDIT_RECORD_IDENTITY_FIXED(field=field)
    changes = _fields_of(correction.corrected)
    if record.status is not RecordStatus.LIFTED:
        first_on = record.publish_from or on
        changes |= _published(publication_of(correction.corrected, first_on, parameters))
    return _changed(record, **changes)


def withdrawn(record: CreditRecord, version: int) -> CreditRecord:
    """The record taken back: its decision was changed, annulled or found unlawful."""
    _check(record, RecordAction.WITHDRAW, version)
    return _changed(record, status=RecordStatus.WITHDRAWN)


def repaired(record: CreditRecord, version: int) -> CreditRecord:
    """The record after its repair: published, shared and used no more."""
    _check(record, RecordAction.REPAIR, version)
    return _changed(record, status=RecordStatus.REPAIRED)


def lifted(record: CreditRecord, version: int) -> CreditRecord:
    """The record while a plan of reorganisation is carried out."""
    _check(record, RecordAction.LIFT, version)
    return _changed(record, status=RecordStatus.LIFTED)


def restored(record: CreditRecord, version: int) -> CreditRecord:
    """The record as before its repair or lifting, which was revoked."""
    _check(record, RecordAction.RESTORE, version)
    was_published = record.publish_from is not None
    status = RecordStatus.PUBLISHED if was_published else RecordStatus.NOT_PUBLISHED
    return _changed(record, status=status)


def objected(record: CreditRecord, version: int) -> CreditRecord:
    """The record flagged as disputed. It stays usable until its source answers."""
    _check(record, RecordAction.OBJECT, version)
    if record.objection is ObjectionStatus.OPEN:
        raise CREDIT_OBJECTION_OPEN()
    return _changed(record, objection=ObjectionStatus.OPEN)


def objection_answered(record: CreditRecord, version: int, *, upheld: bool) -> CreditRecord:
    """The record after the source's answer; one that is upheld is then corrected or withdrawn."""
    _check(record, RecordAction.ANSWER_OBJECTION, version)
    if record.objection is not ObjectionStatus.OPEN:
        raise CREDIT_OBJECTION_NOT_OPEN()
    outcome = ObjectionStatus.UPHELD if upheld else ObjectionStatus.DISMISSED
    return _changed(record, objection=outcome)


def _check(record: CreditRecord, action: RecordAction, version: int) -> None:
    if action not in ACTIONS[record.status]:
        label = record.status.text
        raise CREDIT_RECORD_ACTION_NOT_ALLOWED(status_zh=label.zh, status_en=label.en)
    if version != record.version:
        raise CREDIT_RECORD_VERSION_CONFLICT(present=record.version)


def _fields_of(decision: Decision) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in Decision.model_fields}


def _published(publication: Publication) -> dict[str, Any]:
    return {
        "status": RecordStatus.PUBLISHED if publication.published else RecordStatus.NOT_PUBLISHED,
        "rule_version": publication.rules.name,
        "publish_from": publication.starts,
        "publish_until": publication.until if publication.published else None,
    }


def _changed(record: CreditRecord, **changes: Any) -> CreditRecord:
    """The next version; built anew, so that every check of the contract runs again."""
    fields = {name: getattr(record, name) for name in CreditRecord.model_fields}
    return CreditRecord(**{**fields, **changes, "version": record.version + 1})
