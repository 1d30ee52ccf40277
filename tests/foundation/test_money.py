"""Money: integers of the minor unit, half up per line, totals of rounded lines (RULES 0.4)."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.money import AMOUNT_MAX, MINOR_DIGITS, Money, rounded_half_up, total

amounts = st.integers(-AMOUNT_MAX, AMOUNT_MAX)


@given(st.decimals(-(10**12), 10**12, places=4))
def test_rounding_is_half_up_as_decimal_does_it(value: Decimal) -> None:
    assert rounded_half_up(value) == int(value.quantize(Decimal(1), ROUND_HALF_UP))


@given(amounts)
def test_what_is_written_is_read_again(minor: int) -> None:
    assert Money.parse(str(Money(minor))) == Money(minor)


@given(amounts, st.lists(st.fractions(0, 100), min_size=1, max_size=9))
def test_shares_sum_to_the_whole_and_stay_within_one_unit(
    minor: int, weights: list[Fraction]
) -> None:
    if not any(weights):
        with pytest.raises(ValueError, match="weights"):
            Money(minor).split(weights)
        return
    shares = Money(minor).split(weights)
    assert total(shares) == Money(minor)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.minor - minor * weight / sum(weights)) < 1


def test_a_total_is_the_sum_of_rounded_lines_never_a_rounded_sum() -> None:
    lines = [Money(5).times(Fraction(1, 2))] * 3
    assert total(lines) == Money(9)


def test_percentages_of_the_pension_example() -> None:
    assert Money.parse("336000").times(Fraction(12, 100)) == Money.parse("40320.00")


@pytest.mark.parametrize(
    "text",
    ["", "1,5", "1e3", "+1", "01", ".5", "1.", "1.234", "１", " 1", "NaN", "99999999999999999999"],
)
def test_a_malformed_amount_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        Money.parse(text)
    assert refused.value.code == "amount_malformed"


def test_zeros_beyond_the_minor_unit_are_no_loss() -> None:
    assert Money.parse("1.500") == Money(150)


def test_two_currencies_never_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MINOR_DIGITS, "USD", 2)
    with pytest.raises(Problem) as refused:
        Money(1) + Money(1, "USD")
    assert refused.value.code == "currency_differs"


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        Money(1, "XXX")
    assert refused.value.code == "currency_unknown"
    with pytest.raises(Problem) as refused:
        Money.parse("1", "XXX")
    assert refused.value.code == "currency_unknown"


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        Money(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(1).times(0.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True)
