"""RULES section 2: the legal order of channels, what proves presence, and when a loss is sure."""

import itertools
from datetime import date

import pytest

from hanse.foundation.errors import Problem
from hanse.foundation.uniform_rules import Matter
from hanse.foundation.working_days import Calendar
from hanse.services.social.retirees import rules
from hanse.services.social.retirees.codes import (
    LEGAL_ORDER,
    Channel,
    DeathSource,
    EvidenceKind,
    LossKind,
)
from hanse.services.social.retirees.evidence import OF_CHANNEL, SUGGESTS_LOSS
from hanse.services.social.retirees.parameters import DEFAULTS

TODAY = date(2026, 11, 25)
LAST = date(2026, 1, 5)


def refused_evidence(seen: rules.Seen, last: date = LAST) -> str | None:
    try:
        rules.check_evidence(seen, last, TODAY, DEFAULTS)
    except Problem as problem:
        return problem.code
    return None


@pytest.mark.parametrize(
    ("channel", "kind"), [*itertools.product(Channel, EvidenceKind)], ids=lambda one: str(one)
)
def test_only_what_a_channel_can_bring_and_proves_presence_certifies(
    channel: Channel, kind: EvidenceKind
) -> None:
    found = refused_evidence(rules.Seen(kind, channel, date(2026, 11, 1), face_score=90))
    if kind not in OF_CHANNEL[channel]:
        assert found == "retirees_evidence_channel_wrong"
    elif kind in SUGGESTS_LOSS:
        assert found == "retirees_evidence_suggests_loss"
    elif kind in {
        EvidenceKind.INPATIENT,
        EvidenceKind.FACE,
        EvidenceKind.FINGERPRINT,
        EvidenceKind.IN_PERSON,
    }:
        assert found is None
    else:
        assert found == "retirees_evidence_proves_no_presence"


def test_a_purchase_with_the_card_proves_nothing() -> None:
    """RULES section 2, edge cases: the card may be used by another."""
    bought = rules.Seen(EvidenceKind.INSURANCE, Channel.COMPARISON, date(2026, 11, 1))
    assert refused_evidence(bought) == "retirees_evidence_proves_no_presence"


@pytest.mark.parametrize(("score", "code"), [(None, "low"), (0, "low"), (79, "low"), (80, None)])
def test_a_face_counts_from_its_least_score_on(score: int | None, code: str | None) -> None:
    seen = rules.Seen(EvidenceKind.FACE, Channel.SELF_SERVICE, date(2026, 11, 1), score)
    assert refused_evidence(seen) == (code and "retirees_face_score_low")


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 11, 26), "retirees_evidence_in_future"),
        (TODAY, None),
        (date(2026, 1, 6), None),
        (LAST, "retirees_evidence_older"),
        (date(2025, 1, 1), "retirees_evidence_older"),
    ],
)
def test_evidence_lies_between_the_last_one_and_today(day: date, code: str | None) -> None:
    seen = rules.Seen(EvidenceKind.INPATIENT, Channel.COMPARISON, day)
    assert refused_evidence(seen) == code


@pytest.mark.parametrize("count", range(5))
def test_the_channels_come_in_their_legal_order(count: int) -> None:
    """RULES section 2, article 26: comparison, self-service, delegate, visit."""
    tried = LEGAL_ORDER[:count]
    following = rules.next_channel(tried)
    assert following is (LEGAL_ORDER[count] if count < 4 else None)
    for place, channel in enumerate(LEGAL_ORDER):
        if place <= count:
            rules.check_channel(channel, tried)
            continue
        with pytest.raises(Problem) as refused:
            rules.check_channel(channel, tried)
        assert refused.value.code == "retirees_channel_out_of_order"
        assert following is not None
        assert following.text.en in refused.value.hint.en


def loss(
    *dates: tuple[DeathSource, date],
    kind: LossKind = LossKind.DEATH,
    told: date | None = None,
    last: date = LAST,
    by_hand: rules.ByHand | None = None,
) -> date:
    records = [rules.DeathRecord(source, day) for source, day in dates]
    return rules.confirmed_loss(kind, records, told, last, TODAY, by_hand)


def refused_loss(*dates: tuple[DeathSource, date], **options: object) -> str:
    with pytest.raises(Problem) as found:
        loss(*dates, **options)  # type: ignore[arg-type]
    return found.value.code


POLICE, HEALTH = DeathSource.POLICE, DeathSource.HEALTH
DIED = date(2026, 10, 30)


def test_a_death_is_sure_once_authorities_agree() -> None:
    assert loss((POLICE, DIED)) == DIED
    assert loss((POLICE, DIED), (HEALTH, DIED)) == DIED


def test_a_death_that_only_the_family_tells_of_does_not_stop_payment_yet() -> None:
    assert refused_loss(told=DIED) == "retirees_loss_unconfirmed"


def test_different_dates_are_decided_by_hand_and_only_among_them() -> None:
    both = (POLICE, DIED), (HEALTH, date(2026, 11, 2))
    assert refused_loss(*both) == "retirees_death_dates_conflict"
    assert loss(*both, by_hand=rules.ByHand(DIED, "death certificate")) == DIED
    other = rules.ByHand(date(2026, 9, 1), "guess")
    assert refused_loss(*both, by_hand=other) == "retirees_death_date_not_given"


def test_life_after_death_is_decided_by_hand() -> None:
    after = date(2026, 11, 3)
    assert refused_loss((POLICE, DIED), last=after) == "retirees_alive_after_death"
    misused = rules.ByHand(DIED, "another person's card")
    assert loss((POLICE, DIED), last=after, by_hand=misused) == DIED


def test_another_loss_has_the_day_that_was_found() -> None:
    assert loss(kind=LossKind.PRISON, told=date(2026, 8, 1)) == date(2026, 8, 1)
    assert refused_loss(kind=LossKind.PRISON) == "retirees_loss_unconfirmed"
    decided = rules.ByHand(date(2026, 8, 2), "judgment")
    assert loss(kind=LossKind.OTHER, by_hand=decided) == date(2026, 8, 2)


def test_a_loss_does_not_lie_in_the_future() -> None:
    assert refused_loss((POLICE, date(2026, 11, 26))) == "retirees_loss_in_future"


def test_section_2_a_loss_is_reported_within_20_working_days() -> None:
    """[V] article 25, on a calendar of plain weeks."""
    plain = Calendar(
        name="plain", version="1", source="test", first_day=date(2026, 1, 1),
        horizon=date(2026, 12, 31), rest_days=frozenset(), working_weekends=frozenset(),
    )  # fmt: skip
    found = rules.report_deadline(date(2026, 3, 2), plain, DEFAULTS)
    assert found.due == date(2026, 3, 30)


@pytest.mark.parametrize("matter", rules.MEASURES.books[0].matters, ids=lambda one: one.code)
def test_an_approval_asks_for_exactly_the_uniform_papers(matter: Matter) -> None:
    rules.check_approval(matter, matter.conditions, matter.papers)
    cases = (
        (matter.conditions[1:], matter.papers, "retirees_condition_not_met"),
        (matter.conditions, matter.papers[1:], "retirees_papers_missing"),
        (matter.conditions, (*matter.papers, "photograph"), "retirees_papers_not_allowed"),
    )
    for met, papers, code in cases:
        with pytest.raises(Problem) as refused:
            rules.check_approval(matter, met, papers)
        assert refused.value.code == code
