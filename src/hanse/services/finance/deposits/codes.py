"""The closed lists of this service, each with its names."""

from typing import TypeVar

from hanse.foundation.worded import Worded

Code = TypeVar("Code", bound=Worded)


def coded(kind: type[Code], code: str) -> Code:
    """The member of that code; ValueError where the list has none."""
    for member in kind:
        if member.value == code:
            return member
    raise ValueError(f"{kind.__name__} has no code {code}")


class Kind(Worded):
    """What is done at the counter of the acquiring bank."""

    WITHDRAW = "withdraw", "通兑取款", "Withdrawal"
    DEPOSIT = "deposit", "通存存款", "Deposit"
    TRANSFER = "transfer", "跨行转账", "Transfer"
    ADJUST_CREDIT = "adjust_credit", "调账贷记", "Adjustment in the customer's favour"
    ADJUST_DEBIT = "adjust_debit", "调账借记", "Adjustment against the customer"
    RETURN = "return", "退汇", "Return of a recalled payment"


class Role(Worded):
    """Which bank's book a serial stands in."""

    ACQUIRER = "acquirer", "代理行", "Acquiring bank"
    ACCOUNT = "account", "开户行", "Account bank"


class State(Worded):
    """Where a serial stands in one bank's book."""

    ASKED = "asked", "已请求开户行", "Asked of the account bank"
    HELD = "held", "已核准待确认", "Approved and held"
    PAID = "paid", "已付现待确认", "Paid, the account bank is being told"
    REVERSING = "reversing", "冲正中", "Being reversed"
    SUCCESS = "success", "成功", "Success"
    REVERSED = "reversed", "已冲正", "Reversed"
    FAILED = "failed", "失败", "Failed"


class Action(Worded):
    """What happens to a serial."""

    APPROVE = "approve", "核准", "The account bank approves"
    REFUSE = "refuse", "拒绝", "The account bank refuses"
    PAY = "pay", "付款", "The counter pays, or keeps the cash that was paid in"
    CONFIRM = "confirm", "确认", "The account bank books what was paid"
    REVERSE = "reverse", "冲正", "A reversal begins"
    REVERSED = "void", "冲正完成", "The reversal is done"
    KEEP = "keep", "冲正被拒", "The reversal was refused"


class AccountStatus(Worded):
    """Whether an account may be used."""

    OPEN = "open", "正常", "Open"
    LOST = "lost", "挂失", "Reported lost"
    FROZEN = "frozen", "冻结", "Frozen by authority"
    CLOSED = "closed", "销户", "Closed"


class Product(Worded):
    """What kind of deposit an account is."""

    DEMAND = "demand", "活期储蓄", "Demand deposit"
    TIME = "time", "定期储蓄", "Time deposit"


class ReverseReason(Worded):
    """Why a serial is reversed."""

    TIMEOUT = "timeout", "超时", "No answer in time"
    NOT_COLLECTED = "not_collected", "客户未取款", "The customer did not take the cash"
    TELLER = "teller", "柜员差错", "The teller's error"
    CASH_SHORT = "cash_short", "柜台现金不足", "The counter lacks the cash"
    NOT_CREDITED = "not_credited", "付款账户不能入账", "The payer's account takes nothing in"


class RecallReason(Worded):
    """Why a payment is asked back: ISO 20022 ExternalCancellationReason1Code."""

    DUPLICATE = "DUPL", "重复付款", "Paid twice"
    TECHNICAL = "TECH", "技术故障", "A technical fault"
    FRAUD = "FRAD", "涉嫌欺诈", "Suspected fraud"
    CUSTOMER = "CUST", "客户申请", "The customer asks for it"
    ACCOUNT = "AC03", "收款账号有误", "The payee's account is wrong"
    AMOUNT = "AM09", "金额有误", "The amount is wrong"


class RecallRefusal(Worded):
    """Why a payment is not given back: ISO 20022 ExternalPaymentCancellationRejection1Code."""

    CUSTOMER = "CUST", "收款人不同意", "The payee does not agree"
    LEGAL = "LEGL", "法律原因", "For a legal reason"
    NO_ANSWER = "NOAS", "逾期未答复", "No answer in time"
    NO_ORIGINAL = "NOOR", "没有该笔付款", "The payment was not received"
    RETURNED = "ARDT", "已退回", "It has been given back"
    CLOSED = "AC04", "收款账户已销户", "The payee's account is closed"
    FUNDS = "AM04", "收款账户余额不足", "The payee's account has not enough"


FINAL = frozenset({State.SUCCESS, State.REVERSED, State.FAILED})
"""Every accepted serial ends in exactly one of these (RULES 10)."""

HELD_ONCE_APPROVED = frozenset({Kind.WITHDRAW, Kind.RETURN})
"""Kinds of which the acquirer holds nothing before the account bank has approved."""

WITHDRAWALS = frozenset({Kind.WITHDRAW, Kind.ADJUST_DEBIT})
"""Kinds that take money from the customer at the account bank."""
