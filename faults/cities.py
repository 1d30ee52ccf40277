"""Cities as real processes: started, killed, frozen, given another clock, and a full disk."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from faults.proxy import Proxy
from hanse.node.config import load

HOST = "127.0.0.1"
READY_SECONDS_MAX = 60
DISK_MIB = 96
FILLER = "filler.bin"
LAUNCH = "from hanse.cli import main; main()"


@dataclass
class City:
    """One city's node in a process of its own, behind a proxy."""

    code: str
    folder: Path
    proxy: Proxy
    log: Path
    clock_offset_seconds: float
    own_disk: bool = False
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    jump_seconds: float = 0.0
    _frozen: bool = field(default=False)

    def start(self) -> None:
        """Start the process; it is not waited for."""
        offset = self.clock_offset_seconds + self.jump_seconds
        command = [
            sys.executable,
            "-c",
            LAUNCH,
            "serve",
            "--config",
            str(self.folder / "node.toml"),
        ]
        command += ["--clock-offset-seconds", str(offset)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self.starts += 1

    def ready(self) -> bool:
        """Whether it says that it is."""
        try:
            url = f"http://{HOST}:{self.proxy.behind}/readyz"
            with urllib.request.urlopen(url, timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """As a machine that loses its power: nothing is told, nothing is flushed."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self._frozen = False

    def freeze(self) -> None:
        """Stop the process where it stands; its sockets stay open."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)
            self._frozen = True

    def thaw(self) -> None:
        """Let it go on."""
        if self.process is not None and self._frozen:
            self.process.send_signal(signal.SIGCONT)
            self._frozen = False

    def fill_disk(self) -> int:
        """Fill its disk to the last byte; gives how many bytes that took."""
        path, written = self.folder / FILLER, 0
        with path.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        written += file.write(bytes(size))
                except OSError:
                    continue
        return written

    def free_disk(self) -> None:
        """Give the space back."""
        (self.folder / FILLER).unlink(missing_ok=True)

    def end(self) -> None:
        """Stop it as an operator does."""
        self.thaw()
        self.free_disk()
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(READY_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None


def put_behind_proxy(folder: Path, behind: int) -> Proxy:
    """Let a node listen elsewhere, and a proxy where the charter says."""
    path = folder / "node.toml"
    config = load(path)
    text = re.sub(r"listen_port = \d+", f"listen_port = {behind}", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    return Proxy(HOST, config.listen_port, behind)


def mount_disk(folder: Path) -> bool:
    """Give a city a small disk of its own; False where this machine does not allow it."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    if os.geteuid() != 0:
        return False
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def unmount_disk(folder: Path) -> None:
    """Take the disk away again."""
    for _ in range(20):
        if subprocess.run(["umount", str(folder)], capture_output=True).returncode == 0:
            return
        time.sleep(0.2)
