"""What a proposed charter changes, in words, for the people who are asked to sign it.

Every field of the charter is looked at: nothing changes without a line here.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import rfc8785

from hanse.foundation.clock import iso
from hanse.foundation.languages import Text
from hanse.mechanisms.league.charter import (
    USE_TITLES,
    Charter,
    KeyUse,
    Member,
    MemberKey,
)

VALUES_TOLD_MAX: Final = 100
VALUE_CHARS_MAX: Final = 200
MARK_CHARS: Final = 16
"""Of a long value's SHA-256, so that two that begin alike are told apart."""

ABSENT: Final = Text("无", "nothing")
NO_END: Final = Text("长期", "without end")


def differences(old: Charter, new: Charter) -> list[Text]:
    """The changes from one version to the other, each a sentence; empty where nothing changes.

    The version, the previous digest and the time of issue change every time and are not told.
    """
    return [*_of_the_league(old, new), *_of_the_members(old, new)]


def _of_the_league(old: Charter, new: Charter) -> Iterator[Text]:
    for zh, en, before, after in (
        ("联盟编号", "The league's id", old.league, new.league),
        ("名称", "The title", old.title, new.title),
        ("章程生效时间", "The charter's begin", old.valid_from, new.valid_from),
        ("章程失效时间", "The charter's end", old.valid_until, new.valid_until),
        ("修订所需签署城市数", "The threshold of signatures", old.threshold, new.threshold),
        ("见证所需城市数", "The number of witnesses", old.witness_quorum, new.witness_quorum),
    ):
        if before != after:
            yield _changed(zh, en, before, after)
    yield from _of_values("工作日历", "the working-day calendar", old.calendar, new.calendar)
    yield from _of_values("清算参数", "the settlement parameters", old.settlement, new.settlement)


def _of_values(
    zh: str, en: str, old: dict[str, Any] | None, new: dict[str, Any] | None
) -> Iterator[Text]:
    before, after = dict(_leaves(old or {}, "")), dict(_leaves(new or {}, ""))
    changed = [
        place
        for place in sorted(before.keys() | after.keys())
        if before.get(place) != after.get(place)
    ]
    for place in changed[:VALUES_TOLD_MAX]:
        yield _changed(
            f"{zh}中的 {place} ",
            f"In {en}, {place}",
            before.get(place, ABSENT),
            after.get(place, ABSENT),
        )
    more = len(changed) - VALUES_TOLD_MAX
    if more > 0:
        yield Text(f"{zh}另有 {more} 处变化", f"In {en}, {more} more places change")
    if old is None and new is not None:
        yield Text(f"{zh}为新增内容", f"The charter gains {en}")
    if old is not None and new is None:
        yield Text(f"{zh}整体删除", f"The charter loses {en}")


def _leaves(value: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """Each value that is no object, with its JSON pointer (RFC 6901).

    Values are written out, so that 1 and true differ.
    """
    for name, child in value.items():
        here = f"{place}/{name.replace('~', '~0').replace('/', '~1')}"
        if isinstance(child, dict) and child:
            yield from _leaves(child, here)
        else:
            written = rfc8785.dumps(child).decode()
            if len(written) > VALUE_CHARS_MAX:
                mark = hashlib.sha256(written.encode()).hexdigest()[:MARK_CHARS]
                written = f"{written[:VALUE_CHARS_MAX]}…#{mark}"
            yield here, written


def _of_the_members(old: Charter, new: Charter) -> Iterator[Text]:
    for city, member in old.cities.items():
        if city not in new.cities:
            yield Text(f"{member.name.zh}（{city}）退出联盟", f"{member.name.en} ({city}) leaves")
    for city, member in new.cities.items():
        before = old.cities.get(city)
        if before is None:
            yield from _of_a_joining(member)
        else:
            yield from _of_a_member(before, member)
    if _reordered(old.cities, new.cities):
        yield Text("成员排列次序有变", "The members stand in another order")


def _of_a_joining(member: Member) -> Iterator[Text]:
    yield Text(
        f"{member.name.zh}（{member.city}）加入联盟，节点地址 {member.address}",
        f"{member.name.en} ({member.city}) joins at {member.address}",
    )
    for key in member.keys:
        yield _of_a_new_key(member, key)
    if member.organisations:
        count = len(member.organisations)
        yield Text(
            f"{member.name.zh}登记机构 {count} 家", f"{member.name.en} lists organisations: {count}"
        )


def _of_a_member(old: Member, new: Member) -> Iterator[Text]:
    zh, en = new.name.zh, new.name.en
    if old.name != new.name:
        yield _changed(f"{new.city} 的名称", f"The name of {new.city}", old.name, new.name)
    if old.address != new.address:
        yield _changed(f"{zh}的节点地址", f"The address of {en}", old.address, new.address)
    yield from _of_the_keys(old, new)
    yield from _of_the_organisations(old, new)


def _of_the_keys(old: Member, new: Member) -> Iterator[Text]:
    zh, en = new.name.zh, new.name.en
    for key in old.keys:
        if new.key(key.id) is None:
            yield Text(f"{zh}删除密钥 {key.id}", f"{en} removes key {key.id}")
    for key in new.keys:
        before = old.key(key.id)
        if before is None:
            yield _of_a_new_key(new, key)
        else:
            yield from _of_a_key(new, before, key)
    if _reordered((key.id for key in old.keys), (key.id for key in new.keys)):
        yield Text(f"{zh}的密钥排列次序有变", f"The keys of {en} stand in another order")


def _of_a_new_key(member: Member, key: MemberKey) -> Text:
    uses = _uses(key.uses)
    begin, end = iso(key.valid_from), _value(key.valid_until or NO_END)
    return Text(
        f"{member.name.zh}新增密钥 {key.id}（{key.suite}），用途：{uses.zh}，"
        f"自 {begin} 起，至 {end.zh} 止",
        f"{member.name.en} gains key {key.id} ({key.suite}) for {uses.en}, "
        f"from {begin} until {end.en}",
    )


def _of_a_key(member: Member, old: MemberKey, new: MemberKey) -> Iterator[Text]:
    zh, en = f"{member.name.zh}的密钥 {new.id} ", f"of key {new.id} of {member.name.en}"
    if (old.suite, old.public) != (new.suite, new.public):
        yield Text(f"{zh}的公钥被替换", f"The public key {en} is replaced")
    for what_zh, what_en, before, after in (
        ("的用途", "The uses", _uses(old.uses), _uses(new.uses)),
        ("的生效时间", "The begin", old.valid_from, new.valid_from),
        ("的失效时间", "The end", old.valid_until or NO_END, new.valid_until or NO_END),
    ):
        if before != after:
            yield _changed(f"{zh}{what_zh}", f"{what_en} {en}", before, after)


def _of_the_organisations(old: Member, new: Member) -> Iterator[Text]:
    zh, en = new.name.zh, new.name.en
    before = {one.id: one for one in old.organisations}
    after = {one.id: one for one in new.organisations}
    for one in before.values():
        if one.id not in after:
            yield Text(
                f"{zh}注销机构 {one.name.zh}（{one.id}）",
                f"{en} strikes off {one.name.en} ({one.id})",
            )
    for one in after.values():
        known = before.get(one.id)
        if known is None:
            yield Text(
                f"{zh}登记机构 {one.name.zh}（{one.id}）", f"{en} lists {one.name.en} ({one.id})"
            )
        elif known.name != one.name:
            yield _changed(
                f"{zh}机构 {one.id} 的名称", f"The name of {one.id} in {en}", known.name, one.name
            )
    if _reordered(before, after):
        yield Text(f"{zh}的机构排列次序有变", f"The organisations of {en} stand in another order")


def _reordered(old: Iterable[str], new: Iterable[str]) -> bool:
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    return [one for one in before if one in after] != [one for one in after if one in before]


def _uses(uses: tuple[KeyUse, ...]) -> Text:
    titles = [USE_TITLES[use] for use in uses]
    return Text("、".join(one.zh for one in titles), ", ".join(one.en for one in titles))


def _changed(zh: str, en: str, before: object, after: object) -> Text:
    old, new = _value(before), _value(after)
    return Text(f"{zh}由“{old.zh}”改为“{new.zh}”", f"{en} changes from {old.en} to {new.en}")


def _value(value: object) -> Text:
    if isinstance(value, Text):
        return value
    written = iso(value) if isinstance(value, datetime) else str(value)
    return Text(written, written)
