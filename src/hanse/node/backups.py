"""Backups of a node: its store as of one instant, its large bodies and its encrypted keys.

The copy is made while the node works: SQLite's own online copy, or `pg_dump` where the store is
PostgreSQL. A list of every file with its digest is written last, so a backup without it is none,
and whoever restores checks it first. The keys' passphrase is not in it.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import make_url

from hanse.foundation.clock import iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.node.config import NodeConfig, load
from hanse.node.setup import CONFIG_NAME

LIST_NAME: Final = "backup.json"
STORE_NAME: Final = "hanse.sqlite"
DUMP_NAME: Final = "hanse.pgdump"
KEPT_MAX: Final = 1_000
DUMP_SECONDS_MAX: Final = 3_600
CHUNK_BYTES: Final = 1_048_576

BACKUP_FAILED = ProblemKind(
    "backup_failed",
    500,
    Text("备份未完成", "The backup was not made"),
    Text("请检查磁盘空间和 {place}", "Check the disk's space and {place}"),
)
BACKUP_DAMAGED = ProblemKind(
    "backup_damaged",
    422,
    Text("备份不完整或已改动", "The backup is not whole, or was changed"),
    Text("请使用另一份备份；不符之处：{place}", "Use another one; what differs: {place}"),
)
RESTORE_NOT_EMPTY = ProblemKind(
    "restore_not_empty",
    409,
    Text("目标目录已有文件", "The folder to restore to holds files"),
    Text("请恢复到空目录 {folder} 后再切换", "Restore to an empty folder instead of {folder}"),
)


@dataclass(frozen=True)
class Backup:
    """One backup."""

    name: str
    city: str
    at: datetime
    bytes: int
    is_postgresql: bool


def make(config: NodeConfig, to: Path, now: datetime) -> Backup:
    """Make a backup in a new folder under `to`."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    place = to / f"{config.city}-{stamp}"
    try:
        place.mkdir(parents=True, mode=0o700)
        is_postgresql = make_url(config.database_url).get_backend_name() == "postgresql"
        if is_postgresql:
            _dump(config.database_url, place / DUMP_NAME)
        else:
            _copy_sqlite(Path(make_url(config.database_url).database or ""), place / STORE_NAME)
        for folder in (config.keys_folder, config.bodies_folder):
            if folder.is_dir():
                shutil.copytree(folder, place / folder.name)
        shutil.copy(config.folder / CONFIG_NAME, place / CONFIG_NAME)
    except (OSError, sqlite3.Error, subprocess.SubprocessError) as error:
        shutil.rmtree(place, ignore_errors=True)
        raise BACKUP_FAILED(place=f"{to}: {type(error).__name__}") from None
    files = {str(path.relative_to(place)): _digest(path) for path in _files(place)}
    listed = {"city": config.city, "at": iso(now), "postgresql": is_postgresql, "files": files}
    (place / LIST_NAME).write_text(json.dumps(listed, indent=1) + "\n", "utf-8")
    return _read(place)


def made(to: Path) -> list[Backup]:
    """The backups in a folder, newest first; what has no list is not yet one."""
    if not to.is_dir():
        return []
    found = [_read(place) for place in to.iterdir() if (place / LIST_NAME).is_file()]
    return sorted(found, key=lambda one: one.at, reverse=True)[:KEPT_MAX]


def check(place: Path) -> Backup:
    """A backup that is whole and unchanged, or the refusal that names the first difference."""
    listed = _list(place)
    found = {str(path.relative_to(place)) for path in _files(place)} - {LIST_NAME}
    if different := found ^ set(listed["files"]):
        raise BACKUP_DAMAGED(place=min(different))
    for name, digest in listed["files"].items():
        if _digest(place / name) != digest:
            raise BACKUP_DAMAGED(place=name)
    if not listed["postgresql"]:
        with closing(sqlite3.connect(f"file:{place / STORE_NAME}?mode=ro", uri=True)) as store:
            if store.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BACKUP_DAMAGED(place=STORE_NAME)
    return _read(place)


def restore(place: Path, to: Path) -> NodeConfig:
    """Lay a checked backup out as a node's folder; gives its configuration.

    A dump of PostgreSQL is laid beside it, for `pg_restore` into the new server.
    """
    check(place)
    if to.exists() and any(to.iterdir()):
        raise RESTORE_NOT_EMPTY(folder=to)
    shutil.copytree(place, to, dirs_exist_ok=True)
    (to / LIST_NAME).unlink()
    return load(to / CONFIG_NAME)


def _copy_sqlite(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, which reading leaves as it is


def _dump(url: str, target: Path) -> None:
    parsed = make_url(url).set(drivername="postgresql")
    plain = parsed.set(password=None).render_as_string()
    subprocess.run(  # noqa: S603 - our own words; the password is not among them
        ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={plain}"],  # noqa: S607
        env=os.environ | {"PGPASSWORD": str(parsed.password or "")},
        check=True,
        capture_output=True,
        timeout=DUMP_SECONDS_MAX,
    )


def _read(place: Path) -> Backup:
    listed = _list(place)
    return Backup(
        name=place.name,
        city=listed["city"],
        at=datetime.fromisoformat(listed["at"]),
        bytes=sum(path.stat().st_size for path in _files(place)),
        is_postgresql=listed["postgresql"],
    )


def _list(place: Path) -> dict[str, Any]:
    try:
        listed = json.loads((place / LIST_NAME).read_text("utf-8"))
        if not {"city", "at", "postgresql", "files"} <= listed.keys():
            raise BACKUP_DAMAGED(place=LIST_NAME)
    except (OSError, ValueError, AttributeError):
        raise BACKUP_DAMAGED(place=LIST_NAME) from None
    found: dict[str, Any] = listed
    return found


def _files(place: Path) -> Iterator[Path]:
    return (path for path in sorted(place.rglob("*")) if path.is_file())


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()
