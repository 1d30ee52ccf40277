"""One record of a DATEX II situation, read into the parts of a notice that it tells."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from lxml import etree

from hanse.services.safety.traffic.formats.datex2_places import (
    Place,
    read_place,
    section_of_place,
)
from hanse.services.safety.traffic.formats.datex2_terms import (
    APPLICABLE,
    CAUSE_RECORD,
    KIND_OF_CAUSE,
    KIND_OF_RECORD,
    LANE_MANAGEMENT,
    LOAD,
    MEASURE_OF_VALUE,
    MEASURE_RECORD,
    NAMESPACES,
    REROUTING,
    THROUGH_TRAFFIC,
    VEHICLE,
    enumerated,
    local_type,
)
from hanse.services.safety.traffic.formats.reading import (
    UnreadableError,
    UnreadReason,
    read_instant,
    read_number,
)
from hanse.services.safety.traffic.places import RoadSection
from hanse.services.safety.traffic.vocabulary import (
    Measure,
    NoticeKind,
    NoticeStatus,
    VehicleType,
)

_MANAGEMENT_VALUE: Final = {
    "RoadOrCarriagewayOrLaneManagement": LANE_MANAGEMENT,
    "GeneralNetworkManagement": "generalNetworkManagementType",
    "ReroutingManagement": REROUTING,
    "SpeedManagement": "speedManagementType",
    "GeneralInstructionOrMessageToRoadUsers": "generalInstructionToRoadUsersType",
}
_CAUSE_VALUE: Final = {
    **{type_: name for type_, name, _ in CAUSE_RECORD.values()},
    "ConstructionWorks": "constructionWorkType",
    "WeatherRelatedRoadConditions": "weatherRelatedRoadConditionType",
}
_GRAVEST_FIRST: Final = tuple(MEASURE_RECORD)
_WRITTEN_VALUES: Final = {
    measure: value for measure, (_, _, value) in MEASURE_RECORD.items() if value
}
_WRITTEN_CAUSES: Final = frozenset(value for _, _, value in CAUSE_RECORD.values())
_READ: Final = frozenset(
    {
        "situationRecordCreationTime",
        "situationRecordVersionTime",
        "probabilityOfOccurrence",
        "source",
        "validity",
        "cause",
        "generalPublicComment",
        "locationReference",
        "complianceOption",
        "applicableForTrafficDirection",
        "applicableForTrafficType",
        "forVehiclesWithCharacteristicsOf",
        "temporarySpeedLimit",
        "alternativeRoute",
        *_MANAGEMENT_VALUE.values(),
        *_CAUSE_VALUE.values(),
    }
)
_VEHICLE_OF_TYPE: Final = {
    **{value: vehicle for vehicle, value in VEHICLE.items()},
    "car": VehicleType.CAR,
    "carOrLightVehicle": VehicleType.CAR,
    "goodsVehicle": VehicleType.TRUCK,
    "largeGoodsVehicle": VehicleType.TRUCK,
    "heavyVehicle": VehicleType.HEAVY_TRUCK,
}
_VEHICLE_OF_LOAD: Final = {value: vehicle for vehicle, value in LOAD.items()}


@dataclass
class Record:
    """What one record says. `parts` names what it says beyond what a notice carries."""

    id: str
    version: int
    created_at: datetime
    versioned_at: datetime
    start: datetime
    end: datetime | None
    status: NoticeStatus
    place: Place
    comment: dict[str, str]
    kind: NoticeKind | None
    """Of the record itself where it is a cause; of the cause that it names where it is not."""
    is_cause: bool
    measure: Measure | None = None
    speed_limit_kmh: int | None = None
    detour: tuple[RoadSection, ...] = ()
    vehicles: tuple[VehicleType, ...] = ()
    parts: list[str] = field(default_factory=list)


def read_record(element: etree._Element) -> Record:
    """The record, or why it cannot be part of a notice."""
    type_ = local_type(element)
    if type_ not in KIND_OF_RECORD and type_ not in _MANAGEMENT_VALUE:
        raise UnreadableError(UnreadReason.RECORD_UNKNOWN, type_ or "no type")
    parts = [
        str(etree.QName(child).localname)
        for child in element
        if etree.QName(child).localname not in _READ
    ]
    if element.findtext("sit:probabilityOfOccurrence", "", NAMESPACES) == "riskOf":
        parts.append("probabilityOfOccurrence=riskOf")
    start, end, status = _validity(element)
    record = Record(
        id=element.get("id", ""),
        version=_version(element),
        created_at=read_instant(_text(element, "sit:situationRecordCreationTime")),
        versioned_at=read_instant(_text(element, "sit:situationRecordVersionTime")),
        start=start,
        end=end,
        status=status,
        place=_place(element, parts),
        comment=_comment(element, parts),
        kind=KIND_OF_RECORD.get(type_) or _named_cause(element),
        is_cause=type_ in KIND_OF_RECORD,
        parts=parts,
    )
    if record.is_cause:
        values = [enumerated(found) for found in _all(element, f"sit:{_CAUSE_VALUE[type_]}")]
        parts += [
            f"{_CAUSE_VALUE[type_]}={value}" for value in values if value not in _WRITTEN_CAUSES
        ]
    else:
        _read_management(element, type_, record)
    return record


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall(path, NAMESPACES)


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path, "", NAMESPACES) or "").strip()


def _version(element: etree._Element) -> int:
    version = element.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise UnreadableError(UnreadReason.MALFORMED, f"version {version}")
    return int(version)


def _validity(element: etree._Element) -> tuple[datetime, datetime | None, NoticeStatus]:
    word = enumerated(element.find("sit:validity/com:validityStatus", NAMESPACES))
    if word == "suspended":
        raise UnreadableError(UnreadReason.SUSPENDED)
    if word not in {"active", "planned", "definedByValidityTimeSpec"}:
        raise UnreadableError(UnreadReason.MALFORMED, f"validityStatus {word}")
    period = "sit:validity/com:validityTimeSpecification/"
    start = read_instant(_text(element, period + "com:overallStartTime"))
    end = _text(element, period + "com:overallEndTime")
    status = NoticeStatus.ACTIVE if word == "active" else NoticeStatus.ISSUED
    if _text(element, "sit:validity/com:overrunning") in {"true", "1"}:
        status = NoticeStatus.EXTENDED
    if _all(element, period + "com:validPeriod") or _all(element, period + "com:exceptionPeriod"):
        # In force at some hours only: without them it would read as in force throughout.
        raise UnreadableError(UnreadReason.MALFORMED, "recurring periods")
    return start, read_instant(end) if end else None, status


def _place(element: etree._Element, parts: list[str]) -> Place:
    location = element.find("sit:locationReference", NAMESPACES)
    if location is None:
        raise UnreadableError(UnreadReason.MALFORMED, "no locationReference")
    return read_place(location, parts)


def _comment(element: etree._Element, parts: list[str]) -> dict[str, str]:
    """The first comment, by language; what is in neither of ours is named."""
    comments = _all(element, "sit:generalPublicComment")
    parts += ["generalPublicComment"] * (len(comments) - 1)
    found: dict[str, str] = {}
    for value in _all(comments[0], "sit:comment/com:values/com:value") if comments else ():
        language = (value.get("lang") or "").lower()
        if language[:2] in {"zh", "en"} and language[:2] not in found and value.text:
            found[language[:2]] = value.text.strip()
        else:
            parts.append(f"generalPublicComment lang={language}")
    return found


def _named_cause(element: etree._Element) -> NoticeKind | None:
    return KIND_OF_CAUSE.get(enumerated(element.find("sit:cause/sit:causeType", NAMESPACES)))


def _read_management(element: etree._Element, type_: str, record: Record) -> None:
    record.measure = _measure(element, type_, record.parts)
    if record.measure is Measure.SPEED_LIMIT:
        speed = read_number(_text(element, "sit:temporarySpeedLimit"))
        record.speed_limit_kmh = int(speed)  # downward, the stricter side
    _read_route(element, record)
    applicable = enumerated(element.find("sit:applicableForTrafficDirection", NAMESPACES))
    if record.place.direction is None:
        direction = next((key for key, word in APPLICABLE.items() if word == applicable), None)
        record.place = replace(record.place, direction=direction)
    elif applicable and applicable != APPLICABLE[record.place.direction]:
        record.parts.append(f"applicableForTrafficDirection={applicable}")
    vehicles, complete = _vehicles(element)
    record.vehicles = vehicles
    if not complete:
        record.parts.append("forVehiclesWithCharacteristicsOf")
        if record.measure is Measure.CLOSED:
            record.measure = Measure.RESTRICTED  # closed to some, and we cannot say to whom


def _measure(element: etree._Element, type_: str, parts: list[str]) -> Measure:
    name = _MANAGEMENT_VALUE[type_]
    values = [enumerated(found) for found in _all(element, f"sit:{name}")]
    known = sorted(
        (MEASURE_OF_VALUE[value] for value in values if value in MEASURE_OF_VALUE),
        key=_GRAVEST_FIRST.index,
    )
    measure = known[0] if known else Measure.ADVISORY
    advisory = _text(element, "sit:complianceOption") == "advisory"
    limited = element.find("sit:temporarySpeedLimit", NAMESPACES) is not None
    if measure is Measure.DIVERSION and advisory:
        measure = Measure.ADVISORY  # a route that is offered, not ordered
    elif type_ == "SpeedManagement":
        measure = Measure.SPEED_LIMIT if limited and not advisory else Measure.ADVISORY
    if limited and measure is not Measure.SPEED_LIMIT:
        parts.append("temporarySpeedLimit")
    written = _WRITTEN_VALUES.get(measure, "followDiversionSigns" if advisory else "")
    parts += [f"{name}={value}" for value in values if value != written]
    return measure


def _read_route(element: etree._Element, record: Record) -> None:
    """The detour, whole or not at all: half a detour would lead somewhere else."""
    routes = _all(element, "sit:alternativeRoute")
    record.parts += ["alternativeRoute"] * (len(routes) - 1)
    for route in routes[:1]:
        try:
            contained = sorted(
                _all(route, "loc:locationContainedInItinerary"),
                key=lambda item: int(read_number(item.get("index", ""))),
            )
            found = []
            for item in contained:
                location = item.find("loc:location", NAMESPACES)
                if location is None:
                    raise UnreadableError(UnreadReason.MALFORMED, "alternativeRoute")
                found.append(section_of_place(read_place(location, record.parts)))
            record.detour = tuple(found)
        except UnreadableError as error:
            record.parts.append(f"alternativeRoute: {error.detail}")


def _vehicles(element: etree._Element) -> tuple[tuple[VehicleType, ...], bool]:
    """Whom the measure concerns, and whether that is all that the record says of it."""
    found: list[VehicleType | None] = []
    for kind in _all(element, "sit:applicableForTrafficType"):
        through = enumerated(kind) == THROUGH_TRAFFIC
        found.append(VehicleType.THROUGH_TRAFFIC if through else None)
    for characteristics in _all(element, "sit:forVehiclesWithCharacteristicsOf"):
        types = _all(characteristics, "com:vehicleType")
        loads = _all(characteristics, "com:loadType")
        if any(enumerated(type_) == "anyVehicle" for type_ in types):
            return (), len(types) == len(characteristics)
        found += [_VEHICLE_OF_TYPE.get(enumerated(type_)) for type_ in types]
        found += [_VEHICLE_OF_LOAD.get(enumerated(load)) for load in loads]
        if len(characteristics) not in {len(types), len(loads)}:
            found.append(None)  # a lorry *and* its weight, say: a notice cannot say both at once
    return tuple(vehicle for vehicle in found if vehicle is not None), None not in found
