"""Medical insurance between cities: the service's face."""

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Service
from hanse.mechanisms.exchange.parts import Need
from hanse.services.social.insurance import (
    clearing,
    insurer,
    insurer_desk,
    parts,
    prepaid,
    treater,
)
from hanse.services.social.insurance.parameters import DEFAULTS

SERVICE = Service(
    name="social.insurance",
    title=Text("异地就医直接结算", "Medical insurance settled elsewhere"),
    operations=(
        insurer_desk.enrol,
        insurer_desk.file,
        insurer_desk.mine,
        insurer_desk.end_filing,
        insurer_desk.set_policy,
        insurer_desk.try_,
        insurer_desk.paper_claim,
        insurer.settle_bill,
        insurer.undo,
        treater.set_items,
        treater.presettle,
        treater.claim,
        treater.claim_state,
        treater.bills,
        treater.reverse,
        clearing.month_lines,
        clearing.reconcile,
        clearing.close_month,
        clearing.clear_month,
        prepaid.prepay,
        prepaid.prepaid,
        prepaid.fund,
    ),
    answer_handlers={
        insurer.settle_bill.name: treater.settle_answered,
        insurer.undo.name: treater.undo_answered,
        clearing.month_lines.name: clearing.page_answered,
        clearing.close_month.name: clearing.month_closed,
    },
    refusal_handlers={
        insurer.settle_bill.name: treater.settle_refused,
        insurer.undo.name: treater.undo_refused,
        clearing.month_lines.name: clearing.month_refused,
        clearing.close_month.name: clearing.month_refused,
    },
    parameters=DEFAULTS,
    parts=(parts.RESIDENT, parts.DESK),
    two_people=("insurance.prepay",),
    summary=Text(
        "在另一城市就医，出院时直接结算医保",
        "Be treated in another city, and have the insurance settle at the counter",
    ),
    needs=(Need(Text("我要在另一城市看病", "I see a doctor in another city")),),
)
