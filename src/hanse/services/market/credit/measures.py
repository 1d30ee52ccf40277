"""Joint sanctions and incentives: only what is declared, only on a record that may be used.

A measure follows a code. There is no way to name a subject here but by its code, so that two
enterprises of the same name are never taken for one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.market.credit.codes import Usability
from hanse.services.market.credit.contracts import CreditRecord, DeclaredMeasure
from hanse.services.market.credit.parameters import CreditParameters
from hanse.services.market.credit.rule_sets import severity_of
from hanse.services.market.credit.visibility import usability

MEASURE_NOT_DECLARED = ProblemKind(
    "credit_measure_not_declared",
    403,
    Text("该措施不在清单内，不得实施", "The measure is not on the list and may not be imposed"),
    Text("请从联盟公布的措施清单中选择", "Choose from the league's list of measures"),
)
MEASURE_NOT_IN_FORCE = ProblemKind(
    "credit_measure_not_in_force",
    409,
    Text("该措施当日不在有效期内", "The measure is not in force on that day"),
    Text("有效期自{valid_from}", "It is in force from {valid_from}, until its own end"),
)
MEASURE_CITY_NOT_AUTHORISED = ProblemKind(
    "credit_measure_city_not_authorised",
    403,
    Text("该城市未获授权实施该措施", "The city is not authorised to execute the measure"),
    Text("请由获授权的城市实施：{cities}", "Leave it to an authorised city: {cities}"),
)
MEASURE_SUBJECT_DIFFERS = ProblemKind(
    "credit_measure_subject_differs",
    409,
    Text("信用信息不属于该主体", "The record is about another subject"),
    Text(
        "请核对统一社会信用代码，不得按名称认定", "Compare the credit codes; a name proves nothing"
    ),
)
MEASURE_NOT_APPLICABLE = ProblemKind(
    "credit_measure_not_applicable",
    409,
    Text("该措施不适用于这类信息", "The measure does not apply to this kind of record"),
    Text("请核对措施的适用范围", "Check what the measure applies to"),
)
MEASURE_RECORD_NOT_USABLE = ProblemKind(
    "credit_measure_record_not_usable",
    409,
    Text("该信息不得作为实施依据", "The record cannot be relied on"),
    Text("原因：{why_zh}；已实施的措施应当解除", "Why: {why_en}; lift what was imposed on it"),
)


@dataclass(frozen=True)
class ImposedMeasure:
    """A measure that one city may execute on one subject, and until when at the latest."""

    measure: DeclaredMeasure
    record: CreditRecord
    city: str
    imposed_on: date
    until: date | None
    """The earlier of the record's and the measure's own end; None where neither has one."""


def check_measure(
    code: str,
    declared: Iterable[DeclaredMeasure],
    record: CreditRecord,
    subjects: Collection[str],
    city: str,
    on: date,
    parameters: CreditParameters,
) -> ImposedMeasure:
    """The measure as it may be imposed on `on`, or the refusal.

    `subjects` is the code of the one at the counter, with those it answers for
    (`succession.answers_for`). Asked again later, it says whether the measure still stands: a
    repaired, withdrawn or ended record lifts it.
    """
    measure = next((one for one in declared if one.code == code), None)
    if measure is None:
        raise MEASURE_NOT_DECLARED()
    if not _in_force(measure, on):
        raise MEASURE_NOT_IN_FORCE(valid_from=measure.valid_from)
    if city not in measure.executing_cities:
        raise MEASURE_CITY_NOT_AUTHORISED(cities=", ".join(measure.executing_cities))
    if record.subject not in subjects:
        raise MEASURE_SUBJECT_DIFFERS()
    severity = severity_of(record, parameters)
    fits_class = not measure.severities or severity in measure.severities
    if record.kind not in measure.applies_to or not fits_class:
        raise MEASURE_NOT_APPLICABLE()
    use = usability(record, on)
    if use is not Usability.USABLE:
        raise MEASURE_RECORD_NOT_USABLE(why_zh=use.text.zh, why_en=use.text.en)
    ends = [end for end in (record.publish_until, measure.valid_until) if end is not None]
    return ImposedMeasure(measure, record, city, on, min(ends, default=None))


def _in_force(measure: DeclaredMeasure, day: date) -> bool:
    ended = measure.valid_until is not None and day >= measure.valid_until
    return measure.valid_from <= day and not ended
