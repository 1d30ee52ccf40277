"""Elements of a message: written with their namespace, read in the order of the schema.

A `Cursor` is asked for an element's children in the schema's order. What it was not asked for is
named as dropped, so that nothing in a message is passed over without a word; what comes twice or
too late is refused.
"""

from datetime import date, datetime
from fractions import Fraction
from typing import Final

from lxml import etree

from hanse.foundation.errors import Problem
from hanse.foundation.iso20022 import forms
from hanse.foundation.iso20022.forms import TextForm
from hanse.foundation.iso20022.problems import (
    ISO_ELEMENT_MISPLACED,
    ISO_ELEMENT_MISSING,
    ISO_FILE_MALFORMED,
    ISO_TOO_MANY,
)
from hanse.foundation.money import Money

DROPPED_MAX: Final = 200
"""Names of dropped elements that one reading lists."""
NAME_LENGTH_MAX: Final = 64


class Branch:
    """An element that is being written."""

    def __init__(self, element: etree._Element, namespace: str, path: str) -> None:
        self.element = element
        self.path = path
        self._namespace = namespace

    def branch(self, name: str) -> "Branch":
        """A new child that holds children."""
        child = etree.SubElement(self.element, f"{{{self._namespace}}}{name}")
        return Branch(child, self._namespace, f"{self.path}/{name}")

    def value(self, name: str, text: str, form: TextForm) -> None:
        """A new child with text of that form."""
        path = f"{self.path}/{name}"
        child = etree.SubElement(self.element, f"{{{self._namespace}}}{name}")
        child.text = form.checked(text, path)

    def optional(self, name: str, text: str | None, form: TextForm) -> None:
        """The same where there is a text."""
        if text is not None:
            self.value(name, text, form)

    def amount(self, name: str, amount: Money) -> None:
        """An amount with its currency."""
        child = etree.SubElement(self.element, f"{{{self._namespace}}}{name}")
        child.text = forms.amount_text(amount, f"{self.path}/{name}")
        child.set("Ccy", amount.currency)

    def day(self, name: str, day: date) -> None:
        """A day."""
        self.value(name, day.isoformat(), forms.ID)

    def instant(self, name: str, instant: datetime) -> None:
        """An instant."""
        self.value(name, forms.instant_text(instant), forms.ID)

    def flag(self, name: str, flag: bool) -> None:
        """Yes or no."""
        self.value(name, "true" if flag else "false", forms.FLAG)


class Cursor:
    """An element that is being read."""

    __slots__ = (
        "_asked",
        "_at",
        "_children",
        "_dropped",
        "_namespace",
        "_opened",
        "_skipped",
        "element",
        "path",
    )

    def __init__(self, element: etree._Element, path: str, dropped: list[str]) -> None:
        self.element = element
        self.path = path
        self._dropped = dropped
        self._children = list(element)
        self._at = 0
        self._asked: set[str] = set()
        self._skipped: list[etree._Element] = []
        self._opened: list[Cursor] = []
        self._namespace = str(element.tag).rpartition("}")[0] + "}"

    def optional(self, name: str) -> "Cursor | None":
        """The next child of that name, or None."""
        element = self._next(name)
        if element is None:
            return None
        cursor = Cursor(element, f"{self.path}/{name}", self._dropped)
        self._opened.append(cursor)
        return cursor

    def child(self, name: str) -> "Cursor":
        """The next child of that name, or the refusal."""
        found = self.optional(name)
        if found is None:
            raise self._missing(name)
        return found

    def repeated(self, name: str, count_max: int) -> "list[Cursor]":
        """All children of that name, which stand together."""
        found: list[Cursor] = []
        while (child := self.optional(name)) is not None:
            child.path = f"{child.path}[{len(found) + 1}]"
            found.append(child)
            if len(found) > count_max:
                raise ISO_TOO_MANY(path=f"{self.path}/{name}", count_max=count_max)
            if self._at == len(self._children):
                break
        if not found and self._holds(name):
            raise self._missing(name)
        return found

    def value(self, name: str, form: TextForm) -> str:
        """The text of the next child of that name."""
        return form.checked(self._leaf(name), f"{self.path}/{name}")

    def optional_value(self, name: str, form: TextForm) -> str | None:
        """The same, or None where there is no such child."""
        text = self._optional_leaf(name)
        return None if text is None else form.checked(text, f"{self.path}/{name}")

    def text(self, form: TextForm) -> str:
        """This element's own text."""
        if self._children:
            raise ISO_ELEMENT_MISPLACED(path=f"{self.path}/*")
        return form.checked(self.element.text or "", self.path)

    def amount(self, name: str) -> Money:
        """The next child of that name as an amount with its currency."""
        amount = self.optional_amount(name)
        if amount is None:
            raise self._missing(name)
        return amount

    def optional_amount(self, name: str) -> Money | None:
        """The same, or None where there is no such child."""
        element = self._next(name)
        if element is None:
            return None
        path = f"{self.path}/{name}"
        if len(element):
            raise ISO_ELEMENT_MISPLACED(path=f"{path}/*")
        currency = element.get("Ccy")
        if currency is None:
            raise ISO_ELEMENT_MISSING(path=f"{path}/@Ccy")
        return forms.amount_of(element.text or "", currency, path)

    def day(self, name: str) -> date:
        """The next child of that name as a day."""
        return forms.date_of(self._leaf(name), f"{self.path}/{name}")

    def optional_day(self, name: str) -> date | None:
        """The same, or None where there is no such child."""
        text = self._optional_leaf(name)
        return None if text is None else forms.date_of(text, f"{self.path}/{name}")

    def instant(self, name: str) -> datetime:
        """The next child of that name as an instant."""
        return forms.instant_of(self._leaf(name), f"{self.path}/{name}")

    def optional_instant(self, name: str) -> datetime | None:
        """The same, or None where there is no such child."""
        text = self._optional_leaf(name)
        return None if text is None else forms.instant_of(text, f"{self.path}/{name}")

    def day_of_instant(self, name: str) -> date:
        """The next child of that name as an instant: its day in the zone that it names."""
        text = self._leaf(name)
        forms.instant_of(text, f"{self.path}/{name}")
        return date.fromisoformat(text[:10])

    def optional_decimal(self, name: str) -> Fraction | None:
        """The next child of that name as an exact number, or None."""
        text = self._optional_leaf(name)
        return None if text is None else forms.decimal_of(text, f"{self.path}/{name}")

    def flag(self, name: str) -> bool:
        """The next child of that name as yes or no."""
        return self.value(name, forms.FLAG) in ("true", "1")

    def finish(self) -> None:
        """Name all that was not read, here and below; refuse what came twice or too late."""
        opened = [self]
        while opened:
            cursor = opened.pop()
            cursor._finish_alone()
            opened += cursor._opened

    def _finish_alone(self) -> None:
        if self._children and (self.element.text or "").strip():
            raise ISO_FILE_MALFORMED(expected=f"ISO 20022 XML ({self.path})")
        if not self._skipped and self._at == len(self._children):
            return
        for left in (*self._skipped, *self._children[self._at :]):
            name = str(left.tag).rpartition("}")[2][:NAME_LENGTH_MAX]
            if left.tag in self._asked:
                raise ISO_ELEMENT_MISPLACED(path=f"{self.path}/{name}")
            if len(self._dropped) < DROPPED_MAX:
                self._dropped.append(f"{self.path}/{name}")

    def _next(self, name: str) -> etree._Element | None:
        tag = self._namespace + name
        self._asked.add(tag)
        children = self._children
        for index in range(self._at, len(children)):
            if children[index].tag == tag:
                if index > self._at:
                    self._skipped += children[self._at : index]
                self._at = index + 1
                return children[index]
        return None

    def _leaf(self, name: str) -> str:
        text = self._optional_leaf(name)
        if text is None:
            raise self._missing(name)
        return text

    def _optional_leaf(self, name: str) -> str | None:
        """The text of the next child of that name, which holds nothing else."""
        element = self._next(name)
        if element is None:
            return None
        if len(element):
            raise ISO_ELEMENT_MISPLACED(path=f"{self.path}/{name}/*")
        return element.text or ""

    def _missing(self, name: str) -> Problem:
        """A child that is not found and yet there is out of order."""
        kind = ISO_ELEMENT_MISPLACED if self._holds(name) else ISO_ELEMENT_MISSING
        return kind(path=f"{self.path}/{name}")

    def _holds(self, name: str) -> bool:
        return any(one.tag == self._namespace + name for one in self._children)
