"""DATEX II 3 situation publications, read into notices.

A file from outside is believed only so far: its sources must be registered, exercises are no
notices, and whatever is not read is named in the result.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from lxml import etree

from hanse.foundation.safe_xml import parse_xml
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.formats.datex2_records import Record, read_record
from hanse.services.safety.traffic.formats.datex2_terms import (
    MEASURE_RECORD,
    NAMESPACES,
    SEVERITY,
    enumerated,
    local_type,
    qname,
)
from hanse.services.safety.traffic.formats.reading import (
    FILE_BYTES_MAX,
    FILE_MALFORMED,
    NO_ISSUERS,
    XML_REFUSALS,
    Collector,
    Reading,
    UnreadableError,
    UnreadReason,
    build,
    issuer_of,
    notice_id,
)
from hanse.services.safety.traffic.vocabulary import (
    Direction,
    Level,
    Measure,
    NoticeKind,
    NoticeStatus,
)

SITUATIONS_MAX: Final = 5_000
RECORDS_PER_SITUATION_MAX: Final = 50
EXPECTED: Final = "DATEX II 3 XML"

_LEVELS: Final = {word: level for level, word in SEVERITY.items()}
_GRAVEST_FIRST: Final = tuple(MEASURE_RECORD)
_SITUATION_READ: Final = frozenset(
    {
        "overallSeverity",
        "situationVersionTime",
        "headerInformation",
        "situationRecord",
        "informationManager",
        "_situationExtension",
    }
)


def read(data: bytes, issuers: Mapping[str, str] = NO_ISSUERS) -> Reading:
    """The notices of a `messageContainer` or a `payload`.

    `issuers` gives the city code of each source by its `nationalIdentifier` (the situation's
    information manager, or else the publication's creator); a city code stands for itself. That a
    city may speak for itself only is for the caller to check. Refuses what is no XML in UTF-8,
    has a DTD, is too large or is no DATEX II 3 document.
    """
    root = parse_xml(data, XML_REFUSALS, bytes_max=FILE_BYTES_MAX, expected=EXPECTED)
    if root.tag == qname("con:messageContainer"):
        payloads = root.findall("con:payload", NAMESPACES)
    elif root.tag == qname("d2:payload"):
        payloads = [root]
    else:
        raise FILE_MALFORMED(expected=EXPECTED)
    collector = Collector()
    _note_delivery(root, collector)
    for payload in payloads:
        if local_type(payload) != "SituationPublication":
            reason = UnreadableError(UnreadReason.PAYLOAD_UNKNOWN, local_type(payload))
            collector.miss("payload", reason)
            continue
        creator = payload.findtext(
            "com:publicationCreator/com:nationalIdentifier", "", NAMESPACES
        ).strip()
        for index, situation in enumerate(payload.findall("sit:situation", NAMESPACES)):
            if index >= SITUATIONS_MAX:
                raise FILE_MALFORMED(expected=f"{EXPECTED}, <= {SITUATIONS_MAX} situations")
            _collect_situation(situation, creator, issuers, collector)
    return collector.reading()


def _note_delivery(root: etree._Element, collector: Collector) -> None:
    """A publisher that reports a failure has not said that nothing is in force."""
    status = root.find(
        "con:exchangeInformation/ex:dynamicInformation/ex:returnInformation/ex:returnStatus",
        NAMESPACES,
    )
    if status is not None and enumerated(status) != "ack":
        error = UnreadableError(UnreadReason.DELIVERY_BREAK, enumerated(status))
        collector.miss("exchangeInformation", error)
    if root.find("con:informationManagement", NAMESPACES) is not None:
        error = UnreadableError(UnreadReason.RECORD_UNKNOWN, "informationManagement")
        collector.miss("informationManagement", error)


def _collect_situation(
    situation: etree._Element, creator: str, issuers: Mapping[str, str], collector: Collector
) -> None:
    number = situation.get("id", "")
    try:
        manager = situation.findtext(
            "sit:informationManager/com:nationalIdentifier", creator, NAMESPACES
        ).strip()
        status = enumerated(
            situation.find("sit:headerInformation/com:informationStatus", NAMESPACES)
        )
        if status != "real":
            raise UnreadableError(UnreadReason.EXERCISE, status)
        issuer = issuer_of(manager, issuers)
        records = _read_records(situation, collector)
        fields, parts = _fields(situation, records, collector)
        fields |= {"id": notice_id(issuer, number), "issuer": issuer}
        collector.add(build(Notice, fields), parts)
    except UnreadableError as error:
        collector.miss(number, error)


def _read_records(situation: etree._Element, collector: Collector) -> list[Record]:
    elements = situation.findall("sit:situationRecord", NAMESPACES)
    if len(elements) > RECORDS_PER_SITUATION_MAX:
        raise UnreadableError(UnreadReason.MALFORMED, f"{len(elements)} records")
    records = []
    for element in elements:
        try:
            records.append(read_record(element))
        except UnreadableError as error:
            if error.reason is UnreadReason.MALFORMED:
                # Without its measure a closure would read as mere advice: all of it or nothing.
                raise
            collector.miss(element.get("id", ""), error)
    if not records:
        raise UnreadableError(UnreadReason.RECORD_UNKNOWN, "no record that a notice carries")
    return records


def _fields(
    situation: etree._Element, records: list[Record], collector: Collector
) -> tuple[dict[str, Any], list[str]]:
    """The notice's fields, and the names of what they leave out.

    Place and time are those of the gravest measure, for that is what drivers must know; the
    cause's record says why, and where nothing is done it says all.
    """
    managing = [record for record in records if record.measure is not None]
    managing.sort(key=lambda record: _GRAVEST_FIRST.index(record.measure or Measure.ADVISORY))
    causes = [record for record in records if record.is_cause]
    main = (managing or causes)[0]
    for record in causes[1:]:
        collector.miss(record.id, UnreadableError(UnreadReason.SECOND_CAUSE))
    kept = [main]
    for record in managing[1:]:
        if _where_and_when(record) == _where_and_when(main):
            kept.append(record)
        else:
            collector.miss(record.id, UnreadableError(UnreadReason.RECORD_DIFFERS))
    fields: dict[str, Any] = {"measure": Measure.ADVISORY}
    fields |= _measures(kept, collector) if managing else {}
    fields |= _place_and_time(situation, main, kept)
    parts = [part for record in [*causes[:1], *kept] for part in record.parts]
    for cause in causes[:1]:
        fields["kind"] = cause.kind
        fields["description"] = cause.comment or fields["description"]
        if _where_and_when(cause) != _where_and_when(main):
            parts.append("place and time of the cause")
    parts += [
        str(etree.QName(child).localname)
        for child in situation
        if etree.QName(child).localname not in _SITUATION_READ
    ]
    if fields["direction"] is None:
        fields["direction"] = Direction.BOTH
        parts.append("direction")
    _read_aside(situation, main, bool(causes), fields, parts)
    return fields, list(dict.fromkeys(parts))


def _where_and_when(record: Record) -> tuple[object, ...]:
    place = record.place
    return (place.road, place.from_stake_m, place.to_stake_m, record.start, record.end)


def _measures(managing: Sequence[Record], collector: Collector) -> dict[str, Any]:
    """The first measure; beside it one speed limit and one detour for the same vehicles."""
    main = managing[0]
    speed, detour = main.speed_limit_kmh, main.detour
    for record in managing[1:]:
        adds_speed = record.measure is Measure.SPEED_LIMIT and speed is None
        adds_detour = bool(record.detour) and not detour
        if record.vehicles != main.vehicles or not (adds_speed or adds_detour):
            collector.miss(record.id, UnreadableError(UnreadReason.SECOND_MEASURE))
            continue
        speed = record.speed_limit_kmh if adds_speed else speed
        detour = record.detour if adds_detour else detour
    return {
        "measure": main.measure,
        "speed_limit_kmh": speed,
        "detour": detour,
        "affected_vehicles": main.vehicles,
    }


def _place_and_time(
    situation: etree._Element, main: Record, kept: Sequence[Record]
) -> dict[str, Any]:
    directions = [record.place.direction for record in kept if record.place.direction is not None]
    confidentiality = enumerated(
        situation.find("sit:headerInformation/com:confidentiality", NAMESPACES)
    )
    place = main.place
    return {
        "version": max(record.version for record in kept),
        "kind": main.kind or NoticeKind.CONTROL,
        "road": place.road,
        "also_signed_as": place.also_signed_as,
        "from_stake_m": place.from_stake_m,
        "to_stake_m": place.to_stake_m,
        "from_place": place.from_place,
        "to_place": place.to_place,
        "direction": directions[0] if directions else None,
        "geometry": place.geometry,
        "affected_cities": place.cities,
        "issued_at": main.created_at,
        "updated_at": main.versioned_at,
        "start": main.start,
        "expected_end": main.end,
        "public_from": main.created_at if confidentiality == "noRestriction" else None,
        "description": main.comment or None,
        "level": Level.LOCAL,
        "status": main.status,
    }


_ASIDE_TEXTS: Final = {
    "publicFrom": "public_from",
    "controlGround": "control_ground",
    "emergency": "emergency",
    "provincialEntry": "provincial_entry",
    "otherMeasuresInsufficient": "other_measures_insufficient",
}
_ASIDE_CONSULTATION: Final = {
    "consultationBasis": "basis",
    "consultationNeighbour": "neighbour",
    "consultationAt": "at",
}


def _read_aside(
    situation: etree._Element,
    main: Record,
    has_cause: bool,
    fields: dict[str, Any],
    parts: list[str],
) -> None:
    """Our extension. It adds what DATEX cannot say and may gainsay nothing that DATEX says."""
    severity = enumerated(situation.find("sit:overallSeverity", NAMESPACES))
    aside = situation.find("sit:_situationExtension/hz:notice", NAMESPACES)
    if aside is None:
        # Another publisher's severity is a judgement of its own, not a level of response.
        parts += [f"overallSeverity={severity}"] if severity else []
        return
    if severity not in _LEVELS:
        raise UnreadableError(UnreadReason.MALFORMED, f"overallSeverity {severity}")
    fields["level"] = _LEVELS[severity]
    values = {str(etree.QName(child).localname): (child.text or "").strip() for child in aside}
    fields["public_from"] = None
    fields |= {_ASIDE_TEXTS[name]: values[name] for name in _ASIDE_TEXTS if name in values}
    heard = {
        _ASIDE_CONSULTATION[name]: values[name] for name in _ASIDE_CONSULTATION if name in values
    }
    if heard:
        fields["consultation"] = heard
    if "kind" in values:
        if has_cause or values["kind"] != NoticeKind.CONTROL:
            raise UnreadableError(UnreadReason.CONTRADICTION, "kind")
        fields["kind"] = NoticeKind.CONTROL
    if "status" in values:
        if values["status"] != NoticeStatus.LIFTED or main.status is not NoticeStatus.ISSUED:
            raise UnreadableError(UnreadReason.CONTRADICTION, "status")
        fields["status"] = NoticeStatus.LIFTED
        fields["lifted_at"] = main.end
        fields["expected_end"] = values.get("expectedEnd")
    known = {*_ASIDE_TEXTS, *_ASIDE_CONSULTATION, "kind", "status", "expectedEnd"}
    parts += [f"extension {name}" for name in values if name not in known]
