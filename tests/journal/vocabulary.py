"""Writes docs/journal.md from the published table: `python -m tests.journal.vocabulary`."""

from pathlib import Path

from hanse.mechanisms.journal.entries import KINDS, RETENTIONS

PATH = Path(__file__).resolve().parents[2] / "docs" / "journal.md"
MARK = "<!-- from here on written by python -m tests.journal.vocabulary -->"


def written() -> str:
    """The generated half of the document."""
    lines = [MARK, "", "## Retention", "", "| class | days | |", "| --- | --- | --- |"]
    for name, one in RETENTIONS.items():
        lines.append(f"| `{name}` | {one.days} | {one.title.zh} / {one.title.en} |")
    lines += ["", "## Kinds of entry"]
    for name, kind in KINDS.items():
        lines += [
            "",
            f"### `{name}`",
            "",
            f"{kind.title.zh} / {kind.title.en}. Class `{kind.retention.name}`.",
            "",
            "| field | |",
            "| --- | --- |",
        ]
        for field, text in kind.fields.items():
            optional = " (optional)" if field in kind.optional else ""
            lines.append(f"| `{field}`{optional} | {text.zh} / {text.en} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    head = PATH.read_text("utf-8").partition(MARK)[0]
    PATH.write_text(head + written(), "utf-8")
