"""The audit of another city's journal: whether its history was changed, split or cut, and where.

The journal is read as its tiles. It is held against the checkpoints that we cosigned as its
witness (the roots that it once signed), against a reference (an earlier copy, or else the hash
tiles that it serves) to name the place, and against the deliveries that we have with that city.
"""

from collections.abc import Sequence

from hanse.foundation.errors import Problem
from hanse.mechanisms.journal.audit_findings import Finding, Known, Remembered, Report, Source
from hanse.mechanisms.journal.audit_reading import Reading
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosigned_by, open_checkpoint
from hanse.mechanisms.journal.notes import Note, parse_note
from hanse.mechanisms.journal.parties import (
    log_keys,
    origin_of,
    valid_cosignatures,
    witness_keys,
)
from hanse.mechanisms.journal.verifier_keys import NoteKey
from hanse.mechanisms.league.charter import Charter


def audit(source: Source, charter: Charter, city: str, known: Known) -> Report:
    """Read the whole journal and say what is wrong with it; nothing is raised for a lie.

    Raises Problem only where the auditor's own earlier copy is not one of this city's journal.
    """
    report = Report(city)
    note = _open(source, charter, city, report)
    if note is None:
        return report
    served = parse_checkpoint(note.text)
    report.size = served.size
    copied = _head_of_copy(known, charter, city)
    heads = sorted([*known.remembered, *copied], key=lambda one: one.checkpoint.size)
    _compare_heads(note, heads, report)
    reading = Reading(source, served, heads, known, report)
    reading.run()
    if reading.served_holds:
        _look_for_forks(note, reading.contradicted, report)
    _look_for_lies(charter, report)
    return report


def _open(source: Source, charter: Charter, city: str, report: Report) -> Note | None:
    try:
        note = parse_note(source.checkpoint())
        open_checkpoint(note, origin_of(charter, city), log_keys(charter, city))
        times = cosigned_by(note, witness_keys(charter, city))
    except Problem as problem:
        report.add(Finding.UNSIGNED, 0, 0, problem.code)
        return None
    report.witnesses = len(valid_cosignatures(charter, city, times))
    if report.witnesses < charter.witness_quorum:
        detail = f"{report.witnesses} of {charter.witness_quorum}"
        report.add(Finding.QUORUM, 0, parse_checkpoint(note.text).size, detail)
    return note


def _head_of_copy(known: Known, charter: Charter, city: str) -> list[Remembered]:
    """The head of the earlier copy: unlike what we keep as a witness, it has all cosignatures."""
    if known.reference is None:
        return []
    note = parse_note(known.reference.checkpoint())
    open_checkpoint(note, origin_of(charter, city), log_keys(charter, city))
    return [Remembered(note)]


def _compare_heads(note: Note, heads: Sequence[Remembered], report: Report) -> None:
    """The served head against those that we know."""
    served = parse_checkpoint(note.text)
    for one in heads:
        head = one.checkpoint
        if head.size == served.size and head.root != served.root:
            notes = (one.note.encode().decode(), note.encode().decode())
            report.add(Finding.FORKED, 0, served.size, "two roots of one size", notes)
    if not heads or heads[-1].checkpoint.size <= served.size:
        return
    newest = heads[-1].checkpoint
    was_head = any(one.checkpoint == served for one in heads)
    what = Finding.RESTORED if was_head else Finding.TRUNCATED
    notes = (heads[-1].note.encode().decode(), note.encode().decode())
    report.add(what, served.size, newest.size, f"{newest.size} entries were signed", notes)


def _look_for_forks(note: Note, contradicted: Sequence[Remembered], report: Report) -> None:
    """The entries give the served root, and not that of an earlier head: the city signed both."""
    size = parse_checkpoint(note.text).size
    for one in contradicted:
        if one.checkpoint.size < size:
            notes = (one.note.encode().decode(), note.encode().decode())
            detail = f"the signed head of {one.checkpoint.size} is no part of that of {size}"
            report.add(Finding.FORKED, 0, one.checkpoint.size, detail, notes)
            return


def _look_for_lies(charter: Charter, report: Report) -> None:
    """Who cosigned both of two heads that contradict each other saw neither's consistency."""
    keys = witness_keys(charter, report.city)
    lying: dict[str, tuple[str, ...]] = {}
    for one in report.found:
        if one.what is Finding.FORKED:
            first, second = (_cosigners(note, keys) for note in one.notes)
            lying.update(dict.fromkeys(first & second, one.notes))
    for name, notes in sorted(lying.items()):
        report.add(Finding.WITNESS_LIES, 0, report.size, name, notes)


def _cosigners(note: str, keys: Sequence[NoteKey]) -> set[str]:
    try:
        return set(cosigned_by(parse_note(note.encode()), keys))
    except Problem:
        return set()
