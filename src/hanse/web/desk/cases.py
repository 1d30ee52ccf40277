"""Cases of a matter: those that are open, those that are closed, and whom one looks for."""

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.procedure import SubjectKind
from hanse.web.desk.families import all_families, family_of
from hanse.web.names import city_names
from hanse.web.outcomes import answer_of
from hanse.web.page import GoTo, Result, Shown
from hanse.web.visit import Visit

ROWS_PER_PAGE = 50
CASE_NOT_FOUND = ProblemKind(
    "desk_case_not_found",
    404,
    Text("没有该编号的案件", "There is no case of that number"),
    Text("请核对案件编号，或按事项对象查找", "Check the number, or look for whom it is about"),
)
SUBJECTS = {
    SubjectKind.PERSON: Text("公民身份号码", "Citizen identity number"),
    SubjectKind.ENTERPRISE: Text("统一社会信用代码", "Unified social credit code"),
    SubjectKind.THING: Text("事项编号", "Number of the matter"),
}


async def cases_page(visit: Visit) -> Result:
    """A page of cases, newest first; by whom they are about where that is asked."""
    family = family_of(visit)
    subject = visit.query.get("subject", "").strip()[:64]
    is_open = visit.query.get("state") != "closed"
    data = {
        "is_open": is_open,
        "subject": subject or None,
        "cursor": visit.query.get("after") or None,
        "limit": ROWS_PER_PAGE,
    }
    answer = answer_of(await visit.call(f"{family.matter}.list", data))
    stages = {one.name: one.title for one in family.newest.stages}
    return Shown(
        "desk/cases.html",
        {
            "family": family,
            "cases": answer["cases"],
            "cursor": answer["cursor"],
            "stages": stages,
            "is_open": is_open,
            "subject": subject,
            "subject_title": SUBJECTS[family.subject],
            "cities": city_names(visit.node.league),
        },
    )


async def find(visit: Visit) -> Result:
    """A case by its number, in whichever matter it is: the number leads to its page."""
    number = visit.query.get("case", "").strip()[:64]
    if not number:
        return GoTo("/desk")
    for family in all_families(visit):
        if visit.who.may(f"{family.matter}.view"):
            outcome = await visit.call(f"{family.matter}.view", {"case": number})
            if isinstance(outcome, dict):
                return GoTo(f"/desk/cases/{family.matter}/{number}")
    raise CASE_NOT_FOUND()
