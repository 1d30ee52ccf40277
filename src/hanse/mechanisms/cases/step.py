"""A step: the line that the keeper wrote once, whose bytes all cities hold and hash alike.

A step's digest is SHA-256 of its exact bytes, and each step names the digest of the one before.
The salt in it keeps the digest from telling anything of a step whose contents were erased.
"""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError, field_serializer

from hanse.foundation.clock import iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.mechanisms.cases.actor import Actor, Seat
from hanse.mechanisms.cases.deadlines import DeadlineState

STEP_BYTES_MAX: Final = 131_072
REASON_CHARS_MAX: Final = 2_000
DOCUMENTS_PER_STEP_MAX: Final = 20
SEATS_MAX: Final = 12
SUBJECT_CHARS_MAX: Final = 64
CASE_ID_CHARS_MAX: Final = 64
STEP_NUMBER_MAX: Final = 10_000
CLOCK_ROLE: Final = "clock"
"""The role of steps that time takes; the keeper's city stands for it."""
OVERDUE: Final = "overdue"
MIGRATE: Final = "migrate"
FIRST_PREVIOUS: Final = "sha-256:" + "0" * 64

STEP_MALFORMED = ProblemKind(
    "case_step_malformed",
    422,
    Text("案件步骤格式错误", "The step of the case is malformed"),
    Text("步骤的格式见 docs/cases.md", "Its form is in docs/cases.md"),
)
STEP_TOO_LARGE = ProblemKind(
    "case_step_too_large",
    413,
    Text("步骤内容过大", "The step is too large"),
    Text(
        "一个步骤不超过{bytes_max}字节，较大材料请作为附件",
        "A step has at most {bytes_max} bytes: send larger material as a document",
    ),
)

CaseId = Annotated[
    str, titled("案件编号", "Case", pattern="^[A-Za-z0-9][A-Za-z0-9-]{0,63}$",
                max_length=CASE_ID_CHARS_MAX)
]  # fmt: skip
Name = Annotated[str, titled("名称", "Name", pattern="^[a-z][a-z0-9_]{0,39}$", max_length=40)]
DigestName = Annotated[
    str, titled("摘要", "Digest", pattern="^sha-256:[0-9a-f]{64}$", max_length=72)
]
Reason = Annotated[str, titled("理由", "Reason", max_length=REASON_CHARS_MAX)]

MaybeReason = Annotated[str | None, titled("理由", "Reason", max_length=REASON_CHARS_MAX)]


class Document(BaseModel):
    """A paper, named by what it holds; the bytes travel and rest outside the case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    digest: DigestName
    kind: Name
    name: Annotated[str, titled("文件名", "Name", min_length=1, max_length=200)]
    media_type: Annotated[
        str, titled("文件类型", "Media type", pattern="^[a-z]+/[a-z0-9.+-]+$", max_length=100)
    ]
    size_bytes: Annotated[int, titled("字节数", "Bytes", ge=1, le=2**40)]
    version: Annotated[int, titled("版本", "Version", ge=1, le=1_000)] = 1
    retention: Annotated[str, titled("保管类别", "Retention", max_length=40)] = "case"


Documents = Annotated[
    tuple[Document, ...], titled("材料", "Documents", max_length=DOCUMENTS_PER_STEP_MAX)
]
Seats = Annotated[dict[Name, Seat], titled("各方", "Seats", min_length=1, max_length=SEATS_MAX)]
Subject = Annotated[str, titled("事项对象", "Subject", min_length=1, max_length=SUBJECT_CHARS_MAX)]


class Beginning(BaseModel):
    """What only the first step says: whom the case is about and who has a seat in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: Subject
    seats: Seats


class Step(BaseModel):
    """One step, as its keeper numbered it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: CaseId
    procedure: Annotated[str, titled("办理程序", "Procedure", max_length=81)]
    version: Annotated[int, titled("程序版本", "Version", ge=1, le=10_000)]
    number: Annotated[int, titled("步骤序号", "Number", ge=1, le=STEP_NUMBER_MAX)]
    previous: DigestName
    keeper: Annotated[str, titled("主办城市", "Keeper", pattern="^[1-9][0-9]{5}$")]
    actor: Annotated[Actor, titled("办理人", "Actor")]
    action: Name
    at: Annotated[datetime, titled("时间", "At")]
    data: Annotated[dict[str, Any], titled("内容", "Data")] = {}
    reason: MaybeReason = None
    documents: Documents = ()
    deadlines: Annotated[
        tuple[DeadlineState, ...], titled("变动的期限", "Deadlines that it changed", max_length=60)
    ] = ()
    proposal: Annotated[str | None, titled("提议编号", "Proposal", max_length=64)] = None
    begins: Annotated[Beginning | None, titled("立案", "Beginning")] = None
    salt: Annotated[str, titled("盐值", "Salt", min_length=22, max_length=64)]

    @field_serializer("at")
    def _instant(self, at: datetime) -> str:
        return iso(at)

    def to_bytes(self) -> bytes:
        """The step's line. It is written once, by the keeper; everyone keeps these bytes."""
        data = orjson.dumps(self.model_dump(mode="json", exclude_defaults=True))
        if len(data) > STEP_BYTES_MAX:
            raise STEP_TOO_LARGE(bytes_max=STEP_BYTES_MAX)
        return data

    @property
    def is_by_time(self) -> bool:
        """Whether no one took it: a deadline passed."""
        return self.actor.role == CLOCK_ROLE


def read_step(data: bytes) -> Step:
    """The step of a line; raises `case_step_malformed` or `case_step_too_large`."""
    if len(data) > STEP_BYTES_MAX:
        raise STEP_TOO_LARGE(bytes_max=STEP_BYTES_MAX)
    try:
        step = Step.model_validate(orjson.loads(data))
    except (orjson.JSONDecodeError, ValidationError):
        raise STEP_MALFORMED() from None
    if step.at.tzinfo is None or (step.number == 1) != (step.begins is not None):
        raise STEP_MALFORMED()
    return step


def digest_of(data: bytes) -> str:
    """The digest by which the next step names this one."""
    return f"sha-256:{hashlib.sha256(data).hexdigest()}"


def whole_ms(instant: datetime) -> datetime:
    """In UTC to the millisecond, as a step writes it."""
    exact = instant.astimezone(UTC)
    return exact.replace(microsecond=exact.microsecond // 1000 * 1000)
