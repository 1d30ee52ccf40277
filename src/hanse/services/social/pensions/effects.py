"""What a step of a transfer does at each of its two cities, in the transaction that records it.

At the new city, which keeps the case, a refusal here refuses the step. At the origin the step
stands and a refusal becomes a recorded disagreement.
"""

from dataclasses import replace
from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import citizen_birth_date, citizen_sex
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import Case, Family, Step, take
from hanse.mechanisms.exchange.context import Context
from hanse.services.social.pensions import book, funds, rules
from hanse.services.social.pensions.codes import AccountKind, Destination, PoolingMode, Standing
from hanse.services.social.pensions.conditions import (
    PENSION_NOT_INSURED_HERE,
    letter_of,
    opened_with,
    sheet_of,
)
from hanse.services.social.pensions.contracts import InformationSheet
from hanse.services.social.pensions.forms import Receipt
from hanse.services.social.pensions.parameters import PensionParameters
from hanse.services.social.pensions.relation import Relation, merged
from hanse.services.social.pensions.transfer_amount import transfer_amount

PENSION_DESTINATION_WRONG = ProblemKind(
    "pension_destination_wrong",
    409,
    Text("接续方式与规定不符", "The rules open something else for this person"),
    Text("按规定应为“{right_zh}”：{reason_zh}", "By the rules: {right_en}, since {reason_en}"),
)
PENSION_MOVED_ALREADY = ProblemKind(
    "pension_moved_already",
    409,
    Text("该凭证所载关系已转入本市", "What the certificate certifies has moved here already"),
    Text("请核对凭证 {certificate}", "Check certificate {certificate}"),
)
PENSION_MODE_DIFFERS = ProblemKind(
    "pension_mode_differs",
    409,
    Text("两地统筹模式不一致", "The two cities pool by different modes"),
    Text("本市为“{mode_zh}”，请先统一参数", "Here it is {mode_en}: agree on the parameter first"),
)
PENSION_SHEET_DIFFERS = ProblemKind(
    "pension_sheet_differs",
    409,
    Text("信息表与规定或到账资金不符", "The sheet does not agree with the rules or the money"),
    Text("请退回原参保地更正：{words_zh}", "Return it to the origin: {words_en}"),
)


def on_application(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """The new city's own book says whether the person is insured and has paid there."""
    if not _at(case, "destination", context):
        return
    held = book.find(transaction, case.subject)
    paying = (
        held is not None
        and held.standing is Standing.ACTIVE
        and held.relation.paid_here(context.city)
    )
    if held is None or not paying:
        raise PENSION_NOT_INSURED_HERE()
    certificate = opened_with(case).certificate
    moved = [row for row in held.relation.contributions if row.city == certificate.agency.city]
    if moved and rules.last_month(moved) >= certificate.last_paid:
        raise PENSION_MOVED_ALREADY(certificate=certificate.number)


def on_letter(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """The relation moves by the rules; from now on it changes no more at the origin."""
    letter = letter_of(case)
    check_mode(letter.mode, letter.written_on, context)
    if _at(case, "destination", context):
        _check_destination(case, Destination.NORMAL, letter.written_on, context)
    if _at(case, "origin", context):
        book.certificate(transaction, letter.certificate, case.subject)
        kept = book.active(transaction, case.subject)
        moving = replace(kept, standing=Standing.MOVING, case_id=case.id)
        book.keep(transaction, moving, context.now)


def on_temporary(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """The new city's own rows become a temporary account's; the origin keeps its relation."""
    if not _at(case, "destination", context):
        return
    _check_destination(case, Destination.TEMPORARY, book.day_of(context.now), context)
    kept = book.active(transaction, case.subject)
    rows = tuple(
        row.model_copy(update={"account": AccountKind.TEMPORARY}) if row.city == context.city
        else row
        for row in kept.relation.contributions
    )  # fmt: skip
    relation = kept.relation.model_copy(update={"contributions": rows})
    book.collect(transaction, relation, context)


def on_sheet(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """The money is pending in both ledgers.

    The origin says so by a step of its own: what its ledger did not send cannot be received.
    """
    from hanse.services.social.pensions.procedure import PENSION_TRANSFER

    sheet = sheet_of(case)
    if _at(case, "origin", context):
        _moving(transaction, case)
        funds.dispatch(transaction, _consignment(case, sheet, context), context.now)
        sent = {"sheet": sheet.number, "amount": sheet.cash}
        family = Family((PENSION_TRANSFER,))
        # The keeper's clock may be ahead of this one: what follows a step is not before it.
        after = replace(context, now=max(context.now, step.at))
        take(transaction, family, case, "treasury", "send_funds", after, data=sent)
    if _at(case, "destination", context):
        funds.expect(transaction, _consignment(case, sheet, context), context.now)


def on_return(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """The money that was pending is released in both ledgers."""
    funds.give_back(transaction, _consignment(case, sheet_of(case), context), context.now)


def on_receipt(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """What agrees is merged and its money posted; at the origin the relation is closed."""
    sheet = sheet_of(case)
    if _at(case, "destination", context):
        receipt = Receipt.model_validate(step.data)
        _check_sheet(case, sheet, receipt.funds_received, context)
        funds.settle(transaction, _consignment(case, sheet, context), context.now)
        _merge(transaction, sheet, receipt.keep, context)
    if _at(case, "origin", context):
        kept = _moving(transaction, case)
        funds.settle(transaction, _consignment(case, sheet, context), context.now)
        left = sum(part.account for part in sheet.left_behind)
        stays = kept.pool_funds - sheet.pool_total if sheet.left_behind else 0
        moved = replace(kept, standing=Standing.MOVED, account_funds=left, pool_funds=max(0, stays))
        book.keep(transaction, moved, context.now)


def on_ending(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """Nothing moved: the relation stays where it was."""
    if not _at(case, "origin", context):
        return
    kept = book.find(transaction, case.subject)
    if kept is not None and kept.case_id == case.id and kept.standing is Standing.MOVING:
        stays = replace(kept, standing=Standing.ACTIVE, case_id=None)
        book.keep(transaction, stays, context.now)


def _at(case: Case, role: str, context: Context) -> bool:
    return case.seats[role].city == context.city


def _moving(transaction: Transaction, case: Case) -> book.Kept:
    """The origin's relation, which this case moves."""
    kept = book.held(transaction, case.subject)
    if kept.standing is not Standing.MOVING or kept.case_id != case.id:
        label = kept.standing.text
        raise book.PENSION_RELATION_NOT_HERE(standing_zh=label.zh, standing_en=label.en)
    return kept


def _consignment(case: Case, sheet: InformationSheet, context: Context) -> funds.Consignment:
    here = "origin" if _at(case, "origin", context) else "destination"
    peer = case.seats["destination" if here == "origin" else "origin"].city
    cash = sheet.mode is PoolingMode.CITY_66
    return funds.Consignment(
        case=case.id,
        sheet=sheet.number,
        peer=peer,
        account=sheet.account_total if cash else 0,
        pool=sheet.pool_total if cash else 0,
    )


def check_mode(mode: PoolingMode, day: date, context: Context) -> None:
    """Passes where this city's parameters say the same mode for that day; else the refusal."""
    parameters: PensionParameters = context.parameters
    own = rules.pooling_mode(parameters.pooling, day)
    if own is not mode:
        raise PENSION_MODE_DIFFERS(mode_zh=own.text.zh, mode_en=own.text.en)


def _check_destination(case: Case, wanted: Destination, day: date, context: Context) -> None:
    found = _destination(case, day, context)
    if found.destination is not wanted:
        right = found.destination.text
        raise PENSION_DESTINATION_WRONG(
            right_zh=right.zh,
            right_en=right.en,
            reason_zh=found.reason.zh,
            reason_en=found.reason.en,
        )


def _destination(case: Case, day: date, context: Context) -> rules.DestinationFound:
    application, parameters = opened_with(case), context.parameters
    if application.certificate.account is AccountKind.TEMPORARY:
        words = Text("临时账户的全部缴费本息归集", "a temporary account is collected in whole")
        return rules.DestinationFound(Destination.NORMAL, words)
    return rules.destination_of(
        rules.Arrival(
            sex=citizen_sex(case.subject),
            born=citizen_birth_date(case.subject),
            applied_on=book.day_of(case.opened_at),
            origin=case.seats["origin"].city,
            destination=case.seats["destination"].city,
            household_region=application.household_region,
            by_order=application.order_number is not None,
        ),
        rules.pooling_mode(parameters.pooling, day),
    )


def _check_sheet(case: Case, sheet: InformationSheet, received: int, context: Context) -> None:
    found = rules.differences(sheet, letter_of(case), received, context.parameters)
    if found:
        raise PENSION_SHEET_DIFFERS(
            words_zh="；".join(one.words.zh for one in found),
            words_en="; ".join(one.words.en for one in found),
        )


def _merge(
    transaction: Transaction, sheet: InformationSheet, keep: str | None, context: Context
) -> None:
    """The relation as it now is; what came counts as booked, months paid twice are refunded."""
    kept = book.active(transaction, sheet.person.citizen_id)
    result = merged(kept.relation, sheet, keep)
    relation: Relation = result.relation
    amount = transfer_amount(relation.contributions, relation.account)
    after = replace(
        kept,
        relation=relation,
        version=kept.version + 1,
        account_funds=amount.account,
        pool_funds=amount.pool_total,
    )
    book.keep(transaction, after, context.now)
    funds.refund(transaction, kept.relation_id, after.version, result.refund, context.now)
