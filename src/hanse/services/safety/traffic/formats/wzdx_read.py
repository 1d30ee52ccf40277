"""WZDx 4 work zone feeds, read into notices: the work zones with their detours."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import orjson
from pydantic import ValidationError

from hanse.foundation.languages import Language
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.formats.reading import (
    FILE_MALFORMED,
    NO_ISSUERS,
    Collector,
    Reading,
    UnreadableError,
    UnreadReason,
    build,
    check_size,
    issuer_of,
    notice_id,
    read_instant,
)
from hanse.services.safety.traffic.formats.wzdx_events import (
    Event,
    Reader,
    read_section,
    read_work_zone,
)
from hanse.services.safety.traffic.formats.wzdx_model import Feature, FeedInfo
from hanse.services.safety.traffic.formats.wzdx_terms import (
    ASIDE_FIELDS,
    DETOUR,
    NEXT,
    RELATED_DETOUR,
    RELATED_WORK_ZONE,
    SENSE,
    WORK_ZONE,
    impact_of,
    restrictions_of,
)
from hanse.services.safety.traffic.places import RoadSection, road_key
from hanse.services.safety.traffic.vocabulary import Direction, NoticeStatus

FEATURES_MAX: Final = 5_000
EXPECTED: Final = "WZDx 4 GeoJSON"
KILOMETRE: Final = Decimal(1000)
MILE: Final = Decimal("1609.344")
NOTHING: Final = NO_ISSUERS


def read(
    data: bytes,
    issuers: Mapping[str, str] = NO_ISSUERS,
    metres_per_milepost: Decimal = KILOMETRE,
    upward: Mapping[str, str] = NOTHING,
    language: Language = "zh",
) -> Reading:
    """The notices of a `WorkZoneFeed`.

    `issuers` gives the city code of each `data_source_id`; a city code stands for itself.
    `metres_per_milepost` is `KILOMETRE` here and `MILE` in feeds of the United States. `upward`
    tells by road in which compass direction its stakes rise. `language` is the one of the feed's
    descriptions. Refuses what is no JSON, no feature collection with a feed header, no version 4,
    or too large.
    """
    check_size(data)
    features, updated_at = _open(data)
    sense = {road_key(road): direction for road, direction in upward.items()}
    reader = Reader(metres_per_milepost, sense, language, updated_at)
    collector = Collector()
    zones: list[Feature] = []
    detours: dict[str, Feature] = {}
    for index, raw in enumerate(features):
        try:
            feature = build(Feature, raw)
            kind = feature.properties.core_details.event_type
            if kind == WORK_ZONE:
                zones.append(feature)
            elif kind != DETOUR:
                raise UnreadableError(UnreadReason.RECORD_UNKNOWN, kind)
            elif detours.setdefault(feature.id, feature) is not feature:
                raise UnreadableError(UnreadReason.DUPLICATE, feature.id)
        except UnreadableError as error:
            number = raw.get("id") if isinstance(raw, dict) else None
            collector.miss(number if isinstance(number, str) else f"features[{index}]", error)
    used = _collect_zones(zones, detours, reader, issuers, collector)
    for number in detours:
        if number not in used:
            collector.miss(number, UnreadableError(UnreadReason.DETOUR_UNRELATED))
    return collector.reading()


def _open(data: bytes) -> tuple[list[Any], str]:
    """The features and the time of the feed."""
    try:
        document = orjson.loads(data)
        header = FeedInfo.model_validate(
            document.get("feed_info") or document.get("road_event_feed_info")
        )
        features = document["features"]
        updated_at = header.update_date
        read_instant(updated_at)
    except (ValueError, AttributeError, KeyError, ValidationError, UnreadableError) as error:
        raise FILE_MALFORMED(expected=EXPECTED) from error
    is_feed = document.get("type") == "FeatureCollection" and isinstance(features, list)
    if not is_feed or header.version.split(".")[0] != "4":
        raise FILE_MALFORMED(expected=EXPECTED)
    if len(features) > FEATURES_MAX:
        raise FILE_MALFORMED(expected=f"{EXPECTED}, <= {FEATURES_MAX} features")
    return features, updated_at


def _collect_zones(
    zones: Iterable[Feature],
    detours: Mapping[str, Feature],
    reader: Reader,
    issuers: Mapping[str, str],
    collector: Collector,
) -> set[str]:
    """Take the work zones; returns the numbers of the detours that belong to one of them."""
    used: set[str] = set()
    twins: dict[str, Notice] = {}
    for zone in zones:
        try:
            issuer = issuer_of(zone.properties.core_details.data_source_id, issuers)
            event = read_work_zone(zone, reader)
            event.fields |= {"issuer": issuer, "id": notice_id(issuer, zone.id)}
            chain = _chain(zone, detours)
            event.fields["detour"] = _sections(chain, detours, reader, event)
            _read_aside(zone, event)
            notice = build(Notice, event.fields)
            _check_consistent(zone, notice)
            parts = list(dict.fromkeys(event.parts))
            if notice.direction is Direction.BOTH and twins.pop(notice.id, None) == notice:
                collector.note(notice.id, parts)  # the other direction of a notice just taken
            else:
                collector.add(notice, parts)
                twins[notice.id] = notice
            used.update(chain)
        except UnreadableError as error:
            collector.miss(zone.id, error)
    return used


def _chain(zone: Feature, detours: Mapping[str, Feature]) -> list[str]:
    """The detours of a work zone in the order of travel, then those that no chain reaches."""
    named = [event.id for event in _related(zone, RELATED_DETOUR) if event.id in detours]
    naming = [
        number
        for number, detour in detours.items()
        if any(event.id == zone.id for event in _related(detour, RELATED_WORK_ZONE))
    ]
    mine = list(dict.fromkeys([*named, *naming]))
    following = {number: event.id for number in mine for event in _related(detours[number], NEXT)}
    begins = [number for number in mine if number not in following.values()]
    ordered: list[str] = []
    for number in [*begins, *mine]:
        step: str | None = number
        while step is not None and step in detours and step not in ordered:
            ordered.append(step)
            step = following.get(step)
    return ordered


def _related(feature: Feature, kind: str) -> list[Any]:
    events = feature.properties.core_details.related_road_events
    return [event for event in events if event.type == kind]


def _sections(
    chain: Iterable[str], detours: Mapping[str, Feature], reader: Reader, event: Event
) -> tuple[RoadSection, ...]:
    """The detour, whole or not at all: half a detour would lead somewhere else."""
    try:
        found = []
        for number in chain:
            detour = detours[number]
            found.append(read_section(detour, reader))
            event.parts += [f"detour.{name}" for name in _beyond(detour, event)]
        return tuple(found)
    except UnreadableError as error:
        event.parts.append(f"detour: {error.detail}")
        return ()


def _beyond(detour: Feature, event: Event) -> list[str]:
    """What a detour says that a section of a detour cannot."""
    properties, core = detour.properties, detour.properties.core_details
    names = [*properties.others(), *core.others(), *detour.others()]
    names += ["description"] if core.description else []
    names += ["road_names"] if len(core.road_names) > 1 else []
    end = event.fields.get("lifted_at") or event.fields.get("expected_end")
    if read_instant(properties.start_date) != event.fields["start"]:
        names.append("start_date")
    if read_instant(properties.end_date) != end:
        names.append("end_date")
    return names


def _read_aside(zone: Feature, event: Event) -> None:
    """Our foreign member. It may add what WZDx cannot say; what it gainsays is found after."""
    aside = zone.properties.hanse_notice
    if aside is None:
        return
    if not aside.get("public_from"):
        raise UnreadableError(UnreadReason.CONTRADICTION, "public_from")
    event.parts += [f"extension {name}" for name in aside if name not in {*ASIDE_FIELDS, SENSE}]
    fields = event.fields
    fields.pop("description", None)
    fields.pop("speed_limit_kmh", None)
    fields["affected_vehicles"] = ()
    fields |= {name: aside[name] for name in ASIDE_FIELDS if name in aside and name != "detour"}
    if "detour" in aside and not fields["detour"]:
        fields["detour"] = aside["detour"]
    if aside.get("direction") == Direction.BOTH and aside.get(SENSE) == Direction.DOWN:
        drawn = fields["geometry"]
        fields["geometry"] = drawn.model_copy(update={"points": drawn.points[::-1]})
    if fields.get("status") != NoticeStatus.LIFTED:
        fields["expected_end"] = read_instant(zone.properties.end_date)


def _check_consistent(zone: Feature, notice: Notice) -> None:
    """What is in our foreign member must be what the members of WZDx say, seen from there."""
    event = zone.properties
    if event.hanse_notice is None:
        return
    restrictions = [{"type": restriction.type} for restriction in event.restrictions]
    for name, said, meant in (
        (
            "vehicle_impact",
            event.vehicle_impact,
            impact_of(notice.measure, notice.affected_vehicles),
        ),
        (
            "restrictions",
            restrictions,
            restrictions_of(notice.measure, notice.affected_vehicles),
        ),
        ("reduced_speed_limit_kph", event.reduced_speed_limit_kph, notice.speed_limit_kmh),
        (
            "is_start_date_verified",
            event.is_start_date_verified,
            notice.status is not NoticeStatus.ISSUED,
        ),
    ):
        if said != meant:
            raise UnreadableError(UnreadReason.CONTRADICTION, name)
