"""Certificates of entitlement between cities, and the uniform measures that they compare."""

from typing import Any

import pytest

from hanse.foundation.credentials import Request, jws, present
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import generate
from hanse.services.social.retirees.measures import MEASURES
from tests.exchange.cities import Town
from tests.retirees.towns import (
    CHECKER,
    PAYER,
    PERSON,
    approval,
    done,
    exchange_all,
    refused,
    replies,
)

Towns = dict[str, Town]
ONE = {"citizen_id": PERSON}
HOLDER = generate("ed25519", seeded_randomness("a generated holder"))


def issued(towns: Towns) -> str:
    payer = towns[PAYER]
    done(payer, "retirees.approve", approval())
    found = done(payer, "retirees.certificate", {**ONE, "holder": jws.to_jwk(HOLDER.public)})
    assert found["expires_on"] == "2027-11-25"
    credential: str = found["credential"]
    return credential


def fetch(towns: Towns) -> None:
    done(towns[CHECKER], "retirees.fetch_status_list", {"city": PAYER})
    exchange_all(towns)


def shown(towns: Towns, credential: str, *names: str) -> dict[str, Any]:
    nonce = "nonce-of-this-desk"
    request = Request(f"urn:hanse:{CHECKER}", nonce)
    at = towns[PAYER].clock.now
    text = present(credential, names, request=request, key=HOLDER, at=at)
    return {"presentation": text, "nonce": nonce}


def test_another_city_checks_a_certificate_without_asking_anybody(towns: Towns) -> None:
    credential = issued(towns)
    fetch(towns)
    checker = towns[CHECKER]
    waiting = len(replies(checker, "retirees.status_list"))
    found = done(checker, "retirees.check_certificate", shown(towns, credential))
    assert found == {
        "city": PAYER,
        "schemes": ["employee_pension"],
        "certified_on": "2026-11-25",
        "valid_until": "2027-11-25",
        "name": None,
        "citizen_id": None,
    }
    named = done(checker, "retirees.check_certificate", shown(towns, credential, "citizen_id"))
    assert named["citizen_id"] == PERSON
    assert named["name"] is None
    assert len(replies(checker, "retirees.status_list")) == waiting
    assert checker.waiting(PAYER) == []


def test_the_city_itself_checks_with_its_own_newest_word(towns: Towns) -> None:
    credential = issued(towns)
    payer = towns[PAYER]
    plain = {"presentation": present(credential, ["name"])}
    assert done(payer, "retirees.check_certificate", plain)["city"] == PAYER
    report = {**ONE, "reporter": "family", "kind": "death", "lost_on": "2026-11-25"}
    done(payer, "retirees.report_loss", report)
    assert refused(payer, "retirees.check_certificate", plain) == "credential_suspended"


def test_without_a_status_list_or_with_an_old_one_nothing_is_believed(towns: Towns) -> None:
    credential = issued(towns)
    checker = towns[CHECKER]
    code = refused(checker, "retirees.check_certificate", shown(towns, credential))
    assert code == "credential_status_missing"
    fetch(towns)
    done(checker, "retirees.check_certificate", shown(towns, credential))
    towns[PAYER].clock.advance(hours=12)
    code = refused(checker, "retirees.check_certificate", shown(towns, credential))
    assert code == "credential_status_stale"


def test_a_suspected_loss_suspends_it_and_a_confirmed_one_revokes_it(towns: Towns) -> None:
    credential = issued(towns)
    payer, checker = towns[PAYER], towns[CHECKER]
    payer.clock.advance(days=40)
    report = {**ONE, "reporter": "employer", "kind": "death", "lost_on": "2027-01-03"}
    done(payer, "retirees.report_loss", report)
    fetch(towns)
    code = refused(checker, "retirees.check_certificate", shown(towns, credential))
    assert code == "credential_suspended"
    assert refused(payer, "retirees.certificate", ONE) == "retirees_not_certified"
    deaths = [{"source": "civil", "died_on": "2027-01-03"}]
    done(payer, "retirees.confirm_loss", {**ONE, "kind": "death", "deaths": deaths})
    payer.clock.advance(hours=1)
    fetch(towns)
    code = refused(checker, "retirees.check_certificate", shown(towns, credential))
    assert code == "credential_revoked"


def test_who_was_seen_again_has_a_certificate_that_counts_again(towns: Towns) -> None:
    credential = issued(towns)
    payer, checker = towns[PAYER], towns[CHECKER]
    payer.clock.advance(days=10)
    report = {**ONE, "reporter": "family", "kind": "death", "lost_on": "2026-12-01"}
    done(payer, "retirees.report_loss", report)
    seen = {
        **ONE, "evidence_id": "E9", "name": "生成的退休人员", "kind": "face",
        "channel": "self_service", "on": "2026-12-05", "source": "x", "face_score": 95,
    }  # fmt: skip
    done(payer, "retirees.certify", seen)
    fetch(towns)
    assert done(checker, "retirees.check_certificate", shown(towns, credential))


def test_a_new_certificate_revokes_the_one_before(towns: Towns) -> None:
    first = issued(towns)
    second = done(towns[PAYER], "retirees.certificate", ONE)["credential"]
    fetch(towns)
    checker = towns[CHECKER]
    plain = {"presentation": present(second, [])}
    assert done(checker, "retirees.check_certificate", plain)
    code = refused(checker, "retirees.check_certificate", shown(towns, first))
    assert code == "credential_revoked"


def test_a_certificate_ends_with_its_certification(towns: Towns) -> None:
    credential = issued(towns)
    towns[PAYER].clock.advance(days=365, hours=14, minutes=59)
    fetch(towns)
    checker = towns[CHECKER]
    assert done(checker, "retirees.check_certificate", shown(towns, credential))
    towns[PAYER].clock.advance(minutes=1)
    code = refused(checker, "retirees.check_certificate", shown(towns, credential))
    assert code == "credential_expired"
    assert refused(towns[PAYER], "retirees.certificate", ONE) == "retirees_not_certified"


def test_a_thief_without_the_holders_key_is_refused(towns: Towns) -> None:
    credential = issued(towns)
    fetch(towns)
    shown_plain = {"presentation": present(credential, []), "nonce": "nonce-of-this-desk"}
    code = refused(towns[CHECKER], "retirees.check_certificate", shown_plain)
    assert code == "credential_binding_missing"


@pytest.mark.parametrize("holder", [{}, {"kty": "oct"}, {"kty": "OKP", "crv": "Ed25519", "x": "!"}])
def test_a_holders_key_of_another_form_is_refused(towns: Towns, holder: dict[str, str]) -> None:
    payer = towns[PAYER]
    done(payer, "retirees.approve", approval())
    asked = {**ONE, "holder": holder}
    assert refused(payer, "retirees.certificate", asked) == "credential_malformed"


def test_a_city_without_a_key_for_credentials_issues_none(towns: Towns) -> None:
    payer = towns[PAYER]
    done(payer, "retirees.approve", approval())
    payer.exchange.credential_keys = {}
    assert refused(payer, "retirees.certificate", ONE) == "credential_key_missing"


def test_a_list_under_another_citys_name_is_not_kept(towns: Towns) -> None:
    from sqlalchemy import select

    from hanse.foundation.credentials.tables import kept_lists
    from hanse.services.social.retirees.certificate import LISTS

    issued(towns)
    fetch(towns)
    checker = towns[CHECKER]
    (before,) = checker.rows(select(kept_lists))
    assert before.uri == f"urn:hanse:{PAYER}:status-list:retirees:0"
    from dataclasses import dataclass

    from hanse.foundation.store.transaction import committing
    from hanse.mechanisms.exchange.message import Party

    @dataclass
    class Caller:
        caller: Party
        now: Any

    forged = {"uri": before.uri, "token": "forged"}
    kept = LISTS.answer_handlers()["retirees.status_list"]
    with committing(checker.engine) as transaction:
        kept(transaction, forged, Caller(Party("510100", "x"), checker.clock.now))
    (after,) = checker.rows(select(kept_lists))
    assert tuple(after) == tuple(before)


def test_two_cities_compare_their_measures_and_see_every_difference(towns: Towns) -> None:
    payer, checker = towns[PAYER], towns[CHECKER]
    own = done(payer, "retirees.measures", {})
    assert own["digest"] == MEASURES.books[-1].digest
    payer.ask(CHECKER, "retirees.compare_measures", {"book": own["book"]},
              purpose="uniform-measures")  # fmt: skip
    changed = {**own["book"]}
    changed["matters"] = [dict(one) for one in changed["matters"]]
    changed["matters"][0]["papers"] = [*changed["matters"][0]["papers"], "photograph"]
    payer.ask(CHECKER, "retirees.compare_measures", {"book": changed}, purpose="uniform-measures")
    exchange_all(towns)
    same, other = replies(payer, "retirees.compare_measures")
    assert same.data["same"] is True
    assert same.data["digest"] == own["digest"]
    assert other.data["same"] is False
    (difference,) = other.data["differences"]
    assert difference.startswith("matters.employee_pension.papers")
    assert "photograph" in difference
    assert checker.errors == []
