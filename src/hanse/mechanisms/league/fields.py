"""Which fields of an answer an agreement lets through.

A path names a field from the answer's root: `status`, `holder.name`, and `records[].number` for
that field of each item of a list. Naming an object or a list names all that is in it, as in a
protobuf field mask (AIP-161); `*` alone names everything. What no path names stays behind, so a
field that a later version adds is not given away by an old agreement.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

PATHS_MAX: Final = 200
PATH_CHARS_MAX: Final = 200
PATH_STEPS_MAX: Final = 16
EVERYTHING: Final = "*"
ITEM: Final = "[]"

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_-]*"
_PATH: Final = re.compile(rf"{_NAME}(\[\])*(\.{_NAME}(\[\])*)*")
_STEP: Final = re.compile(rf"\[\]|{_NAME}")

Tree = dict[str, "Tree | None"]
"""What is let through below a place: by step, a tree, or None for all of it."""


def steps_of(path: str) -> tuple[str, ...]:
    """The steps of a path: names, and `[]` for the items of a list. ValueError if malformed."""
    if len(path) > PATH_CHARS_MAX or not _PATH.fullmatch(path):
        raise ValueError("a path is names joined by dots, with [] after the name of a list")
    steps = tuple(_STEP.findall(path))
    if len(steps) > PATH_STEPS_MAX:
        raise ValueError(f"a path has at most {PATH_STEPS_MAX} steps")
    return steps


@dataclass(frozen=True)
class FieldFilter:
    """A compiled set of paths. Applying it never adds, changes or reorders a value."""

    paths: tuple[str, ...]
    _tree: Tree | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tree", _compiled(self.paths))

    @property
    def lets_all_through(self) -> bool:
        """Whether nothing is ever held back."""
        return self._tree is None

    def apply(self, data: dict[str, Any]) -> dict[str, Any]:
        """The data with only what the paths name.

        An object on the way to a named field stays, if only empty, so that lists keep their
        length; anything else that stands where a path expects an object or a list is left out.
        What is let through whole is shared with `data`, not copied.
        """
        return data if self._tree is None else _of_object(data, self._tree)

    def covers(self, data: dict[str, Any]) -> bool:
        """Whether applying the filter would leave nothing out."""
        return self._tree is None or self.apply(data) == data

    def missing(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those of a model's paths that are not let through, or not whole."""
        return tuple(path for path in paths if not self._names(steps_of(path)))

    def unknown(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Paths of this filter that name nothing in a model with these paths: likely mistyped."""
        known = [steps_of(path) for path in paths]
        return tuple(
            path
            for path in self.paths
            if path != EVERYTHING and not any(_meet(steps_of(path), one) for one in known)
        )

    def _names(self, steps: tuple[str, ...]) -> bool:
        tree = self._tree
        for step in steps:
            if tree is None:
                return True
            if step not in tree:
                return False
            tree = tree[step]
        return tree is None


def _compiled(paths: tuple[str, ...]) -> Tree | None:
    if len(paths) > PATHS_MAX:
        raise ValueError(f"at most {PATHS_MAX} paths")
    if EVERYTHING in paths:
        if len(paths) > 1:
            raise ValueError("* stands alone")
        return None
    root: Tree = {}
    for steps in map(steps_of, paths):
        tree: Tree | None = root
        for step in steps[:-1]:
            if tree is None:
                break
            tree = tree.setdefault(step, {})
        if tree is not None:
            tree[steps[-1]] = None
    return root


def _of_object(data: dict[str, Any], tree: Tree) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in data.items():
        if name in tree and name != ITEM:
            for through in _through(value, tree[name]):
                kept[name] = through
    return kept


def _through(value: Any, tree: Tree | None) -> Iterator[Any]:
    """What of a value is let through: the whole, a part, or nothing at all."""
    if tree is None:
        yield value
    elif isinstance(value, dict):
        if tree.keys() - {ITEM}:
            yield _of_object(value, tree)
    elif isinstance(value, list) and ITEM in tree:
        yield [through for item in value for through in _through(item, tree[ITEM])]


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one path leads to the other, or through it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
