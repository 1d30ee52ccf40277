"""Every reason for refusing a credential, each with its own code."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hanse.foundation.credentials import Request, jws, present
from hanse.foundation.credentials.issue import SEPARATOR, TYPE
from hanse.foundation.errors import Problem
from hanse.foundation.identity import base64url
from tests.credentials.trial import (
    CITY,
    NOW,
    OTHER_CITY,
    REQUEST,
    REVOKED,
    SUSPENDED,
    URI,
    Trial,
    key_of_suite,
)


def refused(trial: Trial, presentation: str, **options: Any) -> str:
    with pytest.raises(Problem) as found:
        trial.verified(presentation, **options)
    return found.value.code


def test_a_good_one_passes_before_any_of_these_counts() -> None:
    trial = Trial()
    assert trial.verified(trial.shown("name")).claims["name"]


def forged(
    trial: Trial,
    change: Callable[[dict[str, Any]], None],
    header: dict[str, Any] | None = None,
    disclosures: list[str] | None = None,
) -> str:
    """The same credential with another payload, signed again by the issuer's own key."""
    token, *found, _ = trial.issued().split(SEPARATOR)
    payload = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    change(payload)
    issuer = trial.issuer
    signed = jws.sign(payload, issuer.key, TYPE, issuer.key_id)
    if header is not None:
        parts = signed.split(".")
        head = base64url(json.dumps(header).encode())
        signature = base64url(issuer.key.sign(f"{head}.{parts[1]}".encode()))
        signed = f"{head}.{parts[1]}.{signature}"
    kept = found if disclosures is None else disclosures
    return SEPARATOR.join([signed, *kept, ""])


def unchanged(payload: dict[str, Any]) -> None:
    pass


def with_claim(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload.update(values)


def without_claim(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload.pop(name)


def array_disclosure() -> str:
    return base64url(json.dumps(["salt", "an element"]).encode())


def test_a_changed_signature() -> None:
    trial = Trial()
    token, rest = trial.shown("name").split(SEPARATOR, 1)
    head, payload, signature = token.split(".")
    flipped = ("B" if signature[0] != "B" else "C") + signature[1:]
    changed = f"{head}.{payload}.{flipped}{SEPARATOR}{rest}"
    assert refused(trial, changed) == "credential_signature_wrong"


def test_another_citys_signature() -> None:
    trial = Trial()
    own = jws.read(trial.issued().split(SEPARATOR)[0], TYPE).payload
    token = jws.sign(own, key_of_suite("ed25519", OTHER_CITY), TYPE, "c1")
    assert refused(trial, token + SEPARATOR, request=None) == "credential_signature_wrong"


def test_a_changed_disclosure() -> None:
    trial = Trial()
    token, *_ = trial.issued().split(SEPARATOR)
    other = base64url(json.dumps(["salt", "name", "another name"]).encode())
    changed = SEPARATOR.join([token, other, ""])
    assert refused(trial, changed, request=None) == "credential_disclosure_unused"


def test_a_disclosure_twice() -> None:
    trial = Trial()
    token, first, *_ = trial.issued().split(SEPARATOR)
    changed = SEPARATOR.join([token, first, first, ""])
    assert refused(trial, changed, request=None) == "credential_disclosure_repeated"


@pytest.mark.parametrize(
    "text", ["!!", base64url(b"[1]"), base64url(b'["s","_sd",1]'), base64url(b'["s","...",1]'),
             base64url(b'{"a":1}'), base64url(b'["s",1,2]'), base64url(b"[")]
)  # fmt: skip
def test_a_disclosure_of_another_form(text: str) -> None:
    trial = Trial()
    token, *_ = trial.issued().split(SEPARATOR)
    changed = SEPARATOR.join([token, text, ""])
    assert refused(trial, changed, request=None) == "credential_disclosure_malformed"


def test_a_disclosure_of_an_element_in_the_place_of_a_claim() -> None:
    trial, one = Trial(), array_disclosure()
    digest = base64url(hashlib.sha256(one.encode()).digest())
    changed = forged(trial, with_claim(_sd=[digest]), disclosures=[one])
    assert refused(trial, changed, request=None) == "credential_disclosure_malformed"


def test_an_element_of_an_array_may_be_disclosed() -> None:
    trial, one = Trial(), array_disclosure()
    digest = base64url(hashlib.sha256(one.encode()).digest())
    payload = {"_sd": [], "list": ["open", {"...": digest}, {"...": "unknown"}]}
    changed = forged(trial, with_claim(**payload), disclosures=[one])
    assert trial.verified(changed, request=None).claims["list"] == ["open", "an element"]


def test_a_digest_twice() -> None:
    trial = Trial()
    changed = forged(trial, lambda payload: payload["_sd"].append(payload["_sd"][0]))
    assert refused(trial, changed, request=None) == "credential_digest_repeated"


def test_a_disclosure_of_a_name_that_is_open() -> None:
    trial = Trial()
    changed = forged(trial, with_claim(name="open"))
    assert refused(trial, changed, request=None) == "credential_claim_repeated"


def test_a_disclosure_that_would_lengthen_the_validity() -> None:
    trial = Trial()
    one = base64url(json.dumps(["salt", "nbf", 0]).encode())
    digest = base64url(hashlib.sha256(one.encode()).digest())
    changed = forged(trial, with_claim(_sd=[digest]), disclosures=[one])
    assert refused(trial, changed, request=None) == "credential_claim_repeated"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS256", "ES384", "", None])
def test_another_algorithm_and_none(algorithm: str | None) -> None:
    trial = Trial()
    changed = forged(trial, unchanged, {"alg": algorithm, "typ": TYPE, "kid": "c1"})
    assert refused(trial, changed, request=None) == "credential_algorithm_refused"
    token = changed.split(SEPARATOR)[0]
    unsigned = ".".join(token.split(".")[:2]) + "." + SEPARATOR
    assert refused(trial, unsigned, request=None) == "credential_algorithm_refused"


def test_an_algorithm_that_is_not_the_keys() -> None:
    trial = Trial()
    changed = forged(trial, unchanged, {"alg": "ES256", "typ": TYPE, "kid": "c1"})
    assert refused(trial, changed, request=None) == "credential_signature_wrong"


@pytest.mark.parametrize("typ", ["jwt", "statuslist+jwt", "kb+jwt", None])
def test_a_token_of_another_type(typ: str | None) -> None:
    trial = Trial()
    changed = forged(trial, unchanged, {"alg": "EdDSA", "typ": typ, "kid": "c1"})
    assert refused(trial, changed, request=None) == "credential_type_wrong"


@pytest.mark.parametrize(
    "more", [{"crit": ["b64"]}, {"b64": False}, {"kid": 1}, {"kid": None}], ids=str
)
def test_a_header_with_other_meanings(more: dict[str, Any]) -> None:
    trial = Trial()
    changed = forged(trial, unchanged, {"alg": "EdDSA", "typ": TYPE, "kid": "c1", **more})
    assert refused(trial, changed, request=None) == "credential_malformed"


def test_another_kind() -> None:
    trial = Trial()
    assert refused(trial, trial.shown(), kind="urn:hanse:credential:other:1") == (
        "credential_kind_wrong"
    )


def test_the_first_second_after_its_end() -> None:
    trial = Trial()
    shown, ends = present(trial.issued(), []), trial.expires_at
    fresh = {URI: trial.status_token(issued_at=ends - timedelta(seconds=1))}
    options: dict[str, Any] = {"request": None, "status_tokens": fresh}
    assert trial.verified(shown, at=ends - timedelta(seconds=1), **options)
    assert refused(trial, shown, at=ends, **options) == "credential_expired"


def test_before_its_beginning() -> None:
    trial = Trial(issued_at=NOW + timedelta(seconds=301))
    assert refused(trial, trial.shown()) == "credential_not_yet_valid"
    later = int(NOW.timestamp()) + 3_000
    changed = forged(Trial(), with_claim(nbf=later))
    assert refused(Trial(), changed, request=None) == "credential_not_yet_valid"


@pytest.mark.parametrize(
    ("issuer", "code"),
    [
        ("https://510600.test", "credential_issuer_unknown"),
        (1, "credential_issuer_unknown"),
        ("urn:hanse:510700", "city_not_member"),
        ("urn:hanse:510100", "credential_signature_wrong"),
    ],
)
def test_an_issuer_that_the_charter_does_not_know(issuer: Any, code: str) -> None:
    trial = Trial()
    assert refused(trial, forged(trial, with_claim(iss=issuer)), request=None) == code


@pytest.mark.parametrize(
    ("of_key", "code"),
    [
        ({"valid_from": NOW + timedelta(seconds=1)}, "charter_key_not_valid"),
        ({"valid_until": NOW}, "charter_key_not_valid"),
        ({"uses": ["exchange", "charter", "witness"]}, "charter_key_use_wrong"),
        ({"id": "c2"}, "charter_key_unknown"),
    ],
    ids=["before", "after", "use", "id"],
)
def test_a_key_that_could_not_issue_then(of_key: dict[str, Any], code: str) -> None:
    trial = Trial(of_key=of_key)
    assert refused(trial, trial.shown()) == code


def test_a_key_that_was_valid_at_issue_still_proves_it_later() -> None:
    trial = Trial(of_key={"valid_until": NOW + timedelta(hours=1)})
    at = NOW + timedelta(hours=2)
    assert trial.verified(present(trial.issued(), []), at=at, request=None)


@pytest.mark.parametrize(
    ("status", "code"),
    [(REVOKED, "credential_revoked"), (SUSPENDED, "credential_suspended"),
     (3, "credential_status_wrong")],
)  # fmt: skip
def test_a_status_that_is_not_valid(status: int, code: str) -> None:
    trial = Trial(statuses={7: status, 6: 0, 8: 0})
    assert refused(trial, trial.shown()) == code
    other = Trial(statuses={8: status}, index=7)
    assert other.verified(other.shown())


def test_without_its_status_list() -> None:
    trial = Trial()
    assert refused(trial, trial.shown(), status_tokens={}) == "credential_status_missing"


def test_an_index_beyond_the_list() -> None:
    trial = Trial(index=64)
    assert refused(trial, trial.shown()) == "credential_status_wrong"


@pytest.mark.parametrize(
    "status",
    [None, {}, {"status_list": {"idx": -1, "uri": URI}}, {"status_list": {"idx": True, "uri": URI}},
     {"status_list": {"idx": 1 << 30, "uri": URI}}, {"status_list": {"idx": 1, "uri": "u" * 201}}],
    ids=str,
)  # fmt: skip
def test_a_status_of_another_form(status: Any) -> None:
    trial = Trial()
    assert refused(trial, forged(trial, with_claim(status=status)), request=None) == (
        "credential_malformed"
    )


@pytest.mark.parametrize("name", ["iat", "exp"])
@pytest.mark.parametrize("value", [1.5, "1", True, -1, 1 << 36, None])
def test_a_time_of_another_form(name: str, value: Any) -> None:
    trial = Trial()
    changed = forged(trial, with_claim(**{name: value}))
    assert refused(trial, changed, request=None) == "credential_malformed"


def test_a_not_before_of_another_form() -> None:
    trial = Trial()
    assert refused(trial, forged(trial, with_claim(nbf="soon")), request=None) == (
        "credential_malformed"
    )


def test_without_the_holders_signature() -> None:
    trial = Trial()
    assert refused(trial, present(trial.issued(), [])) == "credential_binding_missing"
    unbound = Trial().issued(holder=None)
    shown = present(unbound, [], request=REQUEST, key=trial.holder, at=NOW)
    assert refused(trial, shown) == "credential_binding_missing"


def test_anothers_signature_in_the_holders_place() -> None:
    trial = Trial()
    thief = key_of_suite("ed25519", "thief")
    shown = present(trial.issued(), [], request=REQUEST, key=thief, at=NOW)
    assert refused(trial, shown) == "credential_binding_wrong"


def test_another_nonce_and_another_audience() -> None:
    trial = Trial()
    for request, code in (
        (Request(REQUEST.audience, "other"), "credential_nonce_wrong"),
        (Request("urn:hanse:510700", REQUEST.nonce), "credential_audience_wrong"),
    ):
        shown = present(trial.issued(), [], request=request, key=trial.holder, at=NOW)
        assert refused(trial, shown) == code


def test_disclosures_added_after_the_holder_signed() -> None:
    trial = Trial()
    token, *disclosures, _ = trial.issued().split(SEPARATOR)
    binding = trial.shown().rsplit(SEPARATOR, 1)[1]
    changed = SEPARATOR.join([token, disclosures[0], binding])
    assert refused(trial, changed) == "credential_presentation_changed"


def test_a_holders_key_of_another_form() -> None:
    for jwk in (None, {}, {"kty": "oct", "k": "x"}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}):
        trial = Trial()
        changed = forged(trial, with_claim(cnf={"jwk": jwk}))
        binding = trial.shown().rsplit(SEPARATOR, 1)[1]
        assert refused(trial, changed + binding) == "credential_malformed"


def test_a_secret_is_never_read_as_a_holders_key() -> None:
    secret = {**jws.to_jwk(Trial().holder.public), "d": "AA"}
    with pytest.raises(Problem) as found:
        jws.from_jwk(secret)
    assert found.value.code == "credential_malformed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "credential_malformed"),
        ("~", "credential_malformed"),
        ("a.b.c", "credential_malformed"),
        ("a.b~", "credential_malformed"),
        ("..~", "credential_malformed"),
        ("é.é.é~", "credential_malformed"),
        ("=.=.=~", "credential_malformed"),
        ("a" * 262_145, "credential_too_large"),
        (base64url(b'{"alg":"EdDSA","alg":"EdDSA"}') + ".e30.~", "credential_malformed"),
        (base64url(b'{"alg":NaN}') + ".e30.~", "credential_malformed"),
        (base64url(b"[" * 100_000) + ".e30.~", "credential_malformed"),
        (base64url(b"\xff\xfe") + ".e30.~", "credential_malformed"),
        (base64url(b"[]") + ".e30.~", "credential_malformed"),
    ],
    ids=range(13),
)
def test_what_is_no_credential_at_all(text: str, code: str) -> None:
    assert refused(Trial(), text, request=None) == code


def test_too_many_disclosures_and_too_deep_a_payload() -> None:
    trial = Trial()
    token, first, *_ = trial.issued().split(SEPARATOR)
    many = SEPARATOR.join([token, *[first] * 101, ""])
    assert refused(trial, many, request=None) == "credential_malformed"
    deep: Any = "x"
    for _ in range(17):
        deep = [deep]
    assert refused(trial, forged(trial, with_claim(deep=deep)), request=None) == (
        "credential_malformed"
    )


@pytest.mark.parametrize(
    "change", [with_claim(_sd="x"), with_claim(_sd=[1]), with_claim(_sd_alg="md5"),
               with_claim(**{"...": 1})],
)  # fmt: skip
def test_digests_of_another_form(change: Callable[[dict[str, Any]], None]) -> None:
    trial = Trial()
    changed = forged(trial, change, disclosures=[])
    assert refused(trial, changed, request=None) == "credential_malformed"


def test_a_league_without_a_charter_verifies_nothing() -> None:
    from hanse.foundation.credentials import Wanted, verify
    from hanse.mechanisms.league.view import LeagueView

    trial = Trial()
    with pytest.raises(Problem) as found:
        verify(
            trial.shown(),
            Wanted("urn:hanse:credential:trial:1"),
            at=NOW,
            key_of=LeagueView.empty(CITY).credential_key,
            status_tokens={},
        )
    assert found.value.code == "charter_not_in_force"
