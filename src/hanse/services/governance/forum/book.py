"""Reading and writing this city's tables of the forum."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.league.view import CHARTER_NOT_IN_FORCE
from hanse.services.governance.forum import rotation
from hanse.services.governance.forum.contracts import (
    EDITIONS_MAX,
    Edition,
    Paper,
    PaperState,
    PublishedEdition,
    SwapStatement,
)
from hanse.services.governance.forum.tables import editions, offers, papers, statements

FORUM_UNKNOWN = ProblemKind(
    "forum_unknown",
    404,
    Text("该届论坛尚未发布", "That edition is not published"),
    Text("请核对届次{edition}", "Check the edition's number, {edition}"),
)
PAGE_ROWS_MAX = 100
STATEMENTS_MAX = 4 * EDITIONS_MAX


def newest(transaction: Transaction, edition: int) -> PublishedEdition | None:
    """The newest version that this city holds."""
    document = transaction.value(
        select(editions.c.document).where(editions.c.edition == edition, editions.c.is_newest == 1)
    )
    return None if document is None else PublishedEdition.model_validate_json(document)


def need(transaction: Transaction, edition: int) -> Edition:
    """The newest version, or `forum_unknown`."""
    found = newest(transaction, edition)
    if found is None:
        raise FORUM_UNKNOWN(edition=edition)
    return found.edition


def keep(transaction: Transaction, published: PublishedEdition, turn: str) -> None:
    """Make a version the newest one; the earlier ones stay, and so does whose turn it was."""
    edition = published.edition
    known = transaction.value(
        select(editions.c.turn).where(
            editions.c.edition == edition.number, editions.c.is_newest == 1
        )
    )
    transaction.execute(
        update(editions).where(editions.c.edition == edition.number).values(is_newest=0)
    )
    transaction.insert(
        editions,
        {
            "edition": edition.number,
            "version": edition.version,
            "turn": known or turn,
            "is_newest": 1,
            "document": published.model_dump_json(),
        },
    )


def page(transaction: Transaction, below: int | None, rows_max: int) -> list[PublishedEdition]:
    """Editions in their newest versions, the latest first."""
    statement = select(editions.c.document).where(editions.c.is_newest == 1)
    if below is not None:
        statement = statement.where(editions.c.edition < below)
    rows = transaction.rows(statement.order_by(editions.c.edition.desc()).limit(rows_max))
    return [PublishedEdition.model_validate_json(row.document) for row in rows]


def published_turns(transaction: Transaction) -> dict[int, str]:
    """Whose turn the published editions were."""
    rows = transaction.rows(
        select(editions.c.edition, editions.c.turn)
        .where(editions.c.is_newest == 1)
        .order_by(editions.c.edition)
        .limit(EDITIONS_MAX)
    )
    return {row.edition: row.turn for row in rows}


def turns(transaction: Transaction, context: Context, last: int) -> dict[int, str]:
    """By edition up to `last`, whose turn it is."""
    members = context.league.cities
    if not members:
        raise CHARTER_NOT_IN_FORCE()
    return rotation.turns(members, published_turns(transaction), min(last, EDITIONS_MAX))


def swaps(transaction: Transaction) -> list[SwapStatement]:
    """The swaps that both cities have stated."""
    rows = transaction.rows(select(statements).limit(STATEMENTS_MAX))
    return rotation.agreed(
        (
            row.city,
            SwapStatement(
                edition=row.edition, other=row.other, host=row.host, other_host=row.other_host
            ),
        )
        for row in rows
    )


def state_swap(transaction: Transaction, city: str, swap: SwapStatement) -> None:
    """Keep what a city states; the same again changes nothing."""
    row = {"city": city, **swap.model_dump()}
    transaction.upsert(statements, row, lambda new: {"host": new.host})


def stated_by(transaction: Transaction, city: str) -> set[int]:
    """The editions of the swaps that a city has stated: it is bound by them."""
    rows = transaction.rows(
        select(statements.c.edition, statements.c.other)
        .where(statements.c.city == city)
        .limit(STATEMENTS_MAX)
    )
    return {number for row in rows for number in (row.edition, row.other)}


def keep_offer(
    transaction: Transaction, peer: str, message_id: str, is_own: bool, edition: int, other: int
) -> None:
    """An offer of a swap that waits for its answer."""
    transaction.insert(
        offers,
        {
            "peer": peer,
            "message_id": message_id,
            "is_own": int(is_own),
            "edition": edition,
            "other": other,
            "state": "waiting",
        },
    )


def waiting_offers(transaction: Transaction) -> Sequence[Any]:
    """Offers to and by this city that wait."""
    return transaction.rows(
        select(offers)
        .where(offers.c.state == "waiting")
        .order_by(offers.c.edition, offers.c.other, offers.c.peer)
        .limit(PAGE_ROWS_MAX)
    )


def offer(transaction: Transaction, peer: str, message_id: str, is_own: bool) -> Any:
    """A waiting offer, or None."""
    return transaction.row(
        select(offers).where(
            offers.c.peer == peer,
            offers.c.message_id == message_id,
            offers.c.is_own == int(is_own),
            offers.c.state == "waiting",
        )
    )


def end_offer(
    transaction: Transaction, peer: str, message_id: str, state: str, reason: str | None
) -> None:
    """Note what became of an offer."""
    transaction.execute(
        update(offers)
        .where(offers.c.peer == peer, offers.c.message_id == message_id)
        .values(state=state, reason=reason)
    )


def offered_by_us(transaction: Transaction) -> set[int]:
    """The editions that this city's waiting offers name: it is bound until they are answered."""
    rows = transaction.rows(
        select(offers.c.edition, offers.c.other)
        .where(offers.c.state == "waiting", offers.c.is_own == 1)
        .limit(PAGE_ROWS_MAX)
    )
    return {edition for row in rows for edition in (row.edition, row.other)}


def paper(transaction: Transaction, name: str) -> Any:
    """A paper with its state, or None."""
    return transaction.row(select(papers).where(papers.c.paper == name))


def keep_paper(transaction: Transaction, one: Paper, message_id: str) -> None:
    """A paper that waits for the host's decision."""
    transaction.insert(
        papers,
        {
            "paper": one.id,
            "edition": one.edition,
            "message_id": message_id,
            "state": PaperState.WAITING.value,
            "document": one.model_dump_json(),
        },
    )


def decide_paper(
    transaction: Transaction, name: str, state: PaperState, reason: str | None
) -> None:
    """Note the decision on a paper."""
    transaction.execute(
        update(papers).where(papers.c.paper == name).values(state=state.value, reason=reason)
    )


def paper_of_message(transaction: Transaction, message_id: str) -> str | None:
    """The paper that a message of this city handed in."""
    found = transaction.value(select(papers.c.paper).where(papers.c.message_id == message_id))
    return None if found is None else str(found)


def papers_page(
    transaction: Transaction, edition: int, state: PaperState | None, after: str | None
) -> Sequence[Any]:
    """Papers of an edition by their numbers, one more than a page holds."""
    chosen = [papers.c.edition == edition]
    if state is not None:
        chosen.append(papers.c.state == state.value)
    if after is not None:
        chosen.append(papers.c.paper > after)
    return transaction.rows(
        select(papers).where(and_(*chosen)).order_by(papers.c.paper).limit(PAGE_ROWS_MAX + 1)
    )


def accepted_among(transaction: Transaction, names: Sequence[str]) -> set[str]:
    """Those of these papers that are accepted."""
    rows = transaction.rows(
        select(papers.c.paper).where(
            papers.c.paper.in_(names), papers.c.state == PaperState.ACCEPTED.value
        )
    )
    return {row.paper for row in rows}
