"""A joint announcement in one of its versions, and what the desk and the cities say about it."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hanse.foundation.languages import titled
from hanse.foundation.worded import Worded
from hanse.mechanisms.league.document_types import CityCode, Digest, Prose, Unique, Words
from hanse.mechanisms.league.joint_documents import JointDocument

PARAGRAPHS_MAX: Final = 100
CITIES_MAX: Final = 64
DOCUMENT_CHARS_MAX: Final = 900_000
REASON_CHARS_MAX: Final = 1_000
VERSIONS_MAX: Final = 100

AnnouncementId = Annotated[
    str,
    titled("公告编号", "Announcement", pattern="^[1-9][0-9]{5}-[A-Za-z0-9-]{1,40}$", max_length=47),
]
"""The drafting city's code and its own number."""
Version = Annotated[int, titled("版本", "Version", ge=1, le=VERSIONS_MAX)]
SignedText = Annotated[str, titled("已签名文件", "Signed document", max_length=DOCUMENT_CHARS_MAX)]
Reason = Annotated[str, titled("理由", "Reason", min_length=1, max_length=REASON_CHARS_MAX), Prose]


class Contract(BaseModel):
    """What crosses a boundary: immutable, and nothing beside the declared fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Subject(Worded):
    """What an announcement is about: the fields of the league's work."""

    LEAGUE = "league", "联盟建设", "The league"
    PLANNING = "planning", "规划", "Planning"
    INFRASTRUCTURE = "infrastructure", "基础设施", "Infrastructure"
    ECONOMY = "economy", "产业与市场", "Industry and market"
    ENVIRONMENT = "environment", "生态环境", "Environment"
    SCIENCE = "science", "科技", "Science"
    CULTURE = "culture", "文化旅游", "Culture and tourism"
    SERVICES = "services", "公共服务", "Public services"
    SAFETY = "safety", "公共安全", "Public safety"


class Change(Worded):
    """What a later version does to the one before it, which stays readable."""

    CORRECTION = "correction", "更正", "Correction"
    RETRACTION = "retraction", "撤回", "Retraction"


class Announcement(JointDocument):
    """The canonical text of one version. All cities that it concerns sign its bytes."""

    PREFIX: ClassVar[str] = "hanse announcement v1"

    paper: Annotated[Literal["announcement"], titled("文种", "Paper")] = "announcement"
    id: AnnouncementId
    version: Version
    subject: Annotated[Subject, titled("领域", "Subject")]
    title: Annotated[Words, titled("标题", "Title")]
    text: Annotated[
        tuple[Words, ...],
        titled("正文", "Text, by paragraph", min_length=1, max_length=PARAGRAPHS_MAX),
    ]
    previous: Annotated[Digest | None, titled("前一版本摘要", "Digest of the version before")] = (
        None
    )
    change: Annotated[Change | None, titled("变更类别", "Kind of change")] = None
    change_note: Annotated[Words | None, titled("变更说明", "What is changed, and why")] = None

    @model_validator(mode="after")
    def _says_what_it_changes(self) -> Self:
        told = (self.previous, self.change, self.change_note)
        if any((one is None) != (self.version == 1) for one in told):
            raise ValueError("a later version names the one before and says what it changes")
        return self


class Draft(Contract):
    """What an announcement is to say; the node adds charter, time and the version before."""

    id: AnnouncementId
    version: Version = 1
    concerned: Annotated[
        tuple[CityCode, ...],
        titled("所涉城市", "Cities concerned", min_length=1, max_length=CITIES_MAX),
        Unique,
    ]
    subject: Annotated[Subject, titled("领域", "Subject")]
    title: Annotated[Words, titled("标题", "Title")]
    text: Annotated[
        tuple[Words, ...],
        titled("正文", "Text, by paragraph", min_length=1, max_length=PARAGRAPHS_MAX),
    ]
    change: Annotated[Change | None, titled("变更类别", "Kind of change")] = None
    change_note: Annotated[Words | None, titled("变更说明", "What is changed, and why")] = None


class Drafted(Contract):
    """The text that every city concerned is to sign."""

    digest: Annotated[Digest, titled("文本摘要", "Digest of the text")]
    document: SignedText


class SignedAnnouncement(Contract):
    """A text with signatures, as `hanse joint sign` writes it."""

    document: SignedText


class Taken(Contract):
    """Whose signatures the answering city holds."""

    signed_by: Annotated[tuple[CityCode, ...], titled("已签署城市", "Signed by")]


class Objection(Contract):
    """A city concerned does not approve of a text."""

    digest: Annotated[Digest, titled("文本摘要", "Digest of the text")]
    reason: Reason


class Noted(Contract):
    """The objection is on its way, or noted."""

    digest: Annotated[Digest, titled("文本摘要", "Digest of the text")]
