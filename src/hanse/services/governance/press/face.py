"""The public face: the feed, and each version as the signed text that anybody can check."""

import re
from typing import Final

from hanse.foundation.languages import Text, preferred
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.faces import FaceAnswer, FaceRequest, PublicFace, Publisher
from hanse.services.governance.press import book
from hanse.services.governance.press.feed import ATOM_TYPE, ENTRIES_MAX, Place, feed

PREFIX: Final = "/public/press"
FEED: Final = "atom.xml"
_TEXT: Final = re.compile("(?P<id>[1-9][0-9]{5}-[A-Za-z0-9-]{1,40})(/(?P<version>[0-9]{1,3}))?")


def answer(transaction: Transaction, request: FaceRequest, publisher: Publisher) -> FaceAnswer:
    """`atom.xml`, `<announcement>` or `<announcement>/<version>`."""
    if request.path == FEED:
        return _feed(transaction, request, publisher)
    named = _TEXT.fullmatch(request.path)
    if named is None:
        raise book.ANNOUNCEMENT_UNKNOWN()
    version = None if named["version"] is None else int(named["version"])
    signed = book.published(transaction, named["id"], version)
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
