"""Content-Digest fits its body and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.http_signatures import check_content_digest, content_digest

HELLO = b'{"hello": "world"}'
HELLO_DIGEST = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
# RFC 9530, appendix B: the same text with a line feed after it.
HELLO_LINE_DIGEST = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
SHA_512 = (
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm"
    "+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
)


def test_digest_of_the_rfc_messages() -> None:
    assert content_digest(HELLO) == HELLO_DIGEST
    assert content_digest(HELLO + b"\n") == HELLO_LINE_DIGEST
    assert content_digest(b"") == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"


@pytest.mark.parametrize(
    "header",
    [
        HELLO_DIGEST,
        f"{SHA_512}, {HELLO_DIGEST}",
        f"{HELLO_DIGEST},{SHA_512}",
        f"  {HELLO_DIGEST}\t,\t{SHA_512}  ",
        f"{HELLO_DIGEST};note=1, unknown=token",
    ],
)
def test_sha_256_among_the_members_is_what_counts(header: str) -> None:
    assert check_content_digest(header, HELLO)
    assert not check_content_digest(header, HELLO + b"\n")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha-256",
        "sha-256=::",
        SHA_512,
        HELLO_LINE_DIGEST,
        HELLO_DIGEST[:-1],
        HELLO_DIGEST.replace("=:", ":"),
        HELLO_DIGEST.replace("sha-256=:", "sha-256=:AA"),
        HELLO_DIGEST.replace("PE=:", "PF=:"),
        HELLO_DIGEST.replace(":", '"'),
        HELLO_DIGEST.replace("sha-256=", "sha-256=(") + ")",
        HELLO_DIGEST.upper(),
        f"{HELLO_DIGEST}, {HELLO_DIGEST}",
        f"{HELLO_LINE_DIGEST}, {HELLO_DIGEST}",
        f"{HELLO_DIGEST},",
        f"{HELLO_DIGEST}, broken=(",
        f"{HELLO_DIGEST}, a={'x' * 40_000}",
        "sha-256=:成都:",
    ],
)
def test_anything_else_is_no_digest_of_the_body(header: str) -> None:
    assert not check_content_digest(header, HELLO)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_digest_is_of_one_body(body: bytes, other: bytes) -> None:
    assert check_content_digest(content_digest(body), body)
    assert check_content_digest(content_digest(body), other) == (body == other)


@given(st.text(max_size=60))
def test_no_text_is_an_error(header: str) -> None:
    assert check_content_digest(header, HELLO) is False
