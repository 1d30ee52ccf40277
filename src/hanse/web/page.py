"""A page as it is declared: where it stands, who may see it, what it shows and what it takes.

From the declaration come the route, the menu, the refusal of everybody else, the protection of its
form and the probe that tries it as each person who must not see it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hanse.foundation.languages import Text
from hanse.node.people.who import Kind

if TYPE_CHECKING:
    from hanse.web.acts import Act
    from hanse.web.visit import Visit

FORM_BYTES_MAX: Final = 65_536
"""What a form may weigh unless its page says otherwise."""
QUERIES_MAX: Final = 12
"""What a page may ask of the store unless it says otherwise, whatever the store holds."""

ANYBODY: Final = frozenset(Kind)
SIGNED_IN: Final = frozenset(Kind) - {Kind.VISITOR}
RESIDENTS: Final = frozenset({Kind.RESIDENT})
OFFICERS: Final = frozenset({Kind.OFFICER})
JOINT_OFFICE: Final = frozenset({Kind.JOINT})
OPERATORS: Final = frozenset({Kind.OPERATOR})


@dataclass(frozen=True)
class Shown:
    """A page that is shown: its template and what the template is given."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Sent:
    """Bytes that are no page, such as a file to keep."""

    body: bytes
    media_type: str
    file_name: str | None = None
    """Where given, the browser keeps it under this name and shows nothing."""


@dataclass(frozen=True)
class GoTo:
    """The browser is sent to another page (303) of this node, or of `abroad`."""

    path: str
    begins: str = ""
    """The secret of a session that begins."""
    ends: bool = False
    """Whether the session ends."""
    flow: str | None = None
    """What the browser keeps of a sign-in elsewhere while it lasts; empty takes it away."""
    abroad: str = ""
    """The whole address of a sign-in elsewhere: configured, never taken from a request."""


Result = Shown | Sent | GoTo
Handler = Callable[["Visit"], Awaitable[Result]]


@dataclass(frozen=True)
class Page:
    """One page."""

    name: str
    """Unique; templates link to it with `url_of(name, ...)`."""
    path: str
    """Begins with a slash; `{word}` takes one part of an address."""
    title: Text
    show: Handler
    submit: Handler | None = None
    """What its form does; the form's protection has been checked when it is called."""
    access: frozenset[Kind] = ANYBODY
    needs: tuple[str, ...] = ()
    """Operations that the rights of an officer must cover, all of them, to see the page."""
    in_menu: bool = False
    menu_title: Text | None = None
    """What the menu calls it, where that is not its title."""
    under: str = ""
    """The page of the menu that this one belongs to, by name."""
    in_submenu: bool = False
    """Whether the second line of the menu leads to it, from the page that it is under."""
    queries_max: int = QUERIES_MAX
    """So many statements it may put to the store when it is shown; a test counts them."""
    form_bytes_max: int = FORM_BYTES_MAX
    proved: bool = False
    """Whether the person must have proved it lately to see it and send its form (step-up)."""
    gives_file: bool = False
    """Whether it gives a file to keep and shows no page."""
    example: Mapping[str, str] = field(default_factory=dict)
    """Values for the words of its path, with which the probe and the walk try it."""

    def address(self, **values: str) -> str:
        """The path with its words filled, each as one part."""
        from urllib.parse import quote

        return self.path.format(**{name: quote(value, safe="") for name, value in values.items()})


@dataclass(frozen=True)
class Section:
    """A group of pages of one package, with their templates."""

    name: str
    title: Text
    pages: tuple[Page, ...]
    package: str
    """The Python package whose folder `templates` has the section's templates: `name/file.html`."""
    acts: "tuple[Act, ...]" = ()
    """What one person proposes and another confirms."""
