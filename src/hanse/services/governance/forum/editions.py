"""The rotation, and editions as their hosts publish them, version by version."""

from typing import Annotated, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Reach, operation, topic
from hanse.services.governance.forum import book, rotation, rules
from hanse.services.governance.forum.contracts import (
    TURNS_SHOWN_MAX,
    Contract,
    Edition,
    EditionNumber,
    PublishedEdition,
    Turn,
)
from hanse.services.governance.forum.purposes import FORUM

FORUM_HOST_NOT_KNOWN = ProblemKind(
    "forum_host_not_known",
    409,
    Text("按本市所知，本届由其他城市承办", "As far as this city knows, another hosts that edition"),
    Text("收到互换声明后将自动重试；目前为{city}", "Tried again once the swap is stated: {city}"),
    retry=True,
)


class RotationQuestion(Contract):
    """Which turns to show."""

    first: EditionNumber = 1
    count: Annotated[int, titled("届数", "How many", ge=1, le=TURNS_SHOWN_MAX)] = 16


class Rotation(Contract):
    """Turns, as this city reckons them from the charter and what is published and swapped."""

    turns: Annotated[tuple[Turn, ...], titled("轮值", "Turns")]


class Told(Contract):
    """A version that every city is being told of."""

    edition: EditionNumber
    version: Annotated[int, titled("版本", "Version")]
    cities_told: Annotated[int, titled("正在通知的城市数", "Cities being told")]


class EditionName(Contract):
    """An edition by its number."""

    edition: EditionNumber


class EditionsQuestion(Contract):
    """A page of editions, the latest first."""

    below: EditionNumber | None = None


class EditionsPage(Contract):
    """Editions in their newest versions, and where the next page begins."""

    editions: Annotated[tuple[PublishedEdition, ...], titled("论坛", "Editions")]
    next_below: Annotated[int | None, titled("续查起点", "Continue below")] = None


@operation("forum.rotation", Text("轮值顺序", "The rotation"), reach=Reach.CITY)
def show_rotation(
    transaction: Transaction, request: RotationQuestion, context: Context
) -> Rotation:
    """Whose turn the editions are, and who hosts them."""
    last = request.first + request.count - 1
    turn = book.turns(transaction, context, last)
    exchanged = rotation.swapped(turn, book.swaps(transaction))
    published = book.published_turns(transaction)
    return Rotation(
        turns=tuple(
            Turn(
                edition=number,
                year=rules.year_of(number, context.parameters),
                turn=city,
                host=turn[exchanged.get(number, number)],
                swapped_with=exchanged.get(number),
                is_published=number in published,
            )
            for number, city in turn.items()
            if number >= request.first
        )
    )


def host_of(transaction: Transaction, edition: int, context: Context) -> tuple[str, str]:
    """Whose turn an edition is, and who hosts it."""
    swaps = book.swaps(transaction)
    last = max([edition, *(number for one in swaps for number in (one.edition, one.other))])
    turn = book.turns(transaction, context, last)
    return turn[edition], rotation.hosts(turn, swaps)[edition]


@operation("forum.publish", Text("发布论坛", "Publish an edition"), reach=Reach.CITY)
def publish(transaction: Transaction, request: Edition, context: Context) -> Told:
    """Publish an edition or its next version: its host alone. Every city is told."""
    held = book.newest(transaction, request.number)
    turn, host = host_of(transaction, request.number, context)
    if host != context.city:
        raise rules.FORUM_NOT_HOST(edition=request.number, city=host)
    before = None if held is None else held.edition
    rules.check_edition(request, before, host, context.parameters)
    named = [paper for session in request.sessions for paper in session.papers]
    rules.check_papers(request, book.accepted_among(transaction, named))
    published = PublishedEdition(edition=request, published_at=context.now)
    book.keep(transaction, published, turn)
    told = context.publish(transaction, "forum.edition", published)
    return Told(edition=request.number, version=request.version, cities_told=told)


@topic("forum.edition", Text("论坛", "An edition of the forum"), purpose=FORUM)
def edition_received(
    transaction: Transaction, published: PublishedEdition, context: Context
) -> None:
    """Keep what the host published. A city that joined later takes any version above its own."""
    edition = published.edition
    if edition.host != context.caller.city:
        raise rules.FORUM_NOT_HOST(edition=edition.number, city=edition.host)
    held = book.newest(transaction, edition.number)
    if held is not None and (
        held.edition.host != edition.host or edition.version <= held.edition.version
    ):
        raise rules.FORUM_VERSION_WRONG(expected=held.edition.version + 1)
    turn, host = host_of(transaction, edition.number, context)
    if held is None and host != edition.host:
        raise FORUM_HOST_NOT_KNOWN(city=host)
    rules.check_times(edition, context.parameters)
    rules.check_programme(edition)
    book.keep(transaction, published, turn)


@operation("forum.editions", Text("历届论坛", "List editions"), reach=Reach.CITY)
def list_editions(
    transaction: Transaction, request: EditionsQuestion, context: Context
) -> EditionsPage:
    """A page of editions, the latest first."""
    found = book.page(transaction, request.below, book.PAGE_ROWS_MAX + 1)
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    return EditionsPage(
        editions=tuple(shown), next_below=shown[-1].edition.number if more else None
    )


@operation("forum.view", Text("查看论坛", "View an edition"), reach=Reach.CITY)
def view(transaction: Transaction, request: EditionName, context: Context) -> PublishedEdition:
    """An edition in its newest version."""
    found = book.newest(transaction, request.edition)
    if found is None:
        raise book.FORUM_UNKNOWN(edition=request.edition)
    return found


OPERATIONS: Final[tuple[Operation, ...]] = (show_rotation, publish, list_editions, view)
