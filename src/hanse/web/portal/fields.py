"""The fields of the policy, in its order, and the services of each: read from where they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Service
from hanse.mechanisms.exchange.parts import Need

FIELDS: Final[Mapping[str, Text]] = {
    "governance": Text("协调机制", "Governance"),
    "planning": Text("规划", "Planning"),
    "infrastructure": Text("基础设施", "Infrastructure"),
    "industry": Text("产业", "Industry"),
    "environment": Text("生态环境", "Environment"),
    "science": Text("科技", "Science"),
    "culture": Text("文化旅游", "Culture and tourism"),
    "finance": Text("金融", "Finance"),
    "market": Text("市场", "Market"),
    "health": Text("医疗卫生", "Health"),
    "education": Text("教育", "Education"),
    "social": Text("社会保障", "Social security"),
    "employment": Text("就业", "Employment"),
    "talent": Text("人才", "Talent"),
    "safety": Text("公共安全", "Public safety"),
    "openness": Text("对外开放", "Openness"),
}
OTHER: Final = Text("其他", "Other")


@dataclass(frozen=True)
class Field:
    """A field and its services that this node offers."""

    name: str
    title: Text
    services: tuple[Service, ...]


@dataclass(frozen=True)
class Wanted:
    """What people want, and the services that meet it."""

    need: Need
    services: tuple[Service, ...]


def shown_services(services: Iterable[Service]) -> list[Service]:
    """The services that people know of: those of a field, not the league's own housekeeping."""
    return [service for service in services if field_of(service) is not None]


def field_of(service: Service) -> str | None:
    """The field of a service, `safety` of `safety.traffic`; None for what is of no field."""
    field, point, _ = service.name.partition(".")
    return field if point else None


def by_field(services: Iterable[Service]) -> list[Field]:
    """The fields that have services, in the policy's order; unknown ones come last."""
    found: dict[str, list[Service]] = {}
    for service in shown_services(services):
        found.setdefault(str(field_of(service)), []).append(service)
    order = [*FIELDS, *sorted(found.keys() - FIELDS.keys())]
    return [
        Field(name, FIELDS.get(name, OTHER), tuple(found[name])) for name in order if name in found
    ]


def by_need(services: Iterable[Service]) -> list[Wanted]:
    """What people want, each once however many services meet it."""
    found: dict[Text, tuple[Need, list[Service]]] = {}
    for service in shown_services(services):
        for need in service.needs:
            found.setdefault(need.words, (need, []))[1].append(service)
    return [Wanted(need, tuple(meeting)) for need, meeting in found.values()]


def searched(services: Iterable[Service], words: str) -> list[Service]:
    """The services that every word of a search is found in, in either language."""
    wanted = words.casefold().split()
    return [
        service
        for service in shown_services(services)
        if wanted and all(word in _text_of(service) for word in wanted)
    ]


def _text_of(service: Service) -> str:
    texts = [service.title, *(operation.title for operation in service.operations)]
    texts += [need.words for need in service.needs]
    texts += [FIELDS.get(str(field_of(service)), OTHER)]
    if service.summary is not None:
        texts.append(service.summary)
    return " ".join(f"{text.zh} {text.en}" for text in texts).casefold()
