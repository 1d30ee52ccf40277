"""Why a financial message is refused. No value of an element is repeated: it may be a person's."""

from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.safe_xml import XmlRefusals

FILE_BYTES_MAX: Final = 8 * 1_048_576

ISO_FILE_TOO_LARGE = ProblemKind(
    "iso_file_too_large",
    413,
    Text("报文文件过大", "The financial message is too large"),
    Text("文件不超过 {bytes_max} 字节，请分批提交", "At most {bytes_max} bytes: send it in parts"),
)
ISO_FILE_MALFORMED = ProblemKind(
    "iso_file_malformed",
    400,
    Text("报文文件无法读取", "The financial message cannot be read"),
    Text("应为 UTF-8 编码的 {expected}", "It must be {expected} in UTF-8"),
)
ISO_FILE_HAS_DTD = ProblemKind(
    "iso_file_has_dtd",
    400,
    Text("报文文件含有文档类型声明", "The financial message has a document type declaration"),
    Text("请去掉 DOCTYPE 后重新提交", "Remove the DOCTYPE and send it again"),
)
XML_REFUSALS: Final = XmlRefusals(
    too_large=ISO_FILE_TOO_LARGE, malformed=ISO_FILE_MALFORMED, has_dtd=ISO_FILE_HAS_DTD
)

ISO_MESSAGE_UNKNOWN = ProblemKind(
    "iso_message_unknown",
    422,
    Text("不支持的报文类型或版本", "A message type or version that is not carried"),
    Text("支持的报文：{known}", "These are carried: {known}"),
)
ISO_ELEMENT_MISSING = ProblemKind(
    "iso_element_missing",
    422,
    Text("报文缺少必填项", "The message lacks an element"),
    Text("请补充 {path}", "Add {path}"),
)
ISO_SETTLEMENT_DAY_DIFFERS = ProblemKind(
    "iso_settlement_day_differs",
    422,
    Text("报文内结算日期不一致", "The settlement days within the message differ"),
    Text("请按结算日期分开提交", "Send one message for each settlement day"),
)
ISO_ELEMENT_MISPLACED = ProblemKind(
    "iso_element_misplaced",
    422,
    Text("报文项重复或顺序错误", "An element is repeated or out of order"),
    Text("请按报文格式核对 {path}", "Check {path} against the message's schema"),
)
ISO_VALUE_MALFORMED = ProblemKind(
    "iso_value_malformed",
    422,
    Text("报文项的内容不符合格式", "The content of an element is malformed"),
    Text("{path} 应为：{form_zh}", "{path} must be {form_en}"),
)
ISO_TIME_WITHOUT_ZONE = ProblemKind(
    "iso_time_without_zone",
    422,
    Text("时间未注明时区", "A time does not name its zone"),
    Text("请在 {path} 注明时区，例如 +08:00", "Write the zone in {path}, such as +08:00"),
)
ISO_AMOUNT_MALFORMED = ProblemKind(
    "iso_amount_malformed",
    422,
    Text("金额格式错误", "The amount is malformed"),
    Text(
        "{path} 应为非负的十进制数，{currency} 最多 {digits} 位小数，不超过上限",
        "{path} must be a decimal, not negative, with at most {digits} decimals for {currency}",
    ),
)
ISO_AMOUNT_ZERO = ProblemKind(
    "iso_amount_zero",
    422,
    Text("金额须大于零", "The amount must be above zero"),
    Text("请核对 {path}", "Check {path}"),
)
ISO_CURRENCY_UNKNOWN = ProblemKind(
    "iso_currency_unknown",
    422,
    Text("报文中的币种不受支持", "The message's currency is not carried"),
    Text("{path} 可用币种：{known}", "In {path} use one of {known}"),
)
ISO_CURRENCY_MIXED = ProblemKind(
    "iso_currency_mixed",
    422,
    Text("同一报文含有不同币种", "One message holds different currencies"),
    Text("请按币种分开提交", "Send one message for each currency"),
)
ISO_COUNT_DIFFERS = ProblemKind(
    "iso_count_differs",
    422,
    Text("报文笔数与明细不符", "The stated count differs from the details"),
    Text(
        "{path} 为 {stated}，明细为 {counted} 笔",
        "{path} says {stated}, and there are {counted}",
    ),
)
ISO_SUM_DIFFERS = ProblemKind(
    "iso_sum_differs",
    422,
    Text("报文合计金额与明细不符", "The stated sum differs from the details"),
    Text("请核对 {path}", "Check {path}"),
)
ISO_TOO_MANY = ProblemKind(
    "iso_too_many",
    413,
    Text("报文明细过多", "The message has too many details"),
    Text("{path} 每份不超过 {count_max}", "At most {count_max} of {path} in one message"),
)
ISO_DUPLICATE_ID = ProblemKind(
    "iso_duplicate_id",
    409,
    Text("报文内编号重复", "An identification occurs twice in the message"),
    Text("请使 {path} 在报文内唯一", "Make {path} unique within the message"),
)
ISO_STATUS_CONTRADICTED = ProblemKind(
    "iso_status_contradicted",
    422,
    Text("报文状态自相矛盾", "The statuses of the message contradict each other"),
    Text("请核对 {path}", "Check {path}"),
)
ISO_RETURN_ABOVE_ORIGINAL = ProblemKind(
    "iso_return_above_original",
    422,
    Text("退汇金额超过原金额", "More is returned than was paid"),
    Text("请核对 {path}", "Check {path}"),
)
ISO_BALANCE_DIFFERS = ProblemKind(
    "iso_balance_differs",
    422,
    Text(
        "期初余额加发生额不等于期末余额",
        "The opening balance and the entries do not make the closing balance",
    ),
    Text("请核对第 {page} 页", "Check page {page}"),
)
ISO_BALANCE_MISSING = ProblemKind(
    "iso_balance_missing",
    422,
    Text("对账单缺少期初或期末余额", "The statement lacks its opening or its closing balance"),
    Text("请补充 {balance} 余额", "Add the balance {balance}, once"),
)
ISO_PAGE_WRONG = ProblemKind(
    "iso_page_wrong",
    422,
    Text("对账单页码不连续", "The pages of the statement do not follow each other"),
    Text("请核对第 {page} 页", "Check page {page}"),
)
