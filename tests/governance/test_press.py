"""Announcements: approved by all concerned, published signed, corrected in the open."""

from itertools import permutations
from typing import Any

from sqlalchemy import select

from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import generate
from hanse.foundation.languages import Text
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.parts import Mark, Table, Tone, Words
from hanse.mechanisms.league.documents import Signed, add_signature, read_signed, sign
from hanse.services.governance.press.contracts import Announcement, SignedAnnouncement
from hanse.services.governance.press.public import announced
from hanse.services.governance.press.tables import texts
from tests.exchange.cities import Town
from tests.governance.towns import A, B, C, done, forge, refused, settle, signed

ID = f"{A}-N1"


def draft(**changes: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "concerned": [A, B],
        "subject": "infrastructure",
        "title": {"zh": "生成的公告", "en": "A generated announcement"},
        "text": [{"zh": "两市道路联通。", "en": "The two cities' roads are joined."}],
        **changes,
    }


def correction(version: int = 2, **changes: Any) -> dict[str, Any]:
    note = {"zh": "更正日期", "en": "The date is corrected"}
    return draft(version=version, change="correction", change_note=note, **changes)


def drafted(towns: dict[str, Town], values: dict[str, Any]) -> dict[str, Any]:
    made = done(towns[A], "press.draft", values)
    settle(towns)
    return made


def approve(town: Town, document: str) -> dict[str, Any]:
    return done(town, "press.approve", {"document": signed(town, Announcement, document)})


def published(towns: dict[str, Town], values: dict[str, Any]) -> str:
    made = drafted(towns, values)
    for city in values["concerned"]:
        approve(towns[city], made["document"])
    settle(towns)
    digest: str = made["digest"]
    return digest


def shown(town: Town, **more: Any) -> dict[str, Any]:
    return done(town, "press.announcement", {"id": ID, **more})


def test_nothing_is_published_before_all_concerned_have_signed(towns: dict[str, Town]) -> None:
    made = drafted(towns, draft())
    approve(towns[A], made["document"])
    settle(towns)
    for town in towns.values():
        assert refused(town, "press.announcement", {"id": ID}) == "announcement_unknown"
    approve(towns[B], made["document"])
    settle(towns)
    for town in towns.values():
        seen = shown(town)
        assert (seen["digest"], seen["signed_by"]) == (made["digest"], [A, B])
        assert done(town, "press.drafts", {})["texts"] == []


def test_a_text_in_approval_is_seen_by_none_but_those_concerned(towns: dict[str, Town]) -> None:
    made = drafted(towns, draft())
    for city, count in ((A, 1), (B, 1), (C, 0)):
        assert len(done(towns[city], "press.drafts", {})["texts"]) == count
    own = {"document": signed(towns[C], Announcement, made["document"])}
    assert refused(towns[C], "press.approve", own) == "announcement_unknown"


def test_in_whatever_order_they_sign_all_cities_publish_the_same_bytes(
    towns: dict[str, Town],
) -> None:
    for number, order in enumerate(permutations((A, B, C))):
        name = f"{A}-O{number}"
        made = drafted(towns, draft(id=name, concerned=[A, B, C]))
        for city in order:
            approve(towns[city], made["document"])
            if number % 2:
                settle(towns)
        settle(towns)
        held = {
            done(town, "press.announcement", {"id": name})["document"] for town in towns.values()
        }
        assert len(held) == 1, order


def test_a_correction_is_a_new_version_and_the_old_one_stays_readable(
    towns: dict[str, Town],
) -> None:
    first = published(towns, draft())
    second = published(towns, correction())
    for town in towns.values():
        assert (shown(town)["digest"], shown(town)["versions"]) == (second, [2, 1])
        assert shown(town, version=1)["digest"] == first
        assert shown(town)["announcement"]["previous"] == first
        (listed,) = done(town, "press.announcements", {})["announcements"]
        assert listed["version"] == 2


def test_what_a_correction_concerned_before_it_concerns_still(towns: dict[str, Town]) -> None:
    published(towns, draft())
    alone = correction(concerned=[A])
    assert refused(towns[A], "press.draft", alone) == "press_concerned_wrong"


def test_nothing_follows_a_retraction(towns: dict[str, Town]) -> None:
    published(towns, draft())
    published(towns, correction() | {"change": "retraction"})
    assert refused(towns[A], "press.draft", correction(3)) == "press_retracted"
    assert shown(towns[C])["announcement"]["change"] == "retraction"


def test_a_draft_out_of_order_is_refused_and_nothing_changes(towns: dict[str, Town]) -> None:
    for values, code in (
        (draft(id=f"{B}-N1"), "press_id_wrong"),
        (draft(concerned=[B, C]), "press_concerned_wrong"),
        (draft(concerned=[A, "511100"]), "city_not_member"),
        (draft(concerned=[A, A]), "data_invalid"),
        (draft(concerned=[]), "data_invalid"),
        (correction(), "data_invalid"),
        (draft(change="correction"), "data_invalid"),
        (draft(text=[]), "data_invalid"),
        (draft(title={"zh": "只有中文", "en": ""}), "data_invalid"),
        (draft(title={"zh": "响\u0007铃", "en": "Bell"}), "data_invalid"),
    ):
        assert refused(towns[A], "press.draft", values) == code, values
    published(towns, draft())
    assert refused(towns[A], "press.draft", draft()) == "data_invalid"
    assert refused(towns[A], "press.draft", correction(3)) == "press_version_wrong"


def test_a_later_draft_replaces_the_text_before(towns: dict[str, Town]) -> None:
    first = drafted(towns, draft())
    approve(towns[A], first["document"])
    settle(towns)
    towns[A].clock.advance(seconds=1)
    second = drafted(towns, draft(text=[{"zh": "另一文本。", "en": "Another text."}]))
    own = {"document": signed(towns[B], Announcement, first["document"])}
    assert refused(towns[B], "press.approve", own) == "press_replaced"
    approve(towns[A], second["document"])
    approve(towns[B], second["document"])
    settle(towns)
    assert shown(towns[C])["digest"] == second["digest"]


def test_signatures_that_do_not_count_are_refused_and_nothing_changes(
    towns: dict[str, Town],
) -> None:
    made = drafted(towns, draft())
    read = read_signed(made["document"].encode(), Announcement)
    forged = sign(read.document, B, "k1", generate("ed25519", seeded_randomness("x")))
    for one, code in (
        (read, "press_own_signature_missing"),
        (add_signature(read, forged), "joint_signature_wrong"),
        (add_signature(read, sign(read.document, A, "k1", towns[A].key)),
         "press_own_signature_missing"),
    ):  # fmt: skip
        sent = {"document": one.to_bytes().decode()}
        assert refused(towns[B], "press.approve", sent) == code
    for text, code in (("{", "document_malformed"), ("{}", "document_malformed")):
        assert refused(towns[B], "press.approve", {"document": text}) == code


def test_what_a_city_forges_no_other_city_publishes(towns: dict[str, Town]) -> None:
    made = drafted(towns, draft())
    read = read_signed(made["document"].encode(), Announcement)
    own = read.document.model_copy(update={"id": f"{B}-N9"})
    for one in (
        add_signature(read, sign(read.document, B, "k1", towns[B].key)),
        add_signature(Signed(own), sign(own, B, "k1", towns[B].key)),
        Signed(own.model_copy(update={"needed": 1})),
    ):
        told = SignedAnnouncement(document=one.to_bytes().decode())
        forge(towns[B], "press.published", told)
    settle(towns)
    for city in (A, C):
        rows = towns[city].rows(select(texts.c.digest).where(texts.c.is_newest == 1))
        assert list(rows) == []


def test_an_objection_reaches_the_drafting_city_and_stands_until_its_city_signs(
    towns: dict[str, Town],
) -> None:
    made = drafted(towns, draft())
    against = {"digest": made["digest"], "reason": "日期有误"}
    done(towns[B], "press.object", against)
    settle(towns)
    (seen,) = done(towns[A], "press.drafts", {})["texts"]
    assert (seen["objections"], seen["missing"]) == ({B: "日期有误"}, [A, B])
    approve(towns[B], made["document"])
    settle(towns)
    (seen,) = done(towns[A], "press.drafts", {})["texts"]
    assert (seen["objections"], seen["missing"]) == ({}, [A])
    assert refused(towns[B], "press.object", against) == "press_already_signed"
    assert refused(towns[C], "press.object", against) == "announcement_unknown"


def test_a_version_waits_at_a_city_until_the_one_before_has_arrived(
    towns: dict[str, Town],
) -> None:
    """B and A publish version 1 while C, whom version 2 concerns too, has not heard of it."""
    from tests.exchange.cities import carry

    made = done(towns[A], "press.draft", draft())
    carry(towns[A], towns[B])
    for city in (A, B):
        approve(towns[city], made["document"])
    carry(towns[B], towns[A])
    second = done(towns[A], "press.draft", correction(concerned=[A, B, C]))
    requests = towns[A].waiting(C, events=False)
    sealed = towns[A].seal(C, requests)
    towns[A].settle(requests, sealed, towns[C].take(sealed))
    assert done(towns[C], "press.drafts", {})["texts"] == []
    towns[A].clock.advance(minutes=10)
    settle(towns)
    towns[A].clock.advance(minutes=10)
    settle(towns)
    (seen,) = done(towns[C], "press.drafts", {})["texts"]
    assert seen["digest"] == second["digest"]


def test_the_public_sees_the_newest_version_marked_and_no_draft(towns: dict[str, Town]) -> None:
    published(towns, draft())
    published(towns, correction())
    drafted(towns, draft(id=f"{A}-N2", title={"zh": "草稿", "en": "A draft"}))
    town = towns[C]
    with reading(town.engine) as transaction:
        table, title, paragraph = announced(transaction, town.clock.now)
    assert isinstance(table, Table)
    correction_mark = Mark(Text("更正", "Correction"), Tone.CAUTION)
    assert [row[3:] for row in table.rows] == [(2, correction_mark)]
    assert isinstance(title, Words)
    assert isinstance(paragraph, Words)
    assert (title.text.en, paragraph.text.zh) == ("A generated announcement", "两市道路联通。")
