"""Agreements at the operator's: how each stands, and signing or stating with four eyes."""

from typing import Any, Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.desk import Question
from hanse.mechanisms.exchange.parts import Block, Facts
from hanse.mechanisms.league import store
from hanse.mechanisms.league.agreement_records import AgreementRecord, next_statement
from hanse.mechanisms.league.agreements import StatementKind, read_agreement
from hanse.mechanisms.league.documents import DOCUMENT_BYTES_MAX, Signed, add_signature, sign
from hanse.node.tokens import OPERATOR
from hanse.web.acts import Act
from hanse.web.page import OPERATORS, Result, Shown
from hanse.web.visit import Visit

REASON_CHARS_MAX: Final = 500
AGREEMENT_NOT_CHOSEN = ProblemKind(
    "agreement_not_chosen",
    400,
    Text("没有选择协议或事项", "No agreement or step was chosen"),
    Text("请上传协议文件，或选择协议并填写理由", "Send a document, or choose one and give reasons"),
)
KIND_WORDS: Final = {
    StatementKind.SUSPEND: Text("中止", "Suspend"),
    StatementKind.RESUME: Text("恢复", "Resume"),
    StatementKind.END: Text("终止", "End"),
}


async def agreements(visit: Visit) -> Result:
    """All agreements, soonest end first."""
    return _page(visit, None)


async def propose(visit: Visit) -> Result:
    """Propose to sign a document, or to state something of an agreement."""
    try:
        upload = visit.uploads.get("document")
        if upload is not None:
            text = upload.body[:DOCUMENT_BYTES_MAX].decode("utf-8", "replace")
            read_agreement(text.encode())
            return await visit.propose("agreement_sign", {"document": text})
        kind, reasons = visit.form.get("kind", ""), _reasons(visit)
        if kind not in {str(one) for one in KIND_WORDS} or reasons is None:
            raise AGREEMENT_NOT_CHOSEN()
        record = _record(visit, visit.form.get("agreement", ""))
        return await visit.propose(
            "agreement_state", {"agreement": record.id, "kind": kind, "reason": reasons}
        )
    except Problem as problem:
        return _page(visit, problem)


def _reasons(visit: Visit) -> dict[str, str] | None:
    found = {one: visit.form.get(f"reason_{one}", "").strip() for one in ("zh", "en")}
    is_whole = all(0 < len(words) <= REASON_CHARS_MAX for words in found.values())
    return found if is_whole else None


def _record(visit: Visit, agreement: str) -> AgreementRecord:
    for record in visit.node.league.records:
        if record.id == agreement:
            return record
    raise AGREEMENT_NOT_CHOSEN()


def _page(visit: Visit, problem: Problem | None) -> Shown:
    found = visit.node.league.describe_agreements(visit.now)
    values = {
        "agreements": sorted(found, key=lambda one: (one["valid_until"], one["id"])),
        "warnings": visit.node.league.warnings(visit.now),
        "kinds": KIND_WORDS,
        "problem": problem,
    }
    status = 200 if problem is None else problem.kind.status
    return Shown("operator/agreements.html", values, status)


# What is done once another operator has confirmed it.


def _reads_document(visit: Visit, data: Any) -> list[Block]:
    agreement = read_agreement(data["document"].encode()).document
    league = visit.node.league
    names = [
        league.name(city) if city in league.cities else Text(city, city)
        for city in agreement.parties
    ]
    parties = Text("、".join(one.zh for one in names), ", ".join(one.en for one in names))
    grants = Text(
        "；".join(", ".join(grant.operations) for grant in agreement.grants),
        "; ".join(", ".join(grant.operations) for grant in agreement.grants),
    )
    return [
        Facts(
            Text("以本市密钥签署", "To be signed with this city's key"),
            (
                (Text("协议", "Agreement"), agreement.title),
                (Text("编号", "Number"), agreement.id),
                (Text("版本", "Version"), agreement.version),
                (Text("缔约城市", "Parties"), parties),
                (Text("生效", "From"), agreement.valid_from),
                (Text("失效", "Until"), agreement.valid_until),
                (Text("准许的操作", "It allows"), grants),
            ),
        )
    ]


async def _sign(visit: Visit, data: Any, number: str) -> Text:
    node, now = visit.node, visit.now
    signed = read_agreement(data["document"].encode())
    signature = sign(signed.document, node.config.city, node.signer.key_id, node.signer.key)
    document = add_signature(signed, signature).to_bytes()
    parties = signed.document.parties

    def settle(transaction: Transaction) -> str:
        taken = store.accept_agreement(transaction, document, now)
        _send(visit, transaction, "league.agree", document, parties, number)
        return taken.status

    status = await node.writer.run(settle)
    return Text(
        "已签署并发给各方，状态：{status}", "Signed and sent to the parties: {status}"
    ).format(status=status)


def _reads_statement(visit: Visit, data: Any) -> list[Block]:
    return [
        Facts(
            Text("以本市名义声明", "To be stated for this city"),
            (
                (Text("协议", "Agreement"), data["agreement"]),
                (Text("事项", "What"), KIND_WORDS[StatementKind(data["kind"])]),
                (Text("理由", "Why"), Text(**data["reason"])),
            ),
        )
    ]


async def _state(visit: Visit, data: Any, number: str) -> Text:
    node, now = visit.node, visit.now
    record = _record(visit, data["agreement"])
    kind, reason = StatementKind(data["kind"]), Text(**data["reason"])
    statement = next_statement(record, node.config.city, kind, reason, issued_at=now)
    signature = sign(statement, node.config.city, node.signer.key_id, node.signer.key)
    document = Signed(statement, (signature,)).to_bytes()
    parties = tuple(sorted(record.parties))

    def settle(transaction: Transaction) -> str:
        taken = store.accept_statement(transaction, document, now)
        _send(visit, transaction, "league.state", document, parties, number)
        return taken.status

    status = await node.writer.run(settle)
    return Text(
        "已声明并发给各方，状态：{status}", "Stated and sent to the parties: {status}"
    ).format(status=status)


def _send(
    visit: Visit,
    transaction: Transaction,
    operation: str,
    document: bytes,
    parties: tuple[str, ...],
    number: str,
) -> None:
    node = visit.node
    for city in parties:
        if city != node.config.city:
            question = Question(
                city=city,
                operation=operation,
                data={"document": document.decode("utf-8")},
                organisation=node.config.city,
                message_id=node.id_for_key(node.config.city, number, city),
            )
            node.desk.put_question(
                transaction, store.load(transaction, node.config.city), question, visit.now
            )


def _operator(_: Any) -> tuple[str, ...]:
    return (OPERATOR,)


ACTS: Final = (
    Act(
        "agreement_sign",
        Text("签署协议", "Sign an agreement"),
        OPERATORS,
        _operator,
        _reads_document,
        _sign,
    ),
    Act(
        "agreement_state",
        Text("声明协议状态", "State something of an agreement"),
        OPERATORS,
        _operator,
        _reads_statement,
        _state,
    ),
)
