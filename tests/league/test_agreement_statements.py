"""Statements on an agreement: chained for each city, signed by it, and accepted by that alone."""

import itertools
from typing import Any

import pytest
from tests.league.leagues import (
    CHENGDU,
    DEYANG,
    MIANYANG,
    START,
    SUINING,
    agreed,
    agreement,
    founding,
    on_day,
    refused,
    signature,
    signed_by,
    stated,
)

from hanse.foundation.languages import Text
from hanse.mechanisms.league.agreement_records import (
    AgreementRecord,
    accept_agreement,
    accept_statement,
    next_statement,
)
from hanse.mechanisms.league.agreements import SignedStatement, StatementKind
from hanse.mechanisms.league.documents import Signature, Signed

SUSPEND, RESUME, END = StatementKind
CHARTER = founding((CHENGDU, DEYANG, MIANYANG))
AGREED = agreed(agreement())
REASON = Text("系统升级", "the system is renewed")


def taken(*statements: SignedStatement) -> AgreementRecord:
    record = AGREED
    for one in statements:
        record = accept_statement(record, one, CHARTER, on_day(1))
    return record


def refuse(
    code: str,
    proposed: SignedStatement,
    /,
    *,
    known: AgreementRecord = AGREED,
    **values: object,
) -> None:
    """The statement is refused, and the record is as it was."""
    versions, statements = known.versions, known.statements
    with refused(code, **values):
        accept_statement(known, proposed, CHARTER, on_day(1))
    assert (known.versions, known.statements) == (versions, statements)


def one(kind: StatementKind = SUSPEND, city: str = CHENGDU, **changes: Any) -> SignedStatement:
    return stated(city, (kind, 1), **changes)[0]


def test_a_chain_is_accepted_statement_by_statement() -> None:
    chain = stated(CHENGDU, (SUSPEND, 1), (RESUME, 2), (SUSPEND, 3), (END, 9), (RESUME, 4))
    record = taken(*chain)
    assert record.statements == tuple(chain)
    assert record.statements_of(CHENGDU) == [each.document for each in chain]
    assert record.statements_of(DEYANG) == []


def test_the_same_statement_again_changes_nothing() -> None:
    chain = stated(CHENGDU, (SUSPEND, 1), (RESUME, 2))
    record = taken(*chain)
    assert accept_statement(record, chain[0], CHARTER, on_day(1)) is record
    assert accept_statement(record, chain[1], CHARTER, on_day(1)) is record


def test_all_parties_come_to_hold_the_same_record() -> None:
    """However the words of different cities cross on the way."""
    mine = stated(CHENGDU, (SUSPEND, 1), (END, 3))
    yours = stated(DEYANG, (END, 2), (SUSPEND, 4), (RESUME, 5))
    records = {
        taken(*order).statements
        for order in itertools.permutations([*mine, *yours])
        if order.index(mine[0]) < order.index(mine[1])
        and order.index(yours[0]) < order.index(yours[1]) < order.index(yours[2])
    }
    assert records == {(*mine, *yours)}


def test_another_league_s_statement_is_refused() -> None:
    refuse("agreement_of_other_league", one(league="other"))


def test_nothing_is_stated_of_a_draft() -> None:
    drafted = AgreementRecord((signed_by(agreement(), CHENGDU),))
    refuse("agreement_not_agreed", one(), known=drafted)


def test_a_statement_of_another_agreement_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="another"):
        accept_statement(AGREED, one(agreement="AGR-2"), CHARTER, on_day(1))


def test_a_statement_is_signed_by_its_own_city_alone() -> None:
    document = one().document
    for signers in ((), (DEYANG,), (CHENGDU, DEYANG), (CHENGDU, CHENGDU)):
        refuse("statement_author_wrong", signed_by(document, *signers))


def test_only_a_party_states() -> None:
    refuse("statement_author_wrong", one(city=MIANYANG))
    refuse("statement_author_wrong", one(city=SUINING))


def test_a_signature_that_does_not_verify_is_refused() -> None:
    statement = one()
    for text in ("AAAA", signature(one(END).document, CHENGDU).signature):
        wrong = Signature(city=CHENGDU, key="k1", signature=text)
        refuse("agreement_signature_wrong", Signed(statement.document, (wrong,)), city=CHENGDU)
    refuse("charter_key_unknown", signed_by(statement.document, f"{CHENGDU}/k2"))


def test_a_statement_from_the_future_waits() -> None:
    soon = on_day(1 + 5 / 1440)
    late = on_day(1 + 6 / 1440)
    refuse("statement_from_future", one(issued_at=late, effective_at=late))
    assert taken(one(issued_at=soon, effective_at=soon))


def test_a_missing_statement_is_asked_for() -> None:
    chain = stated(CHENGDU, (SUSPEND, 1), (RESUME, 2), (SUSPEND, 3))
    refuse("statement_gap", chain[1], city=CHENGDU, expected=1)
    refuse("statement_gap", chain[2], known=taken(chain[0]), expected=2)


def test_two_statements_of_one_number_are_a_fork() -> None:
    held = one()
    refuse("statement_forked", one(END), known=taken(held), held=held.digest)


def test_a_statement_after_another_one_than_the_last_is_refused() -> None:
    _, stray = stated(CHENGDU, (SUSPEND, 5), (RESUME, 6))
    refuse("statement_previous_mismatch", stray, known=taken(one()), expected=one().digest)


@pytest.mark.parametrize(
    "kinds",
    [
        [(RESUME, 1)],
        [(SUSPEND, 1), (SUSPEND, 2)],
        [(SUSPEND, 1), (RESUME, 2), (RESUME, 3)],
        [(END, 1), (END, 2)],
        [(END, 1), (RESUME, 2)],
        [(SUSPEND, 3), (RESUME, 2)],
        [(SUSPEND, 1), (END, 2), (SUSPEND, 3)],
    ],
)
def test_what_repeats_or_contradicts_is_refused(kinds: list[tuple[StatementKind, float]]) -> None:
    chain = stated(CHENGDU, *kinds)
    refuse("statement_without_effect", chain[-1], known=taken(*chain[:-1]))


def test_a_statement_issued_before_the_last_is_refused() -> None:
    held = one(issued_at=on_day(0.5))
    _, earlier = stated(CHENGDU, (SUSPEND, 1), (RESUME, 1))
    document = earlier.document.model_copy(update={"previous": held.digest})
    refuse("statement_without_effect", signed_by(document, CHENGDU), known=taken(held))


def test_a_party_resumes_only_its_own_suspension() -> None:
    refuse("statement_without_effect", one(RESUME, DEYANG), known=taken(one(SUSPEND, CHENGDU)))


def test_a_party_that_was_dropped_may_still_speak_of_its_time() -> None:
    first = agreement((CHENGDU, DEYANG, MIANYANG))
    smaller = agreement(version=2, supersedes=first.digest)
    record = accept_agreement(
        agreed(first), signed_by(smaller, CHENGDU, DEYANG, MIANYANG), CHARTER, START
    )
    assert accept_statement(record, one(city=MIANYANG), CHARTER, on_day(1)).statements


def test_the_next_statement_is_drawn_up_from_the_record() -> None:
    record = AGREED
    for number, kind in enumerate((SUSPEND, RESUME, END), 1):
        statement = next_statement(record, CHENGDU, kind, REASON, issued_at=on_day(number / 10))
        assert (statement.sequence, statement.effective_at) == (number, statement.issued_at)
        record = accept_statement(record, signed_by(statement, CHENGDU), CHARTER, on_day(1))
    with refused("statement_without_effect"):
        next_statement(record, CHENGDU, END, REASON, issued_at=on_day(1))
    notice = next_statement(
        record, DEYANG, END, REASON, issued_at=on_day(1), effective_at=on_day(31)
    )
    assert notice.effective_at == on_day(31)
    with refused("document_invalid"):
        next_statement(record, DEYANG, END, REASON, issued_at=on_day(1), effective_at=START)


def test_a_record_that_lacks_a_statement_is_refused_and_never_folded() -> None:
    """A store that lost a suspension must not let the agreement live on."""
    chain = stated(CHENGDU, (SUSPEND, 1), (RESUME, 2), (SUSPEND, 3))
    other = stated(CHENGDU, (SUSPEND, 5), (RESUME, 6))
    with refused("statement_gap", expected=2):
        agreed(agreement(), chain[0], chain[2])
    with refused("statement_gap", expected=1):
        agreed(agreement(), chain[1])
    with refused("statement_forked"):
        agreed(agreement(), chain[0], other[0])
    with refused("statement_previous_mismatch"):
        agreed(agreement(), chain[0], other[1])
    assert agreed(agreement(), *chain, *chain).statements == tuple(chain)
