"""What is in force on a route, at an instant, for a city."""

from typing import Any

from hanse.services.safety.traffic.contracts import NoticeQuery
from hanse.services.safety.traffic.roads import RoadAlias, RoadTable
from hanse.services.safety.traffic.vocabulary import Standing
from hanse.services.safety.traffic.watch import answer

from .strategies import CHENGDU, DEYANG, MEISHAN, NOON, YAAN, hours, notice

G5 = notice(id="510100-1")
OVERDUE = notice(id="510100-2", road="S4", expected_end=NOON + hours(1))
UPCOMING = notice(id="510100-3", start=NOON + hours(30), expected_end=NOON + hours(40))
LIFTED = notice(id="510100-4", status="lifted", lifted_at=NOON + hours(1))
STREET = notice(
    issuer=DEYANG,
    id="510600-5",
    road="天府大道",
    from_stake_m=None,
    to_stake_m=None,
    also_signed_as=("S11",),
    affected_cities=(MEISHAN,),
)
ALL = (STREET, UPCOMING, LIFTED, OVERDUE, G5)
NOW = NOON + hours(2)


def asked(roads: RoadTable | None = None, **query: Any) -> list[str]:
    found = answer(ALL, NoticeQuery(**query), NOW, roads or RoadTable())
    return [entry.notice.local_id for entry in found.notices]


def test_nothing_named_asks_for_all_that_is_in_force_by_number() -> None:
    assert asked() == ["1", "2", "5"]


def test_the_standing_is_told() -> None:
    found = answer(ALL, NoticeQuery(), NOW, RoadTable())
    assert [entry.standing for entry in found.notices] == [
        Standing.IN_FORCE,
        Standing.OVERDUE_CONFIRM,
        Standing.IN_FORCE,
    ]
    assert found.at == NOW


def test_another_instant_may_be_asked_about() -> None:
    assert asked(at=NOON + hours(0.5)) == ["1", "2", "4", "5"]
    assert asked(at=NOON + hours(35)) == ["1", "2", "3", "5"]
    assert asked(at=NOON - hours(1)) == []


def test_a_route_meets_what_lies_on_it_in_its_direction() -> None:
    assert asked(road="G5") == ["1"]
    assert asked(road="G5", from_stake_m=1_700_000, to_stake_m=1_801_000) == ["1"]
    assert asked(road="G5", from_stake_m=1_801_000, to_stake_m=1_700_000) == []
    assert asked(road="G5", from_stake_m=1_700_000, to_stake_m=1_800_000) == []


def test_a_road_is_found_under_its_other_names() -> None:
    table = RoadTable(aliases=(RoadAlias(alias="成雅高速", road="G5"),))
    assert asked(road="成雅高速") == []
    assert asked(table, road="成雅高速") == ["1"]
    assert asked(road="S11") == ["5"]


def test_a_city_is_told_of_its_own_and_of_what_affects_it() -> None:
    assert asked(city=CHENGDU) == ["1", "2"]
    assert asked(city=DEYANG) == ["5"]
    assert asked(city=MEISHAN) == ["5"]
    assert asked(city=YAAN) == []


def test_a_list_is_continued_after_its_last_number() -> None:
    assert asked(after="510100-1") == ["2", "5"]
    assert asked(after="510600-5") == []
