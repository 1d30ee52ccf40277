"""What a year has used up: the counters that one settlement moves and a reversal moves back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counters:
    """A person's year in one scheme. All money in fen; sums over the settlements that stand."""

    admissions: int = 0
    fund_fen: int = 0
    """Paid by the basic fund: what the cap of the year is measured against."""
    burden_fen: int = 0
    """In-policy money that the basic fund did not pay: what the second layer accumulates."""
    serious_fen: int = 0
    """Paid by the serious-illness layer."""
    chronic_deductible_fen: int = 0
    """Of the year's one deductible for chronic outpatient care, what was borne."""

    def __add__(self, change: "Counters") -> "Counters":
        return Counters(
            self.admissions + change.admissions,
            self.fund_fen + change.fund_fen,
            self.burden_fen + change.burden_fen,
            self.serious_fen + change.serious_fen,
            self.chronic_deductible_fen + change.chronic_deductible_fen,
        )

    def __neg__(self) -> "Counters":
        return Counters(
            -self.admissions,
            -self.fund_fen,
            -self.burden_fen,
            -self.serious_fen,
            -self.chronic_deductible_fen,
        )

    def __sub__(self, change: "Counters") -> "Counters":
        return self + -change
