"""The forum among three cities: hosted in turn, turns swapped by agreement of both, papers."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from hanse.foundation.clock import iso
from hanse.services.governance.forum.contracts import PublishedEdition, SwapStatement
from hanse.services.governance.forum.tables import editions, statements
from tests.exchange.cities import START, Town, carry
from tests.governance.test_forum_rules import edition as made
from tests.governance.towns import A, B, C, done, forge, refused, settle


def edition(number: int = 1, host: str = A, **changes: Any) -> dict[str, Any]:
    starts = datetime(2025 + number, 12, 20, 1, 0, tzinfo=START.tzinfo)
    call = {
        "opens_at": iso(START),
        "closes_at": iso(START + timedelta(days=10)),
        "topics": [{"code": "roads", "title": {"zh": "道路", "en": "Roads"}}],
    }
    times = {"starts_at": iso(starts), "ends_at": iso(starts + timedelta(days=2))}
    whole = made(number=number, host=host, call=call, **times).model_dump(mode="json")
    return {**whole, **changes}


def paper(number: int = 1, city: str = B, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{city}-P{number}",
        "edition": 1,
        "topic": "roads",
        "title": {"zh": "生成论文", "en": "A generated paper"},
        "organisation": "planning",
        "abstract": "生成摘要",
        **changes,
    }


def hosts(town: Town, count: int = 6) -> list[str]:
    found = done(town, "forum.rotation", {"count": count})["turns"]
    return [one["host"] for one in found]


def test_all_cities_reckon_the_same_rotation(towns: dict[str, Town]) -> None:
    assert [hosts(town) for town in towns.values()] == [[A, B, C, A, B, C]] * 3


def test_the_host_alone_publishes_its_edition(towns: dict[str, Town]) -> None:
    assert refused(towns[B], "forum.publish", edition(host=B)) == "forum_not_host"
    assert refused(towns[B], "forum.publish", edition(host=A)) == "forum_not_host"
    assert done(towns[A], "forum.publish", edition())["cities_told"] == 2
    settle(towns)
    views = [done(town, "forum.view", {"edition": 1}) for town in towns.values()]
    assert views[0] == views[1] == views[2]
    assert refused(towns[C], "forum.view", {"edition": 2}) == "forum_unknown"
    assert refused(towns[A], "forum.publish", edition()) == "forum_version_wrong"


def test_what_another_city_publishes_no_city_keeps(towns: dict[str, Town]) -> None:
    for number, host in ((1, B), (1, A)):
        one = PublishedEdition.model_validate(
            {"edition": edition(number, host), "published_at": START}
        )
        forge(towns[B], "forum.edition", one)
    for city in (A, C):
        carry(towns[B], towns[city])
        assert list(towns[city].rows(select(editions))) == []


def test_turns_are_swapped_when_both_agree(towns: dict[str, Town]) -> None:
    done(towns[A], "forum.offer_swap", {"edition": 1, "other": 2})
    settle(towns)
    assert [hosts(town)[0] for town in towns.values()] == [A, A, A], "an offer swaps nothing"
    (waiting,) = done(towns[B], "forum.offers", {})["offers"]
    named = {"city": A, "message_id": waiting["message_id"]}
    done(towns[B], "forum.answer_swap", {**named, "accepted": True})
    settle(towns)
    assert [hosts(town) for town in towns.values()] == [[B, A, C, A, B, C]] * 3
    assert refused(towns[A], "forum.publish", edition(1, A)) == "forum_not_host"
    done(towns[B], "forum.publish", edition(1, B))
    settle(towns)
    assert done(towns[C], "forum.view", {"edition": 1})["edition"]["host"] == B
    assert refused(towns[B], "forum.answer_swap", {**named, "accepted": True}) == "forum_no_offer"


def test_an_offer_that_is_declined_swaps_nothing_and_frees_its_city(
    towns: dict[str, Town],
) -> None:
    done(towns[A], "forum.offer_swap", {"edition": 1, "other": 2})
    again = {"edition": 1, "other": 3}
    assert refused(towns[A], "forum.offer_swap", again) == "forum_offer_open"
    settle(towns)
    (waiting,) = done(towns[B], "forum.offers", {})["offers"]
    named = {"city": A, "message_id": waiting["message_id"], "accepted": False}
    assert refused(towns[B], "forum.answer_swap", named) == "forum_reason_missing"
    done(towns[B], "forum.answer_swap", {**named, "reason": "场馆未建成"})
    settle(towns)
    assert [hosts(town)[:3] for town in towns.values()] == [[A, B, C]] * 3
    done(towns[A], "forum.offer_swap", again)


def test_swaps_that_cannot_be_are_refused_and_nothing_changes(towns: dict[str, Town]) -> None:
    for swap, code in (
        ({"edition": 2, "other": 3}, "forum_not_host"),
        ({"edition": 1, "other": 4}, "forum_swap_wrong"),
        ({"edition": 1, "other": 1}, "forum_swap_wrong"),
        ({"edition": 1, "other": 501}, "data_invalid"),
    ):
        assert refused(towns[A], "forum.offer_swap", swap) == code
    done(towns[A], "forum.publish", edition())
    settle(towns)
    published = {"edition": 2, "other": 1}
    assert refused(towns[B], "forum.offer_swap", published) == "forum_swap_settled"


def test_an_edition_is_swapped_once(towns: dict[str, Town]) -> None:
    """B has agreed with A and is bound, before A's own statement has come back to it."""
    done(towns[A], "forum.offer_swap", {"edition": 1, "other": 2})
    done(towns[C], "forum.offer_swap", {"edition": 3, "other": 2})
    settle(towns)
    first, second = done(towns[B], "forum.offers", {})["offers"]
    for one, code in ((first, None), (second, "forum_swap_settled")):
        named = {"city": one["city"], "message_id": one["message_id"], "accepted": True}
        if code is None:
            done(towns[B], "forum.answer_swap", named)
        else:
            assert refused(towns[B], "forum.answer_swap", named) == code
    settle(towns)
    assert [hosts(town)[:3] for town in towns.values()] == [[B, A, C]] * 3


def test_one_city_alone_swaps_nothing_and_a_third_states_nothing(towns: dict[str, Town]) -> None:
    one = SwapStatement(edition=1, other=2, host=A, other_host=B)
    forge(towns[B], "forum.swapped", one)
    forge(towns[C], "forum.swapped", one)
    settle(towns)
    assert hosts(towns[A])[:2] == [A, B]
    said = {row.city for row in towns[A].rows(select(statements.c.city))}
    assert said == {B}


def test_papers_are_decided_by_the_host_and_read_in_its_programme(
    towns: dict[str, Town],
) -> None:
    done(towns[A], "forum.publish", edition())
    settle(towns)
    done(towns[B], "forum.submit", paper())
    done(towns[A], "forum.submit", paper(city=A))
    done(towns[C], "forum.submit", paper(city=C))
    settle(towns)
    waiting = done(towns[A], "forum.papers", {"edition": 1, "state": "waiting"})["papers"]
    assert [one["paper"]["id"] for one in waiting] == [f"{A}-P1", f"{B}-P1", f"{C}-P1"]
    decide = {"id": f"{B}-P1", "accepted": True}
    assert refused(towns[B], "forum.decide", decide) == "forum_not_host"
    done(towns[A], "forum.decide", decide)
    done(towns[A], "forum.decide", {"id": f"{A}-P1", "accepted": True})
    no = {"id": f"{C}-P1", "accepted": False}
    assert refused(towns[A], "forum.decide", no) == "forum_reason_missing"
    done(towns[A], "forum.decide", {**no, "reason": "与专题不符"})
    assert refused(towns[A], "forum.decide", decide) == "forum_paper_not_waiting"
    settle(towns)
    (own,) = done(towns[C], "forum.papers", {"edition": 1})["papers"]
    assert (own["state"], own["reason"]) == ("declined", "与专题不符")
    starts = edition()["starts_at"]
    programme = [
        {
            "number": 1,
            "title": {"zh": "场", "en": "Session"},
            "room": {"zh": "一", "en": "One"},
            "starts_at": starts,
            "ends_at": starts.replace("T01", "T02"),
            "papers": [f"{A}-P1", f"{B}-P1"],
        }
    ]
    wrong = [{**programme[0], "papers": [f"{C}-P1"]}]
    sent = edition(version=2)
    assert refused(towns[A], "forum.publish", {**sent, "sessions": wrong}) == (
        "forum_paper_not_accepted"
    )
    done(towns[A], "forum.publish", {**sent, "sessions": programme})
    settle(towns)
    seen = done(towns[C], "forum.view", {"edition": 1})["edition"]
    assert seen["sessions"][0]["papers"] == [f"{A}-P1", f"{B}-P1"]


def test_a_paper_that_comes_too_late_is_refused_by_the_hosts_clock(
    towns: dict[str, Town],
) -> None:
    done(towns[A], "forum.publish", edition())
    settle(towns)
    assert refused(towns[B], "forum.submit", paper(edition=2)) == "forum_unknown"
    assert refused(towns[B], "forum.submit", paper(topic="rivers")) == "forum_topic_unknown"
    assert refused(towns[B], "forum.submit", paper(city=A)) == "forum_paper_id_wrong"
    done(towns[B], "forum.submit", paper())
    assert refused(towns[B], "forum.submit", paper()) == "forum_paper_taken"
    towns[A].clock.advance(days=2, hours=12)  # on its way for long, but in time
    settle(towns)
    assert len(done(towns[A], "forum.papers", {"edition": 1})["papers"]) == 1
    towns[A].clock.now = START + timedelta(days=9, hours=23)
    done(towns[B], "forum.submit", paper(2))
    towns[A].clock.now = START + timedelta(days=10)
    settle(towns)
    own = done(towns[B], "forum.papers", {"edition": 1})["papers"]
    assert [(one["state"], one.get("reason")) for one in own] == [
        ("waiting", None),
        ("declined", "forum_call_closed"),
    ]


def test_an_edition_waits_at_a_city_until_it_has_heard_of_the_swap(
    towns: dict[str, Town],
) -> None:
    """C hears the new host's edition before either city's statement."""
    done(towns[A], "forum.offer_swap", {"edition": 1, "other": 2})
    carry(towns[A], towns[B])
    (waiting,) = done(towns[B], "forum.offers", {})["offers"]
    named = {"city": A, "message_id": waiting["message_id"], "accepted": True}
    done(towns[B], "forum.answer_swap", named)
    carry(towns[B], towns[A])
    carry(towns[A], towns[B])
    one = PublishedEdition.model_validate({"edition": edition(1, B), "published_at": START})
    done(towns[B], "forum.publish", edition(1, B))
    carry(towns[B], towns[C])
    assert list(towns[C].rows(select(editions))) == [], "A's statement has not come"
    carry(towns[A], towns[C])
    towns[A].clock.advance(minutes=10)
    settle(towns)
    assert done(towns[C], "forum.view", {"edition": 1})["edition"] == one.edition.model_dump(
        mode="json"
    )
