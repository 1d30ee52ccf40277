"""The signatures of RFC 9421, appendix B: bases to the byte, Ed25519 made again to the byte."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from hanse.foundation.errors import Problem
from hanse.foundation.http_signatures import (
    RequestParts,
    ResponseParts,
    read_signature,
    signature_base,
    verify,
)
from hanse.foundation.keys import PrivateKey, PublicKey, from_secret

SAME_BASE = ["B21", "B23", "B24", "B25", "B26", "B27"]
SAME_SUITE = ["B24", "B26", "B27"]


@pytest.fixture(scope="session")
def appendix(shared_data: Path) -> dict[str, Any]:
    path = shared_data / "exchange_rfc9421" / "rfc9421_appendix_b.json"
    values = json.loads(path.read_bytes())
    assert isinstance(values, dict)
    return values


def vector(appendix: dict[str, Any], name: str) -> dict[str, Any]:
    return next(dict(found) for found in appendix["vectors"] if found["id"] == name)


def parts_of(appendix: dict[str, Any], found: dict[str, Any]) -> RequestParts | ResponseParts:
    request = appendix["messages"]["test-request"]
    url = urlsplit(request["url"])
    added = {"signature-input": found["signature_input"], "signature": found["signature"]}
    headers = {name.lower(): value for name, value in request["headers"].items()}
    asked = RequestParts(request["method"], url.netloc, url.path, headers | added, url.query)
    if found["message"] == "test-request":
        return asked
    response = appendix["messages"]["test-response"]
    headers = {name.lower(): value for name, value in response["headers"].items()}
    return ResponseParts(response["status"], headers | added, asked)


def public_key(appendix: dict[str, Any], name: str) -> PublicKey:
    key = load_pem_public_key(appendix["keys"][name]["public_pem"].encode())
    if isinstance(key, Ed25519PublicKey):
        return PublicKey("ed25519", key.public_bytes_raw())
    assert isinstance(key, EllipticCurvePublicKey)
    data = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return PublicKey("ecdsa-p256-sha256", data)


def ed25519_key(appendix: dict[str, Any]) -> PrivateKey:
    pem = appendix["keys"]["test-key-ed25519"]["private_pem_TEST_ONLY"]
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return from_secret("ed25519", key.private_bytes_raw())


@pytest.mark.parametrize("name", SAME_BASE)
def test_base_is_the_published_one(appendix: dict[str, Any], name: str) -> None:
    found = vector(appendix, name)
    parts = parts_of(appendix, found)
    base = signature_base(read_signature(parts.headers, found["label"]), parts)
    assert base.decode() == found["signature_base"]


@pytest.mark.parametrize("name", SAME_SUITE)
def test_published_signature_verifies_and_a_changed_one_does_not(
    appendix: dict[str, Any], name: str
) -> None:
    found = vector(appendix, name)
    parts = parts_of(appendix, found)
    signed = read_signature(parts.headers, found["label"])
    key = public_key(appendix, found["keyid"])
    base = signature_base(signed, parts)
    assert not verify(signed, base.replace(b"application/json", b"application/jsun"), key)
    assert not verify(signed, base + b"\n", key)
    assert verify(signed, base, key)


@pytest.mark.parametrize("name", ["B26", "B27"])
def test_rfc_9421_b_2_6_signature_is_made_to_the_byte(appendix: dict[str, Any], name: str) -> None:
    found = vector(appendix, name)
    parts = parts_of(appendix, found)
    signed = read_signature(parts.headers, found["label"])
    made = ed25519_key(appendix).sign(signature_base(signed, parts))
    assert made == signed.signature


def test_rfc_9421_b_2_2_needs_a_query_parameter_and_is_refused(appendix: dict[str, Any]) -> None:
    found = vector(appendix, "B22")
    with pytest.raises(Problem) as refused:
        read_signature(parts_of(appendix, found).headers, found["label"])
    assert refused.value.code == "signature_component_unsupported"
    assert "@query-param" in refused.value.detail.en


def test_appendix_signatures_lack_a_nonce_and_that_is_said(appendix: dict[str, Any]) -> None:
    found = vector(appendix, "B26")
    signed = read_signature(parts_of(appendix, found).headers, found["label"])
    assert (signed.created, signed.keyid) == (1618884473, "test-key-ed25519")
    for parameter in ("nonce", "tag"):
        with pytest.raises(Problem) as refused:
            getattr(signed, parameter)
        assert refused.value.values == {"parameter": parameter}
