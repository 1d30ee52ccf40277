"""What a service shows to people: layers of the map, parts of the resident's page and of the desk.

A service cannot know the pages of a node, and need not. It declares a part as pure functions: one
says which operations are called for whoever looks, one makes plain blocks of what they answered.
So rights, agreements, evidence and record of a page are those of the operations. The pages render
the blocks, in the reader's language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.faces import FaceCall, Outcome, Refused

HAPPENINGS_MAX = 50
"""So many happenings of one layer are shown; the rest is counted."""


class Tone(StrEnum):
    """How a mark looks. Its words say the same, so colour alone tells nothing."""

    PLAIN = "plain"
    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


@dataclass(frozen=True)
class Mark:
    """A state in words."""

    words: Text
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Link:
    """A way to another page of this node; `path` begins with one slash."""

    words: Text | str
    path: str

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or self.path.startswith(("//", "/\\")):
            raise ValueError("a link leads to a page of this node")


Value = Text | str | int | datetime | date | Money | Mark | Link | None
"""What stands in a cell. A plain string is data and is shown as it is, whatever is in it."""


@dataclass(frozen=True)
class Table:
    """Rows under titled columns, and what is said where there are none."""

    caption: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Value, ...], ...]
    empty: Text

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of “{self.caption.en}” has another number of cells")


@dataclass(frozen=True)
class Facts:
    """Names and values of one thing."""

    caption: Text
    pairs: tuple[tuple[Text, Value], ...]


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: Text


Block = Table | Facts | Words


@dataclass(frozen=True)
class Happening:
    """What goes on now in a city, as anybody may know it."""

    city: str
    words: Text
    at: datetime
    tone: Tone = Tone.PLAIN
    weight: int = 0
    """Above zero, the map draws a line from this node's city to that one, the wider the more."""


@dataclass(frozen=True)
class MapLayer:
    """A layer of the public map.

    `read` is given a transaction that can't write and the time; it gives at most `HAPPENINGS_MAX`
    happenings, newest first, of what this city has published or was told to publish. It names no
    person: whatever it gives, the whole world reads.
    """

    name: str
    title: Text
    empty: Text
    read: Callable[[Transaction, datetime], Sequence[Happening]]


@dataclass(frozen=True)
class Need:
    """What a person or an enterprise wants, in their own words; the portal leads from it."""

    words: Text
    place: str = ""
    """A page of this node where it is met, or the service's own page."""

    def __post_init__(self) -> None:
        if self.place:
            Link(self.words, self.place)


@dataclass(frozen=True)
class Publication:
    """What a service makes public in words and tables.

    `read` is given a transaction that can't write and the time. As with a layer, whatever it gives
    the whole world reads, so it names nobody whose name the law keeps, and is bounded.
    """

    name: str
    title: Text
    read: Callable[[Transaction, datetime], Sequence[Block]]


@dataclass(frozen=True)
class CredentialCheck:
    """How anybody checks a kind of credential at the portal.

    The operation takes the credential as `presentation` and reads only the charter and status
    lists: nothing is recorded, and nobody's data of this city is touched.
    """

    kind: str
    """The credential's `vct`."""
    title: Text
    operation: str


@dataclass(frozen=True)
class Viewer:
    """Who looks at a part, and when."""

    city: str
    organisation: str
    now: datetime
    person: str | None = None
    """The resident's identity number, as the sign-in made sure of it; officers have none."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What was asked for in the page's address, such as a search; not to be trusted."""
    city_names: Mapping[str, Text] = field(default_factory=dict)

    def city_name(self, city: str) -> Text | str:
        """A city's name; its code where it is no member."""
        return self.city_names.get(city, city)


class Place(StrEnum):
    """Where a part stands."""

    RESIDENT = "resident"
    DESK = "desk"


@dataclass(frozen=True)
class Part:
    """A part of the resident's page or of the desk.

    `operations` are all that `ask` may call. An officer sees the part only with the right to every
    one of them. A resident's part may call operations that name whose data they touch, and only for
    the resident who looks; whatever else `ask` gives is refused.
    """

    name: str
    title: Text
    place: Place
    operations: tuple[str, ...]
    ask: Callable[[Viewer], Sequence[FaceCall]]
    show: Callable[[Viewer, Sequence[FaceCall], Sequence[Outcome]], Sequence[Block]]
    is_on_request: bool = False
    """Whether its calls are made only when a button is pressed, as what issues something."""

    def __post_init__(self) -> None:
        if not self.operations:
            raise ValueError(f"part {self.name} names no operation")


def part_of_one_call(
    name: str,
    title: Text,
    place: Place,
    operation: str,
    *,
    ask: Callable[[Viewer], Mapping[str, Any]],
    show: Callable[[Viewer, Mapping[str, Any]], Sequence[Block]],
    otherwise: Callable[[Refused | None], Sequence[Block]],
    is_on_request: bool = False,
) -> Part:
    """A part that calls one operation: what it asks, its answer in blocks, and what stands there
    without one, when it was refused or is owed."""

    def shown(
        viewer: Viewer, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
    ) -> Sequence[Block]:
        (outcome,) = outcomes
        if outcome is None or isinstance(outcome, Refused):
            return otherwise(outcome)
        return show(viewer, outcome)

    return Part(
        name=name,
        title=title,
        place=place,
        operations=(operation,),
        ask=lambda viewer: [FaceCall(operation, dict(ask(viewer)))],
        show=shown,
        is_on_request=is_on_request,
    )
