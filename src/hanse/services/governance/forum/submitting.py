"""Papers: handed in by any city while the call is open, decided on by the host."""

from typing import Annotated, Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.dispatch import Owed
from hanse.mechanisms.exchange.operations import Operation, Reach, operation
from hanse.services.governance.forum import book, rules
from hanse.services.governance.forum.contracts import (
    Contract,
    EditionNumber,
    Paper,
    PaperDecision,
    PaperId,
    PaperState,
    Reason,
)
from hanse.services.governance.forum.purposes import FORUM
from hanse.services.governance.forum.swapping import FORUM_REASON_MISSING

FORUM_PAPER_TAKEN = ProblemKind(
    "forum_paper_taken",
    409,
    Text("论文编号已使用", "A paper of that number was handed in"),
    Text("请使用新的编号", "Use another number"),
)
FORUM_PAPER_NOT_WAITING = ProblemKind(
    "forum_paper_not_waiting",
    409,
    Text("没有待评审的该论文", "No such paper waits for a decision"),
    Text("请核对论文编号", "Check the paper's number"),
)


class Submitted(Contract):
    """The paper is with its host, or on its way."""

    id: PaperId


class DecidePaper(Contract):
    """Accept a paper, or decline it with a reason."""

    id: PaperId
    accepted: Annotated[bool, titled("录用", "Accept")]
    reason: Reason = None


class PapersQuestion(Contract):
    """A page of an edition's papers: at the host all, elsewhere this city's own."""

    edition: EditionNumber
    state: Annotated[PaperState | None, titled("状态", "State")] = None
    after: PaperId | None = None


class PaperView(Contract):
    """A paper and what became of it."""

    paper: Annotated[Paper, titled("论文", "Paper")]
    state: Annotated[PaperState, titled("状态", "State")]
    reason: Reason = None


class PapersPage(Contract):
    """Papers, and where the next page begins."""

    papers: Annotated[tuple[PaperView, ...], titled("论文", "Papers")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


@operation("forum.submit", Text("提交论文", "Hand in a paper"), reach=Reach.CITY)
def submit(transaction: Transaction, request: Paper, context: Context) -> Submitted:
    """Hand a paper in for an author of this city; the host decides."""
    edition = book.need(transaction, request.edition)
    rules.check_submission(request, edition, context.city, context.now)
    if book.paper(transaction, request.id) is not None:
        raise FORUM_PAPER_TAKEN()
    message_id = context.message_id
    if edition.host != context.city:
        message_id = context.ask(
            transaction, edition.host, "forum.submission", request, purpose=FORUM.code
        )
    book.keep_paper(transaction, request, message_id)
    return Submitted(id=request.id)


@operation("forum.submission", Text("投稿", "A paper"), purposes=(FORUM,))
def submission(transaction: Transaction, request: Paper, context: Context) -> PaperDecision:
    """Take a paper of another city; the answer is owed until the host decides."""
    edition = book.need(transaction, request.edition)
    if edition.host != context.city:
        raise rules.FORUM_NOT_HOST(edition=edition.number, city=edition.host)
    rules.check_submission(request, edition, context.caller.city, context.now)
    if book.paper(transaction, request.id) is not None:
        raise FORUM_PAPER_TAKEN()
    book.keep_paper(transaction, request, context.message_id)
    raise Owed


@operation("forum.decide", Text("评审论文", "Decide on a paper"), reach=Reach.CITY)
def decide(transaction: Transaction, request: DecidePaper, context: Context) -> PaperDecision:
    """Accept or decline a paper that waits; the city that handed it in is answered."""
    if not request.accepted and not (request.reason or "").strip():
        raise FORUM_REASON_MISSING()
    row = book.paper(transaction, request.id)
    if row is None or row.state != PaperState.WAITING:
        raise FORUM_PAPER_NOT_WAITING()
    host = book.need(transaction, row.edition).host
    if host != context.city:
        raise rules.FORUM_NOT_HOST(edition=row.edition, city=host)
    state = PaperState.ACCEPTED if request.accepted else PaperState.DECLINED
    book.decide_paper(transaction, request.id, state, request.reason)
    decision = PaperDecision(accepted=request.accepted, reason=request.reason)
    city = request.id[:6]
    if city != context.city:
        context.answer(transaction, city, row.message_id, decision)
    return decision


def submission_answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """Note the host's decision on a paper of this city."""
    decision = PaperDecision.model_validate(answer)
    state = PaperState.ACCEPTED if decision.accepted else PaperState.DECLINED
    name = book.paper_of_message(transaction, context.message_id)
    if name is not None:
        book.decide_paper(transaction, name, state, decision.reason)


def submission_refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """Note that the host's node did not take a paper of this city, and why."""
    name = book.paper_of_message(transaction, context.message_id)
    if name is not None:
        code = str(problem.get("code", ""))[:64]
        book.decide_paper(transaction, name, PaperState.DECLINED, code)


@operation("forum.papers", Text("论文列表", "List papers"), reach=Reach.CITY)
def list_papers(transaction: Transaction, request: PapersQuestion, context: Context) -> PapersPage:
    """A page of the papers of an edition that this city holds, by their numbers."""
    found = book.papers_page(transaction, request.edition, request.state, request.after)
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    return PapersPage(
        papers=tuple(
            PaperView(
                paper=Paper.model_validate_json(row.document),
                state=row.state,
                reason=row.reason,
            )
            for row in shown
        ),
        next_after=shown[-1].paper if more else None,
    )


OPERATIONS: Final[tuple[Operation, ...]] = (submit, submission, decide, list_papers)
