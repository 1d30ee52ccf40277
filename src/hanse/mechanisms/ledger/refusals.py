"""Every refusal of a transfer: its code, as the ledger records it, and the problem at the edge.

The order here is the order of the checks: a transfer that breaks several rules gets the first.
All are final for the transfer's id, so none may be retried with the same id.
"""

from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

PREFIX: Final = "ledger_"
REFUSALS: Final[dict[str, ProblemKind]] = {}
"""By the code without its prefix, in the order of the checks."""

EXISTING_FIELDS: Final = (
    ("flags", Text("标志", "flags")),
    ("pending", Text("预记转账编号", "id of the pending transfer")),
    ("timeout", Text("超时", "time-out")),
    ("debit", Text("借方账户", "debit account")),
    ("credit", Text("贷方账户", "credit account")),
    ("amount", Text("金额", "amount")),
    ("code", Text("业务代码", "code")),
    ("effective", Text("起息日", "value date")),
    ("reference", Text("附言编号", "reference")),
    ("corrects", Text("被更正转账", "corrected transfer")),
)
"""The order in which a transfer is compared with the one that has its id."""

_NEW_ID: Final = Text("请更正后使用新编号", "Correct it and use a new id")


def _declare(code: str, status: int, zh: str, en: str, hint: Text = _NEW_ID) -> str:
    REFUSALS[code] = ProblemKind(PREFIX + code, status, Text(zh, en), hint)
    return code


ID_MALFORMED = _declare(
    "id_malformed",
    422,
    "转账编号格式错误",
    "The transfer's id is malformed",
    Text("编号为 16 字节，不得全 0 或全 1", "An id is 16 bytes, not all zeros, not all ones"),
)
DIFFERS: Final = {
    name: _declare(
        f"exists_with_different_{name}",
        409,
        f"该编号的转账已存在，{text.zh}不同",
        f"A transfer of this id exists with another {text.en}",
        Text(
            "请核对原转账；新的转账用新编号", "Compare the first one; a new transfer has a new id"
        ),
    )
    for name, text in EXISTING_FIELDS
}

FLAGS_CONFLICT = _declare("flags_conflict", 422, "标志互相矛盾", "The flags contradict each other")
LINKED_OPEN = _declare("linked_open", 422, "关联组没有结束", "The batch ends inside a linked group")
LINKED_REFUSED = _declare(
    "linked_refused",
    409,
    "同组的另一笔被拒绝",
    "Another transfer of its linked group was refused",
    Text("请查看同组被拒绝的一笔", "See which one of the group was refused, and why"),
)
PENDING_NOT_EXPECTED = _declare(
    "pending_not_expected", 422, "不应填写预记转账编号", "It may not name a pending transfer"
)
PENDING_MISSING = _declare(
    "pending_missing", 422, "缺少预记转账编号", "It must name a pending transfer other than itself"
)
TIMEOUT_NOT_EXPECTED = _declare(
    "timeout_not_expected", 422, "只有预记转账可设超时", "Only a pending transfer has a time-out"
)
TIMEOUT_OUTSIDE = _declare(
    "timeout_outside", 422, "超时超出范围", "The time-out is negative or beyond a year"
)
CODE_MISSING = _declare("code_missing", 422, "缺少业务代码", "It has no code")
ACCOUNTS_SAME = _declare(
    "accounts_same", 422, "借贷账户相同", "It debits and credits the same account"
)
AMOUNT_MISSING = _declare("amount_missing", 422, "缺少金额", "It has no amount")
AMOUNT_NEGATIVE = _declare("amount_negative", 422, "金额为负", "The amount is negative")
AMOUNT_ZERO = _declare("amount_zero", 422, "金额为零", "The amount is zero")
AMOUNT_OVER_MAXIMUM = _declare(
    "amount_over_maximum", 422, "金额超过上限", "The amount is above the maximum"
)
EFFECTIVE_OUTSIDE = _declare(
    "effective_outside",
    422,
    "起息日超出范围",
    "The value date is outside the years that the ledger takes",
)
REFERENCE_MALFORMED = _declare(
    "reference_malformed", 422, "附言编号格式错误", "The reference is malformed"
)
DEBIT_ACCOUNT_UNKNOWN = _declare(
    "debit_account_unknown", 404, "没有该借方账户", "The debit account is unknown"
)
CREDIT_ACCOUNT_UNKNOWN = _declare(
    "credit_account_unknown", 404, "没有该贷方账户", "The credit account is unknown"
)
BOOKS_DIFFER = _declare(
    "books_differ", 422, "两账户不属于同一账簿", "The accounts are of different books"
)
CURRENCIES_DIFFER = _declare(
    "currencies_differ", 422, "两账户币种不同", "The accounts have different currencies"
)
CODE_UNKNOWN = _declare(
    "code_unknown", 422, "科目表中没有该业务代码", "The code is not in the book's chart"
)
PENDING_UNKNOWN = _declare(
    "pending_unknown", 404, "没有该预记转账", "The pending transfer is unknown"
)
PENDING_NOT_PENDING = _declare(
    "pending_not_pending", 409, "所指转账不是预记转账", "The transfer that it names is not pending"
)
PENDING_DIFFERS: Final = {
    name: _declare(
        f"pending_has_different_{name}",
        422,
        f"预记转账的{zh}不同",
        f"The pending transfer has another {en}",
    )
    for name, zh, en in (
        ("debit", "借方账户", "debit account"),
        ("credit", "贷方账户", "credit account"),
        ("code", "业务代码", "code"),
        ("amount", "金额", "amount"),
    )
}
EXCEEDS_PENDING = _declare(
    "exceeds_pending", 422, "超过预记金额", "It is more than the pending transfer reserved"
)
PENDING_RESOLVED: Final = {
    state: _declare(f"pending_{state}", 409, zh, en)
    for state, zh, en in (
        ("posted", "预记转账已入账", "The pending transfer was already posted"),
        ("voided", "预记转账已撤销", "The pending transfer was already voided"),
        ("expired", "预记转账已超时", "The pending transfer's time ran out"),
    )
}
DEBIT_ACCOUNT_CLOSED = _declare(
    "debit_account_closed", 409, "借方账户已关闭", "The debit account is closed"
)
CREDIT_ACCOUNT_CLOSED = _declare(
    "credit_account_closed", 409, "贷方账户已关闭", "The credit account is closed"
)
CORRECTED_UNKNOWN = _declare(
    "corrected_unknown", 404, "没有被更正的转账", "The corrected transfer is unknown"
)
OVERFLOWS_DEBITS = _declare(
    "overflows_debits", 422, "借方累计溢出", "The account's debits would pass 63 bits"
)
OVERFLOWS_CREDITS = _declare(
    "overflows_credits", 422, "贷方累计溢出", "The account's credits would pass 63 bits"
)
_LATER: Final = Text("余额足够时用新编号重试", "Try with a new id once there is enough")
EXCEEDS_CREDITS = _declare(
    "exceeds_credits", 409, "借方账户余额不足", "The debit account has not enough credit", _LATER
)
EXCEEDS_NET_DEBIT_CAP = _declare(
    "exceeds_net_debit_cap",
    409,
    "超过借方账户净借记限额",
    "It is beyond the debit account's net debit cap",
    _LATER,
)
EXCEEDS_DEBITS = _declare(
    "exceeds_debits", 409, "贷方账户余额不足", "The credit account has not enough debit", _LATER
)
EXCEEDS_NET_CREDIT_CAP = _declare(
    "exceeds_net_credit_cap",
    409,
    "超过贷方账户净贷记限额",
    "It is beyond the credit account's net credit cap",
    _LATER,
)
