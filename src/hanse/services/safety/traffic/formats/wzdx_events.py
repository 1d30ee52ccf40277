"""One road event of a WZDx feed, read into the parts of a notice that it tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from hanse.foundation.languages import Language
from hanse.services.safety.traffic.formats.reading import (
    UnreadableError,
    UnreadReason,
    build,
    point,
    read_instant,
    read_number,
    whole_metres,
)
from hanse.services.safety.traffic.formats.wzdx_model import Feature, FeatureGeometry, RoadEvent
from hanse.services.safety.traffic.formats.wzdx_terms import (
    IMPACT,
    MEASURE_OF_IMPACT,
    OPPOSITE_COMPASS,
    RELATED_DETOUR,
    RESTRICTION,
    SENSE,
)
from hanse.services.safety.traffic.places import Geometry, RoadSection, road_key
from hanse.services.safety.traffic.vocabulary import (
    Direction,
    Level,
    Measure,
    NoticeKind,
    NoticeStatus,
    Shape,
    VehicleType,
)

_VEHICLE: Final[Mapping[str, VehicleType]] = {word: kind for kind, word in RESTRICTION.items()}


@dataclass(frozen=True)
class Reader:
    """How a feed is to be read: what its publisher means where the standard leaves it open."""

    metres_per_milepost: Decimal
    upward: Mapping[str, str]
    language: Language
    updated_at: str
    """When the feed was generated, for events that do not say when they were."""


@dataclass
class Event:
    """What one work zone says: the fields of a notice, and the names of what they leave out."""

    fields: dict[str, Any]
    direction: Direction
    """The sense of travel that the event itself tells; both where it tells none."""
    parts: list[str] = field(default_factory=list)


def read_work_zone(feature: Feature, reader: Reader) -> Event:
    """The event's own fields, without its detour and without our foreign member."""
    event, core = feature.properties, feature.properties.core_details
    parts = _beyond(feature)
    direction = _direction(event, reader)
    if direction is Direction.BOTH:
        parts.append(f"direction={core.direction}")
    low, high = _stake(event.beginning_milepost, reader), _stake(event.ending_milepost, reader)
    places = (event.beginning_cross_street, event.ending_cross_street)
    if direction is Direction.DOWN:
        low, high, places = high, low, (places[1], places[0])
    if (low is None) != (high is None):
        parts.append("milepost")
        low = high = None
    created = core.creation_date or core.update_date or reader.updated_at
    fields: dict[str, Any] = {
        "version": 1,
        "kind": NoticeKind.WORKS,
        "road": core.road_names[0],
        "also_signed_as": tuple(core.road_names[1:]),
        "from_stake_m": low,
        "to_stake_m": high,
        "from_place": places[0],
        "to_place": places[1],
        "direction": direction,
        "geometry": read_geometry(feature.geometry),
        "issued_at": read_instant(created),
        "updated_at": read_instant(core.update_date or reader.updated_at),
        "public_from": read_instant(created),
        "level": Level.LOCAL,
    }
    if core.description is not None and core.description.strip():
        fields["description"] = {reader.language: core.description.strip()}
    # Where our own member tells the measure, it is checked against these words, not read from them.
    fields |= _period(event) | _measure(event, parts if event.hanse_notice is None else [])
    return Event(fields, direction, parts)


def _beyond(feature: Feature) -> list[str]:
    """What the event says that a notice cannot, by the names of its members."""
    event, core = feature.properties, feature.properties.core_details
    parts = [*event.others(), *core.others(), *feature.others()]
    said = {
        "restrictions.value": any(restriction.others() for restriction in event.restrictions),
        "is_start_position_verified": event.is_start_position_verified,
        "is_end_position_verified": event.is_end_position_verified,
        f"location_method={event.location_method}": event.location_method != "unknown",
        "geometry.height": any(len(position) > 2 for position in feature.geometry.coordinates),
    }
    parts += [name for name, is_said in said.items() if is_said]
    others = {link.type for link in core.related_road_events} - {RELATED_DETOUR}
    return parts + [f"related_road_events={kind}" for kind in sorted(others)]


def read_section(feature: Feature, reader: Reader) -> RoadSection:
    """The section of a detour."""
    event, core = feature.properties, feature.properties.core_details
    ends = (_stake(event.beginning_milepost, reader), _stake(event.ending_milepost, reader))
    if None in ends:
        ends = (None, None)
    fields = {
        "road": core.road_names[0],
        "from_stake_m": ends[0],
        "to_stake_m": ends[1],
        "from_place": event.beginning_cross_street,
        "to_place": event.ending_cross_street,
        "geometry": read_geometry(feature.geometry),
    }
    return build(RoadSection, fields)


def read_geometry(geometry: FeatureGeometry) -> Geometry:
    """The points; a height, which GeoJSON allows as third number, is not carried."""
    points = tuple(
        point(read_number(repr(position[0])), read_number(repr(position[1])))
        for position in geometry.coordinates
    )
    shape = Shape.LINE if geometry.type == "LineString" else Shape.POINTS
    return build(Geometry, {"shape": shape, "points": points})


def _stake(milepost: float | None, reader: Reader) -> int | None:
    if milepost is None:
        return None
    return whole_metres(read_number(repr(milepost)) * reader.metres_per_milepost)


def _direction(event: RoadEvent, reader: Reader) -> Direction:
    """As our foreign member says; else mileposts that rise go up; else as the league's table."""
    aside = event.hanse_notice or {}
    said = aside.get(SENSE, aside.get("direction"))
    for direction in (Direction.UP, Direction.DOWN):
        if said == direction:  # said may be any JSON value
            return direction
    begin, end = event.beginning_milepost, event.ending_milepost
    if begin is not None and end is not None and begin != end:
        return Direction.UP if begin < end else Direction.DOWN
    upward = reader.upward.get(road_key(event.core_details.road_names[0]))
    if upward is not None and event.core_details.direction == upward:
        return Direction.UP
    if upward is not None and event.core_details.direction == OPPOSITE_COMPASS[upward]:
        return Direction.DOWN
    return Direction.BOTH


def _period(event: RoadEvent) -> dict[str, Any]:
    start, end = read_instant(event.start_date), read_instant(event.end_date)
    if event.is_end_date_verified:
        return {"start": start, "lifted_at": end, "status": NoticeStatus.LIFTED}
    active = event.is_start_date_verified
    status = NoticeStatus.ACTIVE if active else NoticeStatus.ISSUED
    return {"start": start, "expected_end": end, "status": status}


def _measure(event: RoadEvent, parts: list[str]) -> dict[str, Any]:
    """The impact on the lanes first; on open lanes the restriction, then the speed limit."""
    impact = event.vehicle_impact or ""
    if impact not in MEASURE_OF_IMPACT:
        raise UnreadableError(UnreadReason.MALFORMED, f"vehicle_impact {impact}")
    measure = MEASURE_OF_IMPACT[impact]
    if impact != IMPACT[measure]:
        parts.append(f"vehicle_impact={impact}")
    words = [restriction.type for restriction in event.restrictions]
    vehicles: tuple[VehicleType, ...] = ()
    if measure is Measure.ADVISORY and any(word in _VEHICLE for word in words):
        measure = Measure.RESTRICTED
        vehicles = tuple(_VEHICLE[word] for word in words if word in _VEHICLE)
        words = [word for word in words if word not in _VEHICLE]
    parts += [f"restrictions={word}" for word in words]
    fields: dict[str, Any] = {"affected_vehicles": vehicles}
    if event.reduced_speed_limit_kph is not None:
        limit = read_number(repr(event.reduced_speed_limit_kph))
        fields["speed_limit_kmh"] = int(limit)  # downward, the stricter side
        if limit != int(limit):
            parts.append(f"reduced_speed_limit_kph={limit}")
        if measure is Measure.ADVISORY:
            measure = Measure.SPEED_LIMIT
    return fields | {"measure": measure}
