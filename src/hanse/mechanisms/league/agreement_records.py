"""What a node holds of one agreement, and what it lets into it.

A record grows by signed versions and signed statements, and a refusal leaves it as it was. What is
accepted of a city depends on the agreement and on that city's own chain alone, never on the order
in which the words of different cities arrive: so all parties come to hold the same record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.league.agreements import (
    Agreement,
    SignedAgreement,
    SignedStatement,
    Statement,
    StatementKind,
)
from hanse.mechanisms.league.charter import Charter, KeyUse
from hanse.mechanisms.league.documents import (
    Document,
    Signature,
    Signed,
    read_part,
    twice_signed,
)

AGREEMENT_OF_OTHER_LEAGUE = ProblemKind(
    "agreement_of_other_league",
    409,
    Text("协议属于另一联盟", "The agreement is another league's"),
    Text("本节点所属联盟为 {league}", "This node belongs to the league {league}"),
)
AGREEMENT_FORKED = ProblemKind(
    "agreement_forked",
    409,
    Text("存在同一版本的两份不同协议", "There are two different agreements of one version"),
    Text("请将修改稿编为第 {next_version} 版", "Give the changed draft version {next_version}"),
    detail=Text("协议 {agreement} 第 {version} 版", "Agreement {agreement}, version {version}"),
)
AGREEMENT_ROLLED_BACK = ProblemKind(
    "agreement_rolled_back",
    409,
    Text("协议版本低于已签署版本", "The agreement is older than the one that was signed"),
    Text("请以第 {next_version} 版提出修订", "Propose the change as version {next_version}"),
)
AGREEMENT_VERSION_GAP = ProblemKind(
    "agreement_version_gap",
    409,
    Text("协议版本不连续", "Versions of the agreement are missing"),
    Text("请先提交第 {expected} 版", "Submit version {expected} first"),
    retry=True,
)
AGREEMENT_SUPERSEDES_WRONG = ProblemKind(
    "agreement_supersedes_wrong",
    409,
    Text("修订所载被取代版本有误", "The amendment supersedes another version than the one signed"),
    Text("应取代 {expected}", "It must supersede {expected}"),
)
AGREEMENT_SIGNATURE_WRONG = ProblemKind(
    "agreement_signature_wrong",
    403,
    Text("协议签名验证失败", "A signature of the agreement does not verify"),
    Text("请该城市重新签署", "The city signs again"),
    detail=Text("{city} 以密钥 {key} 所作签名无效", "That of {city} by key {key} is wrong"),
)
AGREEMENT_SIGNER_UNKNOWN = ProblemKind(
    "agreement_signer_unknown",
    403,
    Text("签署城市不是协议当事方", "A signer is no party of the agreement"),
    Text("当事方为 {parties}", "The parties are {parties}"),
)
AGREEMENT_SIGNED_TWICE = ProblemKind(
    "agreement_signed_twice",
    422,
    Text("同一密钥重复签署", "A key has signed twice"),
    Text("请删去重复的签名", "Remove the repeated signature"),
)
AGREEMENT_NOT_AGREED = ProblemKind(
    "agreement_not_agreed",
    409,
    Text("协议尚未由各方签署", "The agreement is not yet signed by its parties"),
    Text("待各方签署后再提交声明", "Submit the statement once all parties have signed"),
    retry=True,
)
STATEMENT_AUTHOR_WRONG = ProblemKind(
    "statement_author_wrong",
    403,
    Text("声明须由作出声明的当事方本身签署", "A statement is signed by its own city, a party"),
    Text("请由当事方 {parties} 之一签署", "One of the parties {parties} signs it"),
)
STATEMENT_FROM_FUTURE = ProblemKind(
    "statement_from_future",
    409,
    Text("声明时间晚于当前时间", "The statement is issued in the future"),
    Text("请校准时钟后重试", "Set the clock, and try again"),
    retry=True,
)
STATEMENT_GAP = ProblemKind(
    "statement_gap",
    409,
    Text("声明序号不连续", "Statements are missing"),
    Text("请先提交 {city} 的第 {expected} 号声明", "Submit statement {expected} of {city} first"),
    retry=True,
)
STATEMENT_FORKED = ProblemKind(
    "statement_forked",
    409,
    Text("存在同一序号的两份不同声明", "There are two different statements of one number"),
    Text(
        "请 {city} 说明；该序号已有声明 {held}",
        "Ask {city} to explain; {held} holds that number",
    ),
)
STATEMENT_PREVIOUS_MISMATCH = ProblemKind(
    "statement_previous_mismatch",
    409,
    Text("声明所载上一声明有误", "The statement follows another one than the last"),
    Text("上一声明为 {expected}", "The last statement is {expected}"),
)
STATEMENT_WITHOUT_EFFECT = ProblemKind(
    "statement_without_effect",
    409,
    Text("该声明与已作声明重复或矛盾", "The statement repeats or contradicts what was stated"),
    Text(
        "只能恢复己方的中止，不得重复中止或重复终止，生效时间不得早于上一声明",
        "A city resumes only its own suspension, suspends and ends only once, "
        "and takes effect no earlier than its statement before",
    ),
)

CLOCK_SKEW: Final = timedelta(minutes=5)
SIGNING: Final = KeyUse.CHARTER


@dataclass(frozen=True)
class AgreementRecord:
    """All versions and statements of one agreement. Their signatures were verified on entry."""

    versions: tuple[SignedAgreement, ...]
    """At least one; by version."""
    statements: tuple[SignedStatement, ...] = ()
    """By city and sequence."""
    agreed: tuple[SignedAgreement, ...] = field(init=False, compare=False, repr=False)
    """The versions that all their signers have signed; by version."""

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.versions, key=lambda one: one.document.version))
        if not ordered or len({one.document.id for one in ordered}) != 1:
            raise ValueError("a record holds versions of one agreement")
        object.__setattr__(self, "versions", ordered)
        object.__setattr__(self, "statements", _chained(self.statements))
        object.__setattr__(self, "agreed", _agreed(ordered))

    @property
    def id(self) -> str:
        """The agreement's id."""
        return self.versions[0].document.id

    @property
    def parties(self) -> frozenset[str]:
        """The cities that are or were a party of some version that was agreed."""
        return frozenset(city for one in self.agreed for city in one.document.parties)

    def missing_signatures(self, signed: SignedAgreement) -> tuple[str, ...]:
        """Who has yet to sign a version of this record, in the order of the parties."""
        lower = [one for one in self.agreed if one.document.version < signed.document.version]
        return _missing(signed, lower[-1].document if lower else None)

    def statements_of(self, city: str) -> list[Statement]:
        """A city's statements in their order."""
        return [one.document for one in self.statements if one.document.city == city]


def required_signers(agreement: Agreement, before: Agreement | None) -> tuple[str, ...]:
    """Who must sign: all parties, and those of the agreed version before.

    So a city leaves an agreement by an amendment only with its consent. Where it has left the
    league and cannot give it, the others end the agreement and make a new one.
    """
    return tuple(dict.fromkeys((*agreement.parties, *(before.parties if before else ()))))


def accept_agreement(
    known: AgreementRecord | None, proposed: SignedAgreement, charter: Charter, at: datetime
) -> AgreementRecord:
    """The record with a version, or with more signatures of one that it holds.

    Each signature must be by a key that may sign at this instant, when it is received. A draft
    without signatures is taken too. Raises this module's `agreement_...` refusals and those of
    `Charter.key`.
    """
    agreement = proposed.document
    if agreement.league != charter.league:
        raise AGREEMENT_OF_OTHER_LEAGUE(league=charter.league)
    for city in agreement.parties:
        charter.member(city)
    if known is not None and known.id != agreement.id:
        raise ValueError("the record is another agreement's")
    held = _held(known, agreement.version)
    if held is not None and held.digest != proposed.digest:
        raise _forked(known, agreement)
    before = _agreed_before(known, agreement)
    if known is not None:
        _check_place(known, agreement, held)
    signers = required_signers(agreement, before.document if before else None)
    fresh = [one for one in proposed.signatures if held is None or one not in held.signatures]
    _check_signatures(agreement, proposed.signatures, fresh, signers, charter, at)
    if held is None:
        others = () if known is None else known.versions
        statements = () if known is None else known.statements
        return AgreementRecord((*others, proposed.with_signatures([])), statements)
    assert known is not None  # noqa: S101 - it holds the version
    merged = held.with_signatures(fresh)
    versions = tuple(merged if one is held else one for one in known.versions)
    return replace(known, versions=versions)


def accept_statement(
    known: AgreementRecord, proposed: SignedStatement, charter: Charter, at: datetime
) -> AgreementRecord:
    """The record with one more statement; the same statement again changes nothing.

    Raises this module's `statement_...` refusals, `agreement_not_agreed`,
    `agreement_signature_wrong` and those of `Charter.key`.
    """
    statement = proposed.document
    if statement.league != charter.league:
        raise AGREEMENT_OF_OTHER_LEAGUE(league=charter.league)
    if statement.agreement != known.id:
        raise ValueError("the record is another agreement's")
    if not known.agreed:
        raise AGREEMENT_NOT_AGREED()
    if [one.city for one in proposed.signatures] != [statement.city] or (
        statement.city not in known.parties
    ):
        raise STATEMENT_AUTHOR_WRONG(parties=", ".join(sorted(known.parties)))
    own = known.statements_of(statement.city)
    if statement.sequence <= len(own):
        held = own[statement.sequence - 1]
        if held.digest != statement.digest:
            raise STATEMENT_FORKED(city=statement.city, held=held.digest)
        return known
    _check_signature(statement, proposed.signatures[0], charter, at)
    if statement.issued_at > at + CLOCK_SKEW:
        raise STATEMENT_FROM_FUTURE()
    _check_chain(own, statement)
    return replace(known, statements=(*known.statements, proposed))


def next_statement(
    known: AgreementRecord,
    city: str,
    kind: StatementKind,
    reason: Text,
    *,
    issued_at: datetime,
    effective_at: datetime | None = None,
) -> Statement:
    """What a city states next, unsigned. It takes effect at once, or at `effective_at`.

    Raises `statement_without_effect` or `document_invalid`.
    """
    own = known.statements_of(city)
    values = {
        "league": known.versions[0].document.league,
        "agreement": known.id,
        "city": city,
        "sequence": len(own) + 1,
        "previous": own[-1].digest if own else None,
        "kind": kind,
        "issued_at": issued_at,
        "effective_at": issued_at if effective_at is None else effective_at,
        "reason": reason,
    }
    statement = read_part(values, Statement)
    _check_chain(own, statement)
    return statement


def _check_chain(own: list[Statement], statement: Statement) -> None:
    if statement.sequence > len(own) + 1:
        raise STATEMENT_GAP(city=statement.city, expected=len(own) + 1)
    last = own[-1] if own else None
    if last is not None and statement.previous != last.digest:
        raise STATEMENT_PREVIOUS_MISMATCH(expected=last.digest)
    if last is not None and statement.issued_at < last.issued_at:
        raise STATEMENT_WITHOUT_EFFECT()
    if statement.kind is StatementKind.END:
        sensible = all(one.kind is not StatementKind.END for one in own)
    else:
        pauses = [one for one in own if one.kind is not StatementKind.END]
        kind = pauses[-1].kind if pauses else StatementKind.RESUME
        sensible = statement.kind is not kind and (
            not pauses or statement.effective_at >= pauses[-1].effective_at
        )
    if not sensible:
        raise STATEMENT_WITHOUT_EFFECT()


def _check_place(
    known: AgreementRecord, agreement: Agreement, held: SignedAgreement | None
) -> None:
    """A version comes next, and follows the one that was agreed; what lies below that is closed."""
    last = known.versions[-1].document.version
    agreed = known.agreed[-1] if known.agreed else None
    if agreed is not None and agreement.version < agreed.document.version:
        raise AGREEMENT_ROLLED_BACK(next_version=last + 1)
    if held is not None:
        return
    if agreement.version > last + 1:
        raise AGREEMENT_VERSION_GAP(expected=last + 1)
    if agreed is not None and agreement.supersedes != agreed.digest:
        raise AGREEMENT_SUPERSEDES_WRONG(expected=agreed.digest)


def _check_signatures(
    agreement: Agreement,
    signatures: tuple[Signature, ...],
    fresh: Iterable[Signature],
    signers: tuple[str, ...],
    charter: Charter,
    at: datetime,
) -> None:
    repeated = twice_signed(signatures)
    if repeated is not None:
        raise AGREEMENT_SIGNED_TWICE(city=repeated.city, key=repeated.key)
    for one in fresh:
        if one.city not in signers:
            raise AGREEMENT_SIGNER_UNKNOWN(parties=", ".join(signers))
        _check_signature(agreement, one, charter, at)


def _check_signature(
    document: Document, signature: Signature, charter: Charter, at: datetime
) -> None:
    key = charter.key(signature.city, signature.key, at, SIGNING)
    if not signature.verifies(key.public_key, document.signed_bytes()):
        raise AGREEMENT_SIGNATURE_WRONG(city=signature.city, key=signature.key)


def _forked(known: AgreementRecord | None, agreement: Agreement) -> Problem:
    last = agreement.version if known is None else known.versions[-1].document.version
    return AGREEMENT_FORKED(
        agreement=agreement.id, version=agreement.version, next_version=last + 1
    )


def _held(known: AgreementRecord | None, version: int) -> SignedAgreement | None:
    versions = () if known is None else known.versions
    return next((one for one in versions if one.document.version == version), None)


def _agreed_before(known: AgreementRecord | None, agreement: Agreement) -> SignedAgreement | None:
    agreed = () if known is None else known.agreed
    return next((one for one in reversed(agreed) if one.document.version < agreement.version), None)


def _agreed(versions: tuple[SignedAgreement, ...]) -> tuple[SignedAgreement, ...]:
    agreed: list[SignedAgreement] = []
    for one in versions:
        if not _missing(one, agreed[-1].document if agreed else None):
            agreed.append(one)
    return tuple(agreed)


def _missing(signed: Signed[Agreement], before: Agreement | None) -> tuple[str, ...]:
    signers = signed.signers
    return tuple(city for city in required_signers(signed.document, before) if city not in signers)


def _chained(statements: tuple[SignedStatement, ...]) -> tuple[SignedStatement, ...]:
    """The statements once each, by city and sequence; refused where one is missing or changed."""
    by_place: dict[tuple[str, int], SignedStatement] = {}
    for one in statements:
        place = (one.document.city, one.document.sequence)
        held = by_place.setdefault(place, one)
        if held is not one and held.digest != one.digest:
            raise STATEMENT_FORKED(city=place[0], held=held.digest)
    return tuple(_unbroken(by_place))


def _unbroken(by_place: Mapping[tuple[str, int], SignedStatement]) -> Iterable[SignedStatement]:
    for place in sorted(by_place):
        city, sequence = place
        before = by_place.get((city, sequence - 1))
        if sequence > 1 and before is None:
            raise STATEMENT_GAP(city=city, expected=sequence - 1)
        if before is not None and by_place[place].document.previous != before.digest:
            raise STATEMENT_PREVIOUS_MISMATCH(expected=before.digest)
        yield by_place[place]
