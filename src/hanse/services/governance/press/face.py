"""The public face: the feed, and each version as the signed text that anybody can check."""

from typing import Final

from hanse.foundation.languages import Text, preferred
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.faces import FaceAnswer, FaceRequest, PublicFace, Publisher
from hanse.services.governance.press import book
from hanse.services.governance.press.contracts import VERSIONS_MAX
from hanse.services.governance.press.feed import ATOM_TYPE, ENTRIES_MAX, Place, feed

PREFIX: Final = "/public/press"
FEED: Final = "atom.xml"


def answer(transaction: Transaction, request: FaceRequest, publisher: Publisher) -> FaceAnswer:
    """`atom.xml`, `<announcement>` or `<announcement>/<version>`."""
    if request.path == FEED:
        return _feed(transaction, request, publisher)
    name, _, number = request.path.partition("/")
    if number and not (number.isascii() and number.isdigit() and len(number) <= 3):
        raise book.ANNOUNCEMENT_UNKNOWN()
    version = int(number) if number else None
    if version is not None and version > VERSIONS_MAX:
        raise book.ANNOUNCEMENT_UNKNOWN()
    signed = book.published(transaction, name, version)
    if signed is None:
        raise book.ANNOUNCEMENT_UNKNOWN()
    return FaceAnswer(200, signed.to_bytes(), "application/json", {"etag": f'"{signed.digest}"'})


def _feed(transaction: Transaction, request: FaceRequest, publisher: Publisher) -> FaceAnswer:
    asked = request.parameter("lang")
    language = preferred(asked or request.headers.get("accept-language"))
    charter = publisher.league.charter
    if charter is None:
        raise book.ANNOUNCEMENT_UNKNOWN()
    found = [one.document for one in book.page(transaction, None, ENTRIES_MAX)]
    names = {one.city: one.name for one in charter.members}
    place = Place(
        league=charter.league,
        title=charter.title,
        base=publisher.league.address(publisher.city) + PREFIX,
        founded_at=charter.issued_at,
    )
    headers = {"vary": "accept-language"}
    return FaceAnswer(200, feed(found, names, place, language), ATOM_TYPE, headers)


PRESS: Final = PublicFace(PREFIX, Text("联合公告", "Joint announcements"), answer)
