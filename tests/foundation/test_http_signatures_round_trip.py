"""What is signed verifies, and nothing else: requests, responses, and the tie between them."""

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.http_signatures import (
    RequestParts,
    ResponseParts,
    SignatureParameters,
    content_digest,
    read_signature,
    require_covered,
    sign,
    sign_request,
    sign_response,
    signature_base,
    verify,
)
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import SUITES, PublicKey, generate

LABEL = "hanse"
KEY = generate("ed25519", seeded_randomness("signer"))
PARAMETERS = SignatureParameters(1772353800, "510100/exchange-1", "00ff" * 8, "hanse-delivery")
REQUEST_COVERED = (
    *('"@method"', '"@authority"', '"@path"', '"content-type"', '"content-digest"'),
    *('"hanse-root"', '"hanse-charter"'),
)
RESPONSE_COVERED = (
    *('"@status"', '"content-type"', '"content-digest"', '"@method";req', '"@path";req'),
    *('"content-digest";req', f'"signature";req;key="{LABEL}"'),
)
BODY = b'{"id":"1"}\n'


def request_parts() -> RequestParts:
    headers = {
        "content-type": "application/x-ndjson",
        "content-digest": content_digest(BODY),
        "hanse-root": ":AAAA:",
        "hanse-charter": "3",
    }
    return RequestParts("POST", "chengdu.example:8443", "/hanse/v1/deliveries", headers)


def signed_request() -> RequestParts:
    parts = request_parts()
    signature_input, signature = sign_request(parts, REQUEST_COVERED, KEY, PARAMETERS, LABEL)
    added = {"signature-input": signature_input, "signature": signature}
    return replace(parts, headers={**parts.headers, **added})


def signed_response(request: RequestParts) -> ResponseParts:
    headers = {"content-type": "application/x-ndjson", "content-digest": content_digest(b"{}\n")}
    parts = ResponseParts(200, headers, request)
    signature_input, signature = sign_response(parts, RESPONSE_COVERED, KEY, PARAMETERS, LABEL)
    added = {"signature-input": signature_input, "signature": signature}
    return replace(parts, headers={**headers, **added})


def accepted(parts: RequestParts | ResponseParts, key: PublicKey = KEY.public) -> bool:
    signed = read_signature(parts.headers, LABEL)
    return verify(signed, signature_base(signed, parts), key)


def with_header(parts: RequestParts, name: str, value: str) -> RequestParts:
    return replace(parts, headers={**parts.headers, name: value})


def test_request_is_signed_and_read_back() -> None:
    parts = signed_request()
    signed = read_signature(parts.headers, LABEL)
    require_covered(signed, REQUEST_COVERED)
    assert (signed.created, signed.keyid, signed.nonce, signed.tag) == (
        *(PARAMETERS.created, PARAMETERS.keyid, PARAMETERS.nonce, PARAMETERS.tag),
    )
    assert tuple(component.text for component in signed.components) == REQUEST_COVERED
    assert accepted(parts)


def test_evidence_is_the_exact_text_that_was_signed() -> None:
    made = sign(request_parts(), REQUEST_COVERED, KEY, PARAMETERS, LABEL)
    parts = with_header(request_parts(), "signature-input", made.signature_input)
    parts = with_header(parts, "signature", made.signature_field)
    signed = read_signature(parts.headers, LABEL)
    assert signature_base(signed, parts) == made.base
    assert signed.signature == made.signature
    assert KEY.public.verify(made.signature, made.base)
    assert made.base.decode() == (
        '"@method": POST\n'
        '"@authority": chengdu.example:8443\n'
        '"@path": /hanse/v1/deliveries\n'
        '"content-type": application/x-ndjson\n'
        f'"content-digest": {content_digest(BODY)}\n'
        '"hanse-root": :AAAA:\n'
        '"hanse-charter": 3\n'
        '"@signature-params": ("@method" "@authority" "@path" "content-type" "content-digest" '
        '"hanse-root" "hanse-charter");created=1772353800;keyid="510100/exchange-1"'
        f';nonce="{"00ff" * 8}";tag="hanse-delivery"'
    )


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_every_suite_signs_requests(suite: str) -> None:
    key = generate(suite, seeded_randomness(suite))
    made = sign(request_parts(), REQUEST_COVERED, key, PARAMETERS, LABEL)
    parts = with_header(request_parts(), "signature-input", made.signature_input)
    parts = with_header(parts, "signature", made.signature_field)
    assert not accepted(replace(parts, method="PUT"), key.public)
    assert accepted(parts, key.public)


@pytest.mark.parametrize(
    "changed",
    [
        replace(signed_request(), method="PUT"),
        replace(signed_request(), authority="deyang.example:8443"),
        replace(signed_request(), path="/hanse/v1/deliveries/"),
        with_header(signed_request(), "content-type", "application/json"),
        with_header(signed_request(), "content-digest", content_digest(b"{}")),
        with_header(signed_request(), "hanse-root", ":AAAB:"),
        with_header(signed_request(), "hanse-charter", "4"),
    ],
)
def test_changed_request_does_not_verify(changed: RequestParts) -> None:
    assert not accepted(changed)


def test_what_is_not_covered_may_change() -> None:
    parts = with_header(replace(signed_request(), query="a=b"), "user-agent", "x")
    assert accepted(parts)


@pytest.mark.parametrize("name", ["content-type", "content-digest", "hanse-root"])
def test_covered_field_that_is_taken_out_is_missed(name: str) -> None:
    parts = signed_request()
    headers = {key: value for key, value in parts.headers.items() if key != name}
    with pytest.raises(Problem) as refused:
        accepted(replace(parts, headers=headers))
    assert refused.value.code == "signature_component_missing"
    assert name in refused.value.detail.zh


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("created=1772353800", "created=1772353801"),
        ('keyid="510100/exchange-1"', 'keyid="510600/exchange-1"'),
        ('nonce="00ff', 'nonce="00fe'),
        ('tag="hanse-delivery"', 'tag="hanse-answer"'),
        ('"@method" "@authority"', '"@authority" "@method"'),
        ('("@method" ', "("),
        (";created", ';alg="ed25519";created'),
        ('"@method" "@auth', '"@method"  "@auth'),
        (";created", "; created"),
    ],
)
def test_changed_parameters_do_not_verify(old: str, new: str) -> None:
    parts = signed_request()
    changed = parts.headers["signature-input"].replace(old, new)
    assert changed != parts.headers["signature-input"]
    assert not accepted(with_header(parts, "signature-input", changed))


def test_signature_of_another_key_does_not_verify() -> None:
    assert not accepted(signed_request(), generate("ed25519", seeded_randomness("x")).public)


@pytest.mark.parametrize(
    ("alg", "expected"),
    [('"ed25519"', True), ('"ecdsa-p256-sha256"', False), ('""', False), ("ed25519", False)],
)
def test_stated_algorithm_must_be_the_key_s(alg: str, expected: bool) -> None:
    raw = f'("@method");created=1;alg={alg}'
    signature = KEY.sign(f'"@method": POST\n"@signature-params": {raw}'.encode())
    parts = with_header(request_parts(), "signature-input", f"hanse={raw}")
    parts = with_header(parts, "signature", f"hanse=:{b64encode(signature).decode()}:")
    assert accepted(parts) is expected


def test_expiry_is_told_and_left_to_the_caller() -> None:
    headers = {"signature-input": "hanse=();expires=5", "signature": "hanse=:AAAA:"}
    assert read_signature(headers, LABEL).expires == 5
    assert read_signature(signed_request().headers, LABEL).expires is None
    headers["signature-input"] = 'hanse=();expires="5"'
    with pytest.raises(Problem) as refused:
        _ = read_signature(headers, LABEL).expires
    assert refused.value.code == "signature_malformed"


def test_signature_beside_others_is_found_by_its_label() -> None:
    """Even when the others use what this profile refuses."""
    parts = signed_request()
    signature_input = 'first=("@path" "x";tr);created=5, ' + parts.headers["signature-input"]
    parts = with_header(parts, "signature-input", signature_input + ", last")
    parts = with_header(parts, "signature", parts.headers["signature"] + ", first=:AAAA:")
    assert accepted(parts)


def test_answer_is_tied_to_its_request() -> None:
    request = signed_request()
    response = signed_response(request)
    require_covered(read_signature(response.headers, LABEL), RESPONSE_COVERED)
    assert accepted(response)
    for other in (
        replace(request, method="PUT"),
        replace(request, path="/other"),
        with_header(request, "content-digest", content_digest(b"other")),
        with_header(request, "signature", request.headers["signature"].replace("=:", "=:AAAA", 1)),
    ):
        assert not accepted(replace(response, request=other))
    assert not accepted(replace(response, status=201))


def test_answer_to_a_request_without_signature_is_refused() -> None:
    response = signed_response(signed_request())
    with pytest.raises(Problem) as refused:
        accepted(replace(response, request=request_parts()))
    assert refused.value.code == "signature_component_missing"


def test_answer_may_be_tied_to_one_signature_among_several() -> None:
    request = signed_request()
    response = signed_response(request)
    more = with_header(request, "signature", "first=:AAAA:, " + request.headers["signature"])
    assert accepted(replace(response, request=more))


@pytest.mark.parametrize("left_out", range(len(REQUEST_COVERED)))
def test_signature_that_covers_too_little_is_refused(left_out: int) -> None:
    covered = [name for at, name in enumerate(REQUEST_COVERED) if at != left_out]
    made = sign(request_parts(), covered, KEY, PARAMETERS, LABEL)
    headers = {"signature-input": made.signature_input, "signature": made.signature_field}
    signed = read_signature(headers, LABEL)
    require_covered(signed, covered)
    with pytest.raises(Problem) as refused:
        require_covered(signed, REQUEST_COVERED)
    assert refused.value.code == "signature_coverage_short"
    assert refused.value.values == {"missing": REQUEST_COVERED[left_out]}


def test_coverage_does_not_mind_the_order_of_parameters() -> None:
    headers = {"signature-input": 'hanse=("signature";key="a";req)', "signature": "hanse=:AAAA:"}
    signed = read_signature(headers, LABEL)
    require_covered(signed, ['"signature";req;key="a"'])
    with pytest.raises(Problem):
        require_covered(signed, ['"signature";req;key="b"'])
    with pytest.raises(Problem):
        require_covered(signed, ['"signature";key="a"'])


@pytest.mark.parametrize(
    ("covered", "parameters", "label"),
    [
        (('"@method"', '"@method"'), PARAMETERS, LABEL),
        (("@method",), PARAMETERS, LABEL),
        (('"@method"',), replace(PARAMETERS, keyid="成都"), LABEL),
        (('"@method"',), replace(PARAMETERS, nonce="a\nb"), LABEL),
        (('"@method"',), PARAMETERS, "Hanse"),
        (('"@method"',), PARAMETERS, ""),
        (('"@method"',), PARAMETERS, "a" * 65),
    ],
)
def test_signature_that_nobody_could_read_is_not_made(
    covered: tuple[str, ...], parameters: SignatureParameters, label: str
) -> None:
    with pytest.raises(ValueError):
        sign(request_parts(), covered, KEY, parameters, label)


def test_component_that_is_not_there_is_not_signed() -> None:
    with pytest.raises(Problem) as refused:
        sign(request_parts(), ('"date"',), KEY, PARAMETERS, LABEL)
    assert refused.value.code == "signature_component_missing"


VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)
NAMES = st.from_regex(r"x-[a-z0-9-]{1,10}", fullmatch=True)


@settings(deadline=None)
@given(
    headers=st.dictionaries(NAMES, VALUES, min_size=1, max_size=6),
    method=st.sampled_from(["GET", "POST", "PUT"]),
    path=st.from_regex(r"/[a-zA-Z0-9%/._-]{0,20}", fullmatch=True),
    strings=st.tuples(VALUES, VALUES, VALUES),
    created=st.integers(0, 2**40),
    data=st.data(),
)
def test_any_message_is_signed_and_read_back_and_no_other(
    headers: dict[str, str],
    method: str,
    path: str,
    strings: tuple[str, str, str],
    created: int,
    data: st.DataObject,
) -> None:
    available = ['"@method"', '"@path"', *(f'"{name}"' for name in headers)]
    covered = data.draw(st.lists(st.sampled_from(available), unique=True))
    parameters = SignatureParameters(created, *strings)
    parts = RequestParts(method, "example.com", path, headers)
    made = sign(parts, covered, KEY, parameters, LABEL)
    added = {"signature-input": made.signature_input, "signature": made.signature_field}
    sent = replace(parts, headers={**headers, **added})
    signed = read_signature(sent.headers, LABEL)
    assert (signed.created, signed.keyid, signed.nonce, signed.tag) == (created, *strings)
    assert signature_base(signed, sent) == made.base
    assert accepted(sent)
    name = data.draw(st.sampled_from(sorted(headers)))
    changed = with_header(sent, name, headers[name].strip() + "!")
    assert accepted(changed) is (f'"{name}"' not in covered)
