"""Traffic notices at the desk: what is in force, issuing one, acknowledging, extending, lifting."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hanse.foundation.errors import Problem
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import Refused
from hanse.mechanisms.exchange.parts import Link, Mark, Tone, Value
from hanse.services.safety.traffic.contracts import ListedNotice, Notice
from hanse.services.safety.traffic.public import tone
from hanse.services.safety.traffic.vocabulary import Standing
from hanse.web.desk.steps import grown
from hanse.web.entry.fields import Typed, fields_of
from hanse.web.entry.reading import WHOLE, checked, data_of, local_time
from hanse.web.entry.showing import blocks_of
from hanse.web.names import city_names
from hanse.web.outcomes import answer_of, problem_of
from hanse.web.page import GoTo, Result, Shown
from hanse.web.visit import Visit

FILLED: Final = ("id", "version", "issuer", "issued_at", "updated_at", "status", "lifted_at")
"""What the page fills itself: nobody types the number or the instant of issue."""
FIRST: Final = (
    "kind", "road", "direction", "from_stake_m", "to_stake_m", "measure", "level", "start",
    "expected_end", "public_from", "speed_limit_kmh", "affected_cities", "description",
)  # fmt: skip
"""The fields that every notice has; the others stand behind them."""
STANDING_TONE: Final[Mapping[Standing, Tone]] = {Standing.LIFTED: Tone.GOOD}
NUMBER_CHARS: Final = 8
SHOWN_ELSEWHERE: Final = ("geometry", "detour", "id", "version", "status")


async def notices_page(visit: Visit) -> Result:
    """What is in force, by road or city where that is asked."""
    road = visit.query.get("road", "").strip()[:64]
    city = visit.query.get("city", "").strip()[:6]
    asked = {"road": road or None, "city": city or None, "after": visit.query.get("after") or None}
    answer = answer_of(await visit.call("traffic.in_force", asked))
    rows = [_row(visit, one) for one in answer["notices"]]
    return Shown(
        "desk/notices.html",
        {
            "rows": rows,
            "next_after": answer["next_after"],
            "road": road,
            "city": city,
            "cities": city_names(visit.node.league),
            "may_publish": visit.who.may("traffic.publish"),
        },
    )


def _row(visit: Visit, listed: Mapping[str, Any]) -> tuple[Value, ...]:
    entry = ListedNotice.model_validate(listed)
    notice, cities = entry.notice, city_names(visit.node.league)
    return (
        Link(notice.id, f"/desk/traffic/{notice.id}"),
        cities.get(notice.issuer, notice.issuer),
        Text(f"{notice.road} {section(notice)}", f"{notice.road} {section(notice)}"),
        Mark(notice.measure.text, tone(notice)),
        notice.kind.text,
        notice.start,
        notice.expected_end,
        entry.standing.text,
    )


def section(notice: Notice) -> str:
    """The stakes as they stand on the road: K12+000 – K15+500."""
    if notice.from_stake_m is None or notice.to_stake_m is None:
        return ""
    ends = (notice.from_stake_m, notice.to_stake_m)
    return "–".join(f"K{metres // 1000}+{metres % 1000:03d}" for metres in ends)


async def notice_page(visit: Visit) -> Result:
    """One notice: what it says, who has acknowledged it, and what may be done with it."""
    return await _notice(visit, None)


async def _notice(visit: Visit, problem: Problem | None) -> Shown:
    name = {"notice": visit.path["id"]}
    listed = ListedNotice.model_validate(answer_of(await visit.call("traffic.one", name)))
    notice, standing = listed.notice, listed.standing
    names = city_names(visit.node.league)
    is_own = notice.issuer == visit.node.config.city
    receipts = None
    if is_own:
        receipts = answer_of(await visit.call("traffic.acknowledgements", name))
    shown = notice.model_dump(mode="json", exclude_defaults=True)
    main = {key: value for key, value in shown.items() if key not in SHOWN_ELSEWHERE}
    return Shown(
        "desk/notice.html",
        {
            "notice": notice,
            "section": section(notice),
            "standing": Mark(standing.text, STANDING_TONE.get(standing, tone(notice))),
            "blocks": blocks_of(Text("通报内容", "The notice"), Notice, main, names),
            "is_own": is_own,
            "is_over": standing is Standing.LIFTED,
            "receipts": receipts,
            "names": names,
            "problem": problem,
            "key": new_id(visit.node.randomness),
            "acknowledged": visit.query.get("acknowledged") == "1",
            "may_publish": visit.who.may("traffic.publish"),
            "end": local_time(notice.expected_end) if notice.expected_end else "",
        },
        problem.kind.status if problem else 200,
    )


async def change_notice(visit: Visit) -> Result:
    """Acknowledge another city's notice; extend or lift one of this city."""
    what = visit.form.get("do", "")
    name = visit.path["id"]
    try:
        if what == "acknowledge":
            version = visit.form.get("version", "")
            asked = {"notice": name, "version": int(version) if version.isdecimal() else version}
            await _done(visit, "traffic.acknowledge", asked)
            return GoTo(f"/desk/traffic/{name}?acknowledged=1")
        held = answer_of(await visit.call("traffic.one", {"notice": name}))["notice"]
        await _done(visit, "traffic.publish", _changed(visit, what, held))
    except Problem as problem:
        return await _notice(visit, problem)
    return GoTo(f"/desk/traffic/{name}")


def _changed(visit: Visit, what: str, held: dict[str, Any]) -> dict[str, Any]:
    """The notice's next version."""
    now = visit.now.isoformat()
    changed = held | {"version": held["version"] + 1, "updated_at": now}
    if what == "lift":
        return changed | {"status": "lifted", "lifted_at": now}
    end = {"expected_end": visit.form.get("end", "")}
    data = data_of(Notice, end)
    return changed | {"status": "extended"} | data


async def _done(visit: Visit, operation: str, data: dict[str, Any]) -> None:
    outcome = await visit.call(operation, data, key=visit.form.get("key") or None)
    if isinstance(outcome, Refused):
        raise problem_of(outcome)


async def new_notice(visit: Visit) -> Result:
    """The form of a notice."""
    now = visit.now
    values = {"start": local_time(now), "public_from": local_time(now), "level": "local"}
    return _form(visit, values, {}, None, is_sent=False)


async def publish(visit: Visit) -> Result:
    """Publish it: every city is told."""
    values = grown(visit.form)
    if "more" in visit.form:
        return _form(visit, values, {}, None)
    now: datetime = visit.now
    city = visit.node.config.city
    number = f"{city}-{now:%m%d%H%M}-{values.get('key', '')[:NUMBER_CHARS]}"
    data = data_of(Notice, values) | {
        "id": number,
        "version": 1,
        "issuer": city,
        "issued_at": now.isoformat(),
        "updated_at": now.isoformat(),
        "status": "issued",
    }
    notice, faults = checked(Notice, data)
    if notice is None:
        return _form(visit, values, faults, None)
    try:
        await _done(visit, "traffic.publish", notice)
    except Problem as problem:
        return _form(visit, values, {}, problem)
    return GoTo(f"/desk/traffic/{number}")


def _form(
    visit: Visit,
    values: Mapping[str, str],
    faults: Mapping[str, Text],
    problem: Problem | None,
    *,
    is_sent: bool = True,
) -> Shown:
    typed = Typed(values, faults, city_names(visit.node.league), is_sent)
    fields = {one.name: one for one in fields_of(Notice, typed, leave_out=FILLED)}
    return Shown(
        "desk/notice_new.html",
        {
            "fields": [fields[name] for name in FIRST],
            "more_fields": [one for name, one in fields.items() if name not in FIRST],
            "whole_fault": faults.get(WHOLE),
            "problem": problem,
            "key": new_id(visit.node.randomness),
        },
        problem.kind.status if problem else 422 if faults else 200,
    )
