"""One-off back payments: which may move with a relation (人社厅发〔2019〕94号).

A back payment of three years and more moves where it was lawful. If it was made before 2016/5
took effect, the origin's written commitment shows that; after it, a document of a court, an
auditor, the labour inspection or an arbitration that is older than the payment. What cannot move
stays, its worker is told in writing within ten working days, and the rest moves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hanse.foundation.money import Money
from hanse.services.social.pensions.codes import Evidence, Immovable
from hanse.services.social.pensions.contracts import LeftBehind
from hanse.services.social.pensions.parameters import PensionParameters
from hanse.services.social.pensions.personal_account import split_account
from hanse.services.social.pensions.records import AccountYear, BackPayment, Contribution

_OFFICIAL = frozenset({Evidence.COURT, Evidence.AUDIT, Evidence.INSPECTION, Evidence.ARBITRATION})


@dataclass(frozen=True)
class Split:
    """A relation in two: what moves, and what stays with the reason of each part."""

    contributions: tuple[Contribution, ...]
    account: tuple[AccountYear, ...]
    left_behind: tuple[LeftBehind, ...]

    @property
    def is_partial(self) -> bool:
        """Whether anything stays."""
        return bool(self.left_behind)


def why_immovable(payment: BackPayment, parameters: PensionParameters) -> Immovable | None:
    """Why the years of a back payment cannot move; None where they can."""
    if len(payment.years) < parameters.back_payment_years_min:
        return None
    if payment.paid_on < parameters.back_payment_documents_from:
        proved = payment.evidence is not Evidence.NONE
        return None if proved else Immovable.BACK_PAYMENT_UNPROVED
    if payment.evidence not in _OFFICIAL or payment.document_on is None:
        return Immovable.BACK_PAYMENT_UNPROVED
    # The document must pre-date the payment: one of the same day is not older than it.
    if payment.document_on >= payment.paid_on:
        return Immovable.DOCUMENT_TOO_LATE
    return None


def split_relation(
    contributions: Sequence[Contribution],
    account: Sequence[AccountYear],
    payments: Iterable[BackPayment],
    parameters: PensionParameters,
) -> Split:
    """The relation without the years that cannot move; both parts sum to the whole, to the fen."""
    staying: dict[int, Immovable] = {}
    for payment in payments:
        reason = why_immovable(payment, parameters)
        if reason is not None:
            for year in payment.years:
                staying.setdefault(year, reason)
    moving = tuple(row for row in contributions if row.year not in staying)
    if len(moving) == len(contributions):
        return Split(tuple(contributions), tuple(account), ())
    booked: dict[int, int] = {}
    for row in moving:
        booked[row.year] = booked.get(row.year, 0) + row.booked
    moved, stays = split_account(account, booked)
    return Split(moving, moved, _parts(staying, contributions, stays))


def _parts(
    staying: dict[int, Immovable], contributions: Sequence[Contribution], stays: int
) -> tuple[LeftBehind, ...]:
    """One part a reason; the account's part that stays is shared by what the years booked."""
    reasons = sorted(set(staying.values()))
    booked = [
        sum(row.booked for row in contributions if staying.get(row.year) is reason)
        for reason in reasons
    ]
    weights = booked if any(booked) else [1] * len(reasons)
    shares = Money(stays).split(weights)
    return tuple(
        LeftBehind(
            years=tuple(sorted(year for year, why in staying.items() if why is reason)),
            account=share.minor,
            reason=reason,
        )
        for reason, share in zip(reasons, shares, strict=True)
    )
