"""DATEX II as others write it: read as far as a notice goes, the rest named."""

from pathlib import Path

import pytest
from lxml import etree

from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.formats import datex2
from hanse.services.safety.traffic.formats.datex2_terms import NAMESPACES, XSI, qname
from hanse.services.safety.traffic.formats.reading import Reading, UnreadReason
from hanse.services.safety.traffic.places import Point
from hanse.services.safety.traffic.vocabulary import (
    Direction,
    Level,
    Measure,
    NoticeKind,
    NoticeStatus,
    Shape,
    VehicleType,
)

from .strategies import CHENGDU, NOON, hours, notice

NORWAY = {"Norwegian Public Roads Administration": CHENGDU}


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "traffic_datex2"


def foreign(sent: Notice) -> etree._Element:
    """Our message without anything of ours in it."""
    root = etree.fromstring(datex2.write([sent], CHENGDU, NOON))
    for extension in root.findall(".//sit:_situationExtension", NAMESPACES):
        parent = extension.getparent()
        assert parent is not None
        parent.remove(extension)
    return root


def management(root: etree._Element) -> etree._Element:
    return root.findall(".//sit:situationRecord", NAMESPACES)[-1]


def read(root: etree._Element) -> Reading:
    return datex2.read(etree.tostring(root))


def parts(reading: Reading) -> list[str]:
    return [dropped.part for dropped in reading.dropped]


def test_a_real_message_of_road_works(folder: Path) -> None:
    reading = datex2.read((folder / "datex3-sample.xml").read_bytes(), NORWAY)
    (found,) = reading.notices
    assert found.id == "510100-NPRA_HBT_30-08-2021.06"
    assert found.kind is NoticeKind.WORKS
    assert (found.road, found.also_signed_as) == ("E16", ("Tyinvegen",))
    assert found.measure is Measure.INTERMITTENT
    assert found.start.isoformat() == "2021-08-30T08:16:21+00:00"
    assert found.expected_end is not None
    assert found.expected_end.isoformat() == "2022-08-20T17:00:00+00:00"
    assert found.geometry is not None
    assert found.geometry.shape is Shape.POINTS
    assert found.geometry.points == (Point(longitude_e7=87_109_090, latitude_e7=611_455_230),)
    assert found.public_from == found.issued_at
    assert found.level is Level.LOCAL
    assert [one.reason for one in reading.unread] == [UnreadReason.SECOND_MEASURE]
    for part in ("alertCLinear", "gmlLineString srsName=25833", "direction", "impact"):
        assert part in parts(reading)


def test_a_source_that_nobody_registered_is_not_believed(folder: Path) -> None:
    reading = datex2.read((folder / "datex3-sample.xml").read_bytes())
    assert reading.notices == ()
    assert [one.reason for one in reading.unread] == [UnreadReason.ISSUER_UNKNOWN]


def test_a_break_of_delivery_is_not_the_news_that_nothing_is_in_force(folder: Path) -> None:
    reading = datex2.read((folder / "GetSituations_Datex3_deliverybreak.xml").read_bytes())
    assert [one.reason for one in reading.unread] == [UnreadReason.DELIVERY_BREAK]


@pytest.mark.parametrize(
    "name", ["GetTravelTimeData_Datex3.xml", "GetTravelTimeData_Datex3_invalid.xml"]
)
def test_another_publication_is_named(folder: Path, name: str) -> None:
    reading = datex2.read((folder / name).read_bytes())
    assert [one.reason for one in reading.unread] == [UnreadReason.PAYLOAD_UNKNOWN]


def test_an_area_without_a_road_is_no_notice(folder: Path) -> None:
    name = "GetSituations_Datex3_invalid_subdivisionCode.xml"
    reading = datex2.read((folder / name).read_bytes(), NORWAY)
    assert [one.reason for one in reading.unread] == [UnreadReason.MALFORMED]
    assert "AreaLocation" in reading.unread[0].detail


def test_a_payload_may_stand_alone() -> None:
    root = etree.fromstring(datex2.write([notice()], CHENGDU, NOON))
    payload = root.find("con:payload", NAMESPACES)
    assert payload is not None
    payload.tag = qname("d2:payload")
    assert read(payload).notices == (notice(),)


def test_another_publishers_severity_is_no_level() -> None:
    reading = read(foreign(notice(level="II")))
    assert reading.notices[0].level is Level.LOCAL
    assert "overallSeverity=high" in parts(reading)


@pytest.mark.parametrize(
    ("word", "overrunning", "status"),
    [
        ("active", "", NoticeStatus.ACTIVE),
        ("planned", "", NoticeStatus.ISSUED),
        ("definedByValidityTimeSpec", "", NoticeStatus.ISSUED),
        ("active", "true", NoticeStatus.EXTENDED),
        ("active", "false", NoticeStatus.ACTIVE),
    ],
)
def test_validity_tells_the_status(word: str, overrunning: str, status: NoticeStatus) -> None:
    root = foreign(notice())
    for found in root.iter(qname("com:validityStatus")):
        found.text = word
        if overrunning:
            late = etree.Element(qname("com:overrunning"))
            late.text = overrunning
            found.addnext(late)
    assert read(root).notices[0].status is status


def test_a_distance_from_the_roads_start_is_a_stake_too() -> None:
    root = foreign(notice(kind="control", control_ground="other_grave"))
    for name, metres in (("loc:fromPoint", "1806500.4"), ("loc:toPoint", "1800000.0")):
        (point,) = root.iter(qname(name))
        point.set(f"{{{XSI}}}type", "loc:DistanceFromLinearElementStart")
        for child in list(point)[1:]:
            point.remove(child)
        point[0].text = metres
    (sense,) = root.iter(qname("loc:directionRelativeOnLinearSection"))
    parent = sense.getparent()
    assert parent is not None
    parent.remove(sense)
    found = read(root).notices[0]
    assert (found.from_stake_m, found.to_stake_m) == (1_800_000, 1_806_500)
    assert found.direction is Direction.DOWN


def test_a_post_that_is_no_kilometre_post_leaves_the_whole_road() -> None:
    root = foreign(notice())
    for post in root.iter(qname("loc:referentIdentifier")):
        post.text = "exit 12"
    reading = read(root)
    assert reading.notices[0].from_stake_m is None
    assert reading.notices[0].direction is Direction.UP
    assert "linearWithinLinearElement" in parts(reading)


def test_longitude_first_is_not_taken_for_latitude_first() -> None:
    line = {
        "points": [{"longitude_e7": 0, "latitude_e7": 0}, {"longitude_e7": 1, "latitude_e7": 2}]
    }
    root = foreign(notice(geometry=line))
    for found in root.iter(qname("loc:gmlLineString")):
        found.set("srsName", "urn:ogc:def:crs:OGC:1.3:CRS84")
    reading = read(root)
    assert reading.notices[0].geometry is not None
    assert reading.notices[0].geometry.shape is Shape.POINTS
    assert "gmlLineString srsName=urn:ogc:def:crs:OGC:1.3:CRS84" in parts(reading)


def test_an_unknown_record_is_named_and_the_rest_is_read() -> None:
    root = foreign(notice())
    root.findall(".//sit:situationRecord", NAMESPACES)[0].set(
        f"{{{XSI}}}type", "sit:VehicleObstruction"
    )
    reading = read(root)
    assert reading.notices[0].kind is NoticeKind.CONTROL
    assert reading.notices[0].measure is Measure.CLOSED
    assert [one.reason for one in reading.unread] == [UnreadReason.RECORD_UNKNOWN]
    assert reading.unread[0].detail == "VehicleObstruction"


def test_of_several_measures_the_gravest_is_read_and_the_others_are_named() -> None:
    root = foreign(notice(measure="lane_closed"))
    record = management(root)
    graver = etree.fromstring(etree.tostring(record))
    graver.set("id", "graver")
    value = graver.find("sit:roadOrCarriagewayOrLaneManagementType", NAMESPACES)
    assert value is not None
    value.text = "carriagewayClosures"
    record.addnext(graver)
    reading = read(root)
    assert reading.notices[0].measure is Measure.CLOSED
    assert [one.reason for one in reading.unread] == [UnreadReason.SECOND_MEASURE]
    assert "roadOrCarriagewayOrLaneManagementType=carriagewayClosures" in parts(reading)


def test_place_and_time_are_those_of_the_measure() -> None:
    root = foreign(notice(kind="works"))
    for end in root.findall(".//com:overallEndTime", NAMESPACES)[:1]:
        end.text = "2026-06-01T00:00:00Z"
    reading = read(root)
    assert reading.notices[0].kind is NoticeKind.WORKS
    assert reading.notices[0].expected_end == NOON + hours(3)
    assert "place and time of the cause" in parts(reading)


def test_a_second_cause_is_named() -> None:
    root = foreign(notice())
    cause = root.findall(".//sit:situationRecord", NAMESPACES)[0]
    second = etree.fromstring(etree.tostring(cause))
    second.set("id", "second")
    cause.addnext(second)
    assert [one.reason for one in read(root).unread] == [UnreadReason.SECOND_CAUSE]


@pytest.mark.parametrize(
    ("characteristics", "vehicles", "measure"),
    [
        ("<com:vehicleType>anyVehicle</com:vehicleType>", (), Measure.CLOSED),
        ("<com:vehicleType>car</com:vehicleType>", (VehicleType.CAR,), Measure.CLOSED),
        (
            "<com:vehicleType>lorry</com:vehicleType><com:vehicleType>bus</com:vehicleType>",
            (VehicleType.BUS, VehicleType.TRUCK),
            Measure.CLOSED,
        ),
        ("<com:vehicleType>tram</com:vehicleType>", (), Measure.RESTRICTED),
        ("<com:loadType>livestock</com:loadType>", (), Measure.RESTRICTED),
        (
            "<com:vehicleType>lorry</com:vehicleType><com:grossWeightCharacteristic/>",
            (VehicleType.TRUCK,),
            Measure.RESTRICTED,
        ),
    ],
)
def test_closed_to_vehicles_that_a_notice_cannot_name_is_not_closed_to_all(
    characteristics: str, vehicles: tuple[VehicleType, ...], measure: Measure
) -> None:
    root = foreign(notice())
    namespaces = " ".join(f'xmlns:{key}="{value}"' for key, value in NAMESPACES.items())
    element = etree.fromstring(
        f"<sit:forVehiclesWithCharacteristicsOf {namespaces}>{characteristics}"
        "</sit:forVehiclesWithCharacteristicsOf>"
    )
    management(root)[-1].addprevious(element)
    reading = read(root)
    assert reading.notices[0].affected_vehicles == vehicles
    assert reading.notices[0].measure is measure
    named = "forVehiclesWithCharacteristicsOf" in parts(reading)
    assert named is (measure is Measure.RESTRICTED)


def test_a_detour_that_cannot_be_read_whole_is_left_out_and_named() -> None:
    sent = notice(detour=[{"road": "S4"}, {"road": "S9"}])
    root = foreign(sent)
    route = root.findall(".//loc:locationContainedInItinerary", NAMESPACES)
    for road in route[1].iter(qname("loc:roadNumber")):
        road.text = ""
    reading = read(root)
    assert reading.notices[0].detour == ()
    assert any(part.startswith("alternativeRoute") for part in parts(reading))


def test_the_order_of_a_detour_is_the_one_of_its_index() -> None:
    root = foreign(notice(detour=[{"road": "S4"}, {"road": "S9"}, {"road": "S11"}]))
    route = root.findall(".//loc:locationContainedInItinerary", NAMESPACES)
    route[0].set("index", "20")
    found = read(root).notices[0]
    assert [section.road for section in found.detour] == ["S9", "S11", "S4"]


def test_a_broken_speed_limit_is_read_on_the_stricter_side() -> None:
    root = foreign(notice(measure="speed_limit", speed_limit_kmh=60))
    (limit,) = root.iter(qname("sit:temporarySpeedLimit"))
    limit.text = "48.28"
    assert read(root).notices[0].speed_limit_kmh == 48


def test_a_comment_in_another_language_is_named() -> None:
    root = foreign(notice(description={"zh": "追尾", "en": "Pile-up"}))
    for value in root.iter(qname("com:value")):
        value.set("lang", {"zh": "zh-CN", "en": "no"}[value.get("lang") or ""])
    reading = read(root)
    assert reading.notices[0].description is not None
    assert reading.notices[0].description.zh == "追尾"
    assert reading.notices[0].description.en is None
    assert "generalPublicComment lang=no" in parts(reading)


def test_a_restricted_message_is_not_public() -> None:
    assert read(foreign(notice(public_from=None))).notices[0].public_from is None
    assert read(foreign(notice())).notices[0].public_from == NOON


def test_what_our_extension_does_not_know_is_named() -> None:
    text = datex2.write([notice()], CHENGDU, NOON)
    reading = datex2.read(text.replace(b"<hz:notice>", b"<hz:notice><hz:news>1</hz:news>"))
    assert reading.notices == (notice(),)
    assert parts(reading) == ["extension news"]
