"""The charter: who the members are, which keys speak for them, and how many must agree.

There is no central operator and no certificate authority. Whoever holds the digest of a league's
first charter can check every later one by itself (`charter_changes`).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, ClassVar, Final, Self

from pydantic import AfterValidator, Field, model_validator

from hanse.foundation.errors import ProblemKind
from hanse.foundation.keys import PublicKey
from hanse.foundation.languages import Text, titled
from hanse.mechanisms.league.document_types import (
    CityCode,
    Digest,
    Identifier,
    Instant,
    PlainValues,
    ShortName,
    Unique,
    Words,
)
from hanse.mechanisms.league.documents import Document, Part, Signed, read_signed

CITY_NOT_MEMBER = ProblemKind(
    "city_not_member",
    403,
    Text("该城市不是联盟成员", "The city is no member of the league"),
    Text("现任成员：{members}", "The members are {members}"),
    detail=Text("{city} 不是联盟成员", "{city} is no member of the league"),
)
CHARTER_KEY_UNKNOWN = ProblemKind(
    "charter_key_unknown",
    403,
    Text("章程中没有该密钥", "The charter names no such key"),
    Text(
        "请先获取对方最新版章程；如为新密钥，须经章程修订后方可使用",
        "Fetch the latest charter; a new key may be used once a charter names it",
    ),
    detail=Text("章程中没有 {city} 的密钥 {key}", "The charter names no key {key} of {city}"),
)
CHARTER_KEY_NOT_VALID = ProblemKind(
    "charter_key_not_valid",
    403,
    Text("密钥不在有效期内", "The key is not valid at this time"),
    Text("请使用在有效期内的密钥签名", "Sign with a key that is valid now"),
    detail=Text(
        "{city} 的密钥 {key} 自 {valid_from} 起、至 {valid_until} 止有效",
        "Key {key} of {city} is valid from {valid_from} until {valid_until}",
    ),
)
CHARTER_KEY_USE_WRONG = ProblemKind(
    "charter_key_use_wrong",
    403,
    Text("密钥不得用于此用途", "The key is not for this use"),
    Text("请使用章程中标明用途“{use}”的密钥", "Use a key that the charter names for {use}"),
    detail=Text("{city} 的密钥 {key} 不得用于 {use}", "Key {key} of {city} is not for {use}"),
)
CHARTER_KEY_SHARED = ProblemKind(
    "charter_key_shared",
    422,
    Text("同一公钥不得重复登记", "A public key stands twice in the charter"),
    Text("请为每个密钥编号分别生成密钥", "Generate a key of its own for each key id"),
    detail=Text("{first} 与 {second} 使用同一公钥", "{first} and {second} are the same public key"),
)
CHARTER_RULES_BROKEN = ProblemKind(
    "charter_rules_broken",
    422,
    Text("章程内容自相矛盾", "The charter contradicts itself"),
    Text("请修改后重新征集签名", "Change it, and gather the signatures again"),
    detail=Text("章程有误：{reason_zh}", "The charter is wrong: {reason_en}"),
)

MEMBERS_MAX: Final = 64
KEYS_PER_MEMBER_MAX: Final = 16
ORGANISATIONS_PER_MEMBER_MAX: Final = 2_000
ADDRESS_CHARS_MAX: Final = 200
PORT_MAX: Final = 65_535
DEFAULT_PORTS: Final = {"http": "80", "https": "443"}

_ORIGIN: Final = re.compile(
    r"(https?)://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?"
)


class KeyUse(StrEnum):
    """What a member's key may be used for."""

    EXCHANGE = "exchange"
    """Signs deliveries and the journal's checkpoints."""
    CHARTER = "charter"
    """Signs charters, agreements and statements on agreements."""
    WITNESS = "witness"
    """Co-signs the checkpoints of other cities."""
    CREDENTIAL = "credential"
    """Signs credentials that residents hold, and their status lists."""


USE_TITLES: Final = {
    KeyUse.EXCHANGE: Text("数据交换", "exchange"),
    KeyUse.CHARTER: Text("签署章程与协议", "signing charters and agreements"),
    KeyUse.WITNESS: Text("见证", "witnessing"),
    KeyUse.CREDENTIAL: Text("签发电子凭证", "issuing credentials"),
}


def _origin(address: str) -> str:
    """A web origin (RFC 6454): scheme, host, and the port where it is not the scheme's own."""
    parts = _ORIGIN.fullmatch(address)
    if parts is None:
        raise ValueError("an address is http:// or https://, a host in small letters, a port")
    scheme, port = parts.groups()
    if port is not None and (port == DEFAULT_PORTS[scheme] or int(port) > PORT_MAX):
        raise ValueError(f"a port is at most {PORT_MAX}, and the scheme's own is left out")
    return address


Address = Annotated[str, Field(max_length=ADDRESS_CHARS_MAX), AfterValidator(_origin)]
"""Origin of a city's node, spelled as the `@authority` of its signatures (RFC 9421, 2.2.3)."""


class MemberKey(Part):
    """One public key of a member. Its id stays the same key's for ever."""

    id: Annotated[ShortName, titled("密钥编号", "Key id")]
    suite: Annotated[str, titled("签名算法", "Signature suite", max_length=40)]
    public: Annotated[str, titled("公钥", "Public key", max_length=4_096)]
    uses: Annotated[tuple[KeyUse, ...], Unique, titled("用途", "Uses", min_length=1, max_length=4)]
    valid_from: Annotated[Instant, titled("生效时间", "Valid from")]
    valid_until: Annotated[Instant | None, titled("失效时间", "Valid until")] = None

    @model_validator(mode="after")
    def _is_a_key(self) -> Self:
        _ = self.public_key
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("a key's validity ends after it begins")
        return self

    @cached_property
    def public_key(self) -> PublicKey:
        """The key itself; raises `key_invalid` or `key_suite_unknown`."""
        return PublicKey.from_dict({"suite": self.suite, "public": self.public})

    def is_valid(self, at: datetime) -> bool:
        """Whether the key may sign at this instant; `valid_until` is the first at which not."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


class Organisation(Part):
    """A body inside a city: a hospital, a bank, a bureau. Its identity is (city, id)."""

    id: Annotated[Identifier, titled("机构编号", "Id")]
    name: Annotated[Words, titled("机构名称", "Name")]


class Member(Part):
    """A city of the league."""

    city: Annotated[CityCode, titled("行政区划代码", "GB/T 2260 code")]
    name: Annotated[Words, titled("城市名称", "Name")]
    address: Annotated[Address, titled("节点地址", "Address of the node")]
    keys: Annotated[
        tuple[MemberKey, ...], titled("密钥", "Keys", min_length=1, max_length=KEYS_PER_MEMBER_MAX)
    ]
    organisations: Annotated[
        tuple[Organisation, ...],
        titled("所属机构", "Organisations", max_length=ORGANISATIONS_PER_MEMBER_MAX),
    ] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        for parts in (self.keys, self.organisations):
            if len({part.id for part in parts}) != len(parts):
                raise ValueError("an id stands twice within one city")
        return self

    def key(self, key_id: str) -> MemberKey | None:
        """The key of that id, valid or not."""
        return next((key for key in self.keys if key.id == key_id), None)

    def can_sign(self, at: datetime) -> bool:
        """Whether some key of the city may sign charters and agreements at this instant."""
        return any(KeyUse.CHARTER in key.uses and key.is_valid(at) for key in self.keys)


class Charter(Document):
    """One version of the league's charter. An instance that exists keeps the rules within it."""

    PREFIX: ClassVar[str] = "hanse charter v1"

    league: Annotated[ShortName, titled("联盟编号", "League")]
    version: Annotated[int, titled("版本", "Version", ge=1, le=1_000_000)]
    previous: Annotated[Digest | None, titled("上一版摘要", "Digest of the previous version")] = (
        None
    )
    title: Annotated[Words, titled("名称", "Title")]
    issued_at: Annotated[Instant, titled("制定时间", "Issued at")]
    valid_from: Annotated[Instant, titled("生效时间", "Valid from")]
    valid_until: Annotated[Instant, titled("失效时间", "Valid until")]
    threshold: Annotated[int, titled("修订所需签署城市数", "Members needed for a change", ge=1)]
    witness_quorum: Annotated[int, titled("见证所需城市数", "Witnesses needed", ge=0)]
    members: Annotated[
        tuple[Member, ...], titled("成员城市", "Members", min_length=1, max_length=MEMBERS_MAX)
    ]
    calendar: Annotated[PlainValues | None, titled("工作日历", "Working-day calendar")] = None
    settlement: Annotated[PlainValues | None, titled("清算参数", "Settlement parameters")] = None

    @model_validator(mode="after")
    def _keeps_its_rules(self) -> Self:
        for reason in _contradictions(self):
            raise CHARTER_RULES_BROKEN(reason_zh=reason.zh, reason_en=reason.en)
        self._check_keys_shared()
        return self

    def _check_keys_shared(self) -> None:
        holders: dict[PublicKey, str] = {}
        for member in self.members:
            for key in member.keys:
                holder = f"{member.city}/{key.id}"
                first = holders.setdefault(key.public_key, holder)
                if first != holder:
                    raise CHARTER_KEY_SHARED(first=first, second=holder)

    @cached_property
    def cities(self) -> dict[str, Member]:
        """The members by their code, in the charter's order."""
        return {member.city: member for member in self.members}

    def member(self, city: str) -> Member:
        """The member of that code, or `city_not_member`."""
        found = self.cities.get(city)
        if found is None:
            raise CITY_NOT_MEMBER(city=city[:6], members=", ".join(self.cities))
        return found

    def key(self, city: str, key_id: str, at: datetime, use: KeyUse) -> MemberKey:
        """The key that a signature names, if it may be used so at this instant.

        Raises `city_not_member`, `charter_key_unknown`, `charter_key_not_valid` or
        `charter_key_use_wrong`.
        """
        key = self.member(city).key(key_id)
        if key is None:
            raise CHARTER_KEY_UNKNOWN(city=city, key=key_id[:32])
        if use not in key.uses:
            raise CHARTER_KEY_USE_WRONG(city=city, key=key.id, use=use.value)
        if not key.is_valid(at):
            raise CHARTER_KEY_NOT_VALID(
                city=city,
                key=key.id,
                valid_from=key.valid_from.isoformat(),
                valid_until="-" if key.valid_until is None else key.valid_until.isoformat(),
            )
        return key

    def in_force(self, at: datetime) -> bool:
        """Whether this version governs at the instant; `valid_until` is the first at which not."""
        return self.valid_from <= at < self.valid_until


def _contradictions(charter: Charter) -> Iterator[Text]:
    count = len(charter.members)
    if (charter.previous is None) != (charter.version == 1):
        yield Text("第一版以外的版本须载明上一版摘要", "only version 1 has no previous version")
    if not charter.issued_at <= charter.valid_from < charter.valid_until:
        yield Text(
            "制定、生效、失效时间须依次排列",
            "it is issued, valid from and valid until in this order",
        )
    if len(charter.cities) != count:
        yield Text("同一城市出现两次", "a city stands twice")
    if not count < 2 * charter.threshold <= 2 * count:
        yield Text(
            "签署门槛须超过成员半数且不超过成员总数",
            "the threshold is more than half of the members and not more than all",
        )
    if charter.witness_quorum >= count:
        yield Text(
            "见证所需城市数须少于成员总数", "more witnesses are needed than there are other members"
        )
    able = sum(member.can_sign(charter.valid_from) for member in charter.members)
    if able < charter.threshold:
        yield Text(
            "能够签署章程的成员不足签署门槛",
            "fewer members have a key for charters than must sign the next one",
        )


SignedCharter = Signed[Charter]


def read_charter(data: bytes) -> SignedCharter:
    """Read a signed charter strictly; whether it counts is for `charter_changes.accept` to say."""
    return read_signed(data, Charter)
