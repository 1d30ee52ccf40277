"""What may be used on a day: one filter, one record for one decision."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.services.market.credit.codes import (
    ObjectionStatus,
    RecordKind,
    RecordStatus,
    Severity,
    Usability,
)
from hanse.services.market.credit.contracts import (
    RECORDS_MAX,
    CreditRecord,
    RecordAnswer,
    SuccessionLink,
)
from hanse.services.market.credit.parameters import DEFAULTS
from hanse.services.market.credit.records import lifted, objected, repaired, withdrawn
from hanse.services.market.credit.visibility import (
    answer_about,
    normal_number,
    usability,
    usable_records,
    without_copies,
)
from tests.credit.examples import (
    ENTERPRISE,
    OTHER_ENTERPRISE,
    decision,
    list_entry,
    record_of,
    without_penalty,
)

JUNE_1 = date(2026, 6, 1)


def answer(*records: CreditRecord, day: date = JUNE_1, subject: str = ENTERPRISE) -> RecordAnswer:
    return answer_about(subject, day, records, (), (), DEFAULTS)


def from_city(city: str, **changes: Any) -> CreditRecord:
    return record_of(decision(**changes), city=city, name=f"r-{city}")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 5, 31), Usability.NOT_YET),
        (JUNE_1, Usability.USABLE),
        (date(2027, 5, 9), Usability.USABLE),
        (date(2027, 5, 10), Usability.ENDED),
        (date(2030, 1, 1), Usability.ENDED),
    ],
)
def test_a_record_is_used_from_its_publication_until_its_end(
    day: date, expected: Usability
) -> None:
    assert usability(record_of(on=JUNE_1), day) is expected


def test_ended_repaired_lifted_withdrawn_and_unpublished_records_are_not_used() -> None:
    record = record_of()
    for changed, expected in (
        (repaired(record, 1), Usability.REPAIRED),
        (lifted(record, 1), Usability.LIFTED),
        (withdrawn(record, 1), Usability.WITHDRAWN),
        (record_of(decision(severity=Severity.MINOR)), Usability.NOT_PUBLISHED),
    ):
        assert usability(changed, JUNE_1) is expected
        assert answer(changed).records == ()


def test_every_status_but_published_has_its_reason() -> None:
    for status in set(RecordStatus) - {RecordStatus.PUBLISHED}:
        record = record_of().model_copy(update={"status": status})
        assert usability(record, JUNE_1) is not Usability.USABLE


def test_a_disputed_record_is_used_and_flagged() -> None:
    (shown,) = answer(objected(record_of(), 1)).records
    assert shown.objection is ObjectionStatus.OPEN


def test_records_of_another_code_are_not_shown_whatever_the_name() -> None:
    assert answer(record_of(), subject=OTHER_ENTERPRISE).records == ()


@pytest.mark.parametrize(
    "typed",
    [
        "成市监处罚〔2026〕51号",
        "成市监处罚[2026]51号",
        "成市监处罚（2026）51号",
        "成市监处罚【2026】 51 号",
        "成市监处罚〔２０２６〕５１号",
    ],
)
def test_a_number_is_the_same_however_it_was_typed(typed: str) -> None:
    assert normal_number(typed) == normal_number("成市监处罚〔2026〕51号")


def test_rules_11_4_two_cities_publish_the_same_decision() -> None:
    own = from_city("510100")
    copy = from_city("510700", decision_number="成市监处罚[2026]51号")
    assert answer(own, copy).records == (own,)
    assert answer(copy, own).records == (own,)


def test_other_numbers_authorities_and_subjects_are_other_decisions() -> None:
    other_number = from_city("510700", decision_number="成市监处罚〔2026〕52号")
    other_authority = from_city("510700", authority=OTHER_ENTERPRISE)
    assert len(without_copies([record_of(), other_number, other_authority])) == 3


def test_a_repair_at_the_source_hides_the_copy_of_another_city() -> None:
    own = repaired(from_city("510100"), 1)
    copy = from_city("510700")
    assert answer(own, copy).records == ()
    assert answer(copy, own).records == ()


def test_another_citys_repair_does_not_hide_what_the_source_publishes() -> None:
    own = from_city("510100")
    copy = repaired(from_city("510700"), 1)
    assert answer(own, copy).records == (own,)


def test_without_the_source_the_most_final_copy_stands() -> None:
    first, second = from_city("510600"), repaired(from_city("510700"), 1)
    assert answer(first, second).records == ()


def test_without_the_source_the_latest_version_then_the_lowest_city_stands() -> None:
    old, new = from_city("510600"), objected(from_city("510700"), 1)
    assert answer(old, new).records == (new,)
    assert answer(from_city("510700"), old).records == (old,)


@given(st.permutations(range(4)))
def test_the_order_of_copies_does_not_matter(order: list[int]) -> None:
    copies = [
        from_city("510600"),
        withdrawn(from_city("510700"), 1),
        objected(from_city("510900"), 1),
        repaired(from_city("511100"), 1),
    ]
    (kept,) = without_copies(copies[index] for index in order)
    assert kept.status is RecordStatus.WITHDRAWN


@given(st.integers(-30, 800))
def test_every_shown_record_is_usable_and_every_usable_one_shown(offset: int) -> None:
    day = date(2026, 5, 10) + timedelta(offset)
    records = [
        record_of(
            decision(severity=severity, decision_number=f"{number}号"),
            on=date(2026, 5, 10) + timedelta(number),
            name=f"r-{number}",
        )
        for number, severity in enumerate(itertools.islice(itertools.cycle(Severity), 9))
    ]
    shown = usable_records(records, {ENTERPRISE}, day)
    expected = [record for record in records if usability(record, day) is Usability.USABLE]
    assert sorted(shown, key=lambda one: one.record_id) == expected


def test_rules_11_4_a_successor_answers_for_its_predecessors_records() -> None:
    link = SuccessionLink(predecessor=ENTERPRISE, successor=OTHER_ENTERPRISE, since=JUNE_1)
    record = record_of()
    found = answer_about(OTHER_ENTERPRISE, JUNE_1, [record], (), [link], DEFAULTS)
    assert found.records == (record,)
    assert found.predecessors == (ENTERPRISE,)
    day_before = JUNE_1 - timedelta(1)
    before = answer_about(OTHER_ENTERPRISE, day_before, [record], (), [link], DEFAULTS)
    assert (before.records, before.predecessors) == ((), ())


def test_the_answer_flags_a_serious_list() -> None:
    listed = answer_about(ENTERPRISE, JUNE_1, (), [list_entry()], (), DEFAULTS)
    assert listed.serious_list
    assert not answer().serious_list
    record = record_of(without_penalty(RecordKind.LIST))
    assert answer(record).serious_list
    assert not answer(repaired(record, 1)).serious_list


def test_the_latest_decision_comes_first() -> None:
    early = record_of(decision(decided_on=date(2026, 4, 2), decision_number="1号"), name="r-2")
    late = record_of()
    assert answer(early, late).records == (late, early)


def test_an_answer_is_bounded_and_says_so() -> None:
    records = [
        record_of(decision(decision_number=f"{number}号"), name=f"r-{number}")
        for number in range(RECORDS_MAX + 1)
    ]
    cut = answer(*records)
    assert len(cut.records) == RECORDS_MAX
    assert not cut.complete
    assert answer(*records[:RECORDS_MAX]).complete
