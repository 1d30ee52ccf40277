"""Why universal deposit and withdrawal is refused. No number of an account or person is said."""

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

ACCOUNT_UNKNOWN = ProblemKind(
    "deposits_account_unknown",
    404,
    Text("开户行没有该账户", "The account bank has no such account"),
    Text("请核对卡号和开户行", "Check the card number and its bank"),
)
HOLDER_DIFFERS = ProblemKind(
    "deposits_holder_differs",
    403,
    Text("户名或身份号码与账户不符", "The holder's name or identity number is another"),
    Text("请核对证件和卡", "Compare the identity document with the card"),
)
AGREEMENT_MISSING = ProblemKind(
    "deposits_agreement_missing",
    403,
    Text("客户未签通存通兑协议", "The customer has not signed the agreement"),
    Text("请客户先到开户行签约", "The customer must first sign at the account bank"),
)
ACCOUNT_LOST = ProblemKind(
    "deposits_account_lost",
    409,
    Text("该账户已挂失，停止支付", "The account is reported lost, and payments are stopped"),
    Text("请持卡人到开户行办理", "The holder must go to the account bank"),
)
ACCOUNT_FROZEN = ProblemKind(
    "deposits_account_frozen",
    409,
    Text("该账户已冻结", "The account is frozen"),
    Text("请联系开户行", "Ask the account bank"),
)
ACCOUNT_CLOSED = ProblemKind(
    "deposits_account_closed",
    409,
    Text("该账户已销户", "The account is closed"),
    Text("请核对卡号", "Check the card number"),
)
ACCOUNT_EXISTS = ProblemKind(
    "deposits_account_exists",
    409,
    Text("该账号已开户", "An account of this number is open already"),
    Text("请使用新的账号", "Use a new number"),
)
FUNDS_SHORT = ProblemKind(
    "deposits_funds_short",
    409,
    Text("账户可用余额不足", "The account has not enough available"),
    Text("请减少金额", "Ask for less"),
)
OVER_SYSTEM_LIMIT = ProblemKind(
    "deposits_over_system_limit",
    422,
    Text("超过系统单笔限额", "Above the system's limit of one item"),
    Text("单笔不超过 {limit_fen} 分", "One item is at most {limit_fen} fen"),
)
OVER_ITEM_LIMIT = ProblemKind(
    "deposits_over_item_limit",
    409,
    Text("超过账户单笔限额", "Above the account's limit of one item"),
    Text("单笔不超过 {limit_fen} 分", "One item is at most {limit_fen} fen"),
)
OVER_DAY_LIMIT = ProblemKind(
    "deposits_over_day_limit",
    409,
    Text("超过账户单日限额", "Above the account's limit of a day"),
    Text("单日不超过 {limit_fen} 分", "A day's sum is at most {limit_fen} fen"),
)
FEE_ABOVE_CEILING = ProblemKind(
    "deposits_fee_above_ceiling",
    422,
    Text("手续费超过上限", "The fee is above its ceiling"),
    Text("不超过 {ceiling_fen} 分", "At most {ceiling_fen} fen"),
)
POSITION_LIMIT = ProblemKind(
    "deposits_position_limit",
    409,
    Text("超过银行间担保限额", "Beyond the guaranteed limit between the banks"),
    Text("请待清算后办理", "Wait for the next clearing cycle"),
)
NET_DEBIT_CAP = ProblemKind(
    "deposits_net_debit_cap",
    409,
    Text("超过章程规定的净借记限额", "Beyond the bank's net debit cap of the charter"),
    Text(
        "net_debit_cap：限额 {cap_fen} 分，已欠 {owed_fen} 分；请待清算后办理",
        "net_debit_cap: {cap_fen} fen, of which {owed_fen} are owed; wait for the next cycle",
    ),
)
CASH_SHORT = ProblemKind(
    "deposits_cash_short",
    409,
    Text("柜台现金不足", "The counter has not enough cash"),
    Text("请先调入现金", "Bring cash to the counter first"),
)
IDENTITY_MISSING = ProblemKind(
    "deposits_identity_missing",
    422,
    Text("大额存款须核对存款人身份", "A large deposit needs the depositor's identity"),
    Text("达到 {from_fen} 分须填写身份号码", "From {from_fen} fen on give the identity number"),
)
AGENT_NOT_ALLOWED = ProblemKind(
    "deposits_agent_same",
    422,
    Text("代办人不能是持卡人本人", "The agent cannot be the holder"),
    Text("请核对两人证件", "Check both identity documents"),
)
SERIAL_REUSED = ProblemKind(
    "deposits_serial_reused",
    409,
    Text("流水号已用于另一笔业务", "The serial number was used for other business"),
    Text("请使用新的流水号", "Use a new serial number"),
)
SERIAL_UNKNOWN = ProblemKind(
    "deposits_serial_unknown",
    404,
    Text("没有该流水", "There is no such serial"),
    Text("请核对代理行、营业日和流水号", "Check acquirer, business date and number"),
)
NOT_THE_ACQUIRER = ProblemKind(
    "deposits_not_the_acquirer",
    403,
    Text("只有代理行可以办理本流水", "Only the acquiring bank may act on its serial"),
    Text("请由 {city}/{bank} 办理", "{city}/{bank} must act"),
)
ALREADY_REVERSED = ProblemKind(
    "deposits_already_reversed",
    409,
    Text("该流水已冲正", "The serial was reversed"),
    Text("请以新流水重新办理", "Begin again with a new serial"),
)
NEVER_BOOKED = ProblemKind(
    "deposits_never_booked",
    409,
    Text("该流水未曾成功", "The serial has failed and was never booked"),
    Text("请查询流水状态", "Look at the serial's state"),
)
DAY_CLOSED = ProblemKind(
    "deposits_day_closed",
    409,
    Text("该营业日已日终，不能冲正", "That business date has ended: no reversal any more"),
    Text("请办理调账", "Adjust it by a new serial"),
)
DAY_NOT_CLOSED = ProblemKind(
    "deposits_day_not_closed",
    409,
    Text("该营业日未日终，请冲正", "That business date has not ended: reverse the serial"),
    Text("请办理冲正", "Reverse it"),
)
DAY_WRONG = ProblemKind(
    "deposits_day_wrong",
    409,
    Text("不是当前营业日", "That is not the present business date"),
    Text("当前营业日为 {today}", "The present business date is {today}"),
)
REVERSAL_EXCEEDS_FUNDS = ProblemKind(
    "deposits_reversal_exceeds_funds",
    409,
    Text("入账款已被支用，不能冲正", "What was credited is spent: it can't be reversed"),
    Text("请与客户和开户行协商", "Settle it with the customer and the account bank"),
)
NOT_ADJUSTABLE = ProblemKind(
    "deposits_not_adjustable",
    409,
    Text("只能对成功的流水调账一次", "Only a serial that succeeded is adjusted, and once"),
    Text("请查询流水状态", "Look at the serial's state"),
)
NOT_RECALLABLE = ProblemKind(
    "deposits_not_recallable",
    409,
    Text("只能追回一次已成功的转账", "Only a transfer that succeeded is asked back, and once"),
    Text("请查询流水状态", "Look at the serial's state"),
)
RECALL_REASON_MISSING = ProblemKind(
    "deposits_recall_reason_missing",
    422,
    Text("拒绝须说明原因，同意则不填", "A refusal says why, and an agreement does not"),
    Text("请填写或去掉原因", "Give the reason, or leave it out"),
)
PRODUCT_WRONG = ProblemKind(
    "deposits_product_wrong",
    422,
    Text("定期须有到期日，活期没有", "A time deposit has a date of maturity, a demand one none"),
    Text("请核对储种和到期日", "Check the product and the date"),
)
USE_THE_COUNTER = ProblemKind(
    "deposits_use_the_counter",
    403,
    Text("本市银行须经柜台业务办理", "A bank of this city begins at its own counter"),
    Text("请调用柜台操作", "Call the counter's operations"),
)
NOT_A_BANK = ProblemKind(
    "deposits_not_a_bank",
    403,
    Text("调用机构不是联盟内的银行", "The calling organisation is no bank of the league"),
    Text("协议须授权该机构办理通存通兑", "An agreement must name it for universal deposit"),
)
