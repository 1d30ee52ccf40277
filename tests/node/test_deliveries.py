"""What another city's delivery must be: everything else is refused, and nothing changes."""

import re
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from sqlalchemy import func, select

from hanse.foundation.clock import wall_clock
from hanse.foundation.http_signatures import content_digest
from hanse.foundation.identity import base64url, system_randomness
from hanse.foundation.keys import Keystore, generate
from hanse.foundation.merkle import root
from hanse.mechanisms.exchange.delivery import DELIVERY_PATH, Sealed, Signer, seal_request
from hanse.mechanisms.exchange.message import Kind, Message, Party, commitment, read_line, stamp
from hanse.mechanisms.exchange.tables import deliveries, messages_in, messages_out
from hanse.node.config import load
from tests.node.running import Answer, Running, send

SENDER, RECEIVER = "510100", "510600"


def ping(**changes: Any) -> bytes:
    values: dict[str, Any] = {
        "id": system_randomness(16).hex(),
        "kind": Kind.REQUEST,
        "operation": "league.ping",
        "sender": Party(SENDER, SENDER),
        "recipient": RECEIVER,
        "time": stamp(wall_clock()),
        "salt": base64url(system_randomness(16)),
        "data": {},
    }
    return Message(**(values | changes)).to_line()


def signer(zone: Running, city: str = SENDER) -> Signer:
    config = load(zone.folder / city / "node.toml")
    return Signer(city, "k1", Keystore(config.keys_folder).load("k1", config.passphrase()))


def sealed(
    zone: Running, lines: list[bytes], *, by: Signer | None = None, late: float = 0.0
) -> Sealed:
    return seal_request(
        lines,
        by or signer(zone),
        authority=urlsplit(zone.zone.addresses[RECEIVER]).netloc,
        charter_version=1,
        now=wall_clock() - timedelta(seconds=late),
        nonce=system_randomness(16),
    )


def deliver(zone: Running, delivery: Sealed, body: bytes | None = None, **headers: str) -> Answer:
    fields = delivery.headers | {name.replace("_", "-"): value for name, value in headers.items()}
    url = zone.zone.addresses[RECEIVER] + DELIVERY_PATH
    return send("POST", url, delivery.body if body is None else body, fields)


@pytest.fixture(autouse=True)
def greeted(zone: Running) -> None:
    """What the sender's own node says after its start has arrived, so that nothing else changes."""
    node = zone.zone.nodes[SENDER]

    def settled(transaction: Any) -> bool:
        query = select(messages_out.c.state).where(messages_out.c.peer == RECEIVER)
        states = [row.state for row in transaction.rows(query)]
        return bool(states) and "pending" not in states

    for _ in range(200):
        if zone.run(node.read(settled)):
            return
        time.sleep(0.05)
    pytest.fail("the sender's greeting did not arrive")


def records(zone: Running) -> tuple[int, int]:
    """How many messages and deliveries the receiver has recorded from the sender."""
    node = zone.zone.nodes[RECEIVER]

    def count(transaction: Any) -> tuple[int, int]:
        return tuple(
            transaction.value(select(func.count()).select_from(table).where(table.c.peer == SENDER))
            for table in (messages_in, deliveries)
        )

    return zone.run(node.read(count))


def test_a_signed_delivery_is_answered_and_its_answer_is_signed(zone: Running) -> None:
    answer = deliver(zone, sealed(zone, [ping(), ping()]))
    assert answer.status == 200
    kinds = [read_line(line).kind for line in answer.body.splitlines()]
    assert kinds == [Kind.ANSWER, Kind.ANSWER]
    assert "Signature" in answer.headers or "signature" in answer.headers


def _wrong_key(zone: Running) -> Answer:
    return deliver(zone, sealed(zone, [ping()], by=Signer(SENDER, "k1", generate("ed25519"))))


def _tampered(zone: Running) -> Answer:
    delivery = sealed(zone, [ping()])
    return deliver(zone, delivery, delivery.body.replace(b"league.ping", b"league.pong"))


def _other_charter_field(zone: Running) -> Answer:
    return deliver(zone, sealed(zone, [ping()]), hanse_charter="7")


def _unknown_city(zone: Running) -> Answer:
    stranger = Signer("519900", "k1", generate("ed25519"))
    return deliver(zone, sealed(zone, [ping()], by=stranger))


def _late(zone: Running) -> Answer:
    return deliver(zone, sealed(zone, [ping()], late=301))


def _early(zone: Running) -> Answer:
    return deliver(zone, sealed(zone, [ping()], late=-310))


def _unsigned(zone: Running) -> Answer:
    body = ping() + b"\n"
    url = zone.zone.addresses[RECEIVER] + DELIVERY_PATH
    return send("POST", url, body, {"content-type": "application/x-ndjson"})


def _million(zone: Running) -> Answer:
    delivery = sealed(zone, [ping()])
    return deliver(zone, delivery, b"{}\n" * 1_000_000)


def _empty(zone: Running) -> Answer:
    return deliver(zone, sealed(zone, [ping()]), b"\n")


def _bomb(zone: Running) -> Answer:
    line = ping()[:-3] + b"[" * 2_000 + b"]" * 2_000 + b"}"
    return deliver(zone, sealed(zone, [line]))


def _garbage(zone: Running) -> Answer:
    return deliver(zone, sealed(zone, [b"not JSON"]))


@pytest.mark.parametrize(
    ("attack", "status", "code"),
    [
        (_wrong_key, 401, "signature_wrong"),
        (_tampered, 400, "digest_mismatch"),
        (_other_charter_field, 401, "signature_wrong"),
        (_unknown_city, 401, "key_unknown"),
        (_late, 401, "clock_skewed"),
        (_early, 401, "clock_skewed"),
        (_unsigned, 401, "signature_missing"),
        (_million, 413, "delivery_too_large"),
        (_empty, 400, "delivery_empty"),
        (_bomb, 400, "message_malformed"),
        (_garbage, 400, "message_malformed"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_an_attack_is_refused_by_its_code_and_changes_nothing(
    zone: Running, attack: Callable[[Running], Answer], status: int, code: str
) -> None:
    before = records(zone)
    answer = attack(zone)
    assert (answer.status, answer.data["code"]) == (status, code)
    assert answer.data["texts"]["hint"]["zh"]
    assert records(zone) == before
    assert zone.is_alive(RECEIVER)


def test_a_replayed_delivery_is_refused(zone: Running) -> None:
    delivery = sealed(zone, [ping()])
    assert deliver(zone, delivery).status == 200
    before = records(zone)
    again = deliver(zone, delivery)
    assert (again.status, again.data["code"]) == (409, "delivery_replayed")
    assert records(zone) == before


def test_the_same_message_in_another_delivery_is_answered_from_the_record(zone: Running) -> None:
    line = ping()
    first = deliver(zone, sealed(zone, [line]))
    again = deliver(zone, sealed(zone, [line]))
    assert first.body == again.body


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipient": "510700"}, "wrong_recipient"),
        ({"sender": Party("510700", "510700")}, "sender_mismatch"),
        ({"operation": "no.such"}, "operation_unknown"),
        ({"operation": "credit.publish"}, "operation_not_for_other_cities"),
        ({"operation": "credit.record", "data": {}}, "purpose_required"),
        (
            {"operation": "credit.record", "purpose": "marketing", "data": {}},
            "purpose_not_granted",
        ),
        (
            {
                "operation": "credit.record",
                "purpose": "tendering",
                "sender": Party(SENDER, "stranger"),
            },
            "organisation_not_granted",
        ),
        (
            {
                "operation": "credit.record",
                "purpose": "tendering",
                "sender": Party(SENDER, "tendering"),
                "data": {"subject": "wrong"},
            },
            "data_invalid",
        ),
        ({"kind": Kind.RECEIPT}, "kind_unexpected"),
        ({"kind": Kind.ANSWER, "in_reply_to": "nothing"}, "answer_unasked"),
    ],
)
def test_a_message_alone_is_refused_and_the_others_are_answered(
    zone: Running, changes: dict[str, Any], code: str
) -> None:
    answer = deliver(zone, sealed(zone, [ping(), ping(**changes), ping()]))
    replies = [read_line(line) for line in answer.body.splitlines()]
    assert [one.kind for one in replies] == [Kind.ANSWER, Kind.REFUSAL, Kind.ANSWER]
    assert replies[1].data["code"] == code


class Keys(HTTPSignatureKeyResolver):
    """The charter's keys as the outside library asks for them."""

    def __init__(self, zone: Running) -> None:
        self.zone = zone

    def resolve_public_key(self, key_id: str) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        city, _, name = key_id.partition("/")
        node = self.zone.zone.nodes[RECEIVER]
        key = node.league.exchange_key(city, name, wall_clock())
        assert key is not None
        native = Ed25519PublicKey.from_public_bytes(key.data)
        return native.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def resolve_private_key(self, key_id: str) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        native = Ed25519PrivateKey.from_private_bytes(signer(self.zone).key.secret)
        return native.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def outside_request(zone: Running, body: bytes, headers: dict[str, str]) -> Any:
    url = zone.zone.addresses[RECEIVER] + DELIVERY_PATH
    return requests.Request("POST", url, data=body, headers=headers).prepare()


def test_an_outside_library_verifies_our_delivery_and_rejects_a_tampered_one(
    zone: Running,
) -> None:
    delivery = sealed(zone, [ping()])
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Keys(zone))
    tampered = outside_request(zone, delivery.body, delivery.headers | {"hanse-charter": "9"})
    tampered.headers["Host"] = urlsplit(tampered.url).netloc
    with pytest.raises(InvalidSignature):
        verifier.verify(tampered, max_age=timedelta(minutes=5))
    good = outside_request(zone, delivery.body, delivery.headers)
    good.headers["Host"] = urlsplit(good.url).netloc
    (result,) = verifier.verify(good, max_age=timedelta(minutes=5))
    assert result.parameters["tag"] == "hanse-delivery"


def test_a_delivery_signed_by_an_outside_library_is_answered(zone: Running) -> None:
    line = ping()
    body = line + b"\n"
    named = b64encode(root([commitment(line)])).decode()
    headers = {
        "content-type": "application/x-ndjson",
        "content-digest": content_digest(body),
        "hanse-root": f":{named}:",
        "hanse-charter": "1",
    }
    request = outside_request(zone, body, headers)
    request.headers["Host"] = urlsplit(request.url).netloc
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys(zone)).sign(
        request,
        key_id=f"{SENDER}/k1",
        covered_component_ids=(
            "@method", "@authority", "@path", "content-type", "content-digest", "hanse-root",
            "hanse-charter",
        ),
        label="hanse",
        tag="hanse-delivery",
        nonce=system_randomness(16).hex(),
        include_alg=True,
        use_existing_digest=True,
    )  # fmt: skip
    fields = {name.lower(): value for name, value in request.headers.items()}
    url = zone.zone.addresses[RECEIVER] + DELIVERY_PATH
    broken = re.sub(r"hanse=:.{4}", "hanse=:AAAA", fields["signature"])
    assert send("POST", url, body, fields | {"signature": broken}).status == 401
    answer = send("POST", url, body, fields)
    assert answer.status == 200, answer.body
    assert read_line(answer.body.splitlines()[0]).kind is Kind.ANSWER
