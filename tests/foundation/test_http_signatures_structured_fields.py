"""The reader of dictionaries agrees with http-sf, an independent implementation of RFC 9651."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import http_sf
import pytest
from http_sf.compat import Dictionary
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.foundation.http_signatures.structured_fields import (
    Date,
    DisplayString,
    InnerList,
    Item,
    Member,
    Token,
    quoted,
    read_dictionary,
    serialised,
)

KEYS = st.from_regex(r"[a-z*][a-z0-9_\-.*]{0,8}", fullmatch=True)
PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
BARE_ITEMS = st.one_of(
    st.booleans(),
    st.integers(-999_999_999_999_999, 999_999_999_999_999),
    st.decimals(-999_999_999_999, 999_999_999_999, places=3),
    PRINTABLE,
    st.from_regex(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]{0,8}", fullmatch=True).map(Token),
    st.binary(max_size=20),
    st.integers(-60_000_000_000, 250_000_000_000).map(Date),  # http-sf reads years 1 to 9999
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(DisplayString),
)
PARAMETERS = st.dictionaries(KEYS, BARE_ITEMS, max_size=3)
ITEMS = st.builds(Item, BARE_ITEMS, PARAMETERS, st.just(""))
LISTS = st.builds(InnerList, st.lists(ITEMS, max_size=4).map(tuple), PARAMETERS, st.just(""))
DICTIONARIES = st.dictionaries(KEYS, st.one_of(ITEMS, LISTS), max_size=4)
SYNTAX = st.text(st.sampled_from('ab1*-."\\:=;,()?@%\t .0_/'), max_size=24)


def plain(value: Any) -> Any:
    """A value of either reader in one form that keeps its type."""
    if isinstance(value, datetime):
        return "date", int(value.timestamp())
    if isinstance(value, Date):
        return "date", int(value)
    name = type(value).__name__.lower()
    return name, str(value) if name in ("token", "displaystring") else value


def plain_item(value: Any, parameters: dict[str, Any]) -> Any:
    return plain(value), {key: plain(found) for key, found in parameters.items()}


def plain_member(member: Member) -> Any:
    if isinstance(member, Item):
        return plain_item(member.value, member.parameters)
    items = [plain_item(item.value, item.parameters) for item in member.items]
    return items, {key: plain(found) for key, found in member.parameters.items()}


def by_the_other(text: str) -> dict[str, Any]:
    found = {}
    parsed: Any = http_sf.parse(text.encode(), tltype="dictionary")
    for key, (value, parameters) in parsed.items():
        if isinstance(value, list):
            items = [plain_item(*item) for item in value]
            found[key] = items, {name: plain(each) for name, each in parameters.items()}
        else:
            found[key] = plain_item(value, parameters)
    return found


def text_of(members: dict[str, Member]) -> str:
    return ", ".join(f"{key}={serialised(member)}" for key, member in members.items())


@given(DICTIONARIES)
def test_what_is_written_is_read(members: dict[str, Member]) -> None:
    read = read_dictionary(text_of(members))
    assert {key: plain_member(found) for key, found in read.items()} == {
        key: plain_member(member) for key, member in members.items()
    }
    assert all(serialised(found) == found.text for found in read.values())


@given(DICTIONARIES)
def test_http_sf_reads_and_writes_the_same(members: dict[str, Member]) -> None:
    text = text_of(members)
    ours = {key: plain_member(found) for key, found in read_dictionary(text).items()}
    assert ours == by_the_other(text)
    other = Dictionary()
    other.parse(text.encode())
    assert {key: str(other[key]) for key in other} == {
        key: serialised(found) for key, found in read_dictionary(text).items()
    }


@settings(max_examples=500)
@given(SYNTAX)
def test_no_text_is_read_otherwise_than_http_sf_reads_it(text: str) -> None:
    try:
        ours = {key: plain_member(found) for key, found in read_dictionary(text).items()}
    except ValueError:
        return
    assert ours == by_the_other(text)


@pytest.mark.parametrize(
    "text",
    [
        'a="x"',
        'a=("x";q=1 tok);c="s";d=:aGk=:, b;z=@5, e=1.5, g=?0',
        "  a  ",
        "a=1\t,\tb=2 ",
        "a=()",
        "a=(  1   2  )",
        'a=1; b;  c="d"',
        'a=%"f%c3%bc"',
        "*a=*",
        "a=-0.5",
        "",
    ],
)
def test_valid_text_is_read_as_http_sf_reads_it(text: str) -> None:
    ours = {key: plain_member(found) for key, found in read_dictionary(text).items()}
    assert ours == by_the_other(text)


@pytest.mark.parametrize(
    "text",
    [
        *("A=1", "a=", "a==1", "1a=1", "a=1,", ",a=1", "a=1,,b=2", "a=1 b=2", "a=1;", "\ta=1"),
        *("a=1;B=2", "a=1;b=", "a=(1", "a=1)", "a=(1,2)", "a=(1)2", 'a=(1"x")', "a=((1))"),
        *("a=1.", "a=.1", "a=1.2345", "a=1234567890123.1", "a=1234567890123456", "a=--1", "a=-"),
        *("a=?", "a=?2", "a=@", "a=@1.5", "a=:a:", "a=:aGk=", 'a="', 'a="\x7f"', 'a="\\n"'),
        *('a=%"%C3"', 'a=%"%ff"', 'a=%"%"', "a=%", "a={}", "a='x'", "a=ü", "a=1\n", "a\n=1"),
    ],
)
def test_broken_text_is_refused_by_both(text: str) -> None:
    with pytest.raises(ValueError):
        read_dictionary(text)
    with pytest.raises(ValueError):
        by_the_other(text)


@pytest.mark.parametrize("text", ["a=1, a=1", "a;b=1;b=1", "a=:aGk:", "a=:aGl=:"])
def test_text_with_a_second_reading_is_refused_though_the_rfc_allows_it(text: str) -> None:
    assert by_the_other(text)
    with pytest.raises(ValueError):
        read_dictionary(text)


def test_every_value_keeps_its_text() -> None:
    member = read_dictionary('x=1, s=( "a";  req;key="b"   tok );created=1;  keyid="k", y')["s"]
    assert isinstance(member, InnerList)
    assert member.text == '( "a";  req;key="b"   tok );created=1;  keyid="k"'
    assert [item.text for item in member.items] == ['"a";  req;key="b"', "tok"]
    assert serialised(member) == '("a";req;key="b" tok);created=1;keyid="k"'


def test_types_are_told_apart() -> None:
    members = read_dictionary('a=1, b=1.0, c="1", d=x, e=:MQ==:, f=?1, g=@1, h=%"1", i')
    values = [member.value for member in members.values() if isinstance(member, Item)]
    expected = [1, Decimal("1.0"), "1", Token("x"), b"1", True, Date(1), DisplayString("1"), True]
    assert values == expected
    assert [type(value) for value in values] == [type(value) for value in expected]


@pytest.mark.parametrize("text", ["成都", "a\nb", "\x7f", "\x00"])
def test_string_outside_printable_ascii_cannot_be_written(text: str) -> None:
    with pytest.raises(ValueError):
        quoted(text)


@given(PRINTABLE)
def test_quoted_text_is_read_back(text: str) -> None:
    member = read_dictionary(f"a={quoted(text)}")["a"]
    assert isinstance(member, Item)
    assert member.value == text


def test_long_runs_are_read_in_time() -> None:
    """No input within the limit makes the reader slow: a few milliseconds each."""
    for text in (" " * 30_000, "a=" + "(" * 30_000, 'a="' + "\\" * 30_000, "a=1;" + " " * 30_000):
        with pytest.raises(ValueError):
            read_dictionary(text + "!")
    with pytest.raises(ValueError, match="too long"):
        read_dictionary(" " * 40_000)
