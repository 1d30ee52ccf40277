"""Documents: uploaded first, named by SHA-256, and their bytes sent to the other cities once."""

from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange.tables import bodies, messages_out
from tests.cases.play import answered, application, held, move, opened, refused, settle_all
from tests.exchange.cities import Town

DIGEST = "sha-256:" + "ab" * 32
FORM = {
    "digest": DIGEST,
    "kind": "form",
    "name": "表.pdf",
    "media_type": "application/pdf",
    "size_bytes": 1000,
}


def upload(town: Town, peer: str, size_bytes: int = 1000) -> None:
    with committing(town.engine) as transaction:
        row = {"digest": DIGEST, "peer": peer, "size_bytes": size_bytes, "stored_at_ms": 0}
        transaction.insert(bodies, row)


def test_a_document_goes_with_its_bytes_to_the_other_city(pair: list[Town]) -> None:
    keeper, origin = pair
    upload(keeper, "510100")
    case = opened(keeper, documents=[FORM])
    (message,) = keeper.rows(
        select(messages_out.c.body).where(messages_out.c.operation == "move.document")
    )
    assert message.body == DIGEST
    upload(origin, "510100")
    settle_all(pair)
    view = answered(origin, "view", {"case": case})
    assert [one["digest"] for one in view["documents"]] == [DIGEST]
    assert view["documents_here"] == [DIGEST]


def test_a_proposed_document_is_sent_by_the_city_that_added_it(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    answered(keeper, "act", move(case, "destination", "accept"))
    settle_all(pair)
    upload(origin, "510600")
    answered(origin, "act", move(case, "origin", "send_file", documents=[FORM]))
    upload(keeper, "510600")
    settle_all(pair)
    assert answered(keeper, "view", {"case": case})["documents_here"] == [DIGEST]
    assert answered(origin, "view", {"case": case})["documents_here"] == [DIGEST]
    assert held(keeper, case) == held(origin, case)


@pytest.mark.parametrize("size_bytes", [None, 999])
def test_a_document_that_was_not_uploaded_as_it_is_named_is_refused(
    pair: list[Town], size_bytes: int | None
) -> None:
    if size_bytes is not None:
        upload(pair[0], "510100", size_bytes)
    asked: dict[str, Any] = application(documents=[FORM])
    assert refused(pair[0], "start", asked) == "case_document_not_here"
    assert answered(pair[0], "list", {})["cases"] == []


def test_a_body_that_is_not_the_document_is_refused(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    message = keeper.ask(
        "510600", "move.document", {"case": case, "digest": DIGEST}, purpose="licence-move"
    )
    settle_all(pair)
    (row,) = keeper.rows(select(messages_out).where(messages_out.c.message_id == message))
    assert b"case_document_mismatch" in row.answer
    assert answered(origin, "view", {"case": case})["documents_here"] == []
