"""The rules of the notice exchange (RULES 14), as pure functions.

Sources: 高速公路交通应急管理程序规定 (公通字〔2008〕54号) for the provincial entry;
道路交通安全法 §39 (planned restrictions are announced beforehand) and §40 (control only where
other measures would not do); 公路安全保护条例 §51 (closures for works: five days before).
Every refusal changes nothing; what is allowed is returned.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from hanse.foundation.clock import iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.worded import Worded
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.levels import level_of
from hanse.services.safety.traffic.parameters import DEFAULTS, TrafficParameters
from hanse.services.safety.traffic.vocabulary import (
    ConsultationBasis,
    Measure,
    NoticeKind,
    NoticeStatus,
)

LEVEL_WRONG = ProblemKind(
    "traffic_level_wrong",
    422,
    Text("响应级别不符", "The response level is wrong"),
    Text("按规定应为{level_zh}，请改正后发布", "By the rule it is {level_en}: correct it"),
)
TRANSITION_REFUSED = ProblemKind(
    "traffic_transition_refused",
    409,
    Text("不允许的状态变更", "This change of status is not allowed"),
    Text(
        "“{from_zh}”之后只能是：{allowed_zh}",
        "After {from_en} only these may follow: {allowed_en}",
    ),
)
VERSION_STALE = ProblemKind(
    "traffic_version_stale",
    409,
    Text("版本已过时", "The version is stale"),
    Text(
        "已有第{held}版，收到第{offered}版；请以第{expected}版发布",
        "Version {held} is held and {offered} was offered: publish version {expected}",
    ),
)
VERSION_GAP = ProblemKind(
    "traffic_version_gap",
    409,
    Text("版本不连续", "A version is missing"),
    Text(
        "应为第{expected}版，收到第{offered}版；请先取得缺失的版本",
        "Version {expected} is due and {offered} was offered: fetch what is missing first",
    ),
    retry=True,
)
FIXED_FIELD = ProblemKind(
    "traffic_field_fixed",
    409,
    Text("该字段不得变更", "This field may not change"),
    Text("“{field}”不得变更：请解除原通报并另行发布", "{field} is fixed: lift and issue anew"),
)
EXTENSION_UNDECLARED = ProblemKind(
    "traffic_extension_undeclared",
    422,
    Text("推迟结束时间须作延期处理", "A later end is an extension"),
    Text("请将状态改为“已延期”", "Set the status to extended"),
)
NOT_LATER = ProblemKind(
    "traffic_extension_not_later",
    422,
    Text("延期后的结束时间没有推迟", "The extension does not end later"),
    Text("请填写晚于原预计结束时间的时间", "Give an expected end after the one held"),
)
LIFTED_IN_FUTURE = ProblemKind(
    "traffic_lifted_in_future",
    422,
    Text("解除时间晚于当前时间", "The lifting lies in the future"),
    Text("处置完毕后应当立即解除，请填写实际时间", "Lift when it is over, with the actual time"),
)
NOT_ANNOUNCED = ProblemKind(
    "traffic_not_announced_beforehand",
    422,
    Text("未提前向社会公告", "It was not announced beforehand"),
    Text(
        "最迟应在 {latest} 前公告；紧急情况请注明",
        "The public must be told by {latest}; declare an emergency if it is one",
    ),
)
PUBLIC_NOT_TOLD = ProblemKind(
    "traffic_public_not_told",
    422,
    Text("未先告知公众", "The public was not told first"),
    Text(
        "采取管制措施应先告知公众：公告时间不得晚于 {latest}",
        "Tell the public first: public_from may not be later than {latest}",
    ),
)
CONTROL_MEASURE = ProblemKind(
    "traffic_control_measure",
    422,
    Text("该措施不属于交通管制", "This measure is not traffic control"),
    Text("交通管制只能采取：{allowed_zh}", "Traffic control may only be: {allowed_en}"),
)
CONTROL_GROUND_MISSING = ProblemKind(
    "traffic_control_ground_missing",
    422,
    Text("未说明管制事由", "The ground of the control is missing"),
    Text(
        "请注明事由，并确认采取其他措施难以保证交通安全（道路交通安全法第四十条）",
        "State the ground, and that other measures would not do (Road Traffic Safety Law §40)",
    ),
)
NOT_CONSULTED = ProblemKind(
    "traffic_neighbour_not_consulted",
    422,
    Text("关闭省界入口未与相邻省份协商", "The neighbouring province was not consulted"),
    Text(
        "请先协商；仅紧急情况可先关闭，并立即告知相邻省份",
        "Consult first; only in an emergency close first, and tell the neighbour at once",
    ),
)
DETOUR_MISSING = ProblemKind(
    "traffic_detour_missing",
    422,
    Text("分流绕行未给出路线", "A diversion without a route"),
    Text("请填写绕行路线", "Give the detour"),
)
CHINESE_MISSING = ProblemKind(
    "traffic_chinese_missing",
    422,
    Text("缺少中文说明", "The details lack Chinese"),
    Text("请填写中文说明", "Give the details in Chinese"),
)
NOT_THE_ISSUER = ProblemKind(
    "traffic_not_the_issuer",
    403,
    Text("不是该通报的发布城市", "This city did not issue the notice"),
    Text("只有 {issuer} 可以发布或变更该通报", "Only {issuer} may publish or change it"),
)

ALLOWED: Final[Mapping[NoticeStatus | None, frozenset[NoticeStatus]]] = {
    None: frozenset({NoticeStatus.ISSUED}),
    NoticeStatus.ISSUED: frozenset({NoticeStatus.ISSUED, NoticeStatus.ACTIVE, NoticeStatus.LIFTED}),
    NoticeStatus.ACTIVE: frozenset(
        {NoticeStatus.ACTIVE, NoticeStatus.EXTENDED, NoticeStatus.LIFTED}
    ),
    NoticeStatus.EXTENDED: frozenset({NoticeStatus.EXTENDED, NoticeStatus.LIFTED}),
    NoticeStatus.LIFTED: frozenset(),
}
"""What may follow what; the same status again is an amendment. Acknowledgements are per city and
hold nothing back: a closure does not wait for a city that cannot be reached."""

CONTROL_MEASURES: Final = frozenset(
    {
        Measure.CLOSED,
        Measure.ENTRY_CLOSED,
        Measure.INTERMITTENT,
        Measure.RESTRICTED,
        Measure.DIVERSION,
    }
)
"""What traffic control (交通管制, §40) may consist of. Lesser means are the other measures that
must have been found insufficient before it."""

CLOSING: Final = frozenset({Measure.CLOSED, Measure.ENTRY_CLOSED})
"""Measures that shut a road or an entry to it."""

_PLANNED: Final = frozenset({NoticeKind.WORKS, NoticeKind.EVENT})
_UNFORESEEN: Final = frozenset({NoticeKind.ACCIDENT, NoticeKind.WEATHER})


def check_version(held: int | None, offered: int) -> None:
    """Refuse every version but the next one, the first where none is held.

    A version already held is stale. A gap is refused too: the missing version may be the one
    that closed the road, and the sender can repeat it.
    """
    expected = (held or 0) + 1
    if offered < expected:
        raise VERSION_STALE(held=held, offered=offered, expected=expected)
    if offered > expected:
        raise VERSION_GAP(offered=offered, expected=expected)


def check_newer(held: int | None, offered: int) -> None:
    """Refuse what another city published before what is held of it here."""
    if held is not None and offered <= held:
        raise VERSION_STALE(held=held, offered=offered, expected=held + 1)


def check_transition(held: NoticeStatus | None, offered: NoticeStatus) -> None:
    """Refuse a change of status that the table does not allow, naming what it allows."""
    allowed = ALLOWED[held]
    if offered not in allowed:
        now = held.text if held else Text("尚未发布", "nothing")
        names = _names(allowed) if allowed else Text("无", "none")
        raise TRANSITION_REFUSED(
            from_zh=now.zh, from_en=now.en, allowed_zh=names.zh, allowed_en=names.en
        )


def check_issuer(notice: Notice, city: str) -> None:
    """Refuse a notice that another city than its issuer publishes or changes."""
    if notice.issuer != city:
        raise NOT_THE_ISSUER(issuer=notice.issuer)


def check_publication(
    notice: Notice, at: datetime, parameters: TrafficParameters = DEFAULTS
) -> None:
    """Refuse a first version that may not be published at `at`; the first fault found is told."""
    check_version(None, notice.version)
    check_transition(None, notice.status)
    _check_content(notice, at, parameters)
    _check_announced(notice, at, parameters)


def check_update(
    held: Notice, offered: Notice, at: datetime, parameters: TrafficParameters = DEFAULTS
) -> None:
    """Refuse a further version that may not follow `held` at `at`; the first fault is told."""
    _check_fixed(held, offered)
    check_version(held.version, offered.version)
    check_transition(held.status, offered.status)
    if offered.status is NoticeStatus.LIFTED:
        if offered.lifted_at is not None and offered.lifted_at > at:
            raise LIFTED_IN_FUTURE()
        return
    if held.status is NoticeStatus.ACTIVE:
        _check_extension(held, offered)
    _check_content(offered, at, parameters)
    if _is_harsher(held, offered, parameters):
        _check_announced(offered, at, parameters)


def _check_fixed(held: Notice, offered: Notice) -> None:
    fixed = ["id", "issuer", "kind", "road", "issued_at"]
    if held.status is not NoticeStatus.ISSUED:
        fixed.append("start")  # levels and deadlines were reckoned from it
    for name in fixed:
        if getattr(held, name) != getattr(offered, name):
            raise FIXED_FIELD(field=name)


def _check_extension(held: Notice, offered: Notice) -> None:
    """Extended means: it ends later than was said while it was active, and nothing else does."""
    later = held.expected_end is not None and (
        offered.expected_end is None or offered.expected_end > held.expected_end
    )
    if offered.status is NoticeStatus.EXTENDED and not later:
        raise NOT_LATER()
    if offered.status is NoticeStatus.ACTIVE and later:
        raise EXTENSION_UNDECLARED()


def _is_harsher(held: Notice, offered: Notice, parameters: TrafficParameters) -> bool:
    """Whether the public must be told beforehand anew: it begins earlier, or bars more."""
    return (
        offered.start < held.start
        or (held.measure is Measure.ADVISORY and offered.measure is not Measure.ADVISORY)
        or (_closes_for_works(offered, parameters) and not _closes_for_works(held, parameters))
    )


def _check_content(notice: Notice, at: datetime, parameters: TrafficParameters) -> None:
    due = level_of(notice, at, parameters)
    if notice.level is not due:
        raise LEVEL_WRONG(level_zh=due.text.zh, level_en=due.text.en)
    if notice.description is not None and notice.description.zh is None:
        raise CHINESE_MISSING()
    if notice.measure is Measure.DIVERSION and not notice.detour:
        raise DETOUR_MISSING()
    _check_control(notice)
    _check_consulted(notice)
    latest = max(notice.start, at)
    if notice.measure is not Measure.ADVISORY and (
        notice.public_from is None or notice.public_from > latest
    ):
        raise PUBLIC_NOT_TOLD(latest=iso(latest))


def _check_control(notice: Notice) -> None:
    """道路交通安全法 §40. Accident and weather are grounds by themselves, planned kinds fall under
    §39; what must be declared of every closure that was not planned is that nothing less would do.
    """
    control = notice.kind is NoticeKind.CONTROL
    if control and notice.measure not in CONTROL_MEASURES:
        names = _names(CONTROL_MEASURES)
        raise CONTROL_MEASURE(allowed_zh=names.zh, allowed_en=names.en)
    closes = notice.kind in _UNFORESEEN and notice.measure in CLOSING
    if (control and notice.control_ground is None) or (
        (control or closes) and not notice.other_measures_insufficient
    ):
        raise CONTROL_GROUND_MISSING()


def _check_consulted(notice: Notice) -> None:
    if not notice.provincial_entry or notice.measure not in CLOSING:
        return
    heard = notice.consultation
    agreed_before = (
        heard is not None and heard.basis is ConsultationBasis.AGREED and heard.at <= notice.start
    )
    told = heard is not None and heard.basis is ConsultationBasis.TOLD_IN_EMERGENCY
    if not agreed_before and not (notice.emergency and told):
        raise NOT_CONSULTED()


def announcement_due(notice: Notice, parameters: TrafficParameters = DEFAULTS) -> datetime | None:
    """The latest instant at which the public may be told; None where nothing was to be planned.

    Planned works and events that restrict traffic are announced beforehand (§39); what is only
    advice, what nobody could foresee and what is declared an emergency is not.
    """
    planned = notice.kind in _PLANNED and notice.measure is not Measure.ADVISORY
    if not planned or notice.emergency:
        return None
    if _closes_for_works(notice, parameters):
        day = notice.start.astimezone(parameters.zone) - timedelta(
            days=parameters.works_closure_lead_days
        )
        # Days are counted, not hours: any time of that day will do.
        return day.replace(hour=23, minute=59, second=59, microsecond=999_000)
    return notice.start - timedelta(hours=parameters.planned_lead_hours)


def _closes_for_works(notice: Notice, parameters: TrafficParameters) -> bool:
    """Whether 公路安全保护条例 §51 applies. What the notice leaves open counts against it."""
    if notice.kind is not NoticeKind.WORKS:
        return False
    if notice.measure is not Measure.CONTRAFLOW:
        return notice.measure is Measure.CLOSED
    is_long = (
        notice.from_stake_m is None
        or notice.to_stake_m is None
        or notice.to_stake_m - notice.from_stake_m >= parameters.works_half_metres_min
    )
    half_days_min = timedelta(days=parameters.works_half_days_min)
    return is_long and (
        notice.expected_end is None or notice.expected_end - notice.start > half_days_min
    )


def _check_announced(notice: Notice, at: datetime, parameters: TrafficParameters) -> None:
    latest = announcement_due(notice, parameters)
    # Before it is published nobody is told, whatever the notice says of itself.
    announced = max(at, notice.public_from or at)
    if latest is not None and announced > latest:
        raise NOT_ANNOUNCED(latest=iso(latest))


def _names(members: frozenset[NoticeStatus] | frozenset[Measure]) -> Text:
    ordered: list[Worded] = [member for member in type(next(iter(members))) if member in members]
    return Text(
        "、".join(member.text.zh for member in ordered),
        ", ".join(member.text.en for member in ordered),
    )
