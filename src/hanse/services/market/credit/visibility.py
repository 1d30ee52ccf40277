"""What may be used of what is known: one filter for every read, list, score and measure.

A record that has ended, is repaired or withdrawn is kept, and not used. Copies of one decision that
several cities published count once; copies are joined before anything is filtered, so that a repair
at the source also hides what another city still shows.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date

from hanse.foundation.regions import city_of
from hanse.services.market.credit.codes import RecordKind, RecordStatus, Usability
from hanse.services.market.credit.contracts import (
    RECORDS_MAX,
    CreditRecord,
    Decision,
    ListEntry,
    RecordAnswer,
    SuccessionLink,
)
from hanse.services.market.credit.parameters import CreditParameters
from hanse.services.market.credit.serious_list import on_serious_list
from hanse.services.market.credit.succession import answers_for

_NOT_USABLE = {
    RecordStatus.NOT_PUBLISHED: Usability.NOT_PUBLISHED,
    RecordStatus.LIFTED: Usability.LIFTED,
    RecordStatus.REPAIRED: Usability.REPAIRED,
    RecordStatus.WITHDRAWN: Usability.WITHDRAWN,
}
_BRACKETS = str.maketrans("[]{}〔〕【】（）［］", "()()()()()()")
_FINALITY = (
    RecordStatus.WITHDRAWN,
    RecordStatus.REPAIRED,
    RecordStatus.LIFTED,
    RecordStatus.PUBLISHED,
    RecordStatus.NOT_PUBLISHED,
)


def usability(record: CreditRecord, day: date) -> Usability:
    """Whether the record may be used on `day`, and if not, why."""
    if record.status in _NOT_USABLE:
        return _NOT_USABLE[record.status]
    if record.publish_from is None or day < record.publish_from:
        return Usability.NOT_YET
    if record.publish_until is not None and day >= record.publish_until:
        return Usability.ENDED
    return Usability.USABLE


def normal_number(decision_number: str) -> str:
    """A decision number as two cities may both have typed it: brackets, widths, spaces alike."""
    plain = unicodedata.normalize("NFKC", decision_number.translate(_BRACKETS))
    return re.sub(r"\s+", "", plain).upper()


def decision_key(record: Decision) -> tuple[str, str, str]:
    """What two cities' copies of one decision share: subject, authority and number."""
    return record.subject, record.authority, normal_number(record.decision_number)


def without_copies(records: Iterable[CreditRecord]) -> list[CreditRecord]:
    """One record per decision: of one authority, about one subject, under one number.

    The copy of the authority's own city stands, since who determined it also repairs it. Where
    that city has none: the most final status, then the latest version, then the lowest city code.
    """
    best: dict[tuple[str, str, str], CreditRecord] = {}
    for record in records:
        key = decision_key(record)
        if key not in best or _rank(record) < _rank(best[key]):
            best[key] = record
    return list(best.values())


def _rank(record: CreditRecord) -> tuple[bool, int, int, str, str]:
    elsewhere = city_of(record.authority_region) != record.source_city
    finality = _FINALITY.index(record.status)
    return elsewhere, finality, -record.version, record.source_city, record.record_id


def usable_records(
    records: Iterable[CreditRecord], subjects: Collection[str], day: date
) -> list[CreditRecord]:
    """The records about any of `subjects` that may be used on `day`, the latest decision first."""
    about = [record for record in records if record.subject in subjects]
    usable = [
        record for record in without_copies(about) if usability(record, day) is Usability.USABLE
    ]
    return sorted(
        usable,
        key=lambda record: (record.decided_on, record.source_city, record.record_id),
        reverse=True,
    )


def answer_about(
    subject: str,
    day: date,
    records: Iterable[CreditRecord],
    entries: Iterable[ListEntry],
    links: Iterable[SuccessionLink],
    parameters: CreditParameters,
) -> RecordAnswer:
    """What a city answers about `subject` on `day`, the records of its predecessors included."""
    subjects = answers_for(subject, links, day)
    usable = usable_records(records, subjects, day)
    return RecordAnswer(
        subject=subject,
        as_of=day,
        records=tuple(usable[:RECORDS_MAX]),
        serious_list=on_serious_list(entries, subjects, day, parameters)
        or any(record.kind is RecordKind.LIST for record in usable),
        predecessors=tuple(sorted(subjects - {subject})),
        complete=len(usable) <= RECORDS_MAX,
    )
