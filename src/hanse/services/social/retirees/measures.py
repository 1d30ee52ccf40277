"""The uniform measures for approving benefits: the same conditions and papers in every city.

The policy of the zone asks for one set of approval measures. They are data with a version; an
operation compares them between cities, so that no city can ask for more unseen.
"""

from collections.abc import Collection
from datetime import date
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.uniform_rules import Editions, Matter, RuleBook, Words

CONDITION_NOT_MET = ProblemKind(
    "retirees_condition_not_met",
    422,
    Text("不符合待遇领取条件", "A condition of the benefit is not met"),
    Text("尚不符合：{conditions}", "Not met: {conditions}"),
)
PAPERS_MISSING = ProblemKind(
    "retirees_papers_missing",
    422,
    Text("材料不齐", "Papers are missing"),
    Text("请一次补齐：{papers}", "All that is still needed: {papers}"),
)
PAPERS_NOT_ALLOWED = ProblemKind(
    "retirees_papers_not_allowed",
    422,
    Text("不得收取统一办法以外的材料", "The uniform measures do not ask for this"),
    Text("请退还：{papers}", "Give back: {papers}"),
)

MEASURES: Final = Editions(
    (
        RuleBook(
            name="retirees.approval",
            version=1,
            effective_from=date(2024, 1, 1),
            matters=(
                Matter(
                    code="employee_pension",
                    title=Words(zh="企业职工养老待遇核定", en="Pension of an enterprise employee"),
                    conditions=("pension_age", "contribution_years"),
                    papers=("identity", "application", "bank_account"),
                    decide_working_days=15,
                    basis="社会保险法第十六条",
                ),
                Matter(
                    code="resident_pension",
                    title=Words(zh="居民养老待遇核定", en="Pension of a resident"),
                    conditions=("age_60", "contribution_years"),
                    papers=("identity", "application", "bank_account"),
                    decide_working_days=15,
                    basis="社会保险法第二十二条",
                ),
                Matter(
                    code="survivor",
                    title=Words(zh="供养亲属待遇核定", en="Pension of a dependent survivor"),
                    conditions=("dependent", "insured_deceased"),
                    papers=("identity", "application", "bank_account", "kinship"),
                    decide_working_days=15,
                    basis="社会保险法第十七条",
                ),
                Matter(
                    code="work_injury",
                    title=Words(zh="伤残津贴核定", en="Disability allowance"),
                    conditions=("injury_recognised", "disability_grade"),
                    papers=("identity", "application", "bank_account", "disability_grade"),
                    decide_working_days=15,
                    basis="工伤保险条例第三十五条",
                ),
            ),
        ),
    )
)
"""[M] The laws named; [P] the list of papers and the working days, which a league agrees on."""


def check_approval(matter: Matter, met: Collection[str], papers: Collection[str]) -> None:
    """Refuse an approval whose conditions or papers are not exactly what the measures ask for."""
    if missing := [one for one in matter.conditions if one not in met]:
        raise CONDITION_NOT_MET(conditions=", ".join(missing))
    if missing := [one for one in matter.papers if one not in papers]:
        raise PAPERS_MISSING(papers=", ".join(missing))
    if extra := sorted(set(papers) - set(matter.papers)):
        raise PAPERS_NOT_ALLOWED(papers=", ".join(extra))
