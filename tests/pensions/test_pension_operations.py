"""What an agency asks of its own node: relations, certificates, sheets, claims, funds."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.identifiers import make_citizen_id
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.message import read_line
from hanse.mechanisms.exchange.tables import messages_out
from hanse.services.social.pensions.months import month_of
from hanse.services.social.pensions.tables import certificates, relations
from tests.exchange.cities import Town, carry
from tests.pensions.examples import (
    CHENGDU,
    DEYANG,
    FIVE_YEARS,
    MAN,
    ZIYANG,
    letter,
    person,
    stay,
)
from tests.pensions.relations import POOLS, done, make_towns, refused, relation

Towns = tuple[Town, ...]


@pytest.fixture
def towns(fresh_store: Callable[[str], str]) -> Iterator[Towns]:
    yield from make_towns(fresh_store)


def test_a_kept_relation_books_its_funds_once(towns: Towns) -> None:
    _, origin = towns
    state = done(origin, "pension.keep", relation())
    assert (state["standing"], state["paid_months"], state["last_paid"]) == (
        "active",
        60,
        "2023-12",
    )
    funds = done(origin, "pension.funds", {})
    assert funds["pool"] == 4_032_000
    assert funds["accounts"] == state["account_balance"]
    done(origin, "pension.keep", relation())
    assert done(origin, "pension.funds", {}) == funds
    with_more = relation((*FIVE_YEARS, *stay(DEYANG, month_of(2024, 1), 1)))
    done(origin, "pension.keep", with_more)
    assert done(origin, "pension.funds", {})["pool"] == 4_032_000 + 60_000


def test_a_relation_that_shrinks_is_refused_and_nothing_changed(towns: Towns) -> None:
    _, origin = towns
    done(origin, "pension.keep", relation())
    before = origin.rows(select(relations))
    fewer = relation(FIVE_YEARS[:3])
    assert refused(origin, "pension.keep", fewer) == "pension_relation_shrinks"
    assert origin.rows(select(relations)) == before


def test_months_that_have_not_come_are_refused(towns: Towns) -> None:
    _, origin = towns
    early = relation((*FIVE_YEARS, *stay(DEYANG, month_of(2024, 1), 60)))
    assert refused(origin, "pension.keep", early) == "pension_month_not_come"
    assert origin.rows(select(relations)) == []


def test_a_certificate_is_what_the_city_gave_and_another_city_can_check_it(towns: Towns) -> None:
    new, origin = towns
    done(origin, "pension.keep", relation())
    given = done(origin, "pension.issue_certificate", {"citizen_id": MAN})
    assert given["paid_months"] == 60
    query = {"number": given["number"], "citizen_id": MAN}
    name = new.ask(DEYANG, "pension.certificate", query, purpose="pension-transfer")
    assert carry(new, origin) == []
    (sent,) = new.rows(select(messages_out).where(messages_out.c.message_id == name))
    assert read_line(sent.answer).data == {"certificate": given}


def test_a_certificate_of_another_person_is_unknown(towns: Towns) -> None:
    _, origin = towns
    done(origin, "pension.keep", relation())
    given = done(origin, "pension.issue_certificate", {"citizen_id": MAN})
    other = make_citizen_id(DEYANG, date(1980, 6, 1), 103)
    query = {"number": given["number"], "citizen_id": other}
    assert refused(origin, "pension.certificate", query) == "pension_certificate_unknown"


def test_1_9_4_who_draws_a_pension_gets_no_certificate(towns: Towns) -> None:
    _, origin = towns
    done(origin, "pension.keep", relation(draws_pension=True))
    code = refused(origin, "pension.issue_certificate", {"citizen_id": MAN})
    assert code == "pension_drawn_already"
    assert origin.rows(select(certificates)) == []


def test_1_9_6_arrears_do_not_stop_a_certificate_which_says_so(towns: Towns) -> None:
    _, origin = towns
    done(origin, "pension.keep", relation(arrears=True))
    assert done(origin, "pension.issue_certificate", {"citizen_id": MAN})["arrears"] is True


def test_an_unknown_person_is_refused_everywhere(towns: Towns) -> None:
    new, _ = towns
    for name in ("pension.relation", "pension.issue_certificate"):
        assert refused(new, name, {"citizen_id": MAN}) == "pension_relation_unknown"
    sheet = {"letter": json.loads(letter().model_dump_json())}
    assert refused(new, "pension.make_sheet", sheet) == "pension_relation_unknown"
    assert new.rows(select(relations)) == []


def test_the_sheet_is_made_of_the_relation_and_leaves_out_what_cannot_move(towns: Towns) -> None:
    _, origin = towns
    unproved = {"years": [2019, 2020, 2021], "paid_on": "2022-06-01"}
    done(origin, "pension.keep", relation(back_payments=[unproved]))
    made = done(origin, "pension.make_sheet", {"letter": json.loads(letter().model_dump_json())})
    assert [one["year"] for one in made["contributions"]] == [2022, 2023]
    assert made["left_behind"][0]["reason"] == "back_payment_unproved"
    assert made["pool_total"] == 12 * (7_200_000 + 7_800_000) // 100
    assert made["cash"] == made["account_total"] + made["pool_total"]


def test_1_7_no_cash_moves_where_the_province_pools(fresh_store: Callable[[str], str]) -> None:
    for _, origin in make_towns(fresh_store, POOLS):
        done(origin, "pension.keep", relation())
        asked = json.loads(letter(mode="province_relation_only").model_dump_json())
        made = done(origin, "pension.make_sheet", {"letter": asked})
        assert (made["cash"], made["pool_total"]) == (0, 4_032_000)


def test_a_letter_of_another_pooling_mode_is_refused(towns: Towns) -> None:
    _, origin = towns
    done(origin, "pension.keep", relation())
    asked = json.loads(letter(mode="province_relation_only").model_dump_json())
    assert refused(origin, "pension.make_sheet", {"letter": asked}) == "pension_mode_differs"


def test_1_4_an_arrival_says_what_opens_and_by_when(towns: Towns) -> None:
    new, _ = towns
    query = {"citizen_id": MAN, "origin": DEYANG, "household_region": ZIYANG}
    found = done(new, "pension.arrival", query)
    assert found["destination"] == "normal"
    assert len(found["deadlines"]) == 3
    old = make_citizen_id("420100", date(1970, 1, 1), 11)
    query = {"citizen_id": old, "origin": DEYANG, "household_region": "420100"}
    found = done(new, "pension.arrival", query)
    assert (found["destination"], found["deadlines"]) == ("temporary", [])
    found = done(new, "pension.arrival", {**query, "by_order": True})
    assert found["destination"] == "normal"


def claim(**changes: Any) -> dict[str, Any]:
    wages = [{"year": year, "yearly": 8_000_000} for year in range(2005, 2027)]
    return {
        "citizen_id": MAN_OF_1964,
        "track": "man_60",
        "average_wages": wages,
        "monthly_base": 781_700,
        **changes,
    }


MAN_OF_1964 = make_citizen_id(DEYANG, date(1964, 6, 1), 101)


def pensioner(months: int = 240, household: str = DEYANG) -> dict[str, Any]:
    rows = tuple(stay(DEYANG, month_of(2005, 1), months))
    values = relation(rows, without_interest_from=0)
    return {
        **values,
        "person": person(citizen_id=MAN_OF_1964, household_region=household),
    }


def test_1_6_a_claim_is_answered_with_each_step(towns: Towns) -> None:
    _, origin = towns
    done(origin, "pension.keep", pensioner())
    found = done(origin, "pension.claim", claim())
    assert (found["place"], found["rule"], found["is_here"]) == (DEYANG, "household", True)
    assert (found["months"], found["months_needed"], found["due"]) == (240, 180, True)
    assert found["total"] == found["basic"] + found["account"]
    assert len(found["steps"]) == 20 + 4
    assert all(step["zh"] and step["en"] for step in found["steps"])
    assert "20" in found["decide_by_words"]["en"]


def test_1_6_before_the_age_or_without_the_years_nothing_is_due(towns: Towns) -> None:
    _, origin = towns
    done(origin, "pension.keep", pensioner(179))
    found = done(origin, "pension.claim", claim())
    assert (found["due"], found["total"], found["age_reached"]) == (False, None, True)
    found = done(origin, "pension.claim", claim(claimed_on="2024-05-31"))
    assert found["age_reached"] is False
    assert found["age_reached_in"] == "2024-06"


def test_1_5_a_claim_at_the_wrong_place_names_the_right_one(towns: Towns) -> None:
    _, origin = towns
    done(origin, "pension.keep", pensioner(100, household=ZIYANG))
    found = done(origin, "pension.claim", claim())
    assert (found["place"], found["rule"], found["is_here"]) == (ZIYANG, "fallback", False)
    assert found["total"] is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"track": "woman_55"}, "pension_track_wrong"),
        ({"average_wages": []}, "pension_average_wage_unknown"),
        ({"claimed_on": "2027-03-01"}, "calendar_horizon_passed"),
        ({"claimed_on": "2026-02-30"}, "data_invalid"),
        ({"citizen_id": MAN_OF_1964[:17] + "?"}, "data_invalid"),
    ],
)
def test_a_claim_that_cannot_be_answered_is_refused(
    towns: Towns, changes: dict[str, Any], code: str
) -> None:
    _, origin = towns
    done(origin, "pension.keep", pensioner())
    assert refused(origin, "pension.claim", claim(**changes)) == code


def test_the_books_of_the_fund_are_whole(towns: Towns) -> None:
    from hanse.foundation.store.transaction import reading

    _, origin = towns
    done(origin, "pension.keep", relation())
    with reading(origin.engine) as transaction:
        assert list(ledger.audit(transaction)) == []
    assert CHENGDU not in done(origin, "pension.funds", {})["owed_by_peers"]
