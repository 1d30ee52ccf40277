"""Which signature a delivery must bear: whose key, when valid, over what, how fresh."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.http_signatures import RequestParts, SignatureParameters, sign
from hanse.foundation.keys import PrivateKey, generate
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.exchange.delivery import (
    DELIVERY_PATH,
    LABEL,
    REQUEST_COVERED,
    REQUEST_TAG,
    Sealed,
    Signer,
    seal_request,
)
from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.mechanisms.exchange.tables import deliveries, messages_in
from hanse.mechanisms.league import charter_proposals
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.charter import MemberKey
from hanse.mechanisms.league.documents import Signed
from hanse.mechanisms.league.documents import sign as sign_document
from tests.exchange.cities import AUTHORITY, Town

Pair = tuple[Town, Town]
UNSIGNED = ("signature", "signature-input")


def line(asker: Town) -> bytes:
    message = asker.exchange.new_message(
        Kind.REQUEST, "league.ping", "510600", {}, organisation="bureau", now=asker.clock.now
    )
    return message.to_line()


def sealed(asker: Town, signer: Signer | None = None, *, seconds: float = 0) -> Sealed:
    return seal_request(
        [line(asker)], signer or asker.signer, authority=AUTHORITY, charter_version=1,
        now=asker.clock.now + timedelta(seconds=seconds), nonce=asker.exchange.randomness(16),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanting(SignatureParameters):
    """Parameters as their text says, whatever is missing in it."""

    words: str = ""

    def text(self) -> str:
        return self.words


def signed_otherwise(
    asker: Town, *, words: str | None = None, covered: tuple[str, ...] = REQUEST_COVERED
) -> Sealed:
    """A delivery whose signature is good but says or covers something else."""
    good = sealed(asker)
    bare = {name: value for name, value in good.headers.items() if name not in UNSIGNED}
    created = int(asker.clock.now.timestamp())
    parameters = SignatureParameters(created, asker.signer.name, good.nonce, REQUEST_TAG)
    if words is not None:
        wanting = words.format(created=created, keyid=asker.signer.name)
        parameters = Wanting(created, asker.signer.name, good.nonce, REQUEST_TAG, wanting)
    parts = RequestParts("POST", AUTHORITY, DELIVERY_PATH, bare)
    made = sign(parts, covered, asker.key, parameters, LABEL)
    headers = bare | {"signature-input": made.signature_input, "signature": made.signature_field}
    return replace(good, headers=headers, parts=replace(parts, headers=headers))


def refused(asked: Town, delivery: Sealed, code: str) -> None:
    before = len(asked.rows(select(messages_in))), len(asked.rows(select(deliveries)))
    with pytest.raises(Problem, match=code):
        asked.take(delivery)
    after = len(asked.rows(select(messages_in))), len(asked.rows(select(deliveries)))
    assert after == before


def answered(asked: Town, delivery: Sealed) -> None:
    (reply,) = asked.take(delivery).body.splitlines()
    assert read_line(reply).kind is Kind.ANSWER


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_clock_may_differ_by_five_minutes_and_no_second_more(pair: Pair, seconds: int) -> None:
    asker, asked = pair
    asker.clock.advance(hours=1)  # the keys are valid from the start
    answered(asked, sealed(asker, seconds=seconds))
    refused(asked, sealed(asker, seconds=seconds + (1 if seconds > 0 else -1)), "clock_skewed")


def test_a_key_is_used_under_its_own_citys_name_alone(pair: Pair) -> None:
    asker, asked = pair
    refused(asked, sealed(asker, Signer("510600", "k1", asker.key)), "signature_wrong")
    refused(asked, sealed(asker, Signer("510100", "k1", asked.key)), "signature_wrong")
    refused(asked, sealed(asker, Signer("510100", "k2", asker.key)), "key_unknown")
    refused(asked, sealed(asker, Signer("519900", "k1", asker.key)), "key_unknown")
    answered(asked, sealed(asker))


WHOLE = ';created={created};keyid="{keyid}";nonce="n1";tag="hanse-delivery"'


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (WHOLE.replace(';nonce="n1"', ""), "signature_parameter_missing"),
        (WHOLE.replace(";created={created}", ""), "signature_parameter_missing"),
        (WHOLE.replace(';keyid="{keyid}"', ""), "signature_parameter_missing"),
        (WHOLE.replace(';tag="hanse-delivery"', ""), "signature_parameter_missing"),
        (WHOLE.replace("hanse-delivery", "hanse-answer"), "signature_wrong"),
        (WHOLE + ";expires={created}", None),
        (WHOLE + ";expires=1", "signature_expired"),
        (WHOLE.replace("{created}", "-1"), "clock_skewed"),
        (WHOLE.replace("{created}", '"now"'), "signature_malformed"),
        (WHOLE.replace('"n1"', '"' + "n" * 65 + '"'), "signature_malformed"),
        (WHOLE.replace('"n1"', '""'), "signature_malformed"),
        (WHOLE, None),
    ],
)
def test_what_a_signature_says_of_itself(pair: Pair, words: str, code: str | None) -> None:
    asker, asked = pair
    delivery = signed_otherwise(asker, words=words)
    if code is None:
        answered(asked, delivery)
    else:
        refused(asked, delivery, code)
        answered(asked, sealed(asker))


@pytest.mark.parametrize("left_out", REQUEST_COVERED)
def test_a_signature_that_leaves_something_out_is_refused(pair: Pair, left_out: str) -> None:
    asker, asked = pair
    covered = tuple(one for one in REQUEST_COVERED if one != left_out)
    refused(asked, signed_otherwise(asker, covered=covered), "signature_coverage_short")


@pytest.mark.parametrize("name", ["content-type", "hanse-charter", "content-digest", "hanse-root"])
def test_a_field_that_was_changed_on_the_way_is_refused(pair: Pair, name: str) -> None:
    asker, asked = pair
    good = sealed(asker)
    headers = good.headers | {name: "9"}
    assert good.parts is not None
    changed = replace(good, headers=headers, parts=replace(good.parts, headers=headers))
    refused(asked, changed, "signature_wrong|digest_mismatch")
    answered(asked, good)


@pytest.mark.parametrize(
    "changes",
    [{"authority": "other.test"}, {"path": "/hanse/v1/other"}, {"method": "PUT"}],
    ids=str,
)
def test_a_delivery_to_another_door_is_refused(pair: Pair, changes: dict[str, Any]) -> None:
    asker, asked = pair
    good = sealed(asker)
    assert good.parts is not None
    refused(asked, replace(good, parts=replace(good.parts, **changes)), "signature_wrong")


def rotate(towns: Pair, until_hours: float) -> PrivateKey:
    """Give the asker a second key; the first one ends after so many hours."""
    asker, asked = towns
    new = generate("ed25519", asker.exchange.randomness)
    now = asker.clock.now + timedelta(seconds=1)
    asker.clock.now = now
    with reading(asker.engine) as transaction:
        current = league_store.current_charter(transaction)
    assert current is not None
    key = MemberKey.model_validate(
        {"id": "k2", **new.public.as_dict(), "uses": ["exchange", "charter"], "valid_from": now}
    )
    next_charter = charter_proposals.with_key_replaced(
        current.document, "510100", "k1", key, issued_at=now,
        valid_until=now + timedelta(hours=until_hours),
    )  # fmt: skip
    signatures = (
        sign_document(next_charter, "510100", "k1", asker.key),
        sign_document(next_charter, "510100", "k2", new),
        sign_document(next_charter, "510600", "k1", asked.key),
    )
    document = Signed(next_charter, signatures).to_bytes()
    for town in towns:
        with committing(town.engine) as transaction:
            league_store.accept_charters(transaction, [document], current.digest, now)
    return new


def test_an_old_key_signs_until_its_overlap_ends(pair: Pair) -> None:
    asker, asked = pair
    before = Signer("510100", "k2", generate("ed25519"))
    refused(asked, sealed(asker, before), "key_unknown")
    new = Signer("510100", "k2", rotate(pair, until_hours=2))
    answered(asked, sealed(asker))
    answered(asked, sealed(asker, new))
    asker.clock.advance(hours=2)
    refused(asked, sealed(asker), "key_unknown")
    answered(asked, sealed(asker, new))
