"""The public face: the forum's calendar, for anybody to subscribe to."""

from typing import Final

from hanse.foundation.languages import Text, preferred
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.faces import FaceAnswer, FaceRequest, PublicFace, Publisher
from hanse.services.governance.forum import book
from hanse.services.governance.forum.calendar import CALENDAR_TYPE, calendar

PREFIX: Final = "/public/forum"
FILE: Final = "calendar.ics"
EDITIONS_SHOWN_MAX: Final = 20
TITLE: Final = Text("{league}：建设发展论坛", "{league}: construction and development forum")


def answer(transaction: Transaction, request: FaceRequest, publisher: Publisher) -> FaceAnswer:
    """`calendar.ics`: the newest editions with their programmes."""
    charter = publisher.league.charter
    if request.path != FILE or charter is None:
        raise book.FORUM_UNKNOWN(edition="-")
    asked = request.parameter("lang")
    language = preferred(asked or request.headers.get("accept-language"))
    found = book.page(transaction, None, EDITIONS_SHOWN_MAX)
    title = Text(TITLE.zh.format(league=charter.title.zh), TITLE.en.format(league=charter.title.en))
    body = calendar(found, charter.league, title, language)
    return FaceAnswer(200, body, CALENDAR_TYPE, {"vary": "accept-language"})


CALENDAR: Final = PublicFace(PREFIX, Text("论坛日历", "The forum's calendar"), answer)
