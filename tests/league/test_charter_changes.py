"""How one charter follows another: each refusal, and that what is held stays as it was."""

from datetime import datetime
from typing import Any

import pytest
from tests.league.leagues import (
    CHENGDU,
    CITIES,
    DEYANG,
    LESHAN,
    MIANYANG,
    START,
    SUINING,
    founded,
    founding,
    member,
    member_key,
    on_day,
    private_key,
    refused,
    signature,
    signed_by,
)

from hanse.mechanisms.league.charter import Charter, KeyUse, SignedCharter
from hanse.mechanisms.league.charter_changes import accept, accept_all, tally
from hanse.mechanisms.league.charter_proposals import (
    next_version,
    with_key_added,
    with_key_replaced,
    with_key_retired,
    with_member_joined,
    with_member_left,
)
from hanse.mechanisms.league.documents import Signature, Signed

FIRST = founding((CHENGDU, DEYANG, MIANYANG))
HELD = founded(FIRST)
TWO = (CHENGDU, DEYANG)
LATER = on_day(10)


def changed(**changes: Any) -> Charter:
    """A second version that two of the three may decide on."""
    issued_at = changes.pop("issued_at", on_day(1))
    return next_version(FIRST, issued_at=issued_at, **{"threshold": 3, **changes})


def refuse(
    code: str,
    proposed: SignedCharter,
    /,
    *,
    current: SignedCharter | None = HELD,
    genesis: str | None = FIRST.digest,
    at: datetime = LATER,
    **values: object,
) -> None:
    """The proposal is refused, and neither it nor what is held has changed."""
    before = None if current is None else current.to_bytes()
    written = proposed.to_bytes()
    with refused(code, **values):
        accept(current, proposed, at, genesis)
    assert proposed.to_bytes() == written
    assert (None if current is None else current.to_bytes()) == before


# The first charter


def test_the_first_charter_is_accepted_by_its_digest_and_all_signatures() -> None:
    assert accept(None, HELD, START, FIRST.digest) is FIRST


@pytest.mark.parametrize("genesis", [None, "", "sha-256:" + "0" * 64])
def test_another_first_charter_is_refused(genesis: str | None) -> None:
    refuse("charter_genesis_unknown", HELD, current=None, genesis=genesis, digest=FIRST.digest)


def test_the_first_charter_needs_every_member() -> None:
    """Even where its own threshold is lower: nobody is joined against their will."""
    for signers in (TWO, (DEYANG,)):
        missing = ", ".join(city for city in FIRST.cities if city not in signers)
        refuse(
            "charter_below_threshold",
            signed_by(FIRST, *signers),
            current=None,
            needed=3,
            missing=missing,
        )
    refuse("charter_unsigned", Signed(FIRST), current=None)


def test_every_key_of_the_first_charter_signs() -> None:
    keys = (member_key(CHENGDU), member_key(CHENGDU, "k2", uses=("witness",)))
    charter = founding((CHENGDU,), members=(member(CHENGDU, *keys),))
    refuse(
        "charter_possession_unproven",
        signed_by(charter, CHENGDU),
        current=None,
        genesis=charter.digest,
        keys=f"{CHENGDU}/k2",
    )
    both = signed_by(charter, CHENGDU, f"{CHENGDU}/k2")
    assert accept(None, both, START, charter.digest) is charter


def test_a_later_version_does_not_begin_a_league() -> None:
    refuse("charter_version_gap", signed_by(changed(), *TWO), current=None, expected=1)


# The next charter


def test_the_next_charter_is_accepted() -> None:
    proposed = signed_by(changed(), *TWO)
    assert accept(HELD, proposed, LATER, FIRST.digest) is proposed.document
    assert accept(HELD, proposed, LATER, None) is proposed.document


def test_the_same_charter_again_is_accepted_again() -> None:
    assert accept(HELD, HELD, START, FIRST.digest) is FIRST
    assert accept(HELD, Signed(FIRST), START, None) is FIRST


def test_an_unsigned_charter_is_refused() -> None:
    refuse("charter_unsigned", Signed(changed()))


def test_below_the_threshold_of_the_version_before_is_refused() -> None:
    """The proposal's own threshold does not count: three lowering it to two need three."""
    strict = founded(founding((CHENGDU, DEYANG, MIANYANG), threshold=3))
    lower = next_version(strict.document, issued_at=on_day(1), threshold=2)
    refuse(
        "charter_below_threshold",
        signed_by(lower, *TWO),
        current=strict,
        signed=2,
        needed=3,
        missing=MIANYANG,
    )
    refuse("charter_below_threshold", signed_by(changed(), CHENGDU), signed=1, needed=2)


def test_a_city_counts_once_whatever_number_of_keys_it_signs_with() -> None:
    keys = (member_key(CHENGDU), member_key(CHENGDU, "k2"))
    first = founding(
        members=(member(CHENGDU, *keys), member(DEYANG)), witness_quorum=1, threshold=2
    )
    held = signed_by(first, CHENGDU, f"{CHENGDU}/k2", DEYANG)
    accept(None, held, START, first.digest)
    proposed = next_version(first, issued_at=on_day(1))
    refuse(
        "charter_below_threshold",
        signed_by(proposed, CHENGDU, f"{CHENGDU}/k2"),
        current=held,
        signed=1,
    )


def test_an_older_charter_is_refused() -> None:
    second = signed_by(changed(), *TWO)
    refuse("charter_rolled_back", HELD, current=second)


def test_another_charter_of_the_same_version_is_a_fork() -> None:
    second = signed_by(changed(), *TWO)
    other = signed_by(changed(witness_quorum=0), DEYANG, MIANYANG)
    refuse(
        "charter_forked",
        other,
        current=second,
        version=2,
        proposed=other.digest,
    )
    refuse("charter_forked", founded(founding((CHENGDU, DEYANG))), version=1)


def test_a_charter_that_skips_a_version_is_refused() -> None:
    third = next_version(changed(), issued_at=on_day(2))
    refuse("charter_version_gap", signed_by(third, *TWO), expected=2)


def test_a_charter_after_another_predecessor_is_refused() -> None:
    stray = changed(previous="sha-256:" + "0" * 64)
    refuse("charter_previous_mismatch", signed_by(stray, *TWO))


def test_a_charter_of_another_league_is_refused() -> None:
    refuse("charter_league_changed", signed_by(changed(league="other"), *TWO), league="trial")


def test_a_charter_issued_before_its_predecessor_is_refused() -> None:
    """Or a key that was retired could sign a version of the time before."""
    refuse(
        "charter_backdated", signed_by(changed(issued_at=on_day(-1), valid_from=on_day(1)), *TWO)
    )


def test_an_expired_charter_is_refused() -> None:
    short = changed(valid_until=on_day(10))
    refuse("charter_expired", signed_by(short, *TWO), version=2)
    refuse("charter_expired", HELD, current=None, at=on_day(1000))
    assert accept(HELD, signed_by(short, *TWO), on_day(9.99), None) is short


def test_a_league_whose_charter_has_expired_is_still_renewed_by_its_members() -> None:
    renewed = changed(issued_at=on_day(1100), valid_until=on_day(2000))
    assert accept(HELD, signed_by(renewed, *TWO), on_day(1100), None) is renewed
    refuse("charter_below_threshold", signed_by(renewed, CHENGDU), at=on_day(1100))
    refuse("charter_expired", HELD, at=on_day(1100))


def test_a_charter_that_is_not_yet_valid_may_come_again_later() -> None:
    early = signed_by(changed(valid_from=on_day(20)), *TWO)
    with refused("charter_not_yet_valid") as caught:
        accept(HELD, early, on_day(19.99), None)
    assert caught.value.kind.retry
    assert accept(HELD, early, on_day(20), None) is early.document


# Signatures


def test_a_signature_that_does_not_verify_is_refused_even_beside_enough_others() -> None:
    proposed = changed()
    wrong = [
        Signature(city=MIANYANG, key="k1", signature="AAAA"),
        signature(FIRST, MIANYANG),
        Signature(city=MIANYANG, key="k1", signature=signature(proposed, DEYANG).signature),
    ]
    for one in wrong:
        signed = signed_by(proposed, *TWO).with_signatures([one])
        refuse("charter_signature_wrong", signed, city=MIANYANG, key="k1")


def test_a_stranger_s_signature_is_refused_even_beside_enough_others() -> None:
    for stranger in (SUINING, f"{CHENGDU}/k7"):
        refuse("charter_signer_unknown", signed_by(changed(), *TWO, stranger))


def test_a_key_that_may_not_sign_charters_does_not() -> None:
    for changes in (
        {"uses": (KeyUse.EXCHANGE, KeyUse.WITNESS)},
        {"valid_until": on_day(1)},
        {"valid_from": on_day(1.5)},
    ):
        keys = (member_key(CHENGDU), member_key(CHENGDU, "k2", **changes))
        first = founding(
            members=(member(CHENGDU, *keys), member(DEYANG)), threshold=2, witness_quorum=1
        )
        held = signed_by(first, CHENGDU, f"{CHENGDU}/k2", DEYANG)
        proposed = next_version(first, issued_at=on_day(1))
        refuse(
            "charter_signer_unknown",
            signed_by(proposed, CHENGDU, f"{CHENGDU}/k2", DEYANG),
            current=held,
            key="k2",
        )


def test_a_key_that_signs_twice_is_refused() -> None:
    signed = signed_by(changed(), *TWO, CHENGDU)
    refuse("charter_signed_twice", signed, city=CHENGDU, key="k1")


# Members and keys


def test_a_city_joins_with_its_own_signature_only() -> None:
    joined = with_member_joined(FIRST, member(SUINING), issued_at=on_day(1))
    refuse("charter_possession_unproven", signed_by(joined, *FIRST.cities), keys=f"{SUINING}/k1")
    assert accept(HELD, signed_by(joined, *TWO, SUINING), LATER, None) is joined


def test_a_joining_city_does_not_vote_on_itself() -> None:
    joined = with_member_joined(FIRST, member(SUINING), issued_at=on_day(1))
    refuse("charter_below_threshold", signed_by(joined, CHENGDU, SUINING), signed=1, needed=2)


def test_a_city_leaves_by_the_others_votes_or_with_its_own() -> None:
    left = with_member_left(FIRST, MIANYANG, issued_at=on_day(1))
    assert accept(HELD, signed_by(left, *TWO), LATER, None) is left
    assert accept(HELD, signed_by(left, CHENGDU, MIANYANG), LATER, None) is left


def test_a_city_that_left_has_no_vote_any_more() -> None:
    left = with_member_left(FIRST, MIANYANG, issued_at=on_day(1))
    held = signed_by(left, *TWO)
    proposed = next_version(left, issued_at=on_day(2))
    refuse("charter_signer_unknown", signed_by(proposed, *TWO, MIANYANG), current=held)


def test_a_new_key_proves_itself_and_its_city_votes_with_the_old_one() -> None:
    added = with_key_added(FIRST, CHENGDU, member_key(CHENGDU, "k2"), issued_at=on_day(1))
    refuse("charter_possession_unproven", signed_by(added, *TWO), keys=f"{CHENGDU}/k2")
    refuse("charter_below_threshold", signed_by(added, f"{CHENGDU}/k2", DEYANG), signed=1)
    assert accept(HELD, signed_by(added, *TWO, f"{CHENGDU}/k2"), LATER, None) is added


def test_a_city_that_lost_its_key_is_given_a_new_one_by_the_others() -> None:
    new = member_key(MIANYANG, "k2")
    replaced = with_key_replaced(FIRST, MIANYANG, "k1", new, issued_at=on_day(1))
    assert accept(HELD, signed_by(replaced, *TWO, f"{MIANYANG}/k2"), LATER, None) is replaced


def test_every_new_key_proves_itself() -> None:
    keys = [
        member_key(SUINING, name, uses=(use,))
        for name, use in (("e1", "exchange"), ("c1", "charter"), ("w1", "witness"))
    ]
    joined = with_member_joined(FIRST, member(SUINING, *keys), issued_at=on_day(1))
    some = signed_by(joined, *TWO, f"{SUINING}/c1")
    refuse("charter_possession_unproven", some, keys=f"{SUINING}/e1, {SUINING}/w1")
    every = signed_by(joined, *TWO, *(f"{SUINING}/{key.id}" for key in keys))
    assert accept(HELD, every, LATER, None) is joined


def test_a_retired_key_signs_no_further_charter() -> None:
    added = with_key_replaced(FIRST, CHENGDU, "k1", member_key(CHENGDU, "k2"), issued_at=on_day(1))
    held = signed_by(added, *TWO, f"{CHENGDU}/k2")
    accept(HELD, held, LATER, None)
    proposed = next_version(added, issued_at=on_day(2))
    refuse("charter_signer_unknown", signed_by(proposed, *TWO), current=held, key="k1")
    backdated = next_version(added, issued_at=on_day(1))
    refuse("charter_signer_unknown", signed_by(backdated, *TWO), current=held, key="k1")
    renewed = signed_by(proposed, f"{CHENGDU}/k2", DEYANG)
    assert accept(held, renewed, LATER, None) is proposed


def test_retiring_a_key_needs_no_new_signature() -> None:
    keys = (member_key(CHENGDU), member_key(CHENGDU, "k2"))
    first = founding(
        members=(member(CHENGDU, *keys), member(DEYANG)), threshold=2, witness_quorum=1
    )
    held = signed_by(first, CHENGDU, f"{CHENGDU}/k2", DEYANG)
    retired = with_key_retired(first, CHENGDU, "k2", issued_at=on_day(1))
    assert accept(held, signed_by(retired, *TWO), LATER, None) is retired


def test_a_key_id_never_passes_to_another_public_key() -> None:
    other = private_key(CHENGDU, "k9").public.as_dict()
    replaced = (member(CHENGDU, member_key(CHENGDU, **other)), *FIRST.members[1:])
    signed = signed_by(changed(members=replaced), *TWO)
    refuse("charter_key_id_reused", signed, key=f"{CHENGDU}/k1")
    with refused("charter_key_id_reused"):
        tally(HELD, signed)


def test_a_public_key_never_passes_to_another_id_or_city() -> None:
    """Not even where its first holder gives it up in the same step."""
    own = private_key(CHENGDU).public.as_dict()
    renamed = (member(CHENGDU, member_key(CHENGDU, "k2", **own)), *FIRST.members[1:])
    refuse("charter_key_shared", signed_by(changed(members=renamed), *TWO))
    passed = (
        member(CHENGDU, member_key(CHENGDU, "k2")),
        member(DEYANG, member_key(DEYANG), member_key(DEYANG, "k2", **own)),
        FIRST.members[2],
    )
    refuse("charter_key_shared", signed_by(changed(members=passed), *TWO))


# Catching up


def chain_of(count: int) -> list[SignedCharter]:
    """Versions 1 to `count`, each valid for ten days and following at the sixth."""
    first = founding((CHENGDU, DEYANG, MIANYANG), valid_until=on_day(10))
    chain = [founded(first)]
    for number in range(1, count):
        following = next_version(
            chain[-1].document, issued_at=on_day(6 * number), valid_until=on_day(6 * number + 10)
        )
        chain.append(signed_by(following, *TWO))
    return chain


def test_a_late_node_catches_up_through_versions_that_have_expired() -> None:
    chain = chain_of(5)
    now = on_day(30)
    last = accept_all(None, chain, now, chain[0].digest)
    assert last is chain[-1]
    assert accept_all(chain[1], chain[2:], now, None) is chain[-1]
    assert accept_all(chain[-1], chain[-1:], now, None) is chain[-1]
    with refused("charter_expired", version=1):
        accept(None, chain[0], now, chain[0].digest)
    with refused("charter_expired", version=4):
        accept_all(None, chain[:4], now, chain[0].digest)


def test_a_chain_with_one_bad_link_is_refused_whole() -> None:
    chain = chain_of(5)
    now = on_day(30)
    weak = [*chain[:2], Signed(chain[2].document, chain[2].signatures[:1]), *chain[3:]]
    with refused("charter_below_threshold"):
        accept_all(None, weak, now, chain[0].digest)
    with refused("charter_version_gap", expected=3):
        accept_all(None, [*chain[:2], *chain[3:]], now, chain[0].digest)
    with refused("charter_genesis_unknown"):
        accept_all(None, chain, now, chain[1].digest)
    with pytest.raises(ValueError, match="no charter"):
        accept_all(None, [], now, chain[0].digest)


# Gathering signatures


def test_a_tally_says_who_has_yet_to_sign() -> None:
    joined = with_member_joined(FIRST, member(SUINING), issued_at=on_day(1))
    count = tally(HELD, signed_by(joined, CHENGDU))
    assert (set(count.signed), count.needed) == ({CHENGDU}, 2)
    assert count.missing == (DEYANG, MIANYANG)
    assert count.unproven == (f"{SUINING}/k1",)
    assert not count.is_complete
    assert not tally(HELD, signed_by(joined, *TWO)).is_complete
    assert not tally(HELD, signed_by(joined, CHENGDU, SUINING)).is_complete
    assert tally(HELD, signed_by(joined, *TWO, SUINING)).is_complete


def test_a_tally_of_a_first_charter_counts_all() -> None:
    count = tally(None, signed_by(founding(), *CITIES[:7]))
    assert (len(count.signed), count.needed, count.missing) == (7, 8, (CITIES[7],))
    assert count.unproven == (f"{CITIES[7]}/k1",)
    assert tally(None, founded(founding())).is_complete
    assert LESHAN in count.signed
