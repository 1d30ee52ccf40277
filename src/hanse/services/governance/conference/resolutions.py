"""Resolutions: drafted once, signed by each city on its own, adopted where enough have signed."""

from typing import Annotated, Final, TypeVar

from pydantic import ValidationError

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import Family, Seat
from hanse.mechanisms.cases.acting import start
from hanse.mechanisms.cases.contracts import Start
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.core import DATA_INVALID, invalid_fields
from hanse.mechanisms.exchange.operations import Operation, Reach, operation, topic
from hanse.mechanisms.league import store
from hanse.mechanisms.league.charter import KeyUse
from hanse.mechanisms.league.document_types import CityCode, Digest, Words
from hanse.mechanisms.league.documents import Signed, read_signed
from hanse.mechanisms.league.joint_documents import check_signatures, joint_values, standing
from hanse.mechanisms.league.view import CHARTER_NOT_IN_FORCE
from hanse.services.governance.conference import book, rules
from hanse.services.governance.conference.contracts import (
    DOCUMENT_CHARS_MAX,
    DUTIES_MAX,
    PARAGRAPHS_MAX,
    Contract,
    Duty,
    MeetingId,
    PointNumber,
    Resolution,
    ResolutionId,
    ResolutionKind,
    Voting,
)
from hanse.services.governance.conference.follow_up import FOLLOW_UP
from hanse.services.governance.conference.linked import LinkedDocument, linked_document
from hanse.services.governance.conference.meetings import Cursor, read_cursor
from hanse.services.governance.conference.purposes import CONFERENCE

RESOLUTION_NUMBER_TAKEN = ProblemKind(
    "resolution_number_taken",
    409,
    Text("决议编号已使用", "A resolution of that number exists"),
    Text("请使用新的编号", "Use another number"),
)
RESOLUTION_OWN_SIGNATURE_MISSING = ProblemKind(
    "resolution_own_signature_missing",
    422,
    Text("没有本市的新签名", "There is no new signature of this city"),
    Text("请以本市章程密钥签署后提交", "Sign with a charter key of this city, then hand it in"),
)
RESOLUTION_UNSOLICITED = ProblemKind(
    "resolution_unsolicited",
    403,
    Text("仅起草城市或签署城市可发送决议", "Only its drafter or a signatory sends a resolution"),
    Text("请由{city}发送", "Let {city} send it"),
)
RESOLUTION_NOT_ADOPTED = ProblemKind(
    "resolution_not_adopted",
    409,
    Text("决议尚未通过", "The resolution is not adopted"),
    Text("尚需签署：{missing}", "Still to sign: {missing}"),
)
RESOLUTION_NOT_OURS_TO_ASSIGN = ProblemKind(
    "resolution_not_ours_to_assign",
    403,
    Text("仅起草城市可交办落实事项", "Only the drafting city assigns the items"),
    Text("请由{city}办理", "Leave it to {city}"),
)
_FAMILY: Final = Family((FOLLOW_UP,))
SignedText = Annotated[str, titled("已签名文件", "Signed document", max_length=DOCUMENT_CHARS_MAX)]
Made = TypeVar("Made")


class Draft(Contract):
    """What a resolution is to say; the node adds the charter, the signatories and the time."""

    id: ResolutionId
    meeting: MeetingId
    point: PointNumber
    kind: Annotated[ResolutionKind, titled("类别", "Kind")] = ResolutionKind.GENERAL
    voting: Annotated[Voting, titled("表决规则", "Voting")] = Voting.THRESHOLD
    title: Annotated[Words, titled("标题", "Title")]
    text: Annotated[
        tuple[Words, ...],
        titled("正文", "Text, by paragraph", min_length=1, max_length=PARAGRAPHS_MAX),
    ]
    changes: Annotated[
        Digest | None, titled("所修订文件摘要", "Digest of the charter or agreement")
    ] = None
    duties: Annotated[tuple[Duty, ...], titled("落实事项", "Items", max_length=DUTIES_MAX)] = ()


class Drafted(Contract):
    """The canonical text that is to be signed, with no signature yet."""

    digest: Annotated[Digest, titled("决议文本摘要", "Digest of the text")]
    document: SignedText
    cities_told: Annotated[int, titled("正在通知的城市数", "Cities being told")]


class SignedResolution(Contract):
    """A resolution with signatures, as `hanse joint sign` writes it."""

    document: SignedText


class ResolutionName(Contract):
    """A resolution by its digest."""

    digest: Annotated[Digest, titled("决议文本摘要", "Digest of the text")]


class DutyState(Contract):
    """An item and the case in which it is followed up, once it is assigned."""

    duty: Annotated[Duty, titled("落实事项", "Item")]
    case: Annotated[str | None, titled("案件编号", "Case")] = None


class ResolutionLine(Contract):
    """A resolution in a list."""

    id: ResolutionId
    digest: Annotated[Digest, titled("决议文本摘要", "Digest of the text")]
    meeting: MeetingId
    kind: Annotated[ResolutionKind, titled("类别", "Kind")]
    title: Annotated[Words, titled("标题", "Title")]
    issued_at: Annotated[str, titled("制定时间", "Issued at")]
    adopted: Annotated[bool, titled("已通过", "Adopted")]
    signed_by: Annotated[tuple[CityCode, ...], titled("已签署城市", "Signed by")]
    missing: Annotated[tuple[CityCode, ...], titled("未签署城市", "Not signed by")]
    needed: Annotated[int, titled("须签署城市数", "Cities that must sign")]


class ResolutionView(ResolutionLine):
    """A resolution whole; `document` can be checked offline with the charter that it names."""

    document: SignedText
    resolution: Annotated[Resolution, titled("决议", "Resolution")]
    linked: Annotated[
        LinkedDocument | None, titled("所修订文件", "Charter or agreement that it approves")
    ]
    duties: Annotated[tuple[DutyState, ...], titled("落实事项", "Items")]


class ResolutionsQuestion(Contract):
    """A page of resolutions, the newest first."""

    meeting: Annotated[MeetingId | None, titled("会议编号", "Meeting")] = None
    after: Cursor = None


class ResolutionsPage(Contract):
    """Resolutions, and where the next page begins."""

    resolutions: Annotated[tuple[ResolutionLine, ...], titled("决议", "Resolutions")]
    next_after: Cursor = None


class AssignItems(ResolutionName):
    """Assign every item of an adopted resolution that is not assigned yet."""


class Assigned(Contract):
    """The cases that follow the items up, by the item's number."""

    duties: Annotated[tuple[DutyState, ...], titled("落实事项", "Items")]


@operation("conference.draft", Text("起草决议", "Draft a resolution"), reach=Reach.CITY)
def draft(transaction: Transaction, request: Draft, context: Context) -> Drafted:
    """Fix a resolution's canonical text; every city is told and signs the same bytes."""
    charter = context.league.charter
    if charter is None:
        raise CHARTER_NOT_IN_FORCE()
    if not request.id.startswith(f"{context.city}-"):
        raise rules.RESOLUTION_ID_WRONG(city=context.city)
    if book.number_taken(transaction, request.id):
        raise RESOLUTION_NUMBER_TAKEN()
    needed = rules.votes_needed(request.voting, charter)
    values = joint_values(charter, charter.cities, needed, context.now)
    try:
        resolution = Resolution.model_validate(values | dict(request))
    except ValidationError as error:
        raise DATA_INVALID(fields=invalid_fields(error)) from None
    rules.check_resolution(resolution, book.need(transaction, resolution.meeting), charter)
    signed = Signed(resolution)
    told = _keep_and_tell(transaction, signed, context)
    return Drafted(
        digest=signed.digest, document=signed.to_bytes().decode("utf-8"), cities_told=told
    )


@operation("conference.sign", Text("签署决议", "Sign a resolution"), reach=Reach.CITY)
def sign(transaction: Transaction, request: SignedResolution, context: Context) -> ResolutionView:
    """Hand in this city's signature, made with its charter key outside the node; all are told."""
    proposed = read_signed(request.document.encode("utf-8"), Resolution)
    held = book.need_resolution(transaction, proposed.digest)
    fresh = [
        one
        for one in proposed.signatures
        if one.city == context.city and one not in held.signatures
    ]
    if not fresh:
        raise RESOLUTION_OWN_SIGNATURE_MISSING()
    charter = context.league.charter
    for one in fresh:
        if charter is not None:  # a key that was ended since may not sign, whatever its date
            charter.key(one.city, one.key, context.now, KeyUse.CHARTER)
    merged = _merged(transaction, held, Signed(proposed.document, tuple(fresh)))
    _keep_and_tell(transaction, merged, context)
    return _view(transaction, merged, context)


@topic("conference.resolution_signed", Text("决议文本与签名", "A resolution"), purpose=CONFERENCE)
def resolution_received(
    transaction: Transaction, request: SignedResolution, context: Context
) -> None:
    """Join what another city sends to what is held; every signature is verified here."""
    proposed = read_signed(request.document.encode("utf-8"), Resolution)
    drafter = proposed.document.id[:6]
    if context.caller.city not in (drafter, *proposed.signers):
        raise RESOLUTION_UNSOLICITED(city=drafter)
    held = book.held_resolution(transaction, proposed.digest)
    if held is None:
        resolution = proposed.document
        charter = store.charter_named(
            transaction, resolution.charter_version, resolution.charter_digest
        )
        meeting = book.newest(transaction, resolution.meeting)
        rules.check_resolution(resolution, None if meeting is None else meeting, charter)
        held = Signed(resolution)
    _keep(transaction, _merged(transaction, held, proposed), context)


def _merged(
    transaction: Transaction, held: Signed[Resolution], more: Signed[Resolution]
) -> Signed[Resolution]:
    document = held.document
    charter = store.charter_named(transaction, document.charter_version, document.charter_digest)
    check_signatures(document, more.signatures, charter)
    return held.with_signatures(more.signatures)


def _keep(transaction: Transaction, signed: Signed[Resolution], context: Context) -> None:
    adopted_at = book.adopted_at(transaction, signed.digest)
    if adopted_at is None and standing(signed).is_complete:
        adopted_at = context.now
    book.keep_resolution(transaction, signed, adopted_at)


def _keep_and_tell(transaction: Transaction, signed: Signed[Resolution], context: Context) -> int:
    _keep(transaction, signed, context)
    told = SignedResolution(document=signed.to_bytes().decode("utf-8"))
    return context.publish(transaction, "conference.resolution_signed", told)


@operation("conference.assign", Text("交办落实事项", "Assign the items"), reach=Reach.CITY)
def assign(transaction: Transaction, request: AssignItems, context: Context) -> Assigned:
    """Open a case for each item of an adopted resolution; again, it opens only what is missing."""
    signed = book.need_resolution(transaction, request.digest)
    resolution = signed.document
    if resolution.id[:6] != context.city:
        raise RESOLUTION_NOT_OURS_TO_ASSIGN(city=resolution.id[:6])
    state = standing(signed)
    if not state.is_complete:
        raise RESOLUTION_NOT_ADOPTED(missing=", ".join(state.missing))
    known = book.cases_of(transaction, signed.digest)
    for duty in resolution.duties:
        if duty.number not in known:
            case_id = _open(transaction, signed.digest, resolution, duty, context)
            book.note_case(transaction, signed.digest, duty.number, case_id)
    return Assigned(duties=_duties(transaction, signed))


def _open(
    transaction: Transaction, digest: str, resolution: Resolution, duty: Duty, context: Context
) -> str:
    request = Start(
        subject=f"{resolution.id}/{duty.number}",
        seats={
            "office": Seat(city=context.city, organisation=context.caller.organisation),
            "responsible": Seat(city=duty.city, organisation=duty.organisation),
        },
        role="office",
        data={
            "resolution": resolution.id,
            "digest": digest,
            "number": duty.number,
            "task": duty.task.as_dict(),
            "working_days": duty.working_days,
        },
    )
    return start(transaction, _FAMILY, request, context).case


@operation("conference.resolution", Text("查看决议", "View a resolution"), reach=Reach.CITY)
def view(transaction: Transaction, request: ResolutionName, context: Context) -> ResolutionView:
    """A resolution with its signatures, what it approves, and its items."""
    return _view(transaction, book.need_resolution(transaction, request.digest), context)


@operation("conference.resolutions", Text("决议列表", "List resolutions"), reach=Reach.CITY)
def list_resolutions(
    transaction: Transaction, request: ResolutionsQuestion, context: Context
) -> ResolutionsPage:
    """A page of resolutions, of one meeting or all, the newest first."""
    found = book.resolutions_page(transaction, request.meeting, read_cursor(request.after))
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    last = shown[-1] if more else None
    cursor = None if last is None else f"{to_ms(last.document.issued_at)} {last.digest}"
    return ResolutionsPage(
        resolutions=tuple(ResolutionLine(**_line(one)) for one in shown), next_after=cursor
    )


def _line(signed: Signed[Resolution]) -> dict[str, object]:
    document, state = signed.document, standing(signed)
    return {
        "id": document.id,
        "digest": signed.digest,
        "meeting": document.meeting,
        "kind": document.kind,
        "title": document.title,
        "issued_at": document.as_dict()["issued_at"],
        "adopted": state.is_complete,
        "signed_by": state.signed,
        "missing": state.missing,
        "needed": state.needed,
    }


def _view(transaction: Transaction, signed: Signed[Resolution], context: Context) -> ResolutionView:
    return ResolutionView.model_validate(
        _line(signed)
        | {
            "document": signed.to_bytes().decode("utf-8"),
            "resolution": signed.document,
            "linked": linked_document(transaction, signed.document, context),
            "duties": _duties(transaction, signed),
        }
    )


def _duties(transaction: Transaction, signed: Signed[Resolution]) -> tuple[DutyState, ...]:
    known = book.cases_of(transaction, signed.digest)
    return tuple(
        DutyState(duty=duty, case=known.get(duty.number)) for duty in signed.document.duties
    )


OPERATIONS: Final[tuple[Operation, ...]] = (draft, sign, assign, view, list_resolutions)
