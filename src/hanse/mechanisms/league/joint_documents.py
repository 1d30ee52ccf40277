"""Texts that several cities sign together: resolutions, joint announcements.

Such a text proves itself. It names the charter by its digest, the cities that may sign and how many
must, so whoever holds the text, its signatures and that charter can check it without asking anyone.
A signature counts if its key may sign charters, under the charter that the text names, at the
instant at which the text was issued. The rule has no other clock: every city counts alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self, TypeVar

from pydantic import model_validator

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.mechanisms.league.charter import MEMBERS_MAX, Charter, KeyUse
from hanse.mechanisms.league.document_types import CityCode, Digest, Instant, ShortName, Unique
from hanse.mechanisms.league.documents import Document, Signature, Signed, twice_signed

JOINT_OTHER_CHARTER = ProblemKind(
    "joint_other_charter",
    409,
    Text("文件所依据的章程不符", "The text rests on another charter"),
    Text("请按第{version}版章程（{digest}）核验", "Check it with charter {version}, {digest}"),
)
JOINT_SIGNATURE_WRONG = ProblemKind(
    "joint_signature_wrong",
    403,
    Text("签名验证失败", "A signature does not verify"),
    Text("请{city}以密钥{key}重新签署", "Let {city} sign again with key {key}"),
)
JOINT_SIGNER_NOT_NAMED = ProblemKind(
    "joint_signer_not_named",
    403,
    Text("该城市不在签署方之列", "That city is none of those that sign"),
    Text("签署方：{cities}", "Those that sign: {cities}"),
)
JOINT_SIGNED_TWICE = ProblemKind(
    "joint_signed_twice",
    422,
    Text("同一密钥重复签署", "A key has signed twice"),
    Text("请删去{city}重复的签名", "Remove the repeated signature of {city}"),
)


class JointDocument(Document):
    """What every text that cities sign together says of itself."""

    league: Annotated[ShortName, titled("联盟编号", "League")]
    charter_version: Annotated[int, titled("章程版本", "Charter version", ge=1, le=1_000_000)]
    charter_digest: Annotated[Digest, titled("章程摘要", "Charter digest")]
    issued_at: Annotated[Instant, titled("制定时间", "Issued at")]
    signatories: Annotated[
        tuple[CityCode, ...],
        titled("签署城市", "Cities that may sign", min_length=1, max_length=MEMBERS_MAX),
        Unique,
    ]
    needed: Annotated[int, titled("须签署城市数", "Cities that must sign", ge=1, le=MEMBERS_MAX)]

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.needed > len(self.signatories):
            raise ValueError("more cities must sign than may")
        return self


D = TypeVar("D", bound=JointDocument)


@dataclass(frozen=True)
class Standing:
    """How far the gathering of signatures is. Every signature counted was verified."""

    signed: tuple[str, ...]
    """Cities, in the order in which the text names them."""
    missing: tuple[str, ...]
    needed: int

    @property
    def is_complete(self) -> bool:
        """Whether enough cities have signed."""
        return len(self.signed) >= self.needed


def check_charter(document: JointDocument, charter: Charter) -> None:
    """Refuse a charter that is not the one on which the text rests, or lacks a signatory."""
    if charter.digest != document.charter_digest or charter.league != document.league:
        raise JOINT_OTHER_CHARTER(version=document.charter_version, digest=document.charter_digest)
    for city in document.signatories:
        charter.member(city)


def check_signatures(
    document: JointDocument, signatures: Iterable[Signature], charter: Charter
) -> None:
    """Refuse signatures of which one does not count; none at all is no fault.

    Raises this module's refusals and those of `Charter.key`.
    """
    check_charter(document, charter)
    signatures = tuple(signatures)
    repeated = twice_signed(signatures)
    if repeated is not None:
        raise JOINT_SIGNED_TWICE(city=repeated.city)
    message = document.signed_bytes()
    for one in signatures:
        if one.city not in document.signatories:
            raise JOINT_SIGNER_NOT_NAMED(cities=", ".join(document.signatories))
        key = charter.key(one.city, one.key, document.issued_at, KeyUse.CHARTER)
        if not one.verifies(key.public_key, message):
            raise JOINT_SIGNATURE_WRONG(city=one.city, key=one.key)


def standing(signed: Signed[D]) -> Standing:
    """Who has signed; the caller has verified the signatures, here or when it stored them."""
    document = signed.document
    return Standing(
        signed=tuple(city for city in document.signatories if city in signed.signers),
        missing=tuple(city for city in document.signatories if city not in signed.signers),
        needed=document.needed,
    )


def joint_values(
    charter: Charter, signatories: Iterable[str], needed: int, issued_at: datetime
) -> dict[str, object]:
    """The fields of `JointDocument` for a text that rests on this charter."""
    return {
        "league": charter.league,
        "charter_version": charter.version,
        "charter_digest": charter.digest,
        "issued_at": issued_at,
        "signatories": tuple(signatories),
        "needed": needed,
    }
