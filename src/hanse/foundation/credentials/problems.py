"""What a credential is refused for: one code for each reason, told apart by tests and by desks."""

from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

_ASK_AGAIN: Final = Text(
    "请持证人重新出示完整的电子凭证", "Have the holder present the whole credential again"
)
_ASK_ISSUER: Final = Text(
    "请勿采信；请向签发城市核实", "Do not rely on it; ask the city that is said to have issued it"
)

CREDENTIAL_TOO_LARGE = ProblemKind(
    "credential_too_large",
    413,
    Text("电子凭证过大", "The credential is too large"),
    Text("电子凭证不超过 {bytes_max} 字节", "A credential has at most {bytes_max} bytes"),
)
CREDENTIAL_MALFORMED = ProblemKind(
    "credential_malformed",
    400,
    Text("电子凭证格式错误", "The credential is malformed"),
    _ASK_AGAIN,
    detail=Text("电子凭证格式错误：{reason}", "The credential is malformed: {reason}"),
)
CREDENTIAL_ALGORITHM_REFUSED = ProblemKind(
    "credential_algorithm_refused",
    403,
    Text("不接受该签名算法", "The signature algorithm is not accepted"),
    Text("只接受：{known}", "Only these are accepted: {known}"),
)
CREDENTIAL_TYPE_WRONG = ProblemKind(
    "credential_type_wrong",
    422,
    Text("这不是所需类型的文件", "This is not a token of the type that is wanted"),
    Text("请出示类型为 {wanted} 的文件", "Present a token of the type {wanted}"),
)
CREDENTIAL_ISSUER_UNKNOWN = ProblemKind(
    "credential_issuer_unknown",
    403,
    Text("签发者不是城市", "The issuer is no city"),
    Text("签发者须写作 urn:hanse:城市代码", "An issuer is written urn:hanse:CITY"),
)
CREDENTIAL_SIGNATURE_WRONG = ProblemKind(
    "credential_signature_wrong",
    403,
    Text("电子凭证签名验证不通过", "The credential's signature does not verify"),
    _ASK_ISSUER,
)
CREDENTIAL_KIND_WRONG = ProblemKind(
    "credential_kind_wrong",
    422,
    Text("电子凭证的种类不符", "It is another kind of credential"),
    Text("请出示种类为 {wanted} 的电子凭证", "Present a credential of the kind {wanted}"),
)
CREDENTIAL_NOT_YET_VALID = ProblemKind(
    "credential_not_yet_valid",
    403,
    Text("电子凭证尚未生效", "The credential is not valid yet"),
    Text("请在 {since} 之后使用，并核对本机时间", "Use it after {since}, and check this clock"),
)
CREDENTIAL_EXPIRED = ProblemKind(
    "credential_expired",
    403,
    Text("电子凭证已过期", "The credential has expired"),
    Text("已于 {until} 过期，请申领新证", "It ended at {until}: have a new one issued"),
)
CREDENTIAL_REVOKED = ProblemKind(
    "credential_revoked",
    403,
    Text("电子凭证已被吊销", "The credential has been revoked"),
    _ASK_ISSUER,
)
CREDENTIAL_SUSPENDED = ProblemKind(
    "credential_suspended",
    403,
    Text("电子凭证已被暂停", "The credential is suspended"),
    Text("请向签发城市了解何时恢复", "Ask the city that issued it when it will be valid again"),
)
CREDENTIAL_STATUS_MISSING = ProblemKind(
    "credential_status_missing",
    409,
    Text("缺少该电子凭证的状态列表", "The credential's status list is not at hand"),
    Text("请先取得状态列表 {uri}", "Fetch the status list {uri} first"),
)
CREDENTIAL_STATUS_STALE = ProblemKind(
    "credential_status_stale",
    409,
    Text("状态列表已过时", "The status list is out of date"),
    Text("该列表有效至 {until}，请重新获取", "It was good until {until}: fetch it again"),
)
CREDENTIAL_STATUS_WRONG = ProblemKind(
    "credential_status_wrong",
    422,
    Text("状态列表与电子凭证不符", "The status list is not this credential's"),
    Text("请重新获取状态列表", "Fetch the status list again"),
    detail=Text("状态列表不符：{reason}", "The status list does not fit: {reason}"),
)
CREDENTIAL_DISCLOSURE_MALFORMED = ProblemKind(
    "credential_disclosure_malformed",
    400,
    Text("披露项格式错误", "A disclosure is malformed"),
    _ASK_AGAIN,
)
CREDENTIAL_DISCLOSURE_UNUSED = ProblemKind(
    "credential_disclosure_unused",
    403,
    Text(
        "披露项不属于该电子凭证，或已被改动",
        "A disclosure is not of this credential, or was altered",
    ),
    _ASK_ISSUER,
)
CREDENTIAL_DISCLOSURE_REPEATED = ProblemKind(
    "credential_disclosure_repeated",
    403,
    Text("披露项重复", "A disclosure stands twice"),
    _ASK_AGAIN,
)
CREDENTIAL_DIGEST_REPEATED = ProblemKind(
    "credential_digest_repeated",
    403,
    Text("摘要重复", "A digest stands twice in the credential"),
    _ASK_ISSUER,
)
CREDENTIAL_CLAIM_REPEATED = ProblemKind(
    "credential_claim_repeated",
    403,
    Text("披露项与已有内容重名", "A disclosure names a claim that is there already"),
    _ASK_ISSUER,
)
CREDENTIAL_CLAIM_MISSING = ProblemKind(
    "credential_claim_missing",
    422,
    Text("未出示所需内容", "Something that is needed was not disclosed"),
    Text("请持证人出示：{claims}", "Ask the holder to disclose {claims}"),
)
CREDENTIAL_BINDING_MISSING = ProblemKind(
    "credential_binding_missing",
    403,
    Text("缺少持证人签名", "The holder has not signed the presentation"),
    Text(
        "请持证人用申领时的密钥签名后出示",
        "Have the holder sign with the key that the credential names",
    ),
)
CREDENTIAL_BINDING_WRONG = ProblemKind(
    "credential_binding_wrong",
    403,
    Text("持证人签名验证不通过", "The holder's signature does not verify"),
    _ASK_AGAIN,
)
CREDENTIAL_NONCE_WRONG = ProblemKind(
    "credential_nonce_wrong",
    403,
    Text("出示内容不是对本次请求的答复", "The presentation answers another request"),
    Text("请按本次的随机数重新出示", "Have it presented again for this nonce"),
)
CREDENTIAL_AUDIENCE_WRONG = ProblemKind(
    "credential_audience_wrong",
    403,
    Text("出示内容是给其他查验方的", "The presentation is meant for another verifier"),
    Text("请持证人向 {wanted} 重新出示", "Have it presented again, to {wanted}"),
)
CREDENTIAL_PRESENTATION_CHANGED = ProblemKind(
    "credential_presentation_changed",
    403,
    Text("出示内容在持证人签名后被改动", "It was changed after the holder had signed"),
    _ASK_AGAIN,
)
CREDENTIAL_BINDING_STALE = ProblemKind(
    "credential_binding_stale",
    403,
    Text("持证人签名时间不在允许范围内", "The holder's signature is not of this moment"),
    Text(
        "请在 {seconds} 秒内重新出示并核对时间",
        "Present it again within {seconds} seconds, and check the clock",
    ),
)
CREDENTIAL_STATUS_FINAL = ProblemKind(
    "credential_status_final",
    409,
    Text("已吊销的电子凭证不能恢复", "A revoked credential stays revoked"),
    Text("请签发新证", "Issue a new one"),
)
CREDENTIAL_UNKNOWN = ProblemKind(
    "credential_unknown",
    404,
    Text("没有该电子凭证", "There is no such credential"),
    Text("请核对编号", "Check its number"),
)
CREDENTIAL_KEY_MISSING = ProblemKind(
    "credential_key_missing",
    409,
    Text("本市没有可签发电子凭证的密钥", "This city has no key that may issue credentials"),
    Text(
        "请在章程中登记用途为“credential”的密钥，并将其加入密钥库",
        "Have the charter list a key of the use credential, and add it to the keystore",
    ),
)
