"""A transfer between two towns, step by step, as their agencies take it."""

from typing import Any

from sqlalchemy import select

from hanse.foundation.store.transaction import reading
from hanse.mechanisms import ledger
from hanse.mechanisms.cases.tables import steps
from hanse.services.social.pensions import chart
from tests.cases.play import settle_all
from tests.exchange.cities import Town
from tests.pensions.examples import CHENGDU, DEYANG, MAN, ZIYANG, agency, letter
from tests.pensions.relations import done, newly_insured, relation

AGENCY = "social-insurance"
SEATS = {
    "applicant": {"city": CHENGDU, "organisation": AGENCY},
    "destination": {"city": CHENGDU, "organisation": AGENCY},
    "origin": {"city": DEYANG, "organisation": AGENCY},
    "treasury": {"city": DEYANG, "organisation": "node"},
    "supervisor": {"city": CHENGDU, "organisation": "human-resources"},
}


def today(town: Town) -> str:
    return f"{town.clock.now:%Y-%m-%d}"


def prepared(towns: tuple[Town, ...], **changes: Any) -> dict[str, Any]:
    """Both cities keep their rows; gives the certificate that the origin gave."""
    new, origin = towns[:2]
    done(origin, "pension.keep", relation(**changes))
    person = {"person": changes["person"]} if "person" in changes else {}
    done(new, "pension.keep", newly_insured(**person))
    citizen = (person.get("person") or {"citizen_id": MAN})["citizen_id"]
    return done(origin, "pension.issue_certificate", {"citizen_id": citizen})


def application(certificate: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "subject": certificate["person"]["citizen_id"],
        "seats": SEATS,
        "role": "applicant",
        "data": {
            "certificate": certificate,
            "household_region": certificate["person"]["household_region"],
            "insured_here_since": "2026-07",
        },
        **changes,
    }


def start(towns: tuple[Town, ...], certificate: dict[str, Any], **changes: Any) -> str:
    taken = done(towns[0], "pension_transfer.start", application(certificate, **changes))
    settle_all(list(towns))
    return str(taken["case"])


def act(
    towns: tuple[Town, ...], at: int, case: str, role: str, action: str, **more: Any
) -> dict[str, Any]:
    """A step of town number `at`, and everything that it causes."""
    move = {"case": case, "role": role, "action": action, **more}
    taken = done(towns[at], "pension_transfer.act", move)
    settle_all(list(towns))
    return taken


def consent(towns: tuple[Town, ...], certificate: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return letter(
        number="L-1",
        certificate=certificate["number"],
        citizen_id=certificate["person"]["citizen_id"],
        written_on=today(towns[0]),
        agency=agency(CHENGDU, 1),
        **changes,
    ).model_dump(mode="json")


def accepted(towns: tuple[Town, ...], **changes: Any) -> tuple[str, dict[str, Any]]:
    """A case that waits for the origin; gives it and the letter."""
    mode = changes.pop("mode", "city_66")
    certificate = prepared(towns, **changes)
    case = start(towns, certificate)
    written = consent(towns, certificate, mode=mode)
    act(towns, 0, case, "destination", "accept", data=written)
    return case, written


def send(towns: tuple[Town, ...], case: str, written: dict[str, Any], **changes: Any) -> Any:
    sheet = {**done(towns[1], "pension.make_sheet", {"letter": written}), **changes}
    act(towns, 1, case, "origin", "send_sheet", data=sheet)
    return sheet


def view(town: Town, case: str) -> dict[str, Any]:
    return done(town, "pension_transfer.view", {"case": case})


def histories(towns: tuple[Town, ...], case: str) -> list[list[str]]:
    ordered = select(steps.c.digest).where(steps.c.case_id == case).order_by(steps.c.number)
    return [[row.digest for row in town.rows(ordered)] for town in towns[:2]]


def balance(town: Town, account: str) -> ledger.Balance:
    with reading(town.engine) as transaction:
        found = ledger.states(transaction, {account})
    return found[0].balance if found else ledger.Balance(0, 0, 0, 0)


def mirrored(towns: tuple[Town, ...]) -> bool:
    """The two inter-city accounts are each other's mirror, pending and posted."""
    at_new = balance(towns[0], chart.intercity(DEYANG))
    at_origin = balance(towns[1], chart.intercity(CHENGDU))
    return (at_new.debits_pending, at_new.debits_posted) == (
        at_origin.credits_pending,
        at_origin.credits_posted,
    )


def audited(towns: tuple[Town, ...]) -> list[Any]:
    found: list[Any] = []
    for town in towns:
        with reading(town.engine) as transaction:
            found += list(ledger.audit(transaction))
    return found


__all__ = ["ZIYANG"]
