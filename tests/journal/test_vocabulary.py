"""docs/journal.md is written from the published table, and names every finding of an audit."""

from hanse.mechanisms.journal.audit_findings import Finding
from tests.journal.vocabulary import MARK, PATH, written


def test_the_published_vocabulary_is_current() -> None:
    text = PATH.read_text("utf-8")
    assert text.partition(MARK)[1] + text.partition(MARK)[2] == written(), (
        "run python -m tests.journal.vocabulary"
    )


def test_every_finding_is_named_in_the_document() -> None:
    text = PATH.read_text("utf-8")
    assert [one for one in Finding if f"`{one.value}`" not in text] == []
