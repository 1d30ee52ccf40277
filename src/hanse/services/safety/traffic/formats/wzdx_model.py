"""The members of a WZDx 4.2 feature that a notice can carry, checked for their types.

Unknown members are allowed, as GeoJSON wants it, and kept by name so that they can be reported.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hanse.services.safety.traffic.places import GEOMETRY_POINTS_MAX

Compass = Literal[
    "northbound",
    "eastbound",
    "southbound",
    "westbound",
    "undefined",
    "unknown",
    "inner-loop",
    "outer-loop",
]
Name = Annotated[str, Field(max_length=256)]


class _Member(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    def others(self) -> list[str]:
        """The names of the members that are not read."""
        return sorted(self.model_extra or {})


class RelatedRoadEvent(_Member):
    """A link to another road event."""

    type: Name
    id: Name


class CoreDetails(_Member):
    """What all road events have."""

    event_type: Name
    data_source_id: Name
    road_names: Annotated[list[Name], Field(min_length=1, max_length=16)]
    direction: Compass
    related_road_events: Annotated[list[RelatedRoadEvent], Field(max_length=200)] = []
    description: str | None = None
    creation_date: str | None = None
    update_date: str | None = None


class Restriction(_Member):
    """One restriction; its value and unit are not read."""

    type: Name


class RoadEvent(_Member):
    """The properties of a work zone or a detour."""

    core_details: CoreDetails
    beginning_cross_street: str | None = None
    ending_cross_street: str | None = None
    beginning_milepost: float | None = None
    ending_milepost: float | None = None
    start_date: str
    end_date: str
    is_start_date_verified: bool = False
    is_end_date_verified: bool = False
    vehicle_impact: str | None = None
    reduced_speed_limit_kph: float | None = None
    restrictions: Annotated[list[Restriction], Field(max_length=50)] = []
    hanse_notice: Mapping[str, Any] | None = None
    # Demanded by the schema, without a meaning that a notice carries.
    is_start_position_verified: bool = False
    is_end_position_verified: bool = False
    location_method: str = "unknown"


class FeatureGeometry(_Member):
    """A line, or the two ends alone."""

    type: Literal["LineString", "MultiPoint"]
    coordinates: Annotated[
        list[Annotated[list[float], Field(min_length=2, max_length=4)]],
        Field(min_length=1, max_length=GEOMETRY_POINTS_MAX),
    ]


class Feature(_Member):
    """One road event."""

    id: Name
    type: Literal["Feature"]
    properties: RoadEvent
    geometry: FeatureGeometry


class FeedInfo(_Member):
    """The feed's header."""

    version: Name
    update_date: str
