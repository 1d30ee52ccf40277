"""Documents: named by SHA-256, sent once by the city that added them, as bodies of messages."""

from sqlalchemy import select

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.case import Case
from hanse.mechanisms.cases.contracts import Have, Paper
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.step import FIRST_PREVIOUS, Document, Step
from hanse.mechanisms.cases.tables import papers
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.tables import bodies

DOCUMENT_NOT_HERE = ProblemKind(
    "case_document_not_here",
    409,
    Text("材料尚未上传", "The document has not been uploaded"),
    Text(
        "请先上传摘要为{digest}、大小为{size_bytes}字节的文件",
        "First upload the file {digest} of {size_bytes} bytes",
    ),
)
DOCUMENT_MISMATCH = ProblemKind(
    "case_document_mismatch",
    422,
    Text("附件与所述材料不符", "The body is not the document that the message names"),
    Text("请随报文发送摘要所指的附件", "Send the body of that digest with the message"),
)


def require_here(
    transaction: Transaction, documents: tuple[Document, ...], context: Context
) -> None:
    """Refuse a step of this city whose documents its agencies have not uploaded."""
    for document in documents:
        size = transaction.value(
            select(bodies.c.size_bytes)
            .where(bodies.c.digest == document.digest)
            .order_by(bodies.c.peer != context.city)
            .limit(1)
        )
        if size != document.size_bytes:
            raise DOCUMENT_NOT_HERE(digest=document.digest, size_bytes=document.size_bytes)


def send(
    transaction: Transaction, family: Family, case: Case, step: Step, context: Context
) -> None:
    """Where this city's step added documents, send their bytes to the other cities."""
    if step.actor.city != context.city:
        return
    for document in step.documents:
        _keep(transaction, case.id, document.digest, context.city, context)
        for city in case.cities:
            if city != context.city:
                context.outlet.ask(
                    transaction,
                    city,
                    f"{family.matter}.document",
                    Paper(case=case.id, digest=document.digest),
                    context=context,
                    purpose=family.purpose.code,
                    organisation=context.city,
                    body=document.digest,
                )


def take(transaction: Transaction, request: Paper, context: Context) -> Have:
    """Note that a document's bytes have come; they may come before the step that names them."""
    if context.body != request.digest:
        raise DOCUMENT_MISMATCH()
    _keep(transaction, request.case, request.digest, context.caller.city, context)
    return Have(case=request.case, number=0, digest=FIRST_PREVIOUS)


def held(transaction: Transaction, case_id: str) -> tuple[str, ...]:
    """The documents of a case whose bytes are here."""
    rows = transaction.rows(
        select(papers.c.digest).where(papers.c.case_id == case_id).order_by(papers.c.digest)
    )
    return tuple(row.digest for row in rows)


def _keep(transaction: Transaction, case_id: str, digest: str, city: str, context: Context) -> None:
    row = {
        "case_id": case_id,
        "digest": digest,
        "city": city,
        "received_at_ms": to_ms(context.now),
    }
    transaction.upsert(papers, row, lambda new: {"city": new.city})
