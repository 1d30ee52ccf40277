"""The refusals of message signatures, apart from the signature that does not verify."""

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

SIGNATURE_MISSING = ProblemKind(
    "signature_missing",
    401,
    Text("报文没有签名", "The message is not signed"),
    Text(
        "请按 RFC 9421 以标签 {label} 签名",
        "Sign it by RFC 9421 under the label {label}",
    ),
    detail=Text("{field} 中没有标签为 {label} 的签名", "{field} has no signature labelled {label}"),
)
SIGNATURE_MALFORMED = ProblemKind(
    "signature_malformed",
    400,
    Text("签名报头格式有误", "The signature's fields are malformed"),
    Text(
        "请按 RFC 9421 与 RFC 9651 书写 Signature-Input 和 Signature",
        "Write Signature-Input and Signature as RFC 9421 and RFC 9651 say",
    ),
    detail=Text("{field} 格式有误（{reason}）", "{field} is malformed ({reason})"),
)
SIGNATURE_PARAMETER_MISSING = ProblemKind(
    "signature_parameter_missing",
    400,
    Text("签名缺少参数", "The signature lacks a parameter"),
    Text(
        "签名须带有参数 created、keyid、nonce 和 tag",
        "A signature has the parameters created, keyid, nonce and tag",
    ),
    detail=Text("签名缺少参数 {parameter}", "The signature lacks the parameter {parameter}"),
)
SIGNATURE_COMPONENT_UNSUPPORTED = ProblemKind(
    "signature_component_unsupported",
    400,
    Text("不支持该签名组件", "A covered component is not supported"),
    Text(
        "请只签署 {supported} 和报头字段，参数限于 req 和 key",
        "Cover only {supported} and header fields, with no parameters but req and key",
    ),
    detail=Text("不支持签名组件 {component}", "Component {component} is not supported"),
)
SIGNATURE_COMPONENT_MISSING = ProblemKind(
    "signature_component_missing",
    400,
    Text("报文缺少已签名的组件", "The message lacks a covered component"),
    Text(
        "请随报文发送每个已签名的组件，且不得改动",
        "Send every covered component with the message, unchanged",
    ),
    detail=Text("报文中没有 {component}", "The message has no {component}"),
)
SIGNATURE_COVERAGE_SHORT = ProblemKind(
    "signature_coverage_short",
    401,
    Text("签名覆盖不足", "The signature does not cover enough"),
    Text("签名还须覆盖 {missing}", "The signature must cover {missing} as well"),
)
