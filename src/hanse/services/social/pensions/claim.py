"""A claim: where it is made, whether it is due, what it comes to; each step in words."""

from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import citizen_birth_date, citizen_sex
from hanse.foundation.languages import Text
from hanse.foundation.working_days import Calendar
from hanse.services.social.pensions.claim_place import place_of_claim, unit_of
from hanse.services.social.pensions.destination import age_on
from hanse.services.social.pensions.entitlement import (
    ClaimFacts,
    Entitlement,
    entitlement,
    year_indices,
)
from hanse.services.social.pensions.months import month_at, written
from hanse.services.social.pensions.parameters import PensionParameters
from hanse.services.social.pensions.pension_age import fits, minimum_months, pension_age
from hanse.services.social.pensions.relation import Relation
from hanse.services.social.pensions.requests import ClaimAnswer, ClaimRequest, in_words
from hanse.services.social.pensions.time_limits import claim_due

PENSION_TRACK_WRONG = ProblemKind(
    "pension_track_wrong",
    422,
    Text("退休类别与性别不符", "The track is not one for this person"),
    Text("男职工选60周岁类，女职工选55或50周岁类", "Men: 60; women: 55 or 50"),
)
PENSION_DRAWN_ALREADY = ProblemKind(
    "pension_drawn_already",
    409,
    Text("已领取养老待遇", "The person draws a pension already"),
    Text("已领取待遇的关系不再转移，也不重复核定", "It neither moves nor is granted again"),
)


def answer_claim(
    relation: Relation,
    request: ClaimRequest,
    city: str,
    today: date,
    calendar: Calendar,
    parameters: PensionParameters,
) -> ClaimAnswer:
    """The whole answer to a claim at `city`; an amount only where it is due and due here."""
    if relation.draws_pension:
        raise PENSION_DRAWN_ALREADY()
    born, sex = citizen_birth_date(request.citizen_id), citizen_sex(request.citizen_id)
    if not fits(request.track, sex):
        raise PENSION_TRACK_WRONG()
    on = request.claimed_on or today
    place = place_of_claim(
        relation.contributions, relation.person.household_region, parameters.claim_places
    )
    age = pension_age(request.track, born)
    months = place.total_months + relation.deemed_months
    needed = minimum_months(on.year)
    reached = month_at(on) >= age.reached
    is_here = unit_of(city, parameters.claim_places.unit) == place.place
    due = reached and months >= needed
    found: Entitlement | None = None
    if due and is_here:
        wages = {one.year: one.yearly for one in request.average_wages}
        facts = ClaimFacts(
            indices=year_indices(relation.contributions, wages, parameters),
            months=months,
            wage=request.monthly_base,
            balance=relation.account[-1].closing,
            age=age_on(born, on),
        )
        found = entitlement(facts, parameters)
    reckoning = claim_due(on, calendar, parameters.limits)
    return ClaimAnswer(
        place=place.place,
        rule=place.rule,
        is_here=is_here,
        place_steps=tuple(in_words(one) for one in place.explanation),
        age_reached=reached,
        age_reached_in=written(age.reached),
        age_words=in_words(age.explanation),
        months=months,
        months_needed=needed,
        due=due,
        basic=None if found is None else found.basic,
        account=None if found is None else found.account,
        total=None if found is None else found.total,
        steps=() if found is None else tuple(in_words(one) for one in found.explanation),
        decide_by=reckoning.due,
        decide_by_words=in_words(reckoning.explanation),
    )
