"""The market regulators' system: deadlines of publication, its periods, its withdrawal."""

from datetime import date

import pytest

from hanse.foundation.errors import Problem
from hanse.services.market.credit.codes import CreditSystem, PenaltyKind, RecordKind, Sector
from hanse.services.market.credit.contracts import Decision
from hanse.services.market.credit.parameters import DEFAULTS
from hanse.services.market.credit.publication import (
    publication_of,
    samr_publish_deadlines,
    samr_withdrawal_deadline,
)
from hanse.services.market.credit.rule_sets import NEVER_EARLY_SAMR
from tests.credit.examples import CALENDAR, decision, without_penalty

APRIL_20 = date(2026, 4, 20)
JUNE_1 = date(2026, 6, 1)


def samr(*kinds: PenaltyKind, **changes: object) -> Decision:
    given = kinds or (PenaltyKind.LARGE_FINE,)
    return decision(
        **{"system": CreditSystem.SAMR, "penalties": given, "decided_on": APRIL_20, **changes}
    )


def test_rules_11_1_penalty_of_2026_04_20_in_the_same_province() -> None:
    deadlines = samr_publish_deadlines(samr(), CALENDAR)
    assert deadlines.push is None
    assert deadlines.publish.due == date(2026, 5, 20)
    assert "20 working days" in deadlines.publish.explanation.en


def test_rules_11_1_penalty_of_2026_04_20_in_another_province() -> None:
    deadlines = samr_publish_deadlines(samr(subject_region="500103"), CALENDAR)
    assert deadlines.push is not None
    assert deadlines.push.due == date(2026, 5, 7)
    assert deadlines.publish.due == date(2026, 5, 20)


def test_order_45_article_10_counts_from_the_receipt_where_it_is_known() -> None:
    far = samr(subject_region="500103")
    deadlines = samr_publish_deadlines(far, CALENDAR, received_on=date(2026, 4, 22))
    assert deadlines.publish.due == date(2026, 5, 9)


def test_order_45_article_11_withdrawal_within_three_working_days() -> None:
    assert samr_withdrawal_deadline(date(2026, 4, 30), CALENDAR).due == date(2026, 5, 8)


def test_deadline_past_the_calendar_is_an_error_and_no_guess() -> None:
    with pytest.raises(Problem) as refused:
        samr_publish_deadlines(samr(decided_on=date(2026, 12, 20)), CALENDAR)
    assert refused.value.code == "calendar_horizon_passed"


@pytest.mark.parametrize("kind", [PenaltyKind.CRITICISM, PenaltyKind.LOW_FINE])
def test_order_45_article_13_criticism_and_low_fine_end_after_three_months(
    kind: PenaltyKind,
) -> None:
    found = publication_of(samr(kind), JUNE_1, DEFAULTS)
    assert found.published
    assert found.until == date(2026, 9, 1)
    assert found.repair_from is None, "nothing ends earlier than three months"


def test_order_45_article_13_all_else_ends_three_years_after_publication() -> None:
    found = publication_of(samr(), JUNE_1, DEFAULTS)
    assert found.until == date(2029, 6, 1)
    assert found.repair_from == date(2026, 12, 1)


@pytest.mark.parametrize("sector", [Sector.FOOD, Sector.DRUGS, Sector.SPECIAL_EQUIPMENT])
def test_early_end_in_strict_fields_after_a_year(sector: Sector) -> None:
    found = publication_of(samr(sectors=(sector,)), JUNE_1, DEFAULTS)
    assert found.repair_from == date(2027, 6, 1)


def test_order_45_article_13_longer_restriction_keeps_it_published_as_long() -> None:
    longer = samr(PenaltyKind.TRADE_BANNED, restricted_until=date(2031, 4, 20))
    assert publication_of(longer, JUNE_1, DEFAULTS).until == date(2031, 4, 20)
    shorter = samr(PenaltyKind.TRADE_BANNED, restricted_until=date(2027, 4, 20))
    assert publication_of(shorter, JUNE_1, DEFAULTS).until == date(2029, 6, 1)


def test_order_45_article_2_mere_warning_is_not_published() -> None:
    assert not publication_of(samr(PenaltyKind.WARNING), JUNE_1, DEFAULTS).published
    with_fine = samr(PenaltyKind.WARNING, PenaltyKind.LOW_FINE)
    assert publication_of(with_fine, JUNE_1, DEFAULTS).published


def test_order_45_article_2_only_ordinary_procedure_is_published() -> None:
    assert not publication_of(samr(summary_procedure=True), JUNE_1, DEFAULTS).published


@pytest.mark.parametrize("kind", sorted(NEVER_EARLY_SAMR))
def test_order_45_article_14_grave_penalties_never_end_early(kind: PenaltyKind) -> None:
    found = publication_of(samr(PenaltyKind.LARGE_FINE, kind), JUNE_1, DEFAULTS)
    assert found.repair_from is None
    assert found.until == date(2029, 6, 1)


def test_order_44_list_record_counts_from_listing_and_follows_its_restriction() -> None:
    listed = without_penalty(RecordKind.LIST, system=CreditSystem.SAMR, decided_on=APRIL_20)
    found = publication_of(listed, JUNE_1, DEFAULTS)
    assert (found.repair_from, found.until) == (date(2027, 4, 20), date(2029, 4, 20))
    longer = listed.model_copy(update={"restricted_until": date(2031, 4, 20)})
    assert publication_of(longer, JUNE_1, DEFAULTS).until == date(2031, 4, 20)
