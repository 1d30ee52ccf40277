"""How the command line speaks: in the caller's language, and plainly when it refuses."""

import json
import os
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from hanse.foundation.errors import Problem
from hanse.foundation.languages import Language, Text

out = Console()
err = Console(stderr=True)


def language() -> Language:
    """`HANSE_LANGUAGE` if set, else Chinese unless the terminal's locale is an English one."""
    chosen = os.environ.get("HANSE_LANGUAGE") or os.environ.get("LANG", "")
    return "en" if chosen.lower().startswith("en") else "zh"


def say(text: Text, **values: object) -> None:
    """Print a text in the caller's language."""
    words = text.format(**values).in_language(language())
    out.print(words, markup=False, highlight=False, soft_wrap=True)


def fail(problem: Problem) -> None:
    """Print a refusal: what, why, and what to do next."""
    speaks = language()
    err.print(f"[red]✗[/red] {problem.kind.title.in_language(speaks)} ({problem.code})")
    for text in (problem.detail, problem.hint):
        line = text.in_language(speaks)
        if line != problem.kind.title.in_language(speaks):
            err.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print a value for programs: one JSON document on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def table(title: Text, columns: list[Text], chosen: Language | None = None) -> Table:
    """An empty table with its heads in the caller's language. In a narrow terminal its cells are
    folded, never cut: an id of which a part is missing is good for nothing."""
    speaks = chosen or language()
    made = Table(title=title.in_language(speaks), title_justify="left")
    for column in columns:
        made.add_column(column.in_language(speaks), overflow="fold")
    return made
