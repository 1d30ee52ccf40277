"""Dated rule sets: how long a record is published, by the system and the day of the decision.

Two systems publish and count differently (RULES conflict 1): Credit China goes by the class of
Order 36, counted from the decision; the market regulators' own system goes by SAMR Order 45,
counted from publication. A record says which system it belongs to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.market.credit.codes import (
    CreditSystem,
    Material,
    PenaltyKind,
    RecordKind,
    Sector,
    Severity,
)
from hanse.services.market.credit.contracts import Decision
from hanse.services.market.credit.parameters import CreditParameters

CREDIT_RULES_UNKNOWN = ProblemKind(
    "credit_rules_unknown",
    422,
    Text("没有适用于该日期的信用规则", "No credit rules are known for this day"),
    Text(
        "{day}早于{system}最早的规则{first}，请由认定单位线下处理",
        "{day} is before the first rules of {system}, {first}: leave it to the authority",
    ),
)

MONTHS_A_YEAR: Final = 12
STRICT_SECTORS_SAMR: Final = frozenset({Sector.FOOD, Sector.DRUGS, Sector.SPECIAL_EQUIPMENT})
NEVER_EARLY_SAMR: Final = frozenset(
    {
        PenaltyKind.PRODUCTION_STOPPED,
        PenaltyKind.BUSINESS_RESTRICTED,
        PenaltyKind.TRADE_BANNED,
        PenaltyKind.DOWNGRADED,
        PenaltyKind.LICENCE_REVOKED,
        PenaltyKind.BUSINESS_LICENCE_REVOKED,
        PenaltyKind.CLOSED,
    }
)
"""SAMR Order 45, article 14(3); closure is among the other severe penalties it leaves open."""
_RESTRICTIONS: Final = frozenset({PenaltyKind.BUSINESS_RESTRICTED, PenaltyKind.TRADE_BANNED})


@dataclass(frozen=True)
class Span:
    """How a record is published.

    `minimum_months` None: no early end is possible. `maximum_months` None: until the source ends
    it. Both count from the decision, or from publication where not `from_decision`. With
    `follows_restriction` a restriction that lasts longer keeps it published as long.
    """

    published: bool
    minimum_months: int | None
    maximum_months: int | None
    from_decision: bool = True
    follows_restriction: bool = False


@dataclass(frozen=True)
class RuleSet:
    """One version of one system's rules, in force from one day to another, both included."""

    rule_id: str
    version: int
    system: CreditSystem
    effective_from: date
    effective_to: date | None
    title: Text
    span: Callable[[Decision, CreditParameters], Span]
    materials: frozenset[Material]
    """What may be asked of an applicant for repair; nothing else."""

    @property
    def name(self) -> str:
        """What a record keeps of the rules it was reckoned by: `ndrc-36/1`."""
        return f"{self.rule_id}/{self.version}"

    def is_in_force(self, day: date) -> bool:
        """Whether the rules were in force on `day`."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


UNTIL_THE_SOURCE_ENDS_IT: Final = Span(True, None, None)


def severity_of(decision: Decision, parameters: CreditParameters) -> Severity | None:
    """The class the authority named; else the gravest usual class of its penalties.

    A penalty by summary procedure is minor whatever it is (Order 36). None where the record has
    no class: good credit, an abnormal entry, or a judgment of which the source says nothing.
    """
    if decision.severity is not None:
        return decision.severity
    if decision.kind is RecordKind.LIST:
        return Severity.SERIOUS
    if not decision.penalties:
        return None
    if decision.summary_procedure:
        return Severity.MINOR
    grades = list(Severity)
    return max((parameters.usual_severity[kind] for kind in decision.penalties), key=grades.index)


def _order_36(decision: Decision, parameters: CreditParameters) -> Span:
    """NDRC Order 36: minor as a rule not published, general 3 to 12 months, serious 12 to 36."""
    if decision.kind in (RecordKind.ABNORMAL, RecordKind.GOOD):
        return UNTIL_THE_SOURCE_ENDS_IT
    match severity_of(decision, parameters):
        case Severity.MINOR:
            return Span(decision.publication_reason is not None, 0, 3)
        case Severity.GENERAL:
            return Span(True, 3, MONTHS_A_YEAR)
        case Severity.SERIOUS:
            return Span(True, MONTHS_A_YEAR, 3 * MONTHS_A_YEAR)
        case _:
            return UNTIL_THE_SOURCE_ENDS_IT


_STRICT_SECTORS_58: Final = frozenset(Sector)
_UNPUBLISHED_58: Final = frozenset({PenaltyKind.WARNING, PenaltyKind.CRITICISM})


def _order_58(decision: Decision, _parameters: CreditParameters) -> Span:
    """NDRC Order 58: 3 months to 3 years; at least a year in food, drugs, safety and fire.

    [M] Penalties by summary procedure, and a mere warning or criticism, were not published.
    """
    if decision.kind is not RecordKind.PENALTY:
        return UNTIL_THE_SOURCE_ENDS_IT
    strict = bool(_STRICT_SECTORS_58 & set(decision.sectors))
    only_light = set(decision.penalties) <= _UNPUBLISHED_58
    published = not decision.summary_procedure and not only_light
    return Span(published, MONTHS_A_YEAR if strict else 3, 3 * MONTHS_A_YEAR)


def _rule_of_2019(decision: Decision, parameters: CreditParameters) -> Span:
    """The rule of 2019: general 3 months to 1 year, serious 6 months to 3 years."""
    if decision.kind is not RecordKind.PENALTY:
        return UNTIL_THE_SOURCE_ENDS_IT
    if severity_of(decision, parameters) is Severity.SERIOUS:
        return Span(True, 6, 3 * MONTHS_A_YEAR)
    return Span(True, 3, MONTHS_A_YEAR)


def _samr(decision: Decision, parameters: CreditParameters) -> Span:
    """SAMR Order 45 for penalties and Order 44 for the serious list; other kinds at their source.

    Only ordinary procedure is published, and a mere warning is not. Criticism and low fines end
    at 3 months, all else at 3 years or with a longer restriction (articles 2, 13 and 14).
    """
    if decision.kind is RecordKind.LIST:
        years, early = parameters.serious_list_years, parameters.serious_list_early_years
        months = MONTHS_A_YEAR
        return Span(True, early * months, years * months, follows_restriction=True)
    if decision.kind is not RecordKind.PENALTY:
        return UNTIL_THE_SOURCE_ENDS_IT
    kinds = set(decision.penalties)
    published = not decision.summary_procedure and kinds != {PenaltyKind.WARNING}
    if kinds <= {PenaltyKind.WARNING, PenaltyKind.CRITICISM, PenaltyKind.LOW_FINE}:
        return Span(published, None, 3, from_decision=False)
    strict = bool(STRICT_SECTORS_SAMR & set(decision.sectors))
    early = (
        parameters.samr_early_stop_months_strict if strict else parameters.samr_early_stop_months
    )
    minimum = None if kinds & NEVER_EARLY_SAMR else early
    restricted = bool(kinds & _RESTRICTIONS)
    return Span(published, minimum, 3 * MONTHS_A_YEAR, False, restricted)


_TWO_PAPERS: Final = frozenset({Material.DUTY_PROOF, Material.COMMITMENT})
_PAPERS_OF_2019: Final = frozenset(Material) - {Material.COURT_RULING}

RULE_SETS: Final = (
    RuleSet(
        "ndrc-2019-527",
        1,
        CreditSystem.CREDIT_CHINA,
        date(2019, 7, 1),  # [M] 发改办财金〔2019〕527号
        date(2023, 4, 30),
        Text("发改办财金〔2019〕527号", "NDRC notice of 2019 on the repair of penalties"),
        _rule_of_2019,
        _PAPERS_OF_2019,  # [V2] lists of papers of city credit sites
    ),
    RuleSet(
        "ndrc-58",
        1,
        CreditSystem.CREDIT_CHINA,
        date(2023, 5, 1),
        date(2026, 3, 31),
        Text("国家发展改革委令第58号", "NDRC Order 58"),
        _order_58,
        _TWO_PAPERS,  # [M]
    ),
    RuleSet(
        "ndrc-36",
        1,
        CreditSystem.CREDIT_CHINA,
        date(2026, 4, 1),
        None,
        Text("国家发展改革委令第36号《信用修复管理办法》", "NDRC Order 36, credit repair"),
        _order_36,
        _TWO_PAPERS,
    ),
    RuleSet(
        "samr-45",
        1,
        CreditSystem.SAMR,
        date(2021, 9, 1),
        None,
        Text("市场监管总局令第44号、第45号", "SAMR Orders 44 and 45"),
        _samr,
        _TWO_PAPERS,
    ),
)


def rules_on(system: CreditSystem, day: date) -> RuleSet:
    """The rules of `system` in force on the day of the event; raises `credit_rules_unknown`."""
    own = [rules for rules in RULE_SETS if rules.system is system]
    for rules in own:
        if rules.is_in_force(day):
            return rules
    raise CREDIT_RULES_UNKNOWN(day=day, system=system.value, first=own[0].effective_from)
