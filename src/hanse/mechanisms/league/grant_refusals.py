"""Why a call is not allowed: of all that is missing, what would help the asker most.

The grant that comes nearest decides. A city that asks for a suspended operation hears who
suspended it, and not that another agreement lacks the operation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hanse.foundation.clock import iso
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.league.agreement_state import STATUS_TITLES, AgreementState, Course, Status
from hanse.mechanisms.league.allowances import Allowance

NO_AGREEMENT = ProblemKind(
    "no_agreement",
    403,
    Text("两市之间没有协议", "There is no agreement between the two cities"),
    Text("请先与 {provider} 签订协议", "Make an agreement with {provider} first"),
    detail=Text("{provider} 与 {caller} 之间没有协议", "{provider} and {caller} have no agreement"),
)
AGREEMENT_NOT_BETWEEN = ProblemKind(
    "agreement_not_between",
    403,
    Text("所引协议不适用于这两个城市", "The agreement named is not one between the two cities"),
    Text("两市之间的协议：{agreements}", "Agreements between the two: {agreements}"),
    detail=Text("所引协议为 {agreement}", "Named is {agreement}"),
)
AGREEMENT_NOT_IN_FORCE = ProblemKind(
    "agreement_not_in_force",
    403,
    Text("协议尚未生效", "The agreement is not yet in force"),
    Text(
        "待签署：{missing}；约定生效时间 {valid_from}",
        "Yet to sign: {missing}; its period begins at {valid_from}",
    ),
    detail=Text("协议 {agreement}：{status_zh}", "Agreement {agreement}: {status_en}"),
)
AGREEMENT_SUSPENDED = ProblemKind(
    "agreement_suspended",
    403,
    Text("协议已中止", "The agreement is suspended"),
    Text("请与中止方 {by} 联系", "Talk to {by}, who suspended it"),
    detail=Text(
        "协议 {agreement} 自 {since} 起中止", "Agreement {agreement} is suspended since {since}"
    ),
)
AGREEMENT_ENDED = ProblemKind(
    "agreement_ended",
    403,
    Text("协议已终止", "The agreement has ended"),
    Text("终止方为 {by}；如需继续合作，请另签协议", "{by} ended it; make a new agreement to go on"),
    detail=Text("协议 {agreement} 于 {since} 终止", "Agreement {agreement} ended at {since}"),
)
AGREEMENT_EXPIRED = ProblemKind(
    "agreement_expired",
    403,
    Text("协议已期满", "The agreement has expired"),
    Text("请续签协议 {agreement}", "Renew agreement {agreement}"),
    detail=Text("协议 {agreement} 于 {since} 期满", "Agreement {agreement} expired at {since}"),
)
OPERATION_NOT_GRANTED = ProblemKind(
    "operation_not_granted",
    403,
    Text("协议未授权该业务操作", "No agreement grants the operation"),
    Text(
        "请在协议 {agreements} 中增加对 {operation} 的授权",
        "Amend {agreements} with a grant of {operation}",
    ),
    detail=Text(
        "没有协议授权 {caller} 向 {provider} 请求 {operation}",
        "No agreement lets {caller} ask {provider} for {operation}",
    ),
)
PURPOSE_NOT_GRANTED = ProblemKind(
    "purpose_not_granted",
    403,
    Text("协议未授权该用途", "No agreement grants the operation for this purpose"),
    Text("已授权的用途：{purposes}", "Granted are the purposes {purposes}"),
    detail=Text("{operation} 不得用于 {purpose}", "{operation} is not granted for {purpose}"),
)
ORGANISATION_NOT_GRANTED = ProblemKind(
    "organisation_not_granted",
    403,
    Text("协议未授权该机构", "No agreement grants the operation to this organisation"),
    Text(
        "请由协议 {agreement} 所列机构提出请求，或修订协议",
        "An organisation that agreement {agreement} lists must ask, or the agreement is amended",
    ),
)
GRANT_OUT_OF_PERIOD = ProblemKind(
    "grant_out_of_period",
    403,
    Text("授权不在有效期内", "The grant does not hold at this time"),
    Text(
        "授权期限自 {valid_from} 起，至 {valid_until} 止",
        "The grant holds from {valid_from} until {valid_until}",
    ),
    detail=Text(
        "协议 {agreement} 的授权 {grant}", "This is grant {grant} of agreement {agreement}"
    ),
)

NAMES_TOLD_MAX: Final = 20
NAME_CHARS_MAX: Final = 128

_NEAREST_FIRST: Final = (
    Status.IN_FORCE,
    Status.SUSPENDED,
    Status.AGREED_NOT_YET_IN_FORCE,
    Status.AWAITING_SIGNATURES,
    Status.DRAFTED,
    Status.EXPIRED,
    Status.ENDED,
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call from a city to another, as an agreement must cover it."""

    provider: str
    caller: str
    organisation: str
    operation: str
    purpose: str
    at: datetime
    agreement: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One agreement as it stands when the call is made, with what its counting version allows."""

    course: Course
    allowances: Sequence[Allowance]

    @property
    def id(self) -> str:
        """The agreement's id."""
        return self.course.record.id


def refusal(candidates: Iterable[Candidate], call: Call) -> Problem:
    """The most helpful refusal of a call that no allowance covers."""
    between = [one for one in candidates if _is_between(one.course, call)]
    if not between:
        return NO_AGREEMENT(provider=call.provider, caller=call.caller)
    named = [one for one in between if call.agreement in (None, one.id)]
    if not named:
        return AGREEMENT_NOT_BETWEEN(
            agreement=str(call.agreement)[:NAME_CHARS_MAX],
            agreements=_names(one.id for one in between),
        )
    granting = _granting(named, call)
    if not granting:
        return OPERATION_NOT_GRANTED(
            provider=call.provider,
            caller=call.caller,
            operation=call.operation[:NAME_CHARS_MAX],
            agreements=_names(one.id for one in named),
        )
    fitting = [(one, allowed) for one, allowed in granting if call.purpose in allowed.purposes]
    if not fitting:
        return PURPOSE_NOT_GRANTED(
            operation=call.operation[:NAME_CHARS_MAX],
            purpose=call.purpose[:NAME_CHARS_MAX],
            purposes=_names(code for _, allowed in granting for code in allowed.purposes),
        )
    listed = [
        (one, allowed) for one, allowed in fitting if allowed.lists(call.caller, call.organisation)
    ]
    if not listed:
        return ORGANISATION_NOT_GRANTED(agreement=_names(one.id for one, _ in fitting))
    return _of_the_time(listed, call.at)


def _is_between(course: Course, call: Call) -> bool:
    return {call.provider, call.caller} <= set(course.period(call.at).agreement.parties)


def _granting(named: list[Candidate], call: Call) -> list[tuple[Candidate, Allowance]]:
    return [
        (one, allowed)
        for one in named
        for allowed in one.allowances
        if allowed.grants(call.operation)
        and call.provider in allowed.providers
        and call.caller in allowed.callers
    ]


def _of_the_time(listed: list[tuple[Candidate, Allowance]], at: datetime) -> Problem:
    """All is granted, but not at this instant."""
    candidate, allowed = min(
        listed, key=lambda one: _NEAREST_FIRST.index(one[0].course.period(at).status)
    )
    state = candidate.course.state(at)
    if state.status is not Status.IN_FORCE:
        return _of_the_state(candidate.id, state)
    agreement, grant = allowed.agreement, allowed.grant
    return GRANT_OUT_OF_PERIOD(
        agreement=agreement.id,
        grant=grant.id,
        valid_from=iso(grant.valid_from or agreement.valid_from),
        valid_until=iso(grant.valid_until or agreement.valid_until),
    )


def _of_the_state(agreement: str, state: AgreementState) -> Problem:
    named = {
        "agreement": agreement,
        "by": "、".join(state.by),
        "since": "?" if state.since is None else iso(state.since),
    }
    match state.status:
        case Status.SUSPENDED:
            return AGREEMENT_SUSPENDED(**named)
        case Status.ENDED:
            return AGREEMENT_ENDED(**named)
        case Status.EXPIRED:
            return AGREEMENT_EXPIRED(**named)
        case _:
            title = STATUS_TITLES[state.status]
            return AGREEMENT_NOT_IN_FORCE(
                agreement=agreement,
                status_zh=title.zh,
                status_en=title.en,
                missing="、".join(state.missing_signatures) or "-",
                valid_from=iso(state.agreement.valid_from),
            )


def _names(names: Iterable[str]) -> str:
    """Names once each, in order, and no more than can be read."""
    ordered = sorted(set(names))
    more = len(ordered) - NAMES_TOLD_MAX
    return "、".join(ordered[:NAMES_TOLD_MAX]) + (f" (+{more})" if more > 0 else "")
