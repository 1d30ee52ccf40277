"""Identifiers: the check characters of three standards, and what each number tells."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.identifiers import (
    USCC_ALPHABET,
    Sex,
    check_citizen_id,
    check_uscc,
    citizen_birth_date,
    citizen_id_check_character,
    citizen_sex,
    make_citizen_id,
    make_uscc,
    organisation_code_check_character,
    upgrade_citizen_id,
    uscc_check_character,
    uscc_region,
)

PILOT_CODES = ("91350100M0001TGQXM", "91350211M0000XUF46", "91350203M0001FUE2P")

uscc_bodies = st.text(USCC_ALPHABET, min_size=8, max_size=8)
regions = st.integers(0, 999_999).map("{:06d}".format)
born = st.dates(date(1900, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("first_17", "check"),
    [("11010519491231002", "X"), ("44052418800101001", "4"), ("51010419900307123", "7")],
)
def test_rules_0_6_citizen_id_vectors(first_17: str, check: str) -> None:
    assert citizen_id_check_character(first_17) == check
    assert check_citizen_id(first_17 + check) == first_17 + check


@pytest.mark.parametrize(
    ("first_17", "check"),
    [("91350100M000100Y4", "3"), ("91110000600037341", "L"), ("12510000450718000", "R")],
)
def test_rules_0_6_credit_code_vectors(first_17: str, check: str) -> None:
    assert uscc_check_character(first_17) == check


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_rules_0_6_valid_credit_codes_pass_the_nested_check_too(code: str) -> None:
    assert check_uscc(code) == code


@pytest.mark.parametrize(("first_8", "check"), [("M000100Y", "4"), ("60003734", "1")])
def test_rules_0_6_organisation_code_vectors(first_8: str, check: str) -> None:
    assert organisation_code_check_character(first_8) == check


@pytest.mark.parametrize("code", ["9144030071526726XG", "91330100799655058B"])
def test_published_codes_of_two_enterprises_put_every_weight_to_the_test(code: str) -> None:
    assert check_uscc(code) == code
    assert organisation_code_check_character(code[8:16]) == code[16]


def test_organisation_code_checks_ten_and_eleven_are_x_and_0() -> None:
    assert organisation_code_check_character("M0001TGQ") == "X"
    assert organisation_code_check_character("00000000") == "0"


def test_rules_0_6_remainder_zero_gives_check_character_0() -> None:
    assert uscc_check_character("0" * 17) == "0"


@pytest.mark.parametrize("code", PILOT_CODES)
def test_rules_0_6_pilot_codes_are_refused_when_new_and_accepted_from_the_register(
    code: str,
) -> None:
    with pytest.raises(Problem) as refused:
        check_uscc(code)
    assert refused.value.code == "uscc_check_wrong"
    assert check_uscc(code, in_registry=True) == code


def test_a_register_excuses_no_wrong_form() -> None:
    with pytest.raises(Problem) as refused:
        check_uscc("91350100M0001TGQX", in_registry=True)
    assert refused.value.code == "uscc_length_wrong"


@given(first_17=st.text("0123456789", min_size=17, max_size=17))
def test_rules_0_6_citizen_check_equals_iso_7064_mod_11_2(first_17: str) -> None:
    expected = (1 - 2 * int(first_17, 13)) % 11
    assert citizen_id_check_character(first_17) == "0123456789X"[expected]


@given(regions, uscc_bodies, st.integers(0, 17), st.integers(1, 30))
def test_one_wrong_character_of_a_credit_code_is_always_found(
    region: str, body: str, place: int, shift: int
) -> None:
    first_17 = "91" + region + body + organisation_code_check_character(body)
    code = first_17 + uscc_check_character(first_17)
    assert check_uscc(code) == code
    index = USCC_ALPHABET.index(code[place])
    other = USCC_ALPHABET[(index + shift) % len(USCC_ALPHABET)]
    with pytest.raises(Problem):
        check_uscc(code[:place] + other + code[place + 1 :])


@given(born, st.integers(1, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_a_citizen_id_is_always_found(
    birth: date, sequence: int, place: int, shift: int
) -> None:
    number = make_citizen_id("510104", birth, sequence)
    other = str((int(number[place]) + shift) % 10)
    with pytest.raises(Problem):
        check_citizen_id(number[:place] + other + number[place + 1 :])


@given(born, st.integers(1, 999))
def test_a_citizen_id_tells_birth_date_and_sex(birth: date, sequence: int) -> None:
    number = make_citizen_id("510104", birth, sequence)
    assert citizen_birth_date(number) == birth
    assert citizen_sex(number) is (Sex.MALE if sequence % 2 else Sex.FEMALE)


@given(st.integers(0, 9_999_999))
def test_made_up_credit_codes_are_valid_and_carry_their_region(number: int) -> None:
    code = make_uscc(number, region="510700", department="52")
    assert check_uscc(code) == code
    assert uscc_region(code) == "510700"
    assert code.startswith("52")


def test_made_up_credit_codes_differ_by_number() -> None:
    assert len({make_uscc(number) for number in range(500)}) == 500


def test_a_cancelled_region_is_no_fault_of_a_citizen_id() -> None:
    """510212 was a district of Chongqing while that belonged to Sichuan."""
    number = make_citizen_id("510212", date(1970, 1, 1), 3)
    assert check_citizen_id(number) == number


def test_a_birth_in_the_future_is_refused_where_the_day_is_known() -> None:
    number = make_citizen_id("510104", date(2026, 6, 1), 21)
    assert check_citizen_id(number, today=date(2026, 6, 1)) == number
    with pytest.raises(Problem) as refused:
        check_citizen_id(number, today=date(2026, 5, 31))
    assert refused.value.code == "citizen_id_birth_in_future"


def test_old_number_gets_the_century_and_a_check_character() -> None:
    assert upgrade_citizen_id("110105491231002") == "11010519491231002X"
    assert upgrade_citizen_id("510104900307123") == "510104199003071237"


@pytest.mark.parametrize("digits", ["1234567890123456", "1234567890123456x", "１2345678901234567"])
def test_check_character_of_anything_but_17_digits_is_a_programming_error(digits: str) -> None:
    with pytest.raises(ValueError, match="17 digits"):
        citizen_id_check_character(digits)


@pytest.mark.parametrize("text", ["9135010", "91350100i", "i1350100", "91350100M000100I4"])
def test_other_check_characters_refuse_other_alphabets(text: str) -> None:
    with pytest.raises(ValueError, match="the check character"):
        uscc_check_character(text)
    with pytest.raises(ValueError, match="the check character"):
        organisation_code_check_character(text)


def test_made_up_numbers_keep_their_limits() -> None:
    for number in (-1, 10_000_000):
        with pytest.raises(ValueError, match="9999999"):
            make_uscc(number)
    for sequence in (0, 1000):
        with pytest.raises(ValueError, match="999"):
            make_citizen_id("510104", date(1990, 1, 1), sequence)
