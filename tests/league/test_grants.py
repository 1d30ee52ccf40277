"""Who may call what: what covers a call, and the most helpful word where nothing does."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.league.leagues import (
    CHENGDU,
    DEYANG,
    LESHAN,
    MIANYANG,
    SUINING,
    UNHURRIED,
    agreed,
    agreement,
    grant,
    on_day,
    refusal_of,
    refused,
    signed_by,
    stated,
)

from hanse.foundation.errors import Problem
from hanse.foundation.languages import Text
from hanse.mechanisms.league.agreement_records import AgreementRecord
from hanse.mechanisms.league.agreements import StatementKind
from hanse.mechanisms.league.grants import Authorisation, GrantIndex, authorise, authorise_named

SUSPEND, RESUME, END = StatementKind
CALL: dict[str, Any] = {
    "provider": CHENGDU,
    "caller": DEYANG,
    "organisation": "L1",
    "operation": "library.borrow",
    "purpose": "lending",
    "at": on_day(10),
}


def index_of(*grants: dict[str, Any], **changes: Any) -> GrantIndex:
    return GrantIndex([agreed(agreement(grants=grants, **changes))])


def ask(index: GrantIndex, **changes: Any) -> Authorisation:
    """Ask, and see that `find` says the same."""
    call = {**CALL, **changes}
    code = refusal_of(lambda: index.authorise(**call))
    found = index.find(**call)
    assert (found is None) == (code is not None)
    answer = index.authorise(**call)
    assert answer is found
    return answer


def test_what_covers_a_call() -> None:
    given_ = grant(
        operations=("library.borrow",),
        fields=("title", "due_at"),
        rate_per_minute=60,
        rate_per_day=1000,
    )
    found = ask(index_of(given_))
    assert (found.agreement, found.version, found.grant) == ("AGR-1", 1, "G-1")
    assert found.fields == ("title", "due_at")
    assert (found.rate_per_minute, found.rate_per_day) == (60, 1000)
    assert found.legal_basis == Text(
        "《公共图书馆法》第四十八条", "Public Libraries Law, article 48"
    )
    assert found.visible({"title": "t", "reader": "r"}) == {"title": "t"}


def test_without_limits_there_are_none() -> None:
    found = ask(index_of(grant()))
    assert (found.rate_per_minute, found.rate_per_day) == (None, None)


# Who, what, why


def test_no_agreement_no_answer() -> None:
    with refused("no_agreement", provider=CHENGDU, caller=DEYANG):
        ask(GrantIndex([]))
    with refused("no_agreement", caller=MIANYANG):
        ask(index_of(grant()), caller=MIANYANG)
    with refused("no_agreement", provider=MIANYANG):
        ask(index_of(grant()), provider=MIANYANG)


def test_all_parties_ask_and_answer_unless_the_grant_says_who() -> None:
    parties = (CHENGDU, DEYANG, MIANYANG)
    everybody = index_of(grant(), parties=parties)
    some = index_of(grant(providers=(CHENGDU,), callers=(DEYANG,)), parties=parties)
    for provider in parties:
        for caller in parties:
            if provider != caller:
                assert ask(everybody, provider=provider, caller=caller)
            if (provider, caller) == (CHENGDU, DEYANG):
                assert ask(some, provider=provider, caller=caller)
            else:
                with refused("operation_not_granted"):
                    ask(some, provider=provider, caller=caller)


@pytest.mark.parametrize(
    ("granted", "operation", "covered"),
    [
        ("library.borrow", "library.borrow", True),
        ("library.borrow", "library.borrow_many", False),
        ("library.borrow", "library.*", False),
        ("library.*", "library.borrow", True),
        ("library.*", "library", False),
        ("library.*", "library.borrow.many", False),
        ("library.*", "library_fines.pay", False),
        ("library.*", "librar.borrow", False),
        ("library.*", "health.library", False),
        ("library.borrow", "LIBRARY.BORROW", False),
        ("library.borrow", "", False),
    ],
)
def test_operations_by_name_or_by_service(granted: str, operation: str, covered: bool) -> None:
    index = index_of(grant(operations=(granted,)))
    if covered:
        assert ask(index, operation=operation)
    else:
        with refused("operation_not_granted", operation=operation, agreements="AGR-1"):
            ask(index, operation=operation)


def test_the_purpose_is_one_that_the_grant_names() -> None:
    index = index_of(grant(purposes=("lending", "inventory")))
    assert ask(index, purpose="inventory")
    for other in ("research", "", "Lending", "lending "):
        with refused("purpose_not_granted", purpose=other, purposes="inventory、lending"):
            ask(index, purpose=other)
    with refused("purpose_not_granted", purpose=""):
        ask(index, purpose=None)


@pytest.mark.parametrize(
    ("organisations", "changes", "covered"),
    [
        (("*",), {}, True),
        (("*",), {"organisation": None}, True),
        ((f"{DEYANG}/L1",), {}, True),
        ((f"{DEYANG}/L1",), {"organisation": "L2"}, False),
        ((f"{DEYANG}/L1",), {"organisation": "*"}, False),
        ((f"{CHENGDU}/L1",), {}, False),
        ((f"{DEYANG}/*",), {"organisation": "anything"}, True),
        ((f"{DEYANG}/*",), {"caller": CHENGDU, "provider": DEYANG}, False),
        ((f"{DEYANG}/L1", f"{CHENGDU}/L1"), {"caller": CHENGDU, "provider": DEYANG}, True),
        ((f"{DEYANG}/L1",), {"organisation": None}, False),
        ((f"{DEYANG}/{DEYANG}",), {"organisation": None}, True),
        ((f"{DEYANG}/{DEYANG}",), {"organisation": DEYANG}, True),
    ],
)
def test_organisations_are_of_their_city(
    organisations: tuple[str, ...], changes: dict[str, Any], covered: bool
) -> None:
    """The same id in another city is another organisation; None is the city itself."""
    index = index_of(grant(organisations=organisations))
    if covered:
        assert ask(index, **changes)
    else:
        with refused("organisation_not_granted", agreement="AGR-1"):
            ask(index, **changes)


def test_an_id_alone_is_of_the_one_city_that_calls() -> None:
    index = index_of(grant(organisations=("L1",), callers=(DEYANG,)))
    assert ask(index)
    with refused("organisation_not_granted"):
        ask(index, organisation="L2")


# When


def test_only_while_the_agreement_is_in_force() -> None:
    index = index_of(grant(), valid_from=on_day(10), valid_until=on_day(20))
    for day in (10, 15, 19.99):
        assert ask(index, at=on_day(day))
    with refused("agreement_not_in_force", missing="-", valid_from="2026-01-11T00:00:00.000Z"):
        ask(index, at=on_day(9.99))
    with refused("agreement_expired", since="2026-01-21T00:00:00.000Z"):
        ask(index, at=on_day(20))


@pytest.mark.parametrize(
    ("signers", "missing"), [((), f"{CHENGDU}、{DEYANG}"), ((DEYANG,), CHENGDU)]
)
def test_a_draft_allows_nothing(signers: tuple[str, ...], missing: str) -> None:
    index = GrantIndex([AgreementRecord((signed_by(agreement(), *signers),))])
    with refused("agreement_not_in_force", missing=missing):
        ask(index)


def test_not_while_it_is_suspended() -> None:
    chain = stated(CHENGDU, (SUSPEND, 10), (RESUME, 20))
    index = GrantIndex([agreed(agreement(), *chain)])
    assert ask(index, at=on_day(9.9))
    with refused("agreement_suspended", by=CHENGDU, since="2026-01-11T00:00:00.000Z"):
        ask(index, at=on_day(15))
    assert ask(index, at=on_day(20))


def test_not_after_it_has_ended() -> None:
    index = GrantIndex([agreed(agreement(), *stated(DEYANG, (END, 15)))])
    assert ask(index, at=on_day(14.9))
    with refused("agreement_ended", by=DEYANG, since="2026-01-16T00:00:00.000Z"):
        ask(index, at=on_day(15))


def test_not_outside_the_grant_s_own_period() -> None:
    index = index_of(grant(valid_from=on_day(20), valid_until=on_day(30)))
    assert ask(index, at=on_day(20))
    assert ask(index, at=on_day(29.9))
    for day in (10, 19.9, 30, 50):
        with refused("grant_out_of_period", grant="G-1", valid_until="2026-01-31T00:00:00.000Z"):
            ask(index, at=on_day(day))
    open_ended = index_of(grant(valid_from=on_day(20)))
    with refused("grant_out_of_period", valid_until="2026-04-11T00:00:00.000Z"):
        ask(open_ended, at=on_day(10))


def test_a_grant_s_own_period_opens_no_suspension() -> None:
    limited = agreement(grants=(grant(valid_from=on_day(20), valid_until=on_day(45)),))
    index = GrantIndex([agreed(limited, *stated(CHENGDU, (SUSPEND, 10), (RESUME, 30)))])
    assert ask(index, at=on_day(30))
    with refused("agreement_suspended"):
        ask(index, at=on_day(25))
    with refused("grant_out_of_period"):
        ask(index, at=on_day(45))


def test_an_amendment_changes_what_is_granted_from_its_date() -> None:
    first = agreement(grants=(grant(fields=("title",)), grant(id="G-2", operations=("a.b",))))
    second = agreement(
        version=2,
        supersedes=first.digest,
        valid_from=on_day(50),
        grants=(grant(fields=("*",)),),
    )
    index = GrantIndex(
        [AgreementRecord(tuple(signed_by(one, CHENGDU, DEYANG) for one in (first, second)))]
    )
    before, after = ask(index, at=on_day(49)), ask(index, at=on_day(50))
    assert (before.version, before.fields) == (1, ("title",))
    assert (after.version, after.fields) == (2, ("*",))
    assert ask(index, operation="a.b", at=on_day(49))
    with refused("operation_not_granted"):
        ask(index, operation="a.b", at=on_day(50))


# Which of several


def test_the_first_agreement_and_grant_covers() -> None:
    records = [
        agreed(agreement(id=name, grants=(grant(id="b"), grant(id="a"))))
        for name in ("AGR-2", "AGR-1")
    ]
    assert ask(GrantIndex(records)).grant == "b"
    assert ask(GrantIndex(records)).agreement == "AGR-1"
    assert ask(GrantIndex(records), agreement="AGR-2").agreement == "AGR-2"


@pytest.mark.parametrize(
    "operations", [("library.*", "library.borrow"), ("library.borrow", "library.*")]
)
def test_a_service_and_a_name_are_tried_in_the_order_of_their_grants(
    operations: tuple[str, str],
) -> None:
    whole, exact = (
        grant(id=f"G-{place}", operations=(one,)) for place, one in enumerate(operations)
    )
    assert ask(index_of(whole, exact)).grant == "G-0"


def test_a_later_grant_covers_what_the_first_does_not() -> None:
    index = index_of(
        grant(id="a", purposes=("research",)),
        grant(id="b", organisations=(f"{DEYANG}/L9",)),
        grant(id="c", valid_from=on_day(50)),
        grant(id="d"),
    )
    assert ask(index).grant == "d"


# A message that names its agreement


def test_only_the_named_agreement_covers() -> None:
    records = [
        agreed(agreement(id="AGR-1")),
        agreed(agreement(id="AGR-2", grants=(grant(operations=("health.see",)),))),
        agreed(agreement((CHENGDU, MIANYANG), id="AGR-3")),
    ]
    index = GrantIndex(records)
    assert ask(index, agreement="AGR-1")
    with refused("operation_not_granted", agreements="AGR-2"):
        ask(index, agreement="AGR-2")
    for other in ("AGR-3", "AGR-4", ""):
        with refused("agreement_not_between", agreement=other, agreements="AGR-1、AGR-2"):
            ask(index, agreement=other)
    with refused("no_agreement"):
        ask(index, caller=SUINING, agreement="AGR-1")


def test_single_questions() -> None:
    records = [agreed(agreement())]
    assert authorise(records, **CALL).grant == "G-1"
    assert authorise_named(records, agreement="AGR-1", **CALL).grant == "G-1"
    with refused("agreement_not_between"):
        authorise_named(records, agreement="AGR-2", **CALL)


# The most helpful refusal


def test_the_nearest_grant_decides_what_is_said() -> None:
    """Suspended, with all granted, is nearer than in force without the purpose."""
    suspended = agreed(
        agreement(id="AGR-2"), *stated(CHENGDU, (SUSPEND, 1), document=agreement(id="AGR-2"))
    )
    other_purpose = agreed(agreement(id="AGR-1", grants=(grant(purposes=("research",)),)))
    expired = agreed(agreement(id="AGR-0", valid_until=on_day(5)))
    unrelated = agreed(agreement(id="AGR-3", grants=(grant(operations=("a.b",)),)))
    with refused("agreement_suspended", agreement="AGR-2"):
        ask(GrantIndex([suspended, other_purpose, expired, unrelated]))
    with refused("agreement_expired", agreement="AGR-0"):
        ask(GrantIndex([other_purpose, expired, unrelated]))
    with refused("purpose_not_granted"):
        ask(GrantIndex([other_purpose, unrelated]))
    with refused("operation_not_granted", agreements="AGR-3"):
        ask(GrantIndex([unrelated]))


def test_in_force_out_of_period_is_nearer_than_any_other_state() -> None:
    later = agreed(agreement(id="AGR-2", grants=(grant(valid_from=on_day(50)),)))
    drafted = AgreementRecord((signed_by(agreement(id="AGR-1"), CHENGDU),))
    with refused("grant_out_of_period", agreement="AGR-2"):
        ask(GrantIndex([drafted, later]))


def test_names_from_outside_are_told_within_limits() -> None:
    for changes in ({"operation": "x" * 5000}, {"purpose": "x" * 5000}, {"agreement": "x" * 5000}):
        with pytest.raises(Problem) as caught:
            ask(index_of(grant()), **changes)
        assert len(str(caught.value.values)) < 1000


def test_a_long_list_of_agreements_is_told_within_limits() -> None:
    records = [agreed(agreement(id=f"AGR-{number:03}")) for number in range(50)]
    with refused("operation_not_granted") as caught:
        ask(GrantIndex(records), operation="a.b")
    assert caught.value.values["agreements"].endswith("AGR-019 (+30)")


def test_an_agreement_has_one_record() -> None:
    with pytest.raises(ValueError, match="two records"):
        GrantIndex([agreed(agreement()), agreed(agreement())])


# How long an answer holds

GRANTS = (
    grant(id="a"),
    grant(id="b", operations=("a.b",), valid_from=on_day(30), valid_until=on_day(60)),
)
CHAIN = stated(CHENGDU, (SUSPEND, 40), (RESUME, 50))


@pytest.mark.parametrize(
    ("day", "change"), [(-5, 0), (0, 30), (29, 30), (30, 40), (45, 50), (50, 60), (60, 100)]
)
def test_answers_may_be_kept_until_the_next_change(day: float, change: float) -> None:
    index = GrantIndex([agreed(agreement(grants=GRANTS), *CHAIN)])
    assert index.changes_after(on_day(day)) == on_day(change)


def test_nothing_changes_after_the_end_or_without_agreements() -> None:
    assert index_of(grant()).changes_after(on_day(100)) is None
    assert GrantIndex([]).changes_after(on_day(0)) is None


@UNHURRIED
@given(st.floats(-1, 120), st.sampled_from(["library.borrow", "a.b"]))
def test_no_answer_changes_before_it_is_said_to(day: float, operation: str) -> None:
    index = GrantIndex([agreed(agreement(grants=GRANTS), *CHAIN)])
    at = on_day(day)
    until = index.changes_after(at) or on_day(1000)

    def answer(when: datetime) -> str | None:
        return refusal_of(lambda: ask(index, operation=operation, at=when))

    assert answer(at) == answer(at + (until - at) / 2)


# Deny by default

PARTIES = (CHENGDU, DEYANG, MIANYANG)
SOME_CITIES = st.none() | st.lists(st.sampled_from(PARTIES), min_size=1, unique=True).map(tuple)
OPERATIONS = ["library.borrow", "library.renew", "health.see"]


@st.composite
def any_grants(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        grant(
            id=f"G-{number}",
            operations=draw(
                st.lists(st.sampled_from([*OPERATIONS, "library.*"]), min_size=1, unique=True)
            ),
            providers=draw(SOME_CITIES),
            callers=draw(SOME_CITIES),
            purposes=draw(st.lists(st.sampled_from(["a", "b"]), min_size=1, unique=True)),
        )
        for number in range(draw(st.integers(1, 3)))
    ]


@UNHURRIED
@given(
    any_grants(),
    st.sampled_from((*PARTIES, LESHAN)),
    st.sampled_from((*PARTIES, LESHAN)),
    st.sampled_from([*OPERATIONS, "health.all"]),
    st.sampled_from(["a", "b", "c"]),
)
def test_allowed_exactly_when_some_grant_names_it_all(
    grants: list[dict[str, Any]], provider: str, caller: str, operation: str, purpose: str
) -> None:
    index = index_of(*grants, parties=PARTIES)
    call = {"provider": provider, "caller": caller, "operation": operation, "purpose": purpose}
    covering = [
        one["id"]
        for one in grants
        if provider in (one["providers"] or PARTIES)
        and caller in (one["callers"] or PARTIES)
        and purpose in one["purposes"]
        and {operation, operation.split(".")[0] + ".*"} & set(one["operations"])
    ]
    if covering:
        assert ask(index, **call).grant == covering[0]
    else:
        assert refusal_of(lambda: ask(index, **call)) in (
            "no_agreement",
            "operation_not_granted",
            "purpose_not_granted",
        )
