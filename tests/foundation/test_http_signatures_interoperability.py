"""http-message-signatures, an independent implementation, verifies ours; we verify its own."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import http_message_signatures as outside
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from hanse.foundation.http_signatures import (
    RequestParts,
    ResponseParts,
    SignatureParameters,
    check_content_digest,
    content_digest,
    read_signature,
    require_covered,
    sign,
    signature_base,
    verify,
)
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import PrivateKey, generate

BODY = b'{"id":"1"}\n'
KEYID = "510100/exchange-1"
PARAMETERS = SignatureParameters(1772353800, KEYID, "00ff" * 8, "hanse-delivery")
COVERED = (
    *('"@method"', '"@authority"', '"@path"', '"@query"', '"@target-uri"', '"@scheme"'),
    *('"content-type"', '"content-digest"', '"hanse-root"', '"hanse-list";key="b"'),
)
ANSWER_COVERED = (
    *('"@status"', '"content-digest"', '"@method";req', '"@path";req', '"@authority";req'),
    *('"content-digest";req', '"signature";req;key="hanse"', '"hanse-list";key="c";req'),
)
ALGORITHMS = {
    "ed25519": outside.algorithms.ED25519,
    "ecdsa-p256-sha256": outside.algorithms.ECDSA_P256_SHA256,
}
Change = Callable[["Message"], None]


class Message:
    """A request as the other library takes it; it writes its fields into `headers`."""

    def __init__(self) -> None:
        self.method = "POST"
        self.url = "https://Chengdu.example:443/hanse/v1/deliveries?a=b"
        self.headers = {
            "content-type": "application/x-ndjson",
            "content-digest": content_digest(BODY),
            "hanse-root": "  :AAAA: ",
            "hanse-list": "a=1,  b=2;x;y=1.50 , c=(d   e)",
        }

    def parts(self) -> RequestParts:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = "/hanse/v1/deliveries"
        authority = self.url.split("/")[2]
        return RequestParts(self.method, authority, path, headers, "a=b")


class Answer:
    """A response as the other library takes it."""

    def __init__(self, request: Message) -> None:
        self.status_code = 200
        self.request = request
        self.url = request.url
        self.headers = {"content-digest": content_digest(b"{}\n")}

    def parts(self) -> ResponseParts:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return ResponseParts(self.status_code, headers, self.request.parts())


@pytest.fixture(params=sorted(ALGORITHMS))
def key(request: pytest.FixtureRequest) -> PrivateKey:
    return generate(request.param, seeded_randomness(request.param))


def resolver(key: PrivateKey) -> Any:
    private: Any
    public: Any
    if key.suite == "ed25519":
        private = Ed25519PrivateKey.from_private_bytes(key.secret)
        public = Ed25519PublicKey.from_public_bytes(key.public.data)
    else:
        private = derive_private_key(int.from_bytes(key.secret, "big"), SECP256R1())
        public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.public.data)
    return outside.MappingKeyResolver(public_keys={KEYID: public}, private_keys={KEYID: private})


def sign_ourselves(message: Message | Answer, covered: tuple[str, ...], key: PrivateKey) -> None:
    made = sign(message.parts(), covered, key, PARAMETERS, "hanse")
    message.headers["Signature-Input"] = made.signature_input
    message.headers["Signature"] = made.signature_field


def sign_outside(
    message: Message | Answer,
    covered: tuple[str, ...],
    key: PrivateKey,
    *,
    include_alg: bool = True,
) -> None:
    outside.HTTPMessageSigner(
        signature_algorithm=ALGORITHMS[key.suite], key_resolver=resolver(key)
    ).sign(
        message,
        key_id=KEYID,
        created=datetime.fromtimestamp(PARAMETERS.created, UTC),
        nonce=PARAMETERS.nonce,
        tag=PARAMETERS.tag,
        label="hanse",
        include_alg=include_alg,
        covered_component_ids=covered,
        use_existing_digest=True,
    )


def verify_outside(message: Message | Answer, key: PrivateKey, covered: tuple[str, ...]) -> Any:
    verifier = outside.HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[key.suite], key_resolver=resolver(key)
    )
    return verifier.verify(
        message, max_age=None, expect_tag=PARAMETERS.tag, require_components=covered
    )


def verify_ourselves(message: Message | Answer, key: PrivateKey, covered: tuple[str, ...]) -> bool:
    parts = message.parts()
    signed = read_signature(parts.headers, "hanse")
    require_covered(signed, covered)
    assert (signed.created, signed.keyid) == (PARAMETERS.created, PARAMETERS.keyid)
    assert (signed.nonce, signed.tag) == (PARAMETERS.nonce, PARAMETERS.tag)
    return verify(signed, signature_base(signed, parts), key.public)


def change_method(message: Message) -> None:
    message.method = "PUT"


def change_authority(message: Message) -> None:
    message.url = message.url.replace("Chengdu", "Deyang")


def change_field(message: Message) -> None:
    message.headers["hanse-root"] = ":AAAB:"


def change_member(message: Message) -> None:
    message.headers["hanse-list"] = "a=1, b=2;x;y=1.6, c=(d e)"


def change_created(message: Message) -> None:
    name = next(name for name in message.headers if name.lower() == "signature-input")
    message.headers[name] = message.headers[name].replace("1772353800", "1772353801")


CHANGES = [change_method, change_authority, change_field, change_member, change_created]


@pytest.mark.parametrize("change", CHANGES)
def test_outside_library_refuses_our_request_when_changed(key: PrivateKey, change: Change) -> None:
    message = Message()
    sign_ourselves(message, COVERED, key)
    change(message)
    with pytest.raises(outside.InvalidSignature):
        verify_outside(message, key, COVERED)


def test_outside_library_verifies_our_request(key: PrivateKey) -> None:
    message = Message()
    sign_ourselves(message, COVERED, key)
    found = verify_outside(message, key, COVERED)
    assert [result.nonce for result in found] == [PARAMETERS.nonce]


def test_outside_library_verifies_our_answer_to_its_request_alone(key: PrivateKey) -> None:
    request = Message()
    sign_ourselves(request, COVERED, key)
    answer = Answer(request)
    sign_ourselves(answer, ANSWER_COVERED, key)
    other = Message()
    other.headers["hanse-root"] = ":BBBB:"
    sign_ourselves(other, COVERED, key)
    answer.request = other
    with pytest.raises(outside.InvalidSignature):
        verify_outside(answer, key, ANSWER_COVERED)
    answer.request = request
    assert len(verify_outside(answer, key, ANSWER_COVERED)) == 1


@pytest.mark.parametrize("change", CHANGES[:4])
def test_we_refuse_the_outside_library_s_request_when_changed(
    key: PrivateKey, change: Change
) -> None:
    message = Message()
    sign_outside(message, COVERED, key)
    change(message)
    assert not verify_ourselves(message, key, COVERED)


def test_we_verify_the_outside_library_s_request(key: PrivateKey) -> None:
    message = Message()
    sign_outside(message, COVERED, key)
    assert ';alg="' in "".join(message.headers.values())
    assert verify_ourselves(message, key, COVERED)


def test_we_verify_the_outside_library_s_answer_to_its_request_alone(key: PrivateKey) -> None:
    request = Message()
    sign_outside(request, COVERED, key)
    answer = Answer(request)
    sign_outside(answer, ANSWER_COVERED, key)
    other = Message()
    other.headers["hanse-root"] = ":BBBB:"
    sign_outside(other, COVERED, key)
    answer.request = other
    assert not verify_ourselves(answer, key, ANSWER_COVERED)
    answer.request = request
    assert verify_ourselves(answer, key, ANSWER_COVERED)


def test_outside_library_and_we_make_the_same_ed25519_signature() -> None:
    """The same text in the same order, so the same bytes."""
    key = generate("ed25519", seeded_randomness("same"))
    ours, theirs = Message(), Message()
    sign_ourselves(ours, COVERED, key)
    sign_outside(theirs, COVERED, key, include_alg=False)
    assert ours.headers["Signature-Input"] == theirs.headers["Signature-Input"]
    assert ours.headers["Signature"] == theirs.headers["Signature"]


def test_digests_of_both_are_of_the_same_body() -> None:
    message = Message()
    del message.headers["content-digest"]
    outside.ContentDigest().prepare(message.headers, BODY, use_existing_digest=False)
    header = {name.lower(): value for name, value in message.headers.items()}["content-digest"]
    assert not check_content_digest(header, BODY + b"\n")
    assert check_content_digest(header, BODY)
