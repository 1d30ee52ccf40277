"""What is let into the record of an agreement: versions and signatures of its parties alone."""

from typing import Any

import pytest
from tests.league.leagues import (
    CHENGDU,
    DEYANG,
    LESHAN,
    MIANYANG,
    START,
    SUINING,
    agreed,
    agreement,
    founding,
    member,
    member_key,
    on_day,
    refused,
    signature,
    signed_by,
    stated,
)

from hanse.mechanisms.league.agreement_records import AgreementRecord, accept_agreement
from hanse.mechanisms.league.agreements import SignedAgreement, StatementKind
from hanse.mechanisms.league.charter import Charter, KeyUse
from hanse.mechanisms.league.charter_proposals import with_key_replaced, with_member_left
from hanse.mechanisms.league.documents import Signature, Signed

CHARTER = founding((CHENGDU, DEYANG, MIANYANG, SUINING))
FIRST = agreement()
TWO = (CHENGDU, DEYANG)
AGREED = agreed(FIRST)


def second(**changes: Any) -> Any:
    return agreement(**{"version": 2, "supersedes": FIRST.digest, **changes})


def refuse(
    code: str,
    proposed: SignedAgreement,
    /,
    *,
    known: AgreementRecord | None = AGREED,
    charter: Charter = CHARTER,
    **values: object,
) -> None:
    """The proposal is refused, and the record is as it was."""
    versions, statements = (known.versions, known.statements) if known else ((), ())
    with refused(code, **values):
        accept_agreement(known, proposed, charter, on_day(1))
    if known is not None:
        assert (known.versions, known.statements) == (versions, statements)


def test_an_agreement_counts_when_all_have_signed_in_any_order() -> None:
    for order in (TWO, TWO[::-1]):
        record = accept_agreement(None, Signed(FIRST), CHARTER, START)
        assert record.missing_signatures(record.versions[0]) == TWO
        for count, city in enumerate(order, 1):
            record = accept_agreement(record, signed_by(FIRST, city), CHARTER, START)
            assert len(record.missing_signatures(record.versions[0])) == 2 - count
        assert record == AGREED
        assert record.agreed == record.versions


def test_the_same_again_changes_nothing() -> None:
    for again in (AGREED.versions[0], signed_by(FIRST, DEYANG), Signed(FIRST)):
        assert accept_agreement(AGREED, again, CHARTER, on_day(1)) == AGREED


def test_another_league_s_agreement_is_refused() -> None:
    foreign = signed_by(agreement(league="other"), *TWO)
    refuse("agreement_of_other_league", foreign, known=None, league="trial")


def test_a_party_is_a_member() -> None:
    refuse("city_not_member", signed_by(agreement((CHENGDU, LESHAN)), CHENGDU), known=None)


def test_only_parties_sign() -> None:
    refuse("agreement_signer_unknown", signed_by(FIRST, *TWO, MIANYANG), known=None)
    refuse("agreement_signer_unknown", signed_by(FIRST, MIANYANG))


def test_a_signature_that_does_not_verify_is_refused() -> None:
    wrong = [
        Signature(city=DEYANG, key="k1", signature="AAAA"),
        signature(second(), DEYANG),
        Signature(city=DEYANG, key="k1", signature=signature(FIRST, CHENGDU).signature),
    ]
    for one in wrong:
        signed = Signed(FIRST, (signature(FIRST, CHENGDU), one))
        refuse("agreement_signature_wrong", signed, known=None, city=DEYANG, key="k1")


def test_a_wrong_signature_never_displaces_a_right_one() -> None:
    wrong = Signed(FIRST, (Signature(city=DEYANG, key="k1", signature="AAAA"),))
    refuse("agreement_signature_wrong", wrong)


def test_a_key_signs_once() -> None:
    refuse("agreement_signed_twice", signed_by(FIRST, *TWO, CHENGDU), known=None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"uses": (KeyUse.EXCHANGE,)}, "charter_key_use_wrong"),
        ({"valid_from": on_day(2)}, "charter_key_not_valid"),
        ({"valid_until": on_day(1)}, "charter_key_not_valid"),
    ],
)
def test_a_key_signs_only_while_it_may(changes: dict[str, Any], code: str) -> None:
    keys = (member_key(CHENGDU), member_key(CHENGDU, "k2", **changes))
    charter = founding(
        members=(member(CHENGDU, *keys), member(DEYANG)), threshold=2, witness_quorum=1
    )
    refuse(code, signed_by(FIRST, f"{CHENGDU}/k2"), known=None, charter=charter)
    refuse("charter_key_unknown", signed_by(FIRST, f"{CHENGDU}/k3"), known=None, charter=charter)


def test_a_retired_key_needs_no_new_agreement() -> None:
    """What was verified when it came in stays, and the other party may still add its signature."""
    half = accept_agreement(None, signed_by(FIRST, CHENGDU), CHARTER, START)
    rotated = with_key_replaced(
        CHARTER, CHENGDU, "k1", member_key(CHENGDU, "k2"), issued_at=on_day(1)
    )
    whole = accept_agreement(half, signed_by(FIRST, *TWO), rotated, on_day(2))
    assert whole == AGREED
    with refused("charter_key_not_valid"):
        accept_agreement(None, signed_by(FIRST, *TWO), rotated, on_day(2))


def test_two_texts_of_one_version_are_a_fork() -> None:
    other = agreement(title={"zh": "另一协议", "en": "Another"})
    refuse("agreement_forked", signed_by(other, *TWO), agreement="AGR-1", next_version=2)
    drafted = AgreementRecord((Signed(FIRST),))
    refuse("agreement_forked", Signed(other), known=drafted)


def test_an_amendment_is_the_next_version_and_names_what_it_supersedes() -> None:
    record = accept_agreement(AGREED, signed_by(second(), *TWO), CHARTER, on_day(1))
    assert [one.document.version for one in record.agreed] == [1, 2]
    for wrong in (None, "sha-256:" + "0" * 64):
        refuse(
            "agreement_supersedes_wrong",
            signed_by(second(supersedes=wrong), *TWO),
            expected=FIRST.digest,
        )
    refuse("agreement_version_gap", signed_by(second(version=3), *TWO), expected=2)


def test_what_lies_below_an_agreed_version_is_closed() -> None:
    """Or a late signature under an old version could turn the agreement back."""
    draft = agreement((CHENGDU, DEYANG, MIANYANG))
    started = AgreementRecord((signed_by(draft, *TWO), signed_by(second(supersedes=None), *TWO)))
    assert [one.document.version for one in started.agreed] == [2]
    refuse("agreement_rolled_back", signed_by(draft, MIANYANG), known=started, next_version=3)
    amended = AgreementRecord((signed_by(second(), *TWO),))
    refuse("agreement_rolled_back", signed_by(FIRST, *TWO), known=amended)


def test_a_draft_that_nobody_agreed_to_is_passed_over() -> None:
    abandoned = AgreementRecord((signed_by(FIRST, CHENGDU),))
    revised = signed_by(second(supersedes=None), *TWO)
    record = accept_agreement(abandoned, revised, CHARTER, on_day(1))
    assert [one.document.version for one in record.agreed] == [2]


def test_a_party_is_dropped_only_with_its_own_signature() -> None:
    first = agreement((CHENGDU, DEYANG, MIANYANG))
    held = agreed(first)
    smaller = agreement(version=2, supersedes=first.digest)
    record = accept_agreement(held, signed_by(smaller, *TWO), CHARTER, on_day(1))
    assert record.missing_signatures(record.versions[1]) == (MIANYANG,)
    assert [one.document.version for one in record.agreed] == [1]
    consented = accept_agreement(record, signed_by(smaller, MIANYANG), CHARTER, on_day(1))
    assert [one.document.version for one in consented.agreed] == [1, 2]
    assert consented.parties == {CHENGDU, DEYANG, MIANYANG}


def test_a_party_that_joins_signs_as_all_do() -> None:
    larger = second(parties=(CHENGDU, DEYANG, MIANYANG))
    record = accept_agreement(AGREED, signed_by(larger, *TWO), CHARTER, on_day(1))
    assert record.missing_signatures(record.versions[1]) == (MIANYANG,)


def test_a_newcomer_takes_an_amendment_without_the_versions_before() -> None:
    larger = signed_by(second(parties=(CHENGDU, DEYANG, MIANYANG)), CHENGDU, DEYANG, MIANYANG)
    assert accept_agreement(None, larger, CHARTER, on_day(1)).agreed == (larger,)


def test_statements_survive_an_amendment() -> None:
    held = agreed(FIRST, *stated(CHENGDU, (StatementKind.SUSPEND, 1)))
    record = accept_agreement(held, signed_by(second(), *TWO), CHARTER, on_day(1))
    assert record.statements == held.statements


def test_a_party_that_left_the_league_signs_nothing() -> None:
    left = with_member_left(CHARTER, DEYANG, issued_at=on_day(1))
    refuse("city_not_member", signed_by(second(), *TWO), charter=left)


def test_a_record_is_of_one_agreement() -> None:
    other = signed_by(agreement(id="AGR-2"), *TWO)
    with pytest.raises(ValueError, match="another"):
        accept_agreement(AGREED, other, CHARTER, START)
    with pytest.raises(ValueError, match="one agreement"):
        AgreementRecord((AGREED.versions[0], other))
    with pytest.raises(ValueError, match="one agreement"):
        AgreementRecord(())
