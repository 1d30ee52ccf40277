"""Meetings: convened in time, changed in order, minuted whole; points put forward and decided."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from hanse.foundation.clock import iso
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange.message import Kind
from hanse.mechanisms.exchange.tables import bodies
from hanse.services.governance.conference import book
from hanse.services.governance.conference.contracts import Meeting
from hanse.services.governance.conference.tables import asked, meetings
from tests.exchange.cities import START, Town
from tests.governance.towns import A, B, C, done, forge, refused, settle

DIGEST = "sha-256:" + "cd" * 32
PAPER = {
    "digest": DIGEST,
    "title": {"zh": "生成的汇报材料", "en": "A generated paper"},
    "media_type": "application/pdf",
    "size_bytes": 1_000,
}


def meeting(**changes: Any) -> dict[str, Any]:
    starts = START + timedelta(days=14)
    return {
        "id": f"{A}-2026-1",
        "version": 1,
        "convener": A,
        "level": "mayors",
        "title": {"zh": "第一次联席会议", "en": "First joint meeting"},
        "starts_at": iso(starts),
        "ends_at": iso(starts + timedelta(hours=6)),
        "place": {"zh": "成都", "en": "Chengdu"},
        "invited": [A, B, C],
        "agenda": [
            point(1, "decision"),
            point(2, "report"),
        ],
        **changes,
    }


def point(number: int, kind: str = "decision", sponsor: str = A, **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "kind": kind,
        "title": {"zh": f"议题{number}", "en": f"Point {number}"},
        "sponsor": sponsor,
        **more,
    }


def times(days: int) -> dict[str, str]:
    """A day's length, so many days after the start of the test's time."""
    starts = START + timedelta(days=days)
    return {"starts_at": iso(starts), "ends_at": iso(starts + timedelta(days=1))}


def minutes(**changes: Any) -> dict[str, Any]:
    return {
        "present": [A, B],
        "chaired_by": A,
        "outcomes": [
            {"point": 1, "text": {"zh": "通过", "en": "Carried"}},
            {"point": 2, "text": {"zh": "听取", "en": "Heard"}},
        ],
        **changes,
    }


def upload(town: Town, size_bytes: int = 1_000) -> None:
    with committing(town.engine) as transaction:
        row = {"digest": DIGEST, "peer": town.city, "size_bytes": size_bytes, "stored_at_ms": 0}
        transaction.insert(bodies, row)


def test_every_city_holds_the_meeting_that_one_convenes(towns: dict[str, Town]) -> None:
    told = done(towns[A], "conference.convene", meeting())
    assert told["cities_told"] == 2
    settle(towns)
    views = [
        done(town, "conference.meeting", {"meeting": f"{A}-2026-1"}) for town in towns.values()
    ]
    assert views[0] == views[1] == views[2]
    (shown,) = done(towns[C], "conference.meetings", {})["meetings"]
    assert shown == views[0]["meeting"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"starts_at": iso(START + timedelta(days=2)), "ends_at": iso(START + timedelta(days=3))},
     "meeting_notice_short"),
    ({"ends_at": iso(START + timedelta(days=13))}, "meeting_times_wrong"),
    ({"ends_at": iso(START + timedelta(days=30))}, "meeting_times_wrong"),
    ({"invited": [A, "510900"]}, "meeting_cities_wrong"),
    ({"invited": [B, C]}, "meeting_cities_wrong"),
    ({"agenda": [point(1, sponsor="511100")]}, "meeting_cities_wrong"),
    ({"agenda": [point(2)]}, "meeting_agenda_wrong"),
    ({"agenda": [point(1), point(1)]}, "meeting_agenda_wrong"),
    ({"id": f"{B}-2026-1"}, "meeting_not_convener"),
    ({"convener": B, "id": f"{B}-2026-1"}, "meeting_not_convener"),
    ({"version": 2}, "meeting_version_wrong"),
    ({"status": "held"}, "meeting_closed"),
    ({"minutes": minutes()}, "meeting_closed"),
    ({"agenda": [point(1, papers=[PAPER])]}, "meeting_paper_not_here"),
    ({"id": "../../etc"}, "data_invalid"),
    ({"title": {"zh": "只有中文", "en": " "}}, "data_invalid"),
    ({"unknown": 1}, "data_invalid"),
]  # fmt: skip


def test_a_meeting_out_of_order_is_refused_and_nothing_changes(towns: dict[str, Town]) -> None:
    for changes, code in WRONG:
        assert refused(towns[A], "conference.convene", meeting(**changes)) == code, changes


def test_notice_is_counted_in_working_days(towns: dict[str, Town]) -> None:
    """START is Wednesday 2026-11-25: three working days on is Monday the 30th."""
    for day, taken in ((28, False), (30, True)):
        starts = START.replace(day=day, hour=2)
        sent = meeting(starts_at=iso(starts), ends_at=iso(starts + timedelta(hours=2)))
        reply = towns[A].call("conference.convene", sent)
        assert (reply.kind is Kind.ANSWER) is taken, reply.data


def test_versions_follow_each_other_and_the_old_ones_stay(towns: dict[str, Town]) -> None:
    done(towns[A], "conference.convene", meeting())
    assert refused(towns[A], "conference.convene", meeting(version=3)) == "meeting_version_wrong"
    assert refused(towns[A], "conference.convene", meeting()) == "meeting_version_wrong"
    later = times(15)
    done(towns[A], "conference.convene", meeting(version=2, **later))
    sooner = times(1)
    assert refused(towns[A], "conference.convene", meeting(version=3, **sooner)) == (
        "meeting_notice_short"
    )
    done(towns[A], "conference.convene", meeting(version=3, status="cancelled", **later))
    assert refused(towns[A], "conference.convene", meeting(version=4)) == "meeting_closed"
    settle(towns)
    held = done(towns[B], "conference.meeting", {"meeting": f"{A}-2026-1"})
    assert held["versions"] == [3, 2, 1]
    assert held["meeting"]["status"] == "cancelled"


def test_another_city_cannot_publish_a_meeting_in_the_conveners_name(
    towns: dict[str, Town],
) -> None:
    forge(towns[B], "conference.meeting_changed", Meeting.model_validate(meeting()))
    settle(towns)
    for city in (A, C):
        assert towns[city].rows(select(func.count()).select_from(meetings))[0][0] == 0


def test_minutes_have_one_outcome_for_each_point(towns: dict[str, Town]) -> None:
    done(towns[A], "conference.convene", meeting())
    sent = {"meeting": f"{A}-2026-1", "minutes": minutes()}
    assert refused(towns[A], "conference.minutes", sent) == "meeting_not_yet"
    towns[A].clock.advance(days=14)
    for wrong, code in (
        (minutes(outcomes=minutes()["outcomes"][:1]), "minutes_incomplete"),
        (minutes(outcomes=[minutes()["outcomes"][0]] * 2), "minutes_incomplete"),
        (minutes(present=[A, "510900"]), "meeting_cities_wrong"),
        (minutes(chaired_by=C), "meeting_cities_wrong"),
        (
            minutes(
                outcomes=[
                    {**minutes()["outcomes"][0], "resolution": DIGEST},
                    minutes()["outcomes"][1],
                ]
            ),
            "resolution_unknown",
        ),
    ):
        assert refused(towns[A], "conference.minutes", {**sent, "minutes": wrong}) == code
    settle(towns)
    assert refused(towns[B], "conference.minutes", sent) == "meeting_not_convener"
    done(towns[A], "conference.minutes", sent)
    assert refused(towns[A], "conference.minutes", sent) == "meeting_closed"
    settle(towns)
    held = done(towns[C], "conference.meeting", {"meeting": f"{A}-2026-1"})["meeting"]
    assert held["status"] == "held"
    assert held["minutes"]["present"] == [A, B]


def test_papers_go_to_the_invited_once(towns: dict[str, Town]) -> None:
    upload(towns[A])
    agenda = [point(1, papers=[PAPER])]
    first = done(towns[A], "conference.convene", meeting(agenda=agenda, invited=[A, B]))
    assert first["papers_sent"] == 1
    second = done(towns[A], "conference.convene", meeting(version=2, agenda=agenda))
    assert second["papers_sent"] == 1, "B has it; only C is new"


def test_a_paper_of_another_size_than_was_uploaded_is_refused(towns: dict[str, Town]) -> None:
    upload(towns[A], size_bytes=999)
    sent = meeting(agenda=[point(1, papers=[PAPER])])
    assert refused(towns[A], "conference.convene", sent) == "meeting_paper_not_here"


def test_a_point_is_put_forward_and_taken_on_the_agenda(towns: dict[str, Town]) -> None:
    done(towns[A], "conference.convene", meeting())
    settle(towns)
    wish = {"meeting": f"{A}-2026-1", "kind": "decision", "title": {"zh": "断头路", "en": "Roads"}}
    assert refused(towns[A], "conference.ask_point", wish) == "meeting_point_is_own"
    done(towns[B], "conference.ask_point", wish)
    settle(towns)
    (waiting,) = done(towns[A], "conference.points_waiting", {})["points"]
    assert (waiting["city"], waiting["point"]["sponsor"]) == (B, B)
    named = {"city": B, "message_id": waiting["message_id"]}
    assert refused(towns[A], "conference.answer_point", {**named, "accepted": False}) == (
        "meeting_point_reason_missing"
    )
    done(towns[A], "conference.answer_point", {**named, "accepted": True})
    assert refused(towns[A], "conference.answer_point", {**named, "accepted": True}) == (
        "meeting_point_not_waiting"
    )
    settle(towns)
    held = done(towns[C], "conference.meeting", {"meeting": f"{A}-2026-1"})["meeting"]
    assert [(one["number"], one["sponsor"]) for one in held["agenda"]] == [(1, A), (2, A), (3, B)]
    (row,) = towns[B].rows(select(asked.c.outcome))
    assert row.outcome == "accepted"


def test_a_point_is_declined_with_a_reason_that_its_city_reads(towns: dict[str, Town]) -> None:
    done(towns[A], "conference.convene", meeting())
    settle(towns)
    wish = {"meeting": f"{A}-2026-1", "kind": "report", "title": {"zh": "事", "en": "A thing"}}
    done(towns[C], "conference.ask_point", wish)
    settle(towns)
    (waiting,) = done(towns[A], "conference.points_waiting", {})["points"]
    named = {"city": C, "message_id": waiting["message_id"]}
    done(towns[A], "conference.answer_point", {**named, "accepted": False, "reason": "下次再议"})
    settle(towns)
    (row,) = towns[C].rows(select(asked.c.outcome, asked.c.reason))
    assert tuple(row) == ("declined", "下次再议")


def test_a_city_that_is_not_invited_puts_no_point_forward(towns: dict[str, Town]) -> None:
    done(towns[A], "conference.convene", meeting(invited=[A, B]))
    settle(towns)
    wish = {"meeting": f"{A}-2026-1", "kind": "report", "title": {"zh": "事", "en": "A thing"}}
    assert refused(towns[C], "conference.ask_point", wish) == "meeting_cities_wrong"


def test_pages_of_meetings_hold_each_once(
    towns: dict[str, Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        done(towns[A], "conference.convene", meeting(id=f"{A}-2026-{number}"))
    monkeypatch.setattr(book, "PAGE_ROWS_MAX", 2)
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = done(towns[A], "conference.meetings", after)
        seen += [one["id"] for one in page["meetings"]]
        if page.get("next_after") is None:
            break
        after = {"after": page["next_after"]}
    assert seen == [f"{A}-2026-{number}" for number in (4, 3, 2, 1, 0)]
    for wrong in ("nonsense", "1", "x y", f"{'9' * 30} x", "１ x"):
        assert refused(towns[A], "conference.meetings", {"after": wrong}) == (
            "conference_cursor_wrong"
        )
    assert refused(towns[A], "conference.meetings", {"after": "1 \u202e"}) == "data_invalid"
