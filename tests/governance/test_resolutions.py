"""Resolutions: one text, the cities' signatures, adopted by the votes that the charter asks."""

from datetime import timedelta
from itertools import permutations
from typing import Any

from sqlalchemy import select

from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import generate
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.league import store
from hanse.mechanisms.league.documents import Signed, add_signature, read_signed, sign
from hanse.mechanisms.league.joint_documents import check_signatures, standing
from hanse.services.governance.conference.contracts import Resolution
from hanse.services.governance.conference.resolutions import SignedResolution
from hanse.services.governance.conference.tables import resolutions
from tests.exchange.cities import START, Town, agreement_between, signed_by
from tests.governance.test_meetings import meeting
from tests.governance.towns import A, B, C, done, forge, members, refused, settle, signed

ID = f"{A}-J1"


def draft(**changes: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "meeting": f"{A}-2026-1",
        "point": 1,
        "title": {"zh": "关于断头路的决议", "en": "On roads that end at borders"},
        "text": [{"zh": "打通生成路。", "en": "The generated road is to be joined."}],
        **changes,
    }


def duty(number: int = 1, city: str = B, **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "city": city,
        "organisation": "planning",
        "task": {"zh": "提交方案", "en": "Hand in a plan"},
        "working_days": 10,
        **changes,
    }


def convened(towns: dict[str, Town]) -> None:
    done(towns[A], "conference.convene", meeting())
    settle(towns)


def drafted(towns: dict[str, Town], **changes: Any) -> dict[str, Any]:
    convened(towns)
    found = done(towns[A], "conference.draft", draft(**changes))
    settle(towns)
    return found


def sign_at(town: Town, document: str) -> dict[str, Any]:
    return done(town, "conference.sign", {"document": signed(town, Resolution, document)})


def view(town: Town, digest: str) -> dict[str, Any]:
    return done(town, "conference.resolution", {"digest": digest})


def test_a_resolution_is_adopted_where_the_charters_threshold_has_signed(
    towns: dict[str, Town],
) -> None:
    made = drafted(towns)
    assert [view(town, made["digest"])["adopted"] for town in towns.values()] == [False] * 3
    assert sign_at(towns[B], made["document"])["adopted"] is False
    settle(towns)
    assert sign_at(towns[C], made["document"])["adopted"] is True
    settle(towns)
    for town in towns.values():
        seen = view(town, made["digest"])
        assert (seen["adopted"], seen["signed_by"], seen["missing"]) == (True, [B, C], [A])
        assert seen["needed"] == 2


def test_unanimous_needs_every_member(towns: dict[str, Town]) -> None:
    made = drafted(towns, voting="unanimous")
    for city, adopted in ((A, False), (B, False), (C, True)):
        assert sign_at(towns[city], made["document"])["adopted"] is adopted
        settle(towns)


def test_in_whatever_order_the_cities_sign_all_hold_the_same_bytes(towns: dict[str, Town]) -> None:
    convened(towns)
    for number, order in enumerate(permutations((A, B, C))):
        made = done(towns[A], "conference.draft", draft(id=f"{A}-O{number}"))
        settle(towns)
        for city in order:
            sign_at(towns[city], made["document"])
        settle(towns)
        named = select(resolutions.c.document).where(resolutions.c.digest == made["digest"])
        held = {bytes(town.rows(named)[0][0]) for town in towns.values()}
        assert len(held) == 1, order
        assert len(read_signed(held.pop(), Resolution).signatures) == 3


def test_a_stranger_checks_a_resolution_with_the_charter_alone(towns: dict[str, Town]) -> None:
    made = drafted(towns)
    for city in (A, B):
        sign_at(towns[city], made["document"])
    settle(towns)
    document = view(towns[C], made["digest"])["document"]
    with committing(towns[C].engine) as transaction:
        charter = store.load(transaction, C).charter
    assert charter is not None
    read = read_signed(document.encode(), Resolution)
    check_signatures(read.document, read.signatures, charter)
    assert standing(read).is_complete


def test_a_draft_that_the_rules_forbid_is_refused_and_nothing_changes(
    towns: dict[str, Town],
) -> None:
    convened(towns)
    for changes, code in (
        ({"id": f"{B}-J1"}, "resolution_id_wrong"),
        ({"meeting": f"{A}-2026-9"}, "meeting_unknown"),
        ({"point": 2}, "resolution_point_wrong"),
        ({"point": 7}, "resolution_point_wrong"),
        ({"duties": [duty(organisation="nobody")]}, "resolution_duty_wrong"),
        ({"duties": [duty(city="511100")]}, "city_not_member"),
        ({"duties": [duty(2)]}, "data_invalid"),
        ({"kind": "charter"}, "data_invalid"),
        ({"changes": "sha-256:" + "0" * 64}, "data_invalid"),
        ({"text": []}, "data_invalid"),
        ({"text": [{"zh": "看不见\u202e的字", "en": "x"}]}, "data_invalid"),
    ):
        assert refused(towns[A], "conference.draft", draft(**changes)) == code, changes
    done(towns[A], "conference.draft", draft())
    assert refused(towns[A], "conference.draft", draft()) == "resolution_number_taken"


def test_signatures_that_do_not_count_are_refused_and_nothing_changes(
    towns: dict[str, Town],
) -> None:
    made = drafted(towns)
    read = read_signed(made["document"].encode(), Resolution)
    other_key = generate("ed25519", seeded_randomness("another"))
    forged = sign(read.document, B, "k1", other_key)
    changed = read.document.model_copy(update={"point": 2})
    for signature_of, code in (
        (Signed(read.document), "resolution_own_signature_missing"),
        (add_signature(read, forged), "joint_signature_wrong"),
        (add_signature(read, forged.model_copy(update={"key": "k9"})), "charter_key_unknown"),
        (add_signature(read, sign(read.document, A, "k1", towns[A].key)),
         "resolution_own_signature_missing"),
        (add_signature(Signed(changed), sign(changed, B, "k1", towns[B].key)),
         "resolution_unknown"),
    ):  # fmt: skip
        sent = {"document": signature_of.to_bytes().decode()}
        assert refused(towns[B], "conference.sign", sent) == code
    assert refused(towns[B], "conference.sign", {"document": "{"}) == "document_malformed"
    lied = made["document"].replace('"needed":2', '"needed":1')
    assert refused(
        towns[B], "conference.sign", {"document": signed(towns[B], Resolution, lied)}
    ) == ("resolution_unknown")
    sign_at(towns[B], made["document"])
    again = {"document": signed(towns[B], Resolution, made["document"])}
    assert refused(towns[B], "conference.sign", again) == "resolution_own_signature_missing"


def test_what_a_city_forges_no_other_city_keeps(towns: dict[str, Town]) -> None:
    made = drafted(towns)
    read = read_signed(made["document"].encode(), Resolution)
    for_one = read.document.model_copy(update={"id": f"{B}-J2", "needed": 1})
    not_all = read.document.model_copy(update={"id": f"{B}-J3", "signatories": (A, B), "needed": 2})
    in_anothers_name = read.document.model_copy(update={"id": f"{A}-J4"})
    by_wrong_key = add_signature(
        read, sign(read.document, C, "k1", generate("ed25519", seeded_randomness("x")))
    )
    for one in (Signed(for_one), Signed(not_all), Signed(in_anothers_name), by_wrong_key):
        told = SignedResolution(document=one.to_bytes().decode())
        forge(towns[B], "conference.resolution_signed", told)
    settle(towns)
    for city in (A, C):
        (row,) = towns[city].rows(select(resolutions.c.document))
        assert bytes(row.document) == read.to_bytes()


def test_a_change_of_the_charter_is_a_resolution_that_links_to_its_signatures(
    towns: dict[str, Town],
) -> None:
    with committing(towns[A].engine) as transaction:
        charter = store.load(transaction, A).charter
    assert charter is not None
    at = START + timedelta(minutes=1)
    following = charter.model_copy(
        update={
            "version": 2,
            "previous": charter.digest,
            "issued_at": at,
            "valid_from": at,
            "threshold": 3,
        }
    )
    made = drafted(towns, kind="charter", changes=following.digest)
    before = view(towns[B], made["digest"])["linked"]
    assert (before["is_here"], before["digest"]) == (False, following.digest)
    for city in (A, B):
        sign_at(towns[city], made["document"])
    settle(towns)
    document = signed_by(following, [towns[A], towns[B]]).to_bytes()
    for town in towns.values():
        town.clock.now = at + timedelta(minutes=1)
        with committing(town.engine) as transaction:
            store.accept_charters(transaction, [document], charter.digest, town.clock.now)
    seen = view(towns[C], made["digest"])
    assert seen["linked"]["is_here"] is True
    assert (seen["linked"]["signed_by"], seen["linked"]["missing"]) == ([A, B], [C])
    assert seen["adopted"], "it was signed under the charter that it names, which asked for two"
    sign_at(towns[C], made["document"])
    settle(towns)
    assert view(towns[A], made["digest"])["signed_by"] == [A, B, C]


def test_a_new_agreement_is_a_resolution_that_links_to_its_signatures(
    towns: dict[str, Town],
) -> None:
    agreement = agreement_between(
        [towns[A], towns[B]], START, [{"operations": ["conference.paper"], "purposes": ["x"]}],
        id="new-one",
    )  # fmt: skip
    made = drafted(towns, kind="agreement", changes=agreement.digest)
    for town in (towns[A], towns[B]):
        with committing(town.engine) as transaction:
            document = signed_by(agreement, [towns[A]]).to_bytes()
            store.accept_agreement(transaction, document, START)
    linked = view(towns[A], made["digest"])["linked"]
    assert (linked["agreement"], linked["signed_by"], linked["missing"]) == ("new-one", [A], [B])
    assert view(towns[C], made["digest"])["linked"]["is_here"] is False


def test_a_city_whose_key_was_ended_signs_no_more_with_it(towns: dict[str, Town]) -> None:
    made = drafted(towns)
    with committing(towns[B].engine) as transaction:
        charter = store.load(transaction, B).charter
    assert charter is not None
    at = START + timedelta(minutes=1)
    key = generate("ed25519", seeded_randomness("fresh"))
    listed = members(list(towns.values()))
    listed[1]["keys"][0]["valid_until"] = at
    listed[1]["keys"].append(
        {
            "id": "k2",
            **key.public.as_dict(),
            "uses": ["exchange", "charter", "witness"],
            "valid_from": START,
        }
    )
    following = type(charter).model_validate(
        charter.model_dump()
        | {
            "version": 2,
            "previous": charter.digest,
            "issued_at": at,
            "valid_from": at,
            "members": listed,
        }
    )
    whole = signed_by(following, list(towns.values()))
    whole = add_signature(whole, sign(following, B, "k2", key))
    towns[B].clock.now = at + timedelta(minutes=1)
    with committing(towns[B].engine) as transaction:
        store.accept_charters(transaction, [whole.to_bytes()], charter.digest, towns[B].clock.now)
    sent = {"document": signed(towns[B], Resolution, made["document"])}
    assert refused(towns[B], "conference.sign", sent) == "charter_key_not_valid"


def test_pages_of_resolutions_are_those_of_the_meeting_asked_for(towns: dict[str, Town]) -> None:
    made = drafted(towns)
    (line,) = done(towns[B], "conference.resolutions", {"meeting": f"{A}-2026-1"})["resolutions"]
    assert (line["digest"], line["adopted"]) == (made["digest"], False)
    other = {"meeting": f"{A}-2026-2"}
    assert done(towns[B], "conference.resolutions", other)["resolutions"] == []
