"""The words of DATEX II 3 (EN 16157, schema version 3.1) for the words of a notice.

What DATEX cannot say stands in extension elements of the namespace `HANSE`, where the schema
allows extensions: response level is `overallSeverity`, but status lifted, grounds, consultation,
the public's turn, place names and single points have no element of their own.
"""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from hanse.services.safety.traffic.vocabulary import (
    ControlGround,
    Direction,
    Level,
    Measure,
    NoticeKind,
    VehicleType,
)

HANSE: Final = "urn:hanse:traffic:1"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES: Final[dict[str, str]] = {
    "com": "http://datex2.eu/schema/3/common",
    "con": "http://datex2.eu/schema/3/messageContainer",
    "d2": "http://datex2.eu/schema/3/d2Payload",
    "ex": "http://datex2.eu/schema/3/exchangeInformation",
    "loc": "http://datex2.eu/schema/3/locationReferencing",
    "sit": "http://datex2.eu/schema/3/situation",
    "hz": HANSE,
    "xsi": XSI,
}
"""The prefix of the situation namespace must be `sit`: the schema fixes `targetClass` to it."""

CITY_CODES: Final = "GB/T 2260"
"""The external referencing system of the affected cities' codes."""

SEVERITY: Final[Mapping[Level, str]] = {
    Level.I: "highest",
    Level.II: "high",
    Level.III: "medium",
    Level.IV: "low",
    Level.LOCAL: "lowest",
}

SENSE: Final[Mapping[Direction, str]] = {
    Direction.UP: "aligned",
    Direction.DOWN: "opposite",
    Direction.BOTH: "both",
}
"""`directionRelativeOnLinearSection`."""

APPLICABLE: Final[Mapping[Direction, str]] = {
    Direction.UP: "aligned",
    Direction.DOWN: "opposite",
    Direction.BOTH: "bothWays",
}
"""`applicableForTrafficDirection`."""

CAUSE_RECORD: Final[Mapping[NoticeKind, tuple[str, str, str]]] = {
    NoticeKind.ACCIDENT: ("Accident", "accidentType", "accident"),
    NoticeKind.WEATHER: ("PoorEnvironmentConditions", "poorEnvironmentType", "badWeather"),
    NoticeKind.WORKS: ("MaintenanceWorks", "roadMaintenanceType", "roadworks"),
    NoticeKind.EVENT: ("PublicEvent", "publicEventType", "majorEvent"),
}
"""Record type, its own element and the value written. Control has no cause but its ground."""

KIND_OF_RECORD: Final[Mapping[str, NoticeKind]] = {
    "Accident": NoticeKind.ACCIDENT,
    "PoorEnvironmentConditions": NoticeKind.WEATHER,
    "WeatherRelatedRoadConditions": NoticeKind.WEATHER,
    "MaintenanceWorks": NoticeKind.WORKS,
    "ConstructionWorks": NoticeKind.WORKS,
    "PublicEvent": NoticeKind.EVENT,
}

KIND_OF_CAUSE: Final[Mapping[str, NoticeKind]] = {
    "accident": NoticeKind.ACCIDENT,
    "poorEnvironment": NoticeKind.WEATHER,
    "weatherRelatedRoadConditions": NoticeKind.WEATHER,
    "roadMaintenance": NoticeKind.WORKS,
    "constructionWork": NoticeKind.WORKS,
    "publicEvent": NoticeKind.EVENT,
}
"""`causeType` of a measure that stands without a cause's record."""

CAUSE_OF_GROUND: Final[Mapping[ControlGround, str]] = {
    ControlGround.NATURAL_DISASTER: "environmentalObstruction",
    ControlGround.SEVERE_WEATHER: "poorEnvironment",
    ControlGround.MAJOR_ACCIDENT: "accident",
    ControlGround.OTHER_GRAVE: "other",
}

LANE_MANAGEMENT: Final = "roadOrCarriagewayOrLaneManagementType"
REROUTING: Final = "reroutingManagementType"
RESTRICTED_VALUE: Final = "trafficRestricted"
"""Extended value of the enumeration (`_extended`): DATEX names only particular restrictions."""

MEASURE_RECORD: Final[Mapping[Measure, tuple[str, str, str]]] = {
    Measure.CLOSED: ("RoadOrCarriagewayOrLaneManagement", LANE_MANAGEMENT, "roadClosed"),
    Measure.ENTRY_CLOSED: ("ReroutingManagement", REROUTING, "doNotUseEntry"),
    Measure.CONTRAFLOW: ("RoadOrCarriagewayOrLaneManagement", LANE_MANAGEMENT, "contraflow"),
    Measure.LANE_CLOSED: ("RoadOrCarriagewayOrLaneManagement", LANE_MANAGEMENT, "laneClosures"),
    Measure.INTERMITTENT: (
        "RoadOrCarriagewayOrLaneManagement",
        LANE_MANAGEMENT,
        "intermittentShortTermClosures",
    ),
    Measure.RESTRICTED: ("RoadOrCarriagewayOrLaneManagement", LANE_MANAGEMENT, RESTRICTED_VALUE),
    Measure.DIVERSION: ("ReroutingManagement", REROUTING, "followDiversionSigns"),
    Measure.SPEED_LIMIT: ("SpeedManagement", "speedManagementType", "speedRestrictionInOperation"),
    Measure.ADVISORY: ("GeneralInstructionOrMessageToRoadUsers", "", ""),
}
"""The gravest first: of several measures of one situation a notice carries the first of these."""

MEASURE_OF_VALUE: Final[Mapping[str, Measure]] = {
    "roadClosed": Measure.CLOSED,
    "carriagewayClosures": Measure.CLOSED,
    "closedPermanentlyForTheWinter": Measure.CLOSED,
    "overnightClosures": Measure.CLOSED,
    "doNotUseEntry": Measure.ENTRY_CLOSED,
    "contraflow": Measure.CONTRAFLOW,
    "laneClosures": Measure.LANE_CLOSED,
    "narrowLanes": Measure.LANE_CLOSED,
    "intermittentShortTermClosures": Measure.INTERMITTENT,
    "singleAlternateLineTraffic": Measure.INTERMITTENT,
    "temporaryTrafficLights": Measure.INTERMITTENT,
    "trafficBeingManuallyDirected": Measure.INTERMITTENT,
    "trafficHeld": Measure.INTERMITTENT,
    "convoyService": Measure.INTERMITTENT,
    "weightRestrictionInOperation": Measure.RESTRICTED,
    "heightRestrictionInOperation": Measure.RESTRICTED,
    RESTRICTED_VALUE: Measure.RESTRICTED,
    "followDiversionSigns": Measure.DIVERSION,
    "followLocalDiversion": Measure.DIVERSION,
    "followSpecialMarkers": Measure.DIVERSION,
    "speedRestrictionInOperation": Measure.SPEED_LIMIT,
    "observeSpeedLimit": Measure.SPEED_LIMIT,
    "reduceYourSpeed": Measure.SPEED_LIMIT,
}

VEHICLE: Final[Mapping[VehicleType, str]] = {
    VehicleType.CAR: "passengerCar",
    VehicleType.BUS: "bus",
    VehicleType.TRUCK: "lorry",
    VehicleType.HEAVY_TRUCK: "heavyGoodsVehicle",
    VehicleType.TRAILER: "vehicleWithTrailer",
    VehicleType.MOTORCYCLE: "motorcycle",
    VehicleType.NON_MOTOR: "nonMotorVehicle",
    VehicleType.PEDESTRIAN: "pedestrian",
}
"""`vehicleType`; the last two are extended values, DATEX being about motor traffic."""

EXTENDED_VEHICLES: Final = frozenset({VehicleType.NON_MOTOR, VehicleType.PEDESTRIAN})

LOAD: Final[Mapping[VehicleType, str]] = {
    VehicleType.HAZARDOUS_GOODS: "hazardousMaterials",
    VehicleType.OVERSIZE: "abnormalLoad",
}
"""`loadType`."""

THROUGH_TRAFFIC: Final = "throughTraffic"
"""`applicableForTrafficType`."""

WGS84: Final = "EPSG:4326"
LATITUDE_FIRST: Final = frozenset(
    {
        "",  # the schema's default, ETRS89 with latitude first, is WGS84 within a metre
        "4326",
        "EPSG:4326",
        "WGS84",
        "WGS 84",
        "urn:ogc:def:crs:EPSG::4326",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
    }
)
"""Names of reference systems whose `posList` is read: latitude, then longitude."""


def qname(name: str) -> str:
    """`sit:situation` in the notation of lxml."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    """A new last child of `parent`; attributes without a prefix."""
    child = etree.SubElement(parent, qname(name))
    child.text = text
    for key, value in attributes.items():
        child.set(key, value)
    return child


def typed(element: etree._Element, type_: str) -> etree._Element:
    """The element with its `xsi:type`, a name with one of our prefixes."""
    element.set(f"{{{XSI}}}type", type_)
    return element


def local_type(element: etree._Element) -> str:
    """The local name of the element's `xsi:type`, when it is of a DATEX namespace; else empty."""
    prefix, _, local = (element.get(f"{{{XSI}}}type") or "").rpartition(":")
    namespace = element.nsmap.get(prefix or None, "")
    return local if namespace.startswith("http://datex2.eu/schema/3/") else ""


def enumerated(element: etree._Element | None) -> str:
    """The value of an enumeration's element, the extended value where it has one."""
    if element is None:
        return ""
    return element.get("_extendedValue") or (element.text or "").strip()
