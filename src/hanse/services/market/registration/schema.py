"""The uniform conditions of registration: one schema for all cities, as data.

`registration.compare` compares it between cities: no city can ask for a paper, set a condition or
take a day more than the others without being seen.
"""

from datetime import date
from typing import Final

from hanse.foundation.uniform_rules import Editions, Matter, RuleBook, Words

_IDENTITY: Final = ("application", "identity", "domicile_proof")
_LAW: Final = "市场主体登记管理条例"

SCHEMA: Final = Editions(
    (
        RuleBook(
            name="registration.conditions",
            version=1,
            effective_from=date(2022, 3, 1),
            matters=(
                Matter(
                    code="set_up",
                    title=Words(zh="设立登记", en="Setting up"),
                    conditions=("name_free", "domicile_one", "representative_fit"),
                    papers=(*_IDENTITY, "articles"),
                    decide_working_days=3,
                    extension_working_days=3,
                    basis=f"{_LAW}第十条、第十一条、第十六条、第十九条",
                ),
                Matter(
                    code="set_up_branch",
                    title=Words(zh="分支机构设立登记", en="Setting up a branch"),
                    conditions=("parent_registered", "domicile_one", "representative_fit"),
                    papers=(*_IDENTITY, "parent_licence"),
                    decide_working_days=3,
                    extension_working_days=3,
                    basis=f"{_LAW}第二十三条、第十九条",
                ),
                Matter(
                    code="change",
                    title=Words(zh="变更登记", en="Change"),
                    conditions=("representative_fit",),
                    papers=("application", "decision"),
                    decide_working_days=3,
                    extension_working_days=3,
                    basis=f"{_LAW}第二十四条、第十九条",
                ),
                Matter(
                    code="move_in",
                    title=Words(zh="迁入登记", en="Moving in"),
                    conditions=("before_moving", "domicile_one", "representative_fit"),
                    papers=("application", "decision", "domicile_proof"),
                    decide_working_days=3,
                    extension_working_days=3,
                    basis=f"{_LAW}第二十七条、第十九条；实施细则第六十二条",
                ),
                Matter(
                    code="simple_deregistration",
                    title=Words(zh="简易注销登记", en="Simple deregistration"),
                    conditions=("no_debts", "all_commit"),
                    papers=("application", "commitment"),
                    decide_working_days=3,
                    extension_working_days=0,
                    basis=f"{_LAW}第三十三条",
                ),
            ),
        ),
    )
)
"""[V] the articles and terms; [P] the codes of the papers, for the league to agree on."""
