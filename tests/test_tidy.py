"""The style that a machine can hold: sizes, names, and nothing that should not be in the tree."""

import ast
import re
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path
    for folder in ("src", "tests", "benches", "faults")
    for path in (ROOT / folder).rglob("*.py")
    if "versions" not in path.parts
)
PRODUCT = [path for path in SOURCES if path.is_relative_to(ROOT / "src")]
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
MEDIAN_LINES_MAX = 150
BANNED = {
    "utils": "a name that says what is in the file",
    "helpers": "a name that says what is in the file",
    "datetime.utcnow": "the context's clock",
    "datetime.now(": "the context's clock, or foundation.clock at the edge",
    "time.time(": "the context's clock, or foundation.clock at the edge",
    "random.random(": "the context's randomness",
}
BANNED_EVERYWHERE = re.compile(r"\b(FIXME|XXX|HACK|breakpoint\(\))")
MAY_READ_THE_CLOCK = {"clock.py"}
HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;:?!](?=[\u4e00-\u9fff{])")
PEOPLE_READ = sorted(
    path for kind in ("py", "html", "toml") for path in (ROOT / "src").rglob(f"*.{kind}")
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_file_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= FILE_LINES_MAX


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION_LINES_MAX, f"{node.name} has {lines} lines"


def test_median_file_is_short() -> None:
    sizes = [len(path.read_text("utf-8").splitlines()) for path in PRODUCT]
    assert statistics.median(sizes) <= MEDIAN_LINES_MAX


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_modules_and_public_functions_are_documented(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    if not tree.body:
        return
    assert ast.get_docstring(tree), "the module says nothing of itself"
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        assert node.name.startswith("_") or ast.get_docstring(node), f"{node.name}: no docstring"


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_banned_names(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not BANNED_EVERYWHERE.search(text)
    if path.name not in MAY_READ_THE_CLOCK:
        for banned, instead in BANNED.items():
            assert banned not in text, f"{banned} is banned, use {instead}"


@pytest.mark.parametrize("path", PEOPLE_READ, ids=name)
def test_chinese_has_its_own_punctuation(path: Path) -> None:
    """GB/T 15834: Chinese text is set with full-width marks."""
    assert HALF_WIDTH.findall(path.read_text("utf-8")) == []


def test_no_registry_address_in_any_file() -> None:
    names = ("pypi" + r"\.org", "pythonhosted" + r"\.", "npmjs" + r"\.(org|com)")
    hosts = re.compile("|".join(names))
    kinds = {".lock", ".toml", ".txt", ".json", ".md", ".py", ".in", ""}
    for path in ROOT.rglob("*"):
        skipped = {".git", ".venv", "node_modules", "demo"} & set(path.parts)
        if path.is_file() and not skipped and path.suffix in kinds:
            assert not hosts.search(path.read_text("utf-8", errors="ignore")), name(path)


def test_every_markdown_file_has_one_title() -> None:
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        outside_code = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
        titles = [line for line in outside_code.splitlines() if line.startswith("# ")]
        assert len(titles) == 1, name(path)
