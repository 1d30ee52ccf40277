"""When an edition, its programme, a swap and a paper are in order. Pure; no store, no clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.deadlines import local_day
from hanse.services.governance.forum.contracts import (
    Edition,
    Paper,
    Session,
    Status,
    SwapStatement,
)

FORUM_NOT_HOST = ProblemKind(
    "forum_not_host",
    403,
    Text("本届论坛由其他城市承办", "Another city hosts that edition"),
    Text("第{edition}届由{city}承办", "Edition {edition} is hosted by {city}"),
)
FORUM_VERSION_WRONG = ProblemKind(
    "forum_version_wrong",
    409,
    Text("论坛版本不符", "That is not the edition's next version"),
    Text("下一版本为{expected}", "The next version is {expected}"),
)
FORUM_TIMES_WRONG = ProblemKind(
    "forum_times_wrong",
    422,
    Text("论坛时间有误", "The edition's times are wrong"),
    Text(
        "须在{year}年内举行，不超过{days}天，征稿在论坛开始前截止",
        "It is held in {year}, within {days} days, and its call closes before it begins",
    ),
)
FORUM_PROGRAMME_WRONG = ProblemKind(
    "forum_programme_wrong",
    422,
    Text("日程有误", "The programme is wrong"),
    Text("请核对场次：{sessions}", "Check sessions {sessions}"),
)
FORUM_PAPER_NOT_ACCEPTED = ProblemKind(
    "forum_paper_not_accepted",
    422,
    Text("日程中的论文未录用或重复", "A paper in the programme is not accepted, or stands twice"),
    Text("请核对：{papers}", "Check {papers}"),
)
FORUM_CANCELLED = ProblemKind(
    "forum_cancelled",
    409,
    Text("本届论坛已取消", "The edition was cancelled"),
    Text("请改投下一届", "Turn to the next one"),
)
FORUM_CALL_CLOSED = ProblemKind(
    "forum_call_closed",
    409,
    Text("不在征稿期内", "The call for papers is not open"),
    Text("征稿期：{opens_at}至{closes_at}", "It is open from {opens_at} to {closes_at}"),
)
FORUM_TOPIC_UNKNOWN = ProblemKind(
    "forum_topic_unknown",
    422,
    Text("没有该专题", "There is no such topic"),
    Text("征稿专题：{topics}", "Topics: {topics}"),
)
FORUM_PAPER_ID_WRONG = ProblemKind(
    "forum_paper_id_wrong",
    422,
    Text("论文编号须以投稿城市代码开头", "A paper's number begins with the city that hands it in"),
    Text("请使用{city}开头的编号", "Use a number that begins with {city}"),
)
FORUM_SWAP_WRONG = ProblemKind(
    "forum_swap_wrong",
    422,
    Text("不能互换这两届", "These two turns can't be exchanged"),
    Text("{edition}与{other}须由两市轮值", "{edition} and {other} are turns of two cities"),
)
FORUM_SWAP_SETTLED = ProblemKind(
    "forum_swap_settled",
    409,
    Text("该届已发布或已互换", "An edition is published or was swapped already"),
    Text("请核对第{editions}届", "Check edition {editions}"),
)


@dataclass(frozen=True)
class ForumParameters:
    """What a league may set otherwise; alike in all its cities."""

    first_year: int = 2026
    """[P] the year of the first edition; there is one each year."""
    days_max: int = 7
    """[P] an edition's length, in days."""


DEFAULTS: Final = ForumParameters()


def year_of(edition: int, parameters: ForumParameters) -> int:
    """The year in which an edition is held."""
    return parameters.first_year + edition - 1


def check_edition(
    edition: Edition, held: Edition | None, host: str, parameters: ForumParameters
) -> None:
    """The next version, by the host, in its year, with a call and a programme that fit."""
    if edition.host != host:
        raise FORUM_NOT_HOST(edition=edition.number, city=host)
    expected = 1 if held is None else held.version + 1
    if edition.version != expected:
        raise FORUM_VERSION_WRONG(expected=expected)
    if held is not None and held.status is Status.CANCELLED:
        raise FORUM_CANCELLED()
    check_times(edition, parameters)
    check_programme(edition)


def check_times(edition: Edition, parameters: ForumParameters) -> None:
    """It is held in its year, no longer than it may, after its call has closed."""
    year = year_of(edition.number, parameters)
    longest = timedelta(days=parameters.days_max)
    call = edition.call
    if (
        local_day(edition.starts_at).year != year
        or not edition.starts_at < edition.ends_at <= edition.starts_at + longest
        or (call and not call.opens_at < call.closes_at <= edition.starts_at)
    ):
        raise FORUM_TIMES_WRONG(year=year, days=parameters.days_max)


def check_programme(edition: Edition) -> None:
    """Sessions are numbered, lie within the edition, and share no room at one time."""
    sessions = edition.sessions
    wrong = {
        one.number
        for one in sessions
        if not edition.starts_at <= one.starts_at < one.ends_at <= edition.ends_at
    }
    if [one.number for one in sessions] != [*range(1, len(sessions) + 1)]:
        wrong |= {one.number for one in sessions}
    for one, other in combinations(sessions, 2):
        if one.room == other.room and _overlap(one, other):
            wrong |= {one.number, other.number}
    if wrong:
        raise FORUM_PROGRAMME_WRONG(sessions=", ".join(map(str, sorted(wrong))))


def _overlap(one: Session, other: Session) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def check_papers(edition: Edition, accepted: Collection[str]) -> None:
    """Only accepted papers are in the programme, each once."""
    named = [paper for session in edition.sessions for paper in session.papers]
    wrong = {one for one in named if one not in accepted or named.count(one) > 1}
    if wrong:
        raise FORUM_PAPER_NOT_ACCEPTED(papers=", ".join(sorted(wrong)))


def check_submission(paper: Paper, edition: Edition, city: str, now: datetime) -> None:
    """A paper is on a topic of the call, and comes while that is open."""
    if not paper.id.startswith(f"{city}-"):
        raise FORUM_PAPER_ID_WRONG(city=city)
    if edition.status is Status.CANCELLED:
        raise FORUM_CANCELLED()
    call = edition.call
    if call is None or not call.opens_at <= now < call.closes_at:
        opens, closes = ("-", "-") if call is None else (call.opens_at, call.closes_at)
        raise FORUM_CALL_CLOSED(opens_at=opens, closes_at=closes)
    topics = [one.code for one in call.topics]
    if paper.topic not in topics:
        raise FORUM_TOPIC_UNKNOWN(topics=", ".join(topics))


def check_swap(swap: SwapStatement, turn: dict[int, str], settled: Collection[int]) -> None:
    """Two turns of two cities, neither published nor swapped before. An edition is swapped once."""
    named = (turn.get(swap.edition), turn.get(swap.other))
    if named != (swap.host, swap.other_host) or swap.host == swap.other_host:
        raise FORUM_SWAP_WRONG(edition=swap.edition, other=swap.other)
    over = [one for one in (swap.edition, swap.other) if one in settled]
    if over:
        raise FORUM_SWAP_SETTLED(editions=", ".join(map(str, over)))
