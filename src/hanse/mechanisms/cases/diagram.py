"""A procedure's diagram, made from its table: Mermaid, in either language."""

from hanse.foundation.languages import Language, Text
from hanse.mechanisms.cases.procedure import Procedure, known


def diagram(procedure: Procedure, language: Language = "zh") -> str:
    """The procedure as a Mermaid state diagram: stages, actions with their roles, deadlines."""
    lines = ["stateDiagram-v2"]
    for stage in procedure.stages:
        title, status = (one.in_language(language) for one in (stage.title, stage.status.text))
        lines.append(f"    {stage.name} : {_plain(title)} ({_plain(status)})")
    opening = procedure.opening
    lines.append(
        f"    [*] --> {opening.to} : {_label(procedure, opening.title, opening.by, language)}"
    )
    for action in procedure.actions:
        label = _label(procedure, action.title, action.by, language)
        for origin in action.from_stages:
            lines.append(f"    {origin} --> {action.to or origin} : {label}")
    for deadline in procedure.deadlines:
        if deadline.to is not None:
            title = deadline.title.in_language(language)
            for stage in procedure.stages:
                if not stage.status.is_closed and stage.name != deadline.to:
                    lines.append(f"    {stage.name} --> {deadline.to} : ⏰ {_plain(title)}")
    lines += [
        f"    {stage.name} --> [*]"
        for stage in procedure.stages
        if stage.status.is_closed
        and not any(stage.name in action.from_stages for action in procedure.actions)
    ]
    return "\n".join(lines) + "\n"


def _label(procedure: Procedure, title: Text, by: tuple[str, ...], language: Language) -> str:
    roles = [known(procedure.role(name)).title.in_language(language) for name in by]
    words = title.in_language(language)
    return f"{_plain(words)} [{_plain(', '.join(roles))}]"


def _plain(words: str) -> str:
    """Without what Mermaid would read as its own signs."""
    return "".join(" " if sign in ":;\n#" else sign for sign in words)
