"""Settlement of a claim: RULES 3.3 and its worked examples."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.services.social.insurance.codes import CareKind, FilingKind, HospitalLevel, ItemClass
from hanse.services.social.insurance.counters import Counters
from hanse.services.social.insurance.lines import Line, split, split_line
from hanse.services.social.insurance.rules import Circumstances, settle
from tests.insurance.claims import CHENGDU, WORKED, claims, layered, lines, stay, stays, years


@pytest.mark.parametrize(
    ("filing", "fund", "personal"),
    [
        (None, 24_820_00, 11_180_00),
        (FilingKind.LONG_TERM, 24_820_00, 11_180_00),
        (FilingKind.REFERRAL, 21_900_00, 14_100_00),
        (FilingKind.EMERGENCY, 21_900_00, 14_100_00),
        (FilingKind.NO_REFERRAL, 18_980_00, 17_020_00),
    ],
)
def test_rules_3_3_worked_example(filing: FilingKind | None, fund: int, personal: int) -> None:
    whole = split(WORKED)
    assert (whole.total_fen, whole.in_policy_fen) == (36_000_00, 30_000_00)
    result = settle(whole, CHENGDU, stay(filing), Counters())
    assert (result.fund_fen, result.personal_fen) == (fund, personal)
    assert result.deductible_fen == 800_00


def test_rules_3_3_cap_leaves_the_rest_to_the_person() -> None:
    year = Counters(fund_fen=CHENGDU.cap_fen - 20_000_00)
    result = settle(split(WORKED), CHENGDU, stay(), year)
    assert (result.fund_fen, result.personal_fen) == (20_000_00, 16_000_00)
    assert result.cap_reached


@pytest.mark.parametrize(
    ("admission", "deductible"), [(1, 800), (2, 700), (3, 600), (7, 200), (8, 160), (20, 160)]
)
def test_rules_3_3_further_admissions_have_a_lower_deductible(
    admission: int, deductible: int
) -> None:
    assert CHENGDU.deductible(HospitalLevel.THIRD, admission) == deductible * 100


@pytest.mark.parametrize(("age", "ratio"), [(49, 8_500), (50, 8_700), (59, 8_700), (60, 8_900)])
def test_rules_3_3_ratio_rises_with_age(age: int, ratio: int) -> None:
    assert CHENGDU.ratio(HospitalLevel.THIRD, age, None) == ratio


def test_chronic_care_has_one_deductible_a_year() -> None:
    bill = split([Line(item="A1", item_class=ItemClass.A, quantity=Decimal(1), price_fen=500_00)])
    chronic = stay(care=CareKind.CHRONIC)
    first = settle(bill, CHENGDU, chronic, Counters())
    second = settle(bill, CHENGDU, chronic, first.change)
    third = settle(bill, CHENGDU, chronic, first.change + second.change)
    assert [one.deductible_fen for one in (first, second, third)] == [500_00, 300_00, 0]
    assert third.fund_fen == 425_00
    inpatient = settle(bill, CHENGDU, stay(), first.change + second.change)
    assert inpatient.deductible_fen == 500_00


def test_the_second_layer_pays_by_bands_of_the_years_burden() -> None:
    policy = layered()
    year = Counters(burden_fen=9_000_00, fund_fen=CHENGDU.cap_fen)
    result = settle(split(WORKED), policy, stay(), year)
    assert result.fund_fen == 0
    assert result.serious_fen == (39_000 - 10_000) * 60
    further = settle(split(WORKED), policy, stay(), year + result.change)
    assert further.serious_fen == (50_000 - 39_000) * 60 + (69_000 - 50_000) * 70


def test_the_second_layer_ends_at_its_cap() -> None:
    year = Counters(burden_fen=60_000_00, fund_fen=CHENGDU.cap_fen, serious_fen=19_999_900)
    assert settle(split(WORKED), layered(), stay(), year).serious_fen == 100


def test_the_personal_account_pays_before_cash() -> None:
    result = settle(split(WORKED), CHENGDU, stay(account_fen=1_180_00), Counters())
    assert (result.account_fen, result.cash_fen) == (1_180_00, 10_000_00)


def test_care_that_is_not_settled_directly_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        settle(split(WORKED), CHENGDU, stay(care=CareKind.OUTPATIENT), Counters())
    assert refused.value.code == "insurance_care_not_direct"


@given(lines())
def test_the_parts_of_a_line_sum_to_its_amount(line: Line) -> None:
    part = split_line(line)
    parts = (
        part.in_policy_fen,
        part.borne_first_fen,
        part.over_ceiling_fen,
        part.not_payable_fen,
    )
    assert min(parts) >= 0
    assert sum(parts) == part.total_fen


@given(claims, st.randoms())
def test_the_order_of_lines_changes_nothing(some: list[Line], chance: random.Random) -> None:
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert split(shuffled) == split(some)


@given(claims, stays, years)
def test_fund_and_layers_and_person_sum_to_the_total(
    some: list[Line], about: Circumstances, year: Counters
) -> None:
    whole = split(some)
    result = settle(whole, layered(), about, year)
    paid = (result.fund_fen, result.serious_fen, result.account_fen, result.cash_fen)
    assert min(paid) >= 0
    assert sum(paid) == whole.total_fen
    assert result.fund_fen + result.serious_fen <= whole.in_policy_fen


@given(claims, stays, years, st.integers(0, 10**9))
def test_a_higher_cap_never_pays_less(
    some: list[Line], about: Circumstances, year: Counters, more: int
) -> None:
    whole = split(some)
    higher = CHENGDU.model_copy(update={"cap_fen": CHENGDU.cap_fen + more})
    before, after = settle(whole, CHENGDU, about, year), settle(whole, higher, about, year)
    assert after.fund_fen >= before.fund_fen
    assert year.fund_fen + before.fund_fen <= max(CHENGDU.cap_fen, year.fund_fen)


@given(st.lists(st.tuples(claims, stays), min_size=1, max_size=5), years, st.randoms())
def test_reversals_restore_every_counter_in_any_order(
    stays_of_year: list[tuple[list[Line], Circumstances]], start: Counters, chance: random.Random
) -> None:
    year, changes = start, []
    for some, about in stays_of_year:
        result = settle(split(some), layered(), about, year)
        year += result.change
        changes.append(result.change)
    chance.shuffle(changes)
    for change in changes:
        year -= change
    assert year == start


def test_a_claim_without_in_policy_lines_uses_no_deductible() -> None:
    whole = split([Line(item="C1", item_class=ItemClass.C, quantity=Decimal(1), price_fen=100)])
    result = settle(whole, CHENGDU, stay(), Counters())
    assert (result.deductible_fen, result.fund_fen, result.personal_fen) == (0, 0, 100)
    assert replace(result.change, admissions=0) == Counters()
