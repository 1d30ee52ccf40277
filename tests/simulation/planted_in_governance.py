"""Planted bugs in the exchange of economic information."""

from typing import Any

from hanse.services.governance.briefing import book, reading, rules
from tests.simulation.planted import Patch, found_by


@found_by(3, 150, "briefing")
def a_correction_changes_nothing(patch: Patch) -> None:
    """What is corrected keeps the figures of before."""
    keep = book.keep_return

    def forgets(transaction: Any, one: Any, city: str) -> None:
        before = book.last_return(transaction, one.template, one.period, city)
        kept = one if before is None else one.model_copy(update={"figures": before.figures})
        keep(transaction, kept, city)

    patch.setattr(book, "keep_return", forgets)


@found_by(3, 150, "briefing")
def a_return_goes_to_one_city(patch: Patch) -> None:
    """Every city's return is kept as the same city's."""
    keep = book.keep_return
    patch.setattr(
        book, "keep_return", lambda transaction, one, city: keep(transaction, one, "510100")
    )


@found_by(3, 150, "briefing")
def a_total_stands_while_a_city_is_missing(patch: Patch) -> None:
    """A total is of those who have given a figure."""
    patch.setattr(
        reading,
        "_total",
        lambda figures, indicator: rules.total(
            [one for one in figures.values() if one is not None]
        ),
    )


@found_by(3, 150, "briefing")
def sums_are_not_checked(patch: Patch) -> None:
    """A sum that is not that of its parts is taken."""
    patch.setattr(rules, "check_parts", lambda one, figures: None)
