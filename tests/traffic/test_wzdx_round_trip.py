"""WZDx: what goes out is valid by the schemas and comes back as it was."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.formats import wzdx
from hanse.services.safety.traffic.vocabulary import NoticeKind

from .strategies import CHENGDU, NOON, geometries, instants, notices, sections

LATE = NOON.replace(year=2099, month=12)
works = notices(
    kind=st.just(NoticeKind.WORKS),
    geometry=geometries,
    public_from=instants,
    section=st.one_of(sections(), sections(geometry=geometries)),
)


@given(st.lists(works, max_size=3, unique_by=lambda one: one.id))
@settings(max_examples=150, deadline=None)
def test_every_notice_comes_back_whole(sent: list[Notice]) -> None:
    feed = wzdx.write(sent, CHENGDU, LATE)
    missing = {entry.notice for entry in feed.left_out}
    reading = wzdx.read(feed.document)
    assert list(reading.notices) == [one for one in sent if one.id not in missing]
    assert reading.unread == ()
    assert reading.dropped == ()
