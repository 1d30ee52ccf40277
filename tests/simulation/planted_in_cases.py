"""Planted bugs in cases, traffic, credit, results and retirees."""

from dataclasses import replace
from typing import Any

from hanse.mechanisms.cases import copies, deadlines, follower
from hanse.services.health.results import book as results_book
from hanse.services.health.results import operations as results
from hanse.services.health.results.contracts import FetchAnswer
from hanse.services.health.results.formats.fhir_index import facts
from hanse.services.market.credit import book as credit_book
from hanse.services.market.credit import repair_operations, told
from hanse.services.market.credit import visibility as credit_visibility
from hanse.services.safety.traffic import book as traffic_book
from hanse.services.safety.traffic import operations as traffic
from hanse.services.safety.traffic import rules as traffic_rules
from hanse.services.social.retirees import assist as retirees_assist
from hanse.services.social.retirees import book as retirees_book
from hanse.services.social.retirees import paying as retirees_paying
from hanse.services.social.retirees import rules as retirees_rules
from hanse.services.social.retirees.codes import EvidenceKind
from tests.simulation.planted import Patch, found_by


@found_by(0, 150, "cases")
def steps_are_never_sent_again(patch: Patch) -> None:
    """What a city lacks of a case is not handed over again."""
    patch.setattr(copies, "take_answer", lambda *arguments: None)
    patch.setattr(copies, "resend", lambda *arguments: 0)


@found_by(3, 150, "cases")
def a_passed_deadline_stays_due(patch: Patch) -> None:
    """A deadline that has passed passes again."""
    passed = deadlines.passed
    patch.setattr(
        deadlines, "passed", lambda state: passed(state).model_copy(update={"standing": "running"})
    )


@found_by(0, 100, "cases")
def the_chain_is_not_checked(patch: Patch) -> None:
    """A follower takes what it is sent under a number of its own."""
    patch.setattr(follower, "digest_of", lambda line: "sha-256:" + "0" * 64)


@found_by(0, 150, "cases")
def nothing_is_handed_over(patch: Patch) -> None:
    """The keeper numbers steps and tells nobody."""
    patch.setattr(copies, "hand_to_all", lambda *arguments: None)


@found_by(0, 20, "traffic")
def anybody_acknowledges(patch: Patch) -> None:
    """A city acknowledges for another one."""
    real = traffic_book.note_receipt

    def receipt(transaction: Any, request: Any, context: Any) -> Any:
        notice = traffic_book.need(transaction, request.notice)
        real(transaction, request)
        return traffic.Acknowledged(notice=notice.id, version=request.version)

    patch.setitem(vars(traffic.receipt), "handler", receipt)


@found_by(0, 70, "traffic")
def a_lifted_notice_stays_in_force(patch: Patch) -> None:
    """The end of a closure is not noted."""
    real = traffic_book.keep

    def keep(transaction: Any, notice: Any, now: Any) -> None:
        held = traffic_book.held(transaction, notice.id)
        if held is None or notice.lifted_at is None:
            real(transaction, notice, now)

    patch.setattr(traffic_book, "keep", keep)


@found_by(0, 100, "credit")
def a_repair_is_not_told(patch: Patch) -> None:
    """The repaired record is hidden here, and no other city hears of it."""

    def tell(transaction: Any, record: Any, context: Any) -> int:
        credit_book.keep(transaction, record, context.now)
        return 0

    patch.setattr(told, "tell", tell)


@found_by(3, 340, "credit")
def a_repaired_record_is_shown(patch: Patch) -> None:
    """What is repaired is still used."""
    fewer = {
        status: found
        for status, found in credit_visibility._NOT_USABLE.items()
        if status.value != "repaired"
    }
    patch.setattr(credit_visibility, "_NOT_USABLE", fewer)


@found_by(3, 250, "credit")
def a_second_repair_is_taken(patch: Patch) -> None:
    """A record has two applications that are open."""
    patch.setattr(repair_operations, "_refuse_second", lambda *given: None)


@found_by(4, 150, "retirees")
def a_purchase_certifies(patch: Patch) -> None:
    """Whoever used the card is taken for the person."""
    real = retirees_assist._from_evidence

    def found(transaction: Any, request: Any, today: Any, context: Any) -> Any:
        known = context.parameters
        wider = replace(known, presence=known.presence | {EvidenceKind.INSURANCE})
        return real(transaction, request, today, replace(context, parameters=wider))

    patch.setattr(retirees_assist, "_from_evidence", found)


@found_by(0, 520, "retirees")
def the_dead_are_paid(patch: Patch) -> None:
    """A run goes on after the month of a loss."""
    real = retirees_rules.months_to_pay

    def months(since: int, run: int, paid: Any, due: Any, lost_in: Any, parameters: Any) -> Any:
        later = None if lost_in is None else lost_in + 1
        return real(since, run, paid, due, later, parameters)

    patch.setattr(retirees_rules, "months_to_pay", months)


@found_by(3, 230, "retirees")
def what_was_overpaid_is_not_claimed(patch: Patch) -> None:
    """A loss ends the payments, and what was paid after it stays with the heirs."""
    patch.setattr(retirees_paying, "claim_back", lambda *given: ())


@found_by(1, 390, "retirees")
def a_benefits_number_serves_two(patch: Patch) -> None:
    """Two persons are paid under one number: found here, as a run that failed for a city."""
    patch.setattr(retirees_book, "note_benefit", lambda *given: True)


@found_by(1, 150, "results")
def another_persons_result_is_fetched(patch: Patch) -> None:
    """Whoever knows a result's id gets it."""
    real = results_book.one

    def fetch(transaction: Any, request: Any, context: Any) -> Any:
        found = real(transaction, request.type, request.id)
        return FetchAnswer(
            holder_city=context.city,
            type=found.type,
            id=found.id,
            version=found.version,
            text=found.text,
        )

    patch.setitem(vars(results.fetch), "handler", fetch)


@found_by(0, 100, "results")
def an_item_is_read_as_another(patch: Patch) -> None:
    """A result is found under an item that it is not."""
    real = facts
    patch.setattr(results_book, "facts", lambda sent: replace(real(sent), item="0-0"))


@found_by(0, 320, "traffic")
def a_gap_in_the_versions_is_taken(patch: Patch) -> None:
    """Any version follows any other one."""
    patch.setattr(traffic_rules, "check_version", lambda held, offered: None)


@found_by(0, 400, "results")
def a_decision_is_kept_twice(patch: Patch) -> None:
    """What a doctor chose counts twice."""
    real = results_book.keep_decision

    def keep(transaction: Any, decision_id: str, *given: Any) -> None:
        real(transaction, decision_id, *given)
        real(transaction, decision_id[::-1], *given)

    patch.setattr(results_book, "keep_decision", keep)
