"""Made-up decisions and records to change one thing of, and the real calendar."""

from datetime import date
from importlib import resources
from typing import Any

from hanse.foundation.identifiers import make_uscc
from hanse.foundation.working_days import Calendar
from hanse.services.market.credit.codes import (
    CreditSystem,
    DutyStatus,
    Material,
    PenaltyKind,
    RecordKind,
    RepairBasis,
)
from hanse.services.market.credit.contracts import (
    CreditRecord,
    Decision,
    ListEntry,
    MaterialItem,
    RepairApplication,
)
from hanse.services.market.credit.parameters import DEFAULTS
from hanse.services.market.credit.records import new_record
from hanse.services.market.credit.standing import Standing

CALENDAR = Calendar.from_toml(
    (resources.files("hanse.leagues") / "calendar_cn.toml").read_text("utf-8")
)
ENTERPRISE = make_uscc(1, region="510700")
OTHER_ENTERPRISE = make_uscc(2, region="510700")
AUTHORITY = make_uscc(100, region="510100", department="11")
CLEAN = Standing(
    duty_done=True,
    harm_removed=True,
    same_kind_again=False,
    severely_punished_again=False,
    on_abnormal_list=False,
    on_serious_list=False,
)
"""A subject that meets every condition."""


def decision(**changes: Any) -> Decision:
    """A general penalty of Credit China, decided in Chengdu on 10 May 2026."""
    values: dict[str, Any] = {
        "system": CreditSystem.CREDIT_CHINA,
        "kind": RecordKind.PENALTY,
        "subject": ENTERPRISE,
        "subject_region": "510703",
        "authority": AUTHORITY,
        "authority_region": "510104",
        "decision_number": "成市监处罚〔2026〕51号",
        "decided_on": date(2026, 5, 10),
        "content": "罚款五万元",
        "penalties": (PenaltyKind.LARGE_FINE,),
        "duty": DutyStatus.DONE,
    }
    return Decision(**{**values, **changes})


def without_penalty(kind: RecordKind, **changes: Any) -> Decision:
    """A decision of another kind than a penalty."""
    return decision(**{"kind": kind, "penalties": (), **changes})


def record_of(
    of: Decision | None = None, *, on: date | None = None, city: str = "510100", name: str = "r-1"
) -> CreditRecord:
    """The record of a decision, put up on `on` or else on the day of the decision."""
    made = of or decision()
    return new_record(
        made,
        source_city=city,
        record_id=name,
        published_on=on or made.decided_on,
        parameters=DEFAULTS,
    )


def application(
    record: CreditRecord,
    *papers: Material,
    basis: RepairBasis = RepairBasis.CORRECTED,
    subject: str = ENTERPRISE,
) -> RepairApplication:
    """An application for the repair of `record`, with both papers unless others are named."""
    given = papers or (Material.DUTY_PROOF, Material.COMMITMENT)
    items = tuple(MaterialItem(material=paper, digest="0" * 64) for paper in given)
    return RepairApplication(subject=subject, record=record.reference, basis=basis, materials=items)


def list_entry(**changes: Any) -> ListEntry:
    """An entry on the serious list of 10 May 2026."""
    values: dict[str, Any] = {
        "subject": ENTERPRISE,
        "source_city": "510100",
        "entry_id": "e-1",
        "authority": AUTHORITY,
        "decision_number": "川市监列严〔2026〕7号",
        "listed_on": date(2026, 5, 10),
        "grounds": "生产经营不符合食品安全标准的食品",
    }
    return ListEntry(**{**values, **changes})
