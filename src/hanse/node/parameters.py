"""Rule parameters: the visible defaults of each service, replaced by the node's configuration."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from hanse.mechanisms.exchange.core import invalid_fields
from hanse.mechanisms.exchange.operations import Registry, Service
from hanse.node.config import CONFIG_INVALID


def parameters_by_operation(
    registry: Registry, configured: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The parameters that each operation, topic and service's own work is handed."""
    unknown = set(configured) - {service.name for service in registry.services}
    if unknown:
        raise CONFIG_INVALID(place=f"parameters.{min(unknown)}: no such service")
    found: dict[str, Any] = {}
    for service in registry.services:
        parameters = found[service.name] = _parameters(service, configured.get(service.name, {}))
        found.update(dict.fromkeys((one.name for one in service.operations), parameters))
        found.update(dict.fromkeys((one.name for one in service.topics), parameters))
    return found


def _parameters(service: Service, configured: Mapping[str, Any]) -> Any:
    if not configured:
        return service.parameters
    if service.parameters is None or not is_dataclass(service.parameters):
        raise CONFIG_INVALID(place=f"parameters.{service.name}: the service has none")
    return _replaced(service.parameters, configured, f"parameters.{service.name}")


def _replaced(defaults: Any, configured: Mapping[str, Any], place: str) -> Any:
    """The defaults with the configured values, each of the type of what it replaces."""
    unknown = set(configured) - {field.name for field in fields(defaults)}
    if unknown:
        raise CONFIG_INVALID(place=f"{place}.{min(unknown)}: no such parameter")
    values: dict[str, Any] = {}
    for name, value in configured.items():
        default, where = getattr(defaults, name), f"{place}.{name}"
        if is_dataclass(default) and isinstance(value, dict):
            values[name] = _replaced(default, value, where)
        elif isinstance(default, BaseModel) and isinstance(value, dict):
            values[name] = _modelled(type(default), value, where)
        elif type(value) is type(default):
            values[name] = value
        else:
            raise CONFIG_INVALID(place=f"{where}: not of type {type(default).__name__}")
    return replace(defaults, **values)


def _modelled(model: type[BaseModel], value: dict[str, Any], place: str) -> BaseModel:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise CONFIG_INVALID(place=f"{place}: {invalid_fields(error)}") from None
