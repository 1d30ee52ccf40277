"""Notices as a DATEX II 3 situation publication, one situation for each notice.

A situation holds the cause's record (works, accident, ...), the measure's record that names it as
its cause, and where the notice has them a record for the speed limit and one for the detour.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from lxml import etree

from hanse.foundation.clock import iso
from hanse.services.safety.traffic.contracts import Description, Notice
from hanse.services.safety.traffic.formats.datex2_places import (
    place_of_notice,
    place_of_section,
    write_place,
)
from hanse.services.safety.traffic.formats.datex2_terms import (
    APPLICABLE,
    CAUSE_OF_GROUND,
    CAUSE_RECORD,
    EXTENDED_VEHICLES,
    LOAD,
    MEASURE_RECORD,
    NAMESPACES,
    REROUTING,
    RESTRICTED_VALUE,
    SEVERITY,
    THROUGH_TRAFFIC,
    VEHICLE,
    add,
    qname,
    typed,
)
from hanse.services.safety.traffic.vocabulary import (
    Measure,
    NoticeKind,
    NoticeStatus,
    VehicleType,
)

MODEL_BASE_VERSION: Final = "3"


def write(notices: Iterable[Notice], publisher: str, at: datetime, country: str = "cn") -> bytes:
    """A `messageContainer` with one `SituationPublication` of these notices, published at `at`.

    `publisher` is the identifier by which readers know who publishes, `country` its ISO 3166 code.
    Every notice is carried whole. A number may occur only once: ValueError otherwise.
    """
    prefixes = {key: value for key, value in NAMESPACES.items() if key != "d2"}
    root = etree.Element(qname("con:messageContainer"), nsmap=prefixes)
    root.set("modelBaseVersion", MODEL_BASE_VERSION)
    payload = typed(add(root, "con:payload"), "sit:SituationPublication")
    payload.set("lang", "zh")
    payload.set("modelBaseVersion", MODEL_BASE_VERSION)
    add(payload, "com:publicationTime", iso(at))
    _identify(add(payload, "com:publicationCreator"), country, publisher)
    seen = set()
    for notice in notices:
        if notice.id in seen:
            raise ValueError(f"notice {notice.id} is given twice")
        seen.add(notice.id)
        _write_situation(payload, notice, country, at)
    _write_exchange(root, country, publisher, at)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _write_exchange(root: etree._Element, country: str, publisher: str, at: datetime) -> None:
    exchange = add(root, "con:exchangeInformation", modelBaseVersion=MODEL_BASE_VERSION)
    add(exchange, "ex:messageType", "payloadDelivery")
    context = add(exchange, "ex:exchangeContext")
    add(context, "ex:codedExchangeProtocol", "snapshotPull")
    add(context, "ex:exchangeSpecificationVersion", MODEL_BASE_VERSION)
    supplier = add(add(context, "ex:supplierOrCisRequester"), "ex:internationalIdentifier")
    _identify(supplier, country, publisher)
    dynamic = add(exchange, "ex:dynamicInformation")
    add(dynamic, "ex:exchangeStatus", "undefined")
    add(dynamic, "ex:messageGenerationTimestamp", iso(at))


def _identify(parent: etree._Element, country: str, identifier: str) -> None:
    add(parent, "com:country", country)
    add(parent, "com:nationalIdentifier", identifier)


def _write_situation(payload: etree._Element, notice: Notice, country: str, at: datetime) -> None:
    situation = add(payload, "sit:situation", id=notice.id)
    add(situation, "sit:overallSeverity", SEVERITY[notice.level])
    add(situation, "sit:situationVersionTime", iso(notice.updated_at))
    header = add(situation, "sit:headerInformation")
    is_public = notice.public_from is not None and notice.public_from <= at
    add(header, "com:confidentiality", "noRestriction" if is_public else "restrictedToAuthorities")
    add(header, "com:informationStatus", "real")
    if notice.kind is not NoticeKind.CONTROL:
        _write_cause(situation, notice)
    _write_measure(situation, notice)
    if notice.speed_limit_kmh is not None and notice.measure is not Measure.SPEED_LIMIT:
        record = _record(situation, notice, "speed", "SpeedManagement")
        _describe_management(record, notice, "mandatory")
        _write_speed(record, notice)
    if notice.detour and notice.measure is not Measure.DIVERSION:
        record = _record(situation, notice, "detour", "ReroutingManagement")
        # Advisory, so that it is not taken for a diversion by order.
        _describe_management(record, notice, "advisory")
        add(record, f"sit:{REROUTING}", "followDiversionSigns")
        _write_route(record, notice)
    _identify(add(situation, "sit:informationManager"), country, notice.issuer)
    _write_aside(situation, notice)


def _record(situation: etree._Element, notice: Notice, part: str, type_: str) -> etree._Element:
    """A record with all that the records of a notice have in common, up to its location."""
    record = typed(add(situation, "sit:situationRecord"), f"sit:{type_}")
    record.set("id", f"{notice.id}_{part}")
    record.set("version", str(notice.version))
    add(record, "sit:situationRecordCreationTime", iso(notice.issued_at))
    add(record, "sit:situationRecordVersionTime", iso(notice.updated_at))
    planned = notice.status is NoticeStatus.ISSUED
    add(record, "sit:probabilityOfOccurrence", "probable" if planned else "certain")
    source = add(record, "sit:source")
    add(source, "com:sourceIdentification", notice.issuer)
    add(source, "com:sourceType", "roadAuthorities")
    _write_validity(add(record, "sit:validity"), notice)
    _write_reason(record, notice, part)
    if part == "cause" or (part == "measure" and notice.kind is NoticeKind.CONTROL):
        _write_comment(record, notice.description)
    write_place(record, "sit:locationReference", place_of_notice(notice))
    return record


def _write_validity(validity: etree._Element, notice: Notice) -> None:
    running = notice.status in {NoticeStatus.ACTIVE, NoticeStatus.EXTENDED}
    add(validity, "com:validityStatus", "active" if running else "definedByValidityTimeSpec")
    if notice.status is NoticeStatus.EXTENDED:
        add(validity, "com:overrunning", "true")
    period = add(validity, "com:validityTimeSpecification")
    add(period, "com:overallStartTime", iso(notice.start))
    end = notice.lifted_at or notice.expected_end
    if end is not None:
        add(period, "com:overallEndTime", iso(end))


def _write_reason(record: etree._Element, notice: Notice, part: str) -> None:
    if part == "cause":
        return
    if notice.kind is NoticeKind.CONTROL:
        if notice.control_ground is not None:
            cause = add(record, "sit:cause")
            add(cause, "sit:causeType", CAUSE_OF_GROUND[notice.control_ground])
        return
    managed = add(add(record, "sit:cause"), "sit:managedCause")
    add(
        managed,
        "sit:objectReference",
        id=f"{notice.id}_cause",
        version=str(notice.version),
        targetClass="sit:SituationRecord",
    )


def _write_comment(record: etree._Element, description: Description | None) -> None:
    if description is None:
        return
    comment = add(record, "sit:generalPublicComment")
    values = add(add(comment, "sit:comment"), "com:values")
    for language, text in (("zh", description.zh), ("en", description.en)):
        if text is not None:
            add(values, "com:value", text, lang=language)
    add(comment, "sit:commentType", "description")


def _write_cause(situation: etree._Element, notice: Notice) -> None:
    type_, name, value = CAUSE_RECORD[notice.kind]
    add(_record(situation, notice, "cause", type_), f"sit:{name}", value)


def _write_measure(situation: etree._Element, notice: Notice) -> None:
    type_, name, value = MEASURE_RECORD[notice.measure]
    record = _record(situation, notice, "measure", type_)
    advisory = notice.measure is Measure.ADVISORY
    _describe_management(record, notice, "advisory" if advisory else "mandatory")
    if value == RESTRICTED_VALUE:
        add(record, f"sit:{name}", "_extended", _extendedValue=value)
    elif notice.measure is Measure.SPEED_LIMIT:
        _write_speed(record, notice)
    elif value:
        add(record, f"sit:{name}", value)
    if notice.measure is Measure.DIVERSION and notice.detour:
        _write_route(record, notice)


def _describe_management(record: etree._Element, notice: Notice, compliance: str) -> None:
    add(record, "sit:complianceOption", compliance)
    add(record, "sit:applicableForTrafficDirection", APPLICABLE[notice.direction])
    if VehicleType.THROUGH_TRAFFIC in notice.affected_vehicles:
        add(record, "sit:applicableForTrafficType", THROUGH_TRAFFIC)
    for vehicle in notice.affected_vehicles:
        if vehicle is VehicleType.THROUGH_TRAFFIC:
            continue
        characteristics = add(record, "sit:forVehiclesWithCharacteristicsOf")
        if vehicle in LOAD:
            add(characteristics, "com:loadType", LOAD[vehicle])
        elif vehicle in EXTENDED_VEHICLES:
            add(characteristics, "com:vehicleType", "_extended", _extendedValue=VEHICLE[vehicle])
        else:
            add(characteristics, "com:vehicleType", VEHICLE[vehicle])


def _write_speed(record: etree._Element, notice: Notice) -> None:
    add(record, "sit:speedManagementType", MEASURE_RECORD[Measure.SPEED_LIMIT][2])
    add(record, "sit:temporarySpeedLimit", str(notice.speed_limit_kmh))


def _write_route(record: etree._Element, notice: Notice) -> None:
    route = typed(add(record, "sit:alternativeRoute"), "loc:ItineraryByIndexedLocations")
    for index, section in enumerate(notice.detour, start=1):
        contained = add(route, "loc:locationContainedInItinerary", index=str(index))
        write_place(contained, "loc:location", place_of_section(section))


def _write_aside(situation: etree._Element, notice: Notice) -> None:
    """What DATEX has no element for, in an extension: each value once, none that stands above."""
    heard = notice.consultation
    lifted = notice.status is NoticeStatus.LIFTED
    values = {
        "kind": notice.kind if notice.kind is NoticeKind.CONTROL else None,
        "status": notice.status if lifted else None,
        "expectedEnd": notice.expected_end if lifted else None,
        "publicFrom": notice.public_from,
        "emergency": "true" if notice.emergency else None,
        "provincialEntry": "true" if notice.provincial_entry else None,
        "consultationBasis": heard and heard.basis,
        "consultationNeighbour": heard and heard.neighbour,
        "consultationAt": heard and heard.at,
        "controlGround": notice.control_ground,
        "otherMeasuresInsufficient": "true" if notice.other_measures_insufficient else None,
    }
    aside = add(add(situation, "sit:_situationExtension"), "hz:notice")
    for name, value in values.items():
        if value is not None:
            add(aside, f"hz:{name}", iso(value) if isinstance(value, datetime) else str(value))
