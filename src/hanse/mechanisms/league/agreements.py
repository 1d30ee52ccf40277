"""Agreements: what each city may ask of another, why, seeing what, how often, until when.

An agreement counts once all its parties have signed it; a statement of one party suspends,
resumes or ends it. What follows from them at an instant is reckoned in `agreement_state`, and who
may call what in `grants`.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Final, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from hanse.foundation.languages import Text, titled
from hanse.mechanisms.league.document_types import (
    CityCode,
    Digest,
    Identifier,
    Instant,
    ShortName,
    Unique,
    Words,
)
from hanse.mechanisms.league.documents import Document, Part, Signed, read_signed
from hanse.mechanisms.league.fields import PATHS_MAX, FieldFilter

PARTIES_MAX: Final = 64
GRANTS_MAX: Final = 200
OPERATIONS_PER_GRANT_MAX: Final = 100
ORGANISATIONS_PER_GRANT_MAX: Final = 2_000
PURPOSES_PER_GRANT_MAX: Final = 50
STATEMENTS_PER_CITY_MAX: Final = 1_000
ANY: Final = "*"


def _paths(paths: tuple[str, ...]) -> tuple[str, ...]:
    FieldFilter(paths)
    return paths


OperationName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.([a-z][a-z0-9_]*|\*)$", max_length=100),
]
"""An operation or a topic, `library.borrow`, or every one of a service, `library.*`."""

PurposeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=64)]

OrganisationName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(\*|([1-9][0-9]{5}/)?[A-Za-z0-9][A-Za-z0-9._-]*|[1-9][0-9]{5}/\*)$",
        max_length=107,
    ),
]
"""`city/id`, `city/*` for all of a city, `*` for all; an id alone where one city calls."""


class Grant(Part):
    """One thing that an agreement allows."""

    id: Annotated[Identifier, titled("授权编号", "Grant id")]
    operations: Annotated[
        tuple[OperationName, ...],
        Unique,
        titled("业务操作", "Operations", min_length=1, max_length=OPERATIONS_PER_GRANT_MAX),
    ]
    providers: Annotated[
        tuple[CityCode, ...] | None,
        titled("提供方", "Who answers", min_length=1, max_length=PARTIES_MAX),
    ] = None
    callers: Annotated[
        tuple[CityCode, ...] | None,
        titled("调用方", "Who asks", min_length=1, max_length=PARTIES_MAX),
    ] = None
    organisations: Annotated[
        tuple[OrganisationName, ...],
        Unique,
        titled("调用机构", "Organisations", min_length=1, max_length=ORGANISATIONS_PER_GRANT_MAX),
    ]
    purposes: Annotated[
        tuple[PurposeCode, ...],
        Unique,
        titled("用途", "Purposes", min_length=1, max_length=PURPOSES_PER_GRANT_MAX),
    ]
    fields: Annotated[
        tuple[str, ...],
        Unique,
        AfterValidator(_paths),
        titled("可见字段", "Fields", min_length=1, max_length=PATHS_MAX),
    ]
    rate_per_minute: Annotated[
        int | None, titled("每分钟次数上限", "Calls per minute", ge=1, le=10_000_000)
    ] = None
    rate_per_day: Annotated[
        int | None, titled("每日次数上限", "Calls per day", ge=1, le=10_000_000_000)
    ] = None
    valid_from: Annotated[Instant | None, titled("生效时间", "Valid from")] = None
    valid_until: Annotated[Instant | None, titled("失效时间", "Valid until")] = None
    legal_basis: Annotated[Words, titled("法律依据", "Legal basis")]

    @model_validator(mode="after")
    def _is_clear(self) -> Self:
        for cities in (self.providers, self.callers):
            if cities is not None and len(set(cities)) != len(cities):
                raise ValueError("a city stands twice")
        if ANY in self.organisations and len(self.organisations) > 1:
            raise ValueError("* stands alone")
        for one in self.organisations:
            city, slash, _ = one.rpartition("/")
            if slash and self.callers is not None and city not in self.callers:
                raise ValueError("an organisation's city is among the callers")
            if not slash and one != ANY and (self.callers is None or len(self.callers) != 1):
                raise ValueError("where several cities call, an organisation is city/id")
        return self


class Agreement(Document):
    """One version of an agreement between two or more cities of a league."""

    PREFIX: ClassVar[str] = "hanse agreement v1"

    id: Annotated[Identifier, titled("协议编号", "Agreement id")]
    version: Annotated[int, titled("版本", "Version", ge=1, le=1_000_000)]
    league: Annotated[ShortName, titled("联盟编号", "League")]
    title: Annotated[Words, titled("协议名称", "Title")]
    parties: Annotated[
        tuple[CityCode, ...],
        Unique,
        titled("缔约城市", "Parties", min_length=2, max_length=PARTIES_MAX),
    ]
    valid_from: Annotated[Instant, titled("生效时间", "Valid from")]
    valid_until: Annotated[Instant, titled("期满时间", "Valid until")]
    text_digest: Annotated[Digest | None, titled("协议正文摘要", "Digest of the text")] = None
    supersedes: Annotated[
        Digest | None, titled("所取代版本的摘要", "Digest of the version that this supersedes")
    ] = None
    grants: Annotated[
        tuple[Grant, ...], titled("授权", "Grants", min_length=1, max_length=GRANTS_MAX)
    ]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.valid_until <= self.valid_from:
            raise ValueError("an agreement ends after it begins")
        if self.version == 1 and self.supersedes is not None:
            raise ValueError("version 1 supersedes nothing")
        if len({grant.id for grant in self.grants}) != len(self.grants):
            raise ValueError("a grant's id stands twice")
        for grant in self.grants:
            self._check_grant(grant)
        return self

    def _check_grant(self, grant: Grant) -> None:
        named = {one.rpartition("/")[0] for one in grant.organisations} - {""}
        if not {*(grant.providers or ()), *(grant.callers or ()), *named} <= set(self.parties):
            raise ValueError(f"grant {grant.id} names a city that is no party")
        begin = grant.valid_from or self.valid_from
        end = grant.valid_until or self.valid_until
        if not self.valid_from <= begin < end <= self.valid_until:
            raise ValueError(f"the period of grant {grant.id} lies within the agreement's")


class StatementKind(StrEnum):
    """What a party states of an agreement."""

    SUSPEND = "suspend"
    RESUME = "resume"
    """Takes back the same party's suspension; another party's stays."""
    END = "end"
    """Gives notice: the agreement ends for all parties, and no statement revives it."""


KIND_TITLES: Final = {
    StatementKind.SUSPEND: Text("中止", "suspends"),
    StatementKind.RESUME: Text("恢复", "resumes"),
    StatementKind.END: Text("终止", "ends"),
}


class Statement(Document):
    """One party's word on an agreement, chained to the party's statement before it."""

    PREFIX: ClassVar[str] = "hanse agreement statement v1"

    league: Annotated[ShortName, titled("联盟编号", "League")]
    agreement: Annotated[Identifier, titled("协议编号", "Agreement id")]
    city: Annotated[CityCode, titled("声明城市", "City")]
    sequence: Annotated[int, titled("序号", "Sequence", ge=1, le=STATEMENTS_PER_CITY_MAX)]
    previous: Annotated[
        Digest | None, titled("上一声明摘要", "Digest of the statement before it")
    ] = None
    kind: Annotated[StatementKind, titled("声明内容", "What is stated")]
    issued_at: Annotated[Instant, titled("作出时间", "Issued at")]
    effective_at: Annotated[Instant, titled("生效时间", "Effective at")]
    reason: Annotated[Words, titled("理由", "Reason")]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.previous is None) != (self.sequence == 1):
            raise ValueError("only the first statement has none before it")
        if self.effective_at < self.issued_at:
            raise ValueError("a statement takes effect when it is issued, or later")
        return self


SignedAgreement = Signed[Agreement]
SignedStatement = Signed[Statement]


def read_agreement(data: bytes) -> SignedAgreement:
    """Read a signed agreement strictly; `agreement_records.accept_agreement` verifies it."""
    return read_signed(data, Agreement)


def read_statement(data: bytes) -> SignedStatement:
    """Read a signed statement strictly; `agreement_records.accept_statement` verifies it."""
    return read_signed(data, Statement)
