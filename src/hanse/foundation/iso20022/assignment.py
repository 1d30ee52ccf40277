"""The assignment of an investigation: which bank asks which, in camt.056 and camt.029."""

from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.elements import Branch, Cursor
from hanse.foundation.iso20022.parts import Header, read_agent, write_agent


def write_assignment(body: Branch, header: Header) -> None:
    """`Assgnmt`: the header of these two messages."""
    branch = body.branch("Assgnmt")
    branch.value("Id", header.message_id, forms.ID)
    write_agent(branch.branch("Assgnr"), "Agt", header.instructing)
    write_agent(branch.branch("Assgne"), "Agt", header.instructed)
    branch.instant("CreDtTm", header.created_at)


def read_assignment(body: Cursor) -> Header:
    """`Assgnmt`, between two banks."""
    cursor = body.child("Assgnmt")
    message_id = cursor.value("Id", forms.ID)
    assigner = read_agent(cursor.child("Assgnr").child("Agt"))
    assignee = read_agent(cursor.child("Assgne").child("Agt"))
    return Header(message_id, cursor.instant("CreDtTm"), assigner, assignee)
