"""Experts with their interests, the matters on which they are asked, and their opinions."""

from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hanse.foundation.figures import Reckoned
from hanse.foundation.languages import titled
from hanse.foundation.worded import Worded
from hanse.mechanisms.league.document_types import CityCode, Day, Identifier, Prose, Unique, Words

INTERESTS_MAX: Final = 200
PARTIES_MAX: Final = 40
CRITERIA_MAX: Final = 20
SCORE_MAX: Final = 100
OPINION_CHARS_MAX: Final = 20_000
WORKING_DAYS_MAX: Final = 250

ExpertId = Annotated[
    str,
    titled("专家编号", "Expert", pattern="^[1-9][0-9]{5}-[A-Za-z0-9-]{1,20}$", max_length=27),
]
"""The code of the city that put the expert forward, and its own number."""
MatterId = Annotated[
    str,
    titled("事项编号", "Matter", pattern="^[1-9][0-9]{5}-[A-Za-z0-9-]{1,20}$", max_length=27),
]
"""The asking city's code and its own number."""
PartyId = Annotated[
    str,
    titled(
        "相关方",
        "Party",
        pattern="^([0-9A-Z]{18}|[1-9][0-9]{5}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?)$",
        max_length=107,
    ),
]
"""A unified social credit code, a city, or `city/organisation`."""
Version = Annotated[int, titled("版本", "Version", ge=1, le=10_000)]
WorkingDays = Annotated[int, titled("工作日数", "Working days", ge=1, le=WORKING_DAYS_MAX)]
Code = Annotated[Identifier, titled("代码", "Code")]


class Contract(BaseModel):
    """What crosses a boundary: immutable, and nothing beside the declared fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Speciality(Worded):
    """What an expert knows about."""

    PLANNING = "planning", "城乡规划", "Urban and rural planning"
    INFRASTRUCTURE = "infrastructure", "基础设施", "Infrastructure"
    INDUSTRY = "industry", "产业", "Industry"
    ENVIRONMENT = "environment", "生态环境", "Environment"
    SCIENCE = "science", "科技", "Science and technology"
    FINANCE = "finance", "财政金融", "Finance"
    LAW = "law", "法律", "Law"
    SOCIAL = "social", "社会事业", "Social undertakings"


class Tie(Worded):
    """How an expert is bound to a party."""

    EMPLOYMENT = "employment", "任职", "Employed by it"
    OWNERSHIP = "ownership", "持股", "Owns part of it"
    CONTRACT = "contract", "业务往来", "Works for it under contract"
    FAMILY = "family", "近亲属任职或持股", "Near relatives work there or own part of it"
    AUTHORSHIP = "authorship", "参与编制", "Took part in making its plan"


class Interest(Contract):
    """A tie that an expert has declared. It is never taken out, only ended."""

    party: PartyId
    tie: Annotated[Tie, titled("利益关系", "Tie")]
    since: Annotated[Day, titled("起始日期", "Since")]
    until: Annotated[Day | None, titled("终止日期", "Until")] = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("it ends before it begins")
        return self


class Profile(Contract):
    """One version of an expert's entry in the roster: professional data alone."""

    id: ExpertId
    version: Version
    name: Annotated[str, titled("姓名", "Name", min_length=1, max_length=80), Prose]
    position: Annotated[Words, titled("职务职称", "Position")]
    specialities: Annotated[
        tuple[Speciality, ...],
        titled("专业领域", "Specialities", min_length=1, max_length=20),
        Unique,
    ]
    office: Annotated[Identifier, titled("联络机构", "Office that reaches the expert")]
    interests: Annotated[
        tuple[Interest, ...],
        titled("已申报利益", "Declared interests", max_length=INTERESTS_MAX),
    ] = ()
    has_left: Annotated[bool, titled("已退出专家组", "Has left")] = False


class Work(Worded):
    """What an expert is asked for."""

    CONSULTATION = "consultation", "咨询", "Consultation"
    RESEARCH = "research", "研究", "Research"
    EVALUATION = "evaluation", "评估", "Evaluation"


class Criterion(Contract):
    """What is scored from 0 to 100, and its weight of 100 in all."""

    code: Code
    title: Annotated[Words, titled("评估指标", "Title")]
    weight: Annotated[int, titled("权重", "Weight", ge=1, le=100)]


class Matter(Contract):
    """What is asked, word for word the same of every expert."""

    id: MatterId
    work: Annotated[Work, titled("事项类别", "Kind of work")]
    speciality: Annotated[Speciality, titled("专业领域", "Speciality")]
    title: Annotated[Words, titled("标题", "Title")]
    question: Annotated[Words, titled("咨询问题", "Question")]
    concerned: Annotated[
        tuple[PartyId, ...],
        titled("相关方", "Parties concerned", min_length=1, max_length=PARTIES_MAX),
        Unique,
    ]
    working_days: WorkingDays
    evaluates: Annotated[MatterId | None, titled("被评估事项", "The matter evaluated")] = None
    criteria: Annotated[
        tuple[Criterion, ...], titled("评估指标", "Criteria", max_length=CRITERIA_MAX)
    ] = ()

    @model_validator(mode="after")
    def _is_evaluated_by_criteria(self) -> Self:
        is_evaluation = self.work is Work.EVALUATION
        if is_evaluation is not bool(self.criteria) or (self.evaluates and not is_evaluation):
            raise ValueError("an evaluation has criteria, and nothing else has")
        if self.evaluates == self.id:
            raise ValueError("a matter does not evaluate itself")
        codes = {one.code for one in self.criteria}
        if len(codes) != len(self.criteria):
            raise ValueError("a criterion stands twice")
        if self.criteria and sum(one.weight for one in self.criteria) != 100:
            raise ValueError("the weights are 100 together")
        return self


class Asked(Contract):
    """The matter, and the expert who is asked: the form that opens a case."""

    matter: Annotated[Matter, titled("事项", "Matter")]
    expert: ExpertId


class Acceptance(Contract):
    """The expert takes the matter on, and says how long it takes."""

    working_days: WorkingDays
    no_other_interest: Annotated[
        bool, titled("确认无其他利益关系", "No interest beyond those declared")
    ]


class Opinion(Contract):
    """What the expert says; of an evaluation, with a score for each criterion."""

    text: Annotated[
        str, titled("意见", "Opinion", min_length=1, max_length=OPINION_CHARS_MAX), Prose
    ]
    scores: Annotated[dict[Code, int], titled("评分", "Scores", max_length=CRITERIA_MAX)] = {}


class Result(Contract):
    """What the experts' scores come to."""

    experts: Annotated[int, titled("已采纳专家数", "Experts counted")]
    needed: Annotated[int, titled("所需专家数", "Experts needed")]
    score: Annotated[Reckoned | None, titled("综合得分", "Score")] = None
    lowest: Annotated[Reckoned | None, titled("最低分", "Lowest")] = None
    highest: Annotated[Reckoned | None, titled("最高分", "Highest")] = None
    is_disputed: Annotated[bool, titled("分歧较大", "The experts differ widely")] = False


class Candidate(Contract):
    """An expert for a matter, and what stands against asking."""

    expert: ExpertId
    name: Annotated[str, titled("姓名", "Name")]
    city: Annotated[CityCode, titled("推荐城市", "City")]
    conflicts: Annotated[tuple[PartyId, ...], titled("利益冲突方", "Conflicts with")]
