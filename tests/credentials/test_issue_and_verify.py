"""A credential is issued, shown in part, and checked with the charter and a status list alone."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.foundation.credentials import Request, present
from hanse.foundation.credentials.issue import SEPARATOR
from hanse.foundation.errors import Problem
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import generate
from tests.credentials.trial import CLAIMS, KIND, NOW, REQUEST, SUITES, Trial

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcdef_.", min_size=1, max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
).filter(lambda value: "_sd" not in str(value) and "..." not in str(value))


@pytest.mark.parametrize("suite", SUITES)
def test_what_was_shown_is_verified_and_nothing_else_is_seen(suite: str) -> None:
    trial = Trial(suite)
    found = trial.verified(trial.shown("name"))
    assert found.city == "510600"
    assert found.kind == KIND
    assert found.issued_at == NOW
    assert found.claims["name"] == CLAIMS["name"]
    assert "born" not in found.claims
    assert "benefit" not in found.claims
    assert CLAIMS["born"] not in str(found.claims)
    assert "1950" not in repr(found), "personal data stay out of what may be logged"


@pytest.mark.parametrize("suite", SUITES)
def test_everything_may_be_shown(suite: str) -> None:
    trial = Trial(suite)
    found = trial.verified(trial.shown(*CLAIMS), claims=frozenset(CLAIMS))
    assert {name: found.claims[name] for name in CLAIMS} == CLAIMS


def test_the_same_salts_give_the_same_credential() -> None:
    assert Trial().issued() == Trial().issued()


def test_a_claim_that_is_not_shown_leaves_no_trace_but_a_digest() -> None:
    shown = Trial().shown("name")
    assert shown.count(SEPARATOR) == 2
    assert len(shown.split(SEPARATOR)) == 3


def test_without_a_request_no_holder_signature_is_needed() -> None:
    trial = Trial()
    assert trial.verified(present(trial.issued(), ["name"]), request=None).claims["name"]


def test_what_is_needed_and_not_shown_is_named() -> None:
    trial = Trial()
    with pytest.raises(Problem) as refused:
        trial.verified(trial.shown("name"), claims=frozenset({"born", "name"}))
    assert refused.value.code == "credential_claim_missing"
    assert "born" in refused.value.hint.en


@pytest.mark.parametrize("name", ["iss", "exp", "vct", "status", "_sd", "..."])
def test_what_a_verifier_must_see_cannot_be_hidden(name: str) -> None:
    with pytest.raises(ValueError, match="reserved"):
        Trial().issued(claims={name: "x"})


def test_a_claim_is_either_open_or_hidden() -> None:
    with pytest.raises(ValueError, match="open or disclosable"):
        Trial().issued(claims={"city": "x"})


def test_a_credential_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Trial(expires_at=NOW).issued()


def test_an_sm2_key_cannot_issue() -> None:
    key = generate("sm2-sm3", seeded_randomness("sm2"))
    with pytest.raises(Problem) as refused:
        Trial().issued(holder=key.public)
    assert refused.value.code == "credential_algorithm_refused"


@settings(max_examples=60, deadline=None)
@given(
    claims=st.dictionaries(st.text("klmn", min_size=1, max_size=4), JSON, max_size=6),
    data=st.data(),
)
def test_any_claims_shown_in_any_part_come_back_as_they_were(
    claims: dict[str, Any], data: st.DataObject
) -> None:
    trial = Trial()
    names = data.draw(st.sets(st.sampled_from(sorted(claims))) if claims else st.just(set()))
    found = trial.verified(trial.shown(*names, claims=claims))
    shown = {name: one for name, one in found.claims.items() if name in claims}
    assert shown == {name: claims[name] for name in names}


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0), replacement=st.sampled_from("ABCDwxyz0189-_~."))
def test_no_single_character_can_be_changed(place: int, replacement: str) -> None:
    trial = Trial()
    good = trial.shown("name")
    place %= len(good)
    if good[place] == replacement:
        return
    changed = good[:place] + replacement + good[place + 1 :]
    with pytest.raises(Problem) as refused:
        trial.verified(changed)
    assert refused.value.code.startswith(("credential_", "charter_", "city_"))


def test_a_presentation_is_not_presented_again() -> None:
    trial = Trial()
    with pytest.raises(Problem) as refused:
        present(trial.shown("name"), [], request=REQUEST, key=trial.holder, at=NOW)
    assert refused.value.code == "credential_malformed"
    with pytest.raises(ValueError, match="signed with a key"):
        present(trial.issued(), [], request=Request("a", "b"))


def test_a_presentation_is_of_its_moment() -> None:
    trial = Trial()
    for seconds, code in ((299, None), (-299, None), (301, "stale"), (-301, "stale")):
        at = NOW + timedelta(seconds=seconds)
        shown = present(trial.issued(), [], request=REQUEST, key=trial.holder, at=at)
        if code is None:
            assert trial.verified(shown)
            continue
        with pytest.raises(Problem) as refused:
            trial.verified(shown)
        assert refused.value.code == "credential_binding_stale"
