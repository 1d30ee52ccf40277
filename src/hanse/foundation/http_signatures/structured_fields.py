"""Dictionaries of RFC 9651 (which holds RFC 8941), read without losing their text.

Every type is read: integers, decimals, strings, tokens, byte sequences, booleans, dates, display
strings, inner lists, parameters. Each value keeps the slice of text that it was read from,
because signatures are over text. Two things that the RFC lets pass are refused: a key that comes
twice, where the RFC lets the last win, and base64 that is not in its one canonical form. Signed
text must have one reading.
"""

import binascii
import re
from base64 import b64decode, b64encode
from decimal import Decimal
from typing import Final, NamedTuple

FIELD_CHARS_MAX: Final = 32_768
MEMBERS_MAX: Final = 64
ITEMS_MAX: Final = 64
PARAMETERS_MAX: Final = 32


class Token(str):
    """A token: a word without quotes."""

    __slots__ = ()


class Date(int):
    """A date: seconds since 1970."""

    __slots__ = ()


class DisplayString(str):
    """A text that may hold any character of Unicode."""

    __slots__ = ()


BareItem = bool | int | Decimal | str | bytes
Parameters = dict[str, BareItem]


class Item(NamedTuple):
    """One value with its parameters, and the text of both."""

    value: BareItem
    parameters: Parameters
    text: str


class InnerList(NamedTuple):
    """Several items in parentheses with their parameters, and the text of all."""

    items: tuple[Item, ...]
    parameters: Parameters
    text: str


Member = Item | InnerList

_KEY: Final = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_BETWEEN: Final = re.compile(r"[ \t]*(?:(?P<comma>,)[ \t]*|\Z)")
_BARE_ITEM: Final = re.compile(
    r'"(?P<string>(?:[ !#-\[\]-~]|\\["\\])*)"'
    r"|:(?P<bytes>[A-Za-z0-9+/=]*):"
    r"|\?(?P<boolean>[01])"
    r"|(?P<decimal>-?[0-9]{1,12}\.[0-9]{1,3})"
    r"|(?P<integer>-?[0-9]{1,15})"
    r"|@(?P<date>-?[0-9]{1,15})"
    r"|(?P<token>[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*)"
    r'|%"(?P<display>(?:[ !#$&-~]|%[0-9a-f]{2})*)"'
)
_ESCAPE: Final = re.compile(r"\\(.)")
_PERCENT: Final = re.compile(rb"%([0-9a-f]{2})")


def read_dictionary(text: str) -> dict[str, Member]:
    """The members of a Dictionary (RFC 9651, 4.2.2); ValueError where it is none."""
    if len(text) > FIELD_CHARS_MAX:
        raise ValueError("field is too long")
    return _Reader(text.lstrip(" ")).dictionary()


def serialised(member: Member) -> str:
    """The canonical text of a member (RFC 9651, 4.1), as a component with `key` has it."""
    if isinstance(member, Item):
        return _bare(member.value) + _parameters(member.parameters)
    items = " ".join(_bare(item.value) + _parameters(item.parameters) for item in member.items)
    return f"({items})" + _parameters(member.parameters)


def quoted(text: str) -> str:
    """A String (RFC 9651, 4.1.6); ValueError for text outside printable ASCII."""
    if not (text.isascii() and text.isprintable()):
        raise ValueError("a string of a structured field is printable ASCII")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Reader:
    """A position in a text, moved on by what is read there."""

    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def dictionary(self) -> dict[str, Member]:
        members: dict[str, Member] = {}
        while self.at < len(self.text):
            key = self._key()
            if key in members:
                raise ValueError("key comes twice")
            members[key] = self._member()
            if len(members) > MEMBERS_MAX:
                raise ValueError("too many members")
            between = _BETWEEN.match(self.text, self.at)
            if between is None:
                raise ValueError("no comma after a member")
            self.at = between.end()
            if between["comma"] and self.at == len(self.text):
                raise ValueError("no member after a comma")
        return members

    def _member(self) -> Member:
        start = self.at
        if not self._skips("="):
            parameters = self._parameters()
            return Item(True, parameters, self.text[start : self.at])
        if self.text.startswith("(", self.at):
            return self._inner_list()
        return self._item()

    def _inner_list(self) -> InnerList:
        start = self.at
        self.at += 1
        items: list[Item] = []
        while True:
            spaced = self._skip_spaces() or not items
            if self._skips(")"):
                parameters = self._parameters()
                return InnerList(tuple(items), parameters, self.text[start : self.at])
            if not spaced or len(items) == ITEMS_MAX:
                raise ValueError("no space between items, or too many items")
            items.append(self._item())

    def _item(self) -> Item:
        start = self.at
        value = self._bare_item()
        parameters = self._parameters()
        return Item(value, parameters, self.text[start : self.at])

    def _parameters(self) -> Parameters:
        parameters: Parameters = {}
        while self._skips(";"):
            self._skip_spaces()
            key = self._key()
            if key in parameters:
                raise ValueError("parameter comes twice")
            parameters[key] = self._bare_item() if self._skips("=") else True
            if len(parameters) > PARAMETERS_MAX:
                raise ValueError("too many parameters")
        return parameters

    def _bare_item(self) -> BareItem:
        match = _BARE_ITEM.match(self.text, self.at)
        if match is None:
            raise ValueError("no value")
        self.at = match.end()
        kind = match.lastgroup or ""
        return _value(kind, match[kind])

    def _key(self) -> str:
        match = _KEY.match(self.text, self.at)
        if match is None:
            raise ValueError("no key")
        self.at = match.end()
        return match[0]

    def _skips(self, character: str) -> bool:
        if self.text.startswith(character, self.at):
            self.at += 1
            return True
        return False

    def _skip_spaces(self) -> bool:
        start = self.at
        while self._skips(" "):
            pass
        return self.at > start


def _value(kind: str, text: str) -> BareItem:
    """The value of a bare item that matched as `kind`."""
    match kind:
        case "string":
            return _ESCAPE.sub(r"\1", text) if "\\" in text else text
        case "bytes":
            return canonical_base64(text)
        case "boolean":
            return text == "1"
        case "integer":
            return int(text)
        case "decimal":
            return Decimal(text)
        case "date":
            return Date(text)
        case "token":
            return Token(text)
        case _:
            octets = _PERCENT.sub(lambda match: bytes([int(match[1], 16)]), text.encode())
            return DisplayString(octets.decode())


def canonical_base64(text: str) -> bytes:
    """The bytes of padded base64 in its one canonical form; ValueError for any other."""
    try:
        data = b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("broken base64") from None
    if b64encode(data).decode("ascii") != text:
        raise ValueError("base64 is not canonical")
    return data


def _parameters(parameters: Parameters) -> str:
    parts = []
    for key, value in parameters.items():
        parts.append(f";{key}" if value is True else f";{key}={_bare(value)}")
    return "".join(parts)


def _bare(value: BareItem) -> str:
    """The canonical text of a value. Its own classes come before those they derive from."""
    match value:
        case bool():
            return "?1" if value else "?0"
        case bytes():
            return f":{b64encode(value).decode('ascii')}:"
        case Date():
            return f"@{int(value)}"
        case int():
            return str(value)
        case Decimal():
            text = f"{value:.3f}".rstrip("0")
            return text + "0" if text.endswith(".") else text
        case Token():
            return str(value)
        case DisplayString():
            return '%"' + "".join(_display(octet) for octet in value.encode()) + '"'
        case _:
            return quoted(value)


def _display(octet: int) -> str:
    """One octet of a display string (RFC 9651, 4.1.11)."""
    plain = 0x20 <= octet <= 0x7E and octet not in b'%"'
    return chr(octet) if plain else f"%{octet:02x}"
