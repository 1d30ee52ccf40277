"""The coded values of registration, each with its name."""

from typing import Final

from hanse.foundation.worded import Worded


class EntityType(Worded):
    """What kind of entity it is (市场主体登记管理条例 article 2)."""

    COMPANY = "company", "公司", "Company"
    SOLE = "sole_proprietorship", "个人独资企业", "Sole proprietorship"
    PARTNERSHIP = "partnership", "合伙企业", "Partnership"
    SELF_EMPLOYED = "self_employed", "个体工商户", "Self-employed household"
    COOPERATIVE = "cooperative", "农民专业合作社", "Farmers' cooperative"
    BRANCH = "branch", "分支机构", "Branch"


class MatterKind(Worded):
    """What is applied for."""

    SET_UP = "set_up", "设立登记", "Setting up"
    BRANCH = "set_up_branch", "分支机构设立登记", "Setting up a branch"
    CHANGE = "change", "变更登记", "Change"
    MOVE_IN = "move_in", "迁入登记", "Moving in from another city"


class EntityStatus(Worded):
    """How an entity stands in the register."""

    REGISTERED = "registered", "存续", "Registered"
    SUSPENDED = "suspended", "歇业", "Business suspended"
    MOVED_OUT = "moved_out", "已迁出", "Moved to another city"
    DEREGISTERED = "deregistered", "已注销", "Deregistered"


class BanKind(Worded):
    """Why somebody may not be a legal representative (article 12)."""

    CRIME = "crime", "经济犯罪刑满未逾5年", "An economic crime, within 5 years of the sentence"
    BANKRUPTCY = "bankruptcy", "对破产负有责任未逾3年", "Responsible for a bankruptcy, 3 years"
    REVOKED = "licence_revoked", "对吊销执照负有责任未逾3年", "Responsible for a revocation"
    DEBT = "due_debt", "数额较大债务到期未清偿", "A large debt that is due and unpaid"
    FALSE = "false_registration", "虚假登记直接责任人", "Directly responsible for a false entry"


class CheckState(Worded):
    """What another city has said about a person."""

    ASKED = "asked", "已询问", "Asked"
    CLEAR = "clear", "无限制", "No ban"
    BANNED = "banned", "有限制", "Banned"
    REFUSED = "refused", "未答复", "Not answered"


SET_UP_MATTERS: Final = frozenset({MatterKind.SET_UP, MatterKind.BRANCH})
"""Matters that make a new entity, with a new name and a new code."""
