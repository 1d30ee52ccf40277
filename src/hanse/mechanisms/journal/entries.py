"""Entries of the journal: their published kinds, and the bytes that the tree commits to.

An entry is public. It says what kind of thing happened and when, and commits to its details with
`SHA-256(salt || details)`. The details and the salt of 32 random bytes stay in the city and can be
erased; then nothing of the details can be guessed from what is left, and every proof still holds.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from hanse.foundation.clock import iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import base64url
from hanse.foundation.languages import Text

ENTRY_VERSION: Final = 1
SALT_BYTES: Final = 32
DETAILS_BYTES_MAX: Final = 65_536
ENTRY_FIELDS: Final = ("at", "class", "commitment", "kind", "v")

DETAILS_WRONG = ProblemKind(
    "journal_details_wrong",
    500,
    Text("日志条目的内容与其种类不符", "The details do not fit the kind of entry"),
    Text("种类 {kind} 的字段见 docs/journal.md", "Fields of {kind} are in docs/journal.md"),
)
ENTRY_MALFORMED = ProblemKind(
    "journal_entry_malformed",
    422,
    Text("日志条目格式错误", "The journal entry is malformed"),
    Text("格式见 docs/journal.md", "Its form is in docs/journal.md"),
)


@dataclass(frozen=True, slots=True)
class Retention:
    """A class of retention: how long the details of its entries are kept before erasure."""

    name: str
    days: int
    title: Text


EXCHANGE = Retention("exchange", 3_650, Text("数据交换", "Exchange"))
ACCESS = Retention("access", 1_095, Text("个人信息访问", "Access to personal data"))
LEAGUE = Retention("league", 36_500, Text("联盟文件", "The league's documents"))
OPERATION = Retention("operation", 1_095, Text("运维", "Operation of the node"))
MONEY = Retention("money", 10_950, Text("账务", "Money"))
RETENTIONS: Final = {one.name: one for one in (EXCHANGE, ACCESS, LEAGUE, OPERATION, MONEY)}
"""The defaults; a node's configuration replaces the days."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A published kind of entry: its retention, and its details' fields with their meaning."""

    name: str
    title: Text
    retention: Retention
    fields: dict[str, Text]
    optional: frozenset[str] = frozenset()

    def check(self, details: dict[str, Any]) -> None:
        """DETAILS_WRONG unless the details are exactly of the published fields."""
        missing = self.fields.keys() - details.keys() - self.optional
        if missing or details.keys() - self.fields.keys():
            raise DETAILS_WRONG(kind=self.name)


_PEER = Text("对方城市代码", "Code of the other city")
_OPERATION = Text("业务操作", "Operation")
_MESSAGE = Text("报文编号", "Id of the message")
_PURPOSE = Text("用途", "Purpose")
_ORGANISATION = Text("机构编号", "Organisation")
_DIGEST = Text("文件摘要", "Digest of the document")
_VERSION = Text("版本", "Version")
_AGREEMENT = Text("协议编号", "Agreement")
_CASE = Text("案件编号", "Number of the case")
_STEP = Text("步骤序号", "Number of the step in the case")
_DELIVERY: Final = {
    "peer": _PEER,
    "nonce": Text("请求签名的随机数", "Nonce of the request's signature"),
    "request_root": Text("请求报文的默克尔根", "Merkle root of the requests' commitments"),
    "response_root": Text("答复报文的默克尔根", "Merkle root of the replies' commitments"),
    "request_base": Text("请求签名原文的 SHA-256", "SHA-256 of the request's signature base"),
    "request_signature": Text("请求签名的 SHA-256", "SHA-256 of the request's signature"),
    "response_base": Text("答复签名原文的 SHA-256", "SHA-256 of the answer's signature base"),
    "response_signature": Text("答复签名的 SHA-256", "SHA-256 of the answer's signature"),
}
_ACCESS: Final = {
    "person": Text("个人标识的密钥摘要", "HMAC-SHA-256 of the person, with the city's key"),
    "city": Text("查询方城市", "City that asked"),
    "organisation": Text("查询方机构", "Organisation that asked"),
    "operation": _OPERATION,
    "message": _MESSAGE,
    "purpose": _PURPOSE,
    "agreement": _AGREEMENT,
    "outcome": Text("结果：answered、owed 或拒绝代码", "answered, owed, or the refusal's code"),
    "identity": Text("身份核验方式", "How the person's identity was checked"),
    "deferred_until": Text("推迟告知至", "Not told to the person before"),
    "deferral_basis": Text("推迟告知的法律依据", "Legal basis of the deferral"),
}

_CYCLE: Final = Text("场次", "Cycle")

_ACCOUNT = Text("账号编号", "Account")
_ALLOWS = Text("可办理的操作", "What it allows")
_ACT = Text("事项种类", "Which act")
_ACT_NUMBER = Text("事项编号", "Its number")

KINDS: Final = {
    one.name: one
    for one in (
        Kind("delivery.received", Text("收到投递", "Delivery received"), EXCHANGE, _DELIVERY),
        Kind("delivery.sent", Text("发出投递", "Delivery sent"), EXCHANGE, _DELIVERY),
        Kind(
            "call.own",
            Text("本市机构调用", "Call of an own agency"),
            EXCHANGE,
            {
                "organisation": _ORGANISATION,
                "operation": _OPERATION,
                "message": _MESSAGE,
                "purpose": _PURPOSE,
                "request": Text("请求承诺值", "Commitment of the request"),
                "answer": Text("答复承诺值", "Commitment of the answer"),
            },
            frozenset({"purpose"}),
        ),
        Kind(
            "charter.accepted",
            Text("接受章程", "Charter accepted"),
            LEAGUE,
            {"version": _VERSION, "digest": _DIGEST},
        ),
        Kind(
            "agreement.accepted",
            Text("接受协议文本或签名", "Agreement, or more signatures of it, accepted"),
            LEAGUE,
            {"agreement": _AGREEMENT, "version": _VERSION, "digest": _DIGEST},
        ),
        Kind(
            "statement.accepted",
            Text("接受协议状态声明", "Statement on an agreement accepted"),
            LEAGUE,
            {
                "agreement": _AGREEMENT,
                "city": Text("声明城市", "City that stated it"),
                "sequence": Text("声明序号", "Number of the city's statement"),
                "digest": _DIGEST,
            },
        ),
        Kind(
            "case.step",
            Text("案件步骤", "Step of a case"),
            EXCHANGE,
            {
                "case": _CASE,
                "procedure": Text("办理程序", "Procedure"),
                "number": _STEP,
                "digest": Text("步骤摘要", "Digest of the step, which holds a salt"),
                "keeper": Text("编排步骤的城市", "City that numbered it"),
            },
        ),
        Kind(
            "case.disputed",
            Text("对案件步骤有异议", "Step of a case not accepted"),
            EXCHANGE,
            {
                "case": _CASE,
                "number": _STEP,
                "digest": Text("有异议步骤的摘要", "Digest of the step that is disputed"),
                "city": Text("提出异议的城市", "City that does not accept it"),
                "problem": Text("原因代码", "Code of the problem"),
            },
        ),
        Kind(
            "message.buried",
            Text("报文成为死信", "Message became a dead letter"),
            EXCHANGE,
            {
                "peer": _PEER,
                "message": _MESSAGE,
                "operation": _OPERATION,
                "problem": Text("原因代码", "Code of the problem"),
            },
        ),
        Kind(
            "message.resent",
            Text("重发死信", "Dead letter sent again"),
            EXCHANGE,
            {"peer": _PEER, "message": _MESSAGE, "operation": _OPERATION},
        ),
        Kind(
            "token.issued",
            Text("签发令牌", "Token issued"),
            OPERATION,
            {
                "organisation": _ORGANISATION,
                "allows": Text("可调用的操作", "What it allows"),
                "expires": Text("失效时间", "When it ends"),
            },
        ),
        Kind(
            "token.revoked",
            Text("撤销令牌", "Tokens revoked"),
            OPERATION,
            {"organisation": _ORGANISATION, "count": Text("令牌数", "How many tokens")},
        ),
        Kind(
            "account.made",
            Text("设立账号", "Account made"),
            OPERATION,
            {"account": _ACCOUNT, "kind": Text("身份种类", "Kind"), "allows": _ALLOWS},
        ),
        Kind(
            "account.changed",
            Text("变更账号", "Account changed"),
            OPERATION,
            {"account": _ACCOUNT, "what": Text("变更内容", "What was changed")},
        ),
        Kind(
            "account.locked",
            Text("锁定账号", "Account locked"),
            OPERATION,
            {"account": _ACCOUNT},
        ),
        Kind(
            "session.begun",
            Text("登录", "Signed in"),
            OPERATION,
            {"account": _ACCOUNT, "method": Text("登录方式", "How")},
        ),
        Kind(
            "act.proposed",
            Text("提交待复核事项", "Act proposed for confirmation"),
            OPERATION,
            {"act": _ACT, "account": _ACCOUNT, "number": _ACT_NUMBER},
        ),
        Kind(
            "act.decided",
            Text("复核事项", "Act confirmed or refused"),
            OPERATION,
            {
                "act": _ACT,
                "account": _ACCOUNT,
                "number": _ACT_NUMBER,
                "decision": Text("复核结果", "Decision"),
            },
        ),
        Kind(
            "access.personal",
            Text("访问个人信息", "Access to a person's data"),
            ACCESS,
            _ACCESS,
            frozenset({"purpose", "agreement", "identity", "deferred_until", "deferral_basis"}),
        ),
        Kind(
            "body.erased",
            Text("删除报文内容", "Contents erased"),
            OPERATION,
            {
                "what": Text("删除的内容种类", "What was erased"),
                "before": Text("此时间之前", "All before this time"),
                "count": Text("数量", "How many"),
                "reason": Text("依据", "Why"),
            },
        ),
        Kind(
            "ledger.batch",
            Text("账务批次", "Batch of transfers"),
            MONEY,
            {
                "first": Text("首笔序号", "Sequence of its first transfer"),
                "last": Text("末笔序号", "Sequence of its last transfer"),
                "count": Text("笔数", "How many transfers"),
                "root": Text("转账根值", "Root over its transfers"),
            },
        ),
        Kind(
            "ledger.accounts",
            Text("账户变更", "Accounts changed"),
            MONEY,
            {
                "change": Text("变更种类", "opened, capped, closed or reopened"),
                "count": Text("账户数", "How many accounts"),
                "digest": _DIGEST,
            },
        ),
        Kind(
            "deposits.day_closed",
            Text("通存通兑日终", "Business date of universal deposit ended"),
            MONEY,
            {
                "business_date": Text("营业日", "Business date"),
                "digest": Text("合计的 SHA-256", "SHA-256 of its totals"),
                "open": Text("未终结流水数", "Serials that were open"),
            },
        ),
        Kind(
            "clearing.cut",
            Text("清算截止", "Cut of a clearing cycle"),
            MONEY,
            {
                "cycle": _CYCLE,
                "house": Text("清算所城市", "City that is the house"),
                "after": Text("起始序号（不含）", "After this sequence of the ledger"),
                "up_to": Text("截止序号", "Up to this sequence of the ledger"),
                "digest": _DIGEST,
            },
        ),
        Kind(
            "clearing.result",
            Text("清算结果", "Result of a clearing cycle"),
            MONEY,
            {"cycle": _CYCLE, "version": _VERSION, "digest": _DIGEST},
        ),
        Kind(
            "clearing.settled",
            Text("清算终局", "Clearing cycle settled"),
            MONEY,
            {
                "cycle": _CYCLE,
                "version": _VERSION,
                "transfers": Text("入账笔数", "Transfers booked for it"),
            },
        ),
        Kind(
            "witness.alarm",
            Text("发现日志分叉", "A witnessed log forked"),
            LEAGUE,
            {
                "origin": Text("日志标识", "Origin of the log"),
                "size": Text("大小", "Size in entries"),
                "held": Text("本市联署的根", "Root that we cosigned"),
                "shown": Text("与之矛盾的根", "Root that contradicts it"),
            },
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Pending:
    """An entry that waits for the end of its transaction."""

    kind: Kind
    at: datetime
    details: dict[str, Any] = field(repr=False)
    person: bytes | None = field(default=None, repr=False)
    deferred_until_ms: int | None = None
    delivery: int | None = None
    salt: bytes | None = field(default=None, repr=False)
    """Fresh random bytes where None."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The public part of an entry, as it stands in the tree."""

    kind: str
    at: str
    retention: str
    commitment: str

    def to_bytes(self) -> bytes:
        """The leaf's bytes: compact JSON with its names in order."""
        return orjson.dumps(
            {
                "at": self.at,
                "class": self.retention,
                "commitment": self.commitment,
                "kind": self.kind,
                "v": ENTRY_VERSION,
            }
        )


def new_entry(pending: Pending, salt: bytes) -> tuple[bytes, bytes]:
    """The entry's bytes, and the bytes of the details that its commitment opens to."""
    details = details_bytes(pending.details)
    entry = Entry(
        kind=pending.kind.name,
        at=iso(pending.at),
        retention=pending.kind.retention.name,
        commitment=commitment(salt, details),
    )
    return entry.to_bytes(), details


def details_bytes(details: dict[str, Any]) -> bytes:
    """Canonical JSON of details: names in order, no spaces. Strings and integers only, for which
    this is also the form of RFC 8785."""
    data = orjson.dumps(details, option=orjson.OPT_SORT_KEYS)
    if len(data) > DETAILS_BYTES_MAX:
        raise DETAILS_WRONG(kind="?")
    return data


def commitment(salt: bytes, details: bytes) -> str:
    """The commitment that stands in the entry: base64url of SHA-256(salt || details)."""
    return base64url(hashlib.sha256(salt + details).digest())


def read_entry(data: bytes) -> Entry:
    """The entry of its bytes; ENTRY_MALFORMED unless written exactly as `to_bytes` writes it."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise ENTRY_MALFORMED() from None
    if not isinstance(value, dict) or set(value) != set(ENTRY_FIELDS):
        raise ENTRY_MALFORMED()
    texts = [value[name] for name in ("kind", "at", "class", "commitment")]
    if value["v"] != ENTRY_VERSION or not all(isinstance(text, str) for text in texts):
        raise ENTRY_MALFORMED()
    entry = Entry(*texts)
    if entry.to_bytes() != data:
        raise ENTRY_MALFORMED()
    return entry


def entry_seconds(entry: Entry) -> float:
    """The entry's time in seconds since 1970; ENTRY_MALFORMED where it is no time."""
    try:
        return datetime.fromisoformat(entry.at).timestamp()
    except ValueError:
        raise ENTRY_MALFORMED() from None
