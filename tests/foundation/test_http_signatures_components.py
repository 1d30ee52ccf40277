"""The values of covered components, as RFC 9421 section 2 derives them."""

import pytest

from hanse.foundation.errors import Problem
from hanse.foundation.http_signatures import RequestParts, ResponseParts, combined
from hanse.foundation.http_signatures.components import component_named, value_of

REQUEST = RequestParts(
    "POST",
    "WWW.Example.com:443",
    "/path",
    {
        "content-type": "  application/json\t",
        "example-dict": "  a=1,    b=2;x=1;y=2,   c=(a   b   c), d",
        "signature": "hanse=:AAAA:, other=:BBBB:",
    },
    "param=value",
)
RESPONSE = ResponseParts(503, {"content-type": "text/plain"}, REQUEST)


def value(text: str, parts: RequestParts | ResponseParts = REQUEST) -> str:
    return value_of(component_named(text), parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"@method"', "POST"),
        ('"@authority"', "www.example.com"),
        ('"@scheme"', "https"),
        ('"@path"', "/path"),
        ('"@query"', "?param=value"),
        ('"@target-uri"', "https://WWW.Example.com:443/path?param=value"),
        ('"content-type"', "application/json"),
    ],
)
def test_rfc_9421_section_2_component_of_a_request(text: str, expected: str) -> None:
    assert value(text) == expected
    assert value(f"{text};req", RESPONSE) == expected


@pytest.mark.parametrize(
    ("key", "expected"), [("a", "1"), ("d", "?1"), ("b", "2;x=1;y=2"), ("c", "(a b c)")]
)
def test_rfc_9421_section_2_1_2_member_of_a_dictionary(key: str, expected: str) -> None:
    assert value(f'"example-dict";key="{key}"') == expected


def test_component_of_a_response() -> None:
    assert value('"@status"', RESPONSE) == "503"
    assert value('"content-type"', RESPONSE) == "text/plain"
    assert value('"signature";req;key="hanse"', RESPONSE) == ":AAAA:"


@pytest.mark.parametrize("text", ['"@method"', '"@authority"', '"@path"', '"@status";req'])
def test_component_that_the_response_lacks_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        value(text, RESPONSE)
    assert refused.value.code == "signature_component_unsupported"


@pytest.mark.parametrize(
    ("scheme", "authority", "expected"),
    [
        ("https", "example.com:443", "example.com"),
        ("https", "example.com:80", "example.com:80"),
        ("http", "example.com:80", "example.com"),
        ("http", "example.com:8080", "example.com:8080"),
        ("HTTPS", "[2001:DB8::443]:443", "[2001:db8::443]"),
        ("https", "[2001:db8::443]", "[2001:db8::443]"),
    ],
)
def test_authority_is_lower_case_without_its_scheme_s_port(
    scheme: str, authority: str, expected: str
) -> None:
    parts = RequestParts("GET", authority, "/", {}, scheme=scheme)
    assert value('"@authority"', parts) == expected


def test_empty_path_and_query() -> None:
    bare = RequestParts("GET", "example.com", "", {})
    assert value('"@path"', bare) == "/"
    assert value('"@query"', bare) == "?"
    assert value('"@target-uri"', bare) == "https://example.com/"
    asked = RequestParts("GET", "example.com", "/a%2Fb", {}, "")
    assert value('"@path"', asked) == "/a%2Fb"
    assert value('"@target-uri"', asked) == "https://example.com/a%2Fb?"


def test_rfc_9421_section_2_1_field_lines_are_joined() -> None:
    assert combined(["  max-age=60 ", "\t   must-revalidate"]) == "max-age=60, must-revalidate"
    assert combined(["Obsolete\r\n    line folding.  "]) == "Obsolete line folding."
    assert combined(["", " "]) == ", "
    assert combined([]) == ""


def test_empty_field_is_there_and_empty() -> None:
    assert value('"x-empty"', RequestParts("GET", "a", "/", {"x-empty": "  "})) == ""


@pytest.mark.parametrize(
    "text", ["@method", '"@method" "@path"', '("@method")', '"@method";', "", '"@method", b="x"']
)
def test_text_that_is_not_one_component_is_a_programmer_s_error(text: str) -> None:
    with pytest.raises((ValueError, Problem)):
        component_named(text)


def test_parameters_in_either_order_name_the_same_component() -> None:
    one = component_named('"signature";req;key="hanse"')
    two = component_named('"signature";key="hanse";req')
    assert one.identity == two.identity
    assert one.text != two.text
    assert one.identity != component_named('"signature";key="hanse"').identity
    assert component_named('"@path";req=?0').identity == component_named('"@path"').identity


@pytest.mark.parametrize(
    "text",
    [
        *('"@method";req=1', '"@method";req="x"', '"@method";req=?1;name="a"', '"a";key=1'),
        f'"a";key="{"x" * 256}"',
    ],
)
def test_parameter_of_another_type_or_length_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        component_named(text)
    assert refused.value.code == "signature_component_unsupported"
