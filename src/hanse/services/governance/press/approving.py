"""Drafting, approving and publishing: the texts travel among those concerned, then to all."""

from typing import Any, Final

from pydantic import ValidationError

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.core import DATA_INVALID, invalid_fields
from hanse.mechanisms.exchange.operations import Operation, Reach, operation, topic
from hanse.mechanisms.league import store
from hanse.mechanisms.league.charter import KeyUse
from hanse.mechanisms.league.documents import Signed, read_signed
from hanse.mechanisms.league.joint_documents import check_signatures, joint_values, standing
from hanse.mechanisms.league.view import CHARTER_NOT_IN_FORCE
from hanse.services.governance.press import book, rules
from hanse.services.governance.press.contracts import (
    Announcement,
    Draft,
    Drafted,
    Noted,
    Objection,
    SignedAnnouncement,
    Taken,
)
from hanse.services.governance.press.purposes import PUBLICATION

PRESS_OWN_SIGNATURE_MISSING = ProblemKind(
    "press_own_signature_missing",
    422,
    Text("没有本市的新签名", "There is no new signature of this city"),
    Text("请以本市章程密钥签署后提交", "Sign with a charter key of this city, then hand it in"),
)
PRESS_REPLACED = ProblemKind(
    "press_replaced",
    409,
    Text("该版本已有更新的文本", "A later text of this version replaces it"),
    Text("请签署摘要为{digest}的文本", "Sign the text {digest}"),
)
PRESS_NOT_CONCERNED = ProblemKind(
    "press_not_concerned",
    403,
    Text("该城市与公告无关", "The announcement does not concern that city"),
    Text("所涉城市：{cities}", "Cities concerned: {cities}"),
)
PRESS_ALREADY_SIGNED = ProblemKind(
    "press_already_signed",
    409,
    Text("该城市已签署此文本", "That city has signed the text"),
    Text("请起草城市改用新文本", "Have the drafting city write another text"),
)
PRESS_BEFORE_MISSING = ProblemKind(
    "press_before_missing",
    409,
    Text("尚未收到前一版本", "The version before has not arrived"),
    Text("前一版本到达后将自动重试", "It is tried again when that has arrived"),
    retry=True,
)


@operation("press.draft", Text("起草公告", "Draft an announcement"), reach=Reach.CITY)
def draft(transaction: Transaction, request: Draft, context: Context) -> Drafted:
    """Fix the text of a version; every city concerned is sent it. A later draft replaces it."""
    charter = context.league.charter
    if charter is None:
        raise CHARTER_NOT_IN_FORCE()
    if not request.id.startswith(f"{context.city}-"):
        raise rules.PRESS_ID_WRONG(city=context.city)
    before = book.published(transaction, request.id)
    concerned = request.concerned
    values: dict[str, Any] = joint_values(charter, concerned, len(concerned), context.now)
    values |= dict(request.model_copy(), previous=None if before is None else before.digest)
    del values["concerned"]
    try:
        announcement = Announcement.model_validate(values)
    except ValidationError as error:
        raise DATA_INVALID(fields=invalid_fields(error)) from None
    rules.check_announcement(announcement, charter)
    rules.check_next(announcement, None if before is None else before.document)
    signed = Signed(announcement)
    book.keep(transaction, signed)
    _send(transaction, signed, context)
    return Drafted(digest=signed.digest, document=signed.to_bytes().decode("utf-8"))


@operation("press.approve", Text("签署公告", "Approve an announcement"), reach=Reach.CITY)
def approve(transaction: Transaction, request: SignedAnnouncement, context: Context) -> Taken:
    """Hand in this city's signature; the drafting city publishes once all have signed."""
    proposed = read_signed(request.document.encode("utf-8"), Announcement)
    held = book.need(transaction, proposed.digest)
    _check_open(transaction, held, context)
    fresh = [
        one
        for one in proposed.signatures
        if one.city == context.city and one not in held.signatures
    ]
    if not fresh:
        raise PRESS_OWN_SIGNATURE_MISSING()
    charter = context.league.charter
    for one in fresh:
        if charter is not None:  # a key that was ended since may not sign, whatever its date
            charter.key(one.city, one.key, context.now, KeyUse.CHARTER)
    merged = _merged(transaction, held, Signed(proposed.document, tuple(fresh)))
    book.keep(transaction, merged)
    _send(transaction, merged, context)
    _publish_if_complete(transaction, merged, context)
    return Taken(signed_by=standing(merged).signed)


def _check_open(transaction: Transaction, held: Signed[Announcement], context: Context) -> None:
    """Refuse what is over: published already, retracted, or replaced by a later text."""
    document = held.document
    if context.city not in document.signatories:
        raise PRESS_NOT_CONCERNED(cities=", ".join(document.signatories))
    before = book.published(transaction, document.id)
    rules.check_next(document, None if before is None else before.document)
    newest = book.newest_draft(transaction, document.id, document.version)
    if newest != held.digest:
        raise PRESS_REPLACED(digest=newest)


def _send(transaction: Transaction, signed: Signed[Announcement], context: Context) -> None:
    told = SignedAnnouncement(document=signed.to_bytes().decode("utf-8"))
    for city in signed.document.signatories:
        if city != context.city:
            context.ask(transaction, city, "press.propose", told, purpose=PUBLICATION.code)


@operation("press.propose", Text("送签公告", "Send for approval"), purposes=(PUBLICATION,))
def propose(transaction: Transaction, request: SignedAnnouncement, context: Context) -> Taken:
    """Take a text, or more signatures of it, from a city that it concerns."""
    proposed = read_signed(request.document.encode("utf-8"), Announcement)
    document = proposed.document
    if context.caller.city not in document.signatories or context.city not in document.signatories:
        raise PRESS_NOT_CONCERNED(cities=", ".join(document.signatories))
    held = book.held(transaction, proposed.digest)
    if held is not None and book.is_published(transaction, held.digest):
        return Taken(signed_by=standing(held).signed)
    _check_chain(transaction, document)
    merged = _merged(transaction, held or Signed(document), proposed)
    book.keep(transaction, merged)
    _publish_if_complete(transaction, merged, context)
    return Taken(signed_by=standing(merged).signed)


def _check_chain(transaction: Transaction, document: Announcement) -> None:
    charter = store.charter_named(transaction, document.charter_version, document.charter_digest)
    rules.check_announcement(document, charter)
    before = book.published(transaction, document.id)
    reached = 0 if before is None else before.document.version
    if reached < document.version - 1:
        raise PRESS_BEFORE_MISSING()
    rules.check_next(document, None if before is None else before.document)


def _merged(
    transaction: Transaction, held: Signed[Announcement], more: Signed[Announcement]
) -> Signed[Announcement]:
    document = held.document
    charter = store.charter_named(transaction, document.charter_version, document.charter_digest)
    check_signatures(document, more.signatures, charter)
    return held.with_signatures(more.signatures)


def _publish_if_complete(
    transaction: Transaction, signed: Signed[Announcement], context: Context
) -> None:
    """The drafting city publishes what all have signed, unless it has drafted another since."""
    document = signed.document
    newest = book.newest_draft(transaction, document.id, document.version)
    if (
        rules.drafter_of(document) != context.city
        or not standing(signed).is_complete
        or newest != signed.digest
    ):
        return
    book.publish(transaction, signed, context.now)
    told = SignedAnnouncement(document=signed.to_bytes().decode("utf-8"))
    context.publish(transaction, "press.published", told)


@topic("press.published", Text("联合公告", "Joint announcement"), purpose=PUBLICATION)
def published(transaction: Transaction, request: SignedAnnouncement, context: Context) -> None:
    """Take what its drafting city published; it proves itself by the signatures of all concerned.

    A city that joined later begins with whatever version comes first.
    """
    signed = read_signed(request.document.encode("utf-8"), Announcement)
    document = signed.document
    if context.caller.city != rules.drafter_of(document):
        raise rules.PRESS_ID_WRONG(city=context.caller.city)
    if book.is_published(transaction, signed.digest):
        return
    charter = store.charter_named(transaction, document.charter_version, document.charter_digest)
    rules.check_announcement(document, charter)
    check_signatures(document, signed.signatures, charter)
    rules.check_complete(signed)
    before = book.published(transaction, document.id)
    if before is not None:
        rules.check_next(document, before.document)
    book.keep(transaction, signed)
    book.publish(transaction, signed, context.now)


@operation("press.object", Text("对公告提出异议", "Object to a text"), reach=Reach.CITY)
def object_(transaction: Transaction, request: Objection, context: Context) -> Noted:
    """Say why this city does not sign a text; the drafting city is told."""
    held = book.need(transaction, request.digest)
    _check_open(transaction, held, context)
    _note(transaction, held, context.city, request, context)
    drafter = rules.drafter_of(held.document)
    if drafter != context.city:
        context.ask(transaction, drafter, "press.objection", request, purpose=PUBLICATION.code)
    return Noted(digest=request.digest)


@operation("press.objection", Text("公告异议", "An objection"), purposes=(PUBLICATION,))
def objection(transaction: Transaction, request: Objection, context: Context) -> Noted:
    """Note why a city concerned does not sign a text of this city."""
    held = book.need(transaction, request.digest)
    if context.caller.city not in held.document.signatories:
        raise PRESS_NOT_CONCERNED(cities=", ".join(held.document.signatories))
    _note(transaction, held, context.caller.city, request, context)
    return Noted(digest=request.digest)


def _note(
    transaction: Transaction,
    held: Signed[Announcement],
    city: str,
    request: Objection,
    context: Context,
) -> None:
    if city in held.signers:
        raise PRESS_ALREADY_SIGNED()
    book.object_to(transaction, request.digest, city, request.reason, context.now)


OPERATIONS: Final[tuple[Operation, ...]] = (draft, approve, propose, object_, objection)
