"""The words of WZDx 4.2 for the words of a notice.

A WZDx feed tells the public of road works, and only of them: a `WorkZoneFeed` may hold work zones
and the detours that belong to them (the event type `restriction` of the enumeration has no place
in it). One road event is one direction of one road.
"""

from collections.abc import Mapping
from typing import Final

from hanse.services.safety.traffic.vocabulary import Direction, Measure, VehicleType

VERSION: Final = "4.2"
ASIDE: Final = "hanse_notice"
"""Foreign member (RFC 7946 section 6.1) of a feature's properties: the fields of the notice that
WZDx has no member for, under the names that the contract gives them."""

ASIDE_FIELDS: Final = (
    "id",
    "version",
    "direction",
    "measure",
    "affected_vehicles",
    "speed_limit_kmh",
    "detour",
    "affected_cities",
    "description",
    "level",
    "status",
    "expected_end",
    "public_from",
    "emergency",
    "provincial_entry",
    "consultation",
    "control_ground",
    "other_measures_insufficient",
)

SENSE: Final = "sense"
"""In the foreign member, of a notice for both directions: which of them the feature is."""

WORK_ZONE: Final = "work-zone"
DETOUR: Final = "detour"
RELATED_WORK_ZONE: Final = "related-work-zone"
RELATED_DETOUR: Final = "related-detour"
FIRST: Final = "first-in-sequence"
NEXT: Final = "next-in-sequence"

MEASURE_OF_IMPACT: Final[Mapping[str, Measure]] = {
    "all-lanes-closed": Measure.CLOSED,
    "some-lanes-closed": Measure.LANE_CLOSED,
    "some-lanes-closed-merge-left": Measure.LANE_CLOSED,
    "some-lanes-closed-merge-right": Measure.LANE_CLOSED,
    "some-lanes-closed-split": Measure.LANE_CLOSED,
    "alternating-one-way": Measure.INTERMITTENT,
    "flagging": Measure.INTERMITTENT,
    "temporary-traffic-signal": Measure.INTERMITTENT,
    "all-lanes-open": Measure.ADVISORY,
    "all-lanes-open-shift-left": Measure.ADVISORY,
    "all-lanes-open-shift-right": Measure.ADVISORY,
    "unknown": Measure.ADVISORY,
}
"""`vehicle_impact`; open lanes may still carry a restriction or a speed limit."""

IMPACT: Final[Mapping[Measure, str]] = {
    Measure.CLOSED: "all-lanes-closed",
    Measure.ENTRY_CLOSED: "all-lanes-open",
    Measure.LANE_CLOSED: "some-lanes-closed",
    Measure.CONTRAFLOW: "some-lanes-closed",
    Measure.INTERMITTENT: "alternating-one-way",
    Measure.RESTRICTED: "all-lanes-open",
    Measure.SPEED_LIMIT: "all-lanes-open",
    Measure.DIVERSION: "unknown",
    Measure.ADVISORY: "all-lanes-open",
}

RESTRICTION: Final[Mapping[VehicleType, str]] = {
    VehicleType.TRUCK: "no-trucks",
    VehicleType.TRAILER: "towing-prohibited",
    VehicleType.OVERSIZE: "permitted-oversize-loads-prohibited",
    VehicleType.THROUGH_TRAFFIC: "local-access-only",
}
"""The vehicles whose exclusion WZDx can say. The others stand aside only."""

EXCLUDING: Final = frozenset({Measure.CLOSED, Measure.RESTRICTED})
"""Measures that, for some vehicles only, are restrictions in the sense of WZDx."""

METRES_PER_KILOMETRE: Final = 1000

OPPOSITE_COMPASS: Final[Mapping[str, str]] = {
    "northbound": "southbound",
    "southbound": "northbound",
    "eastbound": "westbound",
    "westbound": "eastbound",
    "inner-loop": "outer-loop",
    "outer-loop": "inner-loop",
}


def compass(upward: str | None, direction: Direction) -> str:
    """The direction of WZDx for one of ours, where rising stakes lead `upward`."""
    if upward is None or direction is Direction.BOTH:
        return "unknown"
    return upward if direction is Direction.UP else OPPOSITE_COMPASS[upward]


def impact_of(measure: Measure, vehicles: tuple[VehicleType, ...]) -> str:
    """The `vehicle_impact`: a road closed to some vehicles is open to the others."""
    if measure is Measure.CLOSED and vehicles:
        return "all-lanes-open"
    return IMPACT[measure]


def restrictions_of(measure: Measure, vehicles: tuple[VehicleType, ...]) -> list[dict[str, str]]:
    """The `restrictions` of a measure, as far as WZDx has a word for its vehicles."""
    if measure not in EXCLUDING:
        return []
    return [{"type": RESTRICTION[vehicle]} for vehicle in vehicles if vehicle in RESTRICTION]
