"""The parts of a message that a signature can cover, and their values (RFC 9421, 2).

A component is named by its text: `"@method"`, `"content-digest"`, `"signature";req;key="a"`.
Derived components: `@method`, `@authority`, `@scheme`, `@target-uri`, `@path`, `@query` of a
request, `@status` of a response. Of the parameters, `req` takes the component from the request
that a response answers, and `key` takes one member of a field that is a Dictionary. What else
the RFC has is refused: for each there would be one more way to misread a message.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from hanse.foundation.errors import Problem
from hanse.foundation.http_signatures.problems import (
    SIGNATURE_COMPONENT_MISSING,
    SIGNATURE_COMPONENT_UNSUPPORTED,
    SIGNATURE_MALFORMED,
)
from hanse.foundation.http_signatures.structured_fields import (
    Item,
    read_dictionary,
    serialised,
)

FIELD_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9a-z]{1,128}")
DEFAULT_PORTS: Final = {"https": ":443", "http": ":80"}
COMPONENT_CHARS_MAX: Final = 256
SHOWN_CHARS_MAX: Final = 80


@dataclass(frozen=True, slots=True)
class RequestParts:
    """What a request shows a signature.

    `authority` is host and port as in Host, `path` is as sent, percent-encoding untouched,
    `headers` have names in lower case, and values joined by `combined` where a field came in
    several lines. `query` is what follows `?`, None where there is no `?`.
    """

    method: str
    authority: str
    path: str
    headers: Mapping[str, str]
    query: str | None = None
    scheme: str = "https"


@dataclass(frozen=True, slots=True)
class ResponseParts:
    """What a response shows a signature, with the request that it answers."""

    status: int
    headers: Mapping[str, str]
    request: RequestParts


Parts = RequestParts | ResponseParts


@dataclass(frozen=True, slots=True)
class Component:
    """A covered component. Its text is the identifier; two texts may name the same one."""

    name: str
    of_request: bool
    key: str | None
    text: str

    @property
    def identity(self) -> tuple[str, bool, str | None]:
        """What it names, whatever the order of its parameters (RFC 9421, 2)."""
        return self.name, self.of_request, self.key


@lru_cache(maxsize=256)
def component_named(text: str) -> Component:
    """The component of a text such as `"@method";req`. Remembered: messages repeat them.

    Raises ValueError where the text is no item, `signature_component_unsupported` where it names
    nothing that is supported.
    """
    item = read_dictionary(f"a={text}")["a"]
    if not isinstance(item, Item) or item.text != text:
        raise ValueError(f"not one component: {text}")
    return _component(item)


def combined(lines: Iterable[str]) -> str:
    """The value of a field from its lines in order (RFC 9421, 2.1; RFC 9110, 5.2)."""
    return ", ".join(_canonical(line) for line in lines)


def value_of(component: Component, parts: Parts) -> str:
    """A component's value in a message.

    Raises `signature_component_missing`, `signature_component_unsupported` where such a message
    has no such component, `signature_malformed` where a field with `key` is no Dictionary.
    """
    if isinstance(parts, ResponseParts):
        if component.of_request:
            return _value_in_request(component, parts.request)
        if component.name == "@status":
            return str(parts.status)
        if component.name in _DERIVED:
            raise _unsupported(component.text)
        return _field(component, parts.headers)
    if component.of_request:
        raise _unsupported(component.text)
    return _value_in_request(component, parts)


def _component(item: Item) -> Component:
    """The component that an item names, if it is one of those that are supported."""
    name, parameters = item.value, item.parameters
    of_request, key = parameters.get("req", False), parameters.get("key")
    # Tokens, dates and display strings are no names though they derive from str and int.
    if type(name) is not str or not (name in _DERIVED or FIELD_NAME.fullmatch(name)):
        raise _unsupported(item.text)
    if not parameters.keys() <= {"req", "key"} or type(of_request) is not bool:
        raise _unsupported(item.text)
    if key is not None and (type(key) is not str or name in _DERIVED):
        raise _unsupported(item.text)
    # A joined Set-Cookie cannot be taken apart again: its values hold commas (RFC 9421, 7.5.6).
    if name == "set-cookie" or len(item.text) > COMPONENT_CHARS_MAX:
        raise _unsupported(item.text)
    return Component(name, of_request, key, item.text)


def _value_in_request(component: Component, request: RequestParts) -> str:
    if component.name not in _DERIVED:
        return _field(component, request.headers)
    derive = _DERIVED[component.name]
    if derive is None:
        raise _unsupported(component.text)
    return derive(request)


def _field(component: Component, headers: Mapping[str, str]) -> str:
    value = headers.get(component.name)
    if value is None:
        raise _missing(component.text)
    if component.key is None:
        return _canonical(value)
    try:
        member = read_dictionary(_canonical(value)).get(component.key)
    except ValueError as error:
        raise SIGNATURE_MALFORMED(field=component.name, reason=str(error)) from None
    if member is None:
        raise _missing(component.text)
    return serialised(member)


def _canonical(line: str) -> str:
    """A field line without surrounding space, obsolete folds become one space."""
    if "\n" in line:
        first, *folded = line.split("\r\n")
        if all(part.startswith((" ", "\t")) for part in folded):
            line = " ".join(part.strip(" \t") for part in (first, *folded))
    return line.strip(" \t")


def _authority(request: RequestParts) -> str:
    """The host in lower case, without the scheme's own port (RFC 9421, 2.2.3)."""
    port = DEFAULT_PORTS.get(request.scheme.lower(), "")
    return request.authority.lower().removesuffix(port)


def _target_uri(request: RequestParts) -> str:
    """The absolute URI as it was asked for: only `@authority` is normalised (RFC 9421, 2.2.2)."""
    query = "" if request.query is None else f"?{request.query}"
    return f"{request.scheme}://{request.authority}{request.path or '/'}{query}"


_DERIVED: Final[Mapping[str, Callable[[RequestParts], str] | None]] = {
    "@method": lambda request: request.method,
    "@authority": _authority,
    "@scheme": lambda request: request.scheme.lower(),
    "@target-uri": _target_uri,
    "@path": lambda request: request.path or "/",
    "@query": lambda request: f"?{request.query or ''}",
    "@status": None,
}


def _unsupported(text: str) -> Problem:
    return SIGNATURE_COMPONENT_UNSUPPORTED(
        component=text[:SHOWN_CHARS_MAX], supported=", ".join(_DERIVED)
    )


def _missing(text: str) -> Problem:
    return SIGNATURE_COMPONENT_MISSING(component=text[:SHOWN_CHARS_MAX])
