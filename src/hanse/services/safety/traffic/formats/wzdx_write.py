"""Notices of road works as a WZDx 4.2 work zone feed.

What no such feed can hold is left out and named: the feed is for the public, about works, with
geometries and ends. Everything that is written comes back whole, because what WZDx has no member
for goes into the foreign member `hanse_notice`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import orjson

from hanse.foundation.clock import iso
from hanse.foundation.worded import Worded
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.formats.wzdx_terms import (
    ASIDE,
    ASIDE_FIELDS,
    DETOUR,
    FIRST,
    METRES_PER_KILOMETRE,
    NEXT,
    RELATED_DETOUR,
    RELATED_WORK_ZONE,
    SENSE,
    VERSION,
    WORK_ZONE,
    compass,
    impact_of,
    restrictions_of,
)
from hanse.services.safety.traffic.places import DEGREE, Geometry, RoadSection, road_key
from hanse.services.safety.traffic.vocabulary import (
    Direction,
    NoticeKind,
    NoticeStatus,
    Shape,
)

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class LeftOutReason(Worded):
    """Why a notice is not in a feed."""

    NOT_WORKS = "not_works", "不属于道路施工", "It is not about road works"
    NO_GEOMETRY = "no_geometry", "没有线形坐标", "It has no geometry"
    NO_END = "no_end", "没有预计结束时间", "It has no expected end"
    NOT_PUBLIC = "not_public", "尚未向社会公告", "The public has not been told yet"
    WITHDRAWN = "withdrawn", "开始前已撤销", "It was lifted before it began"


@dataclass(frozen=True)
class LeftOut:
    """A notice that the feed does not hold, and why."""

    notice: str
    reason: LeftOutReason


@dataclass(frozen=True)
class Feed:
    """A feed as a file, and the notices that it could not hold."""

    document: bytes
    left_out: tuple[LeftOut, ...]


def write(
    notices: Iterable[Notice],
    publisher: str,
    at: datetime,
    organisations: Mapping[str, str] = NOTHING,
    upward: Mapping[str, str] = NOTHING,
) -> Feed:
    """The feed of these notices, generated at `at`.

    `organisations` names the cities, by code; `upward` tells by road in which compass direction
    its stakes rise (`RoadTable.upward`): without it a direction is `unknown` to WZDx.
    """
    sense = {road_key(road): direction for road, direction in upward.items()}
    features: list[dict[str, Any]] = []
    left_out = []
    sources = {publisher: organisations.get(publisher, publisher)}
    for notice in notices:
        reason = _why_not(notice, at)
        if reason is not None:
            left_out.append(LeftOut(notice.id, reason))
            continue
        sources[notice.issuer] = organisations.get(notice.issuer, notice.issuer)
        features += _features(notice, sense)
    document = {
        "feed_info": {
            "publisher": sources[publisher],
            "version": VERSION,
            "update_date": iso(at),
            "data_sources": [
                {"data_source_id": source, "organization_name": name}
                for source, name in sources.items()
            ],
        },
        "type": "FeatureCollection",
        "features": features,
    }
    return Feed(orjson.dumps(document), tuple(left_out))


def _why_not(notice: Notice, at: datetime) -> LeftOutReason | None:
    if notice.kind is not NoticeKind.WORKS:
        return LeftOutReason.NOT_WORKS
    if notice.public_from is None or notice.public_from > at:
        return LeftOutReason.NOT_PUBLIC
    if notice.geometry is None:
        return LeftOutReason.NO_GEOMETRY
    if notice.lifted_at is not None:
        return LeftOutReason.WITHDRAWN if notice.lifted_at <= notice.start else None
    return LeftOutReason.NO_END if notice.expected_end is None else None


def _features(notice: Notice, sense: Mapping[str, str]) -> list[dict[str, Any]]:
    """One work zone for each direction, then the detour if all of it has geometry."""
    senses = (
        (Direction.UP, Direction.DOWN)
        if notice.direction is Direction.BOTH
        else (notice.direction,)
    )
    drawn = bool(notice.detour) and all(section.geometry for section in notice.detour)
    zones = [_zone_id(notice, direction) for direction in senses]
    detours = [f"{notice.id}:detour:{number}" for number, _ in enumerate(notice.detour, start=1)]
    related = [{"type": RELATED_DETOUR, "id": detours[0]}] if drawn else []
    features = [_work_zone(notice, direction, related, sense) for direction in senses]
    for number, section in enumerate(notice.detour if drawn else ()):
        events = [{"type": RELATED_WORK_ZONE, "id": zone} for zone in zones]
        if number > 0:
            events.append({"type": FIRST, "id": detours[0]})
        if number + 1 < len(detours):
            events.append({"type": NEXT, "id": detours[number + 1]})
        features.append(_detour(notice, section, detours[number], events, sense))
    return features


def _zone_id(notice: Notice, direction: Direction) -> str:
    return notice.id if notice.direction is direction else f"{notice.id}:{direction}"


def _core(notice: Notice, event_type: str, roads: list[str], direction: str) -> dict[str, Any]:
    return {
        "event_type": event_type,
        "data_source_id": notice.issuer,
        "road_names": roads,
        "direction": direction,
        "creation_date": iso(notice.issued_at),
        "update_date": iso(notice.updated_at),
    }


def _work_zone(
    notice: Notice,
    direction: Direction,
    related: list[dict[str, str]],
    sense: Mapping[str, str],
) -> dict[str, Any]:
    upward = sense.get(road_key(notice.road))
    core = _core(
        notice, WORK_ZONE, [notice.road, *notice.also_signed_as], compass(upward, direction)
    )
    if notice.description is not None:
        core["description"] = notice.description.zh or notice.description.en
    if related:
        core["related_road_events"] = related
    ends = (notice.from_stake_m, notice.to_stake_m, notice.from_place, notice.to_place)
    if direction is Direction.DOWN:
        ends = (ends[1], ends[0], ends[3], ends[2])
    properties = {"core_details": core, **_ends(*ends), **_period(notice)}
    properties |= {
        "is_start_position_verified": False,
        "is_end_position_verified": False,
        "location_method": "unknown",
        "vehicle_impact": impact_of(notice.measure, notice.affected_vehicles),
        "restrictions": restrictions_of(notice.measure, notice.affected_vehicles),
    }
    if notice.speed_limit_kmh is not None:
        properties["reduced_speed_limit_kph"] = notice.speed_limit_kmh
    properties[ASIDE] = _aside(notice, direction, bool(related))
    turned = notice.direction is Direction.BOTH and direction is Direction.DOWN
    return _feature(_zone_id(notice, direction), properties, notice.geometry, turned)


def _detour(
    notice: Notice,
    section: RoadSection,
    id_: str,
    events: list[dict[str, str]],
    sense: Mapping[str, str],
) -> dict[str, Any]:
    direction = compass(sense.get(road_key(section.road)), section.direction)
    core = _core(notice, DETOUR, [section.road], direction)
    core["related_road_events"] = events
    ends = (section.from_stake_m, section.to_stake_m, section.from_place, section.to_place)
    properties = {"core_details": core, **_ends(*ends), **_period(notice)}
    return _feature(id_, properties, section.geometry, False)


def _ends(
    begin_m: int | None, end_m: int | None, begin: str | None, end: str | None
) -> dict[str, Any]:
    """Mileposts are kilometre posts here; both ends in the order of travel."""
    found = {
        "beginning_milepost": None if begin_m is None else begin_m / METRES_PER_KILOMETRE,
        "ending_milepost": None if end_m is None else end_m / METRES_PER_KILOMETRE,
        "beginning_cross_street": begin,
        "ending_cross_street": end,
    }
    return {name: value for name, value in found.items() if value is not None}


def _period(notice: Notice) -> dict[str, Any]:
    end = notice.lifted_at or notice.expected_end
    return {
        "start_date": iso(notice.start),
        "end_date": iso(end) if end else None,
        "is_start_date_verified": notice.status is not NoticeStatus.ISSUED,
        "is_end_date_verified": notice.status is NoticeStatus.LIFTED,
    }


def _feature(
    id_: str, properties: dict[str, Any], geometry: Geometry | None, turned: bool
) -> dict[str, Any]:
    points = geometry.points if geometry else ()
    line = geometry is not None and geometry.shape is Shape.LINE
    return {
        "id": id_,
        "type": "Feature",
        "properties": properties,
        "geometry": {
            "type": "LineString" if line else "MultiPoint",
            "coordinates": [
                [point.longitude_e7 / DEGREE, point.latitude_e7 / DEGREE]
                for point in (reversed(points) if turned else points)
            ],
        },
    }


def _aside(notice: Notice, direction: Direction, detour_drawn: bool) -> dict[str, Any]:
    values = notice.model_dump(mode="json", include=set(ASIDE_FIELDS), exclude_defaults=True)
    if detour_drawn:
        values.pop("detour", None)
    if notice.status is not NoticeStatus.LIFTED:
        values.pop("expected_end", None)
    if notice.direction is Direction.BOTH:
        values[SENSE] = direction
    return values
