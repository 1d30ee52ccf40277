"""The versions of one procedure that a node knows at once."""

from collections.abc import Iterable
from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.procedure import Procedure

VERSIONS_MAX = 50
CASE_VERSION_UNKNOWN = ProblemKind(
    "case_version_unknown",
    409,
    Text("本节点没有该程序版本", "This node does not know that version of the procedure"),
    Text("请升级节点软件至含第{version}版", "Upgrade the node to one that has version {version}"),
)
CASE_NO_VERSION_IN_FORCE = ProblemKind(
    "case_no_version_in_force",
    409,
    Text("该程序尚未施行", "No version of the procedure is in force yet"),
    Text("施行日期：{day}", "In force from {day}"),
)


class Family:
    """All versions of a procedure. Running cases keep theirs; the newest in force opens cases."""

    def __init__(self, versions: Iterable[Procedure]) -> None:
        """ValueError unless they are different versions of one procedure for one purpose."""
        ordered = sorted(versions, key=lambda one: one.version)
        if not 1 <= len(ordered) <= VERSIONS_MAX:
            raise ValueError(f"a procedure has 1 to {VERSIONS_MAX} versions")
        self.newest = ordered[-1]
        self._by_version = {one.version: one for one in ordered}
        first = ordered[0]
        same = {(one.name, one.purpose.code, one.subject) for one in ordered}
        if len(same) != 1 or len(self._by_version) != len(ordered):
            raise ValueError(f"these are not versions of one procedure: {first.name}")
        self.name = first.name
        self.matter = first.matter
        self.purpose = first.purpose
        self.subject = first.subject

    def of(self, version: int) -> Procedure:
        """That version; raises `case_version_unknown`."""
        found = self._by_version.get(version)
        if found is None:
            raise CASE_VERSION_UNKNOWN(version=version)
        return found

    def in_force(self, day: date) -> Procedure:
        """The version that opens cases on a day."""
        for version in sorted(self._by_version, reverse=True):
            procedure = self._by_version[version]
            if procedure.in_force_from is None or procedure.in_force_from <= day:
                return procedure
        raise CASE_NO_VERSION_IN_FORCE(day=min(
            one.in_force_from for one in self._by_version.values() if one.in_force_from
        ))  # fmt: skip
