"""The official WZDx 4.2 schemas as a validator that needs no network and checks formats."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7


def _geometry(kind: str, positions_min: int) -> dict[str, Any]:
    """RFC 7946 sections 3.1.3 and 3.1.4 at the address that the WZDx schemas refer to."""
    position = {"type": "array", "minItems": 2, "items": {"type": "number"}}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"https://geojson.org/schema/{kind}.json",
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"enum": [kind]},
            "coordinates": {"type": "array", "minItems": positions_min, "items": position},
        },
    }


def feed_validator(folder: Path) -> Draft7Validator:
    """The validator of a `WorkZoneFeed`."""
    schemas = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    schemas += [_geometry("LineString", 2), _geometry("MultiPoint", 0)]
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema, DRAFT7)) for schema in schemas
    )
    (feed,) = (schema for schema in schemas if schema["$id"].endswith("/WorkZoneFeed.json"))
    return Draft7Validator(feed, registry=registry, format_checker=Draft7Validator.FORMAT_CHECKER)
