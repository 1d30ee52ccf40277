"""Who may not be a legal representative, and until when (article 12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import add_years
from hanse.services.market.registration.codes import BanKind
from hanse.services.market.registration.parameters import RegistrationParameters

REPRESENTATIVE_BANNED = ProblemKind(
    "registration_representative_banned",
    403,
    Text("该人员不得担任法定代表人", "The person may not be a legal representative"),
    Text("原因：{kinds_zh}；请更换人选", "Because of: {kinds_en}; name somebody else"),
)


@dataclass(frozen=True)
class Ban:
    """What bars a person: since the end of the sentence, the bankruptcy, the revocation or the due
    day; `lifted_on` where it ended before its time, as a debt that was paid."""

    kind: BanKind
    since: date
    lifted_on: date | None = None


def ends_on(ban: Ban, parameters: RegistrationParameters) -> date | None:
    """The first day on which it bars no more; None while nobody has lifted it."""
    if ban.lifted_on is not None:
        return ban.lifted_on
    match ban.kind:
        case BanKind.CRIME:
            return add_years(ban.since, parameters.crime_years).due
        case BanKind.BANKRUPTCY | BanKind.REVOKED:
            return add_years(ban.since, parameters.responsible_years).due
        case BanKind.FALSE:
            return add_years(ban.since, parameters.false_years).due
        case _:
            return None


def in_force(
    bans: Iterable[Ban], on: date, parameters: RegistrationParameters
) -> tuple[BanKind, ...]:
    """The kinds that bar on a day, each once."""
    found = {
        ban.kind
        for ban in bans
        if ban.since <= on and ((end := ends_on(ban, parameters)) is None or on < end)
    }
    return tuple(kind for kind in BanKind if kind in found)


def check_representative(bans: Iterable[Ban], on: date, parameters: RegistrationParameters) -> None:
    """Refuse who is barred on that day."""
    if found := in_force(bans, on, parameters):
        raise REPRESENTATIVE_BANNED(
            kinds_zh="、".join(kind.text.zh for kind in found),
            kinds_en=", ".join(kind.text.en for kind in found),
        )
