"""The information sheet that the origin makes of its relation: nothing is typed anew."""

from datetime import date

from hanse.services.social.pensions.back_payments import Split, split_relation
from hanse.services.social.pensions.codes import PoolingMode
from hanse.services.social.pensions.contracts import InformationSheet, Letter
from hanse.services.social.pensions.parameters import PensionParameters
from hanse.services.social.pensions.records import PoolLine
from hanse.services.social.pensions.relation import Relation
from hanse.services.social.pensions.transfer_amount import transfer_amount


def what_moves(relation: Relation, parameters: PensionParameters) -> Split:
    """The relation in what moves and what stays with its reasons."""
    return split_relation(
        relation.contributions, relation.account, relation.back_payments, parameters
    )


def information_sheet(
    relation: Relation, letter: Letter, number: str, made_on: date, parameters: PensionParameters
) -> InformationSheet:
    """The sheet for a letter, of what can move; the cash is as the letter's pooling mode says."""
    split = what_moves(relation, parameters)
    amount = transfer_amount(split.contributions, split.account)
    pool: tuple[PoolLine, ...] = amount.pool
    moves_cash = letter.mode is PoolingMode.CITY_66
    left = {year for part in split.left_behind for year in part.years}
    return InformationSheet(
        number=number,
        letter=letter.number,
        person=relation.person,
        origin=relation.agency,
        destination=letter.agency.city,
        first_insured=relation.first_insured,
        work_started=relation.work_started,
        deemed_months=relation.deemed_months,
        contributions=split.contributions,
        account=split.account,
        pool=pool,
        back_payments=tuple(
            one for one in relation.back_payments if not left.intersection(one.years)
        ),
        left_behind=split.left_behind,
        mode=letter.mode,
        account_total=amount.account,
        pool_total=amount.pool_total,
        total=amount.total,
        cash=amount.total if moves_cash else 0,
        made_on=made_on,
    )
