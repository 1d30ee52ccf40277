"""The exchange among three cities: collected, corrected in the open, compared, drawn."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hanse.services.governance.briefing import book
from hanse.services.governance.briefing.contracts import Return, Template
from hanse.services.governance.briefing.tables import figures as figures_table
from tests.exchange.cities import START, Town
from tests.governance.test_briefing_rules import GDP, ID, indicator, template
from tests.governance.towns import A, B, C, done, forge, refused, settle

WORK = {
    "title": {"zh": "生成的工作", "en": "Generated work"},
    "organisation": "planning",
    "begins_on": "2026-12-01",
    "ends_on": "2026-12-20",
}


def sent(gdp: int, period: str = "2026-Q3", **changes: Any) -> dict[str, Any]:
    parts = {"gdp": gdp, "primary": gdp // 10, "secondary": gdp // 2}
    parts["tertiary"] = gdp - parts["primary"] - parts["secondary"]
    return {
        "template": ID,
        "period": period,
        "figures": [{"code": code, "figure": str(value)} for code, value in parts.items()],
        **changes,
    }


def collected(towns: dict[str, Town]) -> None:
    done(towns[A], "briefing.set_template", template())
    settle(towns)
    for city, now, then in ((A, 2000, 1900), (B, 300, 250), (C, 400, 410)):
        done(towns[city], "briefing.give", sent(then, "2025-Q3"))
        done(towns[city], "briefing.give", sent(now))
    settle(towns)


def compared(town: Town, code: str = "gdp", period: str = "2026-Q3") -> dict[str, Any]:
    return done(town, "briefing.compare", {"template": ID, "period": period, "code": code})


def test_every_city_compares_the_same_figures(towns: dict[str, Town]) -> None:
    collected(towns)
    views = [compared(town) for town in towns.values()]
    assert views[0] == views[1] == views[2]
    lines = {one["city"]: one for one in views[0]["cities"]}
    assert [lines[city]["rank"] for city in (A, B, C)] == [1, 3, 2]
    assert [lines[city]["growth"] for city in (A, B, C)] == ["5.3", "20.0", "-2.4"]
    assert [lines[city]["share_percent"] for city in (A, B, C)] == ["74.1", "11.1", "14.8"]
    assert (views[0]["total"], views[0]["total_growth"]) == ("2700", "5.5")


def test_while_a_city_is_missing_there_is_no_total_and_no_share(towns: dict[str, Town]) -> None:
    done(towns[A], "briefing.set_template", template())
    settle(towns)
    done(towns[A], "briefing.give", sent(2000))
    settle(towns)
    found = compared(towns[B])
    lines = {one["city"]: one for one in found["cities"]}
    assert (found.get("total"), lines[A].get("share_percent")) == (None, None)
    assert (lines[B].get("figure"), lines[B]["why"]) == (None, "no_figure")
    assert lines[A]["why"] == "no_figure_before"
    states = done(towns[C], "briefing.collection", {"template": ID, "period": "2026-Q3"})
    assert [one["state"] for one in states["cities"]] == ["late", "missing", "missing"]


def test_a_correction_counts_and_the_return_before_stays_readable(
    towns: dict[str, Town],
) -> None:
    collected(towns)
    assert done(towns[B], "briefing.give", sent(350))["version"] == 2
    settle(towns)
    asked = {"template": ID, "period": "2026-Q3", "city": B}
    versions = done(towns[C], "briefing.return", asked)["versions"]
    assert [(one["version"], one["figures"][0]["figure"]) for one in versions] == [
        (2, "350"),
        (1, "300"),
    ]
    assert compared(towns[C])["total"] == "2750"


def test_figures_in_another_unit_are_converted_and_in_other_prices_not_compared(
    towns: dict[str, Town],
) -> None:
    collected(towns)
    smaller = [{**one, "unit": "yuan_10k", "decimals": 0} for one in GDP]
    done(towns[A], "briefing.set_template", template(version=2, indicators=smaller))
    settle(towns)
    done(towns[B], "briefing.give", sent(3_000_000))
    settle(towns)
    found = compared(towns[A])
    lines = {one["city"]: one for one in found["cities"]}
    assert (lines[B]["growth"], lines[C]["figure"]) == ("20.0", "4000000")
    assert found["total"] == "27000000", "all in the newest unit, whatever they were given in"
    constant = [{**one, "prices": "constant_2025"} for one in smaller]
    done(towns[A], "briefing.set_template", template(version=3, indicators=constant))
    settle(towns)
    done(towns[B], "briefing.give", sent(3_000_000))
    settle(towns)
    lines = {one["city"]: one for one in compared(towns[A])["cities"]}
    assert (lines[B]["figure"], lines[B]["why"]) == ("3000000", "other_prices")
    assert (lines[C].get("figure"), lines[C]["why"]) == (None, "other_prices")


def test_returns_that_are_wrong_are_refused_and_nothing_changes(towns: dict[str, Town]) -> None:
    assert refused(towns[A], "briefing.give", sent(1)) == "briefing_template_unknown"
    collected(towns)
    good = sent(3000)
    for changes, code in (
        ({"period": "2026-Q4"}, "briefing_period_wrong"),
        ({"period": "2026-13"}, "data_invalid"),
        ({"figures": good["figures"][:3]}, "briefing_figures_wrong"),
        ({"figures": [{"code": "gdp"}, *good["figures"][1:]]}, "data_invalid"),
        ({"figures": [{"code": "gdp", "figure": "Infinity"}]}, "data_invalid"),
        ({"figures": [{"code": "gdp", "figure": "9"}, *good["figures"][1:]]},
         "briefing_parts_do_not_add_up"),
        ({"arrangements": [{**WORK, "ends_on": "2026-11-30"}]}, "data_invalid"),
    ):  # fmt: skip
        assert refused(towns[A], "briefing.give", {**good, **changes}) == code, changes
    done(towns[A], "briefing.give", sent(1500, "2026-Q2"))
    assert refused(towns[A], "briefing.give", sent(1400)) == "briefing_cumulative_falls"
    assert refused(towns[B], "briefing.set_template", template(version=2)) == (
        "briefing_not_keeper"
    )
    monthly = {"template": ID, "period": "2026-09"}
    assert refused(towns[A], "briefing.collection", monthly) == "briefing_period_wrong"
    unknown = {"template": ID, "period": "2026-Q3", "code": "x"}
    assert refused(towns[A], "briefing.compare", unknown) == "briefing_template_unknown"


def test_another_city_changes_no_template_and_gives_only_its_own_figures(
    towns: dict[str, Town],
) -> None:
    collected(towns)
    before = compared(towns[A])
    forge(towns[B], "briefing.template", Template.model_validate(template(version=2)))
    bad = template(version=2, indicators=[indicator(), indicator()])
    forge(towns[A], "briefing.template", Template.model_validate(bad))
    forged = Return.model_validate(
        {**sent(1), "template_version": 9, "version": 2, "given_on": START.date()}
    )
    forge(towns[C], "briefing.returned", forged)
    settle(towns)
    after = {one["city"]: one for one in compared(towns[A])["cities"]}
    lines = {one["city"]: one for one in before["cities"]}
    assert (after[A]["figure"], after[B]["figure"]) == (lines[A]["figure"], lines[B]["figure"])
    assert after[C].get("figure") is None, "a figure under a template that is not held counts not"
    assert len(done(towns[C], "briefing.templates", {})["templates"]) == 1


def test_a_chart_has_a_place_for_each_period_and_city(towns: dict[str, Town]) -> None:
    collected(towns)
    asked = {"template": ID, "code": "gdp", "until": "2026-Q3", "count": 5}
    found = done(towns[B], "briefing.series", asked)
    assert found["periods"] == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    lines = {one["city"]: one["figures"] for one in found["series"]}
    assert lines[A] == ["1900", None, None, None, "2000"]
    assert [one["name"]["en"] for one in found["series"]] == ["Chengdu", "Deyang", "Mianyang"]


def test_plans_of_work_are_found_by_their_days_and_replaced_by_corrections(
    towns: dict[str, Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    collected(towns)
    later = {**WORK, "begins_on": "2026-12-10", "seeks_partners": True}
    done(towns[B], "briefing.give", sent(300, arrangements=[WORK, later]))
    done(towns[C], "briefing.give", sent(400, arrangements=[WORK]))
    settle(towns)

    def work(first: str, last: str) -> list[tuple[str, str]]:
        seen: list[tuple[str, str]] = []
        after: dict[str, str] = {}
        while True:
            page = done(towns[A], "briefing.work", {"first": first, "last": last, **after})
            seen += [(one["city"], one["arrangement"]["begins_on"]) for one in page["work"]]
            if page.get("next_after") is None:
                return seen
            after = {"after": page["next_after"]}

    whole = [(B, "2026-12-01"), (C, "2026-12-01"), (B, "2026-12-10")]
    assert work("2026-12-20", "2026-12-31") == whole
    monkeypatch.setattr(book, "PAGE_ROWS_MAX", 1)
    assert work("2026-11-01", "2026-12-31") == whole, "pages hold each once"
    assert work("2026-11-01", "2026-11-30") == work("2026-12-21", "2026-12-31") == []
    done(towns[B], "briefing.give", sent(300))
    settle(towns)
    assert work("2026-11-01", "2026-12-31") == [(C, "2026-12-01")]
    for after in ("x", "2026-01-01 a b c", f"2026-01-01 a b c {'9' * 30}", "2026-13-01 a b c 1"):
        wrong = {"first": "2026-11-01", "last": "2026-12-31", "after": after}
        assert refused(towns[A], "briefing.work", wrong) == "briefing_cursor_wrong"
    far = {"first": "0001-01-01", "last": "2026-12-31"}
    assert refused(towns[A], "briefing.work", far) == "data_invalid"


def test_the_day_of_the_first_return_says_whether_it_was_in_time(towns: dict[str, Town]) -> None:
    done(towns[A], "briefing.set_template", template(due_working_days=40))
    settle(towns)
    done(towns[B], "briefing.give", sent(300))
    settle(towns)
    towns[A].clock.advance(days=14)
    done(towns[B], "briefing.give", sent(310))
    done(towns[C], "briefing.give", sent(400))
    settle(towns)
    states = done(towns[A], "briefing.collection", {"template": ID, "period": "2026-Q3"})
    found = {one["city"]: (one["state"], one.get("given_on")) for one in states["cities"]}
    assert date.fromisoformat(states["due_on"]) == date(2026, 12, 1)
    assert found[B] == ("in_time", "2026-11-25")
    assert found[C] == ("late", "2026-12-09")
    assert found[A][0] == "missing"
    rows = towns[A].rows(select(figures_table.c.city).where(figures_table.c.code == "gdp"))
    assert sorted(row.city for row in rows) == [B, C]
